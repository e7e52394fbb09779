"""Motifs: short rhythms with a contour, and the ways a musician changes one when it returns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .streams import chosen

# Rhythms of one bar as (beat, beats); most begin off the beat and leave air at the end.
_RHYTHMS = (
    ((0.5, 0.5), (1.0, 0.5), (1.5, 1.5)),
    ((0.0, 1.5), (1.5, 0.5), (2.0, 1.5)),
    ((1.0, 0.5), (1.5, 0.5), (2.0, 0.5), (2.5, 1.5)),
    ((0.0, 0.5), (0.5, 0.25), (0.75, 0.75), (1.5, 1.5)),
    ((1.5, 0.5), (2.0, 0.5), (2.5, 0.5), (3.0, 1.0)),
    ((0.0, 1.0), (1.0, 0.5), (1.5, 1.0), (2.5, 1.0)),
    ((0.5, 1.0), (1.5, 1.0), (2.5, 1.25)),
    ((0.0, 0.5), (0.5, 1.0), (2.0, 0.5), (2.5, 1.0)),
    ((0.5, 0.25), (0.75, 0.25), (1.0, 0.5), (1.5, 0.5), (2.0, 1.5)),
    ((0.0, 0.75), (0.75, 0.75), (1.5, 0.5), (2.0, 1.75)),
    ((1.0, 1.0), (2.0, 0.5), (2.5, 1.5)),
)
_CADENCES = (
    ((0.0, 3.0),),
    ((0.5, 2.75),),
    ((0.0, 0.5), (0.5, 2.5)),
    ((0.0, 0.5), (0.5, 0.5), (1.0, 2.5)),
    ((0.0, 1.0), (1.0, 2.5)),
)
# Scale steps from note to note: mostly seconds, a few thirds, rarely a fourth or fifth.
_STEPS = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
_CHANCES = np.array([1, 2, 6, 14, 4, 14, 7, 3, 1], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Tone:
    """One note of a motif: where, how long, and how many scale steps from the note before."""

    beat: float
    beats: float
    steps: int


@dataclass(frozen=True, slots=True)
class Motif:
    tones: tuple[Tone, ...]


def invented(generator: np.random.Generator, density: float) -> Motif:
    """A new motif; a leap is followed by a step back, as in sung melodies."""
    candidates = sorted(_RHYTHMS, key=len)
    size = 7 if density < 0.85 else len(candidates)
    rhythm = candidates[int(generator.integers(size))]
    tones: list[Tone] = []
    last = 0
    for beat, beats in rhythm:
        if abs(last) >= 3:
            steps = -int(np.sign(last))
        else:
            steps = int(generator.choice(_STEPS, p=_CHANCES / _CHANCES.sum()))
        tones.append(Tone(beat, beats, steps))
        last = steps
    return Motif(tuple(tones))


def cadence(generator: np.random.Generator) -> Motif:
    """The end of a phrase: a note or two that fall to a long one."""
    rhythm = chosen(generator, _CADENCES)
    steps = [chosen(generator, (-2, -1, -1, 1)) for _ in rhythm]
    return Motif(
        tuple(Tone(beat, beats, step) for (beat, beats), step in zip(rhythm, steps, strict=True))
    )


def changed(motif: Motif, generator: np.random.Generator) -> Motif:
    """The motif as it returns: another ending, its mirror, later, thinner, or with a grace."""
    way = chosen(generator, ("ending", "ending", "mirror", "later", "thinner", "grace"))
    tones = motif.tones
    if way == "ending":
        return Motif((*tones[:-1], replace(tones[-1], steps=-tones[-1].steps or 1)))
    if way == "mirror":
        return Motif(tuple(replace(tone, steps=-tone.steps) for tone in tones))
    if way == "later" and tones[-1].beat < 3.0:
        return Motif(tuple(replace(tone, beat=tone.beat + 0.5) for tone in tones))
    if way == "thinner" and len(tones) > 3:
        return Motif((tones[0], *tones[2:]))
    first = tones[0]
    if first.beat < 0.25:
        return Motif((*tones[:-1], replace(tones[-1], steps=tones[-1].steps + 1)))
    grace = Tone(first.beat - 0.25, 0.25, 0)
    return Motif((grace, replace(first, steps=1), *tones[1:]))
