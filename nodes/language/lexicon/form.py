"""The form: sections whose bars fill a duration at a tempo, with a shaped energy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from patchbay import Section

from .choices import SectionName
from .dice import Dice

_NAMES: dict[str, SectionName] = {
    "I": "intro", "V": "verse", "C": "chorus", "B": "bridge", "K": "break", "O": "outro",
}  # fmt: skip
# Each letter a section; songs first, then the longer strophic forms that long pieces need.
_FORMS = (
    "V", "VC", "VO", "IVO", "VCO", "IVCO", "IVCVO", "IVCVCO", "IVVCVO", "IVCVBCO", "IVCKVCO",
    "IVVCVCO", "IVCVCBCO", "IVCVKVCO", "IVVCBVCO", "IVCVCKVCO", "IVCVCBVCO", "IVVCVCBCCO",
    "IVCVCKVCBCO",
    "IVVCVVCBVCO", "IVCVCBVCKVCO", "IVVCVVCBVVCCO", "IVCVCKVCVCBVCO", "IVVCVCBVCKVVCCO",
    "IVVCVVCKVCBVVCCO",
)  # fmt: skip
_LENGTHS = (2, 4, 8, 12, 16, 24, 32, 48, 64)  # of verses, in bars
# Sections of about this length feel neither rushed nor endless: eight bars at 75 bpm take 26 s.
_SECTION_SECONDS = 26.0
_ENERGY: dict[str, float] = {"I": 0.3, "V": 0.55, "C": 0.82, "B": 0.5, "K": 0.28, "O": 0.25}


@dataclass(frozen=True)
class _Plan:
    """A form with the bars of its verses, choruses, bridges and breaks, intro and outro."""

    form: str
    verse: int
    chorus: int
    middle: int
    edge: int
    total: int

    def bars(self, letter: str) -> int:
        return {"V": self.verse, "C": self.chorus, "I": self.edge, "O": self.edge}.get(
            letter, self.middle
        )


def sections_of(bpm: float, seconds: float, arousal: float, dice: Dice) -> tuple[Section, ...]:
    """Sections that last about `seconds`: within 10 % from 30 to 900 s, as near as may be outside.

    A bar is four beats. Verses are alike, choruses are alike; the last chorus is the strongest.
    """
    bars = max(1.0, seconds * bpm / 240.0)
    wanted = _SECTION_SECONDS * bpm / 240.0

    def cost(plan: _Plan) -> float:
        miss = abs(plan.total - bars) / bars
        stretch = max(plan.verse / wanted, wanted / plan.verse) - 1.0
        odd = 0.45 if plan.verse in (12, 24, 48) else 0.0
        odd += 0.5 * (plan.edge in (1, plan.verse)) * (bars >= 16)
        # A miss of 4 % nobody hears; one of 10 % is worse than any odd length.
        chance = 0.5 * dice.fraction(f"form {plan.form}") + 0.1 * dice.fraction(f"bars {plan}")
        return 3.0 * miss + 200.0 * max(0.0, miss - 0.04) + 0.5 * stretch + odd + chance

    # Only where no form comes near, as below ten seconds, are the others looked at.
    best = min(list(_plans(bars, 0.1 * bars)) or _plans(bars, math.inf), key=cost)
    return tuple(_sections(best, arousal, dice))


def _plans(bars: float, miss: float) -> Iterator[_Plan]:
    """Every form in every proportion that comes within `miss` bars of `bars`."""
    for form in _FORMS:
        verses, choruses = form.count("V"), form.count("C")
        edges = form.count("I") + form.count("O")
        middles = len(form) - verses - choruses - edges
        for verse in _LENGTHS:
            half, quarter = max(2, verse // 2), max(1, verse // 4)
            for chorus, middle in product(sorted({verse, half}), repeat=2):
                for edge in sorted({1, 2, quarter, half, verse}):
                    total = verse * verses + chorus * choruses + middle * middles + edge * edges
                    if abs(total - bars) <= miss:
                        yield _Plan(form, verse, chorus, middle, edge, total)


def _sections(plan: _Plan, arousal: float, dice: Dice) -> Iterator[Section]:
    lift = 0.22 * arousal
    last_chorus = plan.form.rfind("C")
    for at, letter in enumerate(plan.form):
        climb = 0.1 * at / max(1, len(plan.form) - 1) * (letter in "VC")
        finale = 0.05 * (at == last_chorus)
        shade = dice.between(f"energy {at}", -0.03, 0.03)
        energy = _ENERGY[letter] + lift + climb + finale + shade
        yield Section(_NAMES[letter], plan.bars(letter), round(min(1.0, max(0.05, energy)), 2))
