"""All concepts by their words, and the search for a word that may be inflected or compounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from .concept import Concept, Kind, Language, read_table
from .text import fold, tokens
from .words import feelings, genres, life, nature, sounds

# Endings of four languages and what may have stood in their place; the longest first.
_ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("iness", ("y",)), ("fulness", ("ful",)), ("ness", ("",)), ("ingly", ("", "e")),
    ("iest", ("y",)), ("ment", ("", "e")), ("ings", ("", "e")), ("ying", ("y", "ie")),
    ("ing", ("", "e")), ("ies", ("y",)), ("ied", ("y",)), ("ier", ("y",)), ("ily", ("y",)),
    ("ern", ("", "er")), ("est", ("", "e")), ("ish", ("",)), ("ed", ("", "e")),
    ("er", ("", "e")), ("en", ("", "e")), ("em", ("",)), ("es", ("", "e", "o")),
    ("ly", ("", "le")), ("as", ("o", "a")), ("os", ("o",)), ("y", ("", "e")), ("s", ("",)),
    ("e", ("",)), ("n", ("",)), ("a", ("o",)),
)  # fmt: skip
_LINKS = ("", "s", "n", "en", "es", "e")  # what German puts between the parts of a compound
_LONGEST = 40  # letters; longer tokens are no words of any of these languages


@dataclass(frozen=True)
class Entry:
    """A concept under one of its words."""

    concept: Concept
    language: Language


@dataclass(frozen=True)
class Vocabulary:
    """Entries by folded words; a phrase is the tuple of its words."""

    phrases: dict[tuple[str, ...], tuple[Entry, ...]]
    longest: int

    def entries(self, words: Sequence[str]) -> tuple[Entry, ...]:
        """The entries of a phrase; a single word is also tried without its ending."""
        exact = self.phrases.get(tuple(words))
        if exact or len(words) > 1 or len(words[0]) > _LONGEST:
            return exact or ()
        return self._inflected(words[0])

    def parts(self, word: str) -> tuple[tuple[Entry, ...], ...]:
        """The two halves of a compound such as `Winternacht` or `moonrise`; none otherwise."""
        if not 7 <= len(word) <= _LONGEST:
            return ()
        for at in range(3, len(word) - 2):
            left = self._before_link(word[:at])
            right = self.phrases.get((word[at:],)) or self._inflected(word[at:])
            pair = tuple(_of_shared_language(left, right))
            if len(pair) == 2:
                return pair
        return ()

    def _before_link(self, word: str) -> tuple[Entry, ...]:
        for link in _LINKS:
            if word.endswith(link) and (found := self.phrases.get((word.removesuffix(link),))):
                return found
        return ()

    def _inflected(self, word: str) -> tuple[Entry, ...]:
        for stem in _stems(word):
            if found := self.phrases.get((stem,)):
                return found
        return ()


def _stems(word: str) -> Iterator[str]:
    for ending, replacements in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 3:
            continue
        for replacement in replacements:
            yield stem + replacement
        if stem[-1] == stem[-2]:
            yield stem[:-1]  # running, sonnig


def _of_shared_language(
    left: tuple[Entry, ...], right: tuple[Entry, ...]
) -> Iterator[tuple[Entry, ...]]:
    """Both halves in one language: else `nightmare` would be a night and an Italian sea."""
    for language in ("de", "en"):
        first = tuple(entry for entry in left if entry.language == language)
        second = tuple(entry for entry in right if entry.language == language)
        if first and second:
            yield from (first, second)
            return


@cache
def vocabulary() -> Vocabulary:
    """The whole lexicon; read once, since it never changes while a program runs."""
    phrases: dict[tuple[str, ...], tuple[Entry, ...]] = {}
    for concept in _concepts():
        for word in concept.words:
            key = tuple(token.folded for token in tokens(fold(word.text.replace("_", " "))))
            known = phrases.get(key, ())
            if not any(entry.language == word.language for entry in known):
                phrases[key] = (*known, Entry(concept, word.language))
    return Vocabulary(phrases, max(len(key) for key in phrases))


def _concepts() -> Iterator[Concept]:
    tables: tuple[tuple[Kind, str], ...] = (
        ("feeling", feelings.FEELINGS), ("sound", sounds.SOUNDS), ("genre", genres.GENRES),
        ("tempo", sounds.TEMPI), ("weather", nature.WEATHER), ("season", nature.SEASONS),
        ("time", nature.TIMES), ("nature", nature.NATURE), ("being", nature.BEINGS),
        ("place", life.PLACES),
        ("activity", life.ACTIVITIES), ("thing", life.THINGS), ("colour", sounds.COLOURS),
    )  # fmt: skip
    for kind, table in tables:
        yield from read_table(kind, table)
