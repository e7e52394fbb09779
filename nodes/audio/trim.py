"""Trim: keeps a part of a sound."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, InputError, Number, node, sound

from .contents import filled


@node(category="audio/time")
def trim(
    audio: Audio,
    start_seconds: Annotated[float, Number(0, 360_000, 0.01, unit="s")] = 0.0,
    end_seconds: Annotated[float, Number(0, 360_000, 0.01, unit="s")] = 0.0,
) -> Audio:
    """Keeps the part of a sound between two moments. Put Fade behind it to soften the cuts.

    audio: the sound.
    start_seconds: where the part begins, counted from the beginning of the sound.
    end_seconds: where it ends, counted from the beginning too; 0 is the end of the sound, and so
        is anything behind it.
    """
    filled(audio)
    if 0 < end_seconds <= start_seconds:
        raise InputError(
            f"start {start_seconds:g} s, end {end_seconds:g} s: set the end behind the start, or "
            "to 0 for the end of the sound",
            input="end_seconds",
        )
    part = sound.trimmed(audio, start_seconds, end_seconds or None)
    return filled(part)
