"""The level: a slow hand on the fader that keeps bare and full bars about equally loud."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .modal import Wave
from .span import Span, ramps

TARGET_LUFS = -16.0
# What is taken to have been before the piece began: most begin with something softer than full.
_PRIOR_POWER = 10.0 ** ((TARGET_LUFS - 2.0 + 0.691) / 10.0)
# Seven tenths of the way to the target: dynamics shrink, but a chorus still lifts.
_RATIO = 0.7
_MOST_DB, _LEAST_DB = 7.0, -8.0
_WINDOW_SECONDS = 1.75
_HOPS_A_SECOND = 50
# The loudness is taken from the mean of every three frames, which is near enough below 6 kHz.
_THIN = 3


def levelled(mix: Wave, span: Span) -> Wave:
    """The mix (2, size) with a gain that follows the loudness of the last 3.5 s, in place.

    Its window is fixed in time and looks back only, so any span of the piece gets the same gain.
    """
    hop = int(span.rate / (_THIN * _HOPS_A_SECOND)) * _THIN
    power = _hop_power(mix, hop, span.rate)
    if not span.loops:
        power[: max(span.preroll - span.start, 0) // hop] = _PRIOR_POWER
    window = int(_WINDOW_SECONDS * _HOPS_A_SECOND)
    level_db = -0.691 + 10.0 * np.log10(np.maximum(_smooth(power, window), 1e-9))
    gain_db = np.clip(_RATIO * (TARGET_LUFS - level_db), _LEAST_DB, _MOST_DB)
    gain = 10.0 ** (gain_db / 20.0)
    # A hop's gain is reached at its end: what it was measured from has been heard by then.
    knots = np.concatenate([gain[:1], gain, gain[-1:]])
    mix *= ramps(knots, hop)[: span.size].astype(np.float32)
    return mix


def _hop_power(mix: Wave, hop: int, rate: float) -> NDArray[np.float64]:
    """Power of both channels together after K-weighting (ITU-R BS.1770), one value for each hop."""
    from scipy.signal import sosfilt

    hops = mix.shape[1] // hop
    reduced = mix[:, 0 : hops * hop : _THIN] + mix[:, 1 : hops * hop : _THIN]
    reduced += mix[:, 2 : hops * hop : _THIN]
    weighted = sosfilt(_weighting(rate / _THIN), reduced, axis=1)
    weighted *= weighted
    power: NDArray[np.float64] = weighted.reshape(2, hops, -1).mean(axis=2).sum(axis=0) / _THIN**2
    return power.astype(np.float64)


def _weighting(rate: float) -> NDArray[np.float32]:
    """K-weighting as two first-order sections: a high-pass at 60 Hz, a shelf of 4 dB at 1.5 kHz."""
    from scipy.signal import bilinear, butter

    corner = 2.0 * np.pi * min(1500.0, 0.2 * rate)
    lift = 10.0 ** (4.0 / 20.0)
    upper, lower = bilinear([lift, corner], [1.0, corner], fs=rate)
    shelf = [*upper, 0.0, *lower, 0.0]
    return np.vstack([butter(1, 60.0, "highpass", fs=rate, output="sos"), shelf]).astype(np.float32)


def _smooth(power: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Two running means one behind the other: a triangle that looks back two windows."""
    for _ in range(2):
        filled = np.concatenate([np.full(window - 1, _PRIOR_POWER), power])
        power = np.convolve(filled, np.full(window, 1.0 / window), mode="valid")
    return power
