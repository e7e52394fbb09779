"""List: values put into a list."""

from __future__ import annotations

from typing import Any

from patchbay import Many, node


@node(category="flow/list", resource="inline", name="List")
def make_list(items: Many[Any]) -> Many[Any]:
    """Puts values into a list. Nodes after it run once for each item, side by side; change one
    item and only its run is made again.

    items: link as many as you like; a list among them is taken item by item.
    """
    return items
