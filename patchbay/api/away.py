"""What ended while its client was not there, for when it comes: for a while, and not too much."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patchbay.comfy.messages import Message

KEPT_SECONDS = 600.0
MOST_JOBS = 1_000
MOST_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class _Story:
    """How a job went, as messages."""

    client: str
    at: float
    told: Sequence[Message]
    size_bytes: int


class Away:
    """The ends of jobs that nobody has heard yet, the oldest first. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._stories: OrderedDict[str, _Story] = OrderedDict()
        self._bytes = 0
        self._clock = clock

    def __len__(self) -> int:
        return len(self._stories)

    def keep(self, client: str, job: str, told: Sequence[Message]) -> None:
        """Keeps how a job went; what is too old or too much goes, the oldest first."""
        self._drop(job)
        size = sum(len(message.data) for message in told)
        self._stories[job] = _Story(client, self._clock(), told, size)
        self._bytes += size
        oldest = self._clock() - KEPT_SECONDS
        for id_, story in list(self._stories.items()):
            few = len(self._stories) <= MOST_JOBS and self._bytes <= MOST_BYTES
            if few and story.at >= oldest:
                break
            self._drop(id_)

    def take(self, client: str) -> list[Message]:
        """How the jobs of a client went that ended without it, once."""
        theirs = [id_ for id_, story in self._stories.items() if story.client == client]
        oldest = self._clock() - KEPT_SECONDS
        found: list[Message] = []
        for id_ in theirs:
            story = self._stories[id_]
            if story.at >= oldest:
                found += story.told
            self._drop(id_)
        return found

    def _drop(self, id_: str) -> None:
        story = self._stories.pop(id_, None)
        if story is not None:
            self._bytes -= story.size_bytes
