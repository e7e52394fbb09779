"""Following a wire back to what truly feeds it: through reroutes, bypasses and subgraphs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from patchbay.litegraph.frames import Frame
from patchbay.litegraph.matching import passed_on
from patchbay.litegraph.records import BYPASSED, MUTED, PRIMITIVE, REROUTE, DrawnNode, Socket


class End(Enum):
    """A wire that brings nothing, and why."""

    NOTHING = "nothing is connected there"
    NOWHERE = "the link leads to a node that is not there"
    LOOP = "the link leads back to itself"
    CUT = "the node there is muted"


@dataclass(frozen=True, slots=True)
class Origin:
    """An output of a node of the prompt."""

    node: str
    slot: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A value set by hand, in a primitive node or on a subgraph's instance."""

    value: Any


Answer = Origin | Constant | End


@dataclass(frozen=True, slots=True)
class _Spot:
    """An output socket in one frame, and the type of what it is to feed in the end."""

    frame: Frame
    node: str
    slot: int
    wanted: str


@dataclass(frozen=True, slots=True)
class _Step:
    """Where a spot gets its value, and what counts instead if there is nothing."""

    to: _Spot | Answer
    otherwise: Constant | None = None


class Tracer:
    """Answers what feeds a socket; each stretch of wire is walked once."""

    def __init__(self) -> None:
        self._known: dict[_Spot, Answer] = {}

    def origin_of(self, frame: Frame, socket: Socket, wanted: str) -> Answer:
        """What the input `socket` of a node in `frame` gets."""
        start = _along(frame, socket, wanted)
        path: list[_Spot] = []
        fallbacks: list[Constant | None] = []
        on_path: set[_Spot] = set()
        spot = start
        while isinstance(spot, _Spot) and spot not in self._known:
            if spot in on_path:
                spot = End.LOOP
                break
            on_path.add(spot)
            path.append(spot)
            step = _step(spot)
            fallbacks.append(step.otherwise)
            spot = step.to
        answer = self._known[spot] if isinstance(spot, _Spot) else spot
        for passed, fallback in zip(reversed(path), reversed(fallbacks), strict=True):
            if fallback is not None and answer in (End.NOTHING, End.NOWHERE):
                answer = fallback
            self._known[passed] = answer
        return answer


def _along(frame: Frame, socket: Socket | None, wanted: str) -> _Spot | Answer:
    """The far end of the wire into a socket."""
    if socket is None or socket.link is None:
        return End.NOTHING
    wire = frame.sheet.wires.get(socket.link)
    if wire is None:
        return End.NOWHERE
    return _Spot(frame, wire.origin, wire.origin_slot, wanted)


def _step(spot: _Spot) -> _Step:
    frame = spot.frame
    if spot.slot < 0:
        return _Step(End.NOWHERE)
    if spot.node == frame.sheet.input_id and frame.parent is not None:
        return _outwards(spot, frame.parent)
    node = frame.sheet.nodes.get(spot.node)
    if node is None:
        return _Step(End.NOWHERE)
    if node.type == PRIMITIVE:
        return _Step(_constant_of(frame, node))
    if node.type == REROUTE:
        return _Step(_along(frame, next(iter(node.inputs), None), spot.wanted))
    if node.mode == MUTED:
        return _Step(End.CUT)
    if node.mode == BYPASSED:
        return _Step(_along(frame, passed_on(node, spot.slot, spot.wanted), spot.wanted))
    child = frame.children.get(node.id)
    if child is not None:
        return _inwards(spot, child)
    return _Step(Origin(frame.prefix + node.id, spot.slot))


def _outwards(spot: _Spot, parent: Frame) -> _Step:
    """From a subgraph's input to what its instance is given there."""
    given = spot.frame.given
    outer = given[spot.slot] if spot.slot < len(given) else None
    value = spot.frame.inheritance.promoted.get(spot.slot)
    promoted = None if value is None else Constant(value)
    return _Step(_along(parent, outer, spot.wanted), promoted)


def _inwards(spot: _Spot, child: Frame) -> _Step:
    """From an instance's output to what feeds the subgraph's."""
    outputs = child.sheet.outputs
    slot = child.shown[spot.slot] if spot.slot < len(child.shown) else spot.slot
    inner = outputs[slot] if slot < len(outputs) else None
    return _Step(_along(child, inner, spot.wanted))


def _constant_of(frame: Frame, node: DrawnNode) -> Answer:
    """A primitive's value: its first widget, unless the subgraph's instance sets it."""
    value: Any = None
    if isinstance(node.values, list | tuple) and node.values:
        value = node.values[0]
    elif isinstance(node.values, dict):
        value = node.values.get("value")
    whole = frame.inheritance.whole.get(node.id)
    value = whole[0] if whole else value
    value = frame.inheritance.overrides.get(node.id, {}).get("value", value)
    return End.NOTHING if value is None else Constant(value)
