"""Gain: louder or quieter by decibels."""

from __future__ import annotations

from math import log10
from typing import Annotated

from patchbay import Audio, Context, Number, node

from .contents import amplified, filled


@node(category="audio/level")
def gain(
    ctx: Context, audio: Audio, db: Annotated[float, Number(-120, 60, 0.1, unit="dB")] = 0.0
) -> Audio:
    """Makes a sound louder or quieter.

    Nothing is clipped here: a sound that passes full scale stays whole inside the graph, and the
    note says by how much, so that a Normalize or a negative Gain can bring it back.

    audio: the sound.
    db: gain in decibels; +6 dB doubles the amplitude, -6 dB halves it, 0 changes nothing.
    """
    filled(audio)
    if db == 0:
        return audio
    result = Audio(amplified(audio, db), audio.rate_hz)
    if result.peak > 1:
        ctx.say(f"the peak is now {20 * log10(result.peak):.1f} dB above full scale")
    return result
