"""Nodes for measuring a server; `benchmarks/comfyui_pack` has the same for a ComfyUI."""

from __future__ import annotations

import time

from patchbay import Context, node


@node(category="benchmark", resource="inline")
def bench_number(value: int = 0) -> int:
    """Gives a number."""
    return value


@node(category="benchmark", resource="inline")
def bench_add(a: int = 0, b: int = 0) -> int:
    """Adds two numbers."""
    return a + b


@node(category="benchmark", resource="inline", sink=True)
def bench_show(value: int, ctx: Context) -> None:
    """Ends a graph: shows a number."""
    ctx.show("text", str(value))


@node(category="benchmark", resource="io")
def bench_sleep(value: int = 0, seconds: float = 1.0) -> int:
    """Passes a number on after a time in which nothing can stop it."""
    time.sleep(seconds)
    return value


@node(category="benchmark", resource="io")
def bench_steps(ctx: Context, value: int = 0, steps: int = 10, seconds: float = 0.1) -> int:
    """Passes a number on after steps that each take some seconds and report progress."""
    for step in range(steps):
        time.sleep(seconds)
        ctx.progress(step + 1, steps)
    return value
