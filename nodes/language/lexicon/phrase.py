"""Runs of a text's own words that could stand as a title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from .concept import Kind, Language
from .grammar import LESSENS, NEGATES_QUALITY, NEGATES_THING, SAYS_NOTHING, words
from .reading import Hit, Reading
from .text import fold

# Kinds that name something a title can be about; instruments and styles are means, not subjects.
SUBJECTS: frozenset[Kind] = frozenset(
    {"place", "nature", "being", "weather", "season", "time", "activity", "thing"}
)
_MEANS: frozenset[Kind] = frozenset({"sound", "genre", "tempo"})
_LONGEST_RUN = 5  # words
_LONGEST_SIGNS = 12  # ideographs and kana, about as wide as five words
_NEVER = NEGATES_THING | NEGATES_QUALITY | LESSENS | words("""
    i me you we he she it they is are am was were be want need make create give please play feel
    feels feeling like music song songs track tracks something some bpm key tempo major minor mood
    vibe vibes kind style sound sounds sounding very too so really slightly but then and ich mir
    mich bitte musik etwas aber und je veux musique mais et quiero musica pero y e
    """)  # fmt: skip
_ARTICLES = words("""
    a an the ein eine einen der die das un une le la les el los las una
    """)
_SMALL = words("""
    a an the of in on at by for from to into over under through with without after before until
    near as beneath along
    """)


def phrases(reading: Reading) -> list[str]:
    """Titles in the text's own words, such as `Late Train to Georgia`; none, one or several."""
    whole = range(len(reading.tokens))
    runs = [whole] if len(whole) <= _LONGEST_SIGNS else []
    runs += _between_subjects(reading)
    texts = (_title(run, reading) for run in runs if _is_name(run, reading))
    return list(dict.fromkeys(text for text in texts if text))


def is_noun(hit: Hit) -> bool:
    """Whether the word as written is the thing itself: rain, not raining or rainy."""
    word, first = fold(hit.word), fold(hit.concept.in_language(hit.language))
    if hit.language == "en":
        ending = word.endswith(("ing", "ed", "ly")) and word != first
        return not ending and (word != hit.concept.adjective or word == first)
    if hit.language == "de":
        return hit.word[0].isupper()
    return word[:4] == first[:4] and abs(len(word) - len(first)) <= 2


def capitalised(text: str, language: Language) -> str:
    """Title case in English; elsewhere a capital at the start and the rest as written."""
    words = text.split(" ")
    if text.isupper():
        words = [word.lower() for word in words]
    if language != "en":
        return " ".join([_capital(words[0]), *words[1:]])
    last = len(words) - 1
    return " ".join(
        word if 0 < at < last and fold(word) in _SMALL else _capital(word)
        for at, word in enumerate(words)
    )


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:] if word.islower() or word[:1].islower() else word


def _between_subjects(reading: Reading) -> Iterator[range]:
    subjects = [hit for hit in reading.wanted[:40] if hit.concept.kind in SUBJECTS]
    starts = [hit for hit in reading.wanted[:40] if hit.concept.kind not in _MEANS]
    for first in starts:
        for last in subjects:
            run = range(first.at, last.at + last.length)
            # Two words at least: one alone is left to the patterns.
            if first.at < last.at and len(run) <= _LONGEST_RUN and is_noun(last):
                yield run


def _is_name(place: range, reading: Reading) -> bool:
    """Whether the run reads as a name: words only, no pause, no instruction, no loose end."""
    run = reading.tokens[place.start : place.stop]
    if not run or {token.folded for token in run} & _NEVER:
        return False
    if any(re.search(r"[^ '’-]", token.gap) for token in run[1:]):
        return False
    if len({token.folded for token in run}) < len(run):
        return False
    if not all(token.text[0].isalpha() and len(token.text) <= 20 for token in run):
        return False
    hits = [hit for hit in reading.hits if hit.at in place]
    if any(hit.negated or hit.concept.kind in _MEANS for hit in hits):
        return False
    if all(hit.concept.kind == "feeling" for hit in hits):
        pronounced = all(re.search("[aeiouy]", token.folded) for token in run)
        return len(run) > 1 and pronounced
    return run[-1].folded not in SAYS_NOTHING[reading.language]


def _title(place: range, reading: Reading) -> str | None:
    run = reading.tokens[place.start : place.stop]
    while len(run) > 1 and run[0].folded in _ARTICLES:
        run = run[1:]
    signs = all("\u3041" <= token.text[0] <= "\ud7af" for token in run)
    if len(run) > (_LONGEST_SIGNS if signs else _LONGEST_RUN):
        return None
    written = "".join((token.gap if at else "") + token.text for at, token in enumerate(run))
    return capitalised(unicodedata.normalize("NFC", written), reading.language)
