"""The line of jobs that wait: who comes next, and the numbers that say so."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping

from patchbay.jobs.table import Waiting

# A job during which the process died so often lets all others go first and runs by itself: one
# that kills its server must not keep the others from ever ending.
_SUSPECT_ATTEMPTS = 3
# Among larger numbers there may be none that is one less.
_LARGEST = 1e15

_Place = tuple[int, float, int, str]


class Line:
    """Jobs in the order in which they run: the smaller number first, then the earlier one."""

    def __init__(self) -> None:
        self._jobs: dict[str, Waiting] = {}
        self._places: list[_Place] = []

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Waiting]:
        return (self._jobs[id_] for *_, id_ in self._places)

    def find(self, id_: str) -> Waiting | None:
        return self._jobs.get(id_)

    def position(self, id_: str) -> int | None:
        """How many come before this one; None if it does not wait."""
        waiting = self._jobs.get(id_)
        return None if waiting is None else self._index(waiting)

    def add(self, waiting: Waiting) -> None:
        self._jobs[waiting.id] = waiting
        bisect.insort(self._places, _place(waiting))

    def take(self, id_: str) -> Waiting | None:
        """Takes a job out."""
        waiting = self._jobs.pop(id_, None)
        if waiting is not None:
            del self._places[self._index(waiting)]
        return waiting

    def renumber(self, numbers: Mapping[str, float]) -> None:
        """Gives jobs that wait other numbers, and with them other places."""
        if len(numbers) == 1:
            ((id_, number),) = numbers.items()
            waiting = self._jobs[id_]
            del self._places[self._index(waiting)]
            waiting.number = number
            bisect.insort(self._places, _place(waiting))
            return
        for id_, number in numbers.items():
            self._jobs[id_].number = number
        self._places = sorted(map(_place, self._jobs.values()))

    def trust(self, id_: str) -> None:
        """Forgets, until the next start, that the process died during this job: somebody wants it
        to have the place that they gave it."""
        waiting = self.take(id_)
        if waiting is not None:
            waiting.attempts = 0
            self.add(waiting)

    def before(self, id_: str, other: str) -> dict[str, float]:
        """The numbers that put a job right before another: one, if there is a number between."""
        line = [each for each in self if each.id != id_]
        index = line.index(self._jobs[other])
        high = line[index].number
        low = line[index - 1].number if index else high - 2
        between = (low + high) / 2
        if low < between < high:
            return {id_: between}
        # Counted anew from the last, so that whatever arrives later still comes after all these.
        last = max(each.number for each in line)
        line.insert(index, self._jobs[id_])
        return {each.id: last - place for place, each in enumerate(reversed(line))}

    def _index(self, waiting: Waiting) -> int:
        return bisect.bisect_left(self._places, _place(waiting))


def is_suspect(waiting: Waiting) -> bool:
    """Whether the process died so often during this job that it runs by itself."""
    return waiting.attempts >= _SUSPECT_ATTEMPTS


def bounded(number: float) -> float:
    """A number that others can be found before and after."""
    return min(max(number, -_LARGEST), _LARGEST)


def _place(waiting: Waiting) -> _Place:
    # Of several suspects, the one at fault falls behind.
    level = waiting.attempts if is_suspect(waiting) else 0
    return (level, waiting.number, waiting.sequence, waiting.id)
