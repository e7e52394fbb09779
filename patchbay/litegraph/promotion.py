"""Widgets that a subgraph shows on its instances: which they are, and the values given there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from patchbay.litegraph.alignment import positional
from patchbay.litegraph.catalogue import Catalogue, current_input
from patchbay.litegraph.records import Drawing, DrawnNode, Sheet, Socket, Wire
from patchbay.litegraph.values import stand_in
from patchbay.types import Port


@dataclass(frozen=True, slots=True)
class Inheritance:
    """The values that a sheet gets from its instance.

    `promoted` is by the number of the sheet's input, `overrides` by inner node and widget, `whole`
    has all the `widgets_values` of an inner node.
    """

    promoted: Mapping[int, Any] = field(default_factory=dict)
    overrides: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    whole: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def of_node(self, id: str) -> dict[str, Any]:
        """The overrides of one inner node by widget, those of its inner nodes as `3:widget`."""
        return {name: value for (node, name), value in self.overrides.items() if node == id}


class Promotions:
    """Finds, for every instance, what it gives to the nodes inside."""

    def __init__(self, drawing: Drawing, catalogue: Catalogue) -> None:
        self._drawing = drawing
        self._catalogue = catalogue
        self._ports: dict[str, dict[int, Port]] = {}
        self._fed: dict[str, dict[int, list[str]]] = {}

    def inherited(self, outer: Inheritance, node: DrawnNode, sheet: Sheet) -> Inheritance:
        """What the instance `node` gives to `sheet`; values given further out win."""
        promoted: dict[int, Any] = {}
        overrides: dict[tuple[str, str], Any] = {}
        whole: dict[str, Sequence[Any]] = {}
        if sheet.group and isinstance(node.values, list | tuple):
            whole = _shares(sheet, node.values)
        for inner, name, value in self._given(node, sheet, outer):
            slot = input_slot(sheet, name)
            if inner in ("", "-1") and slot is not None:
                promoted[slot] = value
            elif inner in ("", "-1"):
                targets = [proxy.node for proxy in node.proxies if proxy.widget == name]
                overrides |= {(target, name): value for target in targets}
            else:
                overrides[inner, name] = value
        return Inheritance(promoted, overrides, whole)

    def _given(
        self, node: DrawnNode, sheet: Sheet, outer: Inheritance
    ) -> Iterator[tuple[str, str, Any]]:
        """(inner node or "", widget, value), weakest first."""
        for proxy in node.proxies:
            if proxy.value is not None:
                yield proxy.node, proxy.widget, proxy.value
        if isinstance(node.values, Mapping):
            yield from (("", name, value) for name, value in node.values.items())
        elif node.values is not None and node.proxies:
            for proxy, value in zip(node.proxies, node.values, strict=False):
                if value is not None:
                    yield proxy.node, proxy.widget, value
        elif node.values is not None and not sheet.group:
            yield from self._by_position(sheet, node.values)
        yield from (("", name, value) for name, value in (node.named or {}).items())
        for (id, name), value in outer.overrides.items():
            if id == node.id:
                yield "", name, value
            elif id.startswith(f"{node.id}:"):
                yield id[len(node.id) + 1 :], name, value

    def _by_position(
        self, sheet: Sheet, values: Sequence[Any]
    ) -> Iterator[tuple[str, str, Any]]:
        ports = self._widgets(sheet)
        if len(ports) == len(values):
            found = dict(zip(ports, values, strict=True))
        else:
            numbered = [replaced(port, str(slot)) for slot, port in ports.items()]
            aligned = positional(numbered, values, guess=True)
            found = {int(slot): value for slot, value in aligned.items()}
        for slot, value in found.items():
            if value is not None:
                yield "", sheet.inputs[slot].name, value
