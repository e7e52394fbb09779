"""What the test nodes leave behind for the tests: which calls ran, and gates to hold them at."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any


class Gate(threading.Event):
    """An event that tasks on an event loop may wait for too."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def set(self) -> None:
        super().set()
        for loop, opened in self._waiting:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(opened.set)

    async def stay(self) -> None:
        """Returns when the gate is open."""
        opened = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), opened))
        if not self.is_set():
            await opened.wait()


CALLS: list[str] = []
WORLD: dict[str, Any] = {}
# Long enough for the slowest machine; only a broken engine ever waits this long.
PATIENCE_SECONDS = 60
_GATES: dict[str, Gate] = {}
_LOCK = threading.Lock()


def note(name: str, *given: Any) -> None:
    """Keeps that a node's function was called, as in `Add(1, 2)`."""
    CALLS.append(f"{name}({', '.join(map(repr, given))})")


def gate(name: str) -> Gate:
    """The gate with this name: nodes wait at it until a test, or another node, opens it."""
    with _LOCK:
        return _GATES.setdefault(name, Gate())


def wait_at(name: str) -> None:
    """Waits until the gate is open."""
    assert gate(name).wait(PATIENCE_SECONDS), f"nobody opened the gate {name!r}"


async def stay_at(name: str) -> None:
    """Waits until the gate is open, on the event loop."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await gate(name).stay()


def reset() -> None:
    """Forgets everything, between tests."""
    CALLS.clear()
    WORLD.clear()
    _GATES.clear()
