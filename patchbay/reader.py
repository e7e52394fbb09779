"""The entries of a prompt read as nodes, one by one, with all that is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from patchbay import circles, digest
from patchbay.links import links_of, port_of
from patchbay.literals import a, converted, fits, listed
from patchbay.types import Given, Link, Node, NodeId, NodeSpec, Port, Problem
from patchbay.wording import nearest, one_line, short, shown

_MOST_PROBLEMS = 10_000  # nobody reads more; a prompt may have millions
_MOST_HINTS = 100  # problems for which the nearest name is looked up, at 0.1 ms each


@dataclass
class Reader:
    """Reads nodes; what it found is in `nodes`, and what is wrong in `problems` and `notes`.

    `around` finds the nodes of a graph that these are added to. `tolerant` turns inputs that a
    node does not know into `notes`. Past the first 10,000, problems are counted only.
    """

    specs: Mapping[str, NodeSpec]
    around: Callable[[str], NodeSpec | None] = lambda id_: None
    tolerant: bool = False
    notes: list[Problem] = field(default_factory=list)
    nodes: dict[NodeId, Node] = field(default_factory=dict)
    found: dict[str, NodeSpec] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0  # of the problems, also of those that are not kept
    hints: int = 0
    unknown: set[str] = field(default_factory=set)  # nodes of a class that is not installed
    linked: dict[NodeId, tuple[NodeId, ...]] = field(default_factory=dict)

    def read_all(self, entries: Mapping[str, Any]) -> None:
        """Reads these nodes, which may be linked to each other in any order. Once only."""
        for id_, entry in entries.items():
            self._find_spec(id_, entry)
        for id_, entry in entries.items():
            self._read(NodeId(id_), entry)
        self._find_circles()
        if self.count > len(self.problems):
            message = f"there are {self.count - len(self.problems)} problems more than are listed"
            self.problems.append(Problem("too_many", message))

    def _find_spec(self, id_: str, entry: Any) -> None:
        if not isinstance(entry, Mapping):
            self._add("bad_node", f"node {short(id_)} is {shown(entry)}, not an object", id_)
            return
        name = entry.get("class_type")
        if not isinstance(name, str) or not name:
            self._add(
                "no_class_type", f'node {short(id_)} does not say what it is: "class_type"', id_
            )
            return
        spec = self.specs.get(name)
        if spec is None:
            self.unknown.add(id_)
            near = self._nearest(name, self.specs, 3)
            hint = f"; did you mean {listed(near, 'or')}?" if near else ""
            message = f"node {short(id_)}: there is no node {shown(name)} here{hint}"
            self._add("unknown_node", message, id_, details={"class_type": name, "nearest": near})
            return
        self.found[id_] = spec

    def _read(self, id_: NodeId, entry: Any) -> None:
        spec = self.found.get(id_)
        if spec is None:
            return
        before = self.count
        given = entry.get("inputs") or {}
        meta = entry.get("_meta")
        title = meta.get("title", "") if isinstance(meta, Mapping) else ""
        title = title if isinstance(title, str) else shown(title)
        node = Node(id_, spec, {}, title)
        if not isinstance(given, Mapping):
            self._add("bad_inputs", f"{named(node)}: its inputs are not an object", id_)
            return
        inputs = self._inputs(node, given)
        self.linked[id_] = tuple(v.node for v in inputs.values() if type(v) is Link)
        if self.count == before:
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
        near = self._nearest(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {listed(known) or 'none'}"
        message = f"{named(node)} has no input {shown(name)}; {hint}"
        if not self.tolerant:
            self._add("unknown_input", message, node.id, name)
        elif len(self.notes) < _MOST_PROBLEMS:
            self.notes.append(Problem("unknown_input", one_line(message), node.id, name))

    def _link(self, node: Node, port: Port, name: str, link: Link) -> Link:
        source = self.found.get(link.node) or self.around(link.node)
        if source is None:
            if link.node not in self.unknown:
                message = f"{named(node)}: input {shown(name)} is linked to node "
                message += f"{short(link.node)}, which is not in the graph"
                self._add("bad_link", message, node.id, name)
            return link
        if not 0 <= link.slot < len(source.outputs):
            self._add(
                "bad_slot",
                f"{named(node)}: input {shown(name)} is linked to output {link.slot} of node "
                f"{short(link.node)} “{source.title}”, which has {len(source.outputs) or 'none'}"
                + (", numbered from 0" if source.outputs else ""),
                node.id,
                name,
            )
        elif not fits(source.outputs[link.slot].type, port.type):
            given = source.outputs[link.slot].type
            self._add(
                "wrong_type",
                f"{named(node)}: input {shown(name)} takes {port.type}, but output {link.slot} of "
                f"node {short(link.node)} “{source.title}” gives {given}",
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
                f"{named(node)}: input {port.name!r}: {shown(value)} {wrong}",
                node.id,
                port.name,
                {"given": value if digest.is_plain(value) else shown(value)},
            )
        return result

    def _find_circles(self) -> None:
        """Names each circle as a path; nodes on one are taken out."""
        for path in circles.find(self.linked):
            self._add(
                "cycle",
                f"the graph goes in a circle: {circles.shown(path)}; take out one of these links",
                path[0],
                details={"path": list(path)},
            )
            for id_ in path:
                self.nodes.pop(id_, None)
                self.linked.pop(id_, None)

    def _nearest(self, name: str, known: Iterable[str], most: int) -> list[str]:
        self.hints += 1
        return nearest(name, known, most) if self.hints <= _MOST_HINTS else []

    def _add(
        self,
        code: str,
        message: str,
        node: str | None = None,
        input_: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self.count += 1
        if self.count <= _MOST_PROBLEMS:
            self.problems.append(Problem(code, one_line(message), node, input_, details or {}))


def named(node: Node) -> str:
    """A node as a message calls it."""
    return f"node {short(node.id)} “{short(node.title or node.spec.title)}”"


def _numbered(name: str, inputs: Mapping[str, Any]) -> bool:
    return any(key.startswith(f"{name}.") for key in inputs)
