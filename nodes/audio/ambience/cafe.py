"""A café in the afternoon: many voices that cannot be understood, a room, now and then a cup."""

from __future__ import annotations

import numpy as np

from .chance import drawn, numbers, wander
from .texture import Events, Filter, Hiss, Room, Samples, rings
from .voice import LONGEST_SECONDS, Voice

_VOICES = 14
_NEAR_VOICES = 5
# A cup's walls bend like a bell's, pitches near the squares of 2, 3, 4 waves around, each twice as
# the handle splits them: A. P. French, "In vino veritas", Am. J. Phys. 51 (1983).
_CUP_MODES = ((1.0, 1.0), (1.035, 0.6), (2.28, 0.45), (2.33, 0.3), (3.9, 0.18))
_CLINK_SECONDS = 0.4
# So many voices from the far tables that only their speech bands come and go, at the rate of
# syllables, four to five a second (R. Drullman, J. Festen, R. Plomp, J. Acoust. Soc. Am. 95, 1994).
_CROWD_HZ = (280, 620, 1300)


class Cafe:
    """Fourteen people at tables in a room of 0.9 s reverberation, cups and saucers, a fan."""

    def __init__(self, seed: int, rate_hz: int) -> None:
        self._seed, self._rate_hz = seed, rate_hz
        self._voices = [Voice(seed, rate_hz, number) for number in range(_VOICES)]
        self._near = Events(rate_hz, LONGEST_SECONDS)
        self._far = Events(rate_hz, LONGEST_SECONDS)
        self._cups = Events(rate_hz, _CLINK_SECONDS + 0.6)
        self._room = Room(seed, rate_hz, 0.9, 1500)
        # Heads and coats in between take the consonants, and with them the words.
        self._muffle = Filter(rate_hz, 140, 3200)
        self._crowd = {
            low: Hiss(seed, f"crowd {low}", rate_hz, Filter(rate_hz, low, 2.2 * low, 2), 0.1)
            for low in _CROWD_HZ
        }
        self._fan = Hiss(seed, "fan", rate_hz, Filter(rate_hz, 70, 380), 0.5)
        self._next_clink = -1.0
        self._clinks = numbers(seed, "clinks", 0)

    def second(self, index: int) -> Samples:
        for number, voice in enumerate(self._voices):
            voice.speak(index, self._near if number < _NEAR_VOICES else self._far)
        self._serve(index)
        near, cups = self._muffle(self._near.take()), self._cups.take()
        lively = np.exp(0.12 * wander(self._seed, "lively", index, 6.0))
        babble = np.float32(0.2) * near + self._room(
            np.float32(0.8) * near + self._far.take() + 0.5 * cups
        )
        result = babble * drawn(lively, self._rate_hz) + 0.55 * cups
        for low, crowd in self._crowd.items():
            talk = 0.2 * 300 / low * np.exp(0.3 * wander(self._seed, f"talk {low}", index, 0.16))
            result += crowd.second(index) * drawn(talk, self._rate_hz)
        result += np.float32(0.08) * self._fan.second(index)
        return np.asarray(result)

    def _serve(self, index: int) -> None:
        """A cup is set down (it touches its saucer two to four times) or a spoon taps it."""
        while self._next_clink < index + 1:
            random = self._clinks
            at, place = self._next_clink - index, float(random.uniform(-0.9, 0.9))
            pitch = random.uniform(1700, 3100)
            loud = 1.1 * float(np.exp(0.5 * random.standard_normal()))
            gap = random.uniform(0.035, 0.13)
            for _ in range(int(random.integers(1, 5))):
                if 0 <= at < 1:
                    self._cups.add(at, self._clink(random, pitch, loud), place)
                at += gap
                gap *= random.uniform(0.55, 0.95)
                loud *= random.uniform(0.4, 0.8)
            self._next_clink += 0.9 + float(random.exponential(3.2))

    def _clink(self, random: np.random.Generator, pitch: float, loud: float) -> Samples:
        ratios, gains = np.array(_CUP_MODES).T
        decay = random.uniform(16, 34) * ratios**0.7
        pitches = pitch * ratios * np.exp(0.004 * random.standard_normal(ratios.size))
        # The table takes the shrillest modes.
        gains = gains * random.uniform(0.5, 1.2, ratios.size) / (1 + (pitches / 4500) ** 2)
        sounds = rings(self._rate_hz, _CLINK_SECONDS, pitches, decay)
        ring = gains.astype(np.float32) @ sounds
        frames = ring.size
        soft = 1 - np.exp(-np.arange(frames, dtype=np.float32) / (0.0006 * self._rate_hz))
        return np.asarray((loud * ring * soft).astype(np.float32))
