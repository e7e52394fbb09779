"""Whether there is memory enough to begin one more job."""

from __future__ import annotations

import time

import psutil

_LEAST_FREE = 0.08  # of all memory: below it no second job is begun beside one that runs
_FRESH_SECONDS = 0.25  # asking takes a tenth of a millisecond, and jobs may take less


class Memory:
    """This machine's."""

    def __init__(self) -> None:
        self._looked = float("-inf")
        self._short = False

    def is_short(self) -> bool:
        """Whether another job is better not begun."""
        now = time.monotonic()
        if now - self._looked > _FRESH_SECONDS:
            memory = psutil.virtual_memory()
            self._looked, self._short = now, memory.available < _LEAST_FREE * memory.total
        return self._short
