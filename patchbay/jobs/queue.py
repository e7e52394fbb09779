"""The queue: which job runs next, several at once, none ever lost.

Everything here runs on the loop's thread. A job is in the table before `submit` returns; its end
is there before anyone hears of it.
"""

from __future__ import annotations

import asyncio
import bisect
import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import psutil

from patchbay import graph
from patchbay.errors import NotFoundError, PatchbayError, TooManyError
from patchbay.estimates import Estimates
from patchbay.events import Event, Finished
from patchbay.jobs.forecast import expected_seconds
from patchbay.jobs.history import History
from patchbay.jobs.records import Ended, Order, Status
from patchbay.jobs.table import Table, Waiting
from patchbay.jobs.tracking import Tracker
from patchbay.parts import Parts
from patchbay.run import Run
from patchbay.types import Graph, Job, JobId, NodeId, Problem

# A job that the process died of this often lets all others go first; it is never given up.
_SUSPECT_ATTEMPTS = 3
# Graphs of waiting jobs that are kept rather than read again: enough for any burst.
_KEPT_NODES = 50_000
_LEAST_FREE = 0.08  # of memory: below it no second job is begun beside one that runs


@dataclass(slots=True, eq=False)
class Active:
    """A job that runs. `prompt` and `extra` are decoded."""

    id: JobId
    number: float
    client: str | None
    started: float
    run: Run
    tracker: Tracker
    webhook: str
    extra: Mapping[str, Any]
    seconds: float | None  # that it may take in all
    task: asyncio.Task[None] | None = None
    given_up: bool = False  # the server stops: the job waits again


@dataclass(slots=True)
class _Kept:
    """A job's graph, as it was when it was queued."""

    graph: Graph
    prompt: Mapping[str, Any]
    extra: Mapping[str, Any]
    targets: tuple[str, ...]
    webhook: str


Heard = Callable[[Active, Event], None]


@dataclass(slots=True)
class Listeners:
    """Whom the queue tells. `heard` hears every event of jobs that run, `changed` that jobs came,
    began to run, moved or were taken out, `ended` of each end once it is kept: the job's id, its
    webhook, how it ended and what came of it."""

    heard: list[Heard] = field(default_factory=list)
    changed: list[Callable[[], None]] = field(default_factory=list)
    ended: list[Callable[[str, str, Status, Ended], None]] = field(default_factory=list)


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
        self.listeners = Listeners()
        self.active: dict[str, Active] = {}
        self._parts = parts
        self._at_once = at_once
        self._most_pending = most_pending
        self._warn = warn
        self._waiting: dict[str, Waiting] = {}
        self._order: list[tuple[bool, float, int, str]] = []
        self._kept: dict[str, _Kept] = {}
        self._kept_nodes = 0
        self._counter = itertools.count(table.last_sequence() + 1)
        self._begun: list[tuple[str, float]] = []
        self._closing = False
        self._to_free = False
        self._looked, self._short = 0.0, False
        self.paused = table.fact("paused") == "yes"

    def start(self) -> None:
        """Takes up what the table holds and begins to run it. Called once, from the loop."""
        for waiting in self.table.recover():
            self._insert(waiting)
        self._admit()

    # What is there

    def __len__(self) -> int:
        return len(self._waiting) + len(self.active)

    def waiting(self) -> Iterator[Waiting]:
        """What waits, in the order in which it will run."""
        return (self._waiting[id_] for *_, id_ in self._order)

    def position(self, id_: str) -> int | None:
        """How many waiting jobs come before this one; None if it does not wait."""
        waiting = self._waiting.get(id_)
        return None if waiting is None else bisect.bisect_left(self._order, _place(waiting))

    def find_waiting(self, id_: str) -> Waiting | None:
        return self._waiting.get(id_)

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
        if len(self._waiting) >= self._most_pending:
            raise TooManyError(f"{len(self._waiting)} jobs wait already: try again later")
        sequence = self.table.add(order)
        seconds = expected_seconds(checked, Estimates(self._parts.store.records))
        waiting = Waiting(
            sequence, order.id, order.number, False, order.client, order.nodes, 0, order.webhook,
            seconds,
        )  # fmt: skip
        self._insert(waiting)
        if self._kept_nodes + order.nodes <= _KEPT_NODES:
            self._kept_nodes += order.nodes
            self._kept[order.id] = _Kept(checked, prompt, extra, order.targets, order.webhook)
        ahead = bisect.bisect_left(self._order, _place(waiting))
        self._changed()
        self._admit()
        return ahead

    # Changing what waits

    def pause(self, id_: str) -> None:
        """Holds a waiting job back until it is resumed. Raises NotFoundError."""
        waiting = self._wanted(id_)
        waiting.paused = True
        self.table.set_status(id_, "paused")
        self._changed()

    def resume(self, id_: str) -> None:
        """Lets a job that was held back wait for its turn again. Raises NotFoundError."""
        waiting = self._wanted(id_)
        waiting.paused = False
        self.table.set_status(id_, "pending")
        self._changed()
        self._admit()

    def pause_all(self, paused: bool) -> None:
        """Begins no more jobs, or begins to again; kept over a restart."""
        self.paused = paused
        self.table.note("paused", "yes" if paused else "")
        self._changed()
        self._admit()

    def set_number(self, id_: str, number: float) -> None:
        """Gives a waiting job another place: smaller numbers run first. Raises NotFoundError."""
        waiting = self._wanted(id_)
        self._order.remove(_place(waiting))
        waiting.number = number
        self.table.set_number(id_, number)
        bisect.insort(self._order, _place(waiting))
        self._changed()

    def to_front(self, id_: str) -> None:
        """Puts a waiting job before all others. Raises NotFoundError."""
        first = next(self.waiting(), None)
        if first is not None and first.id != id_:
            self.set_number(id_, min(first.number, self._wanted(id_).number) - 1)
        else:
            self._wanted(id_)

    def place_before(self, id_: str, other: str) -> None:
        """Puts a waiting job right before another. Raises NotFoundError."""
        target = self._wanted(other)
        self._wanted(id_)
        ids = [waiting.id for waiting in self.waiting() if waiting.id != id_]
        index = ids.index(other)
        low = self._waiting[ids[index - 1]].number if index else target.number - 1
        if low < (low + target.number) / 2 < target.number:
            self.set_number(id_, (low + target.number) / 2)
            return
        ids.insert(index, id_)  # no number lies between: all are counted anew
        first = min(waiting.number for waiting in self.waiting())
        for place, each in enumerate(ids):
            self.set_number(each, first + place)

    # Ending

    def cancel(self, id_: str) -> bool:
        """Ends a job, whether it waits or runs; False when it does neither."""
        active = self.active.get(id_)
        if active is not None:
            active.run.cancel()
            return True
        if id_ not in self._waiting:
            return False
        self._cancel_waiting(id_)
        self._changed()
        return True

    def cancel_waiting(self) -> int:
        """Ends all jobs that wait; how many there were."""
        ids = list(self._waiting)
        for id_ in ids:
            self._cancel_waiting(id_)
        if ids:
            self._changed()
        return len(ids)

    def interrupt(self, id_: str | None = None) -> None:
        """Stops a job that runs, or all of them; what waits goes on waiting."""
        for active in list(self.active.values()):
            if id_ in (None, active.id):
                active.run.cancel()

    def free_memory(self) -> None:
        """Lets go of the values held in memory, once no job runs."""
        self._to_free = True
        self._free_if_idle()

    def forget(self, ids: Iterable[str]) -> None:
        """Removes jobs that have ended from the history."""
        self.table.remove(list(ids))

    async def close(self) -> None:
        """Stops what runs, which will run again with the next start, and waits for that."""
        self._closing = True
        for active in self.active.values():
            active.given_up = True
            active.run.cancel()
        tasks = [active.task for active in self.active.values() if active.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    # Running

    def _admit(self) -> None:
        """Begins as many jobs as may run."""
        if self.paused or self._closing:
            return
        while len(self.active) < self._at_once and self._waiting:
            if self.active and self._little_memory():
                return
            waiting = next((each for each in self.waiting() if not each.paused), None)
            if waiting is None:
                return
            self._begin(waiting)

    def _begin(self, waiting: Waiting) -> None:
        kept = self._take_out(waiting.id) or self._read(waiting)
        at = time.time()
        self._begun.append((waiting.id, at))
        if kept is None:
            self._note_begun()
            return
        job = Job(
            JobId(waiting.id), waiting.number, kept.graph,
            tuple(NodeId(id_) for id_ in kept.targets), waiting.client,
            {"prompt": kept.prompt, "workflow": workflow_in(kept.extra)},
        )  # fmt: skip
        tracker = Tracker(kept.graph)
        run = Run(job, self._parts, listeners=(lambda event: self._hear(active, event),))
        active = Active(
            job.id, waiting.number, waiting.client, at, run, tracker, kept.webhook, kept.extra,
            waiting.seconds,
        )  # fmt: skip
        self.active[waiting.id] = active
        self._changed()
        active.task = asyncio.get_running_loop().create_task(self._work(active))

    async def _work(self, active: Active) -> None:
        """Runs a job to its end, whatever that is."""
        loop = asyncio.get_running_loop()
        noting = loop.call_later(0.05, self._note_begun)
        began = time.perf_counter()
        status: Status
        try:
            outcome = await active.run.go()
            status, ended = outcome.status, active.tracker.ended(outcome)
        except Exception as error:  # a bug of ours must not stop the queue
            self._warn(f"job {active.id} ended with a bug: {type(error).__name__}: {error}")
            status = "failed"
            ended = Ended(problems=[_bug(error)], error={"node": "", "drawn": "", **_bug(error)})
        noting.cancel()
        if active.given_up:
            self._note_begun()
            self.table.put_back([active.id])
            self.active.pop(active.id, None)
            return
        seconds = time.perf_counter() - began
        self._end(active, status, seconds, ended)

    def _end(self, active: Active, status: Status, seconds: float, ended: Ended) -> None:
        # The job of a moment need not be noted as begun before it is noted as ended.
        self._begun = [begun for begun in self._begun if begun[0] != active.id]
        self.table.end(active.id, status, active.started, seconds, ended)
        self.active.pop(active.id, None)
        self._tell(active, Finished(active.id, time.time(), status, seconds))
        self._tell_end(active.id, active.webhook, status, ended)
        self._free_if_idle()
        self._admit()

    def _free_if_idle(self) -> None:
        if self._to_free and not self.active:
            self._to_free = False
            self._parts.store.live.release()

    def _cancel_waiting(self, id_: str) -> None:
        webhook = self._waiting[id_].webhook
        self._take_out(id_)
        self.table.end(id_, "cancelled", None, None, Ended())
        self._tell_end(id_, webhook, "cancelled", Ended())

    def _tell_end(self, id_: str, webhook: str, status: Status, ended: Ended) -> None:
        for tell in self.listeners.ended:
            tell(id_, webhook, status, ended)

    def _hear(self, active: Active, event: Event) -> None:
        """Passes on an event, but the last: that is told once the end has been kept."""
        if type(event) is not Finished:
            active.tracker.follow(event)
            self._tell(active, event)

    def _tell(self, active: Active, event: Event) -> None:
        for hear in self.listeners.heard:
            hear(active, event)

    def _changed(self) -> None:
        for tell in self.listeners.changed:
            tell()

    def _little_memory(self) -> bool:
        """Whether memory is short, as of the last quarter of a second."""
        now = time.monotonic()
        if now - self._looked > 0.25:
            memory = psutil.virtual_memory()
            self._looked, self._short = now, memory.available < _LEAST_FREE * memory.total
        return self._short

    def _note_begun(self) -> None:
        begun, self._begun = self._begun, []
        if begun:
            self.table.begin(begun)

    def _insert(self, waiting: Waiting) -> None:
        self._waiting[waiting.id] = waiting
        bisect.insort(self._order, _place(waiting))

    def _wanted(self, id_: str) -> Waiting:
        waiting = self._waiting.get(id_)
        if waiting is None:
            raise NotFoundError(f"no job {id_} waits: it runs, has ended, or never was")
        return waiting

    def _take_out(self, id_: str) -> _Kept | None:
        """Takes a job out of what waits; its graph, if that was kept."""
        waiting = self._waiting.pop(id_, None)
        if waiting is None:
            return None
        self._order.remove(_place(waiting))
        kept = self._kept.pop(id_, None)
        if kept is not None:
            self._kept_nodes -= waiting.nodes
        return kept

    def _read(self, waiting: Waiting) -> _Kept | None:
        """Reads a job from the table again; None, and the job is ended, when it cannot run."""
        row = self.history.job(waiting.id)
        if row is None:
            return None
        prompt = msgspec.json.decode(row.prompt)
        extra = msgspec.json.decode(row.extra)
        checked = graph.validate(prompt, self._parts.specs, tolerant=True)
        if len(graph.sound(checked, [NodeId(id_) for id_ in row.targets])) < len(row.targets):
            ended = _refused(checked.problems)
            self.table.end(waiting.id, "failed", None, 0.0, ended)
            self._tell_end(waiting.id, waiting.webhook, "failed", ended)
            return None
        return _Kept(checked.graph, prompt, extra, row.targets, row.webhook)


def workflow_in(extra: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The saved workflow that came with a job, if one did."""
    info = extra.get("extra_pnginfo")
    found = info.get("workflow") if isinstance(info, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _place(waiting: Waiting) -> tuple[bool, float, int, str]:
    suspect = waiting.attempts >= _SUSPECT_ATTEMPTS
    return (suspect, waiting.number, waiting.sequence, waiting.id)


def _refused(found: Iterable[Problem]) -> Ended:
    """The end of a job whose graph, good when it was queued, has problems now."""
    problems = [
        {"code": p.code, "message": p.message, "node": p.node, "input": p.input} for p in found
    ]
    first = problems[0] if problems else {"code": "bad_graph", "message": "nothing of it is left"}
    node = str(first.get("node") or "")
    return Ended(problems=problems, error={**first, "node": node, "drawn": node, "traceback": []})


def _bug(error: Exception) -> dict[str, Any]:
    code = error.code if isinstance(error, PatchbayError) else "error"
    return {
        "code": code,
        "message": f"{type(error).__name__}: {error}",
        "node": None,
        "input": None,
    }
