"""What every measure of a server is given."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

from benchmarks.serving.client import Client, FailedError, RefusedError
from benchmarks.serving.figures import Figure
from benchmarks.serving.process import Meter

# Enough for a median; what takes long is not done so often.
_REPEATS = 11
_LONG_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Session:
    """A server under measure. `most` is the largest graph that it is to be given; `tell` is
    called with each figure as it is known; `kept` collects the ids of jobs that ended."""

    url: str
    tell: Callable[[Figure], None]
    salts: Iterator[int]
    meter: Meter
    most: int
    patience_seconds: float
    kept: list[str]

    @asynccontextmanager
    async def client(self, connections: int = 16) -> AsyncIterator[Client]:
        """A client with a socket that listens."""
        async with Client(self.url, self.patience_seconds, connections) as client:
            yield client
            self.kept.extend(client.ended)

    def failed(self, name: str, unit: str, error: RefusedError | FailedError) -> None:
        """Tells that there is no such figure."""
        what = "refused" if isinstance(error, RefusedError) else "failed"
        self.tell(Figure(name, None, unit, f"{what}: {error}"[:200]))


Measure = Callable[[Session], Awaitable[None]]


async def repeated(once: Callable[[], Awaitable[float]]) -> float:
    """The median of several times; of fewer when one takes long."""
    began = time.perf_counter()
    taken = [await once()]
    while len(taken) < _REPEATS and time.perf_counter() - began < _LONG_SECONDS:
        taken.append(await once())
    return median(taken)
