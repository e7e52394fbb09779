"""Which engines had a part in a value."""

from __future__ import annotations

from collections.abc import Mapping

from patchbay.schedule import Schedule
from patchbay.types import Engine, Given, Link, NodeId


def engines_behind(
    schedule: Schedule, engines: Mapping[NodeId, Engine], node: NodeId
) -> tuple[Engine, ...]:
    """The engines of a node and of everything upstream of it, inside expansions too, by name."""
    found: dict[str, Engine] = {}
    seen: set[NodeId] = set()
    pending = [node]
    while pending:
        id_ = pending.pop()
        if id_ in seen:
            continue
        seen.add(id_)
        state = schedule[id_]
        if id_ in engines:
            found[engines[id_].name] = engines[id_]
        for value in state.node.inputs.values():
            if isinstance(value, Link):
                pending.append(value.node)
            elif isinstance(value, Given) and value.origin is not None:
                pending.append(value.origin.node)
        for parts in state.assembly or ():
            pending.extend(part.node for part in parts if isinstance(part, Link))
    return tuple(found[name] for name in sorted(found))
