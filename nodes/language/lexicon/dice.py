"""Chance that is the same everywhere: every choice is a hash of text, seed and its name.

Python's `hash` differs between processes and `random.choice` between versions; SHA-256 does not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Dice:
    """Named throws: asking for the same name twice gives the same answer.

    A choice added later under a new name leaves the others as they were.
    """

    origin: bytes

    @staticmethod
    def of(text: str, seed: int) -> Dice:
        # Hexadecimal, since Python refuses decimal text of integers above 4300 digits.
        words = f"{seed:x}\n{text}".encode("utf-8", "surrogatepass")
        return Dice(hashlib.sha256(words).digest())

    def fraction(self, name: str) -> float:
        """A number from 0 up to, not with, 1."""
        digest = hashlib.sha256(self.origin + name.encode()).digest()
        return int.from_bytes(digest[:6], "big") / float(1 << 48)

    def between(self, name: str, low: float, high: float) -> float:
        return low + (high - low) * self.fraction(name)

    def pick(self, name: str, options: Sequence[_T]) -> _T:
        """One of the options, all as likely; there must be at least one."""
        return options[int(self.fraction(name) * len(options))]

    def shuffled(self, name: str, options: Sequence[_T]) -> list[_T]:
        order = sorted(range(len(options)), key=lambda at: self.fraction(f"{name} {at}"))
        return [options[at] for at in order]
