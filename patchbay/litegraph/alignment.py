"""Positional widget values read by port.

ComfyUI's editor saves one value for each widget of the node as that editor had built it. These
are more than the node has inputs (control after generate, upload buttons, holes, dummies of
forced inputs), or fewer when the node has grown since.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from patchbay.types import Port

CONTROLS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})
SEEDS = frozenset({"seed", "noise_seed"})

# What upload buttons and filters leave behind.
_MARKERS = frozenset({*CONTROLS, "", "image", "audio", "video", "file", "upload"})
_WIDGET_TYPES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})

# What it costs to read a list in a doubtful way. A misfit costs more than a surplus entry, so that
# one entry too many does not spoil those after it; values running out is likelier than a gap.
_MISFIT = 4
_ODD = 1
_SURPLUS = 3
_MARKER = 1
_ENDED = 2
_GAP = 5

# Beyond some 150 widgets, on a subgraph's instance, the search for the best would take too long.
_MOST_READINGS = 100_000

# A place in the list: of a port, of a seed's control, or of nothing any more.
_Place = Port | Literal["control", "dummy"]
_Move = Literal["take", "take with control", "skip", "absent"]


def positional(ports: Sequence[Port], values: Sequence[Any], guess: bool) -> dict[str, Any]:
    """The values by port name; nulls are left out.

    If the number of values is none that an editor would write for these ports, the reading that
    fits the kinds of the widgets best is taken, or nothing without `guess`.
    """
    for places in (_places(ports, dummies=False), _places(ports, dummies=True)):
        if len(places) == len(values) and _controls_fit(places, values):
            found = {
                place.name: value
                for place, value in zip(places, values, strict=True)
                if isinstance(place, Port)
            }
            break
    else:
        shown = [port for port in ports if port.widget is not None]
        found = _guessed(shown, values) if guess else {}
    return {name: value for name, value in found.items() if value is not None}


def _places(ports: Sequence[Port], dummies: bool) -> list[_Place]:
    """The list's plan; until early 2025 forced inputs took a place too (`dummies`)."""
    places: list[_Place] = []
    for port in ports:
        if port.widget is not None:
            places.append(port)
            if port.widget.kind == "seed":
                places.append("control")
        elif dummies and port.type in _WIDGET_TYPES:
            places.append("dummy")
            if port.name in SEEDS:
                places.append("dummy")
    return places


def _controls_fit(places: Sequence[_Place], values: Sequence[Any]) -> bool:
    return all(
        place != "control" or value is None or (isinstance(value, str) and value in CONTROLS)
        for place, value in zip(places, values, strict=True)
    )


def _guessed(ports: Sequence[Port], values: Sequence[Any]) -> dict[str, Any]:
    few = values[: 4 * len(ports) + 16]  # no editor makes more, whatever the file says
    if len(ports) * len(few) > _MOST_READINGS:
        return {port.name: value for port, value in zip(ports, few, strict=False)}
    return _aligned(ports, few)


def _aligned(ports: Sequence[Port], values: Sequence[Any]) -> dict[str, Any]:
    """The cheapest reading, by dynamic programming from the end of both lists."""
    width = len(values) + 1
    rest: list[float] = [0.0] * width
    for place in reversed(range(len(values))):
        rest[place] = rest[place + 1] + _surplus_cost(values[place])
    moves: list[list[_Move]] = []
    for port in reversed(ports):
        rest, chosen = _row(port, values, rest)
        moves.append(chosen)
    found: dict[str, Any] = {}
    place = 0
    for port, chosen in zip(ports, reversed(moves), strict=True):
        while chosen[place] == "skip":
            place += 1
        if chosen[place] != "absent":
            found[port.name] = values[place]
            place += 2 if chosen[place] == "take with control" else 1
    return found


def _row(
    port: Port, values: Sequence[Any], after: Sequence[float]
) -> tuple[list[float], list[_Move]]:
    """For each place in the list: the cost of reading on from this port, and the first move."""
    end = len(values)
    costs: list[float] = [0.0] * end + [after[end] + _ENDED]
    moves: list[_Move] = ["absent"] * (end + 1)
    seed = port.widget is not None and port.widget.kind == "seed"
    for place in reversed(range(end)):
        value = values[place]
        take = after[place + 1] + _misfit_cost(port, value)
        options: list[tuple[float, _Move]] = [
            (take + (_ODD if seed else 0), "take"),
            (costs[place + 1] + _surplus_cost(value), "skip"),
            (after[place] + _GAP, "absent"),
        ]
        if seed and place + 1 < end and _is_control(values[place + 1]):
            both = after[place + 2] + _misfit_cost(port, value)
            options.insert(0, (both, "take with control"))
        costs[place], moves[place] = min(options, key=lambda option: option[0])
    return costs, moves


def _is_control(value: Any) -> bool:
    return isinstance(value, str) and value in CONTROLS


def _surplus_cost(value: Any) -> int:
    marker = value is None or (isinstance(value, str) and value in _MARKERS)
    return _MARKER if marker else _SURPLUS


def _misfit_cost(port: Port, value: Any) -> int:
    if value is None:
        return _ODD
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match port.widget.kind if port.widget else "text":
        case "number" | "slider" | "seed":
            return 0 if number else _MISFIT
        case "toggle":
            return 0 if isinstance(value, bool) else _MISFIT
        case "choice":
            # a choice that is not offered here, such as a model's file, is common
            choices = port.widget.choices if port.widget else ()
            if value in choices:
                return 0
            return _ODD if isinstance(value, str) or number else _MISFIT
        case _:
            return 0 if isinstance(value, str) else _MISFIT
