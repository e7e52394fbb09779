"""Trivial nodes: numbers, one after the other."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from patchbay import Many, Number, node

from ._notes import note


@node(category="test", resource="inline")
def number(value: int = 0) -> int:
    """Gives a number."""
    note("Number", value)
    return value


@node(category="test", resource="inline")
def add(a: int, b: int = 1) -> int:
    """Adds two numbers."""
    note("Add", a, b)
    return a + b


@node(category="test", resource="inline")
def total(values: Many[int]) -> int:
    """Adds a whole list."""
    note("Total", *values)
    return sum(values)


@node(category="test", resource="inline")
def count(upto: int) -> Many[int]:
    """Gives the list 0, 1, 2 …"""
    note("Count", upto)
    return list(range(upto))


class Halves(NamedTuple):
    """A number in two parts.

    low: the smaller part.
    """

    low: int
    high: int


@node(category="test", resource="inline")
def halve(value: int) -> Halves:
    """Splits a number."""
    note("Halve", value)
    return Halves(value // 2, value - value // 2)


@node(category="test", resource="inline")
def clamp(value: Annotated[int, Number(0, 10)], unused: str = "") -> int:
    """Takes small numbers only."""
    note("Clamp", value)
    return value


@node(category="test", resource="inline")
def half(value: float) -> float:
    """Divides by two."""
    note("Half", value)
    return value / 2


@node(category="test", resource="inline")
def sign(value: int) -> int:
    """Gives -1, 0 or 1: most changes before it make no difference after it."""
    note("Sign", value)
    return (value > 0) - (value < 0)


@node(category="test", resource="cpu")
def heavy(value: int) -> int:
    """Doubles a number in a worker thread."""
    note("Heavy", value)
    return 2 * value


@node(category="test", resource="inline")
def anything(value: Any) -> Any:
    """Passes on whatever it is given, as any type."""
    note("Anything", value)
    return value


@node(category="test", resource="inline", sink=True)
def show(value: Any) -> Any:
    """Shows a value."""
    note("Show", value)
    return value
