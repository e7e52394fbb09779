"""The span of time that is rendered: where frames lie in the endless piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .modal import Wave


@dataclass(frozen=True, slots=True)
class Span:
    """`frames` from absolute frame `start` at `rate` a second, with `preroll` frames before them.

    A buffer of the span has `size` frames. Where it `loops`, the preroll is the loop's own end,
    as on a tape glued head to tail.
    """

    start: int
    preroll: int
    frames: int
    rate: float
    loops: bool

    @property
    def size(self) -> int:
        return self.preroll + self.frames

    def at(self, seconds: float) -> int:
        """Where a moment of the piece lies in a buffer: before 0 and behind the end, too."""
        return round(seconds * self.rate) - self.start + self.preroll

    def cycles(self, hertz: float, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """The phase, in turns, that an oscillation through the whole piece has at buffer frames.

        In a loop the frequency is moved to the nearest that fits a whole number of times.
        """
        if self.loops:
            turns = max(round(hertz * self.frames / self.rate), 1)
            return (frames - self.preroll).astype(np.float64) * (turns / self.frames)
        return (frames + (self.start - self.preroll)).astype(np.float64) * (hertz / self.rate)

    def buffer(self) -> Wave:
        """Stereo silence to add waves to, closed to a ring where the span loops."""
        return np.zeros((2, self.frames if self.loops else self.size), dtype=np.float32)

    def unrolled(self, buffer: Wave) -> Wave:
        """A buffer with its preroll: that of a loop is copied from its end."""
        if not self.loops:
            return buffer
        return np.ascontiguousarray(buffer[:, np.arange(-self.preroll, self.frames) % self.frames])

    def add(self, buffer: Wave, wave: Wave, at: int, gains: tuple[float, float]) -> None:
        """Add a wave (frames,) or (2, frames) at a frame that `at` gave; what passes is cut."""
        wave = wave[None] if wave.ndim == 1 else wave
        if self.loops:
            at = (at - self.preroll) % self.frames
            while wave.shape[1]:
                _put(buffer, wave[:, : self.frames - at], at, gains)
                wave, at = wave[:, self.frames - at :], 0
            return
        if at < 0:
            wave, at = wave[:, -at:], 0
        _put(buffer, wave[:, : max(self.size - at, 0)], at, gains)


def ramps(values: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Straight lines through values `steps` frames apart, ((values.size - 1) * steps,)."""
    climb = np.arange(steps) / steps
    return (values[:-1, None] + np.diff(values)[:, None] * climb).reshape(-1)


def _put(buffer: Wave, wave: Wave, at: int, gains: tuple[float, float]) -> None:
    for side in (0, 1):
        source = wave[min(side, wave.shape[0] - 1)]
        buffer[side, at : at + source.size] += source * np.float32(gains[side])
