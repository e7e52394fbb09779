"""Repeat and ForEach: a part of the graph, several times over, by expansion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from patchbay import (
    Blocked,
    Body,
    Expand,
    InputError,
    Link,
    Many,
    NodeId,
    Number,
    Outer,
    Subgraph,
    node,
)

_MOST_ROUNDS = 10_000
_PLACE = "LoopValue"


class Round(NamedTuple):
    """What a round of a loop begins with.

    value: in Repeat what the round before gave, in ForEach the item.
    number: the number of the round, from 0.
    """

    value: Any
    number: int


@node(category="flow/loop", resource="inline")
def loop_value(name: str = "loop") -> Round | Blocked:
    """Where a round of Repeat or ForEach begins: link what is to be repeated after this node.

    What follows it runs inside the loop only.

    name: which loop it belongs to, when one lies inside another.
    """
    return Blocked(f"it runs inside the loop {name!r}")


@node(category="flow/loop", resource="inline", expands=True)
def repeat(
    start: Any,
    body: Body,
    times: Annotated[int, Number(0, _MOST_ROUNDS)] = 2,
    name: str = "loop",
) -> Any | Expand:
    """Feeds a value through a part of the graph again and again.

    Every round is kept by itself: one round more runs one round.

    start: what the first round begins with.
    body: the end of the part to repeat, which begins at a LoopValue node.
    times: how many rounds; with 0 the start is given as it is.
    name: the name of the LoopValue nodes that belong to it.
    """
    rounds = _Rounds(body, name)
    nodes: dict[str, Mapping[str, Any]] = {}
    value: Any = Outer("start")
    for index in range(times):
        nodes.update(rounds.nodes(index, value))
        value = rounds.output(index)
    return Expand(nodes, (value,))


@node(category="flow/loop", resource="inline", expands=True)
def for_each(items: Many[Any], body: Body, name: str = "loop") -> Many[Any] | Expand:
    """Runs a part of the graph for each item of a list and gives the list of what came out.

    A plain link from a list already runs a node for each item; this is for parts that hold nodes
    which would take the whole list at once, such as MixAudio. Rounds run side by side.

    items: the list.
    body: the end of the part, which begins at a LoopValue node.
    name: the name of the LoopValue nodes that belong to it.
    """
    rounds = _Rounds(body, name)
    nodes: dict[str, Mapping[str, Any]] = {}
    results: dict[str, Any] = {}
    for index in range(len(items)):
        item = f"item {index}"
        nodes[item] = {"class_type": "Pick", "inputs": {"items": Outer("items"), "index": index}}
        nodes.update(rounds.nodes(index, Link(NodeId(item), 0)))
        results["items" if index == 0 else f"items.{index + 1}"] = rounds.output(index)
    nodes["all"] = {"class_type": "List", "inputs": results or {"items": {"__value__": []}}}
    return Expand(nodes, (Link(NodeId("all"), 0),))


class _Rounds:
    """The nodes of a body that differ from round to round; the others are shared as they are."""

    def __init__(self, body: Subgraph, name: str) -> None:
        self._body = body
        self._places = {
            id_
            for id_, entry in body.nodes.items()
            if entry["class_type"] == _PLACE and entry["inputs"].get("name", "loop") == name
        }
        self._inside = self._following()
        if body.output.node not in self._inside | self._places:
            raise InputError(
                f"the body does not begin at a LoopValue named {name!r}: every round would be "
                "the same",
                input="body",
            )

    def nodes(self, index: int, value: Any) -> dict[str, Mapping[str, Any]]:
        """The copies for one round that begins with `value`."""
        return {
            f"{index} {id_}": {
                "class_type": self._body.nodes[id_]["class_type"],
                "inputs": {
                    name: self._input(given, index, value)
                    for name, given in self._body.nodes[id_]["inputs"].items()
                },
            }
            for id_ in self._inside
        } | self._passing(index, value)

    def output(self, index: int) -> Link:
        """What a round gives."""
        end = self._body.output
        return Link(NodeId(f"{index} {end.node}"), 0 if end.node in self._places else end.slot)

    def _passing(self, index: int, value: Any) -> dict[str, Mapping[str, Any]]:
        """For a body that is nothing but its LoopValue."""
        end = self._body.output
        if end.node not in self._places:
            return {}
        given = {"items": value if end.slot == 0 else index, "index": 0}
        return {f"{index} {end.node}": {"class_type": "Pick", "inputs": given}}

    def _input(self, given: Any, index: int, value: Any) -> Any:
        if not isinstance(given, Link):
            return given
        if given.node in self._places:
            return value if given.slot == 0 else index
        if given.node in self._inside:
            return Link(NodeId(f"{index} {given.node}"), given.slot)
        return given

    def _following(self) -> set[str]:
        """The nodes that depend on a LoopValue of this loop."""
        users: dict[str, list[str]] = {}
        for id_, entry in self._body.nodes.items():
            for given in entry["inputs"].values():
                if isinstance(given, Link):
                    users.setdefault(given.node, []).append(id_)
        found: set[str] = set()
        pending = list(self._places)
        while pending:
            for id_ in users.get(pending.pop(), ()):
                if id_ not in found:
                    found.add(id_)
                    pending.append(id_)
        return found
