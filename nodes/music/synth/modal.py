"""Modal synthesis: sums of decaying sines, many partials at the price of one matrix product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Modes:
    """Partials: `hertz`, `levels`, and `seconds` until each has fallen to 1/e; equal shapes."""

    hertz: NDArray[np.float64]
    levels: NDArray[np.float64]
    seconds: NDArray[np.float64]

    def below(self, limit_hz: float) -> Modes:
        """Only the partials under a frequency, so that none of them aliases."""
        kept = self.hertz < limit_hz
        return Modes(self.hertz[kept], self.levels[kept], self.seconds[kept])

    def joined(self, other: Modes) -> Modes:
        return Modes(
            np.concatenate([self.hertz, other.hertz]),
            np.concatenate([self.levels, other.levels]),
            np.concatenate([self.seconds, other.seconds]),
        )


def ring(modes: Modes, frames: int, rate: float) -> Wave:
    """The sum of all modes, (frames,), each from phase zero.

    exp(s(nB + k)) = exp(snB) exp(sk), so a table of block starts times a table of one block
    gives every sample: the imaginary part of a complex product is a real product of doubled size.
    """
    modes = modes.below(0.45 * rate)
    rows = -(-max(frames, 1) // _BLOCK)
    poles = (2j * np.pi * modes.hertz - 1.0 / modes.seconds) / rate
    starts = np.exp(poles[None, :] * (np.arange(rows) * _BLOCK)[:, None])
    block = modes.levels[:, None] * np.exp(poles[:, None] * np.arange(_BLOCK)[None, :])
    left = np.concatenate([starts.real, starts.imag], axis=1).astype(np.float32)
    right = np.concatenate([block.imag, block.real], axis=0).astype(np.float32)
    return (left @ right).reshape(-1)[:frames]


def hertz(pitch: float) -> float:
    """The frequency of a MIDI pitch in equal temperament, A4 = 440 Hz (ISO 16)."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def risen(wave: Wave, seconds: float, rate: float) -> Wave:
    """The wave with its first moments faded in along a raised cosine; changes it in place."""
    frames = min(max(int(seconds * rate), 1), wave.shape[-1])
    wave[..., :frames] *= 0.5 - 0.5 * np.cos(np.pi * (np.arange(frames) + 0.5) / frames)
    return wave


def band_noise(
    generator: np.random.Generator, frames: int, low_hz: float, high_hz: float, rate: float
) -> Wave:
    """Noise of RMS 1 between two frequencies with slopes of 12 dB an octave, (frames,)."""
    size = 1 << max(frames - 1, 4095).bit_length()
    spectrum = np.fft.rfft(generator.random(size, dtype=np.float32) - np.float32(0.5))
    frequency = np.maximum(np.fft.rfftfreq(size, 1.0 / rate), 1.0)
    shape = (1.0 + (low_hz / frequency) ** 2) * (1.0 + (frequency / high_hz) ** 2)
    noise = np.fft.irfft(spectrum / shape.astype(np.float32), size)
    noise /= np.sqrt(np.mean(noise**2))
    return np.asarray(noise[:frames], dtype=np.float32)
