"""The table of chord progressions, by mode and mood."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from patchbay import Recipe


@dataclass(frozen=True, slots=True)
class Progression:
    """Bars separated by `|`, chords in a bar by spaces; the `moods` it suits, by spaces."""

    text: str
    moods: str


# Common ground of lofi and the jazz it samples: ii-V-I, I-vi-ii-V and the descending IV-iii-ii-I
# in major, the minor circle of fifths, i-VI-III-VII, modal vamps. Borrowed: minor iv, bVII, bVI.
# One tritone substitute only (bII9 for V): more than that sounds clever instead of warm.
_TABLE = MappingProxyType(
    {
        "major": (
            Progression("iim9 | V13 | Imaj9 | VI7#5", "cozy romantic nostalgic playful"),
            Progression("Imaj9 | vim9 | iim9 | V13", "cozy hopeful playful focused"),
            Progression("IVmaj9 | iii7 | iim9 | Imaj9", "calm cozy dreamy nostalgic focused"),
            Progression("IVmaj9 | iii7 VI7b9 | iim9 V13sus | Imaj9", "cozy romantic nostalgic"),
            Progression("Imaj9 | iii7 | IVmaj9 | ivm6", "nostalgic romantic melancholic dreamy"),
            Progression("IVmaj9 V9sus | iii7 vim9 | iim9 V13 | Imaj9", "hopeful energetic playful"),
            Progression("vim9 | iim9 | V13sus | Imaj9", "melancholic focused calm hopeful"),
            Progression("Imaj9 | bVIImaj9 | IVmaj9 | ivm6", "dreamy mysterious dark nostalgic"),
            Progression("iim9 | bII9 | Imaj9 | vim9", "romantic playful mysterious cozy"),
            Progression("Imaj9 | IVmaj9 | Imaj9 | iim9 V13sus", "calm focused hopeful energetic"),
            Progression("Imaj9 | bVImaj9 | IVmaj9 | V13sus", "dark mysterious hopeful energetic"),
            Progression("IVmaj9 | V9sus | vim9 | iii7", "energetic hopeful focused melancholic"),
            Progression("vim9 | IVmaj9 | Imaj9 | V9sus", "energetic melancholic dark calm"),
            Progression("iim9 | iii7 | IVmaj9 | V13sus", "playful energetic focused hopeful"),
            Progression(
                "IVmaj9 | ivm6 | iii7 | VI7b9 | iim9 | V13sus | Imaj9 | I6/9",
                "romantic dreamy nostalgic melancholic",
            ),
            Progression(
                "Imaj9 | IVmaj9 | iii7 | vim9 | iim9 | V13 | Imaj9 | V9sus",
                "cozy calm playful hopeful",
            ),
        ),
        "minor": (
            Progression("im9 | bVImaj9 | bIIImaj9 | bVII9", "melancholic hopeful nostalgic"),
            Progression("im9 | ivm9 | bVII9 | bIIImaj9", "romantic cozy nostalgic playful"),
            Progression("iim7b5 | V7#5 | im9 | bVImaj9", "dark romantic mysterious"),
            Progression("im11 | bVII9sus | bVImaj9 | bVII9sus", "focused energetic dark hopeful"),
            Progression("bVImaj9 | vm7 | ivm9 | im9", "melancholic calm dreamy cozy nostalgic"),
            Progression("im9 | vm7 | bVImaj9 | ivm9", "calm melancholic focused dreamy"),
            Progression("im9 | bIIImaj9 | ivm9 | V7#5", "romantic playful dark cozy"),
            Progression("bVImaj9 | bVII9sus | im9 | im11", "hopeful energetic focused calm"),
            Progression("im9 | imMaj9 | im7 | im6", "mysterious dark romantic"),
            Progression("im9 | bIImaj9 | im9 | V7b9", "dark mysterious playful"),
            Progression("ivm9 | bVII9 | bIIImaj9 | bVImaj9", "nostalgic cozy playful dreamy"),
            Progression("im9 | bVII9sus | ivm9 | bVImaj9", "energetic hopeful mysterious focused"),
            Progression(
                "im9 | ivm9 | bVII9 | bIIImaj9 | bVImaj9 | iim7b5 | V7#5 | im9",
                "romantic melancholic nostalgic",
            ),
            Progression(
                "bVImaj9 | ivm9 | im9 | vm7 | bVImaj9 | ivm9 | bVII9sus | bIIImaj9",
                "dreamy calm mysterious cozy",
            ),
        ),
        "dorian": (
            Progression("im9 | IV9 | im11 | IV13", "focused energetic playful cozy dark"),
            Progression("im11 | bVIImaj9 | IV9 | im9", "mysterious nostalgic hopeful calm"),
            Progression("im9 | iim7 | bIIImaj9 | IV9", "hopeful energetic playful romantic"),
            Progression("bIIImaj9 | iim7 | im9 | IV13", "calm dreamy cozy nostalgic"),
            Progression("im9 | vm9 | IV9 | im11", "melancholic focused romantic calm dark"),
            Progression("bVIImaj9 | im11 | bVIImaj9 | IV13", "dreamy mysterious melancholic"),
            Progression("im9 | bIIImaj9 | bVIImaj9 | IV9", "energetic nostalgic hopeful cozy"),
            Progression("vm9 | IV9 | im9 | bVIImaj9", "romantic melancholic dreamy mysterious"),
        ),
        "mixolydian": (
            Progression("I13 | bVIImaj9 | IVmaj9 | I9", "playful energetic cozy hopeful"),
            Progression("I13 | vm9 | IVmaj9 | bVIImaj9", "focused nostalgic melancholic dark"),
            Progression("Iadd9 | bVIImaj9 | vm9 | IVmaj9", "hopeful calm dreamy romantic"),
            Progression("IVmaj9 | vm9 | I9sus | I13", "cozy calm romantic mysterious"),
            Progression("I9sus | bVIImaj9 | vim7 | vm9", "dreamy mysterious melancholic dark"),
            Progression("iim9 | vm9 | bVIImaj9 | I13", "romantic nostalgic focused melancholic"),
            Progression("I13 | IVmaj9 | vm9 | iim9", "energetic playful focused cozy"),
        ),
        "lydian": (
            Progression("Imaj7#11 | II9 | Imaj9 | II13", "hopeful playful focused energetic"),
            Progression("Imaj9 | II9 | viim7 | iiim9", "dreamy mysterious nostalgic"),
            Progression("Imaj7#11 | iiim9 | vim9 | II13", "romantic melancholic cozy dark"),
            Progression("Vmaj9 | iiim9 | Imaj7#11 | II9", "calm cozy dreamy hopeful"),
            Progression("Imaj9 | vim9 | iiim9 | II9sus", "melancholic calm focused mysterious"),
            Progression("Imaj7#11 | Vmaj9 | II9 | Imaj9", "nostalgic energetic playful dark"),
            Progression("vim9 | II13 | Imaj7#11 | Imaj9", "romantic nostalgic cozy focused"),
        ),
    }
)  # fmt: skip


def ranked(recipe: Recipe, generator: np.random.Generator) -> tuple[Progression, ...]:
    """All progressions of the recipe's mode in random order, those that suit its mood first."""
    table = _TABLE[recipe.mode]
    shuffled = [table[index] for index in generator.permutation(len(table))]
    return tuple(sorted(shuffled, key=lambda line: recipe.mood not in line.moods.split()))
