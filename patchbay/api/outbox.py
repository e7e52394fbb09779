"""What waits to be sent to one socket: whole while its client reads, bounded when it does not."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from patchbay.comfy.messages import Message

# Up to here nothing is given up. Beyond it a client that has stopped reading is told where things
# stand and not how they came to be so. One that reads, however slowly, still gets everything.
SOFT_BYTES = 1 << 20
STALLED_SECONDS = 10.0
# From here on nobody is waited for: more than all that a graph of 100,000 nodes has to say.
HARD_BYTES = 64 << 20
# A client for which more than this is left even then has to come back and ask anew.
LEFT_BYTES = 16 << 20
# What a message takes in memory besides its bytes.
_OVERHEAD_BYTES = 200
# Each of these says all that the one before it said, for its job.
_LATEST = ("status", "progress", "progress_state", "preview", "text", "patchbay.progress", "logs")
# Of these the last is enough to know where a job is.
_STEPS = ("executing", "execution_cached", "patchbay.step")
_OVERTAKEN = frozenset((*_LATEST, *_STEPS))


class Outbox:
    """Messages in order. `overflowed` when even the latest state is too much to hold; `dropped`
    counts what was given up. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._limit_bytes = SOFT_BYTES
        self._clock = clock
        self._taken = clock()
        self.dropped = 0
        self.overflowed = False

    def __bool__(self) -> bool:
        return bool(self._messages)

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def size_bytes(self) -> int:
        """What the messages take in memory, about."""
        return self._bytes

    def add(self, message: Message) -> None:
        """Adds a message, and gives up what was overtaken if nobody takes them."""
        if not self._messages:  # whoever had nothing to read did not stop reading
            self._taken = self._clock()
        elif len(self._messages) > 4 and self._messages[-1].type == message.type == "status":
            self._drop(self._messages.pop())
        self._messages.append(message)
        self._bytes += _size(message)
        if self._bytes > self._limit_bytes and (
            self._bytes > HARD_BYTES or self._clock() - self._taken > STALLED_SECONDS
        ):
            self._shrink()

    def take(self) -> Message:
        """The next message to send."""
        message = self._messages.popleft()
        self._bytes -= _size(message)
        self._taken = self._clock()
        if not self._messages:
            self._limit_bytes = SOFT_BYTES
        return message

    def _shrink(self) -> None:
        """Keeps of what repeats itself the last, and of steps the last of each job."""
        seen: set[tuple[str, str]] = set()
        kept: deque[Message] = deque()
        while self._messages:
            message = self._messages.pop()
            kind = (message.type, message.job)
            if message.type in _OVERTAKEN and kind in seen:
                self._drop(message)
                continue
            seen.add(kind)
            kept.appendleft(message)
        self._messages = kept
        # Shrinking costs a look at every message: the next one is due when as many have come again.
        self._limit_bytes = max(SOFT_BYTES, 2 * self._bytes)
        self.overflowed = self._bytes > LEFT_BYTES

    def _drop(self, message: Message) -> None:
        self._bytes -= _size(message)
        self.dropped += 1


def _size(message: Message) -> int:
    return len(message.data) + len(message.plain or b"") + _OVERHEAD_BYTES
