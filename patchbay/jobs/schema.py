"""The file that holds the table of jobs: how it is laid out, opened, and refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from patchbay.errors import StoreError

FORMAT = 2
# The loop's thread writes: it may wait this long for another program that looks into the file.
_BUSY_SECONDS = 0.5
# What lists, sorts and searches is apart from what is large: a look through all jobs reads little.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, number REAL NOT NULL,
    status TEXT NOT NULL, client TEXT, title TEXT NOT NULL, workflow_id TEXT NOT NULL,
    nodes INTEGER NOT NULL, targets TEXT NOT NULL, webhook TEXT NOT NULL, created REAL NOT NULL,
    started REAL, ended REAL, seconds REAL, attempts INTEGER NOT NULL DEFAULT 0,
    finished INTEGER
);
CREATE TABLE IF NOT EXISTS graphs (
    sequence INTEGER PRIMARY KEY, prompt BLOB NOT NULL, extra BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS texts (sequence INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS outcomes (sequence INTEGER PRIMARY KEY, outcome BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (finished);
CREATE INDEX IF NOT EXISTS jobs_by_workflow ON jobs (workflow_id) WHERE workflow_id != '';
CREATE TABLE IF NOT EXISTS webhooks (
    job TEXT PRIMARY KEY, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
-- In one transaction with the job's end: a process that dies between the two would tell nobody.
CREATE TRIGGER IF NOT EXISTS webhook_due AFTER UPDATE OF finished ON jobs
WHEN new.finished IS NOT NULL AND old.finished IS NULL AND new.webhook != ''
BEGIN INSERT OR REPLACE INTO webhooks (job, due) VALUES (new.id, new.ended); END;
CREATE TRIGGER IF NOT EXISTS job_gone AFTER DELETE ON jobs BEGIN
    DELETE FROM graphs WHERE sequence = old.sequence;
    DELETE FROM texts WHERE sequence = old.sequence;
    DELETE FROM outcomes WHERE sequence = old.sequence;
    DELETE FROM webhooks WHERE job = old.id;
END;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def opened(path: Path) -> sqlite3.Connection:
    """The table in `path`, made if it is not there, in autocommit. Raises StoreError when it
    cannot be used; whatever is wrong with it, the file stays as it is."""
    try:
        return _prepared(path)
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"the table of jobs {path} cannot be opened ({error}): free some space, change its "
            "permissions, or choose another folder with --user"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"the table of jobs {path} is damaged ({error}): move it away, together with those "
            f"beside it that are called {path.name}-wal and {path.name}-shm, and a new one is "
            "begun; `sqlite3 FILE .recover` may bring back what it held"
        ) from error


def _prepared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _check_format(path, connection.execute("PRAGMA user_version").fetchone()[0])
        # A killed process loses nothing with NORMAL; a power cut can cost the last moments.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA wal_autocheckpoint = 20000")  # see `upkeep`
        # All or nothing: a process may be killed in the middle of this as well.
        connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _check_format(path: Path, found: int) -> None:
    if found in (0, FORMAT):
        return
    if found > FORMAT:
        raise StoreError(
            f"the table of jobs {path} is of format {found}, this Patchbay reads {FORMAT}: update "
            "Patchbay or choose another folder with --user"
        )
    raise StoreError(
        f"the table of jobs {path} is of format {found}, from before the first release: move it "
        "away, and a new one is begun"
    )
