"""Lists: a node that is given one works on each item."""

from __future__ import annotations

from typing import Annotated, Any

from patchbay import InputError, Many, Number, Text, node

_MOST_ITEMS = 100_000


@node(category="flow/list", resource="inline", name="List")
def make_list(items: Many[Any]) -> Many[Any]:
    """Puts values into a list. Nodes after it run once for each item, side by side; change one
    item and only its run is made again.

    items: link as many as you like; a list among them is taken item by item.
    """
    return items


@node(category="flow/list", resource="inline")
def text_lines(text: Annotated[str, Text(multiline=True)] = "") -> Many[str]:
    """A list of a text's lines, without the empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


@node(category="flow/list", resource="inline")
def number_range(
    start: float = 0.0,
    step: float = 1.0,
    count: Annotated[int, Number(0, _MOST_ITEMS)] = 5,
) -> Many[float]:
    """A list of numbers at equal distance: start, start + step, and so on."""
    return [start + step * index for index in range(count)]


@node(category="flow/list", resource="inline")
def pick(items: Many[Any], index: int = 0) -> Any:
    """One item of a list, counted from 0; -1 is the last."""
    if not -len(items) <= index < len(items):
        have = f"the list has {len(items)}" if items else "the list is empty"
        raise InputError(f"there is no item {index}: {have}", input="index")
    return items[index]


@node(category="flow/list", resource="inline")
def count_items(items: Many[Any]) -> int:
    """How many items a list has."""
    return len(items)
