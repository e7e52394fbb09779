"""What the scenes are woven from: filtered noise, short events laid over each other, a room."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .chance import numbers

Samples = NDArray[np.float32]
Values = NDArray[np.float64]

# A filter's corner, and an event's pitch, stay under this part of the sample rate.
HIGHEST = 0.45


class Scene(Protocol):
    """One sounding place: asked for second after second, it gives float32 (2, rate)."""

    def second(self, index: int) -> Samples: ...


class Filter:
    """A Butterworth filter that goes on from block to block.

    A corner of None is open: (None, high) is a low-pass, (low, None) a high-pass.
    """

    def __init__(
        self, rate_hz: int, low_hz: float | None, high_hz: float | None, order: int = 1
    ) -> None:
        from scipy.signal import butter

        top = HIGHEST * rate_hz
        corners: Any
        if high_hz is None:
            kind, corners = "highpass", min(low_hz or 1.0, 0.7 * top)
        elif low_hz is None:
            kind, corners = "lowpass", min(high_hz, top)
        else:
            kind, corners = "bandpass", [min(low_hz, 0.7 * top), min(high_hz, top)]
        self._sections = butter(order, corners, kind, fs=rate_hz, output="sos")
        self._state: Values | None = None

    def __call__(self, block: Samples) -> Samples:
        from scipy.signal import sosfilt

        if self._state is None:
            self._state = np.zeros((len(self._sections), len(block), 2))
        result, self._state = sosfilt(self._sections, block, axis=1, zi=self._state)
        return np.asarray(result.astype(np.float32))

    def noise_gain(self, frames: int) -> float:
        """Root mean square of white noise of 1.0 after this filter: its energy over `frames`."""
        from scipy.signal import sosfilt

        impulse = np.zeros(frames)
        impulse[0] = 1
        return float(np.sqrt(np.sum(sosfilt(self._sections, impulse) ** 2)))


class Hiss:
    """Endless noise through a filter, 1.0 root mean square in each of two channels.

    `shared` 0 to 1 is their correlation: 0 is all around, 1 is one point.
    """

    def __init__(self, seed: int, layer: str, rate_hz: int, tone: Filter, shared: float) -> None:
        self._seed, self._layer, self._rate_hz, self._tone = seed, layer, rate_hz, tone
        gain = 12**0.5 / tone.noise_gain(rate_hz)
        # Middle and side, so that left and right have a correlation of `shared`.
        self._middle = np.float32(gain * ((1 + shared) / 2) ** 0.5)
        self._side = np.float32(gain * ((1 - shared) / 2) ** 0.5)

    def second(self, index: int) -> Samples:
        random = numbers(self._seed, self._layer, index)
        # Even numbers do as well as normal ones before a filter, and take a third of the time.
        noise = random.random((2, self._rate_hz), np.float32)
        noise -= np.float32(0.5)
        middle, side = noise
        middle *= self._middle
        side *= self._side
        return self._tone(np.stack([middle + side, middle - side]))


class Events:
    """Short sounds laid over each other; what rings on is kept for the next second."""

    def __init__(self, rate_hz: int, longest_seconds: float) -> None:
        self._rate_hz = rate_hz
        self._sum = np.zeros((2, rate_hz + round((longest_seconds + 0.01) * rate_hz)), np.float32)

    def add(self, at_seconds: float, sound: Samples, position: float) -> None:
        """Lay mono `sound` that many seconds after this second's beginning; a rest too long is cut.

        `position` is -1 left to 1 right, of equal power.
        """
        start = int(at_seconds * self._rate_hz)
        space = self._sum[:, start : start + sound.size]
        space += panned(position)[:, None] * sound[: space.shape[1]]

    def take(self) -> Samples:
        """The finished second; the time begins anew after it."""
        done = self._sum[:, : self._rate_hz].copy()
        rest = self._sum.shape[1] - self._rate_hz
        self._sum[:, :rest] = self._sum[:, self._rate_hz :].copy()
        self._sum[:, rest:] = 0
        return done


class Room:
    """The echo of a place, without the direct sound: decaying noise, different left and right.

    Sixty decibels of decay take `decay_seconds` in the lows and 40 % of it in the highs, as air
    and people take these first (H. Kuttruff, "Room Acoustics"). Its gain is 1 from 200 to 2000 Hz.
    """

    def __init__(self, seed: int, rate_hz: int, decay_seconds: float, corner_hz: float) -> None:
        from scipy.fft import next_fast_len, rfft

        frames = round(decay_seconds * rate_hz)
        time = np.arange(frames, dtype=np.float32) / rate_hz
        noise = numbers(seed, "room", 0).standard_normal((2, frames), np.float32)
        low = Filter(rate_hz, 80.0, corner_hz)(noise)
        high = Filter(rate_hz, corner_hz, min(8000.0, HIGHEST * rate_hz))(noise)
        echo = low * np.exp(-6.9 * time / decay_seconds)
        echo += high * np.exp(-6.9 * time / (0.4 * decay_seconds))
        echo *= 1 - np.exp(-time / 0.006)
        self._rate_hz = rate_hz
        self._size = next_fast_len(rate_hz + frames, real=True)
        spectrum = rfft(echo.astype(np.float32), self._size, axis=1)
        first, last = (round(corner * self._size / rate_hz) for corner in (200, 2000))
        power = np.mean(np.abs(spectrum[:, first:last]) ** 2, axis=1, keepdims=True)
        self._spectrum = (spectrum / np.sqrt(power)).astype(np.complex64)
        self._rest = np.zeros((2, self._size), np.float32)

    def __call__(self, block: Samples) -> Samples:
        from scipy.fft import irfft, rfft

        wet = irfft(rfft(block, self._size, axis=1) * self._spectrum, self._size, axis=1)
        self._rest[:, : self._size - self._rate_hz] = self._rest[:, self._rate_hz :].copy()
        self._rest[:, self._size - self._rate_hz :] = 0
        self._rest += wet
        return self._rest[:, : self._rate_hz].copy()


def panned(position: float) -> Samples:
    """Left and right gain of equal power at -1 left to 1 right."""
    angle = (min(1.0, max(-1.0, position)) + 1) * np.pi / 4
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def rings(
    rate_hz: int, seconds: float, pitch_hz: Values, decay: Values, glide: Values | float = 0.0
) -> Samples:
    """Damped sines (events, frames): pitch_hz·(1 + glide·t), falling by e^(-decay·t).

    They begin at zero, so without a click. Pitches too high for the rate are silent.
    """
    time = np.arange(max(1, round(seconds * rate_hz)), dtype=np.float32) / np.float32(rate_hz)
    pitch = np.asarray(pitch_hz, np.float32)[:, None]
    bend = np.broadcast_to(np.asarray(glide, np.float32), pitch_hz.shape)[:, None]
    phase = pitch * time * (1 + 0.5 * bend * time)
    sound = np.sin(np.float32(2 * np.pi) * (phase - np.floor(phase)))
    sound *= np.exp(-np.asarray(decay, np.float32)[:, None] * time)
    sound *= (pitch_hz < HIGHEST * rate_hz)[:, None]
    return np.asarray(sound)
