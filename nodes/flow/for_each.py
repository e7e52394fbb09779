"""ForEach: a part of the graph for each item of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay import Body, Expand, Link, Many, NodeId, Outer, node

from .rounds import Rounds


@node(category="flow/loop", resource="inline", expands=True)
def for_each(items: Many[Any], body: Body, name: str = "loop") -> Many[Any] | Expand:
    """Runs a part of the graph for each item of a list and gives the list of what came out.

    A plain link from a list already runs a node for each item; this is for parts that hold nodes
    which would take the whole list at once, such as MixAudio. Rounds run side by side.

    items: the list.
    body: the end of the part, which begins at a LoopValue node.
    name: the name of the LoopValue nodes that belong to it.
    """
    rounds = Rounds(body, name)
    rounds.check(len(items), "items")
    nodes: dict[str, Mapping[str, Any]] = {}
    results: dict[str, Any] = {}
    for index in range(len(items)):
        item = f"item {index}"
        nodes[item] = {"class_type": "Pick", "inputs": {"items": Outer("items"), "index": index}}
        nodes.update(rounds.nodes(index, Link(NodeId(item), 0)))
        results["items" if index == 0 else f"items.{index + 1}"] = rounds.output(index)
    nodes["all"] = {"class_type": "List", "inputs": results or {"items": {"__value__": []}}}
    return Expand(nodes, (Link(NodeId("all"), 0),))
