"""Waves on a beach: swells that rise slowly, break, rush up and drain away, never in step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chance import CONTROL_HZ, Values, drawn, numbers, wander
from .texture import Filter, Hiss, Samples, panned

# A wave sounds up to 5 s before it breaks and 14 s after.
_BEFORE_SECONDS, _AFTER_SECONDS = 5.0, 14.0
_FIRST_SECOND = -30
# The rest of the beach is always heard, this much under a wave before us.
_FAR = 0.2


@dataclass(frozen=True, slots=True)
class _Wave:
    at: float
    size: float
    position: float
    drift: float
    steepness: float


@dataclass(frozen=True, slots=True)
class _Shape:
    """How one band of a wave comes and goes: seconds from its breaking, seconds of each slope."""

    delay: float
    rise: float
    fall: float
    gain: float


# Lows announce the swell, the crash is short, foam hisses longest and highest: large bubbles and
# the collapsing wave sound first and low, the small bubbles of the foam last and high (G. Deane,
# "Sound generation and air entrainment by breaking waves in the surf zone", J. Acoust. Soc. Am.
# 102, 1997). The seconds and gains are ours.
_SHAPES = {
    "rumble": _Shape(-0.6, 1.5, 1.9, 0.62),
    "body": _Shape(0.0, 0.75, 1.5, 0.7),
    "crash": _Shape(0.35, 0.5, 1.3, 0.5),
    "wash": _Shape(1.5, 1.0, 2.1, 0.42),
    "foam": _Shape(2.6, 1.3, 2.6, 0.16),
}
_BANDS = {
    "rumble": (45.0, 190.0),
    "body": (180.0, 750.0),
    "crash": (600.0, 2600.0),
    "wash": (900.0, 5500.0),
    "foam": (3500.0, 9500.0),
}


class Ocean:
    """A sandy beach; waves 6 to 12 s apart, breaking at different places along it."""

    def __init__(self, seed: int, rate_hz: int) -> None:
        self._seed, self._rate_hz = seed, rate_hz
        self._bands = {
            name: Hiss(seed, name, rate_hz, Filter(rate_hz, *corners, 2), 0.15)
            for name, corners in _BANDS.items()
        }
        self._waves: list[_Wave] = []
        self._next, self._count = float(_FIRST_SECOND), 0

    def second(self, index: int) -> Samples:
        self._roll_on(index)
        at = index + np.arange(CONTROL_HZ + 1) / CONTROL_HZ
        result = np.zeros((2, self._rate_hz), np.float32)
        for name, shape in _SHAPES.items():
            flicker = wander(self._seed, name, index, 0.09)
            swell = wander(self._seed, name + " far", index, 4.0)
            heights = self._heights(at, shape, _FAR * shape.gain * np.exp(0.25 * swell))
            heights *= np.exp((0.1 if shape.delay < 1 else 0.2) * flicker)
            result += self._bands[name].second(index) * drawn(heights, self._rate_hz)
        return result

    def _roll_on(self, index: int) -> None:
        """Let waves begin that will be heard in this second, and forget those that are over."""
        while self._next - _BEFORE_SECONDS < index + 1:
            random = numbers(self._seed, "waves", self._count)
            size = float(np.clip(np.exp(0.1 * random.standard_normal()), 0.8, 1.25))
            position, drift = random.uniform(-0.75, 0.75), random.uniform(-0.12, 0.12)
            steep = float(np.clip(np.exp(0.12 * random.standard_normal()), 0.75, 1.3))
            self._waves.append(_Wave(self._next, size, position, drift, steep))
            self._next += float(np.clip(random.normal(8.8, 1.5), 6.0, 12.0))
            self._count += 1
        self._waves = [wave for wave in self._waves if wave.at + _AFTER_SECONDS > index]

    def _heights(self, at: Values, shape: _Shape, far: Values) -> Values:
        """Gains (2, times) of one band: the powers of all waves added, wherever they break."""
        total = np.tile(far**2, (2, 1))
        for wave in self._waves:
            since = (at - wave.at - shape.delay) * wave.steepness
            rise = np.exp(-0.5 * (np.minimum(since, 0) / shape.rise) ** 2)
            after = np.maximum(since, 0) / shape.fall
            height = shape.gain * wave.size * rise * (1 + after) * np.exp(-after)
            height *= np.clip((wave.at + _AFTER_SECONDS - at) / 2, 0, 1)
            height *= np.clip((at - wave.at + _BEFORE_SECONDS) / 2, 0, 1)
            middle = wave.position + wave.drift * float(at[0] - wave.at)
            later = wave.position + wave.drift * float(at[-1] - wave.at)
            sides = np.linspace(panned(middle), panned(later), at.size).T
            total += (sides * height * 2**0.5) ** 2
        return np.asarray(np.sqrt(total))
