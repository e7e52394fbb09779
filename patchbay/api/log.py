"""The last lines of the log, kept in memory for those who watch the server from afar."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

_LINES = 1_000
_MOST_CHARACTERS = 4_000
_LINES_PER_SECOND = 200
# Lines reach listeners in bunches: a socket message for each would be many times their size.
_BUNCH_SECONDS = 0.1
_SECRET = re.compile(r"((?:[?&]token=|patchbay_token=|\bbearer\s+))[^\s&;\"',]+", re.IGNORECASE)
# What a terminal would obey and a reader would not see, such as ANSI's escapes.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


class Line(Struct, frozen=True):
    """`t` is the local time in ISO 8601, `m` the message with its line end."""

    t: str
    m: str


Listener = Callable[[Sequence[Line]], None]


class Log(logging.Handler):
    """A logging handler that keeps the last lines, without tokens, from any thread.

    A flood is cut to 200 lines a second; how many were left out is a line of its own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._lines: deque[Line] = deque(maxlen=_LINES)
        self._clock = clock
        self._second = clock()
        self._taken = self._left_out = 0
        self._ears: list[_Ear] = []

    @property
    def lines(self) -> list[Line]:
        """Oldest first."""
        self.acquire()
        try:
            return list(self._lines)
        finally:
            self.release()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tells new lines, in bunches, in the event loop that this is called from; the function
        that is returned ends it."""
        ear = _Ear(listener, asyncio.get_running_loop())
        self._ears = [*self._ears, ear]

        def end() -> None:
            self._ears = [other for other in self._ears if other is not ear]

        return end

    def emit(self, record: logging.LogRecord) -> None:
        """Called by logging, which holds this handler's lock."""
        now = self._clock()
        if now - self._second >= 1:
            if self._left_out:
                self._add(record.created, f"{self._left_out} lines were left out here")
            self._second, self._taken, self._left_out = now, 0, 0
        if self._taken >= _LINES_PER_SECOND:
            self._left_out += 1
            return
        self._taken += 1
        try:
            text = self.format(record)
        except Exception:  # a log call with wrong arguments must not stop what it tells of
            self.handleError(record)
            return
        self._add(record.created, text)

    def _add(self, seconds: float, text: str) -> None:
        line = Line(datetime.fromtimestamp(seconds).isoformat(), harmless(text) + "\n")
        self._lines.append(line)
        for ear in self._ears:
            ear.tell(line)


class _Ear:
    """A listener with the lines that wait for it."""

    def __init__(self, listener: Listener, loop: asyncio.AbstractEventLoop) -> None:
        self._listener = listener
        self._loop = loop
        self._waiting: list[Line] = []
        self._lock = threading.Lock()

    def tell(self, line: Line) -> None:
        with self._lock:
            self._waiting.append(line)
            if len(self._waiting) > 1:
                return
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.call_later, _BUNCH_SECONDS, self._pass_on)

    def _pass_on(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        self._listener(waiting)


def harmless(text: str) -> str:
    """A log text without tokens and controls, at most 4,000 characters long."""
    if len(text) > _MOST_CHARACTERS:
        text = text[:_MOST_CHARACTERS] + " …"
    return _CONTROL.sub("", _SECRET.sub(r"\1…", text))
