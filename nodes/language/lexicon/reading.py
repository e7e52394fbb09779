"""What a text says: its concepts in order, each with its strength and whether it is negated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .concept import LANGUAGES, Concept, Kind, Language
from .grammar import (
    ALONE,
    BEFORE_APOSTROPHE_T,
    JOINS,
    LESSENS,
    NEGATES_PAIR,
    NEGATES_QUALITY,
    NEGATES_THING,
    SAYS_NOTHING,
    STRENGTHS,
    TURNS,
)
from .spoken import Spoken, listen
from .text import Token, clean, tokens
from .vocabulary import Entry, Vocabulary, vocabulary

# A recipe is asked for in a sentence or a page; what stands after page ten changes nothing.
LONGEST_TEXT = 20_000
_QUALITIES: frozenset[Kind] = frozenset({"feeling", "tempo", "colour"})


@dataclass(frozen=True)
class Hit:
    """A concept found: `at` and `length` count tokens; strength 1 is the bare word."""

    concept: Concept
    word: str
    language: Language
    at: int
    length: int
    strength: float = 1.0
    negated: bool = False
    alone: bool = False  # "only piano", "solo piano"


@dataclass(frozen=True)
class Reading:
    """A text read: what it says outright, its tokens, its main language, and what it names."""

    spoken: Spoken
    tokens: tuple[Token, ...]
    language: Language
    hits: tuple[Hit, ...]

    @property
    def wanted(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if not hit.negated)

    @property
    def unwanted(self) -> tuple[Hit, ...]:
        return tuple(hit for hit in self.hits if hit.negated)


def read(text: str) -> Reading:
    plain = clean(text[:LONGEST_TEXT])
    found, spoken = tuple(tokens(plain)), listen(plain)
    language = _language(found, vocabulary())
    reader = _Reader(found, language, vocabulary(), _places(found, spoken.key_words))
    return Reading(spoken, found, language, tuple(reader.read()))


def _places(found: Sequence[Token], words: str) -> range:
    """Where the key is said, so that "sol majeur" is not also read as the Spanish sun."""
    said = [token.folded for token in tokens(words)]
    for at in range(len(found) - len(said) + 1 if said else 0):
        if [token.folded for token in found[at : at + len(said)]] == said:
            return range(at, at + len(said))
    return range(0)


def _language(found: Sequence[Token], words: Vocabulary) -> Language:
    """The language with the most small words and words of its own; English where none leads."""
    votes = dict.fromkeys(LANGUAGES, 0.0)
    for token in found:
        for language in LANGUAGES:
            votes[language] += token.folded in SAYS_NOTHING[language]
        known = words.phrases.get((token.folded,), ())
        if len({entry.language for entry in known}) == 1:
            votes[known[0].language] += 1
    return max(LANGUAGES, key=lambda language: votes[language])


@dataclass
class _Negation:
    """How far a "no" still reaches: words left, and the kind it last took, for "or" and "and"."""

    reach: int = 0
    quality: bool = False
    last: Kind | None = None
    joined: bool = False


@dataclass
class _Reader:
    found: tuple[Token, ...]
    language: Language
    words: Vocabulary
    key: range  # tokens that say the key
    negation: _Negation = field(default_factory=_Negation)
    strength: float = 1.0
    lacking: set[str] = field(default_factory=set)
    singles: dict[str, tuple[tuple[Entry, ...], ...]] = field(default_factory=dict)

    def read(self) -> list[Hit]:
        hits: list[Hit] = []
        at = 0
        while at < len(self.found):
            length, entries = self._longest(at)
            self._pause(at, entries)
            if self._small_word(at, length):
                at += 1
                continue
            if not entries:
                self._unknown(self.found[at])
            for one in entries:
                hits.append(self._hit(at, length, one))
            if entries:
                self._after(hits[-1])
            at += max(length, 1)
        return hits

    def _longest(self, at: int) -> tuple[int, tuple[tuple[Entry, ...], ...]]:
        """The longest phrase from here: its length in tokens and its one or two concepts."""
        for length in range(min(self.words.longest, len(self.found) - at), 1, -1):
            phrase = self.found[at : at + length]
            if any("\n" in token.gap or "," in token.gap for token in phrase[1:]):
                continue
            if entries := self.words.phrases.get(tuple(token.folded for token in phrase)):
                return length, (entries,)
        folded = self.found[at].folded
        if at in self.key or folded in SAYS_NOTHING[self.language]:
            return 0, ()
        if folded not in self.singles:
            single = self.words.entries([folded])
            self.singles[folded] = (single,) if single else self._unusual(folded)
        return 1, self.singles[folded]

    def _unusual(self, folded: str) -> tuple[tuple[Entry, ...], ...]:
        """A word with a refusal in it, such as `drumless`, or a compound."""
        stem = folded.removesuffix("less")
        if stem != folded and stem and (single := self.words.entries([stem])):
            self.lacking.add(folded)
            return (single,)
        return self.words.parts(folded)

    def _pause(self, at: int, entries: tuple[tuple[Entry, ...], ...]) -> None:
        """Stops and commas end a negation, except inside a list: "no drums, bass or piano"."""
        gap = self.found[at].gap
        if re.search(r"[.;:!?()\n–—…。、,，؛،]", gap) is None:
            return
        listed = "," in gap and self.negation.last == "sound" and self._list_goes_on(at)
        same = bool(entries) and entries[0][0].concept.kind == "sound"
        if not (listed and same):
            self.negation = _Negation()
        else:
            self.negation.joined = True
        self.strength = 1.0

    def _list_goes_on(self, at: int) -> bool:
        for token in self.found[at : at + 6]:
            if token.folded in ("or", "nor", "oder", "ou", "o", "ni"):
                return True
            if re.search(r"[.;:!?()\n]", token.gap):
                return False
        return False

    def _small_word(self, at: int, length: int) -> bool:
        """Whether the token only changes what comes after it."""
        word = self.found[at].folded
        before = self.found[at - 1].folded if at else ""
        if length > 1:
            return False
        if word in TURNS:
            self.negation = _Negation()
        elif word == "t" and before in BEFORE_APOSTROPHE_T and self.found[at].gap in "'’":
            self.negation = _Negation(4, quality=True)
        elif (before, word) in NEGATES_PAIR or word in NEGATES_THING:
            self.negation = _Negation(3)
        elif word in NEGATES_QUALITY or word in LESSENS:
            self.negation = _Negation(3, quality=True)
        elif word in STRENGTHS:
            self.strength = min(2.0, self.strength * STRENGTHS[word])
        elif word in JOINS:
            self.negation.joined = self.negation.last is not None
        else:
            return word in ALONE
        return True

    def _unknown(self, token: Token) -> None:
        if token.folded in SAYS_NOTHING[self.language]:
            return
        self.negation.reach -= 1
        self.negation.joined = False
        self.strength = 1.0

    def _hit(self, at: int, length: int, entries: tuple[Entry, ...]) -> Hit:
        entry = next((one for one in entries if one.language == self.language), entries[0])
        kind = entry.concept.kind
        again = self.negation.joined and self.negation.last == kind
        first, *rest = self.found[at : at + length]
        words = self.found[max(at - 1, 0) : at] + self.found[at + length : at + length + 1]
        near = any(token.folded in ALONE for token in words)
        return Hit(
            entry.concept,
            first.text + "".join(token.gap + token.text for token in rest),
            entry.language, at, length, self.strength,
            negated=self.negation.reach > 0 or again or first.folded in self.lacking,
            alone=near and entry.concept.cues.instrument is not None,
        )  # fmt: skip

    def _after(self, hit: Hit) -> None:
        """A "no" takes qualities on its way to one thing, a "not" takes one word."""
        kind = hit.concept.kind
        self.strength = 1.0
        if not hit.negated:
            self.negation = _Negation()
        elif self.negation.quality or kind not in _QUALITIES:
            self.negation = _Negation(0, self.negation.quality, kind)
