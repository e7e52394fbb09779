"""The table of jobs, in SQLite: what was ordered is on disk before anyone is told that it was
accepted, what came of it before anyone is told that it has ended. Used from one thread.

Everything that writes raises StoreError when it cannot, and then nothing was changed.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from patchbay.errors import ConflictError, RequestError, StoreError
from patchbay.jobs.lock import Lock
from patchbay.jobs.records import Order, Status, searchable
from patchbay.jobs.schema import opened

_ADD = """
INSERT INTO jobs (id, number, status, client, title, workflow_id, nodes, targets, webhook, created)
VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?)
"""
_BEGIN = """
UPDATE jobs SET status = 'running', started = ?, attempts = attempts + 1
WHERE id = ? AND finished IS NULL
"""
_END = """
UPDATE jobs SET status = ?, started = coalesce(?, started), ended = ?, seconds = ?,
    finished = (SELECT coalesce(max(finished), 0) + 1 FROM jobs)
WHERE id = ? AND finished IS NULL
"""
_OUTCOME = "INSERT OR REPLACE INTO outcomes SELECT sequence, ? FROM jobs WHERE id = ?"
_OPEN = """
SELECT sequence, id, number, status, client, nodes, attempts, webhook FROM jobs
WHERE finished IS NULL ORDER BY number, sequence
"""


class Waiting(msgspec.Struct):
    """A job that waits, as the queue holds it in memory. `seconds` is how long it may run."""

    sequence: int
    id: str
    number: float
    paused: bool
    client: str | None
    nodes: int
    attempts: int
    webhook: str
    seconds: float | None = None


class Recovered(msgspec.Struct, frozen=True):
    """What an earlier process left: a job that waits, or that ran when the process died."""

    waiting: Waiting
    ran: bool


class DueWebhook(msgspec.Struct, frozen=True):
    """A job whose end is to be told: from when on (seconds since the epoch), tried how often."""

    job: str
    due: float
    attempts: int


class Table:
    """Opens or makes the table in `path`, which no other process may have open meanwhile. Raises
    StoreError when it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the folder {path.parent} cannot be made ({error.strerror or error}): choose "
                "another with --user"
            ) from error
        self._lock = Lock(path.with_suffix(".lock"))
        try:
            self._connection = opened(path)
        except BaseException:
            self._lock.close()
            raise

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """All that is written meanwhile is written in one step, or nothing of it."""
        execute = self._connection.execute
        if self._connection.in_transaction:
            yield
            return
        try:
            execute("BEGIN IMMEDIATE")
            yield
            execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise StoreError(
                f"the table of jobs {self.path} cannot be written ({error}): free some space, or "
                "end what else is using it; nothing was changed"
            ) from error
        except BaseException:
            self._roll_back()
            raise

    def add(self, order: Order) -> int:
        """Keeps a job that is to run; its place in the order of arrival. It replaces one of the
        same id that has ended. Raises ConflictError when that has not, RequestError when it says
        what no table can hold."""
        row = (
            order.id, order.number, order.client, order.title, order.workflow_id, order.nodes,
            msgspec.json.encode(order.targets).decode(), order.webhook, time.time(),
        )  # fmt: skip
        text = f"{searchable(order.title)}\n{searchable(order.id)}\n{searchable(order.words)}"
        execute = self._connection.execute
        try:
            with self.together():
                try:
                    sequence = int(execute(_ADD, row).lastrowid or 0)
                except sqlite3.IntegrityError:
                    self._make_room(order.id)
                    sequence = int(execute(_ADD, row).lastrowid or 0)
                execute(
                    "INSERT INTO graphs VALUES (?, ?, ?)", (sequence, order.prompt, order.extra)
                )
                execute("INSERT INTO texts VALUES (?, ?)", (sequence, text))
        except (OverflowError, ValueError) as error:  # a huge number, half of a character
            raise RequestError(f"the job cannot be kept: {error}") from error
        return sequence

    def recover(self) -> list[Recovered]:
        """What is still to be run, in order, at the start of a process: what ran when the last
        one died comes first, as it did then."""
        with self._reading():
            rows = self._connection.execute(_OPEN).fetchall()
        self._write("UPDATE jobs SET status = 'pending' WHERE status = 'running'")
        return [
            Recovered(
                Waiting(sequence, id_, number, status == "paused", *rest), status == "running"
            )
            for sequence, id_, number, status, *rest in rows
        ]

    def begin(self, id_: str, at: float) -> None:
        """The job begins to run."""
        self._write(_BEGIN, at, id_)

    def end(
        self, id_: str, status: Status, started: float | None, seconds: float | None, outcome: bytes
    ) -> None:
        """The job has ended; `outcome` is an `Ended`, encoded. What its webhook is to be told is
        due in the same step."""
        with self.together():
            self._write(_OUTCOME, outcome, id_)
            self._write(_END, status, started, time.time(), seconds, id_)

    def put_back(self, id_: str) -> None:
        """The job was stopped so that the server may stop: it waits again."""
        query = "UPDATE jobs SET status = 'pending', attempts = max(attempts - 1, 0) WHERE id = ?"
        self._write(query, id_)

    def pause(self, id_: str, why: bytes | None = None) -> None:
        """The job waits until it is resumed; `why` is an `Ended`, encoded, that says so."""
        with self.together():
            self._write("UPDATE jobs SET status = 'paused' WHERE id = ?", id_)
            if why is not None:
                self._write(_OUTCOME, why, id_)

    def resume(self, id_: str) -> None:
        """The job waits for its turn."""
        with self.together():
            self._write("UPDATE jobs SET status = 'pending' WHERE id = ?", id_)
            of_job = "(SELECT sequence FROM jobs WHERE id = ?)"
            self._write(f"DELETE FROM outcomes WHERE sequence = {of_job}", id_)

    def set_title(self, id_: str, title: str) -> None:
        with self.together():
            self._write("UPDATE jobs SET title = ? WHERE id = ?", title, id_)
            query = """
                UPDATE texts SET text = ? || substr(text, instr(text, char(10)))
                WHERE sequence = (SELECT sequence FROM jobs WHERE id = ?)
            """
            self._write(query, searchable(title), id_)

    def set_numbers(self, numbers: Mapping[str, float]) -> None:
        with self.together():
            for id_, number in numbers.items():
                self._write("UPDATE jobs SET number = ? WHERE id = ?", number, id_)

    def remove(self, ids: Iterable[str]) -> None:
        """Forgets jobs that have ended."""
        with self.together():
            for id_ in ids:
                self._write("DELETE FROM jobs WHERE id = ? AND finished IS NOT NULL", id_)

    def ended(self) -> list[int]:
        """The places in the order of arrival of all jobs that have ended."""
        query = "SELECT sequence FROM jobs WHERE finished IS NOT NULL"
        with self._reading():
            return [row[0] for row in self._connection.execute(query)]

    def remove_at(self, sequences: Iterable[int]) -> None:
        """Forgets the jobs at these places in the order of arrival."""
        with self.together():
            for sequence in sequences:
                self._write("DELETE FROM jobs WHERE sequence = ?", sequence)

    def last_sequence(self) -> int:
        """The place of the newest job in the order of arrival, 0 if there never was one."""
        query = "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'"
        with self._reading():
            row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def fact(self, name: str) -> str:
        """A small thing to remember, "" if it was never noted."""
        query = "SELECT value FROM facts WHERE name = ?"
        with self._reading():
            row = self._connection.execute(query, (name,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, name: str, value: str) -> None:
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)

    def due_webhooks(self) -> list[DueWebhook]:
        """Whose end is still to be told, the next one first. A job with a webhook is among them
        from its end on."""
        query = "SELECT job, due, attempts FROM webhooks ORDER BY due LIMIT 100"
        with self._reading():
            return [DueWebhook(*row) for row in self._connection.execute(query)]

    def put_off_webhook(self, webhook: DueWebhook, due: float) -> None:
        query = "UPDATE webhooks SET due = ?, attempts = attempts + 1 WHERE job = ? AND due = ?"
        self._write(query, due, webhook.job, webhook.due)

    def remove_webhook(self, webhook: DueWebhook) -> None:
        """Nothing is to be told any more, unless a new job of the same id has ended since."""
        self._write("DELETE FROM webhooks WHERE job = ? AND due = ?", webhook.job, webhook.due)

    def close(self) -> None:
        self._connection.close()
        self._lock.close()

    def _make_room(self, id_: str) -> None:
        query = "DELETE FROM jobs WHERE id = ? AND finished IS NOT NULL"
        if not self._connection.execute(query, (id_,)).rowcount:
            message = f"job {id_} has not ended yet: give the new one another prompt_id"
            raise ConflictError(message)

    def _write(self, query: str, *values: str | float | bytes | None) -> None:
        with self.together():
            self._connection.execute(query, values)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"the table of jobs {self.path} cannot be read ({error})") from error

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
