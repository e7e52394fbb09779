"""Which loudspeaker each channel feeds, and how sound is brought to another number of channels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from patchbay.errors import InputError
from patchbay.media import BLOCK_FRAMES, MAX_CHANNELS, Audio, Samples

_SURROUND_5_1 = ("left", "right", "centre", "bass", "left side", "right side")

# The order of WAVE_FORMAT_EXTENSIBLE (Microsoft, "Multiple channel audio data and WAVE files").
# Four and five channels are the 5.1 layout without the loudspeakers that it lacks.
LAYOUTS: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {
        1: ("mono",),
        2: ("left", "right"),
        3: ("left", "right", "centre"),
        4: ("left", "right", "left side", "right side"),
        5: ("left", "right", "centre", "left side", "right side"),
        6: _SURROUND_5_1,
        7: (*_SURROUND_5_1[:4], "back centre", "left side", "right side"),
        8: (*_SURROUND_5_1[:4], "left back", "right back", "left side", "right side"),
    }
)

_HALF_POWER = 0.5**0.5

# Where a loudspeaker's sound goes when the target has none: ITU-R BS.775-3 table 2 (3/2 to 2/0)
# with centre and surrounds at -3 dB. BS.775 leaves the low-frequency channel out of a downmix.
_FOLDS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "centre": {"left": _HALF_POWER, "right": _HALF_POWER},
        "left side": {"left": _HALF_POWER},
        "right side": {"right": _HALF_POWER},
        "left back": {"left side": 1.0},
        "right back": {"right side": 1.0},
        "back centre": {"left side": _HALF_POWER, "right side": _HALF_POWER},
        "bass": {},
    }
)


def with_channels(audio: Audio, channels: int) -> Audio:
    """The sound in another number of channels, 1 to 8; the same object when it has them already.

    Mono to many: a copy in each channel. Many to mono: the average of all channels but the
    low-frequency one. Otherwise loudspeakers of the same name keep their sound, missing ones are
    folded at -3 dB as in ITU-R BS.775-3 (the low-frequency channel is dropped), new ones are
    silent. A downmix can pass full scale; nothing is clipped. Raises InputError.
    """
    matrix = mixing_matrix(audio.channels, channels)
    if audio.channels == channels:
        return audio
    samples = np.empty((channels, audio.frames), np.float32)
    for start in range(0, audio.frames, BLOCK_FRAMES):
        block = audio.samples[:, start : start + BLOCK_FRAMES]
        samples[:, start : start + BLOCK_FRAMES] = converted(block, matrix)
    return Audio(samples, audio.rate_hz)


def mixing_matrix(given: int, wanted: int) -> NDArray[np.float32]:
    """The gains (wanted, given) from each given channel to each wanted one; see with_channels."""
    if not 1 <= wanted <= MAX_CHANNELS:
        raise InputError(f"{wanted} channels: set channels to 1 to {MAX_CHANNELS}")
    if given == 1:
        return np.ones((wanted, 1), np.float32)
    names = LAYOUTS[given]
    if wanted == 1:
        heard = np.array([[name != "bass" for name in names]], np.float32)
        return np.asarray(heard / heard.sum())
    matrix = np.zeros((wanted, given), np.float32)
    for column, name in enumerate(names):
        for target, gain in _destinations(name, LAYOUTS[wanted]).items():
            matrix[LAYOUTS[wanted].index(target), column] = gain
    return matrix


def converted(block: Samples, matrix: NDArray[np.float32]) -> Samples:
    """One block (given, frames) through a mixing matrix: (wanted, frames)."""
    if matrix.shape[1] == 1:
        return np.repeat(block, matrix.shape[0], axis=0)
    return np.asarray(matrix @ block)


def _destinations(name: str, layout: tuple[str, ...]) -> dict[str, float]:
    if name in layout:
        return {name: 1.0}
    gains: dict[str, float] = {}
    for target, gain in _FOLDS[name].items():
        for final, further in _destinations(target, layout).items():
            gains[final] = gains.get(final, 0.0) + gain * further
    return gains
