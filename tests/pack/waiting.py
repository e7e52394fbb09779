"""Nodes that show what runs side by side, and what stops when asked."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from patchbay import CancelledError, Context, node

from ._notes import PATIENCE_SECONDS, WORLD, gate, note, stay_at, wait_at


def _meet() -> None:
    """Returns only when two callers are here at the same moment."""
    WORLD.setdefault("threads", threading.Barrier(2)).wait(PATIENCE_SECONDS)


@node(category="test", resource="cpu")
def meet(value: int) -> int:
    """Waits in a worker thread until another node does so too."""
    _meet()
    note("Meet", value)
    return value


@node(category="test", resource="io")
def meet_waiting(value: int) -> int:
    """Waits for the outside world until another node does so too."""
    _meet()
    note("MeetWaiting", value)
    return value


@node(category="test", resource="io")
async def meet_async(value: int) -> int:
    """Waits on the event loop until another node does so too."""
    barrier = WORLD.setdefault("tasks", asyncio.Barrier(2))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await barrier.wait()
    note("MeetAsync", value)
    return value


@node(category="test", resource="gpu")
def render(value: int) -> int:
    """Uses the device, and notices when another node uses it at the same time."""
    lane = WORLD.setdefault("lane", threading.Lock())
    assert lane.acquire(blocking=False), "two nodes use one device"
    try:
        for _ in range(20_000):
            pass
        note("Render", value)
        return value
    finally:
        lane.release()


@node(category="test", resource="cpu")
def hold(value: int, at: str = "gate") -> int:
    """Says that it is there, then waits at a gate."""
    note("Hold", value)
    gate(f"{at} reached").set()
    wait_at(at)
    return value


@node(category="test", resource="cpu")
def hold_or_fail(value: int) -> int:
    """Fails for 0, but only once another call waits at the gate."""
    if value == 0:
        wait_at("gate reached")
        raise RuntimeError("zero")
    note("HoldOrFail", value)
    gate("gate reached").set()
    wait_at("gate")
    return value


@node(category="test", resource="io")
async def hold_async(value: int, at: str = "gate") -> int:
    """Says that it is there, then waits at a gate, on the event loop."""
    note("HoldAsync", value)
    gate(f"{at} reached").set()
    await stay_at(at)
    return value


@node(category="test", resource="inline")
def open_gate(value: int, at: str = "gate") -> int:
    """Opens a gate."""
    note("OpenGate", value)
    gate(at).set()
    return value


@node(category="test", resource="cpu")
def steps(total: int, pause_at: int = -1, ctx: Context = None) -> int:  # type: ignore[assignment]
    """Reports each step; before `pause_at` it waits at the gate."""
    for step in range(total):
        if step == pause_at:
            gate("paused").set()
            wait_at("gate")
        note("step", step)
        ctx.progress(step, total)
    return total


@node(category="test", resource="io")
async def steps_async(total: int, ctx: Context) -> int:
    """Reports each step, and after the first waits for ever."""
    for step in range(total):
        note("step", step)
        ctx.progress(step, total)
        await asyncio.Event().wait()
    return total


@node(category="test", resource="cpu")
def look(ctx: Context) -> str:
    """Looks whether it was cancelled instead of reporting progress."""
    gate("paused").set()
    wait_at("gate")
    note("Look", ctx.cancelled)
    if ctx.cancelled:
        raise CancelledError("stopped by itself")
    return "went on"


@node(category="test", resource="cpu")
def previews(total: int, ctx: Context) -> int:
    """Shows something at each step, which is never dropped."""
    for step in range(total):
        ctx.progress(step, total, preview=f"step {step}")
    return total


@node(category="test", resource="cpu")
def scribble(value: Any, ctx: Context) -> str:
    """Leaves a file in its scratch folder and says where."""
    path = ctx.scratch / "sketch.txt"
    assert not list(ctx.scratch.iterdir())
    path.write_text(str(value))
    note("Scribble", path.read_text())
    return str(ctx.scratch)
