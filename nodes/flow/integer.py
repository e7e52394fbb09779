"""Integer: a whole number set by hand."""

from __future__ import annotations

from patchbay import node


@node(category="flow/constant", resource="inline", aliases=("PrimitiveInt",))
def integer(value: int = 0) -> int:
    """A whole number."""
    return value
