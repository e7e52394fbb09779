"""Thumbnails and waveforms that were made, kept while they are asked for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from patchbay import thumbnails, waveform
from patchbay.waveform import Outline

T = TypeVar("T")
# Thumbnails take some 10 KB, outlines 32 to 64 KB: 20 MB in all when both are full.
_MOST_THUMBNAILS = 1_000
_MOST_OUTLINES = 160
# Making one takes a core, and a picture up to 256 MB.
_AT_ONCE = 2


class Previews:
    """Makes each once, two at a time, in threads. A file that has changed is looked at anew."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._making: dict[Any, asyncio.Task[Any]] = {}
        self._thumbnails: OrderedDict[Any, bytes] = OrderedDict()
        self._outlines: OrderedDict[Any, Outline] = OrderedDict()
        self._closed = False

    async def thumbnail(self, path: Path, size: int) -> bytes:
        """A WEBP picture of a file. Raises FileError."""
        key = (*await _stamp(path), size)
        return await self._kept(
            self._thumbnails,
            key,
            _MOST_THUMBNAILS,
            lambda: thumbnails.of_file(path, size, self._stopped),
        )

    async def outline(self, path: Path) -> Outline:
        """The shape of the sound in a file. Raises FileError."""
        key = await _stamp(path)
        return await self._kept(
            self._outlines, key, _MOST_OUTLINES, lambda: waveform.of_file(path, self._stopped)
        )

    async def made(self, make: Callable[[], T]) -> T:
        """Something that is not kept, in its turn."""
        async with self._turn:
            return await asyncio.to_thread(make)

    def close(self) -> None:
        """Ends what is being made."""
        self._closed = True

    def _stopped(self) -> bool:
        return self._closed

    async def _kept(
        self, kept: OrderedDict[Any, T], key: Any, most: int, make: Callable[[], T]
    ) -> T:
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.ensure_future(self.made(make))
            task.add_done_callback(lambda done: self._keep(kept, key, most, done))
        # A client that goes away must not take it from another that waits for the same.
        found: Awaitable[T] = asyncio.shield(task)
        return await found

    def _keep(self, kept: OrderedDict[Any, T], key: Any, most: int, done: asyncio.Task[T]) -> None:
        self._making.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            kept[key] = done.result()
            if len(kept) > most:
                kept.popitem(last=False)


async def _stamp(path: Path) -> tuple[str, int, int]:
    """What changes when a file does."""
    stat = await asyncio.to_thread(path.stat)
    return (str(path), stat.st_mtime_ns, stat.st_size)
