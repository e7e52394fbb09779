"""Resample: the same sound at another sample rate."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Number, node, sound

from .contents import filled


@node(category="audio/format")
def resample(
    audio: Audio, rate_hz: Annotated[int, Number(1000, 384_000, 1, unit="Hz")] = 48_000
) -> Audio:
    """Gives the same sound at another sample rate; pitch and length stay.

    What is above half of a lower rate is lost, as it must be: 8000 Hz keeps what a telephone
    does. A higher rate adds nothing that was not there.

    audio: the sound.
    rate_hz: samples a second: 44100 for a CD, 48000 for film and most else.
    """
    return sound.resampled(filled(audio), rate_hz)
