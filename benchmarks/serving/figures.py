"""What was measured of a server beside what is promised and what a ComfyUI took."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

# Where the numbers under `comfyui` come from: they were measured, not estimated.
SOURCE = "ComfyUI 0.3.64, 2 shared cores, as measured for the issue; median wall time"

# One second that nothing waits for takes no longer than this, to two figures.
_ONE_SECOND = 1.05


@dataclass(frozen=True, slots=True)
class Promise:
    """`limit` is the most that is allowed, or the least; `comfyui` is in the same unit."""

    limit: float
    comfyui: float | None = None
    least: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of this server. Without a value there was none to be had: `note` says why."""

    name: str
    value: float | None
    unit: str
    note: str = ""


PROMISES: Mapping[str, Promise] = {
    "ready, from exec": Promise(1.0, 6.0),
    "idle memory": Promise(120, 512 * 2**20 / 1e6),
    "torch in the process": Promise(0, 1),
    "wide of 1,000, cold": Promise(0.3, 13.0),
    "wide of 1,000, cached": Promise(0.05, 0.9),
    "wide of 5,000, cold": Promise(0.3, 238 / 5),
    "wide of 5,000, cached": Promise(0.05),
    "wide of 1,000, traffic": Promise(2_000),
    "wide of 5,000, traffic": Promise(2_000, 5.1e9 / 5_000),
    "wide of 20,000, traffic": Promise(2_000),
    "wide, cold: 20,000 / 1,000 nodes": Promise(1.5),
    "wide, cached: 20,000 / 1,000 nodes": Promise(1.5),
    "chain of 500, cold": Promise(0.3, 15 / 0.5),
    "chain of 500, cached": Promise(0.05, 21 / 0.5),
    "chain of 1,000, cold": Promise(0.3),
    "chain of 1,000, cached": Promise(0.05),
    "chain of 5,000, cold": Promise(0.3),
    "chain of 5,000, cached": Promise(0.05),
    "chain of 1,000, traffic": Promise(2_000),
    "chain of 5,000, traffic": Promise(2_000),
    "chain of 20,000, traffic": Promise(2_000),
    "chain, cold: 20,000 / 1,000 nodes": Promise(1.5),
    "chain, cached: 20,000 / 1,000 nodes": Promise(1.5),
    "longest chain that runs": Promise(20_000, 981, least=True),
    "POST /prompt of 5,000 nodes": Promise(50),
    "first event after sending a prompt": Promise(5),
    "200 five-node prompts at once": Promise(1_000, 150, least=True),
    "four one-second branches": Promise(_ONE_SECOND, 4.0),
    "two one-second jobs": Promise(_ONE_SECOND),
    "interrupt between steps of 0.1 s": Promise(0.2, 10.0),
    "GET /queue, 500 jobs, 200 sockets, p99": Promise(50),
    "nodes run again after a restart": Promise(0, 1_000),
    "jobs missing from history after a restart": Promise(0, 1),
}


def holds(figure: Figure) -> bool | None:
    """Whether its promise is kept; None when there is none."""
    promise = PROMISES.get(figure.name)
    if promise is None:
        return None
    if figure.value is None:
        return False
    least = promise.least
    return figure.value >= promise.limit if least else figure.value <= promise.limit


def times_better(figure: Figure) -> float | None:
    """How many times better than the ComfyUI that was measured; None where that is no number."""
    promise = PROMISES.get(figure.name)
    if promise is None or not promise.comfyui or not figure.value:
        return None
    return figure.value / promise.comfyui if promise.least else promise.comfyui / figure.value


def percentile(values: Sequence[float], percent: float) -> float:
    """The least of `values` that `percent` of them do not pass: the nearest rank."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def heading() -> str:
    """The line above the rows."""
    return _line("", "what", "measured", "promised", "ComfyUI", "times better", "")


def row(figure: Figure) -> str:
    """One line of the table."""
    promise = PROMISES.get(figure.name)
    kept, times = holds(figure), times_better(figure)
    mark = {True: "✓", False: "✗", None: " "}[kept]
    value = "none" if figure.value is None else f"{_short(figure.value)} {figure.unit}"
    limit = comfyui = ""
    if promise is not None:
        limit = f"{'≥' if promise.least else '≤'} {_short(promise.limit)}"
        comfyui = "" if promise.comfyui is None else _short(promise.comfyui)
    better = "" if times is None else _short(times)
    return _line(mark, figure.name, value, limit, comfyui, better, figure.note)


def as_json(figure: Figure) -> dict[str, Any]:
    """A figure with what it is held against, for scripts."""
    promise = PROMISES.get(figure.name)
    against = {} if promise is None else asdict(promise)
    kept = {"holds": holds(figure), "times_better": times_better(figure)}
    return asdict(figure) | {"promise": against or None} | kept


def _line(mark: str, what: str, value: str, *rest: str) -> str:
    limit, comfyui, times, note = rest
    text = f"  {mark:1} {what:41} {value:>20} {limit:>10} {comfyui:>10} {times:>12}   {note}"
    return text.rstrip()


def _short(number: float) -> str:
    """Three figures, never with an exponent; whole from 100 on."""
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.3g}"
