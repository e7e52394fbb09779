"""Reading of a saved workflow, schema 0.4 or 1, into records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NoReturn

from patchbay.errors import WorkflowError
from patchbay.litegraph.groups import group_of
from patchbay.litegraph.nodes import node_of, socket_of
from patchbay.litegraph.records import Drawing, DrawnNode, Sheet, Socket, Wire
from patchbay.litegraph.shapes import at, fail, identity, items, mapping, text, whole
from patchbay.types import Problem


def read(data: Any) -> Drawing:
    """The whole file; raises WorkflowError naming the first place that has the wrong shape."""
    if not isinstance(data, Mapping) or not isinstance(data.get("nodes"), list | tuple):
        _refuse(data)
    notes: list[Problem] = []
    definitions: dict[str, Sheet] = {}
    extra = mapping(data.get("extra"), "$.extra")
    for key, group in mapping(extra.get("groupNodes"), "$.extra.groupNodes").items():
        name = str(key)
        sheet = group_of(name, group, at("$.extra.groupNodes", name), notes)
        definitions[f"workflow/{name}"] = definitions[f"workflow>{name}"] = sheet
    listed = mapping(data.get("definitions"), "$.definitions").get("subgraphs")
    for index, entry in enumerate(items(listed, "$.definitions.subgraphs")):
        sheet = _definition_of(entry, at("$.definitions.subgraphs", index), notes)
        definitions.setdefault(sheet.id, sheet)
    return Drawing(
        root=_sheet_of(data, "$", notes),
        definitions=definitions,
        foreign=bool(extra.get("frontendVersion")),
        versions=mapping(extra.get("node_versions"), "$.extra.node_versions"),
        notes=tuple(notes),
    )


def _refuse(data: Any) -> NoReturn:
    if not isinstance(data, Mapping):
        fail("$", "a saved workflow, an object with a list of nodes", data)
    if any(isinstance(entry, Mapping) and "class_type" in entry for entry in data.values()):
        message = "$: this is a prompt (API format), not a saved workflow: run it as it is"
        raise WorkflowError(message, path="$")
    fail("$.nodes", "a list of nodes", data.get("nodes"))


def _sheet_of(data: Mapping[str, Any], path: str, notes: list[Problem]) -> Sheet:
    links = items(data.get("links"), at(path, "links"))
    return Sheet(
        id=path,
        name="the workflow",
        nodes=_nodes_of(data.get("nodes"), at(path, "nodes"), notes),
        wires=dict(
            _wire_of(entry, at(at(path, "links"), index))
            for index, entry in enumerate(links)
            if entry is not None
        ),
    )


def _nodes_of(data: Any, path: str, notes: list[Problem]) -> dict[str, DrawnNode]:
    """The nodes by id. A second node of the same id gets a fresh one, as in ComfyUI's editor."""
    nodes: dict[str, DrawnNode] = {}
    again: list[DrawnNode] = []
    for index, entry in enumerate(items(data, path)):
        node = node_of(entry, at(path, index), notes)
        if node.id in nodes:
            again.append(node)
        else:
            nodes[node.id] = node
    fresh = max(
        (int(node_id) for node_id in nodes if node_id.isdecimal() and len(node_id) < 16), default=0
    )
    for node in again:
        fresh += 1
        message = f"node {node.id}: the file has this id twice; the later node is now {fresh}"
        notes.append(Problem("duplicate_id", message, node=str(fresh)))
        nodes[str(fresh)] = replace(node, id=str(fresh))
    return nodes


def _wire_of(data: Any, path: str) -> tuple[str, Wire]:
    """One link: `[id, from, slot, to, slot, type]` (0.4) or an object (1)."""
    if isinstance(data, Mapping):
        names = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
        parts = [(data.get(name), at(path, name)) for name in names]
    elif isinstance(data, list | tuple) and len(data) >= 5:
        parts = [(data[index], at(path, index)) for index in range(5)]
    else:
        fail(path, "a link [id, from, slot, to, slot, type] or an object", data)
    wire_id, origin, origin_slot, target, target_slot = parts
    return identity(*wire_id), Wire(
        identity(*origin), whole(*origin_slot), identity(*target), whole(*target_slot)
    )


def _definition_of(data: Any, path: str, notes: list[Problem]) -> Sheet:
    if not isinstance(data, Mapping):
        fail(path, "a subgraph definition", data)
    sheet = _sheet_of(data, path, notes)
    ends = []
    for key, usual in (("inputNode", "-10"), ("outputNode", "-20")):
        end_id = mapping(data.get(key), at(path, key)).get("id")
        ends.append(usual if end_id is None else identity(end_id, at(at(path, key), "id")))
    inputs = items(data.get("inputs"), at(path, "inputs"))
    return replace(
        sheet,
        id=identity(data.get("id"), at(path, "id")),
        name=text(data.get("name"), at(path, "name")),
        inputs=tuple(
            replace(socket_of(entry, at(at(path, "inputs"), index)), link=None)
            for index, entry in enumerate(inputs)
        ),
        outputs=_outputs_of(data.get("outputs"), at(path, "outputs"), sheet.wires, ends[1]),
        input_id=ends[0],
    )


def _outputs_of(data: Any, path: str, wires: Mapping[str, Wire], end: str) -> tuple[Socket, ...]:
    """A definition's outputs, each with the wire into it: the one it names, else the one drawn."""
    drawn = {wire.target_slot: wire_id for wire_id, wire in wires.items() if wire.target == end}
    outputs = []
    for index, entry in enumerate(items(data, path)):
        where = at(path, index)
        socket = socket_of(entry, where)
        named = [
            identity(wire_id, at(at(where, "linkIds"), place))
            for place, wire_id in enumerate(items(entry.get("linkIds"), at(where, "linkIds")))
        ]
        held = [wire_id for wire_id in named if wire_id in wires and wires[wire_id].target == end]
        outputs.append(replace(socket, link=held[0] if held else drawn.get(index)))
    return tuple(outputs)
