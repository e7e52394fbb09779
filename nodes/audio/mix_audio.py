"""MixAudio: several sounds at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Annotated

from patchbay import Audio, Context, InputError, Many, Number, node, sound

from .contents import filled, tell_alike

Gain = Annotated[float, Number(-120, 60, 0.1, unit="dB")]


@node(category="audio/mix")
def mix_audio(ctx: Context, tracks: Many[Audio], gains_db: Many[Gain] = ()) -> Audio:
    """Plays several sounds at once, all from the beginning; shorter ones end in silence.

    The result has the highest rate and the most channels among them. Levels are added as they
    are: put Normalize behind it when the note says that the sum passes full scale.

    tracks: the sounds; link as many as there are.
    gains_db: the gain of each, in the same order; a track without one stays as it is.
    """
    if not tracks:
        raise InputError("0 tracks: link one or more", input="tracks")
    for track in tracks:
        filled(track, "tracks")
    result = sound.mixed(tracks, _gains(tracks, gains_db))
    tell_alike(tracks, ctx)
    if result.peak > 1:
        ctx.say(f"the sum is {20 * log10(result.peak):.1f} dB above full scale")
    return result


def _gains(tracks: Sequence[Audio], gains_db: Sequence[float]) -> list[float]:
    if len(gains_db) > len(tracks):
        raise InputError(
            f"{len(gains_db)} gains for {len(tracks)} tracks: give at most one for each",
            input="gains_db",
        )
    return [*gains_db, *[0.0] * (len(tracks) - len(gains_db))]
