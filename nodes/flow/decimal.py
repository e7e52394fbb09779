"""Decimal: a number with a fraction set by hand."""

from __future__ import annotations

from patchbay import node


@node(category="flow/constant", resource="inline", aliases=("PrimitiveFloat",))
def decimal(value: float = 0.0) -> float:
    """A number with a fraction."""
    return value
