"""Text: a text set by hand."""

from __future__ import annotations

from typing import Annotated

from patchbay import Text, node


@node(
    category="flow/constant",
    resource="inline",
    name="Text",
    aliases=("PrimitiveString", "PrimitiveStringMultiline"),
)
def text(value: Annotated[str, Text(multiline=True)] = "") -> str:
    """A text, of one line or many."""
    return value
