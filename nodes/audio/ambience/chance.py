"""Chance in absolute time: every second of every layer has its own numbers, whoever asks for it."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

# Slow curves are computed this often and drawn as straight lines between.
CONTROL_HZ = 100
# Scenes begin a little before zero; numpy's seeds must not be negative.
_EARLIEST_SECOND = 1 << 20


def numbers(seed: int, layer: str, second: int) -> np.random.Generator:
    """The random numbers of one second of one layer, the same on every call."""
    words = [seed % (1 << 64), crc32(layer.encode()), second + _EARLIEST_SECOND]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(words)))


def wander(seed: int, layer: str, second: int, period_seconds: float) -> Values:
    """A smooth random curve through one second, CONTROL_HZ + 1 values: mean 0, deviation about 0.8.

    Random values every `period_seconds` with a cubic between (Catmull and Rom 1974), and half as
    much of the same four times as slow, so that no pace stands out. It never repeats.
    """
    at = second + np.arange(CONTROL_HZ + 1) / CONTROL_HZ
    curve = _curve(seed, layer, at / period_seconds)
    curve += 0.5 * _curve(seed, layer + " slow", at / (4.1 * period_seconds))
    return curve


def drawn(curve: Values, frames: int) -> NDArray[np.float32]:
    """One second's curve or curves (…, CONTROL_HZ + 1) as straight lines over `frames` frames."""
    at = np.arange(frames) * (CONTROL_HZ / frames)
    left = at.astype(np.int64)
    part = (at - left).astype(np.float32)
    curve = curve.astype(np.float32)
    rise = np.diff(curve, axis=-1)
    return np.asarray(curve[..., left] + rise[..., left] * part)


def _curve(seed: int, layer: str, at: Values) -> Values:
    knots = np.floor(at).astype(np.int64)
    part = at - knots
    before, left, right, after = (_uniform(seed, layer, knots + step) for step in (-1, 0, 1, 2))
    slope_left, slope_right = (right - before) / 2, (after - left) / 2
    bend = 2 * left - 2 * right + slope_left + slope_right
    turn = 3 * (right - left) - 2 * slope_left - slope_right
    return np.asarray(((bend * part + turn) * part + slope_left) * part + left)


def _uniform(seed: int, layer: str, index: NDArray[np.int64]) -> Values:
    """Numbers of deviation 1 by index alone: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    # Another factor for the seed than for the index: else the next seed was the next knot's curve.
    start = (seed * 0xD1342543DE82EF95 + (crc32(layer.encode()) << 32)) % (1 << 64)
    with np.errstate(over="ignore"):
        word = np.uint64(start) + index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        word ^= word >> np.uint64(31)
    return np.asarray((word >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5) * 12**0.5
