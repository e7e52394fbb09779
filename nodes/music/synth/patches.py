"""The patches: which sound plays each instrument, how loud, how wide, how far from the listener."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from . import plucked, struck, sustained
from .modal import Wave

Sound = Callable[[int, float, float, float], Wave]
Motion = Literal["still", "tremolo", "motor", "breathing"]


@dataclass(frozen=True, slots=True)
class Patch:
    """An instrument on the mixing desk.

    `sound` takes MIDI pitch, strength 0 to 1, seconds and rate. `gain` is linear and was set by
    ear and meter so that the instruments of a full recipe balance; `send` of it goes to the room;
    `release` seconds a note takes to die when let go; `echo` the level of a dotted-eighth echo.
    """

    sound: Sound
    gain: float
    send: float
    release: float
    motion: Motion = "still"
    echo: float = 0.0


PATCHES = MappingProxyType(
    {
        "electric piano": Patch(struck.electric_piano, 0.18, 0.22, 0.22, "tremolo"),
        "piano": Patch(struck.piano, 0.22, 0.25, 0.30),
        "guitar": Patch(plucked.guitar, 0.26, 0.22, 0.35),
        "vibraphone": Patch(struck.vibraphone, 0.17, 0.35, 0.9, "motor", 0.16),
        "music box": Patch(struck.music_box, 0.15, 0.40, 0.9, "still", 0.18),
        "flute": Patch(sustained.flute, 0.12, 0.38, 0.14, "still", 0.16),
        "synth lead": Patch(sustained.synth_lead, 0.19, 0.28, 0.18, "still", 0.22),
        "soft pad": Patch(sustained.soft_pad, 0.10, 0.25, 0.9, "breathing"),
        "strings": Patch(sustained.strings, 0.095, 0.35, 0.6, "breathing"),
        "bass": Patch(plucked.bass, 0.19, 0.0, 0.06),
    }
)
