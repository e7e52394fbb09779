"""Steady rain: a wash of countless drops, near drops on leaves and stone, puddles, a roof."""

from __future__ import annotations

import numpy as np

from .chance import drawn, numbers, wander
from .texture import Events, Filter, Hiss, Samples, Values, rings

_PATTER_PER_SECOND = 170
_BUBBLES_PER_SECOND = 9
_THUDS_PER_SECOND = 6


class Rain:
    """Rain on a garden, heard from under a roof.

    Drop sizes follow J. S. Marshall and W. M. Palmer, "The distribution of raindrops with size",
    J. Meteorology 5 (1948), for 10 mm an hour. Puddles sing by K. van den Doel, "Physically-based
    models for liquid sounds", ACM Trans. Applied Perception 2 (2005): a bubble of radius r metres
    rings at 3/r Hz (M. Minnaert 1933), damped by 0.13/r + 0.0072 r^-1.5, and rises as it surfaces.
    """

    def __init__(self, seed: int, rate_hz: int) -> None:
        self._seed, self._rate_hz = seed, rate_hz
        self._far = Hiss(seed, "far", rate_hz, Filter(rate_hz, 350, 2400, 2), 0.3)
        self._near = Hiss(seed, "near", rate_hz, Filter(rate_hz, 1600, 9000, 2), 0.1)
        self._low = Hiss(seed, "low", rate_hz, Filter(rate_hz, 60, 220, 2), 0.5)
        self._events = Events(rate_hz, 0.12)
        self._soft = Filter(rate_hz, None, 9000)

    def second(self, index: int) -> Samples:
        frames = self._rate_hz
        heavy = wander(self._seed, "heavy", index, 3.5)
        gust = wander(self._seed, "gust", index, 1.7)
        force = float(np.exp(0.13 * heavy.mean()))
        self._patter(index, force)
        self._bubbles(index, force)
        self._thuds(index, force)
        result = self._far.second(index) * drawn(0.12 * np.exp(0.08 * heavy + 0.05 * gust), frames)
        result += self._near.second(index) * drawn(0.15 * np.exp(0.13 * heavy + 0.1 * gust), frames)
        result += self._low.second(index) * drawn(0.04 * np.exp(0.12 * heavy), frames)
        return self._soft(result + self._events.take())

    def _patter(self, index: int, force: float) -> None:
        """Drops on leaves and stone: clicks whose pitch falls and loudness grows with the drop."""
        random = numbers(self._seed, "patter", index)
        count = int(random.poisson(_PATTER_PER_SECOND * force))
        size = _diameters_mm(random, count)
        pitch = 4200 * size**-0.8 * np.exp(0.35 * random.standard_normal(count))
        decay = 1 / random.uniform(0.0004, 0.0022, count)
        sounds = rings(self._rate_hz, 0.009, np.clip(pitch, 700, 9000), decay)
        loud = 0.85 * size**2 / _distances(random, count)
        self._lay(random, sounds, np.minimum(loud, 3.0))

    def _bubbles(self, index: int, force: float) -> None:
        random = numbers(self._seed, "bubbles", index)
        count = int(random.poisson(_BUBBLES_PER_SECOND * force))
        radius = 0.0006 * (1 - 0.93 * random.random(count)) ** -0.6
        decay = 0.13 / radius + 0.0072 * radius**-1.5
        rise = np.where(random.random(count) < 0.5, 0.1 * decay, 0.0)
        sounds = rings(self._rate_hz, 0.05, 3 / radius, decay, rise)
        loud = 1.1 * (radius / 0.001) ** 0.75 / _distances(random, count)
        self._lay(random, sounds, np.minimum(loud, 2.0))

    def _thuds(self, index: int, force: float) -> None:
        """Fat drops from the eaves on the roof over us: two low modes."""
        random = numbers(self._seed, "thuds", index)
        count = int(random.poisson(_THUDS_PER_SECOND * force))
        pitch = random.uniform(240, 620, count)
        decay = 1 / random.uniform(0.008, 0.022, count)
        sounds = rings(self._rate_hz, 0.1, pitch, decay)
        ratio = random.uniform(1.5, 2.6, count)
        sounds += 0.5 * rings(self._rate_hz, 0.1, pitch * ratio, 1.6 * decay)
        self._lay(random, sounds, 0.3 * np.exp(0.6 * random.standard_normal(count)))

    def _lay(self, random: np.random.Generator, sounds: Samples, loud: Values) -> None:
        sounds *= loud.astype(np.float32)[:, None]
        starts, places = random.random(len(loud)), random.uniform(-1, 1, len(loud))
        for start, sound, place in zip(starts, sounds, places, strict=True):
            self._events.add(float(start), sound, float(place))


def _diameters_mm(random: np.random.Generator, count: int) -> Values:
    """Marshall and Palmer at 10 mm/h: e^(-2.5 D) per mm; under half a millimetre is not heard."""
    return np.asarray(np.minimum(0.5 + random.exponential(0.4, count), 4.0))


def _distances(random: np.random.Generator, count: int) -> Values:
    """Metres to drops spread evenly over the ground between 1 and 6 m."""
    return np.asarray(np.sqrt(random.uniform(1.0, 36.0, count)))
