"""A wood fire: the low roar of the draught, flames that lap, hissing sap, and crackling."""

from __future__ import annotations

import numpy as np

from .chance import drawn, numbers, wander
from .texture import HIGHEST, Events, Filter, Hiss, Room, Samples, Values, rings

# Crackles come alone, and in bursts when a piece of bark gives way.
_SINGLE_PER_SECOND = 8.0
_BURSTS_PER_SECOND = 0.9
_POPS_PER_SECOND = 0.12
_LONGEST_BURST_SECONDS = 1.2


class Fireplace:
    """A fire in an open hearth, two metres away.

    The layers are those of A. Farnell, "Designing Sound" (MIT Press 2010), practical 11: lapping
    (low noise, fluttering), hissing (high noise under the fourth power of a slow one), crackling
    (short clicks, each through its own resonance). The amplitudes of cracking matter follow a
    power law: P. Diodati, F. Marchesoni, S. Piazza, "Acoustic emission from volcanic rocks: an
    example of self-organized criticality", Phys. Rev. Lett. 67 (1991); wood is taken to as well.
    """

    def __init__(self, seed: int, rate_hz: int) -> None:
        self._seed, self._rate_hz = seed, rate_hz
        self._roar = Hiss(seed, "roar", rate_hz, Filter(rate_hz, 45, 160, 2), 0.6)
        self._lap = Hiss(seed, "lap", rate_hz, Filter(rate_hz, 150, 650, 2), 0.4)
        self._hiss = Hiss(seed, "hiss", rate_hz, Filter(rate_hz, 1800, 6500, 2), 0.3)
        self._events = Events(rate_hz, _LONGEST_BURST_SECONDS + 0.15)
        self._soft = Filter(rate_hz, 120, 8000)
        self._room = Room(seed, rate_hz, 0.35, 2000)

    def second(self, index: int) -> Samples:
        frames = self._rate_hz
        draught = wander(self._seed, "draught", index, 2.7)
        flutter = wander(self._seed, "flutter", index, 0.13)
        lick = wander(self._seed, "lick", index, 0.07)
        sap = wander(self._seed, "sap", index, 1.9)
        blaze = float(np.exp(0.35 * wander(self._seed, "blaze", index, 7.0).mean()))
        self._crackle(index, blaze)
        roar = drawn(0.075 * np.exp(0.18 * draught + 0.3 * flutter), frames)
        lap = drawn(0.05 * np.exp(0.2 * draught + 0.45 * lick), frames)
        hiss = drawn(0.008 + 0.018 * np.tanh(0.15 * np.maximum(sap, 0) ** 4), frames)
        high = self._soft(self._hiss.second(index) * hiss + self._events.take())
        result = self._roar.second(index) * roar + self._lap.second(index) * lap
        return np.asarray(result + high + 0.5 * self._room(high))

    def _crackle(self, index: int, blaze: float) -> None:
        random = numbers(self._seed, "crackle", index)
        for _ in range(int(random.poisson(_SINGLE_PER_SECOND * blaze))):
            self._lay(random, np.array([random.random()]), 1.0)
        for _ in range(int(random.poisson(_BURSTS_PER_SECOND * blaze))):
            count = 2 + int(random.geometric(0.14))
            gaps = random.exponential(random.uniform(0.012, 0.06), count)
            times = np.cumsum(gaps)
            times = times[times < _LONGEST_BURST_SECONDS]
            self._lay(random, random.random() + times, float(random.uniform(0.5, 1.1)))
        for _ in range(int(random.poisson(_POPS_PER_SECOND * blaze))):
            self._pop(random)

    def _lay(self, random: np.random.Generator, times: Values, loud: float) -> None:
        """Clicks of one piece of wood: one place, resonances of one neighbourhood."""
        count, place = times.size, float(random.uniform(-0.6, 0.6))
        wood = random.uniform(900, 3800)
        pitch = wood * np.exp(0.4 * random.standard_normal(count))
        pitch = np.clip(pitch, 400, min(7500, 0.9 * HIGHEST * self._rate_hz))
        decay = 1 / (0.0007 + random.exponential(0.0018, count))
        sounds = rings(self._rate_hz, 0.02, pitch, decay)
        noise = random.random(sounds.shape, np.float32)
        sounds *= 1.6 * noise - 0.2
        gains = loud * _heavy(random, count)
        for time, sound, gain in zip(times, sounds, gains, strict=True):
            self._events.add(float(time), sound * np.float32(gain), place)

    def _pop(self, random: np.random.Generator) -> None:
        """A knot bursts: a click with the body of the log under it."""
        pitch = random.uniform(260, 520) * np.array([1.0, 1.9, 4.1])
        sounds = rings(self._rate_hz, 0.12, pitch, np.array([60.0, 110.0, 300.0]))
        loud = random.uniform(0.8, 1.6)
        body = (np.array([0.9, 0.7, 0.8], np.float32) @ sounds) * np.float32(loud)
        self._events.add(float(random.random()), body, float(random.uniform(-0.4, 0.4)))


def _heavy(random: np.random.Generator, count: int) -> Values:
    """Pareto amplitudes of exponent 1.5 from 0.13, cut at 2.4: few are loud, most are small."""
    return np.asarray(np.minimum(0.13 * (1 - random.random(count)) ** (-1 / 1.5), 2.4))
