"""A prompt drawn as a saved workflow, schema 0.4."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay.litegraph.catalogue import Catalogue
from patchbay.litegraph.entries import Entry, entries_of
from patchbay.litegraph.layout import Box, Edge, Point, arrange, order_of
from patchbay.litegraph.sockets import InputSocket, inputs_of, named_values, positional_values
from patchbay.types import NodeSpec

_TITLE = 30  # pixels of a node's title, which lies above its position
_ROW = 22  # a socket or a widget
_TEXT = 120  # more for a text of several lines
_NARROW, _WIDE = 240, 400


@dataclass(frozen=True, slots=True)
class _Wire:
    """A link to be drawn, between numbered nodes."""

    id: int
    origin: int
    origin_slot: int
    target: int
    target_slot: int
    type: str


@dataclass(frozen=True, slots=True)
class _Place:
    """What a node's neighbours decide: where it lies, when it runs, what its outputs feed."""

    point: Point
    order: int
    fed: Mapping[int, Sequence[_Wire]]


def draw(prompt: Any, specs: Mapping[str, NodeSpec], layout: bool) -> dict[str, Any]:
    """The workflow; raises WorkflowError if the data is no prompt."""
    entries = entries_of(prompt, Catalogue(specs))
    sockets = {node_id: inputs_of(entry) for node_id, entry in entries.items()}
    wires = _wires_of(entries, sockets)
    boxes = [_box_of(entry, sockets[node_id]) for node_id, entry in entries.items()]
    edges = [Edge(wire.origin, wire.target) for wire in wires]
    points = arrange(boxes, edges) if layout else {}
    orders = {node_id: order for order, node_id in enumerate(order_of(boxes, edges))}
    fed: dict[int, dict[int, list[_Wire]]] = {box.id: {} for box in boxes}
    for wire in wires:
        fed[wire.origin].setdefault(wire.origin_slot, []).append(wire)
    into = {(wire.target, wire.target_slot): wire.id for wire in wires}
    nodes = []
    for (node_id, entry), box in zip(entries.items(), boxes, strict=True):
        links = [into.get((box.id, slot)) for slot in range(len(sockets[node_id]))]
        place = _Place(points.get(box.id, Point(0, 0)), orders[box.id], fed[box.id])
        nodes.append(_node_of(entry, sockets[node_id], links, box, place))
    return {
        "last_node_id": max(fed, default=0),
        "last_link_id": len(wires),
        "nodes": nodes,
        "links": [[w.id, w.origin, w.origin_slot, w.target, w.target_slot, w.type] for w in wires],
        "groups": [],
        "config": {},
        "extra": {},
        "version": 0.4,
    }


def _wires_of(
    entries: Mapping[str, Entry], sockets: Mapping[str, Sequence[InputSocket]]
) -> list[_Wire]:
    wires: list[_Wire] = []
    for node_id, entry in entries.items():
        for slot, socket in enumerate(sockets[node_id]):
            if socket.link is None:
                continue
            origin = entries[socket.link.node]
            outputs = origin.spec.outputs if origin.spec else ()
            known = socket.link.slot < len(outputs)
            kind = outputs[socket.link.slot].type if known else socket.type
            ends = (origin.number, socket.link.slot, entry.number, slot)
            wires.append(_Wire(len(wires) + 1, *ends, kind))
    return wires


def _box_of(entry: Entry, sockets: Sequence[InputSocket]) -> Box:
    """The room a node needs, from the number of its sockets and widgets."""
    widgets = [port.widget for port in entry.spec.inputs if port.widget] if entry.spec else []
    texts = sum(widget.multiline for widget in widgets)
    controls = sum(widget.kind == "seed" for widget in widgets)
    shown = sum(socket.shown for socket in sockets)
    outputs = len(entry.spec.outputs) if entry.spec else 1
    rows = max(len(sockets) - shown, outputs) + shown + controls
    height = _TITLE + rows * _ROW + texts * _TEXT
    return Box(entry.number, _WIDE if texts else _NARROW, height)


def _node_of(
    entry: Entry,
    sockets: Sequence[InputSocket],
    links: Sequence[int | None],
    box: Box,
    place: _Place,
) -> dict[str, Any]:
    node: dict[str, Any] = {
        "id": entry.number,
        "type": entry.type,
        "pos": [place.point.x, place.point.y],
        "size": [box.width, box.height],
        "flags": {},
        "order": place.order,
        "mode": 0,
        "inputs": [_input(socket, link) for socket, link in zip(sockets, links, strict=True)],
        "outputs": _outputs(entry, place.fed),
        "properties": {
            "Node name for S&R": entry.type,
            "patchbay": {"widgets": named_values(entry)},
        },
        "widgets_values": positional_values(entry, sockets),
    }
    if entry.title and entry.title != (entry.spec.title if entry.spec else entry.type):
        node["title"] = entry.title
    return node


def _input(socket: InputSocket, link: int | None) -> dict[str, Any]:
    drawn: dict[str, Any] = {"name": socket.name, "type": socket.type, "link": link}
    if socket.shown:
        drawn["widget"] = {"name": socket.name}
    return drawn


def _outputs(entry: Entry, fed: Mapping[int, Sequence[_Wire]]) -> list[dict[str, Any]]:
    """The declared outputs, and as many more as are linked to."""
    declared = entry.spec.outputs if entry.spec else ()
    drawn = []
    for slot in range(max(len(declared), max(fed, default=-1) + 1)):
        wires = fed.get(slot, ())
        port = declared[slot] if slot < len(declared) else None
        kind = port.type if port else next((wire.type for wire in wires), "*")
        name = port.name if port else f"output {slot}"
        drawn.append({"name": name, "type": kind, "links": [wire.id for wire in wires]})
    return drawn
