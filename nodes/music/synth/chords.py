"""Chords: what a chord symbol written in Roman numerals means, and the scale it is heard in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from patchbay import Recipe

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_DEGREES = MappingProxyType({"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11})
_ACCIDENTALS = MappingProxyType({"": 0, "b": -1, "#": 1})
_SYMBOL = re.compile(r"([b#]?)(iii|ii|iv|i|vii|vi|v)(.*)", re.IGNORECASE)
_SCALES = MappingProxyType(
    {
        "major": (0, 2, 4, 5, 7, 9, 11),
        "minor": (0, 2, 3, 5, 7, 8, 10),
        "dorian": (0, 2, 3, 5, 7, 9, 10),
        "mixolydian": (0, 2, 4, 5, 7, 9, 10),
        "lydian": (0, 2, 4, 6, 7, 9, 11),
    }
)
# Third (or fourth), seventh (or sixth), then the colours that a pianist would reach for, in
# semitones above the root. Rootless four-note voicings after M. Levine, The Jazz Piano Book,
# chapters 3 and 7; chords whose ninth would leave the key keep root or fifth instead.
_QUALITIES = MappingProxyType(
    {
        "maj7": (4, 11, 7, 2),
        "maj9": (4, 11, 2, 7),
        "maj7#11": (4, 11, 6, 2),
        "6/9": (4, 9, 2, 7),
        "add9": (4, 7, 2, 0),
        "m7": (3, 10, 7, 0),
        "m9": (3, 10, 2, 7),
        "m11": (3, 10, 5, 2),
        "m6": (3, 9, 7, 2),
        "mMaj9": (3, 11, 2, 7),
        "m7b5": (3, 10, 6, 0),
        "dim7": (3, 9, 6, 0),
        "7": (4, 10, 7, 0),
        "9": (4, 10, 2, 7),
        "13": (4, 10, 9, 2),
        "7b9": (4, 10, 1, 7),
        "7#5": (4, 10, 8, 3),
        "9sus": (5, 10, 2, 7),
        "13sus": (5, 10, 9, 2),
    }
)
_FIFTHS = MappingProxyType({"m7b5": 6, "dim7": 6, "7#5": 8})


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: `root` a pitch class, 0 for C; `quality` as written behind the numeral."""

    root: int
    quality: str

    @property
    def tones(self) -> tuple[int, ...]:
        """Four pitch classes without the root's duty: third and seventh first, then colours."""
        return tuple((self.root + step) % 12 for step in _QUALITIES[self.quality])

    @property
    def fifth(self) -> int:
        """The pitch class of the fifth that belongs to the chord."""
        return (self.root + _FIFTHS.get(self.quality, 7)) % 12

    @property
    def is_dominant(self) -> bool:
        """Whether it pulls a fifth down: major third and minor seventh, or its suspension."""
        return self.quality in ("7", "9", "13", "7b9", "7#5", "9sus", "13sus")


def read(symbol: str, tonic: int) -> Chord:
    """The chord of a symbol such as `bVImaj9`: degrees count from the major scale on `tonic`."""
    match = _SYMBOL.fullmatch(symbol)
    if match is None or match[3] not in _QUALITIES:
        raise ValueError(f"chord symbol {symbol!r}: write a numeral and one of {list(_QUALITIES)}")
    accidental, numeral, quality = match.groups()
    return Chord((tonic + _ACCIDENTALS[accidental] + _DEGREES[numeral.lower()]) % 12, quality)


def tonic(recipe: Recipe) -> int:
    """The pitch class of the tonic, 0 for C."""
    return TONICS.index(recipe.tonic)


def scale(recipe: Recipe) -> tuple[int, ...]:
    """The seven pitch classes of the key, from the tonic up."""
    return tuple((tonic(recipe) + step) % 12 for step in _SCALES[recipe.mode])


def heard_scale(recipe: Recipe, chord: Chord) -> tuple[int, ...]:
    """The key's scale bent to a chord: a foreign chord tone replaces its neighbour.

    Ascending pitch classes. Over F minor in C major, A gives way to A flat.
    """
    tones = {chord.root, *chord.tones}
    classes = set(scale(recipe)) | tones
    foreign = tones - set(scale(recipe))
    clashing = {(tone + step) % 12 for tone in foreign for step in (-1, 1)} - tones
    return tuple(sorted(classes - clashing))
