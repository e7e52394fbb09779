"""Random numbers that depend on what they are for and where, never on when they are drawn."""

from __future__ import annotations

from typing import TypeVar
from zlib import crc32

import numpy as np

_Item = TypeVar("_Item")
_WORD = (1 << 64) - 1


def stream(seed: int, purpose: str, *position: int) -> np.random.Generator:
    """The generator of one purpose at one place, the same in every process.

    Keys are hashed with CRC-32, as Python's own `hash` of text differs from run to run.
    """
    words = [seed & _WORD, crc32(purpose.encode()), *(number & _WORD for number in position)]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def chosen(generator: np.random.Generator, items: tuple[_Item, ...]) -> _Item:
    """One of the items, each equally likely."""
    return items[int(generator.integers(len(items)))]
