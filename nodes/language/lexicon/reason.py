"""Why the recipe is as it is: which words led to which choice, for the person who wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .concept import Concept
from .reading import Hit, Reading
from .spoken import Spoken

Choice = Literal[
    "feeling", "mood", "instrument", "ambience", "style", "tempo", "swing", "tonic", "mode"
]


@dataclass(frozen=True)
class Reason:
    """One word of the text, the choice it moved, and which way: `snow`, `ambience`, `fireplace`."""

    word: str
    choice: Choice
    towards: str


def reasons_of(reading: Reading) -> list[Reason]:
    """In the order of the text, each once; what was said outright comes first."""
    found = [*_outright(reading.spoken)]
    for hit in reading.hits:
        found += _of_hit(hit)
    return list(dict.fromkeys(found))


def _outright(spoken: Spoken) -> Iterator[Reason]:
    if spoken.tempo:
        low, high = f"{spoken.tempo.low:g}", f"{spoken.tempo.high:g}"
        span = low if low == high else f"{low} to {high}"
        yield Reason(spoken.tempo_words, "tempo", f"{span} bpm")
    if spoken.tonic:
        yield Reason(spoken.key_words, "tonic", spoken.tonic)
    if spoken.mode:
        yield Reason(spoken.key_words, "mode", spoken.mode)


def _of_hit(hit: Hit) -> Iterator[Reason]:
    cues, no = hit.concept.cues, "no " * hit.negated
    if cues.genre:
        yield Reason(hit.word, "style", no + cues.genre)
    if cues.instrument:
        yield Reason(hit.word, "instrument", no + cues.instrument)
    if cues.ambience:
        yield Reason(hit.word, "ambience", no + cues.ambience)
    if cues.mood:
        yield Reason(hit.word, "mood", ("not " * hit.negated) + cues.mood)
    if cues.bpm and not hit.negated:
        yield Reason(hit.word, "tempo", f"{cues.bpm.low:g} to {cues.bpm.high:g} bpm")
    if cues.pace:
        yield Reason(hit.word, "tempo", "faster" if (cues.pace > 0) != hit.negated else "slower")
    if cues.swing is not None and not hit.negated:
        yield Reason(hit.word, "swing", "swung" if cues.swing else "straight")
    counts = not hit.negated or hit.concept.kind == "feeling"
    if counts and (direction := _direction(hit.concept, hit.negated)):
        yield Reason(hit.word, "feeling", direction)


def _direction(concept: Concept, negated: bool) -> str:
    """The ways a concept pulls, in words; pulls under 0.3 are left out."""
    feeling = concept.feeling
    pulls = (
        (feeling.valence, "happier", "sadder"), (feeling.arousal, "livelier", "calmer"),
        (feeling.warmth, "warmer", "colder"), (feeling.darkness, "darker", "brighter"),
    )  # fmt: skip
    words = [
        more if (pull > 0) != negated else less for pull, more, less in pulls if abs(pull) >= 0.3
    ]
    return ", ".join(words)
