"""Fade: comes in from silence and goes out to it."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Number, node, sound

from .contents import filled


@node(category="audio/time")
def fade(
    audio: Audio,
    in_seconds: Annotated[float, Number(0, 3600, 0.1, unit="s")] = 0.0,
    out_seconds: Annotated[float, Number(0, 3600, 0.1, unit="s")] = 0.0,
    curve: sound.FadeCurve = "smooth",
) -> Audio:
    """Lets a sound come in from silence and go out to it.

    audio: the sound.
    in_seconds: length of the fade at the beginning; 0 for none, and at most the whole sound.
    out_seconds: length of the fade at the end.
    curve: smooth has no corners and suits most music; linear is a straight line; equal power
        holds the level longest, for a sound that another one takes over from.
    """
    return sound.faded(filled(audio), in_seconds, out_seconds, curve)
