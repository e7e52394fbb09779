"""From words to one feeling, and from the feeling to mood, mode, tempo, swing and register.

The mappings follow what reviews and experiments agree on:
- tempo raises arousal and mode sets valence: Husain, Thompson and Schellenberg, Effects of musical
  tempo and mode on arousal, mood, and spatial abilities, Music Perception 20(2), 2002;
- happiness is fast, major, high; sadness slow, minor, low; tenderness slow and major; anger and
  fear fast and minor: Juslin and Laukka, Expression, perception, and induction of musical emotions,
  J. New Music Research 33(3), 2004; Gabrielsson and Lindström, The role of structure in the musical
  expression of emotions, in Juslin and Sloboda, Handbook of Music and Emotion, Oxford 2010;
- the cues add up, near linearly: Eerola, Friberg and Bresin, Emotional expression in music,
  Frontiers in Psychology 4:487, 2013. So the sums here are plain weighted means.
The numbers themselves are this lexicon's own, set by ear and by reading its recipes.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from .choices import MOODS, Mode, Mood
from .concept import Feeling, Kind, Span
from .dice import Dice
from .reading import Hit, Reading
from .styles import Style

# Before any word is read: the lofi of a quiet room, weighing half as much as one plain noun.
_START = Feeling(0.1, -0.4, 0.35, 0.05)
_START_WEIGHT = 0.5
# A feeling named says more than a thing that suggests one.
_WEIGHTS: dict[Kind, float] = {
    "feeling": 2.0, "genre": 1.0, "activity": 1.2, "tempo": 1.2, "sound": 0.4, "colour": 0.8,
    "season": 0.8, "nature": 0.8, "being": 0.8, "thing": 0.8,
}  # fmt: skip
_MOOD_AT: dict[Mood, Feeling] = {
    "calm": Feeling(0.35, -0.75, 0.2, -0.1),
    "cozy": Feeling(0.45, -0.45, 0.8, 0.0),
    "dreamy": Feeling(0.3, -0.4, 0.0, 0.1),
    "melancholic": Feeling(-0.6, -0.4, 0.1, 0.4),
    "nostalgic": Feeling(0.0, -0.3, 0.55, 0.15),
    "hopeful": Feeling(0.65, 0.1, 0.3, -0.4),
    "playful": Feeling(0.7, 0.45, 0.35, -0.4),
    "focused": Feeling(0.15, -0.15, -0.2, -0.1),
    "dark": Feeling(-0.55, 0.1, -0.4, 0.85),
    "romantic": Feeling(0.6, -0.15, 0.75, 0.1),
    "energetic": Feeling(0.55, 0.85, 0.1, -0.2),
    "mysterious": Feeling(-0.1, -0.15, -0.3, 0.6),
}


@dataclass(frozen=True)
class Affect:
    """The feeling of a whole text, votes for moods by name, and the pace asked for (-1.5 to 1.5).

    `plainness` goes from 1, where no word moved anything, towards 0.
    """

    feeling: Feeling
    plainness: float
    votes: dict[Mood, float]
    pace: float


def affect_of(reading: Reading) -> Affect:
    total = [_START_WEIGHT * part for part in _parts(_START)]
    weight_sum, pace, votes = _START_WEIGHT, 0.0, dict.fromkeys(MOODS, 0.0)
    seen: Counter[str] = Counter()
    for hit in reading.hits:
        seen[hit.concept.noun] += 1
        weight = weight_of(hit) / seen[hit.concept.noun]  # the tenth "rain" adds little
        side = _side(hit)
        if side:
            weight_sum += weight
            for at, part in enumerate(_parts(hit.concept.feeling)):
                total[at] += weight * side * max(-1.0, min(1.0, part * max(1.0, hit.strength)))
        pace += hit.concept.cues.pace * side * hit.strength
        if mood := hit.concept.cues.mood:
            votes[mood] += -2.0 if hit.negated else weight
    mean = (part / weight_sum for part in total)
    return Affect(Feeling(*mean), _START_WEIGHT / weight_sum, votes, max(-1.5, min(1.5, pace)))


def weight_of(hit: Hit) -> float:
    return _WEIGHTS.get(hit.concept.kind, 1.0) * hit.strength


def _side(hit: Hit) -> float:
    """How a negation turns a word: "not sad" is half of glad, "no rain" is no sunshine."""
    if not hit.negated:
        return 1.0
    return -0.5 if hit.concept.kind in ("feeling", "tempo") else 0.0


def _parts(feeling: Feeling) -> tuple[float, float, float, float]:
    return feeling.valence, feeling.arousal, feeling.warmth, feeling.darkness


def mood_of(affect: Affect, dice: Dice) -> Mood:
    """The mood nearest in affective space, drawn towards those that words vote for."""
    strongest = max(1.0, *affect.votes.values())

    def score(mood: Mood) -> float:
        apart = zip(_parts(affect.feeling), _parts(_MOOD_AT[mood]), strict=True)
        distance = math.fsum((one - other) ** 2 for one, other in apart)
        # A plain text leaves several moods fitting; the seed chooses among them.
        chance = (0.2 + 0.4 * affect.plainness) * dice.fraction(f"mood {mood}")
        return affect.votes[mood] / strongest - distance + chance

    return max(MOODS, key=score)


def mode_of(affect: Affect, mood: Mood, style: Style, dice: Dice) -> Mode:
    """Major for pleasant, minor for unpleasant, a throw in between; then the mode's colour.

    Temperley and Tan, Emotional connotations of diatonic modes, Music Perception 30(3), 2013: heard
    happiness falls from Ionian over Mixolydian and Lydian to Dorian and Aeolian.
    """
    pleasant = affect.feeling.valence - 0.35 * max(0.0, affect.feeling.darkness)
    if mood in ("melancholic", "dark"):
        pleasant -= 0.3
    major = dice.fraction("major") < (pleasant + 0.2) / 0.4
    colours: tuple[Mode, ...] = ("major", "major", "lydian", "mixolydian")
    if not major:
        sorrow = pleasant < -0.3 or mood in ("melancholic", "dark")
        colours = ("minor",) if sorrow else ("minor", "minor", "dorian")
    elif mood in ("dreamy", "mysterious"):
        colours = ("major", "lydian")
    elif mood in ("playful", "energetic", "nostalgic"):
        colours = ("major", "major", "major", "mixolydian")
    elif mood in ("cozy", "romantic", "calm"):
        colours = ("major", "major", "major", "lydian")
    fitting = tuple(mode for mode in style.modes if (mode in _BRIGHT) == major)
    if not fitting and abs(pleasant) < 0.4:
        fitting = style.modes  # techno is minor unless the text insists
    return dice.pick("mode", fitting or colours)


_BRIGHT: tuple[Mode, ...] = ("major", "lydian", "mixolydian")


def bpm_of(affect: Affect, style: Style, asked: Span | None, dice: Dice) -> float:
    """Whole beats a minute: within what is asked, else the style's range by arousal and pace."""
    if asked:
        exact = asked.low == asked.high
        return asked.low if exact else float(round(dice.between("bpm", asked.low, asked.high)))
    arousal, span = affect.feeling.arousal, style.tempo.high - style.tempo.low
    rise = (arousal - style.arousal) * 0.45 + affect.pace * 0.45
    at = 0.5 + rise + dice.between("bpm", -0.3, 0.3)
    # A "fast" or "slow" may leave a style's range by a third of it, not more.
    spare = 0.34 * min(1.0, abs(affect.pace))
    return float(round(style.tempo.low + span * max(-spare, min(1.0 + spare, at))))


def swing_of(style: Style, bpm: float, asked: float | None, dice: Dice) -> float:
    """How uneven the eighths are; less when fast.

    Friberg and Sundström, Swing ratios and ensemble timing in jazz performance, Music Perception
    19(3), 2002: the ratio falls about linearly with tempo, to even eighths when very fast.
    """
    low, high = style.swing.low, style.swing.high
    if asked is not None:
        low, high = (0.0, 0.0) if asked == 0 else (max(0.45, low), max(0.7, high))
    slower = 1.0 - max(0.0, min(1.0, (bpm - 140.0) / 120.0))
    return round(dice.between("swing", low, high) * slower, 2)
