"""Legacy group nodes (`extra.groupNodes`) read as sheets, as if they were subgraphs.

A group has no sockets of its own in the file: they are the inner nodes' unconnected inputs and
free outputs, in the order of the inner nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from patchbay.litegraph.nodes import node_of
from patchbay.litegraph.records import REROUTE, DrawnNode, Sheet, Socket, Wire
from patchbay.litegraph.shapes import at, fail, identity, items, mapping, whole
from patchbay.types import Problem

_INPUT = "-10"
_OUTPUT = "-20"

# Of one group: its nodes, the wires among them, and what the user renamed, hid or showed.
_Settings = Mapping[str, Any]


def group_of(name: str, data: Any, path: str, notes: list[Problem]) -> Sheet:
    """The sheet of one entry of `extra.groupNodes`."""
    if not isinstance(data, Mapping):
        fail(path, "a group node's content", data)
    nodes = _nodes_of(data.get("nodes"), at(path, "nodes"), notes)
    wires = _wires_of(data.get("links"), at(path, "links"))
    settings = mapping(data.get("config"), at(path, "config"))
    shown = _external(data.get("external"), at(path, "external"))
    nodes = _connected(nodes, wires)
    nodes, inputs = _with_inputs(nodes, wires, settings)
    outputs = _outputs_of(nodes, wires, settings, shown)
    return Sheet(f"workflow>{name}", name, nodes, wires, inputs, outputs, _INPUT, group=True)


def _nodes_of(data: Any, path: str, notes: list[Problem]) -> dict[str, DrawnNode]:
    nodes: dict[str, DrawnNode] = {}
    for position, entry in enumerate(items(data, path)):
        where = at(path, position)
        index = mapping(entry, where).get("index")
        node_id = str(position if index is None else whole(index, at(where, "index")))
        nodes[node_id] = node_of(entry, where, notes, node_id)
    return nodes


def _wires_of(data: Any, path: str) -> dict[str, Wire]:
    """`[origin index, slot, target index, slot, …]`; a null origin lies outside the group."""
    wires: dict[str, Wire] = {}
    for position, entry in enumerate(items(data, path)):
        where = at(path, position)
        link = items(entry, where)
        if len(link) < 4:
            fail(where, "[origin index, slot, target index, slot]", entry)
        if link[0] is None or link[2] is None:
            continue
        wires[f"inner {position}"] = Wire(
            identity(link[0], at(where, 0)),
            whole(link[1], at(where, 1)),
            identity(link[2], at(where, 2)),
            whole(link[3], at(where, 3)),
        )
    return wires


def _external(data: Any, path: str) -> frozenset[tuple[str, int]]:
    """The outputs used from outside; some files have the whole node in place of its index."""
    shown = set()
    for position, entry in enumerate(items(data, path)):
        where = at(path, position)
        pair = items(entry, where)
        if len(pair) < 2:
            fail(where, "[node index, slot, type]", entry)
        node = pair[0].get("index") if isinstance(pair[0], Mapping) else pair[0]
        if node is not None:
            shown.add((identity(node, at(where, 0)), whole(pair[1], at(where, 1))))
    return frozenset(shown)


def _connected(nodes: Mapping[str, DrawnNode], wires: Mapping[str, Wire]) -> dict[str, DrawnNode]:
    """The nodes with their inputs' links set: the file has them in the list of links only."""
    fed = {(wire.target, wire.target_slot): wire_id for wire_id, wire in wires.items()}
    return {
        node_id: replace(
            node,
            inputs=tuple(
                replace(socket, link=fed.get((node_id, slot)))
                for slot, socket in enumerate(node.inputs)
            ),
        )
        for node_id, node in nodes.items()
    }


def _setting(settings: _Settings, node: str, side: str, key: str) -> Mapping[str, Any]:
    inner: Any = settings
    for step in (node, side, key):
        inner = inner.get(step) if isinstance(inner, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _with_inputs(
    nodes: Mapping[str, DrawnNode], wires: dict[str, Wire], settings: _Settings
) -> tuple[dict[str, DrawnNode], tuple[Socket, ...]]:
    """The nodes with their free inputs wired to the group's, and those; sockets of widgets last."""
    free = [
        (node_id, slot, socket)
        for node_id, node in nodes.items()
        for slot, socket in enumerate(node.inputs)
        if socket.link is None
        and _setting(settings, node_id, "input", socket.name).get("visible") is not False
    ]
    free.sort(key=lambda place: place[2].widget is not None)
    leads = _first_types(nodes, wires)
    changed = dict(nodes)
    inputs: list[Socket] = []
    taken: set[str] = set()
    for node_id, slot, socket in free:
        wire = f"into {len(inputs)}"
        wires[wire] = Wire(_INPUT, len(inputs), node_id, slot)
        name = _input_name(nodes[node_id], socket, leads, settings)
        if name in taken:
            name = f"{nodes[node_id].title or nodes[node_id].type} {name}"
        taken.add(name)
        inputs.append(replace(socket, name=name, link=None))
        sockets = list(changed[node_id].inputs)
        sockets[slot] = replace(socket, link=wire)
        changed[node_id] = replace(changed[node_id], inputs=tuple(sockets))
    return changed, tuple(inputs)


def _first_types(nodes: Mapping[str, DrawnNode], wires: Mapping[str, Wire]) -> dict[str, str]:
    """By node, the type of the first input that it feeds."""
    types: dict[str, str] = {}
    for wire in wires.values():
        target = nodes.get(wire.target)
        if target and 0 <= wire.target_slot < len(target.inputs):
            types.setdefault(wire.origin, target.inputs[wire.target_slot].type)
    return types


def _input_name(
    node: DrawnNode, socket: Socket, leads: Mapping[str, str], settings: _Settings
) -> str:
    """A free input's name on the group; that of a reroute is the type it leads to."""
    name = leads.get(node.id, socket.name) if node.type == REROUTE else socket.name
    renamed = _setting(settings, node.id, "input", name).get("name")
    return renamed if isinstance(renamed, str) and renamed else name


def _outputs_of(
    nodes: Mapping[str, DrawnNode],
    wires: dict[str, Wire],
    settings: _Settings,
    shown: frozenset[tuple[str, int]],
) -> tuple[Socket, ...]:
    """Outputs that feed nothing inside, or are shown all the same, each with a wire to it."""
    used = {(wire.origin, wire.origin_slot) for wire in wires.values()}
    outputs: list[Socket] = []
    for node_id, node in nodes.items():
        for slot, socket in enumerate(node.outputs):
            visible = _setting(settings, node_id, "output", str(slot)).get("visible")
            inside = (node_id, slot) in used and (node_id, slot) not in shown
            if visible is False or (inside and visible is not True):
                continue
            wire = f"out {len(outputs)}"
            wires[wire] = Wire(node_id, slot, _OUTPUT, len(outputs))
            outputs.append(replace(socket, link=wire))
    return tuple(outputs)
