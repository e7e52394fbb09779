"""A short title: a phrase of the text, or a pattern filled with what the text is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .choices import Mood
from .concept import Concept, Kind, Language
from .dice import Dice
from .phrase import SUBJECTS, capitalised, is_noun, phrases
from .reading import Hit, Reading

_LONGEST = 44  # letters; longer titles break the editor's card
# How English says when and where.
_WHEN = {
    "night": "at Night", "midnight": "at Midnight", "morning": "in the Morning",
    "dawn": "at Dawn", "evening": "in the Evening", "sunset": "at Sunset", "dusk": "at Dusk",
    "afternoon": "in the Afternoon", "sunday": "on Sunday", "winter": "in Winter",
    "summer": "in Summer", "autumn": "in Autumn", "spring": "in Spring",
    "christmas": "at Christmas", "rain": "in the Rain", "snow": "in the Snow",
    "fog": "in the Fog", "moon": "by Moonlight", "fire": "by the Fire", "sea": "by the Sea",
    "lake": "by the Lake", "sun": "in the Sun", "star": "under the Stars",
}  # fmt: skip
_AND: dict[Language, str] = {"en": " and ", "de": " und ", "fr": " et ", "es": " y ", "other": ", "}
_NAMES = frozenset({"tokyo", "paris", "new york", "havana", "berlin"})
_NO_ARTICLE = frozenset({"home"})
_WHEN_KINDS: tuple[Kind, ...] = ("weather", "season", "time")
_SEEN: tuple[Kind, ...] = ("place", "nature", "time")  # what can be snowy
_PLACED: tuple[Kind, ...] = ("place", "nature", "being")  # what can be in the snow
_SHADES: dict[Mood, tuple[str, ...]] = {
    "calm": ("Quiet", "Still", "Soft"),
    "cozy": ("Warm", "Quiet", "Gentle"),
    "dreamy": ("Drifting", "Hazy", "Distant"),
    "melancholic": ("Blue", "Lonely", "Fading"),
    "nostalgic": ("Faded", "Distant", "Remembered"),
    "hopeful": ("Bright", "New", "Open"),
    "playful": ("Little", "Bright", "Dancing"),
    "focused": ("Clear", "Steady", "Quiet"),
    "dark": ("Dark", "Black", "Cold"),
    "romantic": ("Tender", "Velvet", "Golden"),
    "energetic": ("Burning", "Wild", "Electric"),
    "mysterious": ("Hidden", "Silver", "Veiled"),
}
_NEUTRAL: dict[Mood, tuple[str, ...]] = {
    "calm": ("Quiet Hours", "Still Water", "Slow Breath"),
    "cozy": ("Warm Light", "Indoors", "Soft Corners"),
    "dreamy": ("Half Asleep", "Drifting", "Paper Clouds"),
    "melancholic": ("Blue Hour", "Empty Rooms", "What Remains"),
    "nostalgic": ("Old Photographs", "Faded Tape", "Back Then"),
    "hopeful": ("First Light", "Open Window", "New Leaves"),
    "playful": ("Small Steps", "Paper Planes", "Little Dance"),
    "focused": ("Clear Desk", "Quiet Pages", "One Thing at a Time"),
    "dark": ("Deep Shade", "Below", "No Moon"),
    "romantic": ("Two Cups", "Close to You", "Velvet Evening"),
    "energetic": ("Live Wire", "Full Speed", "Lift Off"),
    "mysterious": ("Hidden Door", "Silver Mist", "Unknown Hour"),
}


@dataclass(frozen=True)
class _Subject:
    """Something the text is about, with the word a title uses for it."""

    concept: Concept
    word: str


def title_of(reading: Reading, mood: Mood, dice: Dice) -> str:
    """One to a few words, at most 44 letters; a neutral title where the text has none to lend."""
    own = [title for title in phrases(reading) if len(title) <= _LONGEST]
    made = [title for title in _made(reading, mood, dice) if len(title) <= _LONGEST]
    # A text's own phrase says it best; patterns give the other seeds something to choose.
    if own and (not made or reading.language == "other" or dice.fraction("own title") < 0.6):
        return dice.pick("phrase", own)
    return dice.pick("title", made or _of_instruments(reading, mood) or _NEUTRAL[mood])


def _made(reading: Reading, mood: Mood, dice: Dice) -> list[str]:
    subjects = _subjects(reading)
    language = _title_language(reading)
    if language != "en":
        return list(_foreign(subjects, language))
    made = [*_pairs(subjects), *_gerunds(reading, subjects)]
    if len(made) < 3:
        shade = dice.pick("shade", _SHADES[mood])
        made += [title for subject in subjects[:2] for title in _alone(subject, shade)]
    return list(dict.fromkeys(made))


def _title_language(reading: Reading) -> Language:
    """English where the only foreign signs are pictures."""
    if any(token.text[0].isalpha() for token in reading.tokens):
        return reading.language
    return "en"


def _subjects(reading: Reading) -> list[_Subject]:
    """Each thing once, in the order of the text; the activities among them last."""
    language = _title_language(reading)
    found: dict[str, _Subject] = {}
    for hit in reading.wanted[:60]:
        if hit.concept.kind in SUBJECTS:
            word = _word(hit, language)
            if word[0].isalpha() and word not in (subject.word for subject in found.values()):
                found.setdefault(hit.concept.noun, _Subject(hit.concept, word))
    return sorted(found.values(), key=lambda one: one.concept.kind in ("activity", "thing"))


def _word(hit: Hit, language: Language) -> str:
    """The text's own noun where it is one, in the title's language."""
    named = hit.concept.noun in _NAMES and hit.word[0].isupper()
    own = hit.language == language and hit.word[0].isalpha() and is_noun(hit)
    if named:
        return hit.word
    word = hit.word if own or language == "other" else hit.concept.in_language(language)
    return capitalised(word.replace("_", " "), language)


def _pairs(subjects: Sequence[_Subject]) -> Iterator[str]:
    """`Snowy Cabin`, `Forest at Night`, `Rain and Coffee`."""
    for one in subjects:
        for other in subjects:
            if one is other or one.concept.kind in ("activity", "season"):
                continue
            when = _WHEN.get(other.concept.noun)
            adjective = other.concept.adjective if other.concept.kind in _WHEN_KINDS else ""
            if adjective and one.concept.kind in _SEEN and one.concept.kind != other.concept.kind:
                yield f"{adjective.title()} {one.word}"
            if when and one.concept.kind in _PLACED:
                yield f"{one.word} {when}"
    things = [one for one in subjects if one.concept.kind in ("weather", "nature", "thing")]
    if len(things) == 2:
        yield f"{things[0].word} and {things[1].word}"


def _gerunds(reading: Reading, subjects: Sequence[_Subject]) -> Iterator[str]:
    """`Studying at Night`."""
    doing = [hit.word for hit in reading.wanted[:60]
             if hit.concept.kind == "activity" and hit.word.endswith("ing")]  # fmt: skip
    times = [_WHEN[one.concept.noun] for one in subjects if one.concept.noun in _WHEN]
    for word in doing[:1]:
        for when in times[:2]:
            yield f"{capitalised(word, 'en')} {when}"


def _alone(subject: _Subject, shade: str) -> Iterator[str]:
    """Patterns for a text about one thing."""
    word, kind = subject.word, subject.concept.kind
    if kind == "being":
        yield f"Song for {'' if word.endswith('s') else 'a '}{word}"
        yield f"The {word}"
        return
    article = "" if subject.concept.noun in _NAMES or word.casefold() in _NO_ARTICLE else "the "
    icy = subject.concept.feeling.warmth < 0
    if kind == "activity" and word.endswith("ing"):
        yield word
    elif not (icy and shade in ("Warm", "Golden")):
        yield f"{shade} {word}"
    if kind == "weather":
        yield f"{word} Outside"
    elif kind in ("time", "season"):
        yield f"Almost {word}"
    elif kind == "nature":
        yield f"Beyond the {word}"
    elif kind == "place":
        yield "Back Home" if word == "Home" else f"Back to {article}{word}"


def _foreign(subjects: Sequence[_Subject], language: Language) -> Iterator[str]:
    """`Regen und Nacht`: nouns only, since adjectives would have to agree."""
    for one in subjects[:2]:
        yield one.word
    for one, other in pairwise(subjects):
        name = language == "de" or other.concept.noun in _NAMES
        second = other.word if name else other.word.lower()
        yield f"{one.word}{_AND[language]}{second}"


def _of_instruments(reading: Reading, mood: Mood) -> list[str]:
    """`Lonely Piano`, for a text that names nothing but a player."""
    solo = [hit.concept for hit in reading.wanted[:60] if hit.concept.cues.instrument]
    melodic = [one for one in solo if one.cues.instrument not in ("bass", "drums", "soft pad")]
    return [f"{shade} {capitalised(melodic[0].noun, 'en')}"
            for shade in _SHADES[mood] if melodic]  # fmt: skip
