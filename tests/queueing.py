"""A queue for tests, without a server around it: real jobs of real nodes in a folder."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from patchbay.evaluate import Evaluator
from patchbay.events import Event, Finished, Started
from patchbay.executor.local import Local
from patchbay.files import Folders
from patchbay.jobs.active import Active
from patchbay.jobs.history import Asked, History
from patchbay.jobs.ordering import ordered
from patchbay.jobs.queue import Queue
from patchbay.jobs.records import Ended, JobRow, Order, Status, encoded
from patchbay.jobs.table import Table
from patchbay.packs import Catalogue
from patchbay.parts import Parts
from patchbay.store import Store
from tests.machine import entry, link

PATIENCE_SECONDS = 60.0
_numbers = itertools.count(1)


def order(id_: str, number: float = 0, **more: Any) -> Order:
    """An order of a graph that nobody looks at."""
    fields: dict[str, Any] = {"prompt": b"{}", "targets": ("1",), "number": number, **more}
    return Order(id=id_, **fields)


def finish(table: Table, id_: str, status: Status = "done", ended: Ended | None = None) -> None:
    """Begins a job and ends it."""
    table.begin(id_, 1.0)
    table.end(id_, status, 1.0, 2.0, encoded(ended or Ended()))


def others_view(path: Path, query: str, *values: Any) -> list[Any]:
    """What another process reads in the table: only what is committed."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(query, values).fetchall()


@contextlib.contextmanager
def held(path: Path) -> Any:
    """Another program writes to the table meanwhile."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


class Workshop:
    """A folder with a table of jobs and a cache: each `queue` in it is like a new process."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.path = folder / "user" / "jobs.sqlite"
        self.warnings: list[str] = []
        self.told: list[str] = []  # what happened, in order: "begin a", "end a done"
        self._folder = folder
        self._catalogue = catalogue

    @contextlib.asynccontextmanager
    async def queue(self, *, at_once: int = 1, most_pending: int = 1000) -> AsyncIterator[Queue]:
        """A queue that runs what is in the table, and is closed in the end."""
        folder = self._folder
        folders = Folders(folder / "input", folder / "output", folder / "temp")
        store = Store(folder / "cache", warn=self.warnings.append)
        executor = Local(store, self._catalogue.named, cores=4)
        evaluator = Evaluator(store, folders)
        parts = Parts(store, executor, self._catalogue.specs, folders, evaluator)
        table = Table(self.path)
        history = History(self.path)
        queue = Queue(
            table, history, parts,
            at_once=at_once, most_pending=most_pending, warn=self.warnings.append,
        )  # fmt: skip
        queue.listeners.heard.append(self._hear)
        queue.listeners.ended.append(self._hear_end)
        try:
            queue.start()
            async with asyncio.timeout(PATIENCE_SECONDS):
                yield queue
        finally:
            await queue.close()
            await executor.close()
            history.close()
            table.close()
            store.close()

    def submit(self, queue: Queue, id_: str, prompt: Mapping[str, Any], **more: Any) -> int:
        """Orders a prompt; how many jobs wait before it."""
        more.setdefault("number", queue.next_number())
        made = ordered(prompt, self._catalogue.specs, id_=id_, **more)
        return queue.submit(made.order, made.graph, made.prompt, made.extra)

    def rows(self) -> dict[str, JobRow]:
        """The table as another process reads it."""
        with contextlib.closing(History(self.path)) as history:
            return {row.id: row for row in history.page(Asked(sort="arrival", limit=10_000))}

    def status(self, id_: str) -> str:
        return self.rows()[id_].status

    def _hear(self, active: Active, event: Event) -> None:
        if isinstance(event, Started):
            assert self.status(active.id) == "running", "it ran before that was kept"
            self.told.append(f"begin {active.id}")
        elif isinstance(event, Finished):
            assert self.status(active.id) == event.status, "it was told before that was kept"

    def _hear_end(self, id_: str, webhook: str, status: Status, ended: Ended) -> None:
        assert self.status(id_) == status
        self.told.append(f"end {id_} {status}")


async def idle(queue: Queue) -> None:
    """Waits until nothing runs and nothing waits that may run."""
    await until(lambda: not queue.active and not any(not w.paused for w in queue.waiting()))


async def until(true: Callable[[], object]) -> None:
    """Looks until something is so."""
    while not true():
        await asyncio.sleep(0.002)


def quick(value: int | None = None) -> dict[str, Any]:
    """A graph that is done at once, and that nobody ran before."""
    given = next(_numbers) if value is None else value
    return {"1": entry("Number", value=given), "2": entry("Show", value=link("1"))}


def holding(at: str) -> dict[str, Any]:
    """A graph that runs until the gate `at` is opened; it has begun when "`at` reached" is open."""
    return {
        "1": entry("HoldAsync", value=next(_numbers), at=at),
        "2": entry("Show", value=link("1")),
    }


def decoded(data: bytes) -> Ended:
    return msgspec.json.decode(data, type=Ended)
