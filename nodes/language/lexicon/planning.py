"""From a text and a seed to a recipe."""

from __future__ import annotations

import math

from patchbay import InputError, Recipe

from .affect import affect_of, bpm_of, mode_of, mood_of, swing_of
from .band import ambience_of, band_of
from .choices import TONICS, Instrument, Tonic
from .concept import Span
from .dice import Dice
from .form import sections_of
from .prompt import Played, prompt_of
from .reading import Reading, read
from .reason import Reason, reasons_of
from .styles import style_of
from .title import title_of

# Keys that lie well under the hand: open strings on the guitar, few extreme signatures on keys.
_GUITAR_TONICS: tuple[Tonic, ...] = ("E", "A", "D", "G", "C", "E", "A", "D", "G", "B", "F", "F#")


def plan(text: str, seed: int, *, seconds: float = 180.0) -> Recipe:
    """A recipe for any text: the same for the same text and seed, on every machine.

    The first 20 000 characters are read. The form lasts about `seconds` at the tempo, as near as
    1 to 16 sections of up to 64 bars come. InputError where seconds are not above 0 and finite.
    """
    if not (math.isfinite(seconds) and seconds > 0):
        raise InputError(f"length {seconds} s: set seconds to a number above 0", seconds=seconds)
    reading, dice = read(text), Dice.of(text, seed)
    affect, spoken = affect_of(reading), reading.spoken
    feeling = affect.feeling
    style = style_of(reading, feeling.arousal, feeling.valence, affect.pace)
    mood = mood_of(affect, dice)
    mode = spoken.mode or mode_of(affect, mood, style, dice)
    bpm = bpm_of(affect, style, spoken.tempo or _term(reading), dice)
    players = band_of(reading, style, feeling.arousal > 0.35, dice)
    played = Played(
        style, mood, bpm, spoken.tonic or _tonic(players, dice), mode, players,
        ambience_of(reading, style, feeling.arousal > 0.2, dice),
        swing_of(style, bpm, _swing(reading), dice),
    )  # fmt: skip
    return Recipe(
        title=title_of(reading, mood, dice),
        mood=mood,
        bpm=bpm,
        tonic=played.tonic,
        mode=mode,
        instruments=players,
        sections=sections_of(bpm, seconds, feeling.arousal, dice),
        ambience=played.ambience,
        prompt=prompt_of(reading, affect, played, dice),
        swing=played.swing,
    )


def explain(text: str) -> list[Reason]:
    """Which words of the text led to which choice, in reading order; empty for a plain text."""
    return reasons_of(read(text))


def _term(reading: Reading) -> Span | None:
    """The range of a tempo term such as `adagio`; the last one counts."""
    return next(
        (hit.concept.cues.bpm for hit in reading.wanted[::-1] if hit.concept.cues.bpm), None
    )


def _swing(reading: Reading) -> float | None:
    """The swing asked for; "no swing" is straight."""
    for hit in reading.hits[::-1]:
        if (swing := hit.concept.cues.swing) is not None:
            return 0.0 if hit.negated else swing
    return None


def _tonic(players: tuple[Instrument, ...], dice: Dice) -> Tonic:
    return dice.pick("tonic", _GUITAR_TONICS if players[0] == "guitar" else TONICS)
