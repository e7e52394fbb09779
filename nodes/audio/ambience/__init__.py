"""Places to be in: endless rain, ocean, crickets, café, fireplace and vinyl, never looping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from patchbay import InputError

from .cafe import Cafe
from .crickets import Crickets
from .fireplace import Fireplace
from .ocean import Ocean
from .rain import Rain
from .texture import Filter, Samples, Scene
from .vinyl import Vinyl

__all__ = ["BLOCK_FRAMES", "KINDS", "LOUDNESS_LUFS", "blocks"]

KINDS: Final = ("rain", "ocean", "crickets", "cafe", "fireplace", "vinyl")
BLOCK_FRAMES: Final = 1 << 16

# What every kind is brought to, in LUFS.
LOUDNESS_LUFS: Final = -30.0

_SCENES: Final[Mapping[str, Callable[[int, int], Scene]]] = MappingProxyType(
    dict(zip(KINDS, (Rain, Ocean, Crickets, Cafe, Fireplace, Vinyl), strict=True))
)

# Loudness of each scene as it is made, in LUFS: the middle of eight seeds of two minutes, which
# lie within 0.9 LU of it; rates of 8 to 48 kHz differ by less than 0.8 LU.
_MADE_LUFS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "rain": -8.4,
        "ocean": 0.6,
        "crickets": -10.9,
        "cafe": -5.7,
        "fireplace": -17.3,
        "vinyl": -18.6,
    }
)
# How much louder one channel with the sum of left and right is than the two.
_SUM_LU: Final[Mapping[str, float]] = MappingProxyType(
    {
        "rain": 0.9,
        "ocean": 0.5,
        "crickets": 1.3,
        "cafe": 0.3,
        "fireplace": 1.9,
        "vinyl": 1.8,
    }
)

# The pairs of loudspeakers, front first, that each have a scene of their own around the listener,
# and the weight of each in loudness (ITU-R BS.1770-4). Centre and low frequencies stay silent.
_FRONT: Final = ((0, 1), 1.0)
_PAIRS: Final[Mapping[int, tuple[tuple[tuple[int, int], float], ...]]] = MappingProxyType(
    {
        2: (_FRONT,),
        3: (_FRONT,),
        4: (_FRONT, ((2, 3), 1.41)),
        5: (_FRONT, ((3, 4), 1.41)),
        6: (_FRONT, ((4, 5), 1.41)),
        7: (_FRONT, ((5, 6), 1.41)),
        8: (_FRONT, ((6, 7), 1.41), ((4, 5), 1.0)),
    }
)

# Filters and rooms have settled after this; it is made and thrown away.
_SETTLING_SECONDS = 2
# Under this nothing is heard, only a loudspeaker's cone moved in vain.
_LOWEST_HZ = 22.0


def blocks(
    kind: str,
    frames: int,
    rate_hz: int,
    seed: int,
    *,
    channels: int = 2,
    block_frames: int = BLOCK_FRAMES,
) -> Iterator[Samples]:
    """The first `frames` frames of a place: float32 (channels, n), each of `block_frames` or less.

    About -30 LUFS whatever the kind, rate and number of channels, without fades. It is made second
    by second: hours need no more memory than minutes, the same seed gives the same sound whatever
    the block size, and more frames only go on. One channel is the sum of left and right; more
    than two put further places of the same kind at the sides and behind. Raises InputError.
    """
    if kind not in KINDS:
        raise InputError(f"kind {kind!r}: choose {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    if channels != 1 and channels not in _PAIRS:
        raise InputError(f"{channels} channels: set channels to 1 to 8")
    if rate_hz < 2000:
        raise InputError(f"sample rate {rate_hz} Hz: set rate_hz to 2000 or more, such as 48000")
    if frames < 0 or block_frames < 1:
        raise InputError(f"{frames} frames in blocks of {block_frames}: set 0 and 1 or more")
    return _cut(_seconds(kind, rate_hz, seed, channels), frames, block_frames)


def _cut(seconds: Iterator[Samples], frames: int, block_frames: int) -> Iterator[Samples]:
    """What comes in seconds as blocks of the size asked for, `frames` frames in all."""
    waiting: list[Samples] = []
    ready = 0
    while frames > 0:
        size = min(block_frames, frames)
        while ready < size:
            waiting.append(next(seconds))
            ready += waiting[-1].shape[1]
        joined = np.concatenate(waiting, axis=1)
        for start in range(0, ready - size + 1, size):
            part = joined[:, start : start + min(size, frames)]
            frames -= part.shape[1]
            yield part.copy()
            if not frames:
                return
        left = ready % size
        waiting, ready = [joined[:, ready - left :]], left


def _seconds(kind: str, rate_hz: int, seed: int, channels: int) -> Iterator[Samples]:
    pairs = _PAIRS[max(channels, 2)]
    gain_db = LOUDNESS_LUFS - _MADE_LUFS[kind]
    gain_db -= _SUM_LU[kind] if channels == 1 else 10 * np.log10(sum(w for _, w in pairs))
    gain = np.float32(10 ** (gain_db / 20))
    # Any far number makes another place of the same kind.
    scenes = [_SCENES[kind](seed + (place << 40), rate_hz) for place in range(len(pairs))]
    filters = [Filter(rate_hz, _LOWEST_HZ, None, 2) for _ in pairs]
    index = -_SETTLING_SECONDS
    while True:
        result = np.zeros((max(channels, 2), rate_hz), np.float32)
        for (pair, _), scene, high_pass in zip(pairs, scenes, filters, strict=True):
            result[list(pair)] = high_pass(scene.second(index)) * gain
        if index >= 0:
            yield result if channels > 1 else result.sum(axis=0, keepdims=True)
        index += 1
