"""Nodes that let their sound be heard while they make it."""

from __future__ import annotations

import numpy as np

from patchbay import Audio, Context, Expand, SoFar, node

from ._notes import gate, wait_at

RATE_HZ = 8_000


def ramp(start: int, frames: int) -> np.ndarray:
    """Frames that each say where they stand, in steps of 16 bits."""
    return (np.arange(start, start + frames, dtype=np.float32) / 32_767)[None]


@node(category="test", resource="cpu")
def grow(ctx: Context, seconds: int = 2) -> Audio:
    """A sound that grows by a second at each gate."""
    samples = np.zeros((1, seconds * RATE_HZ), np.float32)
    for second in range(seconds):
        at = second * RATE_HZ
        samples[:, at : at + RATE_HZ] = ramp(at, RATE_HZ)
        ctx.progress(second + 1, seconds, SoFar(samples[:, : at + RATE_HZ], RATE_HZ))
        gate(f"grown {second + 1}").set()
        wait_at(f"grow {second + 1}")
    return Audio(samples, RATE_HZ)


@node(category="test", resource="cpu")
def grow_piece(ctx: Context, number: int, before: Audio | None = None) -> Audio:
    """A second of a longer sound, half of it over the piece before."""
    start = number * RATE_HZ // 2
    samples = ramp(start, RATE_HZ)
    ctx.progress(1, 1, SoFar(samples, RATE_HZ, start / RATE_HZ))
    gate(f"grown {number}").set()
    wait_at(f"grow {number}")
    return Audio(samples, RATE_HZ)


@node(category="test", expands=True)
def grow_on(ctx: Context) -> Audio | Expand:
    """Two pieces, one after the other, heard as one."""
    nodes = {
        "first": {"class_type": "GrowPiece", "inputs": {"number": 0}},
        "next": {"class_type": "GrowPiece", "inputs": {"number": 1, "before": ["first", 0]}},
    }
    return Expand(nodes, (["next", 0],))


@node(category="test", sink=True)
def listen_to(audio: Audio) -> None:
    """Takes the sound."""


@node(category="test", resource="cpu")
def chatter(ctx: Context, times: int = 20) -> Audio:
    """Shows its sound far more often than anyone can look at it."""
    samples = ramp(0, times)
    for done in range(1, times + 1):
        ctx.progress(done, times, SoFar(samples[:, :done], RATE_HZ))
    return Audio(samples, RATE_HZ)
