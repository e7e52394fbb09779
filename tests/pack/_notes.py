"""What the test nodes leave behind for the tests: which calls ran, and gates to hold them at."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

CALLS: list[str] = []
WORLD: dict[str, Any] = {}
# Long enough for the slowest machine; only a broken engine ever waits this long.
PATIENCE_SECONDS = 60
_GATES: dict[str, threading.Event] = {}
_LOCK = threading.Lock()


def note(name: str, *given: Any) -> None:
    """Keeps that a node's function was called, as in `Add(1, 2)`."""
    CALLS.append(f"{name}({', '.join(map(repr, given))})")


def gate(name: str) -> threading.Event:
    """The gate with this name: nodes wait at it until a test, or another node, opens it."""
    with _LOCK:
        return _GATES.setdefault(name, threading.Event())


def wait_at(name: str) -> None:
    """Waits until the gate is open."""
    assert gate(name).wait(PATIENCE_SECONDS), f"nobody opened the gate {name!r}"


async def stay_at(name: str) -> None:
    """Waits until the gate is open, on the event loop."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not gate(name).is_set():
            await asyncio.sleep(0)


def reset() -> None:
    """Forgets everything, between tests."""
    CALLS.clear()
    WORLD.clear()
    _GATES.clear()
