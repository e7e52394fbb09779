"""Voicings: four-note chords for two hands, led from one to the next with the least motion."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from .chords import Chord

# E3 to D5. Seconds and thirds below about E3 blur (low interval limits as taught in arranging,
# for instance R. Lowell and K. Pullig, Arranging for Large Jazz Ensemble).
LOWEST, HIGHEST = 52, 74
_CENTRE = 62.5


def voiced(chords: Sequence[Chord]) -> tuple[tuple[int, ...], ...]:
    """For each chord its MIDI pitches, ascending, on the cheapest path through all candidates."""
    tables = {chord: _candidates(chord) for chord in set(chords)}
    own = {chord: _own_costs(table) for chord, table in tables.items()}
    total = own[chords[0]]
    origins: list[NDArray[np.intp]] = []
    for before, after in pairwise(chords):
        steps = total[:, None] + _motion(tables[before], tables[after])
        origins.append(np.argmin(steps, axis=0))
        total = np.min(steps, axis=0) + own[after]
    index = int(np.argmin(total))
    path = [index]
    for origin in reversed(origins):
        index = int(origin[index])
        path.append(index)
    found = zip(chords, reversed(path), strict=True)
    return tuple(tuple(int(pitch) for pitch in tables[chord][place]) for chord, place in found)


def _candidates(chord: Chord) -> NDArray[np.int64]:
    """All (candidates, 4) ascending placements of the chord's tones that hands can hold."""
    octaves = [
        [pitch for pitch in range(LOWEST, HIGHEST + 1) if pitch % 12 == tone]
        for tone in chord.tones
    ]
    table = np.array([sorted(pitches) for pitches in product(*octaves)], dtype=np.int64)
    span = table[:, 3] - table[:, 0]
    gaps = np.diff(table, axis=1)
    playable = (span <= 19) & (gaps.min(axis=1) >= 1) & (gaps[:, 2] >= 2)
    return np.asarray(table[playable])


def _own_costs(table: NDArray[np.int64]) -> NDArray[np.float64]:
    """What is wrong with each voicing by itself, in semitones of motion that it is worth."""
    gaps = np.diff(table, axis=1)
    semitones = (gaps == 1).sum(axis=1)
    muddy = (table[:, 0] < 55) & (gaps[:, 0] < 4)
    wide = np.maximum(gaps.max(axis=1) - 7, 0)
    tight = np.maximum(9 - (table[:, 3] - table[:, 0]), 0)
    away = np.abs(table.mean(axis=1) - _CENTRE)
    high = np.maximum(table[:, 3] - 72, 0)
    costs = 2.5 * semitones + 4.0 * muddy + 1.5 * wide + 0.8 * tight + 0.7 * away + high
    return np.asarray(costs, dtype=np.float64)


def _motion(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.float64]:
    """Semitones moved from each voicing to each other; leaps of the top voice count twice."""
    moved = np.abs(before[:, None, :] - after[None, :, :]).astype(np.float64)
    parallel = (np.ptp(before[:, None, :] - after[None, :, :], axis=2) == 0) & (moved[..., 0] > 2)
    costs = moved.sum(axis=2) + np.maximum(moved[..., 3] - 3, 0) + 3.0 * parallel
    return np.asarray(costs, dtype=np.float64)
