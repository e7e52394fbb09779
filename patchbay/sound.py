"""What nodes need for sound, block by block: one copy of the sound is made, the result's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite, pi
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from patchbay.channels import converted, mixing_matrix, with_channels
from patchbay.errors import InputError
from patchbay.joins import CrossfadeCurve, Seam, crossfaded, seam
from patchbay.loudness import loudness, short_term
from patchbay.media import BLOCK_FRAMES, Audio, Samples
from patchbay.peaks import limited, true_peak_db

__all__ = [
    "CrossfadeCurve",
    "FadeCurve",
    "Seam",
    "crossfaded",
    "faded",
    "joined",
    "limited",
    "loudness",
    "mixed",
    "resampled",
    "seam",
    "short_term",
    "silence",
    "trimmed",
    "true_peak_db",
    "with_channels",
]

FadeCurve = Literal["smooth", "linear", "equal power"]


def silence(seconds: float, rate_hz: int, channels: int = 2) -> Audio:
    """Silence of `seconds`, rounded to whole frames. Raises InputError, MediaError."""
    _check_seconds("seconds", seconds)
    return Audio(np.zeros((channels, round(seconds * rate_hz)), np.float32), rate_hz)


def trimmed(audio: Audio, start_seconds: float = 0.0, end_seconds: float | None = None) -> Audio:
    """The part from `start_seconds` up to `end_seconds`; None or more than there is: the end.

    Raises InputError when nothing would be left of a sound that has frames.
    """
    _check_seconds("start_seconds", start_seconds)
    end = audio.seconds if end_seconds is None else min(end_seconds, audio.seconds)
    if audio.frames and not start_seconds < end:
        raise InputError(
            f"start {start_seconds} s, end {end:g} s: start before the end of this sound of "
            f"{audio.seconds:g} s"
        )
    first, last = round(start_seconds * audio.rate_hz), round(end * audio.rate_hz)
    return Audio.trusted(_copied(audio, first, last), audio.rate_hz)


def faded(
    audio: Audio, in_seconds: float = 0.0, out_seconds: float = 0.0, curve: FadeCurve = "smooth"
) -> Audio:
    """The sound coming in from silence and going out to it; the same object for no fades.

    "smooth" is a raised cosine, "linear" a straight line, "equal power" a quarter of a sine. A
    fade longer than the sound takes all of it; fades that meet are multiplied. Raises InputError.
    """
    _check_seconds("in_seconds", in_seconds)
    _check_seconds("out_seconds", out_seconds)
    if curve not in ("smooth", "linear", "equal power"):
        raise InputError(f"curve {curve!r}: choose smooth, linear or equal power")
    rise, fall = (min(round(s * audio.rate_hz), audio.frames) for s in (in_seconds, out_seconds))
    if not rise and not fall:
        return audio
    samples = _copied(audio, 0, audio.frames)
    for start in range(0, rise, BLOCK_FRAMES):
        frames = np.arange(start, min(start + BLOCK_FRAMES, rise))
        samples[:, frames[0] : frames[-1] + 1] *= _gain((frames + 0.5) / rise, curve)
    for start in range(0, fall, BLOCK_FRAMES):
        frames = np.arange(start, min(start + BLOCK_FRAMES, fall))
        at = audio.frames - fall + start
        samples[:, at : at + frames.size] *= _gain(1 - (frames + 0.5) / fall, curve)
    return Audio(samples, audio.rate_hz)


def resampled(audio: Audio, rate_hz: int) -> Audio:
    """The sound at another rate (soxr HQ); the same object when it has it already.

    Frames are those of the same duration, rounded. Raises InputError.
    """
    if audio.rate_hz == rate_hz:
        return audio
    if rate_hz < 1:
        raise InputError(f"sample rate {rate_hz} Hz: set rate_hz to 8000 or more")
    samples = np.zeros((audio.channels, _frames_at(audio, rate_hz)), np.float32)
    start = 0
    for block in _blocks_at(audio, rate_hz):
        samples[:, start : start + block.shape[1]] = block
        start += block.shape[1]
    return Audio(samples, rate_hz)


def mixed(tracks: Sequence[Audio], gains_db: Sequence[float] | None = None) -> Audio:
    """All tracks at once, from the same beginning, each with its gain in dB (0 when not given).

    At the highest rate, with the most channels and the length of the longest; shorter tracks end
    in silence. Levels are not adjusted and nothing is clipped: see limited. Raises InputError.
    """
    gains = [0.0] * len(tracks) if gains_db is None else list(gains_db)
    if not tracks or len(gains) != len(tracks):
        raise InputError(f"{len(tracks)} tracks, {len(gains)} gains: give a track and a gain each")
    if not all(isfinite(gain) for gain in gains):
        raise InputError(f"gains {gains} dB: set each to a number such as -6")
    rate_hz = max(track.rate_hz for track in tracks)
    channels = max(track.channels for track in tracks)
    frames = max(_frames_at(track, rate_hz) for track in tracks)
    samples = np.zeros((channels, frames), np.float32)
    for track, gain_db in zip(tracks, gains, strict=True):
        matrix = mixing_matrix(track.channels, channels)
        start = 0
        for block in _blocks_at(track, rate_hz):
            scaled = block * np.float32(10 ** (gain_db / 20))
            samples[:, start : start + block.shape[1]] += converted(scaled, matrix)
            start += block.shape[1]
    return Audio(samples, rate_hz)


def joined(
    sounds: Sequence[Audio],
    overlap_seconds: float = 0.0,
    curve: CrossfadeCurve = "matched",
    end_seconds: float | None = None,
) -> Audio:
    """One sound after the other, each laid over the end of the one before by `overlap_seconds`.

    At the highest rate, with the most channels. A shorter sound is laid over with all it has.
    Nothing is kept from `end_seconds` on, and no crossfade begins that would pass it. Only the
    result is held as a whole: sounds that must be resampled are so one at a time. Raises
    InputError.
    """
    _check_seconds("overlap_seconds", overlap_seconds)
    if not sounds:
        raise InputError("0 sounds: give one or more to join")
    rate_hz = max(sound.rate_hz for sound in sounds)
    channels = max(sound.channels for sound in sounds)
    ends, overlaps = [_frames_at(sounds[0], rate_hz)], [0]
    for sound in sounds[1:]:
        frames = _frames_at(sound, rate_hz)
        overlaps.append(min(round(overlap_seconds * rate_hz), frames, ends[-1]))
        ends.append(ends[-1] + frames - overlaps[-1])
    end = ends[-1] if end_seconds is None else min(round(end_seconds * rate_hz), ends[-1])
    samples = np.empty((channels, end), np.float32)
    written = 0
    for sound, overlap, before_it in zip(sounds, overlaps, (0, *ends), strict=False):
        if before_it > end:
            break
        start = written - overlap
        part = with_channels(resampled(sound, rate_hz), channels)
        before = Audio.trusted(samples[:, start:written], rate_hz)
        over = Audio.trusted(part.samples[:, :overlap], rate_hz)
        samples[:, start:written] = crossfaded(before, over, overlap, curve).samples
        rest = part.samples[:, overlap : overlap + end - written]
        samples[:, written : written + rest.shape[1]] = rest
        written += rest.shape[1]
        sound.let_go()
    return Audio.trusted(samples, rate_hz)


def _copied(audio: Audio, first: int, last: int) -> Samples:
    """A copy of some frames, made block by block, so that a mapped file is not held whole."""
    samples = np.empty((audio.channels, last - first), np.float32)
    for start in range(0, last - first, BLOCK_FRAMES):
        end = min(start + BLOCK_FRAMES, last - first)
        samples[:, start:end] = audio.samples[:, first + start : first + end]
        audio.let_go()
    return samples


def _blocks_at(audio: Audio, rate_hz: int) -> Iterator[Samples]:
    """The sound at another rate, in order; no more than `_frames_at` frames in all."""
    if audio.rate_hz == rate_hz:
        yield from audio.blocks()
        return
    import soxr

    stream = soxr.ResampleStream(audio.rate_hz, rate_hz, audio.channels, "float32", "HQ")
    left = _frames_at(audio, rate_hz)
    for start in range(0, audio.frames, BLOCK_FRAMES):
        block = np.ascontiguousarray(audio.samples[:, start : start + BLOCK_FRAMES].T)
        result = stream.resample_chunk(block, last=start + BLOCK_FRAMES >= audio.frames)
        result = result.reshape(-1, audio.channels)[:left]
        left -= len(result)
        yield result.T


def _frames_at(audio: Audio, rate_hz: int) -> int:
    return (2 * audio.frames * rate_hz + audio.rate_hz) // (2 * audio.rate_hz)


def _gain(position: NDArray[np.float64], curve: FadeCurve) -> Samples:
    """A fade's gain at 0 silent to 1 full."""
    if curve == "smooth":
        return (0.5 - 0.5 * np.cos(pi * position)).astype(np.float32)
    return (position if curve == "linear" else np.sin(pi / 2 * position)).astype(np.float32)


def _check_seconds(name: str, seconds: float) -> None:
    if not (isfinite(seconds) and seconds >= 0):
        raise InputError(f"{name} {seconds} s: set it to 0 or more")
