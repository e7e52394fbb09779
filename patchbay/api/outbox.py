"""What waits to be sent to one socket: bounded, by giving up what has been overtaken."""

from __future__ import annotations

from collections import deque

from patchbay.comfy.messages import Message

# From here on a socket is slow: it is told where things stand, not how they came to be so.
_SOFT_BYTES = 1 << 20
_SOFT_MESSAGES = 4_000
_HARD_BYTES = 16 << 20
# Each of these says all that the one before it said, for its job.
_LATEST = ("status", "progress", "progress_state", "preview", "text", "patchbay.progress")
_STEPS = ("executing", "execution_cached", "patchbay.step")


class Outbox:
    """Messages in order. `overflowed` when even the latest state is too much to hold."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._limit_bytes, self._limit_messages = _SOFT_BYTES, _SOFT_MESSAGES
        self.dropped = 0

    def __bool__(self) -> bool:
        return bool(self._messages)

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def overflowed(self) -> bool:
        return self._bytes > _HARD_BYTES

    def add(self, message: Message) -> None:
        """Adds a message, and gives up older ones if there are too many."""
        last = self._messages[-1] if self._messages else None
        if last is not None and last.type == message.type == "status" and len(self._messages) > 4:
            self._drop(self._messages.pop())
        self._messages.append(message)
        self._bytes += len(message.data)
        if self._bytes > self._limit_bytes or len(self._messages) > self._limit_messages:
            self._shrink()

    def take(self) -> Message:
        """The next message to send."""
        message = self._messages.popleft()
        self._bytes -= len(message.data)
        if not self._messages:
            self._limit_bytes, self._limit_messages = _SOFT_BYTES, _SOFT_MESSAGES
        return message

    def _shrink(self) -> None:
        """Keeps of what repeats itself the last, and of steps the last of each job."""
        seen: set[tuple[str, str]] = set()
        kept: deque[Message] = deque()
        while self._messages:
            message = self._messages.pop()
            kind = (message.type, message.job)
            overtaken = message.type in _LATEST or message.type in _STEPS
            if overtaken and kind in seen and b'"node":null' not in message.data:
                self._drop(message)
                continue
            seen.add(kind)
            kept.appendleft(message)
        self._messages = kept
        # Shrinking costs a look at every message: the next one is due when as many have come again.
        self._limit_bytes = max(_SOFT_BYTES, 2 * self._bytes)
        self._limit_messages = max(_SOFT_MESSAGES, 2 * len(kept))

    def _drop(self, message: Message) -> None:
        self._bytes -= len(message.data)
        self.dropped += 1
