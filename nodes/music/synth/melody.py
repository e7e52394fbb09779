"""The melody: a motif that is stated, repeated, varied and answered, with rests between."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from .chords import heard_scale
from .form import PHRASE_BARS
from .motif import Motif, Tone, cadence, changed, invented
from .notes import BEATS, Measure, Note
from .streams import chosen, stream

# What the four bars of a phrase hold: A a motif, a its variation, B another, C a cadence,
# - a rest.
_PLANS = ("A-aC", "Aa-C", "ABAC", "AB-C", "A-BC", "ABa-")
_SPARSE_PLANS = ("A--C", "A-C-", "A-a-", "A--B")
_CENTRES = MappingProxyType(
    {
        "vibraphone": 72, "flute": 74, "music box": 81, "synth lead": 69, "guitar": 66,
        "piano": 74, "electric piano": 74, "strings": 69, "soft pad": 67,
    }
)  # fmt: skip
_HALF_RANGE = 9
_STRONG_BEATS = 0.95


@dataclass(frozen=True, slots=True)
class _Line:
    """The limits of a singer: MIDI pitches and where the phrase wants to be."""

    low: int
    high: int
    aim: int


def notes(measure: Measure, voice: str) -> list[Note]:
    """The melody's notes in one bar, by the instrument whose turn it is."""
    motif = _motif(measure)
    if motif is None:
        return []
    line = _line(measure, voice)
    generator = measure.chance("melody")
    pitches = _sung(measure, motif, line)
    return [
        _note(measure, voice, tone, pitch, generator)
        for tone, pitch in zip(motif.tones, pitches, strict=True)
        if tone.beat < BEATS
    ]


def rests(measure: Measure) -> bool:
    """Whether the melody leaves this bar to others."""
    return _plan(measure)[measure.place.bar % PHRASE_BARS] == "-"


def _motif(measure: Measure) -> Motif | None:
    """What this bar of the phrase holds, or nothing: the theme belongs to the section's name."""
    letter = _plan(measure)[measure.place.bar % PHRASE_BARS]
    if letter == "-":
        return None
    if letter == "C":
        return cadence(measure.chance("cadence"))
    theme = invented(measure.taste(f"theme {letter.upper()}"), measure.character.density)
    returning = measure.place.cycle * 8 + measure.place.phrase
    if letter == "A" and returning == 0:
        return theme
    varied = measure.chance("variation")
    loyal = letter != "a" and varied.random() < 0.6
    return theme if loyal else changed(theme, varied)


def _plan(measure: Measure) -> str:
    place = measure.place
    generator = stream(measure.seed, "phrase", place.occurrence, place.phrase)
    lively = measure.energy * measure.character.density
    return chosen(generator, _PLANS if generator.random() < lively + 0.1 else _SPARSE_PLANS)


def _line(measure: Measure, voice: str) -> _Line:
    """Range and aim: each phrase rises to its third bar and comes home, like a breath."""
    centre = _CENTRES[voice] + measure.character.register
    arch = (0, 2, 4, -1)[measure.place.bar % PHRASE_BARS]
    lift = 2 if measure.place.section.name == "chorus" else 0
    return _Line(centre - _HALF_RANGE, centre + _HALF_RANGE, centre + arch + lift)


def _sung(measure: Measure, motif: Motif, line: _Line) -> list[int]:
    """Pitches for the motif over this bar's chords: long notes on chord tones, steps between."""
    pitches: list[int] = []
    for index, tone in enumerate(motif.tones):
        scale = heard_scale(measure.recipe, measure.chord(tone.beat))
        if not pitches:
            pitch = _nearest(line.aim, measure.chord(tone.beat).tones, line)
        else:
            pitch = _stepped(pitches[-1], tone.steps, scale, line)
        is_long = tone.beats >= _STRONG_BEATS or index == len(motif.tones) - 1
        if pitches and is_long:
            pitch = _nearest(pitch, measure.chord(tone.beat).tones, line)
        pitches.append(pitch)
    return pitches


def _nearest(aim: int, classes: tuple[int, ...], line: _Line) -> int:
    """The pitch of one of the classes closest to the aim, lower first when two are equally far."""
    options = [pitch for pitch in range(line.low, line.high + 1) if pitch % 12 in classes]
    return min(options, key=lambda pitch: (abs(pitch - aim), pitch))


def _stepped(pitch: int, steps: int, scale: tuple[int, ...], line: _Line) -> int:
    """The pitch that many scale steps away, turned back at the ends of the range."""
    ladder = [rung for rung in range(line.low - 12, line.high + 13) if rung % 12 in scale]
    here = min(range(len(ladder)), key=lambda index: abs(ladder[index] - pitch))
    there = ladder[here + steps]
    if not line.low <= there <= line.high:
        there = ladder[here - steps]
    return there


def _note(
    measure: Measure, voice: str, tone: Tone, pitch: int, generator: np.random.Generator
) -> Note:
    dice = generator.random(2)
    start = measure.seconds(tone.beat) + 0.004 + 0.012 * dice[0]
    length = (measure.seconds(tone.beat + tone.beats) - measure.seconds(tone.beat)) * 0.96
    loudness = (0.6 if tone.beats < _STRONG_BEATS else 0.7) * (0.92 + 0.16 * dice[1])
    return Note(voice, start, length, pitch, loudness * measure.character.touch, 0.12)
