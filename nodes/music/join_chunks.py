"""JoinChunks: a beginning and the chunks that continue it, as one sound."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Context, Many, Number, node, sound


@node(category="music/parts")
def join_chunks(
    ctx: Context,
    audio: Audio,
    chunks: Many[Audio],
    overlap_seconds: Annotated[float, Number(0, 60, 0.01, unit="s")] = 0.0,
    end_seconds: Annotated[float, Number(0, 1_000_000, 0.01, unit="s")] = 1_000_000.0,
) -> Audio:
    """Puts a beginning and its chunks together, each laid over the end of the one before.

    The crossfade keeps the level steady for how alike the two are, and ends on the bar line.

    audio: the beginning.
    chunks: what follows, in order; each plays the last `overlap_seconds` again.
    overlap_seconds: how long each crossfade is.
    end_seconds: where the result ends, if the chunks go further.
    """
    sounds = [audio, *chunks]
    rates = sorted({part.rate_hz for part in sounds})
    if len(rates) > 1:
        ctx.say(f"resampled to {rates[-1]} Hz, the highest rate among the parts")
    return sound.joined(sounds, overlap_seconds, end_seconds=end_seconds)
