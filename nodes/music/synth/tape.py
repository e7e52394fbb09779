"""The tape machine: level, head bump and low-pass, saturation, wow and flutter, hiss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .modal import Wave, band_noise
from .span import Span, ramps
from .streams import stream

_CEILING = 0.90
# The middle of the keys' second to fourth overtones, more than two octaves wide.
_PRESENCE_HZ, _PRESENCE_Q, _PRESENCE_DB = 1700.0, 0.6, 5.0
# Frames between two exact values of the reading point; straight lines between them are off by
# less than a thousandth of a frame.
_GRID = 32
_HISS_LEVEL = 10.0 ** (-67.0 / 20.0)
# (speed of the deviation in Hz, its share of the whole). Wow is slow and large, flutter fast and
# small; meters divide them near 4 Hz. Unrelated speeds never come round in step.
_DEVIATIONS = ((0.43, 0.55), (0.97, 0.30), (2.1, 0.15), (8.7, 0.14), (13.3, 0.08))


def filtered(mix: Wave, cutoff_hz: float, rate: float) -> Wave:
    """The mix (2, frames) without DC, with some presence and the heads' fall towards the treble.

    Presence is what a desk's middle band adds: without it the keys' overtones lie 15 dB below
    their fundamentals, and the tape sounds as through a wall. The fall is of third order at
    `cutoff_hz`: what the saturation behind it triples stays below about 24 kHz.
    """
    from scipy.signal import butter, sosfilt

    low = butter(2, 24.0, "highpass", fs=rate, output="sos")
    high = butter(3, min(cutoff_hz, 0.42 * rate), fs=rate, output="sos")
    sections = np.concatenate([low, _bell(rate), high]).astype(np.float32)
    for side in mix:
        side[:] = sosfilt(sections, side)
    return mix


def _bell(rate: float) -> NDArray[np.float64]:
    """A peaking section (1, 6). Source: R. Bristow-Johnson, Audio EQ Cookbook."""
    amplitude = 10.0 ** (_PRESENCE_DB / 40.0)
    angle = 2.0 * np.pi * min(_PRESENCE_HZ, 0.3 * rate) / rate
    width = np.sin(angle) / (2.0 * _PRESENCE_Q)
    up, down, middle = width * amplitude, width / amplitude, -2.0 * np.cos(angle)
    section = np.array([[1.0 + up, middle, 1.0 - up, 1.0 + down, middle, 1.0 - down]])
    bell: NDArray[np.float64] = section / (1.0 + down)
    return bell


def saturated(mix: Wave) -> Wave:
    """The mix bent along u - u^3/3, in place: unity gain for soft sounds, never above 0.90.

    A cubic makes nothing above the third harmonic, so a low-passed signal does not alias; it is
    clipped where the curve is level, so the bend has no corner.
    """
    mix *= np.float32(1.0 / (1.5 * _CEILING))
    np.clip(mix, -1.0, 1.0, out=mix)
    mix *= np.float32(1.5 * _CEILING) * (1.0 - mix * mix * np.float32(1.0 / 3.0))
    return mix


def wavering(mix: Wave, span: Span, percent: float, seed: int) -> Wave:
    """The audible frames (2, span.frames) of a mix (2, span.size), read at a wavering speed.

    A speed that deviates by d sin(2 pi f t) shifts the reading point by d rate / (2 pi f); the
    wave between frames is a cubic through its four neighbours (Catmull and Rom).
    """
    phases = stream(seed, "wow").uniform(0.0, 1.0, len(_DEVIATIONS))
    reaches = [
        percent / 100.0 * share * span.rate / (2.0 * np.pi * hertz) for hertz, share in _DEVIATIONS
    ]
    delay = sum(reaches) + 2.0
    read = np.empty((2, span.frames), dtype=np.float32)
    for first in range(0, span.frames, 1 << 15):
        count = min(1 << 15, span.frames - first)
        at = np.arange(first, first + count, dtype=np.float64) + (span.preroll - delay)
        grid = np.arange(0, count + _GRID, _GRID) + (span.preroll + first)
        shift = np.zeros(grid.size)
        for (hertz, _), reach, phase in zip(_DEVIATIONS, reaches, phases, strict=True):
            shift += reach * np.sin(2.0 * np.pi * (span.cycles(hertz, grid) + phase))
        at += ramps(shift, _GRID)[:count]
        read[:, first : first + count] = _between(mix, at)
    return read


def _between(mix: Wave, at: NDArray[np.float64]) -> Wave:
    """The mix (2, frames) read at fractional frames, (2, at.size)."""
    whole = at.astype(np.intp)
    part = (at - whole).astype(np.float32)
    first, last = int(whole[0]) - 64, int(whole[-1]) + 64
    near = mix[:, max(first, 0) : last]
    whole -= max(first, 0)
    p0, p1, p2, p3 = (near.take(whole + step, axis=1) for step in (-1, 0, 1, 2))
    bent = 3.0 * (p1 - p2) + p3 - p0
    bent = (bent * part + (2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3)) * part + (p2 - p0)
    wave: Wave = p1 + np.float32(0.5) * part * bent
    return wave


def hiss(span: Span, seed: int) -> Wave:
    """Tape hiss (2, span.frames) at -67 dBFS: a long loop of shaped noise, placed absolutely."""
    size = 1 << int(np.ceil(np.log2(2.5 * span.rate)))
    noise = band_noise(stream(seed, "hiss"), size, 900.0, min(6500.0, 0.4 * span.rate), span.rate)
    noise *= np.float32(_HISS_LEVEL)
    begin = 0 if span.loops else span.start % size
    frames = np.arange(begin, begin + span.frames)
    return np.stack([noise.take(frames % size), noise.take((frames + size // 2) % size)])
