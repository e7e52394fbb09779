"""The sockets and widgets with which a prompt's entry is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patchbay.litegraph.entries import Entry, natural
from patchbay.litegraph.values import initial, stand_in
from patchbay.types import Link, Port

_TYPES = {bool: "BOOLEAN", int: "INT", float: "FLOAT", str: "STRING"}


@dataclass(frozen=True, slots=True)
class InputSocket:
    """An input as drawn; `shown` if it has a widget too."""

    name: str
    type: str
    shown: bool
    link: Link | None


def inputs_of(entry: Entry) -> tuple[InputSocket, ...]:
    """All declared inputs in their order, each followed by its further links (`tracks.2`, …).

    An input that is not declared comes last; of an unknown node all are such.
    """
    declared = entry.spec.inputs if entry.spec else ()
    further: dict[str, list[str]] = {}
    for name in sorted(entry.inputs, key=natural):
        further.setdefault(name.partition(".")[0], []).append(name)
    sockets: list[InputSocket] = []
    for port in declared:
        names = further.pop(port.name, []) if port.many else []
        sockets.append(_socket_of(entry, port.name, port))
        sockets += [_socket_of(entry, name, None, port.type) for name in names if name != port.name]
    known = {socket.name for socket in sockets}
    rest = [name for names in further.values() for name in names if name not in known]
    for name in sorted(rest, key=natural):
        if entry.spec is None or isinstance(entry.inputs[name], Link):
            sockets.append(_socket_of(entry, name, None))
    return tuple(sockets)


def _socket_of(entry: Entry, name: str, port: Port | None, kind: str = "*") -> InputSocket:
    value = entry.inputs.get(name)
    link = value if isinstance(value, Link) else None
    if port is not None:
        return InputSocket(name, port.type, port.widget is not None, link)
    shown = link is None and entry.spec is None
    return InputSocket(name, _TYPES.get(value.__class__, kind) if shown else kind, shown, link)


def positional_values(entry: Entry, sockets: Sequence[InputSocket]) -> list[Any]:
    """The widgets' values as ComfyUI's editor has them: by position, a control after each seed."""
    if entry.spec is not None:
        ports = [port for port in entry.spec.inputs if port.widget is not None]
    else:
        ports = [stand_in(socket.name) for socket in sockets if socket.shown]
    values: list[Any] = []
    for port in ports:
        given = entry.inputs.get(port.name)
        values.append(initial(port) if given is None or isinstance(given, Link) else given)
        if port.widget is not None and port.widget.kind == "seed":
            values.append("fixed")
    return values


def named_values(entry: Entry) -> dict[str, Any]:
    """The values by input name, just those that the prompt gives."""
    return {n: value for n, value in entry.inputs.items() if not isinstance(value, Link)}
