"""What a wire carries: sound and pictures as plain arrays whose conventions are checked once."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patchbay.errors import MediaError

Samples = NDArray[np.float32]

MAX_CHANNELS = 8
# One block of a long signal: 2**18 frames of stereo are 2 MB, small beside any cache yet large
# enough that the Python around each block costs nothing.
BLOCK_FRAMES = 1 << 18


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """Sound: `samples` float32 (channels, frames), full scale ±1.0, finite; `rate_hz` any rate.

    The constructor takes any real array of one or two dimensions and makes it so; the samples
    are read-only afterwards. 1 to 8 channels; zero frames are allowed. Raises MediaError.
    """

    samples: Samples
    rate_hz: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", _checked_samples(self.samples))
        rate = self.rate_hz
        if isinstance(rate, bool) or not isinstance(rate, (int, np.integer)) or rate < 1:
            raise MediaError(
                f"sample rate {rate!r} Hz: set rate_hz to a whole number, 8000 or more"
            )
        object.__setattr__(self, "rate_hz", int(rate))

    @classmethod
    def trusted(cls, samples: Samples, rate_hz: int) -> Audio:
        """Sound from samples that were checked before they were stored: nothing is read."""
        audio = object.__new__(cls)
        object.__setattr__(audio, "samples", _read_only(samples))
        object.__setattr__(audio, "rate_hz", rate_hz)
        return audio

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        return self.frames / self.rate_hz

    @property
    def peak(self) -> float:
        """The largest absolute sample; 0.0 when there are no frames."""
        return max((float(np.abs(block).max()) for block in self.blocks()), default=0.0)

    def blocks(self, frames: int = BLOCK_FRAMES) -> Iterator[Samples]:
        """The samples in order, as views of at most `frames` frames, each let go of after use."""
        for start in range(0, self.frames, frames):
            yield self.samples[:, start : start + frames]
            self.let_go()

    def let_go(self) -> None:
        """Lets samples that are a mapped file leave memory until they are read again.

        Whoever reads a long sound block by block calls it in between, and never holds the whole.
        """
        base: Any = self.samples
        while isinstance(base, np.ndarray):
            base = base.base
        mapped = base.obj if isinstance(base, memoryview) else base
        if isinstance(mapped, mmap.mmap) and hasattr(mapped, "madvise"):
            mapped.madvise(mmap.MADV_DONTNEED)

    def scaled(self, gain: float) -> Audio:
        """The same sound times `gain`, a linear factor. Nothing is clipped."""
        return Audio(self.samples * np.float32(gain), self.rate_hz)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Audio)
            and self.rate_hz == other.rate_hz
            and np.array_equal(self.samples, other.samples)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays are compared by value, never used as keys


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """Pictures: `pixels` uint8 sRGB (batch, height, width, 3 or 4), read-only.

    One picture (height, width, 3 or 4) is taken as a batch of one. Raises MediaError.
    """

    pixels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        pixels = np.asarray(self.pixels)
        if pixels.ndim == 3:
            pixels = pixels[None]
        if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[3] not in (3, 4):
            raise MediaError(
                f"pixels {pixels.dtype} of shape {pixels.shape}: give uint8 sRGB "
                "(batch, height, width, 3 or 4)"
            )
        object.__setattr__(self, "pixels", _read_only(pixels))


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """Coverage: `values` float32 0 to 1 (batch, height, width), read-only. Raises MediaError."""

    values: NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _unit_map(self.values, "mask"))


@dataclass(frozen=True, slots=True, eq=False)
class Depth:
    """Distance: `values` float32 0 far to 1 near (batch, height, width). Raises MediaError."""

    values: NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _unit_map(self.values, "depth"))


def _checked_samples(given: Any) -> Samples:
    samples = np.asarray(given)
    if samples.ndim == 1:
        samples = samples[None]
    if samples.ndim != 2 or samples.dtype.kind not in "fiu":
        raise MediaError(
            f"samples {samples.dtype} of shape {samples.shape}: give float32 (channels, frames)"
        )
    if not 1 <= samples.shape[0] <= MAX_CHANNELS:
        raise MediaError(
            f"samples of shape {samples.shape}: {samples.shape[0]} channels, but sound has 1 to "
            f"{MAX_CHANNELS}; the shape is (channels, frames)"
        )
    if samples.dtype.kind != "f":
        raise MediaError(
            f"samples are {samples.dtype}: scale them to float32 with full scale ±1.0 first"
        )
    with np.errstate(over="ignore"):
        samples = samples.astype(np.float32, copy=False)
    for start in range(0, samples.shape[1], BLOCK_FRAMES):
        block = samples[:, start : start + BLOCK_FRAMES]
        if not np.isfinite(block).all():
            bad = int(np.argmax(~np.isfinite(block).all(axis=0))) + start
            raise MediaError(
                f"sample {bad} is not finite (NaN or infinite): look for a division by zero or "
                "a filter that blew up before this"
            )
    return _read_only(samples)


def _unit_map(given: Any, what: str) -> NDArray[np.float32]:
    values = np.asarray(given)
    if values.ndim == 2:
        values = values[None]
    if values.ndim != 3 or values.dtype.kind != "f":
        raise MediaError(
            f"{what} {values.dtype} of shape {values.shape}: give float32 (batch, height, width)"
        )
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        raise MediaError(
            f"{what} goes from {values.min():g} to {values.max():g}: keep it in 0 to 1"
        )
    return _read_only(values.astype(np.float32, copy=False))


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A contiguous array that nobody can write through: a view of what was given."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
