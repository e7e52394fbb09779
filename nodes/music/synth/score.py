"""The score: all notes of any bar of the endless piece that a recipe and a seed determine."""

from __future__ import annotations

from dataclasses import dataclass, field

from patchbay import Recipe

from . import bassline, comping, groove, melody
from .cast import cast
from .form import Place, first_bar, place
from .harmony import BEATS, Stretch, section_chords
from .moods import character
from .notes import Measure, Note
from .voicing import voiced


@dataclass(slots=True)
class Score:
    """The piece. Sections are worked out when first asked for and remembered."""

    recipe: Recipe
    seed: int
    _sections: dict[int, tuple[tuple[Stretch, ...], ...]] = field(default_factory=dict)

    def bar(self, bar: int) -> list[Note]:
        """The notes that begin in absolute bar `bar`, a hair earlier at most."""
        measure = self.measure(bar)
        players = cast(measure)
        written = comping.notes(measure, players)
        if players.drums:
            written += groove.notes(measure)
        if players.bass:
            written += bassline.notes(measure)
        if players.lead:
            written += melody.notes(measure, players.lead)
        return written

    def measure(self, bar: int) -> Measure:
        return Measure(
            recipe=self.recipe,
            seed=self.seed,
            bar=bar,
            place=place(self.recipe, bar),
            character=character(self.recipe),
            stretches=self._stretches(bar),
            following=self._stretches(bar + 1)[0],
        )

    def _stretches(self, bar: int) -> tuple[Stretch, ...]:
        start = first_bar(self.recipe, bar)
        if start not in self._sections:
            here = place(self.recipe, start)
            after = place(self.recipe, start + here.section.bars)
            self._sections[start] = self._section(here, after)
        return self._sections[start][bar - start]

    def _section(self, here: Place, after: Place) -> tuple[tuple[Stretch, ...], ...]:
        bars = section_chords(self.recipe, self.seed, here, after.section.name)
        voicings = iter(voiced([chord for bar in bars for chord in bar]))
        return tuple(
            tuple(
                Stretch(chord, index * BEATS / len(bar), BEATS / len(bar), next(voicings))
                for index, chord in enumerate(bar)
            )
            for bar in bars
        )
