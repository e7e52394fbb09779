"""The drummer: kick and snare patterns, swung hats, ghost notes, brushes, fills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .notes import Measure, Note
from .streams import chosen

# Sixteenth steps on which the kick falls. One, then the pushes that lofi borrows from boom bap.
_KICKS = ((0, 10), (0, 7, 10), (0, 3, 10), (0, 6, 10), (0, 10, 11), (0, 8, 11), (0, 2, 10))
_SOFT_KICKS = ((0,), (0, 10), (0, 8), (0, 11))
# The jazz drummer's ride: quarters, with the off-beat before one and three.
_RIDE = (0, 4, 6, 8, 12, 14)
_PANS = {"hat": 0.22, "open hat": 0.22, "shaker": -0.3, "tom": 0.18, "ride": -0.25, "swish": 0.15}


@dataclass(frozen=True, slots=True)
class _Hit:
    step: float
    piece: str
    velocity: float


def notes(measure: Measure) -> list[Note]:
    """All hits of a bar, swung and shifted by a human's few milliseconds."""
    generator = measure.chance("drums")
    drummed = _brushed if measure.character.brushed else _sticks
    hits = drummed(measure, generator)
    if measure.place.is_last and measure.energy >= 0.45:
        hits = _filled(hits, generator)
    if measure.place.bar == 0 and measure.energy >= 0.6:
        hits.append(_Hit(0, "ride", 0.5))
    return [_placed(measure, hit, generator) for hit in hits]


def kick_steps(measure: Measure) -> tuple[int, ...]:
    """The sixteenths of a bar on which the kick falls; every second bar answers the first."""
    taste = measure.taste("kick")
    table = _SOFT_KICKS if measure.character.brushed or measure.energy < 0.45 else _KICKS
    question, answer = chosen(taste, table), chosen(taste, table)
    steps = answer if measure.place.bar % 2 else question
    if measure.place.bar % 8 == 7 and measure.energy > 0.5:
        steps = (*steps, 14)
    return steps


def _backbeats(measure: Measure) -> tuple[int, ...]:
    """Two and four; at a fast tempo with a quiet mood, three: the bar then feels half as fast."""
    calm = measure.character.density < 0.9
    return (8,) if measure.recipe.bpm >= 125 and calm else (4, 12)


def _sticks(measure: Measure, generator: np.random.Generator) -> list[_Hit]:
    energy = measure.energy
    hits = [_Hit(step, "kick", 0.85 if step == 0 else 0.72) for step in kick_steps(measure)]
    rim = measure.taste("snare").random() < 0.4 or energy < 0.5
    if energy >= 0.38 and measure.place.section.name != "break":
        hits += [_Hit(step, "rim" if rim else "snare", 0.72) for step in _backbeats(measure)]
    if energy >= 0.55:
        ghosts = [step for step in (7, 9, 15) if generator.random() < 0.35 * energy]
        hits += [_Hit(step, "snare", 0.16 + 0.1 * generator.random()) for step in ghosts]
    return hits + _hats(measure, generator)


def _hats(measure: Measure, generator: np.random.Generator) -> list[_Hit]:
    """Eighths with a lilt; sixteenths slipped in when there is energy; sometimes one left open."""
    piece = "shaker" if measure.taste("hats").random() < 0.25 else "hat"
    hits: list[_Hit] = []
    for step in range(16):
        dice = generator.random()
        if step % 2 and dice > 0.16 * measure.energy * measure.character.density:
            continue
        if step % 2 == 0 and dice < 0.05:
            continue
        level = 0.3 if step % 2 else (0.62 if step % 4 == 2 else 0.48)
        hits.append(_Hit(step, piece, level))
    if measure.energy > 0.5 and generator.random() < 0.2:
        hits = [hit for hit in hits if hit.step < 14] + [_Hit(14, "open hat", 0.5)]
    return hits


def _brushed(measure: Measure, generator: np.random.Generator) -> list[_Hit]:
    """A jazz trio's drummer: brushes swept on the quarters, tapped on two and four, light kick."""
    hits = [_Hit(step, "kick", 0.6) for step in kick_steps(measure)]
    hits += [_Hit(step, "swish", 0.5 if step % 8 == 0 else 0.62) for step in (0, 4, 8, 12)]
    if measure.energy >= 0.38:
        hits += [_Hit(step, "brush", 0.6) for step in _backbeats(measure)]
    taps = [step for step in (3, 6, 7, 10, 11, 14, 15) if generator.random() < 0.22]
    hits += [_Hit(step, "brush", 0.18 + 0.12 * generator.random()) for step in taps]
    if measure.energy >= 0.5:
        hits += [_Hit(step, "ride", 0.34 if step % 4 == 0 else 0.22) for step in _RIDE]
    return hits


def _filled(hits: list[_Hit], generator: np.random.Generator) -> list[_Hit]:
    """The last bar before a new section: a roll, a breath, toms, or a pushed kick."""
    fill = chosen(generator, ("roll", "breath", "toms", "push"))
    kept = [hit for hit in hits if hit.step < 12]
    if fill == "breath":
        return [*kept, _Hit(12, "open hat", 0.4)]
    if fill == "roll":
        return kept + [_Hit(12 + step, "snare", 0.2 + 0.11 * step) for step in range(4)]
    if fill == "toms":
        return kept + [_Hit(12 + step, "tom", 0.5 + 0.06 * step) for step in (0, 1, 2)]
    return [*hits, _Hit(13, "kick", 0.5), _Hit(15, "kick", 0.6)]


def _placed(measure: Measure, hit: _Hit, generator: np.random.Generator) -> Note:
    """A hit in time: kick tight, backbeat late by the mood's lay-back, the rest loose."""
    spread, late = (0.002, 0.0) if hit.piece in ("kick", "ride") else (0.004, 0.001)
    if hit.piece in ("snare", "rim", "brush"):
        late = measure.character.lay_back_ms / 1000.0
    shift = late + float(np.clip(generator.normal(0.0, spread), -2 * spread, 2 * spread))
    velocity = hit.velocity * (1.0 + 0.08 * (2.0 * generator.random() - 1.0))
    return Note(
        voice=hit.piece,
        start=max(measure.seconds(hit.step / 4.0) + shift, 0.0),
        length=2.0,
        pitch=int(generator.integers(3)),
        velocity=min(velocity * measure.character.touch, 1.0),
        pan=_PANS.get(hit.piece, 0.0),
    )
