"""What a waveform looks like: its lowest and highest points, from memory or from a file.

Files are read in blocks and never held whole, so that an hour of sound takes as little memory as
a second of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patchbay import tags
from patchbay.errors import FileError
from patchbay.media import Audio, Samples

MOST_POINTS = 4_000
_BLOCK_FRAMES = 1 << 16
# A file's outline holds between MOST_POINTS and twice as many bins, however long it is.
_MOST_BINS = 2 * MOST_POINTS

Stretch = NDArray[np.float32]  # (bins, 2): the lowest and the highest sample of each


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A sound's shape, fine enough for `MOST_POINTS`. Each bin holds the extremes of all channels
    in `bin_frames` frames: what is out of phase in two channels does not vanish."""

    bins: Stretch
    bin_frames: int
    frames: int
    rate_hz: int
    channels: int

    @property
    def seconds(self) -> float:
        return self.frames / self.rate_hz

    def points(self, count: int) -> Stretch:
        """At most `count` pairs of lowest and highest samples, evenly spread."""
        return _reduced(self.bins, count)


def of_sound(audio: Audio, count: int) -> Stretch:
    """At most `count` pairs of a sound's lowest and highest samples, over all its channels."""
    frames = audio.frames
    if frames == 0:
        return np.zeros((0, 2), np.float32)
    starts = np.linspace(0, frames, min(count, frames), endpoint=False).astype(np.int64)
    low = np.minimum.reduceat(audio.samples.min(axis=0), starts)
    high = np.maximum.reduceat(audio.samples.max(axis=0), starts)
    return np.stack((low, high), axis=1)


def of_file(path: Path, stopped: Callable[[], bool] = lambda: False) -> Outline:
    """The outline of the sound in a file. Takes seconds for an hour of it; `stopped` ends that
    with an error. Raises FileError where there is no sound."""
    maker = _Maker()
    rate_hz, blocks = _opened(path)
    channels = 0
    for block in blocks:
        if stopped():
            raise FileError(f"file {path.name}: reading it was stopped")
        channels = block.shape[0]
        maker.add(_finite(block))
    if maker.frames == 0:
        raise FileError(f"file {path.name} holds no sound (0 frames): record or export it again")
    return Outline(maker.bins(), maker.bin_frames, maker.frames, rate_hz, channels)


class _Maker:
    """Gathers bins of a sound whose length is not known: when there are too many, every two
    become one."""

    def __init__(self) -> None:
        self.bin_frames = 1
        self.frames = 0
        self._bins = np.zeros((_MOST_BINS, 2), np.float32)
        self._count = 0
        self._rest = np.zeros((2, 0), np.float32)  # lows and highs that fill no bin yet

    def add(self, block: Samples) -> None:
        """Takes in the next frames of all channels."""
        self.frames += block.shape[1]
        ends = np.stack((block.min(axis=0), block.max(axis=0)))
        while True:
            joined = np.concatenate((self._rest, ends), axis=1)
            room = (_MOST_BINS - self._count) * self.bin_frames
            whole = min(room, joined.shape[1] // self.bin_frames * self.bin_frames)
            self._fill(joined[:, :whole])
            self._rest, ends = joined[:, :0], joined[:, whole:]
            if ends.shape[1] < self.bin_frames:
                self._rest = ends.copy()
                return
            self._halve()

    def bins(self) -> Stretch:
        """All that was gathered, the last bin perhaps of fewer frames."""
        done = self._bins[: self._count]
        if not self._rest.shape[1]:
            return done.copy()
        last = np.array([[self._rest[0].min(), self._rest[1].max()]], np.float32)
        return np.concatenate((done, last))

    def _fill(self, ends: NDArray[np.float32]) -> None:
        count = ends.shape[1] // self.bin_frames
        if count:
            shaped = ends.reshape(2, count, self.bin_frames)
            target = self._bins[self._count : self._count + count]
            target[:, 0] = shaped[0].min(axis=1)
            target[:, 1] = shaped[1].max(axis=1)
            self._count += count

    def _halve(self) -> None:
        half = self._count // 2
        pairs = self._bins[: 2 * half].reshape(half, 2, 2)
        merged = np.stack((pairs[:, :, 0].min(axis=1), pairs[:, :, 1].max(axis=1)), axis=1)
        self._bins[:half] = merged
        self._count = half
        self.bin_frames *= 2


def _finite(block: Samples) -> Samples:
    if np.isfinite(block).all():
        return block
    return np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)


def _reduced(bins: Stretch, count: int) -> Stretch:
    if len(bins) <= count:
        return bins
    starts = np.linspace(0, len(bins), count, endpoint=False).astype(np.int64)
    low = np.minimum.reduceat(bins[:, 0], starts)
    high = np.maximum.reduceat(bins[:, 1], starts)
    return np.stack((low, high), axis=1)


def _opened(path: Path) -> tuple[int, Iterator[Samples]]:
    """The rate of a file's sound, and its blocks (channels, frames)."""
    import soundfile

    try:
        file = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, OSError, TypeError):
        return _decoded(path)
    return int(file.samplerate), _read(path, file)


def _read(path: Path, file: Any) -> Iterator[Samples]:
    import soundfile

    with file:
        while True:
            try:
                block = file.read(_BLOCK_FRAMES, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise FileError(f"file {path.name} is damaged: {error}") from error
            if not len(block):
                return
            yield np.ascontiguousarray(block.T)  # finding extremes takes a tenth of the time


def _decoded(path: Path) -> tuple[int, Iterator[Samples]]:
    """What FFmpeg makes of it: AAC, Opus, the sound of films."""
    import av

    try:
        container = tags.opened(path)
    except (av.FFmpegError, ValueError, RuntimeError, OSError) as error:
        raise FileError(f"file {path.name} holds no sound that can be read") from error
    if not container.streams.audio:
        container.close()
        raise FileError(f"file {path.name} holds no sound")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        container.close()
        raise FileError(f"file {path.name} holds sound of a kind that cannot be read")
    return int(stream.rate or 1), _frames(path, container, stream)


def _frames(path: Path, container: Any, stream: Any) -> Iterator[Samples]:
    import av

    resampler = av.AudioResampler(format="fltp")
    try:
        with container:
            for decoded in container.decode(stream):
                for frame in resampler.resample(decoded):
                    yield frame.to_ndarray().astype(np.float32, copy=False)
    except (av.FFmpegError, ValueError, RuntimeError) as error:
        raise FileError(f"file {path.name} is damaged: {error}") from error
