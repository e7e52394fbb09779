"""A drawing turned into a prompt: what is to run, each input a value or a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from patchbay.litegraph.catalogue import Catalogue, current_input, current_inputs
from patchbay.litegraph.frames import Place, open_frames
from patchbay.litegraph.promotion import Promotions
from patchbay.litegraph.records import Converted, Drawing, Socket
from patchbay.litegraph.trace import Constant, End, Origin, Tracer
from patchbay.litegraph.unknown import unknown_node
from patchbay.litegraph.values import literal, values_of
from patchbay.types import NodeSpec, Problem


def flatten(drawing: Drawing, specs: Mapping[str, NodeSpec]) -> Converted:
    """The prompt with all problems; raises WorkflowError for subgraphs that have no end."""
    return _Flattening(drawing, Catalogue(specs)).done()


class _Flattening:
    def __init__(self, drawing: Drawing, catalogue: Catalogue) -> None:
        self._drawing = drawing
        self._catalogue = catalogue
        self._tracer = Tracer()
        self._problems: list[Problem] = []
        self._notes = list(drawing.notes)

    def done(self) -> Converted:
        opened = open_frames(self._drawing, Promotions(self._drawing, self._catalogue))
        prompt: dict[str, dict[str, Any]] = {}
        for place in opened.places:
            node_id, spec = place.id, self._catalogue.find(place.node.type)
            if spec is None:
                self._problems.append(unknown_node(place, self._catalogue, self._drawing.versions))
            if node_id in prompt:
                message = (
                    f"node {node_id}: two nodes of the workflow have this id; renumber one of them"
                )
                self._problems.append(Problem("duplicate_id", message, node=node_id))
                continue
            prompt[node_id] = {
                "class_type": spec.name if spec else place.node.type,
                "inputs": self._inputs(place, spec),
                "_meta": {"title": place.node.title or (spec.title if spec else place.node.type)},
            }
        problems, notes = tuple(self._problems), tuple(self._notes)
        return Converted(prompt, problems, notes, opened.dropped)

    def _inputs(self, place: Place, spec: NodeSpec | None) -> dict[str, Any]:
        given = self._widgets(place, spec)
        inputs = {name: literal(value) for name, value in given.items()}
        for socket in place.node.inputs:
            if socket.link is None:
                continue
            name = _input_name(spec, socket)
            match self._tracer.origin_of(place.frame, socket, _wanted(spec, socket, name)):
                case Origin(node, slot):
                    inputs[name] = [node, slot]
                case Constant(value):
                    inputs[name] = literal(value)
                case End.CUT:
                    inputs.pop(name, None)
                case End.NOWHERE:
                    message = f"node {place.id}, input {name!r}: its link leads nowhere; left out"
                    self._notes.append(Problem("link_to_nowhere", message, place.id, name))
                case End.LOOP:
                    message = (
                        f"node {place.id}, input {name!r}: its link only runs in a circle "
                        "through reroutes, bypassed nodes or subgraphs: connect it to a node"
                    )
                    self._problems.append(Problem("link_loop", message, place.id, name))
                case End.NOTHING:
                    pass
        return inputs

    def _widgets(self, place: Place, spec: NodeSpec | None) -> dict[str, Any]:
        """The node's own values, and over them those given by the subgraph's instance."""
        node, inheritance = place.node, place.frame.inheritance
        if node.id in inheritance.whole:
            node = replace(node, values=inheritance.whole[node.id])
        values = values_of(node, spec, self._drawing.foreign)
        over = current_inputs(spec, inheritance.overrides.get(node.id, {}))
        if spec is not None and not spec.keywords:
            over = {name: value for name, value in over.items() if name in spec.ports}
        return values | over


def _input_name(spec: NodeSpec | None, socket: Socket) -> str:
    """The input a socket stands for: by its own name, else that of its widget."""
    name = current_input(spec, socket.name)
    if spec is None or name in spec.ports or socket.widget is None:
        return name
    widget = current_input(spec, socket.widget)
    return widget if widget in spec.ports else name


def _wanted(spec: NodeSpec | None, socket: Socket, name: str) -> str:
    """The type an input wants: what the file says, unless it only says "any"."""
    port = spec.ports.get(name) if spec else None
    return port.type if port is not None and socket.type == "*" else socket.type
