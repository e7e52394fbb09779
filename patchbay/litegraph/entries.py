"""The entries of a prompt, checked, each with the number it has in a drawing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patchbay.errors import WorkflowError
from patchbay.litegraph.catalogue import Catalogue, current_inputs
from patchbay.litegraph.shapes import at, fail, mapping, text
from patchbay.litegraph.values import bare
from patchbay.types import Link, NodeId, NodeSpec

# Ids that an editor could have given: JavaScript keeps 15 digits exactly.
_NUMBER = re.compile("0|[1-9][0-9]{0,14}")
_DIGITS = re.compile("([0-9]+)")
_MOST_OUTPUTS = 256  # a higher slot is a mistake, and would be drawn as so many sockets


@dataclass(frozen=True, slots=True)
class Entry:
    """One node of a prompt. `inputs` has a `Link` or a bare value by today's input names."""

    id: str
    number: int
    type: str
    title: str
    spec: NodeSpec | None
    inputs: Mapping[str, Any]


def natural(name: str) -> tuple[Any, ...]:
    """A sorting key by which `a.2` comes before `a.10`."""
    parts = []
    for place, part in enumerate(_DIGITS.split(name)):
        digits = part.lstrip("0")
        parts.append((1, len(digits), digits) if place % 2 else (0, 0, part))
    return (parts, name)


def entries_of(prompt: Any, catalogue: Catalogue) -> dict[str, Entry]:
    """The entries by id, in the order of their numbers."""
    if not isinstance(prompt, Mapping):
        fail("$", "a prompt, an object of nodes by id", prompt)
    nodes = {str(node_id): data for node_id, data in prompt.items()}
    numbers = _numbers(nodes)
    return {
        node_id: _entry_of(node_id, nodes[node_id], numbers, catalogue)
        for node_id in sorted(nodes, key=numbers.__getitem__)
    }


def _numbers(ids: Mapping[str, Any]) -> dict[str, int]:
    numbers = {node_id: int(node_id) for node_id in ids if _NUMBER.fullmatch(node_id)}
    fresh = max(numbers.values(), default=0)
    for node_id in sorted((node_id for node_id in ids if node_id not in numbers), key=natural):
        fresh += 1
        numbers[node_id] = fresh
    return numbers


def _entry_of(node_id: str, data: Any, numbers: Mapping[str, int], catalogue: Catalogue) -> Entry:
    path = at("$", node_id)
    if not isinstance(data, Mapping):
        fail(path, "a node with class_type and inputs", data)
    name = data.get("class_type")
    if not isinstance(name, str) or not name:
        fail(at(path, "class_type"), "the name of a node type", name)
    spec = catalogue.find(name)
    inputs: dict[str, Any] = {}
    for key, value in mapping(data.get("inputs"), at(path, "inputs")).items():
        link = _link_of(value, node_id, str(key))
        if link is None:
            inputs[str(key)] = bare(value)
        elif link.node in numbers:
            inputs[str(key)] = link
    meta = mapping(data.get("_meta"), at(path, "_meta"))
    return Entry(
        id=node_id,
        number=numbers[node_id],
        type=spec.name if spec else name,
        title=text(meta.get("title"), at(path, "_meta.title")),
        spec=spec,
        inputs=current_inputs(spec, inputs),
    )


def _link_of(value: Any, node: str, name: str) -> Link | None:
    """The link that `[id, slot]` is, or none."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    origin, slot = value
    if not isinstance(origin, str | int) or isinstance(origin, bool):
        return None
    if not isinstance(slot, int) or isinstance(slot, bool) or slot < 0:
        return None
    if slot >= _MOST_OUTPUTS:
        message = f"node {node}, input {name!r}: it is linked to output {min(slot, 10**9)} of node "
        raise WorkflowError(f"{message}{origin}; outputs are numbered 0 to {_MOST_OUTPUTS - 1}")
    return Link(NodeId(str(origin)), slot)
