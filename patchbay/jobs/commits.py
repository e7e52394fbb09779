"""What is to be on disk before anyone hears of it: all of one turn of the loop in one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from patchbay.errors import StoreError
from patchbay.jobs.table import Table

_AGAIN_SECONDS = 1.0

Write = Callable[[], None]


class Commits:
    """Writes to the table until it takes them: a disk that is full, or another program that holds
    the table, delays what happens but changes nothing of it. Used from the loop's thread."""

    def __init__(self, table: Table, warn: Callable[[str], None]) -> None:
        self._table = table
        self._warn = warn
        self._writes: list[tuple[Write, asyncio.Future[None]]] = []
        self._due: asyncio.Handle | None = None
        self._complained = False
        self._last = False

    def put(self, write: Write) -> asyncio.Future[None]:
        """Done once `write` is on disk. Raises StoreError when that cannot be while the process
        ends."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._writes.append((write, done))
        if self._due is None:
            self._due = loop.call_soon(self._commit_soon)
        return done

    def hurry(self) -> None:
        """The process ends: what waits is tried once more, and nothing is waited for any more."""
        self._last = True
        if self._due is not None:
            self._due.cancel()
            self._due = asyncio.get_running_loop().call_soon(self._commit)

    def _commit_soon(self) -> None:
        """A turn later whoever wants to know waits, and all of them are woken in order."""
        self._due = asyncio.get_running_loop().call_soon(self._commit)

    def _commit(self) -> None:
        self._due = None
        writes, self._writes = self._writes, []
        try:
            with self._table.together():
                for write, _ in writes:
                    write()
        except StoreError as error:
            self._fail(writes, error)
            return
        self._complained = False
        for _, done in writes:
            if not done.done():
                done.set_result(None)

    def _fail(self, writes: list[tuple[Write, asyncio.Future[None]]], error: StoreError) -> None:
        if self._last:
            for _, done in writes:
                if not done.done():
                    done.set_exception(error)
            return
        if not self._complained:
            self._complained = True
            self._warn(f"{error.message}; jobs wait until it can")
        self._writes = writes + self._writes
        self._due = asyncio.get_running_loop().call_later(_AGAIN_SECONDS, self._commit)
