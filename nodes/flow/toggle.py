"""Toggle: yes or no set by hand."""

from __future__ import annotations

from patchbay import node


@node(category="flow/constant", resource="inline", aliases=("PrimitiveBoolean",))
def toggle(value: bool = False) -> bool:
    """Yes or no."""
    return value
