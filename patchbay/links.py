"""How a prompt writes links, and which port an input's name means."""

from __future__ import annotations

from typing import Any

from patchbay.types import Link, NodeId, NodeSpec, Port


def links_of(value: Any) -> Link | None:
    """The link that a prompt writes as `[id, slot]`, or None for a literal."""
    if (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and type(value[1]) is int
    ):
        return Link(NodeId(value[0]), value[1])
    return value if isinstance(value, Link) else None


def port_of(spec: NodeSpec, name: str) -> Port | None:
    """The port for an input's name; `tracks.2` is a further link to a port that takes many."""
    port = spec.ports.get(name)
    if port is None and "." in name:
        base, _, number = name.rpartition(".")
        port = spec.ports.get(base)
        if port is None or not port.many or not number.isdigit():
            return None
    return port
