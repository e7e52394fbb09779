"""Music in a place: an ambience under it, level with it, from its beginning to after its end."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, isfinite, pi

import numpy as np
from numpy.typing import NDArray

from patchbay import Audio, InputError, SoFar, sound

from . import LOUDNESS_LUFS, blocks

# What silent music is taken for: the programme level of EBU R 128.
_SILENT_MUSIC_LUFS = -23.0
_CEILING_DB = -1.0


def mixed_with(
    music: Audio,
    kind: str,
    level_lu: float = -14.0,
    seed: int = 0,
    *,
    fade_in_seconds: float = 2.0,
    fade_out_seconds: float = 4.0,
    tail_seconds: float = 0.0,
    progress: Callable[..., None] = lambda done, total, preview=None: None,
) -> Audio:
    """The music with an ambience under it, at the music's rate and number of channels.

    `level_lu`: loudness of the ambience relative to the integrated loudness of the music; music
    that is silent counts as -23 LUFS. `tail_seconds`: how long the ambience goes on after the
    music. The fades are the ambience's, at both ends of the result. Limited to a true peak of
    -1 dBTP only if it would pass that. `progress` is told the frames done and in all, with the
    mix so far; it may raise to stop the work. Raises InputError.
    """
    _check(level_lu, fade_in_seconds, fade_out_seconds, tail_seconds)
    level = sound.loudness(music)
    level = (_SILENT_MUSIC_LUFS if level == -inf else level) + level_lu
    gain = 10 ** ((level - LOUDNESS_LUFS) / 20)
    frames = music.frames + round(tail_seconds * music.rate_hz)
    rise, fall = (round(s * music.rate_hz) for s in (fade_in_seconds, fade_out_seconds))
    samples = np.empty((music.channels, frames), np.float32)
    start = 0
    for block in blocks(kind, frames, music.rate_hz, seed, channels=music.channels):
        end = start + block.shape[1]
        at = np.arange(start, end)
        fades = _fade(at + 0.5, rise) * _fade(frames - at - 0.5, fall)
        np.multiply(block, (gain * fades).astype(np.float32), out=samples[:, start:end])
        heard = music.samples[:, start:end]
        samples[:, start : start + heard.shape[1]] += heard
        music.let_go()
        start = end
        progress(start, frames, SoFar(samples[:, :start], music.rate_hz))
    return sound.limited(Audio(samples, music.rate_hz), _CEILING_DB, samples, progress)


def _fade(frames: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """A raised cosine from 0 at frame 0 to 1 at `length` and after."""
    return np.asarray(0.5 - 0.5 * np.cos(pi * np.minimum(frames / max(length, 1e-9), 1)))


def _check(level_lu: float, *seconds: float) -> None:
    if not -80 <= level_lu <= 20:
        raise InputError(f"level {level_lu} LU: set level_lu to -80 to 20, such as -14")
    for value in seconds:
        if not (isfinite(value) and value >= 0):
            raise InputError(f"{value} s: set fades and tail to 0 seconds or more")
