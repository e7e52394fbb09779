"""JoinAudio: one sound after the other."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Context, InputError, Many, Number, node, sound

from .contents import filled, tell_alike


@node(category="audio/mix")
def join_audio(
    ctx: Context,
    sounds: Many[Audio],
    crossfade_seconds: Annotated[float, Number(0, 60, 0.1, unit="s")] = 0.0,
    curve: sound.CrossfadeCurve = "matched",
) -> Audio:
    """Puts any number of sounds one after the other, in the order in which they are linked.

    sounds: what is joined; link as many as there are.
    crossfade_seconds: how long each goes over into the next; 0 for plain cuts.
    curve: matched listens to how alike two neighbours are and keeps the level steady.
    """
    if not sounds:
        raise InputError("0 sounds: link one or more", input="sounds")
    for audio in sounds:
        filled(audio, "sounds")
    tell_alike(sounds, ctx)
    return sound.joined(sounds, crossfade_seconds, curve)
