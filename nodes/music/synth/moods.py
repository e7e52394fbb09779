"""What a mood means in numbers: brightness, room, tape, touch."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from patchbay import Recipe


@dataclass(frozen=True, slots=True)
class Character:
    """How a mood sounds and is played.

    `cutoff_hz` of the tape's low-pass; `reverb_seconds` to -60 dB; `wow_percent` peak speed
    deviation; `lay_back_ms` how late the backbeat sits; `touch` and `density` scale velocities
    and the number of notes; `register` shifts the melody in semitones; `brushed` swaps sticks.
    """

    cutoff_hz: float = 7800.0
    reverb_seconds: float = 1.3
    wow_percent: float = 0.16
    lay_back_ms: float = 9.0
    touch: float = 1.0
    density: float = 1.0
    register: int = 0
    brushed: bool = False


# Good cassette decks were specified with wow and flutter of 0.1 % or less (WRMS), plain ones with
# two or three times that; 0.28 % peak moves the pitch by 5 cents at most.
_CHARACTERS = MappingProxyType(
    {
        "calm": Character(7000, 1.6, 0.15, 9, 0.85, 0.75, 0, True),
        "cozy": Character(7400, 1.2, 0.18, 12, 0.95, 0.95, 0, False),
        "dreamy": Character(7200, 2.0, 0.24, 10, 0.85, 0.8, 3, True),
        "melancholic": Character(6800, 1.7, 0.20, 12, 0.88, 0.8, -2, False),
        "nostalgic": Character(6400, 1.4, 0.28, 12, 0.92, 0.9, 0, False),
        "hopeful": Character(8600, 1.4, 0.12, 7, 1.0, 1.05, 2, False),
        "playful": Character(8600, 1.0, 0.14, 8, 1.05, 1.2, 3, False),
        "focused": Character(7800, 1.1, 0.12, 7, 0.95, 0.7, 0, False),
        "dark": Character(6000, 1.6, 0.20, 11, 0.95, 0.8, -4, False),
        "romantic": Character(7400, 1.6, 0.15, 11, 0.9, 0.95, 0, True),
        "energetic": Character(9000, 1.0, 0.11, 4, 1.1, 1.25, 2, False),
        "mysterious": Character(6600, 1.9, 0.22, 9, 0.9, 0.75, -2, False),
    }
)


def character(recipe: Recipe) -> Character:
    """The character of the recipe's mood."""
    return _CHARACTERS[recipe.mood]
