"""TailOf: the end of a sound."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Number, node, sound


@node(category="music/parts")
def tail_of(audio: Audio, seconds: Annotated[float, Number(0, 600, 0.1, unit="s")] = 6.0) -> Audio:
    """Gives the end of a sound: what Continue lets an engine listen to.

    audio: the sound.
    seconds: how much of its end; all of it when it is shorter.
    """
    return sound.trimmed(audio, max(audio.seconds - seconds, 0.0))
