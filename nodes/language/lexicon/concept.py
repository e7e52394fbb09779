"""A concept: what several words in several languages mean for music; and how its table is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from .choices import Ambience, Instrument, Mood, is_ambience, is_instrument, is_mood

Kind = Literal[
    "feeling", "tempo", "colour", "genre", "sound", "weather", "season", "time", "place",
    "nature", "being", "activity", "thing",
]  # fmt: skip
Language = Literal["en", "de", "fr", "es", "other"]
LANGUAGES: tuple[Language, ...] = ("en", "de", "fr", "es", "other")


@dataclass(frozen=True)
class Feeling:
    """A place in affective space, each coordinate from -1 to 1.

    Valence (unpleasant to pleasant) and arousal (still to excited) are the axes of Russell, A
    circumplex model of affect, J. Personality and Social Psychology 39(6), 1980. Warmth (cold to
    warm) and darkness (bright to dark) are about timbre and were added for this lexicon.
    """

    valence: float = 0.0
    arousal: float = 0.0
    warmth: float = 0.0
    darkness: float = 0.0


@dataclass(frozen=True)
class Span:
    """From low to high, both included: of tempi in beats a minute, of swing from 0 to 1."""

    low: float
    high: float


@dataclass(frozen=True)
class Cues:
    """What a concept asks for outright, besides its feeling."""

    mood: Mood | None = None
    instrument: Instrument | None = None
    ambience: Ambience | None = None
    certain: bool = False  # the ambience is named, not only suggested
    genre: str | None = None
    bpm: Span | None = None
    pace: float = 0.0  # -1 slow, 1 fast
    swing: float | None = None


@dataclass(frozen=True)
class Word:
    """One spelling of a concept, as its language writes it; `_` joins several words."""

    text: str
    language: Language


@dataclass(frozen=True)
class Concept:
    """Words of one meaning. `noun` and `adjective` are English, for titles and prompts."""

    kind: Kind
    noun: str
    adjective: str
    words: tuple[Word, ...]
    feeling: Feeling
    cues: Cues

    def in_language(self, language: Language) -> str:
        """The first word of that language, the English noun if there is none."""
        return next((w.text for w in self.words if w.language == language), self.noun)


def read_table(kind: Kind, table: str) -> Iterator[Concept]:
    """The concepts of a table, one a row; a row may go on in indented lines.

    A row is `words : four tenths : cues`. Words are English | German | French | Spanish | others,
    the title word first; `~` marks the English adjective. The tenths are valence, arousal, warmth,
    darkness. Cues are names of moods, instruments, ambiences (`!` says it is named outright),
    `genre=`, `bpm=low-high`, `pace=`, `swing=`.
    """
    rows: list[str] = []
    for line in table.splitlines():
        if line.startswith(" ") and rows:
            rows[-1] += line
        elif line.strip():
            rows.append(line)
    for row in rows:
        words, tenths, cues = (part.strip() for part in f"{row} :".split(":")[:3])
        yield _concept(kind, words, tenths, cues)


def _concept(kind: Kind, words: str, tenths: str, cues: str) -> Concept:
    columns = [column.split() for column in words.split("|")]
    spellings = [
        Word(word.lstrip("~"), language)
        for language, column in zip(LANGUAGES, columns, strict=False)
        for word in column
    ]
    marked = [word[1:] for word in columns[0] if word.startswith("~")]
    noun = spellings[0].text
    adjective = marked[0] if marked else (noun if kind in ("feeling", "colour") else "")
    feeling = Feeling(*(int(tenth) / 10 for tenth in tenths.split()))
    return Concept(
        kind, noun.replace("_", " "), adjective.replace("_", " "), tuple(spellings), feeling,
        _cues(cues),
    )  # fmt: skip


def _cues(text: str) -> Cues:
    cues = Cues()
    for cue in text.split():
        name, _, value = cue.replace("_", " ").partition("=")
        cues = _with_cue(cues, name, value)
    return cues


def _with_cue(cues: Cues, name: str, value: str) -> Cues:
    plain = name.rstrip("!")
    if is_mood(name):
        return replace(cues, mood=name)
    if is_instrument(name):
        return replace(cues, instrument=name)
    if is_ambience(plain):
        return replace(cues, ambience=plain, certain=name.endswith("!"))
    if name == "genre":
        return replace(cues, genre=value)
    if name == "pace":
        return replace(cues, pace=float(value))
    if name == "swing":
        return replace(cues, swing=float(value))
    if name == "bpm":
        low, high = value.split("-")
        return replace(cues, bpm=Span(float(low), float(high)))
    raise ValueError(f"cue {name!r} is not a mood, instrument or ambience: correct the table")
