"""Reading of one drawn node and its sockets, in any form that editors have written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from patchbay.litegraph.records import MODES, DrawnNode, Proxy, Socket
from patchbay.litegraph.shapes import at, fail, identity, items, mapping, text
from patchbay.types import Problem


def node_of(data: Any, path: str, notes: list[Problem], node_id: str | None = None) -> DrawnNode:
    """One node; `id` replaces its own, which nodes of a legacy group lack."""
    entry = mapping(data, path)
    if data is None:
        fail(path, "a node", data)
    own = identity(entry.get("id"), at(path, "id")) if node_id is None else node_id
    properties = mapping(entry.get("properties"), at(path, "properties"))
    return DrawnNode(
        id=own,
        type=_type_name(entry.get("type"), at(path, "type")),
        title=text(entry.get("title"), at(path, "title")),
        mode=_mode_of(entry.get("mode"), own, notes),
        inputs=_sockets(entry.get("inputs"), at(path, "inputs")),
        outputs=_sockets(entry.get("outputs"), at(path, "outputs")),
        values=_values(entry.get("widgets_values"), at(path, "widgets_values")),
        named=_named(properties, at(path, "properties")),
        proxies=_proxies(properties.get("proxyWidgets"), at(path, "properties.proxyWidgets")),
        properties=properties,
    )


def socket_of(data: Any, path: str) -> Socket:
    """One input or output socket; an output's own list of links is not needed."""
    if not isinstance(data, Mapping):
        fail(path, "a socket", data)
    link = data.get("link")
    widget = data.get("widget")
    shown = text(mapping(widget, at(path, "widget")).get("name"), at(path, "widget.name"))
    return Socket(
        name=text(data.get("name"), at(path, "name")),
        type=_socket_type(data.get("type"), at(path, "type")),
        link=None if link is None else identity(link, at(path, "link")),
        widget=(shown or text(data.get("name"), path)) if widget is not None else None,
    )


def _sockets(data: Any, path: str) -> tuple[Socket, ...]:
    return tuple(socket_of(entry, at(path, index)) for index, entry in enumerate(items(data, path)))


def _type_name(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value:
        fail(path, "the name of a node type", value)
    return value


def _socket_type(value: Any, path: str) -> str:
    """Old files have a list of choices for a choice, 0 for any type and -1 for an event."""
    match value:
        case None | 0 | "":
            return "*"
        case list() | tuple():
            return "COMBO"
        case str():
            return value
        case int() if value == -1:
            return "EVENT"
    fail(path, "a socket type (a text, a list or 0)", value)


def _mode_of(value: Any, node: str, notes: list[Problem]) -> int:
    """The mode; one that is not known counts as "always", as in ComfyUI's editor."""
    if value is None:
        return 0
    if isinstance(value, str) and value in ("0", "1", "2", "3", "4"):
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value in MODES:
        return int(value)
    message = f"node {node}: its mode is not one of 0 to 4; it is run as mode 0 (always)"
    notes.append(Problem("unknown_mode", message, node=node))
    return 0


def _values(value: Any, path: str) -> Sequence[Any] | Mapping[str, Any] | None:
    if value is None or isinstance(value, list | tuple):
        return value
    if not isinstance(value, Mapping):
        fail(path, "a list or an object", value)
    return {str(name): entry for name, entry in value.items()}


def _named(properties: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    """Patchbay's own form: widget values by name."""
    ours = mapping(properties.get("patchbay"), at(path, "patchbay"))
    if "widgets" not in ours:
        return None
    named = mapping(ours["widgets"], at(path, "patchbay.widgets"))
    return {str(name): entry for name, entry in named.items()}


def _proxies(value: Any, path: str) -> tuple[Proxy, ...]:
    """`[inner id, widget, …, {"value": X}?]` entries; some files keep the list as a text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            fail(path, "a list of pairs", value)
    proxies = []
    for index, entry in enumerate(items(value, path)):
        where = at(path, index)
        pair = items(entry, where)
        if len(pair) < 2:
            fail(where, "an inner node's id and a widget's name", entry)
        held = pair[3] if len(pair) > 3 and isinstance(pair[3], Mapping) else {}
        inner = identity(pair[0], at(where, 0))
        proxies.append(Proxy(inner, text(pair[1], at(where, 1)), held.get("value")))
    return tuple(proxies)
