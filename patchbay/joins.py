"""Joining two sounds so that nobody hears where, and measuring how well that went."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from patchbay.errors import InputError
from patchbay.loudness import ungated
from patchbay.media import BLOCK_FRAMES, Audio, Samples

CrossfadeCurve = Literal["matched", "equal power", "linear"]

# Sound in opposite phase would ask for an endless gain in the middle; here it is at most 0 dB.
_LEAST_CORRELATION = -0.5
# How far to either side of a join one looks for what is usual, and what is too near to it to count.
_USUAL_SECONDS = 10.0
_NEAR_SECONDS = 0.01
_LEVEL_SECONDS = 3.0
_SPECTRUM_SECONDS = 0.5
_BANDS = 24
_LOWEST_BAND_HZ = 50.0


@dataclass(frozen=True, slots=True)
class Seam:
    """How a join compares with what is usual within 10 s of it.

    `step`: the absolute difference of the two samples at the join, largest of the channels, and
    `usual_step` the 99.9th percentile of such steps elsewhere. `level_change_lu`: loudness of up
    to 3 s after less that of up to 3 s before; ±inf next to silence. `spectrum_change_db`:
    log-spectral distance (root mean square over 24 bands) of the half seconds before and after,
    each brought to the same mean, and `usual_spectrum_change_db` its median elsewhere.
    """

    frame: int
    step: float
    usual_step: float
    level_change_lu: float
    spectrum_change_db: float
    usual_spectrum_change_db: float


def crossfaded(
    first: Audio, second: Audio, overlap_frames: int, curve: CrossfadeCurve = "matched"
) -> Audio:
    """The end of `first` laid over the beginning of `second` for `overlap_frames` frames.

    "matched" keeps the power steady for the correlation measured in the overlap: equal power for
    unrelated sounds, equal gain for the same sound (M. Fink, M. Holters, U. Zölzer,
    "Signal-Matched Power-Complementary Cross-Fading and Dry-Wet Mixing", DAFx 2016).
    "equal power" and "linear" are those two ends. Nothing is clipped. Raises InputError.
    """
    _check_pair(first, second, overlap_frames)
    fading = first.samples[:, first.frames - overlap_frames :]
    coming = second.samples[:, :overlap_frames]
    correlations = {"equal power": 0.0, "linear": 1.0}
    if curve != "matched" and curve not in correlations:
        raise InputError(f"curve {curve!r}: choose matched, equal power or linear")
    related = correlations[curve] if curve in correlations else correlation(fading, coming)
    samples = np.empty((first.channels, first.frames + second.frames - overlap_frames), np.float32)
    start = first.frames - overlap_frames
    samples[:, :start] = first.samples[:, :start]
    samples[:, first.frames :] = second.samples[:, overlap_frames:]
    for at in range(0, overlap_frames, BLOCK_FRAMES):
        part = slice(at, min(at + BLOCK_FRAMES, overlap_frames))
        come = _incoming(np.arange(part.start, part.stop), overlap_frames)
        scale = 1 / np.sqrt(come**2 + (1 - come) ** 2 + 2 * related * come * (1 - come))
        old, new = ((1 - come) * scale).astype(np.float32), (come * scale).astype(np.float32)
        joined = samples[:, start + part.start : start + part.stop]
        np.add(fading[:, part] * old, coming[:, part] * new, out=joined)
    return Audio(samples, first.rate_hz)


def correlation(first: Samples, second: Samples) -> float:
    """The correlation of two equally long sounds over all channels, -0.5 to 1; 0 for silence.

    Cross energy over the root of both energies. Less than -0.5 is given as -0.5.
    """
    cross = energy = other = 0.0
    for start in range(0, first.shape[1], BLOCK_FRAMES):
        one = first[:, start : start + BLOCK_FRAMES].astype(np.float64)
        two = second[:, start : start + BLOCK_FRAMES].astype(np.float64)
        cross += float(np.vdot(one, two))
        energy += float(np.vdot(one, one))
        other += float(np.vdot(two, two))
    if not (energy > 0 and other > 0):
        return 0.0
    return min(1.0, max(_LEAST_CORRELATION, cross / float(np.sqrt(energy * other))))


def seam(audio: Audio, frame: int) -> Seam:
    """How the join before `frame` compares with what is usual near it. Raises InputError."""
    if not 0 < frame < audio.frames:
        raise InputError(f"frame {frame}: give a join inside the sound, 1 to {audio.frames - 1}")
    reach = round(_USUAL_SECONDS * audio.rate_hz)
    start = max(0, frame - reach)
    part, at = audio.samples[:, start : frame + reach], frame - start
    steps = np.abs(np.diff(part, axis=1)).max(axis=0)
    near = round(_NEAR_SECONDS * audio.rate_hz)
    elsewhere = np.concatenate((steps[: max(at - 1 - near, 0)], steps[at + near :]))
    size = round(_LEVEL_SECONDS * audio.rate_hz)
    before = ungated(Audio(part[:, max(at - size, 0) : at], audio.rate_hz))
    after = ungated(Audio(part[:, at : at + size], audio.rate_hz))
    window = max(1, round(_SPECTRUM_SECONDS * audio.rate_hz))
    changes = _spectrum_changes(part[:, at % window :], window, audio.rate_hz)
    join = at // window - 1
    others = [change for index, change in enumerate(changes) if index != join]
    return Seam(
        frame=frame,
        step=float(steps[at - 1]),
        usual_step=float(np.percentile(elsewhere, 99.9)) if elsewhere.size else 0.0,
        level_change_lu=0.0 if before == after else after - before,
        spectrum_change_db=changes[join] if 0 <= join < len(changes) else 0.0,
        usual_spectrum_change_db=float(np.median(others)) if others else 0.0,
    )


def _check_pair(first: Audio, second: Audio, overlap_frames: int) -> None:
    if (first.rate_hz, first.channels) != (second.rate_hz, second.channels):
        raise InputError(
            f"{first.channels} channels at {first.rate_hz} Hz and {second.channels} at "
            f"{second.rate_hz} Hz: bring both to one rate and number of channels first"
        )
    longest = min(first.frames, second.frames)
    if not 0 <= overlap_frames <= longest:
        raise InputError(f"overlap {overlap_frames} frames: set 0 to {longest}, the shorter sound")


def _incoming(frames: NDArray[np.int64], overlap_frames: int) -> NDArray[np.float64]:
    """A raised cosine from 0 to 1: its slope is zero at both ends, so no corner is heard."""
    return 0.5 - 0.5 * np.cos(np.pi * (frames + 0.5) / overlap_frames)


def _spectrum_changes(part: Samples, size: int, rate_hz: int) -> list[float]:
    """Log-spectral distances in dB of each stretch of `size` frames to the next."""
    starts = range(0, part.shape[1] - size + 1, size)
    bands = [_bands(part[:, start : start + size], rate_hz) for start in starts]
    return [float(np.sqrt(np.mean((before - after) ** 2))) for before, after in pairwise(bands)]


def _bands(block: Samples, rate_hz: int) -> NDArray[np.float64]:
    """Levels in dB of bands of equal width in octaves from 50 Hz to 0.45 of the rate, mean 0."""
    window = np.hanning(block.shape[1] + 2)[1:-1].astype(np.float32)
    power = (np.abs(np.fft.rfft(block * window, axis=1)) ** 2).sum(axis=0)
    edges = np.geomspace(_LOWEST_BAND_HZ, max(0.45 * rate_hz, 2 * _LOWEST_BAND_HZ), _BANDS + 1)
    bins = np.minimum(edges * block.shape[1] / rate_hz, power.size - 1).astype(np.int64)
    sums = np.concatenate(([0.0], np.cumsum(power)))
    # -100 dB under the whole is nothing: without a floor an empty band would decide everything.
    energy = sums[np.maximum(bins[1:], bins[:-1] + 1)] - sums[bins[:-1]]
    levels = 10 * np.log10(energy + 1e-10 * sums[-1] + 1e-30)
    return np.asarray(levels - levels.mean())
