"""Harmony: which chords each bar of a section has, and how returns of a section vary them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from patchbay import Recipe

from .chords import Chord, read, scale, tonic
from .form import Place
from .progressions import Progression, ranked
from .streams import stream

BEATS = 4.0
# Which of the ranked progressions a section plays: the frame of the form shares the verse's.
_RANKS = MappingProxyType(
    {"intro": 0, "verse": 0, "chorus": 1, "bridge": 2, "break": 0, "outro": 0}
)
_HOMES = MappingProxyType(
    {"major": "Imaj9", "minor": "im9", "dorian": "im9", "mixolydian": "Iadd9", "lydian": "Imaj9"}
)
_STATED_BARS = 8
_RICHER = MappingProxyType({"maj9": ("6/9", "maj7"), "m9": ("m11", "m7"), "9": ("13", "9sus")})

Bar = tuple[Chord, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A chord from beat `start` of its bar for `beats`, with the pitches of its `voicing`."""

    chord: Chord
    start: float
    beats: float
    voicing: tuple[int, ...]


def section_chords(recipe: Recipe, seed: int, place: Place, following: str) -> tuple[Bar, ...]:
    """The chords of every bar of the section at `place`; `following` names the section after it."""
    progressions = ranked(recipe, stream(seed, "harmony"))
    main = progressions[_RANKS[place.section.name]]
    bars = _repeated(recipe, main, place.section.bars)
    generator = stream(seed, "reharmonisation", place.occurrence)
    if place.cycle >= 2 and generator.random() < 0.5:
        half = place.section.bars // 2
        bars = bars[:half] + _repeated(recipe, progressions[3], place.section.bars - half)
    # A theme is first heard as it is, twice; what returns or goes on longer is varied.
    stated = 0 if place.cycle else _STATED_BARS
    bars = bars[:stated] + _varied(recipe, bars, generator)[stated:]
    if place.section.name == "outro":
        return (*bars[:-1], (read(_HOMES[recipe.mode], tonic(recipe)),))
    target = _repeated(recipe, progressions[_RANKS[following]], 1)[0][0]
    return (*bars[:-1], _turned(recipe, bars[-1], target))


def _repeated(recipe: Recipe, progression: Progression, bars: int) -> tuple[Bar, ...]:
    written = [
        tuple(read(symbol, tonic(recipe)) for symbol in bar.split())
        for bar in progression.text.split("|")
    ]
    return tuple(written[index % len(written)] for index in range(bars))


def _turned(recipe: Recipe, bar: Bar, target: Chord) -> Bar:
    """The last bar of a section led into the next: half a bar of its dominant.

    Only where that dominant's root belongs to the key and the bar does not pull already.
    """
    dominant = _leading(target)
    pulls = bar[-1].root == dominant.root or bar[-1].is_dominant
    if pulls or len(bar) > 1 or dominant.root not in scale(recipe) or bar[0].root == target.root:
        return bar
    return (bar[0], dominant)


def _leading(target: Chord) -> Chord:
    """The dominant that leads to a chord: sharp before minor, suspended and mild before major."""
    minor = target.quality in ("m7", "m9", "m11", "m6", "mMaj9")
    return Chord((target.root + 7) % 12, "7b9" if minor else "9sus")


def _varied(recipe: Recipe, bars: Sequence[Bar], generator: np.random.Generator) -> tuple[Bar, ...]:
    """The same bars with a few chords enriched or split, at most one of them a tritone away."""
    varied: list[Bar] = []
    substitutes = 0
    for index, bar in enumerate(bars):
        target = bars[(index + 1) % len(bars)][0]
        dice = generator.random(3)
        changed = bar
        if len(bar) == 1 and dice[0] < 0.35:
            changed = _enriched(recipe, bar[0], target, float(dice[1]))
        falls = bar[-1].is_dominant and (bar[-1].root - target.root) % 12 == 7
        if falls and dice[2] < 0.12 and not substitutes:
            substitutes += 1
            changed = (*changed[:-1], Chord((bar[-1].root + 6) % 12, "9"))
        varied.append(changed)
    return tuple(varied)


def _enriched(recipe: Recipe, chord: Chord, target: Chord, dice: float) -> Bar:
    """One chord as a bar with more in it: a suspension, another colour, a leading chord."""
    if chord.quality in ("9", "13"):
        return (Chord(chord.root, "9sus"), chord)
    lead = _leading(target)
    if dice < 0.4 and lead.root in scale(recipe) and chord.root not in (lead.root, target.root):
        return (chord, lead)
    richer = _RICHER.get(chord.quality)
    if richer is None or (chord.quality == "m9" and dice > 0.8):
        return (chord,)
    return (Chord(chord.root, richer[int(dice * 10) % len(richer)]),)
