"""The piece in words, for engines such as MusicGen that turn a sentence into sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .affect import Affect
from .choices import Ambience, Instrument, Mode, Mood, Tonic
from .dice import Dice
from .phrase import SUBJECTS
from .reading import Hit, Reading
from .styles import Style

_LONGEST = 500  # letters; the recipe's limit
_SOUNDS: dict[Ambience, str] = {
    "none": "", "rain": "rain in the background", "ocean": "distant ocean waves",
    "crickets": "crickets in the distance", "cafe": "soft cafe murmur",
    "fireplace": "crackling fireplace", "vinyl": "vinyl crackle",
}  # fmt: skip
_MOODS: dict[Mood, tuple[str, ...]] = {
    "calm": ("calm and peaceful", "serene, unhurried"),
    "cozy": ("cozy and warm", "cozy, intimate"),
    "dreamy": ("dreamy and floating", "dreamy, hazy"),
    "melancholic": ("melancholic, tender", "sad and wistful"),
    "nostalgic": ("nostalgic, bittersweet", "nostalgic and warm"),
    "hopeful": ("hopeful and open", "hopeful, uplifting"),
    "playful": ("playful and light", "playful, cheerful"),
    "focused": ("focused, steady", "understated, focused"),
    "dark": ("dark and brooding", "dark, ominous"),
    "romantic": ("romantic, tender", "romantic and intimate"),
    "energetic": ("energetic, driving", "energetic, vibrant"),
    "mysterious": ("mysterious, suspended", "mysterious and shadowy"),
}
_SPELLED = {"#": " sharp", "b": " flat"}


@dataclass(frozen=True)
class Played:
    """What has been decided before the prompt is written; bpm is beats a minute."""

    style: Style
    mood: Mood
    bpm: float
    tonic: Tonic
    mode: Mode
    players: tuple[Instrument, ...]
    ambience: Ambience
    swing: float


def prompt_of(reading: Reading, affect: Affect, played: Played, dice: Dice) -> str:
    """Style, players, groove, tempo, key, mood, register, place; at most 500 letters.

    What was refused is left out, not negated: text encoders hear "no drums" as drums.
    """
    mood = dice.pick("mood words", _MOODS[played.mood])
    parts = [
        _style_words(played),
        _players(reading, affect, played.players),
        _groove(affect, played),
        f"{played.bpm:g} bpm",
        f"{_spelled(played.tonic)} {played.mode}",
        mood,
        _register(affect),
        _SOUNDS[played.ambience],
        *_scene(reading, mood),
    ]
    if "lofi" in played.style.words:
        parts.append("warm tape saturation")
    parts.append("instrumental")
    text = ", ".join(dict.fromkeys(part for part in parts if part))
    return text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(",")[0]


def _style_words(played: Played) -> str:
    """The style; without drums, lofi hip hop is no hip hop any more."""
    lofi = "lofi" in played.style.words
    if len(played.players) == 1 and lofi:
        return ""
    if "drums" in played.players or "drums" not in played.style.band:
        return played.style.words
    return "beatless lofi" if lofi else "beatless, spacious music"


def _players(reading: Reading, affect: Affect, players: Sequence[Instrument]) -> str:
    """The players with a touch of colour, each under the name the text used for it."""
    names = {hit.concept.cues.instrument: _english(hit) for hit in reading.wanted[::-1]}
    pitched = [names.get(player, player) for player in players if player != "drums"]
    if not pitched:
        return "solo drums"
    lead, *rest = pitched
    touch = "lush" if lead.startswith("soft") else _touch(affect)
    if not rest:
        return f"solo {touch} {lead}" if len(players) == 1 else f"{touch} {lead}"
    return f"{touch} {lead} with {', '.join(rest[:-1])}{' and ' * (len(rest) > 1)}{rest[-1]}"


def _touch(affect: Affect) -> str:
    feeling = affect.feeling
    if feeling.arousal > 0.35:
        return "bright punchy" if feeling.valence > 0 else "hard driving"
    if feeling.warmth > 0.3:
        return "warm mellow"
    return "dark muted" if feeling.darkness > 0.35 else "soft"


def _groove(affect: Affect, played: Played) -> str:
    if "drums" not in played.players or len(played.players) == 1:
        return ""
    feel = "swung" if played.swing >= 0.25 else "steady"
    if affect.feeling.arousal > 0.35:
        return f"{feel} energetic drums"
    laid_back = affect.feeling.arousal < 0 and played.bpm < 100
    return f"{feel} laid-back drums" if laid_back else f"{feel} drums"


def _spelled(tonic: Tonic) -> str:
    return tonic[0] + "".join(_SPELLED[sign] for sign in tonic[1:])


def _register(affect: Affect) -> str:
    """High and open for happiness, low for sadness (Juslin and Laukka 2004)."""
    if affect.feeling.valence < -0.35 or affect.feeling.darkness > 0.5:
        return "low register"
    return "bright high register" if affect.feeling.valence > 0.5 else ""


def _scene(reading: Reading, said: str) -> Iterator[str]:
    """Up to four words for where and when, and three feelings, in English."""
    hits = reading.wanted[:60]
    places = [_english(hit) for hit in hits if hit.concept.kind in SUBJECTS]
    if places:
        yield " ".join([*list(dict.fromkeys(places))[:4], "atmosphere"])
    feelings = [
        _english(hit) for hit in hits
        if hit.concept.kind == "feeling" and hit.concept.noun not in ("good", "bad")
    ]  # fmt: skip
    yield from [word for word in dict.fromkeys(feelings) if word not in said][:3]


def _english(hit: Hit) -> str:
    if hit.language == "en" and hit.length == 1 and hit.word.isascii():
        return hit.word.lower()
    return hit.concept.noun
