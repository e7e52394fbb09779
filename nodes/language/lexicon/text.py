"""Text as tokens: words, single ideographs and pictures, each folded to a comparable form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

# Kana, ideographs and hangul are written without spaces: each sign is a token of its own.
_SIGNS = "\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af"
_MARKS = "\u0300-\u036f"  # combining accents, which a regular expression does not count as letters
# Emoji and symbols, without the variation selectors and joiners between them.
_PICTURES = "\u2600-\u27bf\u231a-\u23ff\u2b50-\u2b55\U0001f000-\U0001faff"
_TOKEN = re.compile(f"[{_SIGNS}]|[{_PICTURES}]|&|(?:[^\\W_{_SIGNS}][{_MARKS}]*)+")

_UNSEEN = frozenset({"Cc", "Cs", "Cn", "Co"})  # controls, surrogates, unassigned, private


@dataclass(frozen=True)
class Token:
    """A word as written (`text`), as compared (`folded`), and where: `start` to `end`."""

    text: str
    folded: str
    start: int
    end: int
    gap: str  # what stands between the token before and this one


def clean(text: str) -> str:
    """The text without controls and surrogates; white space is one space or one line end."""
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n")
    plain = "".join(
        " " if sign != "\n" and unicodedata.category(sign) in _UNSEEN else sign for sign in lines
    )
    return re.sub(r"\s+", lambda gap: "\n" if "\n" in gap[0] else " ", plain).strip()


@cache
def fold(word: str) -> str:
    """A form in which case, accents, width and ligatures make no difference."""
    wide = unicodedata.normalize("NFKD", word).casefold()
    return "".join(sign for sign in wide if not unicodedata.combining(sign))


def tokens(text: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        gap = text[end : match.start()]
        found.append(Token(match[0], fold(match[0]), match.start(), match.end(), gap))
        end = match.end()
    return found
