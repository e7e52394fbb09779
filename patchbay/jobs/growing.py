"""What nodes at work sound like so far: put together from what they show, until they have ended."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from patchbay.growing import SoFar
from patchbay.media import Audio, Samples

# Eleven minutes of stereo at 48 kHz: what is kept of the pieces that are added to a sound. The
# first, or the only one, is in memory anyway: the node was given it, or fills it.
MOST_KEPT_BYTES = 1 << 28
_MOST_WAV_BYTES = 1 << 26
_FADE_SECONDS = 0.01  # from one piece to the next: too short to be heard as one, without a click
# Frames looked at for one point of a waveform: so an hour takes no longer than a minute.
_LOOKED_AT = 2_048
_SPOTS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Samples that begin at frame `first` of what is being made."""

    first: int
    samples: Samples

    @property
    def last(self) -> int:
        return self.first + int(self.samples.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """A sound so far: pieces that follow each other without a gap, each valid up to the next.

    `take` is another number when a node begins another sound: the frames of one and the other
    have nothing to do with each other.
    """

    take: int
    rate_hz: int
    pieces: tuple[Piece, ...]

    @property
    def channels(self) -> int:
        return len(self.pieces[0].samples)

    @property
    def frames(self) -> int:
        return self.pieces[-1].last - self.pieces[0].first

    @property
    def seconds(self) -> float:
        return self.frames / self.rate_hz

    def with_more(self, more: SoFar) -> Grown | None:
        """The sound with a stretch more; None if that belongs to another sound.

        What would be too much to keep is left out: the sound ends before it.
        """
        piece = _piece(more)
        begin, end = self.pieces[0].first, self.pieces[-1].last
        alike = more.rate_hz == self.rate_hz and len(more.samples) == self.channels
        if not alike or not begin <= piece.first <= end or piece.last < end:
            return None
        pieces = (*(each for each in self.pieces if each.first < piece.first), piece)
        if sum(each.samples.nbytes for each in pieces[1:]) > MOST_KEPT_BYTES:
            return self
        return Grown(self.take, self.rate_hz, pieces)

    def peaks(self, count: int) -> list[list[float]]:
        """At most `count` pairs of lowest and highest samples. Of a long sound only spots are
        looked at: it is drawn anew twice a second."""
        edges = np.linspace(0, self.frames, min(count, self.frames) + 1).astype(int).tolist()
        return [self._extremes(a, b) for a, b in pairwise(edges)]

    def wav(self, from_seconds: float, seconds: float) -> bytes:
        """Some of the sound as a file, 16 bits; less than asked for where it ends, or would take
        more than 64 MiB. Empty bytes if there is nothing from there on."""
        first = round(from_seconds * self.rate_hz)
        most = min(round(seconds * self.rate_hz), _MOST_WAV_BYTES // (2 * self.channels))
        last = min(first + most, self.frames)
        if last <= first:
            return b""
        samples = np.empty((last - first, self.channels), "<i2")
        for start, block in self._blocks(first, last):
            finite = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
            whole = np.rint(np.clip(finite, -1.0, 1.0) * 32_767.0)
            samples[start - first : start - first + block.shape[1]] = whole.T
        file = io.BytesIO()
        with wave.open(file, "wb") as writer:
            writer.setnchannels(self.channels)
            writer.setsampwidth(2)
            writer.setframerate(self.rate_hz)
            writer.writeframes(samples.tobytes())
        return file.getvalue()

    def _blocks(self, first: int, last: int) -> Iterator[tuple[int, Samples]]:
        """The samples of these frames, with where each block begins."""
        begin = self.pieces[0].first
        fade = round(_FADE_SECONDS * self.rate_hz)
        for index, piece in enumerate(self.pieces):
            following = self.pieces[index + 1 :]
            end = following[0].first if following else piece.last
            start, stop = max(first, piece.first - begin), min(last, end - begin)
            if start >= stop:
                continue
            block = piece.samples[:, start + begin - piece.first : stop + begin - piece.first]
            over = piece.first - begin + fade - start  # frames that still fade in
            if index and over > 0:
                block = _faded(block, self.pieces[index - 1], start + begin, fade, over)
            yield start, block

    def _extremes(self, first: int, last: int) -> list[float]:
        begin = self.pieces[0].first
        spots = []
        for start, stop in _spots(first, last):
            piece = next(each for each in reversed(self.pieces) if each.first <= start + begin)
            at = start + begin - piece.first
            spots.append(np.nan_to_num(piece.samples[:, at : at + stop - start]))
        low, high = (min(spot.min() for spot in spots), max(spot.max() for spot in spots))
        return [round(float(low), 4), round(float(high), 4)]


class Sounds:
    """The sounds of one job's nodes, by the node drawn. They are let go of when that has ended;
    one that somebody listens to stays until he listens to another. Used from the loop's thread."""

    def __init__(self) -> None:
        self._grown: dict[str, Grown] = {}
        self._ended: set[str] = set()
        self._heard = ""
        self._takes = 0

    def add(self, drawn: str, more: SoFar | Audio) -> Grown:
        """The node's sound so far, with what it shows now."""
        if isinstance(more, Audio):
            more = SoFar(more.samples, more.rate_hz)
        before = self._grown.get(drawn)
        grown = before.with_more(more) if before is not None else None
        if grown is None:
            self._takes += 1
            grown = Grown(self._takes, more.rate_hz, (_piece(more),))
        self._grown[drawn] = grown
        return grown

    def listen(self, drawn: str) -> Grown | None:
        """The sound so far, for somebody who means to hear it; None when there is none."""
        found = self._grown.get(drawn)
        if found is not None and self._heard != drawn:
            self._heard = drawn
            for ended in self._ended - {drawn}:
                self._grown.pop(ended, None)
            self._ended &= {drawn}
        return found

    def end(self, drawn: str) -> None:
        """The node has ended."""
        if drawn != self._heard:
            self._grown.pop(drawn, None)
        elif drawn in self._grown:
            self._ended.add(drawn)


def _piece(more: SoFar) -> Piece:
    return Piece(round(more.start_seconds * more.rate_hz), more.samples)


def _faded(block: Samples, before: Piece, at: int, fade: int, over: int) -> Samples:
    """A block that begins at `at` and within its piece's first `fade` frames, of which `over` are
    left, with what comes before going over into it."""
    old = before.samples[:, at - before.first :][:, : min(over, block.shape[1])]
    count = old.shape[1]
    gain = ((fade - over + np.arange(count) + 0.5) / fade).astype(np.float32)
    result: NDArray[np.float32] = block.copy()
    result[:, :count] = old + (block[:, :count] - old) * gain
    return result


def _spots(first: int, last: int) -> Iterator[tuple[int, int]]:
    """All these frames, or some of them, evenly spread."""
    if last - first <= _LOOKED_AT:
        yield first, last
        return
    length = _LOOKED_AT // _SPOTS
    for spot in range(_SPOTS):
        start = first + (last - first - length) * spot // (_SPOTS - 1)
        yield start, start + length
