"""Reading a prompt as a graph, and everything that is wrong with it, found in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from patchbay.reader import Reader
from patchbay.types import Graph, Link, Node, NodeId, NodeSpec, Problem
from patchbay.wording import one_line, shown

_ID_CHARACTERS = 500  # an id is part of every message, event and key of the node


@dataclass(frozen=True, slots=True)
class Checked:
    """A prompt as a graph. With `problems` the graph holds only the nodes that have none."""

    graph: Graph
    problems: tuple[Problem, ...]
    sinks: tuple[NodeId, ...]
    notes: tuple[Problem, ...] = ()


def validate(prompt: Any, specs: Mapping[str, NodeSpec], *, tolerant: bool = False) -> Checked:
    """Reads `{id: {"class_type", "inputs", "_meta"}}`. `specs` also knows nodes by old names.
    It takes time in proportion to the prompt, whatever is wrong with it.

    `tolerant` lets a node have inputs that it does not know: they are left out, and are `notes`.

    Literals are converted for their sockets and defaults filled in. Nothing is raised: all
    problems are listed, each naming the node, the input, what was given and what would be right;
    past 10,000 of them, they are counted.
    """
    if not isinstance(prompt, Mapping):
        problem = Problem(
            "bad_graph", one_line(f"a prompt is an object of nodes, not {shown(prompt)}")
        )
        return Checked(Graph({}), (problem,), ())
    entries = {str(id_): entry for id_, entry in prompt.items()}
    longest = max(entries, key=len, default="")
    if len(longest) > _ID_CHARACTERS:
        message = f"a node's id has {len(longest)} characters, {shown(longest)}: at most "
        problem = Problem("bad_node", one_line(f"{message}{_ID_CHARACTERS} are taken"))
        return Checked(Graph({}), (problem,), ())
    reader = Reader(specs, tolerant=tolerant)
    reader.read_all(entries)
    sinks = tuple(id_ for id_, node in reader.nodes.items() if node.spec.sink)
    if not sinks and not reader.problems:
        reader.problems.append(
            Problem(
                "no_sink",
                "nothing would come of this graph: add a node that saves or previews, such as "
                "SaveAudio",
            )
        )
    return Checked(Graph(reader.nodes), tuple(reader.problems), sinks, tuple(reader.notes))


def sound(checked: Checked, targets: Sequence[NodeId]) -> tuple[NodeId, ...]:
    """Those of the targets that can be run although other nodes have problems: they, and all that
    they depend on, have none."""
    nodes = checked.graph.nodes
    if not checked.problems:
        return tuple(id_ for id_ in targets if id_ in nodes)
    followers: dict[NodeId, list[NodeId]] = {}
    spoilt: list[NodeId] = []
    for id_, node in nodes.items():
        for value in node.inputs.values():
            if type(value) is Link:
                followers.setdefault(value.node, []).append(id_)
                if value.node not in nodes:
                    spoilt.append(value.node)
    seen = set(spoilt)
    while spoilt:
        for id_ in followers.get(spoilt.pop(), ()):
            if id_ not in seen:
                seen.add(id_)
                spoilt.append(id_)
    return tuple(id_ for id_ in targets if id_ in nodes and id_ not in seen)


def read_nodes(
    entries: Mapping[str, Any],
    specs: Mapping[str, NodeSpec],
    around: Callable[[str], NodeSpec | None],
) -> tuple[Mapping[NodeId, Node], tuple[Problem, ...]]:
    """The nodes of an expansion, whose links may lead to nodes `around` it."""
    reader = Reader(specs, around)
    reader.read_all(entries)
    return reader.nodes, tuple(reader.problems)
