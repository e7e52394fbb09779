"""Nodes that fail, each in its own way and place."""

from __future__ import annotations

import enum
from typing import Any, Literal, NamedTuple

import numpy as np

from patchbay import Context, InputError, node

from ._notes import WORLD, note

Way = Literal["not", "error", "input", "exit", "interrupt", "base", "memory", "empty"]


class _StrangeError(BaseException):
    """Not even an Exception."""


def _fail(way: str) -> None:
    if way == "error":
        raise ValueError("a plain error")
    if way == "input":
        raise InputError("value 3: give 4 or more", input="value")
    if way == "exit":
        raise SystemExit(3)
    if way == "interrupt":
        raise KeyboardInterrupt
    if way == "base":
        raise _StrangeError("strange")
    if way == "memory":
        raise MemoryError
    if way == "empty":
        raise RuntimeError


@node(category="test", resource="inline")
def fail(value: int = 0, way: Way = "error") -> int:
    """Fails on the spot."""
    note("Fail", value)
    _fail(way)
    return value


@node(category="test", resource="cpu")
def fail_working(value: int = 0, way: Way = "error") -> int:
    """Fails in a worker thread."""
    note("FailWorking", value)
    _fail(way)
    return value


@node(category="test", resource="gpu")
def fail_rendering(value: int = 0, way: Way = "error") -> int:
    """Fails on the device."""
    note("FailRendering", value)
    _fail(way)
    return value


@node(category="test", resource="io")
def fail_waiting(value: int = 0, way: Way = "error") -> int:
    """Fails while waiting for the outside world."""
    note("FailWaiting", value)
    _fail(way)
    return value


@node(category="test", resource="io")
async def fail_async(value: int = 0, way: Way = "error") -> int:
    """Fails on the event loop."""
    note("FailAsync", value)
    _fail(way)
    return value


@node(category="test", resource="inline", pure=False)
def fail_until_cured(value: int) -> int:
    """Fails until the test has cured it."""
    note("FailUntilCured", value)
    if not WORLD.get("cured"):
        raise RuntimeError("not cured")
    return value


@node(category="test", resource="inline")
def fail_at(value: int, at: int) -> int:
    """Fails for one number only."""
    note("FailAt", value)
    if value == at and not WORLD.get("cured"):
        raise RuntimeError(f"cannot do {value}")
    return value


class Colour(enum.Enum):
    """No value that a wire knows."""

    RED = 1


@node(category="test", resource="inline")
def wrong(kind: Literal["text", "set", "enum", "none", "bool"] = "text") -> int:
    """Says that it gives a whole number, but does not."""
    given: Any = {"text": "x", "set": {1}, "enum": Colour.RED, "none": None, "bool": True}[kind]
    return given  # type: ignore[no-any-return]  # that is the point


class Two(NamedTuple):
    """Two outputs."""

    first: int
    second: int


@node(category="test", resource="inline")
def wrong_pair(size: int = 3) -> Two:
    """Says that it gives two numbers, but gives another number of them."""
    return (1,) * size  # type: ignore[return-value]  # that is the point


@node(category="test", resource="inline")
def from_numpy(value: int) -> int:
    """Gives numpy's whole number."""
    note("FromNumpy", value)
    return np.int64(value)  # type: ignore[return-value]  # many authors do so


@node(category="test", resource="inline")
def shows_object(ctx: Context) -> int:
    """Shows what no client can read."""
    ctx.show("things", object())
    return 1
