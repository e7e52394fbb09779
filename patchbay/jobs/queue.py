"""The queue: which job runs next, several at once, none ever lost.

Everything here runs on the loop's thread. A job is in the table before `submit` returns.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import structs

from patchbay.errors import NotFoundError, TooManyError
from patchbay.estimates import Estimates
from patchbay.jobs.active import Active
from patchbay.jobs.forecast import expected_seconds
from patchbay.jobs.graphs import Graphs, Kept
from patchbay.jobs.history import History
from patchbay.jobs.line import Line, bounded, is_suspect
from patchbay.jobs.listeners import Listeners
from patchbay.jobs.records import Ended, Order, encoded, workflow_in
from patchbay.jobs.stage import Stage
from patchbay.jobs.table import Table, Waiting
from patchbay.parts import Parts
from patchbay.types import Graph

__all__ = ["Active", "Listeners", "Queue", "workflow_in"]

# A job during which the process died so often is paused rather than run again: one that takes all
# memory would otherwise end and restart its server for ever. Nothing is lost, and to resume it
# runs it once more. Far more than a machine that is switched off now and then, or a test that
# kills a server ten times in a row, needs to get a job to its end.
_MOST_ATTEMPTS = 20
_REMOVED_AT_ONCE = 200  # takes a few milliseconds


class Queue:
    """Holds what waits in order and runs up to `at_once` jobs side by side."""

    def __init__(
        self,
        table: Table,
        history: History,
        parts: Parts,
        *,
        at_once: int,
        most_pending: int,
        warn: Callable[[str], None],
    ) -> None:
        self.table = table
        self.history = history
        self.listeners = Listeners(warn)
        self._parts = parts
        self._most_pending = most_pending
        self._warn = warn
        self._line = Line()
        self._graphs = Graphs(history, parts.specs)
        self._stage = Stage(
            self._line, self._graphs, table, parts, self.listeners, at_once=at_once, warn=warn
        )
        self._stage.paused = table.fact("paused") == "yes"
        self._counter = itertools.count(table.last_sequence() + 1)

    def start(self) -> None:
        """Takes up what the table holds and begins to run it. Called once, from the loop. Raises
        StoreError when it cannot be read."""
        for found in self.table.recover():
            self._line.add(found.waiting)
            if found.ran and found.waiting.attempts >= _MOST_ATTEMPTS:
                self._hold_back(found.waiting)
        self._stage.admit()

    # What is there

    @property
    def active(self) -> Mapping[str, Active]:
        """The jobs that run, by their ids."""
        return self._stage.active

    @property
    def paused(self) -> bool:
        """Whether no job is begun."""
        return self._stage.paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._stage.paused = paused

    def __len__(self) -> int:
        return len(self._line) + len(self.active)

    def waiting(self) -> Iterator[Waiting]:
        """What waits, in the order in which it will run."""
        return iter(self._line)

    def position(self, id_: str) -> int | None:
        """How many waiting jobs come before this one; None if it does not wait."""
        return self._line.position(id_)

    def find_waiting(self, id_: str) -> Waiting | None:
        return self._line.find(id_)

    def next_number(self) -> int:
        """The next in the order of arrival."""
        return next(self._counter)

    # Coming in

    def submit(
        self, order: Order, checked: Graph, prompt: Mapping[str, Any], extra: Mapping[str, Any]
    ) -> int:
        """Keeps a job and runs it when its turn comes; how many wait before it.

        `extra` is the order's, with what is secret. Raises StoreError when it cannot be kept and
        TooManyError when too many wait.
        """
        if len(self._line) >= self._most_pending:
            raise TooManyError(f"{len(self._line)} jobs wait already: try again later")
        if order.number != bounded(order.number):
            order = structs.replace(order, number=bounded(order.number))
        seconds = expected_seconds(checked, Estimates(self._parts.store.records))
        sequence = self.table.add(order)
        waiting = Waiting(
            sequence, order.id, order.number, False, order.client, order.nodes, 0, order.webhook,
            seconds,
        )  # fmt: skip
        self._line.add(waiting)
        self._graphs.keep(order.id, Kept(checked, prompt, extra, order.targets))
        ahead = self._line.position(order.id) or 0
        self.listeners.tell_change()
        self._stage.admit()
        return ahead

    # Changing what waits. All of this raises NotFoundError for what does not wait, and StoreError,
    # nothing changed, when the table cannot be written.

    def pause(self, id_: str) -> None:
        """Holds a waiting job back until it is resumed."""
        waiting = self._wanted(id_)
        self.table.pause(id_)
        waiting.paused = True
        self.listeners.tell_change()

    def resume(self, id_: str) -> None:
        """Lets a job that was held back wait for its turn again."""
        waiting = self._wanted(id_)
        self.table.resume(id_)
        waiting.paused = False
        self.listeners.tell_change()
        self._stage.admit()

    def pause_all(self, paused: bool) -> None:
        """Begins no more jobs, or begins to again; kept over a restart."""
        self.table.note("paused", "yes" if paused else "")
        self.paused = paused
        self.listeners.tell_change()
        self._stage.admit()

    def set_number(self, id_: str, number: float) -> None:
        """Gives a waiting job another place: smaller numbers run first."""
        self._wanted(id_)
        self._renumber({id_: bounded(number)})

    def to_front(self, id_: str) -> None:
        """Puts a waiting job before all others."""
        self._wanted(id_)
        first = next(self.waiting())
        if first.id != id_:
            self.place_before(id_, first.id)

    def place_before(self, id_: str, other: str) -> None:
        """Puts a waiting job right before another."""
        for each in (self._wanted(id_), self._wanted(other)):
            if is_suspect(each):
                self._line.trust(each.id)
        if id_ != other:
            self._renumber(self._line.before(id_, other))

    # Ending

    def cancel(self, id_: str) -> bool:
        """Ends a job, whether it waits or runs; False when it does neither, or not any more."""
        active = self.active.get(id_)
        if active is not None:
            return active.cancel()
        waiting = self._line.find(id_)
        if waiting is not None:
            self._stage.end_waiting([waiting], "cancelled", Ended())
        return waiting is not None

    def cancel_waiting(self) -> int:
        """Ends all jobs that wait; how many there were."""
        waiting = list(self._line)
        if waiting:
            self._stage.end_waiting(waiting, "cancelled", Ended())
        return len(waiting)

    def interrupt(self, id_: str | None = None) -> None:
        """Stops a job that runs, or all of them; what waits goes on waiting."""
        for active in list(self.active.values()):
            if id_ in (None, active.id):
                active.cancel()

    def free_memory(self) -> None:
        """Lets go of the values held in memory, once no job runs."""
        self._stage.free_memory()

    def forget(self, ids: Iterable[str]) -> None:
        """Removes jobs that have ended from the history."""
        self.table.remove(ids)

    async def clear_history(self) -> None:
        """Removes all jobs that have ended by now; others have their turn meanwhile."""
        ended = self.table.ended()
        for start in range(0, len(ended), _REMOVED_AT_ONCE):
            self.table.remove_at(ended[start : start + _REMOVED_AT_ONCE])
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Stops what runs, which will run again with the next start, and waits for that."""
        await self._stage.close()

    def _hold_back(self, waiting: Waiting) -> None:
        message = (
            f"job {waiting.id} was begun {waiting.attempts} times, and the server died each time "
            "before it ended: it is paused; resume it to run it once more"
        )
        self._warn(message)
        why = {"code": "error", "message": message, "node": "", "drawn": "", "traceback": []}
        self.table.pause(waiting.id, encoded(Ended(error=why)))
        waiting.paused = True

    def _renumber(self, numbers: Mapping[str, float]) -> None:
        self.table.set_numbers(numbers)
        self._line.renumber(numbers)
        self.listeners.tell_change()

    def _wanted(self, id_: str) -> Waiting:
        waiting = self._line.find(id_)
        if waiting is None:
            raise NotFoundError(f"no job {id_} waits: it runs, has ended, or never was")
        return waiting
