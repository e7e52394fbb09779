"""Widget values put by name into a saved workflow as it stands, so that whoever reads it next need
not know by which rules an editor has counted them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from patchbay.litegraph.alignment import CONTROLS
from patchbay.litegraph.catalogue import Catalogue
from patchbay.litegraph.nodes import node_of
from patchbay.litegraph.promotion import Promotions
from patchbay.litegraph.records import VIRTUAL, Drawing, DrawnNode
from patchbay.litegraph.values import values_of
from patchbay.types import NodeSpec


def name_values(
    workflow: dict[str, Any], drawing: Drawing, specs: Mapping[str, NodeSpec]
) -> list[str]:
    """Gives every known node `properties.patchbay.widgets`, its values by today's input names, and
    each seed whose control stands where nobody would look for it an entry in
    `properties.patchbay.controls`; the types that are not known, in the order of the alphabet.

    The workflow itself is changed, of which `drawing` is what was read; nothing else of it is.
    Instances of subgraphs count as known.
    """
    catalogue = Catalogue(specs)
    promotions = Promotions(drawing, catalogue)
    unknown: set[str] = set()
    for path, entry in _entries(workflow):
        node = node_of(entry, path, [])
        spec = catalogue.find(node.type)
        sheet = drawing.definitions.get(node.type)
        if sheet is not None:
            if not sheet.group:
                _name(entry, promotions.given(node, sheet), {})
        elif spec is not None:
            values = values_of(node, spec, drawing.foreign)
            _name(entry, values, _controls(node, spec, drawing, values))
        elif node.type not in VIRTUAL:
            unknown.add(node.type)
    return sorted(unknown)


def _entries(workflow: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every node as the file has it, also those of subgraphs, with its path. The file was read
    before, so that all of them have the right shape."""
    for index, entry in enumerate(workflow["nodes"]):
        yield f"$.nodes[{index}]", entry
    listed = (workflow.get("definitions") or {}).get("subgraphs") or ()
    for number, sheet in enumerate(listed):
        for index, entry in enumerate(sheet.get("nodes") or ()):
            yield f"$.definitions.subgraphs[{number}].nodes[{index}]", entry


def _name(entry: dict[str, Any], values: Mapping[str, Any], controls: Mapping[str, str]) -> None:
    properties = dict(entry.get("properties") or {})
    ours = dict(properties.get("patchbay") or {})
    before = ours.get("controls")
    ours["widgets"] = dict(values)
    if controls:
        ours["controls"] = {**(before if isinstance(before, dict) else {}), **controls}
    entry["properties"] = properties | {"patchbay": ours}


def _controls(
    node: DrawnNode, spec: NodeSpec, drawing: Drawing, values: Mapping[str, Any]
) -> dict[str, str]:
    """What becomes of each seed after a run, where the positional values are more or fewer than
    the node has widgets: it stands behind the seed's own value. Elsewhere it is easily found. Ours
    are left alone unless another editor has saved the file since.
    """
    ours = node.named is not None and not drawing.foreign
    if not isinstance(node.values, list | tuple) or ours:
        return {}
    kinds = [port.widget.kind for port in spec.inputs if port.widget is not None]
    if len(node.values) == len(kinds) + kinds.count("seed"):
        return {}
    found: dict[str, str] = {}
    place = 0
    for port in spec.inputs:
        if port.widget is not None and port.widget.kind == "seed" and port.name in values:
            after = _behind(node.values, values[port.name], place)
            if after is not None:
                found[port.name], place = node.values[after], after + 1
    return found


def _behind(values: Sequence[Any], value: Any, start: int) -> int | None:
    """Where the control behind this value stands, from `start` on."""
    for place in range(start, len(values) - 1):
        control = values[place + 1]
        if values[place] == value and isinstance(control, str) and control in CONTROLS:
            return place + 1
    return None
