"""Widgets that a subgraph shows on its instances: which they are, and the values given there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from patchbay.litegraph.alignment import positional
from patchbay.litegraph.catalogue import Catalogue, current_input
from patchbay.litegraph.matching import pairing
from patchbay.litegraph.records import Drawing, DrawnNode, Sheet, Socket
from patchbay.litegraph.values import ports_of, stand_in
from patchbay.types import Port

# Where a value goes: to the sheet's input of that number, or to (inner node, widget).
_Spot = int | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Inheritance:
    """The values that a sheet gets from its instance.

    `promoted` is by the number of the sheet's input. `overrides` is by inner node and widget,
    `deeper` by inner instance, path inside it and widget. `whole` has all the `widgets_values` of
    an inner node.
    """

    promoted: Mapping[int, Any] = field(default_factory=dict)
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    deeper: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    whole: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Gift:
    spot: _Spot
    value: Any


class _Names:
    """Where an instance's widgets lead, by their names on it."""

    def __init__(self, node: DrawnNode, sheet: Sheet) -> None:
        self._slots = {sheet.inputs[n].name: n for n in reversed(range(len(sheet.inputs)))}
        self._proxies: dict[str, list[str]] = {}
        for proxy in node.proxies:
            if proxy.node != "-1":
                self._proxies.setdefault(proxy.widget, []).append(proxy.node)

    def gifts(self, name: str, value: Any, inner: str = "-1") -> Iterator[_Gift]:
        """The value of one widget: of the node `inner`, or ("-1") of the instance itself."""
        if inner != "-1":
            yield _Gift((inner, name), value)
        elif name in self._slots:
            yield _Gift(self._slots[name], value)
        else:
            yield from (_Gift((node, name), value) for node in self._proxies.get(name, ()))


@dataclass(frozen=True, slots=True)
class _Inner:
    """What a sheet's input feeds: an input of an inner sheet, or of a node with its widget."""

    definition: Sheet | None
    slot: int
    port: Port | None


class Promotions:
    """Finds, for every instance, what it gives to the nodes inside."""

    def __init__(self, drawing: Drawing, catalogue: Catalogue) -> None:
        self._drawing = drawing
        self._catalogue = catalogue
        self._ports: dict[str, dict[int, Port]] = {}
        self._fed: dict[str, dict[int, list[_Inner]]] = {}

    def inherited(self, outer: Inheritance, node: DrawnNode, sheet: Sheet) -> Inheritance:
        """What the instance `node` gives to `sheet`; values given further out win."""
        promoted: dict[int, Any] = {}
        overrides: dict[str, dict[str, Any]] = {}
        deeper: dict[str, dict[str, dict[str, Any]]] = {}
        for gift in self._gifts(outer, node, sheet):
            if isinstance(gift.spot, int):
                promoted[gift.spot] = gift.value
                continue
            inner, widget = gift.spot
            overrides.setdefault(inner, {})[widget] = gift.value
            first, _, rest = inner.partition(":")
            if rest:
                deeper.setdefault(first, {}).setdefault(rest, {})[widget] = gift.value
        return Inheritance(promoted, overrides, deeper, _shares(node, sheet))

    def given(self, node: DrawnNode, sheet: Sheet) -> dict[str, Any]:
        """The values that the file gives for an instance's inputs, by name. What it gives to the
        widgets of nodes inside has a place only: several may have one name."""
        slots = {sheet.inputs[n].name: n for n in reversed(range(len(sheet.inputs)))}
        found: dict[str, Any] = {}
        for gift in self._gifts(Inheritance(), node, sheet):
            if isinstance(gift.spot, int):
                name = sheet.inputs[gift.spot].name
                if slots[name] == gift.spot:
                    found[name] = gift.value
        return found

    def _gifts(self, outer: Inheritance, node: DrawnNode, sheet: Sheet) -> Iterator[_Gift]:
        """All values given, the weakest first.

        Patchbay's own named values win over those by position, unless ComfyUI's editor has saved
        the file since: it changes the positional ones only.
        """
        names = _Names(node, sheet)
        named = [g for name, value in (node.named or {}).items() for g in names.gifts(name, value)]
        stale = self._drawing.foreign and isinstance(node.values, list | tuple)
        if stale:
            yield from named
        for proxy in node.proxies:
            if proxy.value is not None:
                yield from names.gifts(proxy.widget, proxy.value, proxy.node)
        values = node.values
        if isinstance(values, Mapping):
            for name, value in values.items():
                yield from names.gifts(name, value)
        elif values is not None and node.proxies:
            for proxy, value in zip(node.proxies, values, strict=False):
                if value is not None:
                    yield from names.gifts(proxy.widget, value, proxy.node)
        elif values is not None and sheet.group:
            yield from self._grouped(node, sheet, values)
        elif values is not None:
            yield from self._in_order(sheet, values)
        if not stale:
            yield from named
        for name, value in outer.overrides.get(node.id, {}).items():
            yield from names.gifts(name, value)
        for inner, widgets in outer.deeper.get(node.id, {}).items():
            for name, value in widgets.items():
                yield _Gift((inner, name), value)

    def _in_order(self, sheet: Sheet, values: Sequence[Any]) -> Iterator[_Gift]:
        """Values of the sheet's inputs that lead to a widget inside, in the order of the inputs."""
        ports = self._widgets(sheet)
        if len(ports) == len(values):
            found = dict(zip(ports, values, strict=True))
        else:
            numbered = [replace(port, name=str(slot)) for slot, port in ports.items()]
            aligned = positional(numbered, values, guess=True)
            found = {int(slot): value for slot, value in aligned.items()}
        return (_Gift(slot, value) for slot, value in found.items() if value is not None)

    def _grouped(self, node: DrawnNode, sheet: Sheet, values: Sequence[Any]) -> Iterator[_Gift]:
        """Values of a legacy group that cannot be shared out by the inner nodes' own numbers."""
        if _shares(node, sheet):
            return
        places: dict[str, tuple[str, str]] = {}
        ports: list[Port] = []
        for inner in sheet.nodes.values():
            linked = {socket.name for socket in inner.inputs if socket.link is not None}
            for port in ports_of(inner, self._catalogue.find(inner.type)):
                if port.widget is not None and (port.name not in linked):
                    places[str(len(ports))] = (inner.id, port.name)
                    ports.append(replace(port, name=str(len(ports))))
        for place, value in positional(ports, values, guess=True).items():
            yield _Gift(places[place], value)

    def _widgets(self, sheet: Sheet) -> dict[int, Port]:
        if sheet.id not in self._ports:
            found = {slot: self._widget_at(sheet, slot) for slot in range(len(sheet.inputs))}
            self._ports[sheet.id] = {slot: port for slot, port in found.items() if port}
        return self._ports[sheet.id]

    def _widget_at(self, sheet: Sheet, slot: int) -> Port | None:
        """The port of the first widget that a sheet's input leads to, through inner subgraphs."""
        pending = [(sheet, slot)]
        seen: set[tuple[str, int]] = set()
        while pending:
            sheet, slot = pending.pop()
            if (sheet.id, slot) in seen:
                continue
            seen.add((sheet.id, slot))
            for inner in reversed(self._fed_by(sheet).get(slot, [])):
                if inner.definition is not None:
                    pending.append((inner.definition, inner.slot))
                elif inner.port is not None:
                    return inner.port
        return None

    def _fed_by(self, sheet: Sheet) -> dict[int, list[_Inner]]:
        """By the number of a sheet's input, what it feeds inside."""
        if sheet.id not in self._fed:
            fed: dict[int, list[_Inner]] = {}
            for node in sheet.nodes.values():
                definition = self._drawing.definitions.get(node.type)
                numbers = pairing(node.inputs, definition.inputs) if definition else None
                for place, socket in enumerate(node.inputs):
                    wire = sheet.wires.get(socket.link or "")
                    if wire is None or wire.origin != sheet.input_id:
                        continue
                    port = None if definition else self._port_of(node, socket)
                    slot = numbers[place] if numbers else place
                    fed.setdefault(wire.origin_slot, []).append(_Inner(definition, slot, port))
            self._fed[sheet.id] = fed
        return self._fed[sheet.id]

    def _port_of(self, node: DrawnNode, socket: Socket) -> Port | None:
        """The port of the widget that a socket stands for, or none."""
        spec = self._catalogue.find(node.type)
        port = spec.ports.get(current_input(spec, socket.name)) if spec else None
        if port is not None:
            return port if port.widget is not None else None
        return stand_in(socket.widget) if socket.widget is not None else None


def _shares(node: DrawnNode, sheet: Sheet) -> dict[str, Sequence[Any]]:
    """A legacy group's values, shared out if its inner nodes have as many among them."""
    values = node.values
    if not sheet.group or not isinstance(values, list | tuple):
        return {}
    inner = {
        node_id: len(inner.values)
        for node_id, inner in sheet.nodes.items()
        if isinstance(inner.values, list | tuple) and inner.values
    }
    if sum(inner.values()) != len(values):
        return {}
    shares: dict[str, Sequence[Any]] = {}
    start = 0
    for node_id, count in inner.items():
        shares[node_id] = values[start : start + count]
        start += count
    return shares
