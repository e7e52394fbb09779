"""Nodes that ask for some of their inputs only, or give nothing to go on with."""

from __future__ import annotations

from patchbay import Blocked, Lazy, node

from ._notes import note


def _which(first: bool) -> list[str]:
    return ["a"] if first else ["b"]


@node(category="test", resource="inline", needs=_which)
def pick(first: bool, a: Lazy[int], b: Lazy[int]) -> int:
    """Gives one of two numbers and never makes the other."""
    value = a if first else b
    note("Pick", value)
    assert value is not None
    return value


@node(category="test", resource="inline", needs=lambda audio: ["then"] if audio.peak else [])
def pick_by_sound(audio: object, then: Lazy[int]) -> int:
    """Gives a number if there is any sound."""
    note("PickBySound", then)
    return then or 0


@node(category="test", resource="inline", needs=lambda: ["nonsense"])
def confused(a: Lazy[int]) -> int:
    """Asks for what it does not have."""
    return a or 0


@node(category="test", resource="inline")
def positive(value: int) -> int | Blocked:
    """Lets positive numbers through."""
    note("Positive", value)
    return value if value > 0 else Blocked(f"{value} is not positive")


@node(category="test", resource="inline")
def is_positive(value: int) -> bool | Blocked:
    """Says whether a number is positive; of zero nothing can be said."""
    note("IsPositive", value)
    return value > 0 if value else Blocked("zero is neither")
