"""One process at a time: a lock that ends with the process that holds it, however that dies."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from patchbay.errors import StoreError

_PATIENCE_SECONDS = 1.0  # for whoever is just reading who we are


class Lock:
    """Holds the lock in `path`, made if it is not there. Raises StoreError when another process
    has it, and names that one.

    SQLite's own lock on an otherwise empty table: it knows how to lock on every system, and the
    system lets go of it when a process is killed.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(
                path, timeout=0, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise _unusable(path, error) from error
        try:
            self._take()
        except sqlite3.Error as error:
            busy = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY
            refusal = self._refusal(path) if busy else _unusable(path, error)
            self._connection.close()
            raise refusal from error

    def close(self) -> None:
        """Lets go of the lock."""
        self._connection.close()

    def _take(self) -> None:
        execute = self._connection.execute
        # What is written here means nothing after a crash, and need not be safe from one.
        execute("PRAGMA synchronous = OFF")
        execute("PRAGMA journal_mode = MEMORY")
        execute("BEGIN IMMEDIATE")
        execute(f"PRAGMA busy_timeout = {_PATIENCE_SECONDS * 1000:.0f}")
        execute(f"PRAGMA user_version = {os.getpid()}")
        execute("COMMIT")  # or nobody else could read it; whoever comes between takes the lock
        execute("PRAGMA busy_timeout = 0")
        execute("BEGIN IMMEDIATE")

    def _refusal(self, path: Path) -> StoreError:
        try:
            pid = self._connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.Error:  # it is just being written
            pid = 0
        other = f"process {pid}" if pid not in (0, os.getpid()) else "another process"
        return StoreError(
            f"the folder {path.parent} is in use: {other} serves from it; stop that one, or choose "
            "another folder with --user"
        )


def _unusable(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(
        f"the folder {path.parent} cannot be used ({path.name}: {error}): change its permissions, "
        f"remove {path.name} if nothing serves from it, or choose another with --user"
    )
