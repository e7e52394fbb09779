"""The table of results: key -> what a call gave, in SQLite, written in batches.

Every row carries a checksum; one that does not fit is dropped and counted, never believed.
Used from one thread.
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from patchbay.errors import StoreError
from patchbay.types import Digest, Key, Result

FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, node TEXT NOT NULL,
    material BLOB NOT NULL, result BLOB NOT NULL, checksum INTEGER NOT NULL, made REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS stored (
    digest BLOB PRIMARY KEY, size_bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    used REAL NOT NULL, trimmed INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS timings (
    node TEXT PRIMARY KEY, calls INTEGER NOT NULL, seconds REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest BLOB NOT NULL
) WITHOUT ROWID;
"""
_INSERT = """
INSERT OR REPLACE INTO records (key, node, material, result, checksum, made)
VALUES (?, ?, ?, ?, ?, ?)
"""
_INSERT_STORED = """
INSERT INTO stored (digest, size_bytes, seconds, used) VALUES (?, ?, ?, ?)
ON CONFLICT (digest) DO UPDATE SET seconds = max(seconds, excluded.seconds),
    used = excluded.used, trimmed = 0
"""
_INSERT_TIMING = """
INSERT INTO timings VALUES (?, ?, ?) ON CONFLICT (node) DO UPDATE SET
    calls = calls + excluded.calls, seconds = seconds + excluded.seconds
"""
# A crash loses at most what was recorded in this time while other calls kept the engine busy;
# when it waits for anything, the batch is written first.
FLUSH_SECONDS = 0.1
_FLUSH_ROWS = 2_000
# What took this long is on disk before anyone is told that it is done: writing costs a thirtieth.
_DEAR_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A value in a file: how long it took to make and when it was last used."""

    digest: Digest
    size_bytes: int
    seconds: float
    used: float
    trimmed: bool


class Records:
    """Opens or makes the table in `path`. Raises StoreError when it is from a newer Patchbay.

    `read_only` opens what is there without writing a byte; `path` None keeps all in memory.
    """

    def __init__(self, path: Path | None, warn: Callable[[str], None], read_only: bool) -> None:
        self._warn = warn
        self.read_only = read_only
        self._complained = False
        self._connection = self._opened(path)
        self._fresh: dict[Key, Result] = {}
        self._rows: list[tuple[Any, ...]] = []
        self._stored: dict[Digest, tuple[int, float]] = {}
        self._timings: dict[tuple[str, str], tuple[int, float]] = {}
        self._means: dict[str, float | None] = {}
        self._flushed = time.monotonic()
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Result).decode

    def _opened(self, path: Path | None) -> sqlite3.Connection:
        try:
            return _connect(path, self._warn, self.read_only)
        except sqlite3.OperationalError as error:  # a disk that is full, or a lock that stays
            self._warn(
                f"the cache's table cannot be opened ({error}): results are kept in memory until "
                "this run ends; free some space or choose another folder with --cache"
            )
            self.read_only = True
            return _connect(path, self._warn, True)

    def find(self, key: Key) -> Result | None:
        """What the call with this key gave, if it is known."""
        fresh = self._fresh.get(key)
        if fresh is not None:
            return fresh
        row = self._one("SELECT result, checksum FROM records WHERE key = ?", (key,))
        if row is None:
            return None
        result, checksum = row
        if zlib.crc32(result, zlib.crc32(key)) == checksum:
            try:
                return self._decode(result)
            except msgspec.MsgspecError:
                pass
        self._warn("a damaged record was dropped: its call is made again")
        self.forget(key)
        return None

    def add(self, key: Key, node: str, engine: str, material: bytes, result: Result) -> None:
        """Keeps a result; `node` is `pack/name`. It is on disk at the latest after `flush`."""
        data = self._encode(result)
        checksum = zlib.crc32(data, zlib.crc32(key))
        self._fresh[key] = result
        self._rows.append((key, node, material, data, checksum, time.time()))
        batches = result.outputs
        if result.expansion is not None:
            batches = (*batches, result.expansion.values)
        for batch in batches:
            for value in batch:
                if value.inline is None and not value.opaque:
                    self._stored[value.digest] = (value.size_bytes, result.seconds)
        calls, seconds = self._timings.get((node, engine), (0, 0.0))
        self._timings[node, engine] = (calls + 1, seconds + result.seconds)
        dear = result.seconds > _DEAR_SECONDS
        late = time.monotonic() - self._flushed > FLUSH_SECONDS
        if dear or late or len(self._rows) >= _FLUSH_ROWS:
            self.flush()

    def forget(self, key: Key) -> None:
        """Drops a record."""
        self.flush()
        self._fresh.pop(key, None)
        if not self.read_only:
            self._execute("DELETE FROM records WHERE key = ?", (key,))

    def flush(self) -> None:
        """Writes what is waiting, in one transaction."""
        self._flushed = time.monotonic()
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        stored, self._stored = self._stored, {}
        timings, self._timings = self._timings, {}
        for node, by in timings:  # a mean is not what it was before, if there was any
            self._means.pop(f"{node}:{by}", None)
        if self.read_only:
            return
        now = time.time()
        try:
            with self._connection:
                self._connection.executemany(_INSERT, rows)
                self._connection.executemany(
                    _INSERT_STORED, [(d, size, secs, now) for d, (size, secs) in stored.items()]
                )
                self._connection.executemany(
                    _INSERT_TIMING,
                    [(f"{node}:{by}", n, took) for (node, by), (n, took) in timings.items()],
                )
        except sqlite3.Error as error:
            self.read_only = True
            self._warn(
                f"the cache cannot be written ({error}): results are kept in memory until this "
                "run ends; free some space or choose another folder with --cache"
            )
            return
        if len(self._fresh) > 20 * _FLUSH_ROWS:
            self._fresh.clear()

    def touch(self, digests: Iterable[Digest]) -> None:
        """Notes that these stored values were of use."""
        if not self.read_only:
            now = time.time()
            self._many("UPDATE stored SET used = ? WHERE digest = ?", [(now, d) for d in digests])

    def mean_seconds(self, node: str, engine: str) -> float | None:
        """How long one call of this node has taken on average; None when it never ran."""
        name = f"{node}:{engine}"
        if name not in self._means:
            row = self._one("SELECT seconds / calls FROM timings WHERE node = ?", (name,))
            self._means[name] = row[0] if row else None
        return self._means[name]

    def materials(self, node: str, before: float) -> list[bytes]:
        """What the keys of this node's calls were made from, newest first, of those made before
        a time in seconds since the epoch."""
        self.flush()
        query = """
            SELECT material FROM records WHERE node = ? AND made < ? ORDER BY made DESC LIMIT 1000
        """
        return [row[0] for row in self._all(query, (node, before))]

    def stored(self) -> list[StoredRow]:
        """Every value that was written to a file, trimmed ones too."""
        self.flush()
        query = "SELECT digest, size_bytes, seconds, used, trimmed FROM stored"
        return [StoredRow(Digest(d), n, s, u, bool(t)) for d, n, s, u, t in self._all(query, ())]

    def stored_bytes(self) -> int:
        """How large the values are that were written to files and not given up since."""
        row = self._one("SELECT sum(size_bytes) FROM stored WHERE trimmed = 0", ())
        return int(row[0] or 0) if row else 0

    def trimmed(self, digests: Iterable[Digest]) -> None:
        """Notes that the bytes of these values were given up."""
        self._many("UPDATE stored SET trimmed = 1 WHERE digest = ?", [(d,) for d in digests])

    def was_trimmed(self, digest: Digest) -> bool:
        """Whether the value's bytes were given up to save space."""
        row = self._one("SELECT trimmed FROM stored WHERE digest = ?", (digest,))
        return bool(row and row[0])

    def count(self) -> int:
        """How many results are known."""
        self.flush()
        row = self._one("SELECT count(*) FROM records", ())
        return int(row[0]) if row else 0

    def all_results(self) -> Iterable[tuple[Key, Result | None]]:
        """Every record; None for one that is damaged."""
        self.flush()
        for key, data, checksum in self._all("SELECT key, result, checksum FROM records", ()):
            sound = zlib.crc32(data, zlib.crc32(key)) == checksum
            yield Key(key), self._decode(data) if sound else None

    def file_digest(self, path: str, stamp: str) -> Digest | None:
        """The digest of a file that has not changed since it was read."""
        row = self._one("SELECT digest FROM files WHERE path = ? AND stamp = ?", (path, stamp))
        return Digest(row[0]) if row else None

    def note_file(self, path: str, stamp: str, digest: Digest) -> None:
        """Keeps the digest of a file's content."""
        if not self.read_only:
            self._execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (path, stamp, digest))

    def close(self) -> None:
        """Writes what is waiting and closes the table."""
        self.flush()
        self._connection.close()

    def _one(self, query: str, values: tuple[Any, ...]) -> Any:
        try:
            return self._connection.execute(query, values).fetchone()
        except sqlite3.DatabaseError as error:
            self._warn(f"the cache's table cannot be read ({error}): `patchbay cache verify`")
            return None

    def _all(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        return self._connection.execute(query, values).fetchall()

    def _execute(self, query: str, values: tuple[Any, ...]) -> None:
        self._many(query, [values])

    def _many(self, query: str, rows: list[tuple[Any, ...]]) -> None:
        if self.read_only or not rows:
            return
        try:
            with self._connection:
                self._connection.executemany(query, rows)
        except sqlite3.Error as error:
            if not self._complained:
                self._complained = True
                self._warn(f"the cache's table cannot be written: {error}")


def _connect(path: Path | None, warn: Callable[[str], None], read_only: bool) -> sqlite3.Connection:
    if path is None:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.executescript(_SCHEMA)
        return connection
    if read_only:
        return _connect_read_only(path)
    try:
        return _prepared(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        aside = path.with_suffix(f".damaged-{int(time.time())}")
        path.rename(aside)
        for tail in ("-wal", "-shm"):
            path.with_name(path.name + tail).unlink(missing_ok=True)
        warn(f"the cache's table was damaged: it lies aside as {aside.name}, a new one was begun")
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    try:
        _make_ready(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_ready(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        raise StoreError(
            f"the cache {path.parent} is of format {found}, this Patchbay reads {FORMAT}: update "
            "Patchbay or choose another folder with --cache"
        )
    # WAL lets other processes read while one writes; NORMAL survives a killed process, and a
    # power cut can cost the last records but never damages the table.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    # Moving the log into the table waits for the disk: seldom, in large pieces. A server has it
    # done elsewhere, by `upkeep`.
    connection.execute("PRAGMA wal_autocheckpoint = 20000")
    connection.executescript(_SCHEMA)
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _connect_read_only(path: Path) -> sqlite3.Connection:
    if path.exists():
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            connection.execute("SELECT count(*) FROM records")
            return connection
        except sqlite3.DatabaseError:
            connection.close()
    return _connect(None, print, False)
