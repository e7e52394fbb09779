"""NumberRange: numbers at equal distance."""

from __future__ import annotations

from typing import Annotated

from patchbay import Many, Number, node

_MOST_ITEMS = 100_000


@node(category="flow/list", resource="inline")
def number_range(
    start: float = 0.0,
    step: float = 1.0,
    count: Annotated[int, Number(0, _MOST_ITEMS)] = 5,
) -> Many[float]:
    """A list of numbers at equal distance: start, start + step, and so on."""
    return [start + step * index for index in range(count)]
