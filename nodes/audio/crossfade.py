"""Crossfade: one sound goes into another."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Context, Number, node, sound

from .contents import filled, tell_alike


@node(category="audio/mix")
def crossfade(
    ctx: Context,
    first: Audio,
    second: Audio,
    seconds: Annotated[float, Number(0, 600, 0.1, unit="s")] = 2.0,
    curve: sound.CrossfadeCurve = "matched",
) -> Audio:
    """Lets one sound go over into another. Together they are as long as both, less the crossfade.

    first: the sound that goes out.
    second: the sound that comes in.
    seconds: how long both are heard; at most the shorter of them. 0 puts one after the other.
    curve: matched listens to how alike the two are and keeps the level steady; equal power suits
        sounds that have nothing in common, linear two copies of the same.
    """
    sounds = [filled(first, "first"), filled(second, "second")]
    tell_alike(sounds, ctx)
    shortest = min(audio.seconds for audio in sounds)
    if seconds > shortest:
        ctx.say(f"the crossfade takes {shortest:.3g} s, as long as the shorter sound")
    return sound.joined(sounds, seconds, curve)
