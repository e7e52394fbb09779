"""What several nodes ask of a sound before they work on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from patchbay import Audio, Context, InputError


def filled(audio: Audio, name: str = "audio") -> Audio:
    """The sound itself. Raises InputError when it has no frames."""
    if not audio.frames:
        raise InputError(
            f"input {name!r} is empty (0 frames): give it a sound that lasts, or check the node "
            "before it",
            input=name,
        )
    return audio


def amplified(audio: Audio, gain_db: float) -> NDArray[np.float32]:
    """New samples, this much louder; only they are held, not the whole of what is read."""
    gain = np.float32(10 ** (gain_db / 20))
    samples = np.empty(audio.samples.shape, np.float32)
    start = 0
    for block in audio.blocks():
        np.multiply(block, gain, out=samples[:, start : start + block.shape[1]])
        start += block.shape[1]
    return samples


def tell_alike(sounds: Sequence[Audio], ctx: Context) -> None:
    """Says which rates and numbers of channels become one when these sounds are put together."""
    rates = sorted({audio.rate_hz for audio in sounds})
    if len(rates) > 1:
        lower = ", ".join(str(rate) for rate in rates[:-1])
        ctx.say(f"resampled from {lower} Hz to {rates[-1]} Hz, the highest rate")
    counts = sorted({audio.channels for audio in sounds})
    if len(counts) > 1:
        fewer = ", ".join(str(count) for count in counts[:-1])
        ctx.say(f"brought from {fewer} to {counts[-1]} channels, the most there are")
