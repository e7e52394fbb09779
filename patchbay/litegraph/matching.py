"""Which socket stands for which: instances and their definitions, bypassed inputs and outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from patchbay.litegraph.records import DrawnNode, Socket


def pairing(sockets: Sequence[Socket], wanted: Sequence[Socket]) -> tuple[int, ...]:
    """For each of `sockets` the number among `wanted` of what it stands for.

    That is the one of its name, of several the first for the first, else that of its own number.
    """
    places: dict[str, list[int]] = {}
    for number, socket in enumerate(wanted):
        places.setdefault(socket.name, []).append(number)
    seen: Counter[str] = Counter()
    found: list[int] = []
    for number, socket in enumerate(sockets):
        name = socket.name
        same = places.get(name)
        if same is None or (number < len(wanted) and wanted[number].name == name):
            found.append(number)
        else:
            found.append(same[min(seen[name], len(same) - 1)])
        seen[name] += 1
    return tuple(found)


def stand_ins(wanted: Sequence[Socket], sockets: Sequence[Socket]) -> tuple[Socket | None, ...]:
    """For each of a definition's inputs the instance's socket; files may list only some."""
    names = {socket.name for socket in wanted}
    found: list[Socket | None] = []
    for own, number in zip(wanted, pairing(wanted, sockets), strict=True):
        socket = sockets[number] if number < len(sockets) else None
        meant = socket is not None and (socket.name == own.name or socket.name not in names)
        found.append(socket if meant else None)
    return tuple(found)


def passed_on(node: DrawnNode, slot: int, wanted: str) -> Socket | None:
    """The input of a bypassed node that stands for its output `slot` where `wanted` is needed."""
    if _is_any(wanted):
        return next(iter(node.inputs[slot : slot + 1] or node.inputs[:1]), None)
    own = node.outputs[slot].type if slot < len(node.outputs) else wanted
    same = node.inputs[slot : slot + 1]
    if same and fits(same[0].type, wanted) and fits(same[0].type, own):
        return same[0]
    equal = (socket for socket in node.inputs if socket.type.casefold() == wanted.casefold())
    near = (socket for socket in node.inputs if fits(socket.type, wanted))
    return next(equal, None) or next(near, None)


def fits(one: str, other: str) -> bool:
    """Whether a wire may join the two types: `*` takes anything, `A,B` is a union."""
    if _is_any(one) or _is_any(other):
        return True
    return not _members(one).isdisjoint(_members(other))


def _is_any(kind: str) -> bool:
    return kind in ("*", "", "0")


def _members(kind: str) -> frozenset[str]:
    return frozenset(member.strip() for member in kind.casefold().split(","))
