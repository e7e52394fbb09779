"""The bassist: roots with the kick, fifths and octaves between, a step that leads on."""

from __future__ import annotations

import numpy as np

from .chords import heard_scale
from .groove import kick_steps
from .harmony import Stretch
from .notes import BEATS, Measure, Note
from .streams import chosen

# E flat 1 is a semitone below the lowest string of a bass guitar and reads well on small speakers
# once the fundamental is saturated; E flat 2 on top keeps clear of the voicings from E3 up.
_LOWEST = 28


def notes(measure: Measure) -> list[Note]:
    """The bass of a bar: each chord's root, what moves around it, and an approach to the next."""
    generator = measure.chance("bass")
    style = chosen(measure.taste("bass"), ("held", "pulse", "melodic"))
    written: list[Note] = []
    for index, stretch in enumerate(measure.stretches):
        after = (
            measure.stretches[index + 1]
            if index + 1 < len(measure.stretches)
            else measure.following
        )
        written += _stretch(measure, stretch, after, style, generator)
    return written


def root(stretch: Stretch) -> int:
    """The chord's root in the bass register, a MIDI pitch."""
    return _LOWEST + (stretch.chord.root - _LOWEST) % 12


def _stretch(
    measure: Measure, stretch: Stretch, after: Stretch, style: str, generator: np.random.Generator
) -> list[Note]:
    end = stretch.start + stretch.beats
    onsets = _onsets(measure, stretch, style)
    leads = measure.energy >= 0.4 and generator.random() < 0.55 and root(after) != root(stretch)
    if leads:
        onsets = [beat for beat in onsets if beat < end - 0.5] + [end - 0.5]
    written: list[Note] = []
    for index, beat in enumerate(onsets):
        until = onsets[index + 1] if index + 1 < len(onsets) else end
        approaching = leads and index == len(onsets) - 1
        pitch = (
            _approach(measure, stretch, after, generator)
            if approaching
            else _pitch(stretch, index, style, generator)
        )
        level = (0.82 if index == 0 else 0.68) * (0.9 if approaching else 1.0)
        level *= 0.95 + 0.1 * generator.random()
        written.append(_note(measure, pitch, beat, until, level))
    return written


def _onsets(measure: Measure, stretch: Stretch, style: str) -> list[float]:
    """Beats on which the bass speaks: always with the chord, then with the kick or between."""
    start, end = stretch.start, stretch.start + stretch.beats
    if style == "held" or measure.energy < 0.4:
        return [start]
    if style == "pulse":
        kicks = [step / 4.0 for step in kick_steps(measure)]
        return [start] + [beat for beat in kicks if start + 0.5 <= beat < end - 0.25]
    return [start] + [beat for beat in (1.5, 2.5) if start + 0.5 <= beat < end - 0.25]


def _pitch(stretch: Stretch, index: int, style: str, generator: np.random.Generator) -> int:
    """The root first; afterwards root, fifth or octave, the fifth below where there is room."""
    low = root(stretch)
    if index == 0:
        return low
    fifth = low + (stretch.chord.fifth - low) % 12
    if fifth - 12 >= _LOWEST:
        fifth -= 12
    octave = low + 12 if low < 32 else low
    options = (low, low, fifth) if style == "pulse" else (fifth, octave, fifth, low)
    return chosen(generator, options)


def _approach(
    measure: Measure, stretch: Stretch, after: Stretch, generator: np.random.Generator
) -> int:
    """The note before the next root: a scale step on either side, its fifth, or a semitone."""
    target = root(after)
    inside = heard_scale(measure.recipe, stretch.chord)
    steps = tuple(target + step for step in (-2, -1, 1, 2) if (target + step) % 12 in inside)
    fifth = target + 7 if target < 35 else target - 5
    options = (*steps, fifth) if fifth % 12 in inside else steps
    if not options or generator.random() < 0.15:
        return target + chosen(generator, (-1, 1))
    return chosen(generator, options)


def _note(measure: Measure, pitch: int, beat: float, until: float, velocity: float) -> Note:
    start = measure.seconds(beat)
    held = (measure.seconds(until) - start) * (0.92 if until - beat > 0.6 else 0.85)
    # A bassist sits a few milliseconds behind the kick, which lets the kick's attack speak.
    return Note("bass", start + 0.006, min(held, BEATS), pitch, velocity * measure.character.touch)
