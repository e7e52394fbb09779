"""Sustained instruments: pads and strings as endless ensembles, flute and lead as one breath."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .modal import Wave, band_noise, hertz, risen
from .streams import stream

_TABLE_SECONDS = 2.6


def soft_pad(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A warm analogue pad, (2, frames)."""
    order = np.arange(1.0, 13.0)
    levels = order**-1.5 * np.exp(-hertz(pitch) * order / 1900.0)
    return risen(_ensemble(pitch, levels, 22.0, seconds, rate), 0.45, rate)


def strings(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A small string section with mutes on, (2, frames)."""
    order = np.arange(1.0, 21.0)
    levels = order**-1.0 * np.exp(-hertz(pitch) * order / 2600.0)
    levels[1::3] *= 0.8
    return risen(_ensemble(pitch, levels, 34.0, seconds, rate), 0.28, rate)


def flute(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """A wooden flute: few overtones, a vibrato that comes in late, a breath in the attack."""
    frames = int(seconds * rate)
    levels = np.array([1.0, 0.22 + 0.2 * strength, 0.12, 0.04])
    wave = _sung(pitch, levels, frames, rate, depth=0.0045)
    breath = band_noise(stream(pitch, "breath"), frames, hertz(pitch), 3.0 * hertz(pitch), rate)
    time = np.arange(frames) / rate
    wave += (0.018 + 0.07 * np.exp(-time / 0.06)).astype(np.float32) * breath
    return risen(wave, 0.07, rate)


def synth_lead(pitch: int, strength: float, seconds: float, rate: float) -> Wave:
    """Two filtered triangles a few cents apart, closing as they fade."""
    frames = int(seconds * rate)
    order = np.arange(1.0, 10.0)
    levels = np.where(order % 2 == 1, 1.0, 0.35) / order**1.5
    levels *= np.exp(-hertz(pitch) * order / (1400.0 + 1400.0 * strength))
    wave = _sung(pitch - 0.04, levels, frames, rate, depth=0.003)
    wave += _sung(pitch + 0.05, levels, frames, rate, depth=0.003)
    time = np.arange(frames, dtype=np.float32) / np.float32(rate)
    return risen(0.6 * wave * (0.45 + 0.55 * np.exp(-time / 0.9)), 0.03, rate)


def _ensemble(
    pitch: int, levels: NDArray[np.float64], cents: float, seconds: float, rate: float
) -> Wave:
    """A slice (2, frames) of an endless loop in which each partial is a band, not a line.

    P. O. Nasca's PADsynth: Gaussian bands whose width grows with the partial, random phases,
    one inverse transform. Left and right are distant parts of the same loop.
    """
    size = 1 << int(np.ceil(np.log2(_TABLE_SECONDS * rate)))
    bins = np.arange(size // 2 + 1) * (rate / size)
    spectrum = np.zeros(bins.size, dtype=np.float32)
    for order, level in enumerate(levels, start=1):
        centre = hertz(pitch) * order
        width = centre * (2.0 ** (cents / 1200.0) - 1.0)
        if centre + 3.0 * width > 0.45 * rate:
            break
        low, high = np.searchsorted(bins, (centre - 3.5 * width, centre + 3.5 * width))
        shape = np.exp(-(((bins[low:high] - centre) / width) ** 2))
        spectrum[low:high] += level * shape / max(np.sqrt(np.sum(shape**2)), 1e-9)
    turns = np.float32(2.0 * np.pi) * stream(pitch, "ensemble").random(bins.size, dtype=np.float32)
    table = np.fft.irfft(spectrum * (np.cos(turns) + np.complex64(1j) * np.sin(turns)), size)
    frames = np.arange(int(seconds * rate))
    offsets = np.array([[0], [size // 2 + 977]])
    table *= 0.3535 * size
    return np.asarray(table.take((frames + offsets) % size), dtype=np.float32)


def _sung(
    pitch: float, levels: NDArray[np.float64], frames: int, rate: float, *, depth: float
) -> Wave:
    """A tone of harmonics with a vibrato of `depth` (fraction of pitch) that grows, (frames,)."""
    time = np.arange(frames) / rate
    base = hertz(pitch)
    wobble = 2.0 * np.pi * 4.9
    grown = np.clip((time - 0.15) / 0.5, 0.0, 1.0)
    phase = base * time - base * depth / wobble * grown * np.cos(wobble * time)
    turn = np.exp(2j * np.pi * (phase - np.floor(phase))).astype(np.complex64)
    kept = [float(level) for index, level in enumerate(levels) if base * (index + 1) < 0.45 * rate]
    total = np.zeros(frames, dtype=np.complex64)
    for level in reversed(kept):
        total = (total + np.float32(level)) * turn
    return np.ascontiguousarray(total.imag)
