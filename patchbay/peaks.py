"""The highest points of a waveform, also between its samples, and holding them under a ceiling."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, log10

import numpy as np
from numpy.typing import NDArray

from patchbay.errors import InputError
from patchbay.media import Audio, Samples

Progress = Callable[[int, int], None]
# Samples either side that an in-between value is computed from. BS.1770-4 annex 2 uses 6; 32 keep
# the reading right up to 0.47 of the sample rate.
_REACH = 32
# Frames computed at a time by one small matrix product, and in one read.
_STRIDE = 32
_READ_FRAMES = 1 << 16

# BS.1770-4 annex 2 asks for 4x: at most 0.6 dB too low at 0.45 of the rate. The limiter has no
# such room and looks at eight points a sample: at most 0.15 dB.
_METER_POINTS = 4
_LIMITER_POINTS = 8

# The limiter's gain has a node every half millisecond, begins to fall 6 ms ahead of a peak, and
# comes back by 40 dB a second: slow enough that a bass note is not distorted.
_NODE_SECONDS = 0.0005
_LOOK_NODES = 6
_RELEASE_DB_PER_SECOND = 40.0


def _quiet(done: int, total: int) -> None:
    """Tells nobody."""


def true_peak_db(audio: Audio, progress: Progress = _quiet) -> float:
    """The highest point of the waveform in dBTP, 4 times oversampled (BS.1770-4 annex 2).

    Sound is taken as silent before and after. -inf for silence and for no frames. `progress` is
    told the frames done and in all; it may raise to stop the work.
    """
    peaks = _peaks(audio, _METER_POINTS, _READ_FRAMES, progress)
    highest = float(peaks.max(initial=0.0))
    return 20 * log10(highest) if highest > 0 else -inf


def limited(
    audio: Audio,
    ceiling_db: float = -1.0,
    out: Samples | None = None,
    progress: Progress = _quiet,
) -> Audio:
    """The sound with its true peak held at `ceiling_db` dBTP; the same object when it is under.

    A look-ahead limiter: one gain for all channels that bends within 6 ms before a peak, and
    comes back by 40 dB a second; frames away from peaks keep their exact values. Every peak is
    known beforehand, so nothing is clipped. `out`, an array of the same shape, takes the result
    in place of a new one, if there is anything to limit; it may be the very array that `audio`
    shows. `progress` is told the frames looked at; it may raise to stop. Raises InputError.
    """
    if not -120 <= ceiling_db <= 20:
        raise InputError(f"ceiling {ceiling_db} dBTP: set ceiling_db to -120 to 20, such as -1")
    node_frames = max(1, round(_NODE_SECONDS * audio.rate_hz))
    ceiling = 10 ** (ceiling_db / 20)
    peaks = _peaks(audio, _LIMITER_POINTS, node_frames, progress)
    if peaks.max(initial=0.0) <= ceiling:
        return audio
    reduction_db = _reduction(
        20 * np.log10(np.maximum(peaks / ceiling, 1.0)), node_frames / audio.rate_hz
    )
    samples = np.empty(audio.samples.shape, np.float32) if out is None else out
    nodes = np.arange(reduction_db.size) * float(node_frames)
    for start in range(0, audio.frames, _READ_FRAMES):
        block = audio.samples[:, start : start + _READ_FRAMES]
        at = np.interp(np.arange(start, start + block.shape[1]), nodes, reduction_db)
        gain = (10 ** (at / -20)).astype(np.float32)
        np.multiply(block, gain, out=samples[:, start : start + block.shape[1]])
    return Audio(samples, audio.rate_hz)


def _reduction(needed_db: NDArray[np.float64], node_seconds: float) -> NDArray[np.float64]:
    """Gain reduction in dB at the borders of the stretches: never under what both sides need.

    The highest need within reach, then the release, then a smoothing no wider than that reach,
    which therefore cannot fall under the need itself. The release is a straight line in dB, so a
    running maximum of (need + line) gives it without a loop.
    """
    from scipy.ndimage import convolve1d, maximum_filter1d

    padded = np.concatenate(([needed_db[0]], needed_db, [needed_db[-1]]))
    nodes = np.maximum(padded[:-1], padded[1:])
    held = maximum_filter1d(nodes, 2 * _LOOK_NODES + 1, mode="nearest")
    fall = np.arange(held.size) * (_RELEASE_DB_PER_SECOND * node_seconds)
    released = np.maximum.accumulate(held + fall) - fall
    window = np.hanning(2 * _LOOK_NODES + 3)[1:-1]
    smooth = convolve1d(released, window / window.sum(), mode="nearest")
    # Rounding leaves about 1e-15 dB where nothing is needed: there the gain must be exactly one.
    smooth[smooth < 1e-9] = 0.0
    return np.asarray(smooth)


def _peaks(
    audio: Audio, points: int, stretch_frames: int, progress: Progress
) -> NDArray[np.float64]:
    """The highest absolute value of all channels in each stretch of `stretch_frames` frames.

    A stretch counts to the first sample after it and from the last one before it, so that a peak
    between two stretches belongs to both.
    """
    read = max(1, _READ_FRAMES // stretch_frames) * stretch_frames
    kernel = _kernel(points)
    found = [np.zeros(0)]
    for start in range(0, audio.frames, read):
        frames = min(read, audio.frames - start)
        stretches = -(-frames // stretch_frames)
        per_frame = np.zeros(stretches * stretch_frames + 1, np.float32)
        for channel in audio.samples:
            heights = _heights(_around(channel, start - 1, frames + 1), kernel)
            np.maximum(per_frame[: frames + 1], heights, out=per_frame[: frames + 1])
        inside = per_frame[1:].reshape(stretches, stretch_frames).max(axis=1)
        before = per_frame[:-1:stretch_frames]
        found.append(np.maximum(inside, before).astype(np.float64))
        audio.let_go()
        progress(start + frames, audio.frames)
    return np.concatenate(found)


def _around(channel: Samples, start: int, frames: int) -> Samples:
    """Samples for `frames` frames from `start` with their reach, zero outside the sound."""
    first, last = start - _REACH + 1, start + frames + _REACH
    part = channel[max(first, 0) : max(last, 0)]
    before = max(-first, 0)
    return np.pad(part, (before, last - first - before - part.size))


def _heights(samples: Samples, kernel: NDArray[np.float32]) -> Samples:
    """The highest absolute value from each frame up to the next, given the samples around.

    Each row of the product is one stretch of `_STRIDE` frames with its reach; a product with a
    band matrix runs many times faster here than a filter.
    """
    frames = samples.size - 2 * _REACH + 1
    rows = -(-frames // _STRIDE)
    width = _STRIDE + 2 * _REACH - 1
    samples = np.pad(samples, (0, rows * _STRIDE + 2 * _REACH - 1 - samples.size))
    windows = np.lib.stride_tricks.sliding_window_view(samples, width)[::_STRIDE]
    between = np.abs(windows @ kernel).reshape(rows, _STRIDE, -1).max(axis=2).reshape(-1)
    own = np.abs(samples[_REACH - 1 : _REACH - 1 + rows * _STRIDE])
    return np.asarray(np.maximum(own, between)[:frames])


def _kernel(points: int) -> NDArray[np.float32]:
    """A band matrix (window, stride x (points - 1)) of Kaiser-windowed sincs for in-between values.

    Each sinc is scaled to pass a constant unchanged, so that every phase reads alike.
    """
    offsets = np.arange(1 - _REACH, _REACH + 1)
    kernel = np.zeros((_STRIDE + 2 * _REACH - 1, _STRIDE, points - 1))
    for point in range(1, points):
        distance = offsets - point / points
        window = np.i0(6.0 * np.sqrt(np.maximum(1 - (distance / _REACH) ** 2, 0)))
        taps = np.sinc(distance) * window
        for frame in range(_STRIDE):
            kernel[frame : frame + 2 * _REACH, frame, point - 1] = taps / taps.sum()
    return kernel.reshape(kernel.shape[0], -1).astype(np.float32)
