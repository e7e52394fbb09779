"""One person talking without words: syllables, breaths and pauses in the rhythm of speech."""

from __future__ import annotations

import numpy as np

from .chance import numbers
from .texture import HIGHEST, Events, Samples, Values

# Formants of ten vowels of men: G. E. Peterson and H. L. Barney, "Control methods used in a study
# of the vowels", J. Acoust. Soc. Am. 24 (1952), table II. A fourth is put at 3400 Hz.
_VOWELS = np.array(
    [
        [270, 2290, 3010, 3400],
        [390, 1990, 2550, 3400],
        [530, 1840, 2480, 3400],
        [660, 1720, 2410, 3400],
        [730, 1090, 2440, 3400],
        [570, 840, 2410, 3400],
        [440, 1020, 2240, 3400],
        [300, 870, 2240, 3400],
        [640, 1190, 2390, 3400],
        [490, 1350, 1690, 3400],
    ],
    np.float64,
)
_FORMANT_GAINS = np.array([1.0, 0.6, 0.28, 0.12])
_BANDWIDTHS_HZ = np.array([80.0, 100.0, 140.0, 200.0])
_GRAIN_SECONDS = 0.014
_FIRST_SECOND = -12.0
LONGEST_SECONDS = 0.45


class Voice:
    """A talker. Each opening of the glottis rings the formants once, which is the synthesis of
    X. Rodet, "Time-domain formant-wave-function synthesis", Computer Music J. 8 (1984).
    """

    def __init__(self, seed: int, rate_hz: int, number: int) -> None:
        self._random = random = numbers(seed, "voice", number)
        self._rate_hz = rate_hz
        high = number % 2 == 1
        # Women's formants lie about 17 % over men's (Peterson and Barney), the pitch 0.8 octaves.
        self._size = (1.17 if high else 1.0) * random.uniform(0.95, 1.05)
        self._pitch_hz = random.uniform(170, 235) if high else random.uniform(92, 140)
        self._position = float(np.clip((number * 0.618 % 1) * 2 - 1, -0.9, 0.9))
        self._gain = 0.5 * float(np.exp(0.25 * random.standard_normal()))
        self._pace = random.uniform(0.16, 0.22)
        self._next = _FIRST_SECOND + random.uniform(0, 6)
        self._rings = self._ring(_VOWELS).astype(np.float32)
        self._left, self._length, self._vowel, self._accent = 0, 1, 0, 1.0

    def speak(self, index: int, events: Events) -> None:
        random = self._random
        while self._next < index + 1:
            seconds = float(
                np.clip(self._pace * np.exp(0.3 * random.standard_normal()), 0.09, 0.38)
            )
            if self._left <= 0:
                self._left = self._length = int(random.integers(4, 19))
                self._accent = float(np.exp(0.12 * random.standard_normal()))
                self._next += 0.25 + float(random.exponential(0.9))
                continue
            if random.random() < 0.3 and self._next >= index:
                events.add(self._next - index, self._consonant(), self._position)
            sound = self._syllable(seconds)
            if self._next >= index:
                events.add(self._next - index, sound, self._position)
            self._next += 0.92 * seconds
            self._left -= 1

    def _syllable(self, seconds: float) -> Samples:
        """One vowel gliding into the next under a falling sentence melody."""
        random, rate = self._random, self._rate_hz
        stress = float(random.choice([0.55, 0.75, 1.0, 1.25], p=[0.3, 0.3, 0.25, 0.15]))
        done = 1 - self._left / self._length
        pitch = self._pitch_hz * self._accent * (1.15 - 0.25 * done) * (0.9 + 0.13 * stress)
        bend = random.normal(-0.05, 0.12)
        count = int(seconds * pitch)
        part = np.arange(count) / max(count, 1)
        periods = np.exp(0.012 * random.standard_normal(count)) / (pitch * (1 + bend * part))
        starts = (np.cumsum(periods) * rate).astype(np.int64)
        before, self._vowel = self._vowel, int(random.integers(len(_VOWELS)))
        glide = np.clip(2.2 * part, 0, 1)
        loud = stress * self._gain * np.sin(np.pi * np.clip(part + 0.04, 0, 1)) ** 0.6
        loud *= np.exp(0.06 * random.standard_normal(count))
        mouth = (loud * np.array([1 - glide, glide])).T.astype(np.float32)
        grains = mouth @ self._rings[[before, self._vowel]]
        frames = grains.shape[1]
        sound = np.zeros(int(starts[-1] if count else 0) + frames, np.float32)
        for start, grain in zip(starts, grains, strict=True):
            sound[start : start + frames] += grain
        return sound

    def _ring(self, vowels: Values) -> Values:
        """What one glottal pulse sounds like through each vowel: (vowels, frames)."""
        time = np.arange(round(_GRAIN_SECONDS * self._rate_hz)) / self._rate_hz
        formants = (self._size * vowels)[:, :, None]
        heard = _FORMANT_GAINS[:, None] * (formants < HIGHEST * self._rate_hz)
        fall = np.exp(-np.pi * _BANDWIDTHS_HZ[:, None] * time)
        rise = 1 - np.exp(-time / 0.0004)
        close = np.cos(np.pi / 2 * time / _GRAIN_SECONDS) ** 2
        return np.asarray(
            (heard * np.sin(2 * np.pi * formants * time) * fall).sum(1) * rise * close
        )

    def _consonant(self) -> Samples:
        """A breath of noise around 1.5 to 4 kHz."""
        random = self._random
        frames = round(random.uniform(0.03, 0.09) * self._rate_hz)
        noise = random.standard_normal(frames + 8).astype(np.float32)
        sums = np.cumsum(noise)
        low = (sums[8:] - sums[:-8]) / 8
        pitch = min(random.uniform(1500, 4000), 0.35 * self._rate_hz) / self._rate_hz
        carrier = np.sin(2 * np.pi * pitch * np.arange(frames))
        loud = 0.4 * self._gain * np.sin(np.pi * np.arange(frames) / frames)
        return np.asarray((loud * low * carrier).astype(np.float32))
