"""The stream of events: what happened lately, and who listens.

Nothing is encoded while nobody listens. What a listener is behind with is bounded: of a node's
progress only the latest is kept, and one who falls far behind is told that he missed something.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from patchbay.api.native import name_of, native_json
from patchbay.errors import TooManyError
from patchbay.events import Event, Finished, NodeProgress
from patchbay.jobs.queue import Active, Queue
from patchbay.jobs.records import Ended, Status
from patchbay.types import JobId

_REMEMBERED = 2_000  # events that a listener may have missed and still be told
_MOST_BEHIND_BYTES = 1 << 20
_QUEUE_SECONDS = 0.05  # changes of the queue within this time are one event


class Happening(Struct, frozen=True, gc=False):
    """An event and its number."""

    number: int
    job: str
    client: str | None
    event: Event


class Listener:
    """One stream. `job` and `client` leave only what concerns them."""

    def __init__(self, job: str, client: str) -> None:
        self.job = job
        self.client = client
        self.wake = asyncio.Event()
        self.missed = False
        self._waiting: dict[Any, bytes] = {}
        self._bytes = 0

    def wants(self, job: str, client: str | None) -> bool:
        """Whether an event concerns this listener."""
        return (not self.job or self.job == job) and (not self.client or self.client == client)

    def add(self, key: Any, data: bytes) -> None:
        """Puts something in line; what has the same key is replaced."""
        before = self._waiting.pop(key, b"")
        self._waiting[key] = data
        self._bytes += len(data) - len(before)
        if self._bytes > _MOST_BEHIND_BYTES:
            self._waiting.clear()
            self._bytes = 0
            self.missed = True
        self.wake.set()

    def take(self) -> bytes:
        """All that waits."""
        self.wake.clear()
        data = b"".join(self._waiting.values())
        self._waiting.clear()
        self._bytes = 0
        if self.missed:
            self.missed = False
            return message("missed", {"why": "you read too slowly"}) + data
        return data


class Feed:
    """Hears the queue from the first listener on, and remembers the last events from then on."""

    def __init__(self, queue: Queue, most: int, debug: bool) -> None:
        self._queue = queue
        self._most = most
        self._debug = debug
        # Numbers of another process would mean other events.
        self._name = f"{int(time.time() * 1000):x}"
        self._number = 0
        self._past: deque[Happening] = deque(maxlen=_REMEMBERED)
        self._listeners: set[Listener] = set()
        self._hearing = False
        self._due: asyncio.TimerHandle | None = None
        self._told: str | None = None
        self.closed = False

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self, job: str, client: str, last_id: str) -> Listener:
        """A new listener, with what it missed since the event `last_id`. Raises TooManyError."""
        if len(self._listeners) >= self._most:
            raise TooManyError(f"{self._most} streams are open already: close one, or wait")
        self._hear()
        listener = Listener(job, client)
        self._listeners.add(listener)
        if last_id:
            self._catch_up(listener, last_id)
        listener.add("queue", self._queue_message())
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def close(self) -> None:
        """Ends all streams."""
        self.closed = True
        if self._due is not None:
            self._due.cancel()
        for listener in self._listeners:
            listener.wake.set()

    def _hear(self) -> None:
        if not self._hearing:
            self._hearing = True
            self._queue.listeners.heard.append(self._heard)
            self._queue.listeners.changed.append(self._changed)
            self._queue.listeners.ended.append(self._ended)

    def _heard(self, active: Active, event: Event) -> None:
        if type(event) is Finished:
            self._told = active.id
            self._changed()
        self._tell(event, active.client)

    def _ended(self, id_: str, webhook: str, status: Status, ended: Ended) -> None:
        """A job that was taken out before it ran has no events of its own."""
        if self._told == id_:
            self._told = None
        else:
            self._tell(Finished(JobId(id_), time.time(), status, 0.0), None)

    def _tell(self, event: Event, client: str | None) -> None:
        self._number += 1
        happening = Happening(self._number, event.job, client, event)
        progress = type(event) is NodeProgress
        if not progress:
            self._past.append(happening)
        told = [one for one in self._listeners if one.wants(event.job, client)]
        if told:
            data = self._encoded(happening)
            key = (event.job, event.node) if isinstance(event, NodeProgress) else happening.number
            for listener in told:
                listener.add(key, data)

    def _encoded(self, happening: Happening) -> bytes:
        facts = native_json(happening.event, traceback=self._debug)
        id_ = "" if type(happening.event) is NodeProgress else f"{self._name}-{happening.number}"
        return message(name_of(happening.event), facts, id_)

    def _catch_up(self, listener: Listener, last_id: str) -> None:
        name, _, number = last_id.rpartition("-")
        last = int(number[:18]) if number.isascii() and number.isdigit() else 0
        oldest = self._past[0].number if self._past else self._number + 1
        past = self._since(last) if name == self._name else None
        if past is None or (last < oldest - 1 and len(self._past) == _REMEMBERED):
            listener.add("missed", message("missed", {"why": "it is too long ago"}))
        for happening in past or ():
            if listener.wants(happening.job, happening.client):
                listener.add(happening.number, self._encoded(happening))

    def _since(self, last: int) -> Iterator[Happening]:
        return (happening for happening in tuple(self._past) if happening.number > last)

    def _changed(self) -> None:
        if self._listeners and self._due is None and not self.closed:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(_QUEUE_SECONDS, self._tell_queue)

    def _tell_queue(self) -> None:
        self._due = None
        data = self._queue_message()
        for listener in self._listeners:
            listener.add("queue", data)

    def _queue_message(self) -> bytes:
        running = list(self._queue.active)
        waiting = len(self._queue) - len(running)
        state = {
            "event": "queue",
            "at": time.time(),
            "running": running,
            "waiting": waiting,
            "paused": self._queue.paused,
        }
        return message("queue", state)


def message(name: str, data: Any, id_: str = "") -> bytes:
    """One event as the stream has it (the HTML standard, section 9.2)."""
    body = msgspec.json.encode(data, enc_hook=repr)
    head = f"id: {id_}\nevent: {name}\n" if id_ else f"event: {name}\n"
    return head.encode() + b"data: " + body + b"\n\n"
