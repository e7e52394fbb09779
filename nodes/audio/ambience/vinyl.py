"""The run-in groove of an old record: surface noise, ticks, a pop now and then, and rumble."""

from __future__ import annotations

import numpy as np

from .chance import CONTROL_HZ, drawn, numbers, wander
from .texture import Events, Filter, Hiss, Samples, Values, rings

_TICKS_PER_SECOND = 22.0
_POPS_PER_SECOND = 0.55
# 33 1/3 turns a minute. A real off-centre record repeats itself each turn; here only the level of
# the surface noise follows the turn, by a third of a decibel, so that no loop can be heard.
_TURNS_PER_SECOND = 100 / 180
_TURN_DEPTH = 0.04


class Vinyl:
    """A worn long-playing record between two pieces.

    What dust and scratches sound like: S. Godsill and P. Rayner, "Digital Audio Restoration"
    (Springer 1998), chapter 5: clicks come at random with heavy-tailed amplitudes, last under
    2 ms, and large ones swing the arm for some 20 ms. Rumble lies under 100 Hz (IEC 60098).
    """

    def __init__(self, seed: int, rate_hz: int) -> None:
        self._seed, self._rate_hz = seed, rate_hz
        self._surface = Hiss(seed, "surface", rate_hz, Filter(rate_hz, 300, 5200), 0.25)
        self._bright = Hiss(seed, "bright", rate_hz, Filter(rate_hz, 3500, 10_000), 0.1)
        self._rumble = Hiss(seed, "rumble", rate_hz, Filter(rate_hz, 28, 75, 2), 0.3)
        self._events = Events(rate_hz, 0.08)
        self._pickup = Filter(rate_hz, None, 8500)

    def second(self, index: int) -> Samples:
        frames = self._rate_hz
        turn = (index + np.arange(CONTROL_HZ + 1) / CONTROL_HZ) * _TURNS_PER_SECOND
        curve = 1 + _TURN_DEPTH * np.sin(2 * np.pi * turn)
        level = drawn(curve * np.exp(0.1 * wander(self._seed, "wear", index, 3.7)), frames)
        self._click(index)
        result = self._surface.second(index) * (0.045 * level)
        result += self._bright.second(index) * (0.014 * level)
        drone = drawn(0.04 * np.exp(0.2 * wander(self._seed, "drone", index, 1.1)), frames)
        result += self._rumble.second(index) * drone
        return self._pickup(result + self._events.take())

    def _click(self, index: int) -> None:
        random = numbers(self._seed, "clicks", index)
        dust = float(np.exp(0.4 * wander(self._seed, "dust", index, 5.0).mean()))
        count = int(random.poisson(_TICKS_PER_SECOND * dust))
        pitch = np.clip(2600 * np.exp(0.5 * random.standard_normal(count)), 700, 7000)
        decay = 1 / random.uniform(0.00012, 0.0006, count)
        ticks = rings(self._rate_hz, 0.004, pitch, decay)
        self._lay(random, ticks, 0.9 * np.exp(0.75 * random.standard_normal(count)))
        count = int(random.poisson(_POPS_PER_SECOND))
        pitch = random.uniform(500, 1400, count)
        pops = rings(self._rate_hz, 0.07, pitch, 1 / random.uniform(0.0006, 0.0016, count))
        swing = rings(self._rate_hz, 0.07, random.uniform(60, 130, count), np.full(count, 70.0))
        self._lay(random, pops + 0.35 * swing, random.uniform(1.0, 2.4, count))

    def _lay(self, random: np.random.Generator, sounds: Samples, loud: Values) -> None:
        """A scratch moves the needle sideways or up: heard in the middle, or more on one side."""
        starts = random.random(loud.size)
        places = np.clip(0.4 * random.standard_normal(loud.size), -1, 1)
        gains = np.minimum(loud, 2.6).astype(np.float32)
        for start, sound, gain, place in zip(starts, sounds, gains, places, strict=True):
            self._events.add(float(start), sound * gain, float(place))
