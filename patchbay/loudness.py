"""How loud sound is to a listener: ITU-R BS.1770-4 loudness with the gating of EBU R 128."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, log10, pi, tan

import numpy as np
from numpy.typing import NDArray

from patchbay.channels import LAYOUTS
from patchbay.errors import InputError
from patchbay.media import Audio

Levels = NDArray[np.float64]

# BS.1770-4 annex 1: gating blocks of 400 ms that overlap by 75 %, and the two thresholds.
_HOP_SECONDS = 0.1
_BLOCK_HOPS = 4
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_OFFSET_LU = -0.691
# What the filter reads at a time: 5 s of 8 channels at 48 kHz are 15 MB as float64.
_READ_HOPS = 50


def loudness(audio: Audio) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4, gated); -inf when all lies under -70 LUFS.

    Channels count as in `channels.LAYOUTS`; one channel alone counts once, so mono reads 3 LU
    under the same sound in two channels. Sound shorter than 0.4 s is measured as one block.
    """
    powers = _measured(audio, _HOP_SECONDS, _BLOCK_HOPS).windowed(_BLOCK_HOPS)
    heard = powers[powers > _power(_ABSOLUTE_GATE_LUFS)]
    if not heard.size:
        return -inf
    gate = float(heard.mean()) * 10 ** (_RELATIVE_GATE_LU / 10)
    return _lufs(float(heard[heard > gate].mean()))


def short_term(audio: Audio, window_seconds: float = 3.0, hop_seconds: float = 0.1) -> Levels:
    """Ungated loudness in LUFS of windows that start every `hop_seconds`; EBU Tech 3341 uses 3 s.

    Value k covers k·hop to k·hop + window; only whole windows count, and sound shorter than one
    gives one value. -inf where silent. The window is rounded to whole hops. Raises InputError.
    """
    if not 0 < hop_seconds <= window_seconds:
        raise InputError(
            f"hop {hop_seconds} s, window {window_seconds} s: set a hop over 0, up to the window"
        )
    hops = max(1, round(window_seconds / hop_seconds))
    powers = _measured(audio, hop_seconds, hops).windowed(hops)
    with np.errstate(divide="ignore"):
        return _OFFSET_LU + 10 * np.log10(powers)


def ungated(audio: Audio) -> float:
    """Loudness in LUFS of all whole 0.1 s of the sound together, no gates; -inf when silent."""
    return _lufs(_measured(audio, _HOP_SECONDS).mean)


def k_weighting(rate_hz: int) -> Levels:
    """The two stages of the K-weighting as second-order sections (2, 6) for any sample rate.

    The analogue parameters that give the tables of BS.1770-4 at 48 kHz: B. De Man, "Evaluation
    of Implementations of the EBU R128 Loudness Measurement", AES 145 (2018). A stage whose corner
    a very low rate cannot carry is moved under its half.
    """
    shelf = tan(pi * min(1681.974450955533 / rate_hz, 0.45))
    high, quality = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    band = high**0.4996667741545416
    scale = 1 + shelf / quality + shelf**2
    poles = [1.0, 2 * (shelf**2 - 1) / scale, (1 - shelf / quality + shelf**2) / scale]
    first = (high + band * shelf / quality + shelf**2) / scale
    second = 2 * (shelf**2 - high) / scale
    third = (high - band * shelf / quality + shelf**2) / scale
    cut = tan(pi * min(38.13547087602444 / rate_hz, 0.45))
    quality = 0.5003270373238773
    scale = 1 + cut / quality + cut**2
    low = [1.0, 2 * (cut**2 - 1) / scale, (1 - cut / quality + cut**2) / scale]
    return np.array([[first, second, third, *poles], [1.0, -2.0, 1.0, *low]])


@dataclass(frozen=True, slots=True)
class _Hops:
    """K-weighted energy of stretches that follow each other, and the length of each in frames."""

    energies: Levels
    frames: Levels

    @property
    def mean(self) -> float:
        return float(self.energies.sum() / self.frames.sum())

    def windowed(self, hops: int) -> Levels:
        """The mean power of every run of `hops` hops, or of all when there are fewer."""
        view = np.lib.stride_tricks.sliding_window_view
        hops = min(hops, self.energies.size)
        energies, frames = view(self.energies, hops), view(self.frames, hops)
        return np.asarray(energies.sum(axis=1) / frames.sum(axis=1))


def _measured(audio: Audio, hop_seconds: float, window_hops: int = 1) -> _Hops:
    """Whole hops; sound too short for one window is one hop."""
    if not audio.frames:
        return _Hops(np.zeros(1), np.ones(1))
    hop = hop_seconds * audio.rate_hz
    hops = int(audio.frames / hop + 1e-9) if hop >= 1 else 0
    # Hops of rates such as 11025 Hz are not whole frames: rounding each border keeps them in time.
    borders = np.rint(np.arange(hops + 1) * hop).astype(np.int64)
    if hops < window_hops:
        borders = np.array([0, audio.frames])
    energies = np.concatenate(list(_read(audio, borders)))
    return _Hops(energies, np.diff(borders).astype(np.float64))


def _read(audio: Audio, borders: NDArray[np.int64]) -> Iterator[Levels]:
    from scipy.signal import sosfilt

    sections = k_weighting(audio.rate_hz)
    weights = np.array([_weight(name) for name in LAYOUTS[audio.channels]])
    state = np.zeros((2, audio.channels, 2))
    for first in range(0, borders.size - 1, _READ_HOPS):
        part = borders[first : first + _READ_HOPS + 1]
        block = audio.samples[:, part[0] : part[-1]].astype(np.float64)
        filtered, state = sosfilt(sections, block, axis=1, zi=state)
        # Long silence would leave numbers too small for the fast path of the processor.
        state[np.abs(state) < 1e-30] = 0
        np.square(filtered, out=filtered)
        yield np.add.reduceat(weights @ filtered, part[:-1] - part[0])
        audio.let_go()


def _weight(name: str) -> float:
    """BS.1770-4 tables 3 and 4: +1.5 dB for loudspeakers at 60° to 120°, no low-frequency one."""
    return {"bass": 0.0, "left side": 1.41, "right side": 1.41}.get(name, 1.0)


def _lufs(power: float) -> float:
    return _OFFSET_LU + 10 * log10(power) if power > 0 else -inf


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LU) / 10))
