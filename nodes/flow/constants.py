"""Values set by hand, to feed several inputs from one place."""

from __future__ import annotations

from typing import Annotated

from patchbay import Text, node


@node(category="flow/constant", resource="inline", aliases=("PrimitiveInt",))
def integer(value: int = 0) -> int:
    """A whole number."""
    return value


@node(category="flow/constant", resource="inline", aliases=("PrimitiveFloat",))
def decimal(value: float = 0.0) -> float:
    """A number with a fraction."""
    return value


@node(category="flow/constant", resource="inline", aliases=("PrimitiveBoolean",))
def toggle(value: bool = False) -> bool:
    """Yes or no."""
    return value


@node(
    category="flow/constant",
    resource="inline",
    name="Text",
    aliases=("PrimitiveString", "PrimitiveStringMultiline"),
)
def text(value: Annotated[str, Text(multiline=True)] = "") -> str:
    """A text, of one line or many."""
    return value
