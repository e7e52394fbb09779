"""TextLines: a text as a list of its lines."""

from __future__ import annotations

from typing import Annotated

from patchbay import Many, Text, node


@node(category="flow/list", resource="inline")
def text_lines(text: Annotated[str, Text(multiline=True)] = "") -> Many[str]:
    """A list of a text's lines, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]
