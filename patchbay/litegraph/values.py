"""Widget values of a drawn node by input name, from any form in which files have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay.litegraph.alignment import SEEDS, positional
from patchbay.litegraph.catalogue import current_inputs
from patchbay.litegraph.records import DrawnNode
from patchbay.types import ANY, NodeSpec, Port, Widget


def values_of(node: DrawnNode, spec: NodeSpec | None, foreign: bool) -> dict[str, Any]:
    """Every widget value that the file gives, by today's input name.

    Patchbay's own named values win, unless ComfyUI's editor has saved the file since (`foreign`):
    it changes the positional ones only.
    """
    if node.named is not None:
        named = current_inputs(spec, node.named)
        if not foreign or not isinstance(node.values, list | tuple):
            return named
        return named | positional(ports_of(node, spec), node.values, guess=spec is not None)
    if isinstance(node.values, Mapping):
        given = current_inputs(spec, node.values)
        if spec is None or spec.keywords:
            return given
        return {name: value for name, value in given.items() if name in spec.ports}
    ports = ports_of(node, spec)
    return initials(ports) | positional(ports, node.values or (), guess=spec is not None)


def ports_of(node: DrawnNode, spec: NodeSpec | None) -> tuple[Port, ...]:
    """The ports that could have a place; of an unknown node those its sockets tell of."""
    if spec is not None:
        return spec.inputs
    names = dict.fromkeys(socket.widget for socket in node.inputs if socket.widget)
    return tuple(stand_in(name) for name in names)


def stand_in(name: str) -> Port:
    """What can be guessed of an input from its name alone."""
    widget = Widget("seed" if name in SEEDS else "text")
    return Port(name, ANY, required=False, widget=widget)


def initials(ports: Sequence[Port]) -> dict[str, Any]:
    """What the editor fills in where an input must be given and has no default."""
    needy = [port for port in ports if port.required and port.default is None]
    found = {port.name: initial(port) for port in needy if port.widget is not None}
    return {name: value for name, value in found.items() if value is not None}


def initial(port: Port) -> Any:
    """The value that the editor's widget of a port starts with."""
    widget = port.widget
    if widget is None or port.default is not None:
        return port.default
    match widget.kind:
        case "choice":
            return widget.choices[0] if widget.choices else None
        case "number" | "slider" | "seed":
            least = widget.min if widget.min is not None and widget.min > 0 else 0
            return int(least) if port.type == "INT" else least
        case "toggle":
            return False
        case "text":
            return ""
    return None


def literal(value: Any) -> Any:
    """A value as a prompt has it: a bare list there would be a link."""
    if isinstance(value, list | tuple):
        return {"__value__": list(value)}
    if isinstance(value, Mapping) and set(value) == {"__value__"}:
        return {"__value__": value}
    return value


def bare(value: Any) -> Any:
    """The value that a prompt's literal stands for."""
    if isinstance(value, Mapping) and set(value) == {"__value__"}:
        return value["__value__"]
    return value
