"""Finding of node types and input names, also by names they had before."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from patchbay.types import NodeSpec

# Each takes some milliseconds; a file with more unknown types has other troubles.
_MOST_GUESSES = 50


class Catalogue:
    """The node types known here."""

    def __init__(self, specs: Mapping[str, NodeSpec]) -> None:
        self._specs = specs
        self._aliases = {alias: spec for spec in specs.values() for alias in spec.aliases}
        self._nearest: dict[str, tuple[str, ...]] = {}

    def find(self, name: str) -> NodeSpec | None:
        """The node type of that name, or that once had that name."""
        return self._specs.get(name) or self._aliases.get(name)

    def nearest(self, name: str) -> tuple[str, ...]:
        """Up to three known names that look like this one."""
        if name not in self._nearest and len(self._nearest) < _MOST_GUESSES:
            lower = {known.casefold(): known for known in self._specs}
            # difflib's cost grows with the square of the length; no node has so long a name
            found = get_close_matches(name[:100].casefold(), lower)
            self._nearest[name] = tuple(lower[match] for match in found)
        return self._nearest.get(name, ())


def current_input(spec: NodeSpec | None, name: str) -> str:
    """An input's name today: `old` and `old.2` follow the node's migrations."""
    if spec is None:
        return name
    for _ in range(len(spec.migrations) + 1):
        base, dot, rest = name.partition(".")
        if name in spec.ports or (base in spec.ports and dot):
            return name
        if name in spec.migrations:
            name = spec.migrations[name]
        elif base in spec.migrations:
            name = spec.migrations[base] + dot + rest
        else:
            return name
    return name


def current_inputs(spec: NodeSpec | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same values under today's names; one given under today's name wins."""
    renamed = {current_input(spec, name): value for name, value in given.items()}
    return renamed | {name: value for name, value in given.items() if name in renamed}
