"""Nodes that do next to nothing, so that what is measured is the engine."""

from __future__ import annotations

from typing import Any

from patchbay import Many, node


@node(category="benchmark", resource="inline")
def start(value: int = 0) -> int:
    """Gives a number."""
    return value


@node(category="benchmark", resource="inline")
def step(value: int, by: int = 1) -> int:
    """Adds to a number."""
    return value + by


@node(category="benchmark", resource="inline")
def gather(values: Many[int]) -> int:
    """Adds up a list."""
    return sum(values)


@node(category="benchmark", resource="inline", sink=True)
def finish(value: Any) -> int:
    """Ends a graph."""
    return int(value)
