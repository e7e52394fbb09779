"""From a node's answer with more nodes to nodes of the graph: local names become whole ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay.errors import ExpansionError
from patchbay.evaluate import Planned
from patchbay.executor.calls import decoded_inputs
from patchbay.graph import read_nodes
from patchbay.literals import fits
from patchbay.types import Expansion, Given, Link, Node, NodeId, NodeSpec, Outer, Port, Result

Around = Callable[[str], NodeSpec | None]
_TOLD = 10  # problems of an expansion that are told; what is wrong in one round is so in all


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The nodes to add, and what each output of the expanding node is put together from."""

    nodes: tuple[Node, ...]
    parts: tuple[tuple[Link | Given, ...], ...]


def unfolded(
    node: Node,
    planned: Sequence[Planned],
    results: Sequence[Result],
    specs: Mapping[str, NodeSpec],
    around: Around,
) -> Unfolded:
    """What the calls of `node` answered, some with more nodes and some plainly. `around` finds
    the nodes of the graph that is there already. Raises ExpansionError."""
    entries: dict[str, dict[str, Any]] = {}
    parts: list[list[Link | Given]] = [[] for _ in node.spec.outputs]
    for plan, result in zip(planned, results, strict=True):
        if result.expansion is None:
            for slot, batch in enumerate(result.outputs):
                parts[slot].append(Given(batch))
            continue
        scope = _Scope(node, plan, result.expansion)
        entries.update(scope.entries())
        for slot, output in enumerate(result.expansion.outputs):
            parts[slot].append(scope.resolved(output))
    nodes, problems = read_nodes(entries, specs, around)
    if problems:
        more = f"; and {len(problems) - _TOLD} more" if len(problems) > _TOLD else ""
        raise ExpansionError("; ".join(problem.message for problem in problems[:_TOLD]) + more)

    def spec_of(id_: str) -> NodeSpec | None:
        inner = nodes.get(NodeId(id_))
        return inner.spec if inner is not None else around(id_)

    for port, given in zip(node.spec.outputs, parts, strict=True):
        for part in given:
            if isinstance(part, Link):
                _check(port, part, spec_of(part.node))
    return Unfolded(tuple(nodes.values()), tuple(tuple(given) for given in parts))


def _check(port: Port, link: Link, source: NodeSpec | None) -> None:
    what = f"output {port.name!r} of its expansion is linked to node {link.node}"
    if source is None:
        raise ExpansionError(f"{what}, which is not there")
    if not 0 <= link.slot < len(source.outputs):
        raise ExpansionError(f"{what}, output {link.slot}, of which it has {len(source.outputs)}")
    given = source.outputs[link.slot].type
    if not fits(given, port.type):
        raise ExpansionError(f"{what}, which gives {given}, not {port.type}")


@dataclass(frozen=True, slots=True)
class _Scope:
    """The names inside one expansion: local ids, and what the expanding node was given."""

    node: Node
    plan: Planned
    expansion: Expansion

    def entries(self) -> dict[str, dict[str, Any]]:
        """The nodes with ids and links that hold in the whole graph."""
        return {
            self._id(local): {
                "class_type": entry["class_type"],
                "inputs": {
                    name: self.resolved(value)
                    for name, value in decoded_inputs(entry["inputs"]).items()
                },
            }
            for local, entry in self.expansion.nodes.items()
        }

    def resolved(self, value: Any) -> Any:
        if isinstance(value, Link):
            local = value.node in self.expansion.nodes
            return Link(self._id(value.node), value.slot) if local else value
        if isinstance(value, Outer):
            return self._outer(value.name)
        return value

    def _outer(self, name: str) -> Given:
        inputs = self.plan.call.inputs
        if name not in inputs:
            raise ExpansionError(f"its expansion asks for its input {name!r}, which is not given")
        source = self.node.inputs.get(name)
        origin = source if isinstance(source, Link) else getattr(source, "origin", None)
        return Given(inputs[name], origin)

    def _id(self, local: str) -> NodeId:
        return NodeId(f"{self.node.id}.{self.plan.call.index}.{local}")
