"""Trivial nodes for the engine's tests; each run is noted in `RAN`."""

from __future__ import annotations

from typing import Any

from patchbay import Many, node

RAN: list[tuple[str, Any]] = []


@node(category="test", resource="inline")
def number(value: int = 0) -> int:
    """Gives a number."""
    RAN.append(("Number", value))
    return value


@node(category="test", resource="inline")
def add(a: int, b: int = 1) -> int:
    """Adds two numbers."""
    RAN.append(("Add", (a, b)))
    return a + b


@node(category="test", resource="inline")
def total(values: Many[int]) -> int:
    """Adds a whole list."""
    RAN.append(("Total", tuple(values)))
    return sum(values)


@node(category="test", resource="inline", sink=True)
def show(value: int) -> int:
    """Shows a number."""
    RAN.append(("Show", value))
    return value
