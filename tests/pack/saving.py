"""Nodes that write files."""

from __future__ import annotations

from typing import Any, Literal

from patchbay import Context, node

from ._notes import gate, note, wait_at


@node(category="test", resource="cpu", sink=True)
def save_text(text: Any, ctx: Context, prefix: str = "note") -> None:
    """Saves a text."""
    note("SaveText", text)
    with ctx.saving(prefix, ".txt", "texts") as path:
        path.write_text(str(text), encoding="utf-8")


@node(category="test", resource="cpu", sink=True)
def save_half(text: Any, ctx: Context, prefix: str = "half") -> None:
    """Fails in the middle of saving."""
    note("SaveHalf", text)
    with ctx.saving(prefix, ".txt", "texts") as path:
        path.write_text("half")
        raise RuntimeError("the pen broke")


@node(category="test", resource="cpu", sink=True)
def save_slowly(text: Any, ctx: Context) -> None:
    """Stops in the middle of saving until the gate is opened."""
    with ctx.saving("slow", ".txt", "texts") as path:
        path.write_text("half")
        gate("paused").set()
        wait_at("gate")
        path.write_text(str(text))


@node(category="test", resource="cpu")
def save_in_passing(value: int, ctx: Context, folder: Literal["output", "temp"] = "output") -> int:
    """Saves although it is no sink."""
    with ctx.saving("passing", ".txt", "texts", folder) as path:
        path.write_text(str(value))
    return value


@node(category="test", resource="inline")
def remark(value: int, ctx: Context) -> int:
    """Says something and shows something."""
    note("Remark", value)
    ctx.say(f"it is {value}")
    ctx.show("numbers", value)
    return value
