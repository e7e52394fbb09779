"""The table of jobs, in SQLite: what was ordered is on disk before anyone is told that it was
accepted, what came of it before anyone is told that it has ended. Used from one thread.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from patchbay.errors import ConflictError, StoreError
from patchbay.jobs.records import Ended, Order, Status

FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, number REAL NOT NULL,
    status TEXT NOT NULL, client TEXT, title TEXT NOT NULL, workflow_id TEXT NOT NULL,
    words TEXT NOT NULL, nodes INTEGER NOT NULL, targets TEXT NOT NULL, webhook TEXT NOT NULL,
    created REAL NOT NULL, started REAL, ended REAL, seconds REAL,
    attempts INTEGER NOT NULL DEFAULT 0, prompt BLOB NOT NULL, extra BLOB NOT NULL, outcome BLOB,
    finished INTEGER
);
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, number, sequence);
CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (finished) WHERE finished IS NOT NULL;
CREATE INDEX IF NOT EXISTS jobs_by_workflow ON jobs (workflow_id) WHERE workflow_id != '';
CREATE TABLE IF NOT EXISTS webhooks (
    job TEXT PRIMARY KEY, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
-- In one transaction with the job's end: a process that dies between the two would tell nobody.
CREATE TRIGGER IF NOT EXISTS webhook_due AFTER UPDATE OF finished ON jobs
WHEN new.finished IS NOT NULL AND old.finished IS NULL AND new.webhook != ''
BEGIN INSERT OR REPLACE INTO webhooks (job, due) VALUES (new.id, 0); END;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_ADD = """
INSERT INTO jobs (id, number, status, client, title, workflow_id, words, nodes, targets, webhook,
    created, prompt, extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_END = """
UPDATE jobs SET status = ?, attempts = max(attempts, ?), started = coalesce(started, ?),
    ended = ?, seconds = ?, outcome = ?,
    finished = (SELECT coalesce(max(finished), 0) + 1 FROM jobs WHERE finished IS NOT NULL)
WHERE id = ?
"""
_REMOVE = "DELETE FROM jobs WHERE id = ? AND finished IS NOT NULL"
_WAITING = """
SELECT sequence, id, number, status, client, nodes, attempts, webhook FROM jobs
WHERE status IN ('pending', 'paused') ORDER BY number, sequence
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


class DueWebhook(msgspec.Struct, frozen=True):
    """A job whose end is to be told: from when on (seconds since the epoch), tried how often."""

    job: str
    due: float
    attempts: int


class Table:
    """Opens or makes the table in `path`. Raises StoreError when it cannot be used."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _opened(path, warn)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the table of jobs {path} cannot be opened ({error}): free some space, change its "
                "permissions, or choose another folder with --user"
            ) from error

    def add(self, order: Order) -> int:
        """Keeps a job that is to run; its place in the order of arrival. It replaces one of the
        same id that has ended. Raises ConflictError when that has not, StoreError when the job
        cannot be kept."""
        row = (
            order.id, order.number, "pending", order.client, order.title, order.workflow_id,
            order.words, order.nodes, msgspec.json.encode(order.targets).decode(), order.webhook,
            time.time(), order.prompt, order.extra,
        )  # fmt: skip
        try:
            with self._connection:
                try:
                    return int(self._connection.execute(_ADD, row).lastrowid or 0)
                except sqlite3.IntegrityError:
                    self._connection.execute(_REMOVE, (order.id,))
                    return int(self._connection.execute(_ADD, row).lastrowid or 0)
        except sqlite3.IntegrityError as error:
            message = f"job {order.id} has not ended yet: give the new one another prompt_id"
            raise ConflictError(message) from error
        except (sqlite3.Error, OverflowError) as error:
            raise StoreError(f"the job could not be kept ({error}): nothing was queued") from error

    def recover(self) -> list[Waiting]:
        """What waits to be run, in order, at the start of a process: what was running when the
        last one died comes first, as it did then."""
        self._write("UPDATE jobs SET status = 'pending' WHERE status = 'running'", [()])
        rows = self._connection.execute(_WAITING).fetchall()
        return [
            Waiting(sequence, id_, number, status == "paused", *rest)
            for sequence, id_, number, status, *rest in rows
        ]

    def begin(self, ids: Iterable[tuple[str, float]]) -> None:
        """These jobs began to run, each at its time."""
        query = """
            UPDATE jobs SET status = 'running', started = ?, attempts = attempts + 1
            WHERE id = ? AND status = 'pending'
        """
        self._write(query, [(at, id_) for id_, at in ids])

    def end(
        self, id_: str, status: Status, started: float | None, seconds: float | None, ended: Ended
    ) -> None:
        """The job has ended."""
        data = msgspec.json.encode(ended)
        attempts = 0 if started is None else 1
        self._write(_END, [(status, attempts, started, time.time(), seconds, data, id_)])

    def put_back(self, ids: Iterable[str]) -> None:
        """These jobs were stopped so that the server may stop: they wait again."""
        query = "UPDATE jobs SET status = 'pending', attempts = max(attempts - 1, 0) WHERE id = ?"
        self._write(query, [(id_,) for id_ in ids])

    def set_status(self, id_: str, status: Status) -> None:
        self._write("UPDATE jobs SET status = ? WHERE id = ?", [(status, id_)])

    def set_title(self, id_: str, title: str) -> None:
        self._write("UPDATE jobs SET title = ? WHERE id = ?", [(title, id_)])

    def set_number(self, id_: str, number: float) -> None:
        self._write("UPDATE jobs SET number = ? WHERE id = ?", [(number, id_)])

    def remove(self, ids: Sequence[str]) -> None:
        """Forgets jobs that have ended."""
        self._write(_REMOVE, [(id_,) for id_ in ids])

    def clear_history(self) -> None:
        """Forgets all jobs that have ended."""
        self._write("DELETE FROM jobs WHERE finished IS NOT NULL", [()])

    def last_sequence(self) -> int:
        """The place of the newest job in the order of arrival, 0 if there never was one."""
        query = "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'"
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def fact(self, name: str) -> str:
        """A small thing to remember, "" if it was never noted."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, name: str, value: str) -> None:
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", [(name, value)])

    def due_webhooks(self) -> list[DueWebhook]:
        """Whose end is still to be told, the next one first. A job with a webhook is among them
        from its end on."""
        query = "SELECT job, due, attempts FROM webhooks ORDER BY due LIMIT 100"
        return [DueWebhook(*row) for row in self._connection.execute(query)]

    def put_off_webhook(self, job: str, due: float) -> None:
        query = "UPDATE webhooks SET due = ?, attempts = attempts + 1 WHERE job = ?"
        self._write(query, [(due, job)])

    def remove_webhook(self, job: str) -> None:
        self._write("DELETE FROM webhooks WHERE job = ?", [(job,)])

    def close(self) -> None:
        self._connection.close()

    def _write(self, query: str, rows: list[tuple[Any, ...]]) -> None:
        """A write that failed is told, not raised: the job itself goes on, and is run again by
        the next process if its end could not be kept."""
        try:
            with self._connection:
                self._connection.executemany(query, rows)
        except sqlite3.Error as error:
            self._warn(f"the table of jobs cannot be written ({error}): free some space")


def _opened(path: Path, warn: Callable[[str], None]) -> sqlite3.Connection:
    try:
        return _prepared(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        aside = path.with_suffix(f".damaged-{int(time.time())}")
        path.rename(aside)
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        warn(f"the table of jobs was damaged: it lies aside as {aside.name}, a new one was begun")
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
    try:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > FORMAT:
            raise StoreError(
                f"the table of jobs {path} is of format {found}, this Patchbay reads {FORMAT}: "
                "update Patchbay or choose another folder with --user"
            )
        # A killed process loses nothing with NORMAL; a power cut can cost the last moments.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 20000")  # see `upkeep`
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    except BaseException:
        connection.close()
        raise
    return connection
