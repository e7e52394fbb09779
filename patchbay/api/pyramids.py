"""Very large pictures in tiles: what a person looks at is loaded, no more.

A picture's tiles are made together when the first is asked for, and kept in files.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from blake3 import blake3
from msgspec import Struct

from patchbay.api import tiling
from patchbay.files import alive

# Of all pictures' tiles; those that were looked at longest ago go first.
_MOST_BYTES = 4 << 30
_DONE = "done.json"


class Done(Struct, frozen=True):
    """What is written when all tiles of a picture are there."""

    content_type: Literal["image/jpeg", "image/webp"]
    size_bytes: int
    format: int = 1


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile as a file's bytes."""

    data: bytes
    content_type: str


class Pyramids:
    """Makes the tiles of one picture at a time, in a thread, each once."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(1)
        self._making: dict[Path, asyncio.Task[None]] = {}
        self._closed = False

    async def tile(self, path: Path, home: Path, level: int, x: int, y: int) -> Tile | None:
        """A tile of a picture, None if it has no such one; `home` is where tiles are kept. Raises
        FileError, OSError."""
        shape = await asyncio.to_thread(tiling.shape_of, path)
        if not shape.holds(level, x, y):
            return None
        folder = await asyncio.to_thread(folder_of, path, home)
        if not await asyncio.to_thread((folder / _DONE).is_file):
            task = self._making.get(folder)
            if task is None:
                task = self._making[folder] = asyncio.ensure_future(self._make(path, folder))
                task.add_done_callback(lambda done: self._forget(folder, done))
            await asyncio.shield(task)  # others may wait for the same
        return await asyncio.to_thread(_read, folder, level, x, y)

    def close(self) -> None:
        """Ends what is being made."""
        self._closed = True

    def _forget(self, folder: Path, done: asyncio.Task[None]) -> None:
        self._making.pop(folder, None)
        if not done.cancelled():
            done.exception()  # seen, also where whoever asked has gone away

    async def _make(self, path: Path, folder: Path) -> None:
        async with self._turn:
            await asyncio.to_thread(build, path, folder, lambda: self._closed)


def folder_of(path: Path, home: Path) -> Path:
    """Where the tiles of a file's present state lie, or will lie."""
    state = path.stat()
    told = f"{tiling.TILE}\n{path}\n{state.st_mtime_ns}\n{state.st_size}"
    return home / blake3(told.encode(errors="surrogatepass")).hexdigest(length=16)


def is_ready(folder: Path) -> bool:
    """Whether the tiles are there; they count as looked at."""
    try:
        os.utime(folder / _DONE)
    except OSError:
        return False
    return True


def build(path: Path, folder: Path, stopped: Callable[[], bool]) -> None:
    """Makes all tiles of a picture in `folder`, which is there only when all of them are. Raises
    FileError, OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_left_over(folder.parent)
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    try:
        made = tiling.cut(path, part, stopped)
        done = Done("image/webp" if made.alpha else "image/jpeg", made.size_bytes)
        (part / _DONE).write_bytes(msgspec.json.encode(done))
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _forget(folder)


def _read(folder: Path, level: int, x: int, y: int) -> Tile:
    done = msgspec.json.decode((folder / _DONE).read_bytes(), type=Done)
    return Tile((folder / str(level) / f"{x}_{y}").read_bytes(), done.content_type)


def _forget(newest: Path) -> None:
    """Removes the tiles that were looked at longest ago, until all fit."""
    found: list[tuple[float, int, Path]] = []
    for path in newest.parent.glob(f"*/{_DONE}"):
        with contextlib.suppress(OSError, msgspec.DecodeError):
            done = msgspec.json.decode(path.read_bytes(), type=Done)
            found.append((path.stat().st_mtime, done.size_bytes, path.parent))
    size = 0
    for _, bytes_, folder in sorted(found, reverse=True):
        size += bytes_
        if size > _MOST_BYTES and folder != newest:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_left_over(home: Path) -> None:
    """Removes what a process left that was killed."""
    for part in home.glob("*.part"):
        pid = part.name.split(".")[-2]
        if pid.isdecimal() and not alive(int(pid)):
            shutil.rmtree(part, ignore_errors=True)
