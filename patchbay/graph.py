"""Reading a prompt as a graph, and everything that is wrong with it, found in one go."""

from __future__ import annotations

import difflib
import graphlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patchbay import digest
from patchbay.literals import a, converted, fits, listed
from patchbay.types import (
    Given,
    Graph,
    Link,
    Node,
    NodeId,
    NodeSpec,
    Port,
    Problem,
)

_PATH = 12  # nodes of a circle named at each end before it says how many more there are
# An id or a name may hold anything; a message is one line all the same.
_ONE_LINE = dict.fromkeys((*range(32), 127, 133, 8232, 8233), " ")


@dataclass(frozen=True, slots=True)
class Checked:
    """A prompt as a graph. With `problems` the graph holds only the nodes that have none."""

    graph: Graph
    problems: tuple[Problem, ...]
    sinks: tuple[NodeId, ...]
    notes: tuple[Problem, ...] = ()


def validate(prompt: Any, specs: Mapping[str, NodeSpec], *, tolerant: bool = False) -> Checked:
    """Reads `{id: {"class_type", "inputs", "_meta"}}`. `specs` also knows nodes by old names.

    `tolerant` lets a node have inputs that it does not know: they are left out, and are `notes`.

    Literals are converted for their sockets and defaults filled in. Nothing is raised: all
    problems are listed, each naming the node, the input, what was given and what would be right.
    """
    if not isinstance(prompt, Mapping):
        problem = Problem("bad_graph", f"a prompt is an object of nodes, not {_shown(prompt)}")
        return Checked(Graph({}), (problem,), ())
    reader = _Reader(specs, tolerant=tolerant)
    for id_, entry in prompt.items():
        reader.find_spec(str(id_), entry)
    for id_, entry in prompt.items():
        reader.read(NodeId(str(id_)), entry)
    reader.find_cycles()
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
    reader = _Reader(specs, around)
    for id_, entry in entries.items():
        reader.find_spec(id_, entry)
    for id_, entry in entries.items():
        reader.read(NodeId(id_), entry)
    reader.find_cycles()
    return reader.nodes, tuple(reader.problems)


def links_of(value: Any) -> Link | None:
    """The link that a prompt writes as `[id, slot]`, or None for a literal."""
    if (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and type(value[1]) is int
    ):
        return Link(NodeId(value[0]), value[1])
    return value if isinstance(value, Link) else None


def port_of(spec: NodeSpec, name: str) -> Port | None:
    """The port for an input's name; `tracks.2` is a further link to a port that takes many."""
    port = spec.ports.get(name)
    if port is None and "." in name:
        base, _, number = name.rpartition(".")
        port = spec.ports.get(base)
        if port is None or not port.many or not number.isdigit():
            return None
    return port


@dataclass
class _Reader:
    specs: Mapping[str, NodeSpec]
    around: Callable[[str], NodeSpec | None] = lambda id_: None
    tolerant: bool = False
    notes: list[Problem] = field(default_factory=list)
    nodes: dict[NodeId, Node] = field(default_factory=dict)
    found: dict[str, NodeSpec] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    linked: dict[NodeId, tuple[NodeId, ...]] = field(default_factory=dict)

    def find_spec(self, id_: str, entry: Any) -> None:
        if not isinstance(entry, Mapping):
            self._add("bad_node", f"node {id_} is {_shown(entry)}, not an object", id_)
            return
        name = entry.get("class_type")
        if not isinstance(name, str) or not name:
            self._add("no_class_type", f'node {id_} does not say what it is: "class_type"', id_)
            return
        spec = self.specs.get(name)
        if spec is None:
            near = difflib.get_close_matches(name, self.specs, n=3, cutoff=0.5)
            hint = f"; did you mean {listed(near, 'or')}?" if near else ""
            message = f"node {id_}: there is no node {name!r} here{hint}"
            self._add("unknown_node", message, id_, details={"class_type": name, "nearest": near})
            return
        self.found[id_] = spec

    def read(self, id_: NodeId, entry: Any) -> None:
        spec = self.found.get(id_)
        if spec is None:
            return
        before = len(self.problems)
        given = entry.get("inputs") or {}
        meta = entry.get("_meta")
        title = str(meta.get("title", "")) if isinstance(meta, Mapping) else ""
        node = Node(id_, spec, {}, title)
        if not isinstance(given, Mapping):
            self._add("bad_inputs", f"{named(node)}: its inputs are not an object", id_)
            return
        inputs = self._inputs(node, given)
        self.linked[id_] = tuple(v.node for v in inputs.values() if type(v) is Link)
        if len(self.problems) == before:
            self.nodes[id_] = Node(id_, spec, inputs, title)

    def _inputs(self, node: Node, given: Mapping[str, Any]) -> dict[str, Any]:
        spec = node.spec
        inputs: dict[str, Any] = {}
        for old, value in given.items():
            name = spec.migrations.get(old, old)
            port = port_of(spec, name)
            link = links_of(value)
            if port is None:
                if spec.keywords:
                    inputs[name] = link or value
                else:
                    self._unknown_input(node, name)
            elif link is not None:
                inputs[name] = self._link(node, port, name, link)
            elif isinstance(value, Given):
                inputs[name] = value
            elif value is not None or port.required:
                inputs[name] = self._literal(node, port, value)
        for port in spec.inputs:
            if port.name in inputs:
                continue
            if port.default is not None:
                inputs[port.name] = port.default
            elif port.required and not (port.many and _numbered(port.name, inputs)):
                self._add(
                    "missing_input",
                    f"{named(node)}: input {port.name!r} is missing: "
                    + ("set it, or " if port.widget else "")
                    + f"link {a(port.type)} to it",
                    node.id,
                    port.name,
                )
        return inputs

    def _unknown_input(self, node: Node, name: str) -> None:
        known = [port.name for port in node.spec.inputs]
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {listed(known) or 'none'}"
        self._add("unknown_input", f"{named(node)} has no input {name!r}; {hint}", node.id, name)
        if self.tolerant:
            self.notes.append(self.problems.pop())

    def _link(self, node: Node, port: Port, name: str, link: Link) -> Link:
        source = self.found.get(link.node) or self.around(link.node)
        if source is None:
            if not any(p.node == link.node for p in self.problems if p.code == "unknown_node"):
                message = f"{named(node)}: input {name!r} is linked to node {link.node}, which is "
                self._add("bad_link", message + "not in the graph", node.id, name)
            return link
        if not 0 <= link.slot < len(source.outputs):
            self._add(
                "bad_slot",
                f"{named(node)}: input {name!r} is linked to output {link.slot} of node "
                f"{link.node} “{source.title}”, which has {len(source.outputs) or 'none'}"
                + (", numbered from 0" if source.outputs else ""),
                node.id,
                name,
            )
        elif not fits(source.outputs[link.slot].type, port.type):
            given = source.outputs[link.slot].type
            self._add(
                "wrong_type",
                f"{named(node)}: input {name!r} takes {port.type}, but output {link.slot} of node "
                f"{link.node} “{source.title}” gives {given}",
                node.id,
                name,
                {"given": given, "wanted": port.type},
            )
        return link

    def _literal(self, node: Node, port: Port, value: Any) -> Any:
        result, wrong = converted(port, value)
        if wrong:
            self._add(
                "bad_choice"
                if port.widget and port.widget.choices
                else "out_of_range"
                if wrong.startswith("is outside")
                else "bad_value",
                f"{named(node)}: input {port.name!r}: {_shown(value)} {wrong}",
                node.id,
                port.name,
                {"given": value if digest.is_plain(value) else _shown(value)},
            )
        return result

    def find_cycles(self) -> None:
        """Names each cycle as a path; nodes on one are taken out, so that all are found."""
        while True:
            sorter: graphlib.TopologicalSorter[NodeId] = graphlib.TopologicalSorter()
            for id_, sources in self.linked.items():
                sorter.add(id_, *sources)
            try:
                sorter.prepare()
            except graphlib.CycleError as error:
                path: list[NodeId] = error.args[1]
                shown = " → ".join(_short_path([str(id_) for id_ in path]))
                self._add(
                    "cycle",
                    f"the graph goes in a circle: {shown}; take out one of these links",
                    path[0],
                    details={"path": list(path)},
                )
                for id_ in path:
                    self.nodes.pop(id_, None)
                    self.linked.pop(id_, None)
            else:
                return

    def _add(
        self,
        code: str,
        message: str,
        node: str | None = None,
        input_: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.problems.append(
            Problem(code, message.translate(_ONE_LINE), node, input_, details or {})
        )


def named(node: Node) -> str:
    """A node as a message calls it."""
    return f"node {node.id} “{node.title or node.spec.title}”"


def _numbered(name: str, inputs: Mapping[str, Any]) -> bool:
    return any(key.startswith(f"{name}.") for key in inputs)


def _short_path(path: list[str]) -> list[str]:
    if len(path) <= 2 * _PATH:
        return path
    return [*path[:_PATH], f"({len(path) - 2 * _PATH} more)", *path[-_PATH:]]


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deep, or a number of 5,000 digits
        return f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}…"
