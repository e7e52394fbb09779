"""Notes: what the players write and the instruments read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from patchbay import Recipe

from .chords import Chord
from .form import Place
from .harmony import Stretch
from .moods import Character
from .streams import stream

BEATS = 4.0


@dataclass(frozen=True, slots=True)
class Note:
    """One sounding event.

    `voice` is an instrument of the recipe or a piece of the drum kit; `start` and `length` in
    seconds, from the first bar of the piece; `pitch` in MIDI numbers; `velocity` 0 to 1; `pan`
    -1 left to 1 right.
    """

    voice: str
    start: float
    length: float
    pitch: int
    velocity: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """All that a player needs to know about one absolute bar of the piece."""

    recipe: Recipe
    seed: int
    bar: int
    place: Place
    character: Character
    stretches: tuple[Stretch, ...]
    following: Stretch

    @property
    def energy(self) -> float:
        return self.place.section.energy

    @property
    def beat_seconds(self) -> float:
        return 60.0 / self.recipe.bpm

    def chance(self, purpose: str) -> np.random.Generator:
        """Random numbers that belong to this bar alone."""
        return stream(self.seed, purpose, self.bar)

    def taste(self, purpose: str) -> np.random.Generator:
        """Random numbers that all sections of this name share: what makes a theme return."""
        return stream(self.seed, f"{purpose} in {self.place.section.name}")

    def seconds(self, beat: float) -> float:
        """When a written beat of this bar sounds, 0 to 4 and beyond, in seconds of the piece."""
        return (self.bar * BEATS + swung(beat, self.recipe.swing)) * self.beat_seconds

    def at(self, beat: float) -> Stretch:
        """The chord that sounds on a beat; from beat 4 on, the first of the bar that follows."""
        if beat >= BEATS:
            return self.following
        return next(stretch for stretch in reversed(self.stretches) if stretch.start <= beat)

    def chord(self, beat: float) -> Chord:
        return self.at(beat).chord


def swung(beat: float, swing: float) -> float:
    """The beat on which a straight one is played: off-beats move by up to a sixth of a beat.

    Both halves of a beat are stretched evenly, so sixteenths swing along. Full swing puts the
    off-beat eighth on the third triplet.
    """
    whole = float(np.floor(beat))
    part = beat - whole
    middle = 0.5 + swing / 6.0
    if part < 0.5:
        return whole + part * middle / 0.5
    return whole + middle + (part - 0.5) * (1.0 - middle) / 0.5
