"""Plucked strings: guitar and bass."""

from __future__ import annotations

import numpy as np

from .modal import Modes, Wave, hertz, ring, risen


def guitar(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A nylon-strung guitar plucked near the rosette.

    The linear string of Karplus and Strong written as its modes: partial n at sin(n pi p) for a
    pluck at p of the length, losses that grow with the square of frequency as in their averaging
    loop (Jaffe and Smith, Extensions of the Karplus-Strong Plucked-String Algorithm, 1983). The
    two polarisations of each partial beat a little.
    """
    base = hertz(pitch)
    order = np.arange(1.0, 25.0)
    levels = np.abs(np.sin(np.pi * order * 0.19)) / order**1.35
    levels *= np.exp(-base * order / (1500.0 + 2600.0 * strength))
    body = 1.7 * 2.0 ** (-(pitch - 50) / 20.0)
    seconds_each = body / (1.0 + (base * order / 900.0) ** 2 * 0.35)
    across = Modes(base * order, levels, seconds_each)
    along = Modes(base * order * 1.0009, 0.5 * levels, seconds_each * 1.5)
    return risen(ring(across.joined(along), int(seconds * rate), rate), 0.002, rate)


def bass(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A bass guitar with its tone knob closed: round, with enough overtones for a small speaker."""
    base = hertz(pitch)
    order = np.arange(1.0, 9.0)
    levels = np.array([1.0, 0.75, 0.45, 0.25, 0.15, 0.09, 0.05, 0.03])
    levels = levels * (0.45 + 0.75 * strength) ** ((order - 1) * 0.6)
    body = 1.5 * 2.0 ** (-(pitch - 33) / 30.0)
    modes = Modes(base * order, levels, body / (1.0 + 0.55 * (order - 1)))
    return risen(ring(modes, int(seconds * rate), rate), 0.007, rate)
