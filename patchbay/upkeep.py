"""What a process that runs for weeks does now and then: keeps SQLite's logs short and the cache
within its limit.

Moving a log into its table waits for the disk, tens of milliseconds at a time: whoever writes
would wait with it, and in a server that is everyone. So it is done in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from patchbay.store import Store

_LOOK_SECONDS = 2.0
_LONG_BYTES = 8 << 20
_TRIM_SECONDS = 30.0
_SLACK = 1.25


async def keep_up(tables: Iterable[Path], store: Store, idle: Callable[[], bool]) -> None:
    """Looks after the logs of these tables and after the cache until it is cancelled. `idle`
    tells that nothing runs: then the cache is kept to its limit strictly, otherwise loosely."""
    paths = list(tables)
    trimmed = time.monotonic()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        for path in paths:
            if _log_bytes(path) > _LONG_BYTES:
                await asyncio.to_thread(shorten, path)
        if time.monotonic() - trimmed > _TRIM_SECONDS:
            trimmed = time.monotonic()
            store.keep_to_limit(1.0 if idle() else _SLACK)


def shorten(path: Path) -> None:
    """Moves what the log holds into the table, as far as nobody is reading it."""
    with contextlib.suppress(sqlite3.Error):  # a table that cannot be used is told elsewhere
        connection = sqlite3.connect(path, timeout=0)
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()


def _log_bytes(path: Path) -> int:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size
    except OSError:
        return 0
