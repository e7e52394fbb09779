"""The rounds of a loop: copies of the nodes that differ from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay import InputError, Link, NodeId, Subgraph

_PLACE = "LoopValue"
_MOST_NODES = 100_000  # of all rounds together; a run takes no more


class Rounds:
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

    def check(self, count: int, port: str) -> None:
        """Raises InputError, which names the input `port`, for more rounds than can be run."""
        nodes = count * max(1, len(self._inside))
        if nodes > _MOST_NODES:
            raise InputError(
                f"{count} rounds of {len(self._inside)} nodes are {nodes} nodes: at most "
                f"{_MOST_NODES} can be run; make the loop shorter or its part smaller",
                input=port,
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
