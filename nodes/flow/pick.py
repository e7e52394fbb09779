"""Pick: one item of a list."""

from __future__ import annotations

from typing import Any

from patchbay import InputError, Many, node


@node(category="flow/list", resource="inline")
def pick(items: Many[Any], index: int = 0) -> Any:
    """One item of a list, counted from 0; -1 is the last."""
    if not -len(items) <= index < len(items):
        have = f"the list has {len(items)}" if items else "the list is empty"
        raise InputError(f"there is no item {index}: {have}", input="index")
    return items[index]
