"""How values and names that came from outside are written into a message: short, on one line.

What comes from outside may be of any size. Nothing here takes longer for a large value than for a
small one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice
from typing import Any

# An id or a name may hold anything; a message is one line all the same.
_ONE_LINE = dict.fromkeys((*range(32), 127, 133, 8232, 8233), " ")
_SHOWN = 80  # characters of a value
_NAME = 100  # characters of an id, a title or the name of an input


def one_line(text: str) -> str:
    """The text without line ends and other controls."""
    return text.translate(_ONE_LINE)


def short(name: str) -> str:
    """A name, cut where it is longer than any that a person would give."""
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def shown(value: Any) -> str:
    """A value as Python writes it, in at most 80 characters."""
    try:
        text = repr(_Head().of(value))
    except (RecursionError, ValueError):  # nested too deep, or a number of 5,000 digits
        return f"a {type(value).__name__}"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}…"


def nearest(name: str, known: Iterable[str], most: int) -> list[str]:
    """The names that this one may have been meant to be, the likeliest first."""
    if len(name) > _NAME:  # the search takes time by the length
        return []
    return difflib.get_close_matches(name, known, n=most, cutoff=0.5)


class _Head:
    """The beginning of a value: as much as the characters shown can hold."""

    def __init__(self) -> None:
        self._left = _SHOWN  # every part takes at least one character

    def of(self, value: Any) -> Any:
        self._left -= 1
        if type(value) is str:
            return value[:_SHOWN]
        if type(value) is list:
            return [self.of(item) for item in islice(value, max(0, self._left))]
        if type(value) is dict:
            items = islice(value.items(), max(0, self._left))
            return {self.of(key): self.of(item) for key, item in items}
        return value
