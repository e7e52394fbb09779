"""What a text says outright in numbers and letters: a tempo, a key. It wins over every feeling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .choices import TONICS, Mode, Tonic
from .concept import Span

_NUMBER = r"(\d{2,3}(?:[.,]\d{1,2})?)"
_UNIT = (
    r"(?:bpm|beats? (?:per|a) minute|schlage pro minute|battements par minute|"
    r"pulsaciones por minuto)"
)
_TEMPI = (
    re.compile(rf"(?<![\d.,]){_NUMBER}(?: ?(?:-|–|to|bis|a) ?{_NUMBER})? ?-?{_UNIT}", re.I),
    re.compile(
        rf"(?:bpm|tempo|♩|metronome)(?: of| around| about| von| de)? ?[:=]? ?{_NUMBER}(?!\d)", re.I
    ),
)
_MODES: dict[str, Mode] = {
    "major": "major", "maj": "major", "dur": "major", "majeur": "major", "mayor": "major",
    "maggiore": "major", "ionian": "major", "minor": "minor", "min": "minor", "moll": "minor",
    "mineur": "minor", "menor": "minor", "minore": "minor", "aeolian": "minor",
    "phrygian": "minor", "locrian": "minor", "dorian": "dorian", "dorisch": "dorian",
    "mixolydian": "mixolydian", "mixolydisch": "mixolydian", "lydian": "lydian",
    "lydisch": "lydian",
}  # fmt: skip
_PITCHES = {
    "c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11,
    "do": 0, "re": 2, "mi": 4, "fa": 5, "sol": 7, "la": 9, "si": 11,
}  # fmt: skip
_SIGNS = {
    "": 0, "#": 1, "♯": 1, "sharp": 1, "is": 1, "diese": 1, "sostenido": 1,
    "b": -1, "♭": -1, "flat": -1, "es": -1, "s": -1, "bemol": -1,
}  # fmt: skip
_ENGLISH = "major|maj|minor|min|ionian|aeolian|phrygian|locrian|dorian|mixolydian|lydian"
_ROMANCE = "majeur|mineur|mayor|menor|maggiore|minore"
_END = r"(?= *(?:$|[.,;:!?\n)\d]|(?:at|and|with|for|around|about|to)\b))"
# The lookbehind keeps "I'd major in chemistry" from being D major.
_KEYS = (
    re.compile(r"(?<![\w'’])([a-h])(is|es|s|)[ -]?(dur|moll|dorisch|lydisch)\b", re.I),
    re.compile(rf"(?<![\w'’])([b-g])(#|♯|♭|b|)(?: |-)?(sharp|flat|)[ -]?({_ENGLISH})\b", re.I),
    re.compile(rf"(?<![\w'’])(a)(#|♯|♭|b)[ -]?({_ENGLISH})\b", re.I),
    re.compile(rf"(?<![\w'’])(a)[ -](sharp|flat)[ -]({_ENGLISH})\b", re.I),
    # Bare "a minor": a key at the end of a phrase; "a minor problem" is none.
    re.compile(rf"(?<![\w'’])(a)()[ -]({_ENGLISH})\b{_END}", re.I),
    re.compile(rf"(?<=[a-z,] )(A)()[ -]({_ENGLISH})\b"),
    re.compile(rf"\b(do|re|mi|fa|sol|si)() ({_ROMANCE})\b", re.I),
    re.compile(rf"\b(do|re|mi|fa|sol|la|si) ?(#|♯|♭|diese|bemol|sostenido) ({_ROMANCE})\b", re.I),
    # "La mayor parte" is Spanish for most: the note la has to follow "en".
    re.compile(rf"\b[ei]n (la)() ({_ROMANCE})\b", re.I),
)
_TONIC = re.compile(
    r"(?:\b[Kk]ey(?: of|:) ?|\b[Ii]n )([A-G])(#|♯|♭|b|)(?: (sharp|flat)|)(?= *(?:$|[.,;:!?\n)]))"
)
_MODE = (
    re.compile(rf"\b[ei]n (major|minor|dur|moll|{_ROMANCE})\b{_END}", re.I),
    re.compile(r"\b(major|minor)[ -](?:key|scale|mode|tonality|harmony|chords)\b", re.I),
    re.compile(r"\b(dorian|mixolydian|lydian|phrygian|aeolian|dorisch|lydisch)\b", re.I),
)


@dataclass(frozen=True)
class Spoken:
    """What was said outright, each with the words that said it; None where nothing was said."""

    tempo: Span | None = None
    tempo_words: str = ""
    tonic: Tonic | None = None
    mode: Mode | None = None
    key_words: str = ""


def listen(text: str) -> Spoken:
    """The tempo (40 to 200 bpm, the recipe's range) and key that the text states."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    tempo = next((found for pattern in _TEMPI if (found := pattern.search(plain))), None)
    key = _key(plain)
    return Spoken(
        _range(tempo) if tempo else None, tempo[0].strip() if tempo else "", key.tonic, key.mode,
        key.key_words,
    )  # fmt: skip


def _range(found: re.Match[str]) -> Span:
    numbers = [float(number.replace(",", ".")) for number in found.groups() if number]
    inside = sorted(min(200.0, max(40.0, number)) for number in numbers)
    return Span(inside[0], inside[-1])


def _key(text: str) -> Spoken:
    for pattern in _KEYS:
        if found := pattern.search(text):
            note, *signs, mode = (group.casefold() for group in found.groups())
            german = mode in ("dur", "moll", "dorisch", "lydisch")
            shift = sum(_SIGNS[sign] for sign in signs) - (german and note == "b")
            return Spoken(tonic=_tonic(note, shift), mode=_MODES[mode], key_words=found[0].strip())
    mode_said = next((found for pattern in _MODE if (found := pattern.search(text))), None)
    tonic_said = _TONIC.search(text)
    tonic = None
    if tonic_said:
        note, *signs = (group.casefold() for group in tonic_said.groups(default=""))
        tonic = _tonic(note, sum(_SIGNS[sign] for sign in signs))
    words = " ".join(found[0].strip() for found in (tonic_said, mode_said) if found)
    return Spoken(tonic=tonic, mode=_MODES[mode_said[1].casefold()] if mode_said else None,
                  key_words=words)  # fmt: skip


def _tonic(note: str, shift: int) -> Tonic:
    return TONICS[(_PITCHES[note] + shift) % 12]
