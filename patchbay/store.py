"""The cache: records of calls, and the bytes of values in files named by their BLAKE3.

Bytes are written before records, each atomically, so that a crash leaves bytes without a record
and never the reverse. What is read is verified; what is damaged is made again.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3

from patchbay import codecs
from patchbay.codecs import Encoded
from patchbay.errors import FileError, LostError, StoreError
from patchbay.files import alive
from patchbay.live import Live
from patchbay.records import Records, StoredRow
from patchbay.types import Digest, Key, Result, Value

# SQLite reads blobs of this size faster than files of their own, and a graph's small values
# (numbers, texts, recipes) would otherwise each cost a file.
INLINE_BYTES = 4096
_THREADED_BYTES = 1 << 20
_HELD_BYTES = 1 << 20  # mapping a file costs 0.1 ms, as much as reading this much
_ORPHAN_SECONDS = 3600
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Stats:
    """What the cache holds."""

    folder: str
    records: int
    values: int
    size_bytes: int
    trimmed: int
    limit_bytes: int | None


@dataclass(frozen=True, slots=True)
class Verified:
    """What a full check found: `damaged` values and records were removed."""

    values: int
    damaged_values: int
    damaged_records: int
    orphans: int


class Store:
    """The cache in `folder`, made if it is not there. One for a process; several processes may
    share the folder.

    A folder that cannot be written is read, and new values stay in memory, with one warning.
    `limit_bytes` bounds the files; None is no limit. Raises StoreError.
    """

    def __init__(
        self,
        folder: Path,
        *,
        warn: Callable[[str], None],
        limit_bytes: int | None = None,
        live: Live | None = None,
    ) -> None:
        self.folder = folder / "v1"
        self.limit_bytes = limit_bytes
        self.live = live or Live()
        self._warn = warn
        self._values = self.folder / "values"
        self._counter = itertools.count()
        self._full = False
        self._verified: set[Digest] = set()
        self._bad: set[Digest] = set()  # damaged, and not to be removed from a read-only folder
        self._used: set[Digest] = set()
        self.writable = self._prepare(folder)
        self.records_path = self.folder / "records.sqlite"
        self.records = Records(self.records_path, self._warn, not self.writable)

    def find(self, key: Key) -> Result | None:
        """What the call with this key gave, if it is known."""
        return self.records.find(key)

    def put(self, payload: Any, encoded: Encoded) -> Value:
        """Stores a value and holds it in memory. Safe to call from any thread."""
        size = encoded.size_bytes
        if size <= INLINE_BYTES:
            data = encoded.joined()
            value = Value(encoded.type, Digest(blake3(data).digest()), data, False, size)
            self.live.note(value.digest, payload)
            return value
        digest = Digest(_hashed(encoded).digest())
        value = Value(encoded.type, digest, None, False, size)
        if not self.writable:
            self.live.pin(digest, payload)
            return value
        try:
            self._write(digest, encoded)
        except OSError as error:
            self.live.pin(digest, payload)
            if not self._full:
                self._full = True
                self._warn(
                    f"the cache cannot take a value of {size} bytes ({error.strerror or error}): "
                    "what does not fit is kept in memory until this run ends; free some space, "
                    "`patchbay cache trim`, or choose another folder with --cache"
                )
            return value
        self._verified.add(digest)
        self._bad.discard(digest)
        # A large array is from now on the mapped file, whose pages the system may drop.
        if size <= _HELD_BYTES:
            self.live.put(digest, payload, codecs.size_in_memory(payload))
        return value

    def has(self, value: Value) -> bool:
        """Whether the value's payload can be had without running anything."""
        if value.inline is not None or value.digest in self.live:
            return True
        if value.opaque or value.digest in self._bad:
            return False
        return os.path.exists(self._path(value.digest))

    def load(self, value: Value) -> Any:
        """The payload, from memory or disk. Raises LostError when it is gone or damaged."""
        payload = self.live.get(value.digest, self)
        if payload is not self:
            return payload
        if value.opaque:
            raise LostError(f"a {value.type} is no longer in memory")
        if value.inline is not None:
            payload = codecs.decode(value.type, value.inline)
            self.live.note(value.digest, payload)
            return payload
        path = self._path(value.digest)
        try:
            self._verify(value.digest, path)
            payload = codecs.decode_file(value.type, path)
        except FileNotFoundError as error:
            raise LostError(f"the bytes of a {value.type} are gone from the cache") from error
        except OSError as error:
            raise LostError(f"the bytes of a {value.type} cannot be read: {error}") from error
        self._used.add(value.digest)
        self.live.put(value.digest, payload, codecs.size_in_memory(payload))
        return payload

    def file_digest(self, path: Path) -> Digest:
        """The digest of a file's content, remembered until the file changes. Raises FileError."""
        try:
            stat = path.stat()
            stamp = f"{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ino}"
            known = self.records.file_digest(str(path), stamp)
            if known is not None:
                return known
            hasher = blake3(max_threads=blake3.AUTO)
            hasher.update_mmap(path)
        except OSError as error:
            raise FileError(f"file {path}: {error.strerror or error}") from error
        digest = Digest(hasher.digest())
        self.records.note_file(str(path), stamp, digest)
        return digest

    def scratch(self) -> Path:
        """A new empty folder; it is removed at the latest when a later process starts."""
        parent = self.folder / "scratch" if self.writable else None
        return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))

    def stats(self) -> Stats:
        """What the cache holds, counted on disk."""
        files = list(self._files())
        return Stats(
            str(self.folder.parent),
            self.records.count(),
            len(files),
            sum(size for _, _, size in files),
            sum(row.trimmed for row in self.records.stored()),
            self.limit_bytes,
        )

    def verify(self) -> Verified:
        """Reads everything; removes what is damaged. Nothing is lost that could be used."""
        damaged, count, orphans = [], 0, 0
        known = {row.digest for row in self.records.stored()}
        for path, digest, _ in self._files():
            count += 1
            orphans += digest not in known
            hasher = blake3(max_threads=blake3.AUTO)
            hasher.update_mmap(path)
            if hasher.digest() != digest:
                damaged.append(path)
                if self.writable:
                    path.unlink(missing_ok=True)
        bad = [key for key, result in self.records.all_results() if result is None]
        for key in bad:
            self.records.forget(key)
        return Verified(count, len(damaged), len(bad), orphans)

    def trim(self, limit_bytes: int) -> int:
        """Gives up values until the files take at most `limit_bytes`; the bytes freed.

        First go files that no record knows, then the values that save least: seconds to make
        again, per byte, less with every day that they were not used.
        """
        self.flush()
        files = {digest: (path, size) for path, digest, size in self._files()}
        total = sum(size for _, size in files.values())
        rows = {row.digest: row for row in self.records.stored()}
        freed, given_up = 0, []
        now = time.time()
        for digest in sorted(files, key=lambda d: _worth(rows.get(d), now)):
            path, size = files[digest]
            if total - freed <= limit_bytes:
                break
            if digest not in rows and now - path.stat().st_mtime < _ORPHAN_SECONDS:
                continue  # another process may be about to record it
            path.unlink(missing_ok=True)
            given_up.append(digest)
            freed += size
        self.records.trimmed(given_up)
        self._verified.difference_update(given_up)
        return freed

    def clear(self) -> None:
        """Removes every record and value."""
        self.records.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._verified.clear()
        self.live.release()
        self.writable = self._prepare(self.folder.parent)
        self.records = Records(self.records_path, self._warn, not self.writable)

    def flush(self) -> None:
        """Writes the records that wait."""
        self.records.flush()

    def keep_to_limit(self, slack: float = 1.0) -> None:
        """Gives up the values that save least, if all are larger than `slack` times the limit."""
        self.records.touch(self._used)
        self._used.clear()
        self.flush()
        # Counting the files of a large cache takes longer than many a run.
        limit = self.limit_bytes
        if limit is None or not self.writable or self.records.stored_bytes() <= limit * slack:
            return
        self.trim(limit)

    def close(self) -> None:
        """Writes what waits, keeps to the limit, and closes."""
        self.keep_to_limit()
        self.records.close()
        self.live.release()

    def _prepare(self, folder: Path) -> bool:
        try:
            for part in ("values", "scratch", "temp"):
                (self.folder / part).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            if folder.exists() and not folder.is_dir():
                raise StoreError(f"the cache folder {folder} is a file: choose another") from error
            self._warn(
                f"the cache folder {folder} cannot be written ({error.strerror or error}): "
                "results are kept in memory until this run ends; choose another with --cache"
            )
            return False
        self._remove_left_over()
        return True

    def _remove_left_over(self) -> None:
        for folder in (self.folder / "scratch").iterdir():
            owner = folder.name.partition("-")[0]
            if owner.isdigit() and not alive(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)
                folder.unlink(missing_ok=True) if folder.is_file() else None

    def _path(self, digest: Digest) -> str:
        name = digest.hex()
        return f"{self._values}/{name[:2]}/{name}"

    def _write(self, digest: Digest, encoded: Encoded) -> None:
        target = self._path(digest)
        if os.path.exists(target) and self._sound(digest, target):
            return
        part = self.folder / "scratch" / f"{os.getpid()}-{next(self._counter)}.part"
        try:
            with part.open("wb") as file:
                for buffer in encoded.buffers:
                    file.write(buffer)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            part.replace(target)
        except OSError:
            part.unlink(missing_ok=True)
            raise

    def _sound(self, digest: Digest, path: str) -> bool:
        """Whether a file holds what its name says; each is read once by a process."""
        if digest not in self._verified:
            hasher = blake3(max_threads=blake3.AUTO)
            hasher.update_mmap(path)
            if hasher.digest() != digest:
                return False
            self._verified.add(digest)
        return True

    def _verify(self, digest: Digest, path: str) -> None:
        if not self._sound(digest, path):
            self._bad.add(digest)
            if self.writable:
                os.unlink(path)
            self._warn("a damaged value was removed from the cache: it is made again")
            raise LostError("a stored value was damaged")

    def _files(self) -> Iterable[tuple[Path, Digest, int]]:
        for path in sorted(self._values.glob("??/*")):
            if len(path.name) == 64:
                yield path, Digest(bytes.fromhex(path.name)), path.stat().st_size


def _hashed(encoded: Encoded) -> Any:
    many = encoded.size_bytes > _THREADED_BYTES
    hasher = blake3(max_threads=blake3.AUTO if many else 1)
    for buffer in encoded.buffers:
        hasher.update(buffer)
    return hasher


def _worth(row: StoredRow | None, now: float) -> float:
    """Seconds saved per byte, halved after a day without use, a third after two, and so on: the
    chance that a value is asked for again falls about as one over its age."""
    if row is None:
        return -1.0
    days = max(0.0, now - row.used) / _DAY_SECONDS
    return row.seconds / max(1, row.size_bytes) / (1 + days)
