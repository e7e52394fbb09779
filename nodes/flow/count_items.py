"""CountItems: how many items a list has."""

from __future__ import annotations

from typing import Any

from patchbay import Many, node


@node(category="flow/list", resource="inline")
def count_items(items: Many[Any]) -> int:
    """How many items a list has."""
    return len(items)
