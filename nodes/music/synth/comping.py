"""The chord players: comped blocks, picked and rolled chords, held pads, small answers."""

from __future__ import annotations

import numpy as np

from . import melody
from .cast import Cast
from .harmony import Stretch
from .notes import BEATS, Measure, Note
from .streams import chosen, stream

# (beat, beats held, accent) within four beats and within two.
_WIDE = (
    ((0.0, 3.7, 1.0),),
    ((0.0, 2.4, 1.0), (2.5, 1.4, 0.72)),
    ((0.0, 1.4, 1.0), (1.5, 2.3, 0.82)),
    ((0.0, 1.9, 1.0), (2.0, 1.4, 0.7)),
)
_BUSY = (
    ((0.0, 1.3, 1.0), (1.5, 0.9, 0.75), (2.5, 1.2, 0.85)),
    ((0.0, 0.9, 1.0), (1.5, 1.4, 0.85), (3.0, 0.8, 0.7)),
    ((0.5, 0.9, 0.85), (1.5, 0.9, 0.8), (2.5, 1.3, 0.95)),
    ((0.0, 0.4, 0.9), (0.75, 1.6, 0.85), (2.5, 1.2, 0.8)),
)
_HALF = (((0.0, 1.8, 1.0),), ((0.0, 1.3, 1.0), (1.5, 0.45, 0.7)))
# Which voices of a chord, low to high, successive eighths touch.
_PICKED = ((0, 2, 1, 3, 2, 1, 3, 2), (0, 1, 2, 3, 2, 1, 2, 3), (0, 2, 3, 1, 2, 3, 1, 2))
_PUSH_BEATS = 0.5


def notes(measure: Measure, cast: Cast) -> list[Note]:
    """Everything harmonic in a bar but bass and melody."""
    written: list[Note] = []
    if cast.chords == "guitar" or cast.chords in ("vibraphone", "music box", "synth lead"):
        written += _picked(measure, cast.chords, 0.62)
    elif cast.chords:
        written += _comped(measure, cast.chords)
    if cast.chords and not cast.bass:
        written += _left_hand(measure, cast.chords)
    for index, voice in enumerate(cast.pads):
        written += _held(measure, voice, index)
    for index, voice in enumerate(cast.colours):
        written += _answers(measure, voice, index, cast.lead)
    return written


def _pushed(measure: Measure, bar: int) -> bool:
    """Whether the chord of `bar` is anticipated by an eighth; its own bar must know as well."""
    eager = 0.3 * measure.energy * measure.character.density
    return bar > 0 and stream(measure.seed, "push", bar).random() < eager


def _comped(measure: Measure, voice: str) -> list[Note]:
    generator = measure.chance("comping")
    taste = measure.taste("comping")
    lively = measure.energy * measure.character.density >= 0.55
    rhythms = tuple(chosen(taste, _BUSY if lively else _WIDE) for _ in range(2))
    half = chosen(taste, _HALF)
    written: list[Note] = []
    for stretch in measure.stretches:
        rhythm = half if stretch.beats < BEATS else rhythms[measure.place.bar % 2]
        for beat, beats, accent in rhythm:
            if stretch.start + beat == 0.0 and _pushed(measure, measure.bar):
                continue
            held = min(beats, stretch.beats - beat)
            written += _struck(measure, voice, stretch.start + beat, held, accent, generator)
    if _pushed(measure, measure.bar + 1):
        written = [note for note in written if note.start < measure.seconds(3.3)]
        written += _struck(measure, voice, BEATS - _PUSH_BEATS, 1.6, 0.9, generator, ahead=True)
    return written


def _struck(
    measure: Measure,
    voice: str,
    beat: float,
    beats: float,
    accent: float,
    generator: np.random.Generator,
    *,
    ahead: bool = False,
) -> list[Note]:
    """One chord as fingers strike it: not quite together, the top voice singing."""
    stretch = measure.following if ahead else measure.at(beat)
    start = measure.seconds(beat) + 0.004 + 0.006 * generator.random()
    length = measure.seconds(beat + beats) - measure.seconds(beat)
    roll = 0.004 + 0.010 * generator.random() * (2.0 - measure.energy)
    loudness = accent * measure.character.touch * (0.56 + 0.08 * generator.random())
    balance = (0.86, 0.8, 0.86, 1.0)
    return [
        Note(voice, start + index * roll, length, pitch, loudness * balance[index], _spread(pitch))
        for index, pitch in enumerate(stretch.voicing)
    ]


def _picked(measure: Measure, voice: str, level: float) -> list[Note]:
    """The chord one note at a time in eighths, thinned out when there is little energy."""
    generator = measure.chance(f"picking {voice}")
    order = chosen(measure.taste("picking"), _PICKED)
    keep = 0.55 + 0.4 * measure.energy * min(measure.character.density, 1.0)
    written: list[Note] = []
    for index in range(8):
        dice = generator.random(2)
        beat = index / 2.0
        if index % 4 and dice[0] > keep:
            continue
        stretch = measure.at(beat)
        pitch = stretch.voicing[order[index]] + (12 if voice == "music box" else 0)
        loudness = level * (1.0 if index % 4 == 0 else 0.78) * (0.92 + 0.16 * dice[1])
        start = measure.seconds(beat) + 0.004 * dice[1]
        length = min(stretch.start + stretch.beats - beat + 0.3, 2.5) * measure.beat_seconds
        written.append(
            Note(voice, start, length, pitch, loudness * measure.character.touch, _spread(pitch))
        )
    return written


def _left_hand(measure: Measure, voice: str) -> list[Note]:
    """Roots from E2 to E flat 3, a fifth below the voicing's floor, when nobody plays the bass."""
    written: list[Note] = []
    for stretch in measure.stretches:
        pitch = 40 + (stretch.chord.root - 40) % 12
        if pitch > stretch.voicing[0] - 5:
            pitch -= 12
        start = measure.seconds(stretch.start)
        length = stretch.beats * 0.95 * measure.beat_seconds
        written.append(Note(voice, start, length, pitch, 0.5 * measure.character.touch, -0.1))
    return written


def _held(measure: Measure, voice: str, index: int) -> list[Note]:
    """A pad under the whole chord: all voices, or for a second pad the upper two an octave up."""
    written: list[Note] = []
    for stretch in measure.stretches:
        second = index > 0
        pitches = tuple(pitch + 12 for pitch in stretch.voicing[2:]) if second else stretch.voicing
        start = measure.seconds(stretch.start)
        length = measure.seconds(stretch.start + stretch.beats) - start
        level = (0.5 + 0.15 * measure.energy) * (0.6 if second else 1.0)
        written += [Note(voice, start, length, pitch, level) for pitch in pitches]
    return written


def _answers(measure: Measure, voice: str, index: int, lead: str) -> list[Note]:
    """A second chord player: picks if it is a guitar, else dyads, and runs where melody rests."""
    if voice == "guitar":
        return _picked(measure, voice, 0.42)
    generator = measure.chance(f"answers {voice}")
    alone = melody.rests(measure) or not lead
    if measure.place.bar % 2 == index % 2 or not alone:
        return _dyad(measure, voice, measure.stretches[0], generator)
    beats = (2.0, 2.5, 3.0, 3.5)[int(generator.integers(2)) :]
    falling = generator.random() < 0.5
    written: list[Note] = []
    for step, beat in enumerate(beats):
        tones = measure.at(beat).voicing[::-1] if falling else measure.at(beat).voicing
        pitch = tones[step % 4] + 12
        level = (0.42 - 0.04 * step) * measure.character.touch
        start = measure.seconds(beat) + 0.005 * generator.random()
        length = 1.2 * measure.beat_seconds
        written.append(Note(voice, start, length, pitch, level, -_spread(pitch)))
    return written


def _dyad(
    measure: Measure, voice: str, stretch: Stretch, generator: np.random.Generator
) -> list[Note]:
    beat = stretch.start + chosen(generator, (1.0, 1.5))
    start = measure.seconds(beat)
    length = 1.4 * measure.beat_seconds
    level = 0.4 * measure.character.touch
    return [Note(voice, start, length, pitch + 12, level, 0.2) for pitch in stretch.voicing[1:3]]


def _spread(pitch: int) -> float:
    """Low notes a little left, high ones right, as before a keyboard."""
    return float(np.clip((pitch - 63) / 40.0, -0.4, 0.4))
