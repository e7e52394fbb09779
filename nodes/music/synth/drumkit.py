"""The drum kit: dusty kick and snare, rim, hats, shaker, brushes, ride and tom."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .modal import Modes, Wave, band_noise, ring, risen
from .streams import stream

# Every piece takes a take (0 to 2: no two strokes are alike), a strength and a rate.
Piece = Callable[[int, float, float], Wave]


def _time(seconds: float, rate: float) -> NDArray[np.float64]:
    return np.arange(int(seconds * rate)) / rate


def _hiss(take: int, name: str, seconds: float, low: float, high: float, rate: float) -> Wave:
    return band_noise(stream(take, name), int(seconds * rate), low, min(high, 0.45 * rate), rate)


def _dropped(start_hz: float, end_hz: float, fall: float, time: NDArray[np.float64]) -> Wave:
    """A sine that falls exponentially from one frequency to another, from phase zero."""
    cycles = end_hz * time + (start_hz - end_hz) * fall * (1.0 - np.exp(-time / fall))
    return np.sin(2.0 * np.pi * cycles).astype(np.float32)


def kick(take: int, strength: float, rate: float) -> Wave:
    time = _time(0.55, rate)
    body = _dropped(125.0 + 50.0 * strength, 51.0 + take * 0.4, 0.028, time)
    body *= np.exp(-time / 0.13).astype(np.float32)
    felt = _hiss(take, "kick", 0.55, 300.0, 1800.0, rate) * np.exp(-time / 0.006)
    wave = body + (0.05 + 0.08 * strength) * felt
    return _ended(risen(wave.astype(np.float32), 0.0018, rate), rate)


def snare(take: int, strength: float, rate: float) -> Wave:
    time = _time(0.4, rate)
    shell = Modes(
        np.array([187.0, 331.0]) + 3 * take, np.array([0.55, 0.25]), np.array([0.055, 0.04])
    )
    wires = _hiss(take, "snare", 0.4, 1100.0, 5200.0, rate)
    wires *= 0.3 * np.exp(-time / (0.05 + 0.05 * strength))
    wave = ring(shell, time.size, rate) + wires.astype(np.float32)
    return _ended(risen(wave, 0.0012, rate), rate)


def rim(take: int, strength: float, rate: float) -> Wave:
    time = _time(0.15, rate)
    wood = Modes(
        np.array([465.0, 1130.0, 1720.0]) + 9 * take,
        np.array([0.4, 0.45, 0.3]),
        np.array([0.022, 0.014, 0.01]),
    )
    stick = _hiss(take, "rim", 0.15, 1500.0, 4500.0, rate) * 0.2 * np.exp(-time / 0.006)
    wave = ring(wood, time.size, rate) + stick.astype(np.float32)
    return _ended(risen(wave, 0.0008, rate), rate)


def _burst(name: str, low: float, high: float, seconds: float) -> Piece:
    """Filtered noise that decays with a time constant of `seconds`."""

    def piece(take: int, strength: float, rate: float) -> Wave:
        time = _time(7.0 * seconds, rate)
        held = seconds * (0.75 + 0.4 * strength)
        noise = _hiss(take, name, 7.0 * seconds, low, high, rate)
        return _ended(risen(noise * np.float32(0.3) * _fall(time, held), 0.001, rate), rate)

    return piece


def _swept(name: str, low: float, high: float, seconds: float, peak: float) -> Piece:
    """Noise that swells until `peak` of its length and fades: a shaker, a brush drawn over skin."""

    def piece(take: int, strength: float, rate: float) -> Wave:
        part = _time(seconds, rate) / seconds
        shape = np.where(part < peak, part / peak, (1.0 - part) / (1.0 - peak))
        noise = _hiss(take, name, seconds, low, high, rate)
        return np.asarray(0.3 * noise * np.sin(0.5 * np.pi * shape) ** 2, dtype=np.float32)

    return piece


def ride(take: int, strength: float, rate: float) -> Wave:
    seconds = 1.4
    hertz = np.array([517.0, 1243.0, 2171.0, 3089.0, 3877.0, 4703.0, 5531.0, 6299.0]) + 7 * take
    levels = np.array([0.03, 0.04, 0.06, 0.08, 0.08, 0.07, 0.06, 0.05])
    bell = ring(Modes(hertz, levels, np.linspace(0.5, 0.25, 8)), int(seconds * rate), rate)
    wash = _hiss(take, "ride", seconds, 4000.0, 9000.0, rate) * 0.06
    wave = bell + wash * _fall(_time(seconds, rate), 0.22)
    return _ended(risen(wave.astype(np.float32), 0.002, rate), rate)


def tom(take: int, strength: float, rate: float) -> Wave:
    time = _time(0.6, rate)
    wave = _dropped(150.0, 98.0, 0.05, time) * _fall(time, 0.14)
    wave += 0.05 * _hiss(take, "tom", 0.6, 300.0, 2500.0, rate) * _fall(time, 0.02)
    return _ended(risen(wave.astype(np.float32), 0.002, rate), rate)


def _fall(time: NDArray[np.float64], seconds: float) -> Wave:
    return np.exp(-time / seconds).astype(np.float32)


def _ended(wave: Wave, rate: float) -> Wave:
    """The wave with its last 10 ms faded out, so that no tail is cut."""
    frames = min(int(0.01 * rate), wave.size)
    wave[wave.size - frames :] *= np.linspace(1.0, 0.0, frames, dtype=np.float32)
    return wave


PIECES = MappingProxyType(
    {
        "kick": kick,
        "snare": snare,
        "rim": rim,
        "hat": _burst("hat", 5200.0, 9500.0, 0.032),
        "open hat": _burst("open hat", 4800.0, 9500.0, 0.16),
        "brush": _burst("brush", 1200.0, 5000.0, 0.06),
        "shaker": _swept("shaker", 4200.0, 8500.0, 0.11, 0.35),
        "swish": _swept("swish", 1800.0, 5500.0, 0.42, 0.45),
        "ride": ride,
        "tom": tom,
    }
)
