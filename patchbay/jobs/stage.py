"""The jobs that run: begins those whose turn has come and sees each to its end.

That a job begins is on disk before anything of it runs, its end before anyone hears of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from patchbay.errors import GraphError, NotFoundError, StoreError
from patchbay.events import Event, Finished
from patchbay.jobs.active import Active, End, bug, end_of
from patchbay.jobs.commits import Commits
from patchbay.jobs.graphs import Graphs, Kept
from patchbay.jobs.line import Line, is_suspect
from patchbay.jobs.listeners import Listeners
from patchbay.jobs.memory import Memory
from patchbay.jobs.records import Ended, Status, encoded, workflow_in
from patchbay.jobs.table import Table, Waiting
from patchbay.jobs.tracking import Tracker
from patchbay.parts import Parts
from patchbay.run import Run
from patchbay.types import Job, JobId, NodeId, Problem

_AGAIN_SECONDS = 1.0


class Stage:
    """Runs up to `at_once` jobs of a line side by side. `active` are those that run now."""

    def __init__(
        self,
        line: Line,
        graphs: Graphs,
        table: Table,
        parts: Parts,
        listeners: Listeners,
        *,
        at_once: int,
        warn: Callable[[str], None],
    ) -> None:
        self.active: dict[str, Active] = {}
        self.paused = False
        self._line = line
        self._graphs = graphs
        self._table = table
        self._parts = parts
        self._listeners = listeners
        self._at_once = at_once
        self._warn = warn
        self._commits = Commits(table, warn)
        self._memory = Memory()
        self._closing = False
        self._to_free = False
        self._again: asyncio.TimerHandle | None = None

    def admit(self) -> None:
        """Begins as many jobs as may run."""
        try:
            while (waiting := self._next()) is not None:
                self._begin(waiting)
        except StoreError as error:
            self._warn(f"{error.message}; what waits is tried again")
            if self._again is None:
                loop = asyncio.get_running_loop()
                self._again = loop.call_later(_AGAIN_SECONDS, self._admit_again)

    def end_waiting(self, waiting: Sequence[Waiting], status: Status, ended: Ended) -> None:
        """Ends jobs that have not begun. Raises StoreError, and then none has ended."""
        outcome = encoded(ended)
        with self._table.together():
            for each in waiting:
                self._table.end(each.id, status, None, None, outcome)
        for each in waiting:
            self._take_out(each.id)
            self._listeners.tell_end(each.id, each.webhook, status, ended)
        self._listeners.tell_change()

    def free_memory(self) -> None:
        """Lets go of the values held in memory, once no job runs."""
        self._to_free = True
        self._free_if_idle()

    async def close(self) -> None:
        """Stops what runs, which will run again with the next start, and waits for that."""
        self._closing = True
        if self._again is not None:
            self._again.cancel()
        for active in self.active.values():
            active.give_up()
        self._commits.hurry()
        tasks = [active.task for active in self.active.values() if active.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    def _admit_again(self) -> None:
        self._again = None
        self.admit()

    def _next(self) -> Waiting | None:
        """The job that may begin now."""
        running = [active for active in self.active.values() if not active.over]
        if self.paused or self._closing or len(running) >= self._at_once:
            return None
        waiting = next((each for each in self._line if not each.paused), None)
        if waiting is None or not running:
            return waiting
        alone = is_suspect(waiting) or any(active.alone for active in running)
        return None if alone or self._memory.is_short() else waiting

    def _begin(self, waiting: Waiting) -> None:
        """Begins a job, or ends it where it cannot run. Raises StoreError when the table cannot
        be used: then it waits."""
        try:
            active = self._active(waiting, self._graphs.find(waiting.id))
        except StoreError:
            raise
        except GraphError as error:
            self.end_waiting([waiting], "failed", _refused(error))
            return
        except NotFoundError as error:  # somebody took it out of the table by hand
            self._warn(error.message)
            self._take_out(waiting.id)
            return
        except Exception as error:  # a bug of ours must not stop the queue
            self._warn(f"job {waiting.id} could not begin: {type(error).__name__}: {error}")
            self.end_waiting([waiting], "failed", bug(error))
            return
        self._take_out(waiting.id)
        self.active[waiting.id] = active
        begun = self._commits.put(partial(self._table.begin, active.id, active.started))
        active.task = asyncio.get_running_loop().create_task(self._work(active, begun))
        self._listeners.tell_change()

    def _active(self, waiting: Waiting, kept: Kept) -> Active:
        targets = tuple(NodeId(id_) for id_ in kept.targets)
        given = {"prompt": kept.prompt, "workflow": workflow_in(kept.extra)}
        job = Job(JobId(waiting.id), waiting.number, kept.graph, targets, waiting.client, given)
        run = Run(job, self._parts, listeners=(lambda event: self._hear(active, event),))
        active = Active(
            waiting.id, waiting.number, waiting.client, time.time(), run, Tracker(kept.graph),
            waiting.webhook, kept.extra, waiting.seconds, is_suspect(waiting),
        )  # fmt: skip
        return active

    async def _work(self, active: Active, begun: asyncio.Future[None]) -> None:
        """Runs a job to its end, and tells of it once that is on disk."""
        try:
            await begun
            end = await end_of(active, self._warn)
            kept = self._commits.put(partial(self._keep_end, active, end, encoded(end.ended)))
            self.admit()  # what begins now does so in the same commit
            await kept
        except StoreError as error:  # the process ends: the next one runs the job again
            self._warn(error.message)
            end = End("cancelled", 0.0, Ended(), waits=True)
        self.active.pop(active.id, None)
        if end.waits:
            return
        self._listeners.tell(
            active, Finished(JobId(active.id), time.time(), end.status, end.seconds)
        )
        self._listeners.tell_end(active.id, active.webhook, end.status, end.ended)
        self._free_if_idle()

    def _keep_end(self, active: Active, end: End, outcome: bytes) -> None:
        if end.waits:
            self._table.put_back(active.id)
        else:
            self._table.end(active.id, end.status, active.started, end.seconds, outcome)

    def _free_if_idle(self) -> None:
        if self._to_free and not self.active:
            self._to_free = False
            self._parts.store.live.release()

    def _hear(self, active: Active, event: Event) -> None:
        """Passes on an event, but the last: that is told once the end has been kept."""
        if type(event) is not Finished:
            self._listeners.tell(active, active.tracker.follow(event))

    def _take_out(self, id_: str) -> None:
        self._line.take(id_)
        self._graphs.drop(id_)


def _refused(error: GraphError) -> Ended:
    """The end of a job whose graph, good when it was queued, has problems now."""
    found: tuple[Problem, ...] = error.details.get("problems", ())
    problems = [
        {"code": p.code, "message": p.message, "node": p.node, "input": p.input}
        for p in found or (Problem(error.code, error.message),)
    ]
    node = str(problems[0]["node"] or "")
    first: dict[str, Any] = {**problems[0], "node": node, "drawn": node, "traceback": []}
    return Ended(problems=problems, error=first)
