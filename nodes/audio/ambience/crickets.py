"""A summer night: a few crickets near by, each with its own song, many far off, and quiet air."""

from __future__ import annotations

import numpy as np

from .chance import drawn, numbers, wander
from .texture import HIGHEST, Events, Filter, Hiss, Room, Samples

# Two kinds of song, from D. Otte, "Evolution of cricket songs", J. Orthoptera Research 1 (1992),
# and H. C. Bennet-Clark, "Songs and the physics of sound production", in: F. Huber et al.,
# "Cricket Behavior and Neurobiology" (Cornell 1989): field crickets chirp 2 to 5 pulses two to
# four times a second; tree crickets trill 35 to 60 pulses a second, on and on.
_CHIRPERS, _TRILLERS = 9, 2
_FIRST_SECOND = -20.0
_LONGEST_SECONDS = 0.25


class _Singer:
    """One cricket: where it sits, its pitch, its pace, and when it sings."""

    def __init__(self, seed: int, rate_hz: int, number: int) -> None:
        self._random = random = numbers(seed, "singer", number)
        self._rate_hz = rate_hz
        self._trills = number >= _CHIRPERS
        pitch = random.uniform(3200, 4200) if self._trills else random.uniform(3600, 5000)
        # A rate too low for this cricket gets one an octave lower rather than none.
        self._pitch_hz = pitch if pitch < 0.9 * HIGHEST * rate_hz else pitch / 2
        self.position = float(np.clip((number * 0.618 % 1) * 2 - 1 + random.normal(0, 0.1), -1, 1))
        self.distance = float(random.uniform(6, 10) if self._trills else 1.2 + 0.45 * number)
        self._pulse_seconds = random.uniform(0.012, 0.018)
        self._period_seconds = random.uniform(0.019, 0.026)
        if not self._trills:
            self._period_seconds = self._pulse_seconds * random.uniform(1.7, 2.3)
        self._chirp_seconds = random.uniform(0.32, 0.75)
        self._pulses = int(random.integers(3, 5))
        self._next = _FIRST_SECOND + random.uniform(0, 15)
        self._rest = self._next + random.uniform(5, 25)

    def sing(self, index: int, warmth: float, events: Events) -> None:
        """Lay this second's chirps; a warmer moment is a faster song (A. Dolbear 1897)."""
        while self._next < index + 1:
            if self._next >= index:
                events.add(self._next - index, self._chirp(), self.position)
            pace = float(np.exp(0.05 * self._random.standard_normal() - 0.08 * warmth))
            if self._trills:
                self._next += 6 * self._period_seconds
            else:
                self._next += max(self._chirp_seconds * pace, self._pulses * self._period_seconds)
            if self._next > self._rest:
                pause = self._random.exponential(1.6 if self._trills else 3.5)
                self._next += 0.6 + min(pause, 12.0)
                song = self._random.uniform(1.5, 7) if self._trills else self._random.uniform(4, 22)
                self._rest = self._next + song

    def _chirp(self) -> Samples:
        """Pulses of a falling pitch, each opening fast and closing slowly, the first one softer."""
        random, rate = self._random, self._rate_hz
        count = 6 if self._trills else self._pulses + int(random.integers(-1, 2))
        period = self._period_seconds * (1 if self._trills else np.exp(random.normal(0, 0.03)))
        time = np.arange(round(self._pulse_seconds * rate)) / rate
        within = time / self._pulse_seconds
        pitch = self._pitch_hz * (1 + random.normal(0, 0.002))
        phase = 2 * np.pi * pitch * time * (1 - 0.018 * within)
        pulse = np.sin(phase)
        if 2 * pitch < HIGHEST * rate:
            pulse += 0.03 * np.sin(2 * phase)
        pulse *= np.sin(np.pi * within**0.7) ** 1.5
        loud = np.full(count, float(np.exp(random.normal(0, 0.12))) / self.distance)
        if not self._trills:
            loud *= np.minimum(1, 0.5 + 0.25 * np.arange(count))
        chirp = np.zeros((count, max(round(period * rate), pulse.size)), np.float32)
        chirp[:, : pulse.size] = loud[:, None] * pulse
        return chirp.reshape(-1)


class Crickets:
    """Eleven crickets in a meadow with trees around, a far chorus, and the air of the night."""

    def __init__(self, seed: int, rate_hz: int) -> None:
        self._seed, self._rate_hz = seed, rate_hz
        self._singers = [_Singer(seed, rate_hz, number) for number in range(_CHIRPERS + _TRILLERS)]
        self._events = Events(rate_hz, _LONGEST_SECONDS)
        self._trees = Room(seed, rate_hz, 0.45, 3000)
        top = 0.75 * HIGHEST * rate_hz
        self._chorus = [
            Hiss(seed, f"chorus {low}", rate_hz, Filter(rate_hz, min(low, top), low + 700, 2), 0.1)
            for low in (3100, 4300)
        ]
        self._air = Hiss(seed, "air", rate_hz, Filter(rate_hz, 90, 420), 0.4)
        self._leaves = Hiss(seed, "leaves", rate_hz, Filter(rate_hz, 600, 2600), 0.15)

    def second(self, index: int) -> Samples:
        warmth = float(wander(self._seed, "warmth", index, 25.0).mean())
        for singer in self._singers:
            singer.sing(index, warmth, self._events)
        near = self._events.take()
        breeze = wander(self._seed, "breeze", index, 3.1)
        result = near + 0.7 * self._trees(near)
        result += self._air.second(index) * drawn(0.022 * np.exp(0.2 * breeze), self._rate_hz)
        result += self._leaves.second(index) * drawn(0.009 * np.exp(0.4 * breeze), self._rate_hz)
        for number, chorus in enumerate(self._chorus):
            swell = wander(self._seed, f"chorus {number}", index, 2.3)
            shimmer = wander(self._seed, f"shimmer {number}", index, 0.07)
            loud = drawn(0.022 * np.exp(0.3 * swell + 0.35 * shimmer), self._rate_hz)
            result += chorus.second(index) * loud
        return np.asarray(result)
