"""Styles of music: tempo range, swing, band and modes, and which of them a text asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .choices import Instrument, Mode
from .concept import Span
from .reading import Reading


@dataclass(frozen=True)
class Style:
    """A style: tempo in beats a minute, the arousal at its middle, who plays and who may join."""

    words: str  # for prompts
    tempo: Span
    swing: Span
    arousal: float
    band: tuple[Instrument, ...]
    colours: tuple[Instrument, ...]
    modes: tuple[Mode, ...] = ()  # usual in the style; empty where the mood alone decides


def styles() -> Mapping[str, Style]:
    """Every style by its name. The first is played where a text asks for nothing else.

    Tempo ranges are those of working musicians' practice, narrowed to what the engines play well.
    """
    # fmt: off
    return {
        "lofi": Style(
            "lofi hip hop", Span(66, 88), Span(0.3, 0.7), -0.35,
            ("electric piano", "soft pad", "bass", "drums"),
            ("vibraphone", "guitar", "flute", "music box", "piano", "strings")),
        "hush": Style(
            "beatless lofi ambient", Span(54, 70), Span(0.1, 0.4), -0.8,
            ("electric piano", "soft pad", "bass"),
            ("music box", "strings", "vibraphone", "flute", "guitar")),
        "upbeat": Style(
            "sunny indie pop", Span(90, 116), Span(0.1, 0.35), 0.25,
            ("electric piano", "guitar", "bass", "drums"),
            ("vibraphone", "flute", "piano", "soft pad")),
        "dance": Style(
            "upbeat electronic pop", Span(112, 134), Span(0.0, 0.12), 0.65,
            ("synth lead", "piano", "bass", "drums"),
            ("guitar", "soft pad", "strings", "electric piano")),
        "sprint": Style(
            "fast energetic dance music", Span(138, 170), Span(0.0, 0.05), 0.8,
            ("synth lead", "soft pad", "bass", "drums"), ("piano", "guitar", "strings")),
        "tense": Style(
            "tense cinematic electronica", Span(84, 112), Span(0.0, 0.1), 0.25,
            ("soft pad", "strings", "bass", "drums"), ("piano", "synth lead", "music box")),
        "fierce": Style(
            "dark driving electronic music", Span(124, 152), Span(0.0, 0.05), 0.7,
            ("synth lead", "bass", "drums", "guitar"), ("strings", "soft pad")),
        "ambient": Style(
            "ambient", Span(50, 72), Span(0.0, 0.1), -0.65, ("soft pad", "strings"),
            ("piano", "music box", "electric piano", "flute", "vibraphone")),
        "jazz": Style(
            "jazz", Span(78, 138), Span(0.5, 0.8), 0.0,
            ("piano", "bass", "drums"), ("vibraphone", "guitar", "flute"),
            ("dorian", "major", "mixolydian", "minor")),
        "bossa nova": Style(
            "bossa nova", Span(104, 130), Span(0.0, 0.12), 0.0,
            ("guitar", "bass", "drums"), ("flute", "electric piano", "vibraphone"),
            ("major", "dorian", "minor")),
        "classical": Style(
            "classical", Span(58, 116), Span(0.0, 0.0), -0.1,
            ("piano", "strings"), ("flute",), ("major", "minor")),
        "house": Style(
            "deep house", Span(118, 126), Span(0.0, 0.2), 0.6,
            ("electric piano", "bass", "drums", "soft pad"), ("piano", "synth lead", "strings"),
            ("minor", "dorian", "major", "mixolydian")),
        "techno": Style(
            "techno", Span(124, 138), Span(0.0, 0.05), 0.6,
            ("synth lead", "bass", "drums"), ("soft pad",), ("minor",)),
        "electronic": Style(
            "electronica", Span(96, 126), Span(0.0, 0.15), 0.3,
            ("synth lead", "soft pad", "bass", "drums"), ("music box", "vibraphone", "piano")),
        "drum and bass": Style(
            "liquid drum and bass", Span(168, 176), Span(0.0, 0.08), 0.7,
            ("soft pad", "bass", "drums"), ("electric piano", "synth lead", "piano", "strings")),
        "synthwave": Style(
            "synthwave", Span(84, 112), Span(0.0, 0.05), 0.2,
            ("synth lead", "soft pad", "bass", "drums"), ("electric piano", "guitar")),
        "hip hop": Style(
            "boom bap hip hop", Span(80, 96), Span(0.25, 0.55), 0.1,
            ("electric piano", "bass", "drums"), ("vibraphone", "piano", "strings", "flute")),
        "trap": Style(
            "trap", Span(130, 150), Span(0.0, 0.1), 0.5,
            ("bass", "drums", "soft pad"), ("music box", "piano", "flute", "synth lead"),
            ("minor",)),
        "trip hop": Style(
            "trip hop", Span(74, 94), Span(0.1, 0.35), -0.2,
            ("electric piano", "strings", "bass", "drums"), ("guitar", "soft pad"),
            ("minor", "dorian")),
        "folk": Style(
            "acoustic folk", Span(78, 116), Span(0.0, 0.2), -0.1,
            ("guitar", "bass"), ("flute", "strings", "piano"),
            ("major", "mixolydian", "dorian", "minor")),
        "country": Style(
            "country", Span(88, 124), Span(0.1, 0.35), 0.3,
            ("guitar", "bass", "drums"), ("piano", "strings"), ("major", "mixolydian", "minor")),
        "rock": Style(
            "rock", Span(104, 150), Span(0.0, 0.1), 0.55,
            ("guitar", "bass", "drums"), ("piano", "synth lead"), ("major", "mixolydian", "minor")),
        "metal": Style(
            "metal", Span(124, 180), Span(0.0, 0.0), 0.8,
            ("guitar", "bass", "drums"), ("strings", "synth lead"), ("minor",)),
        "pop": Style(
            "pop", Span(94, 124), Span(0.0, 0.15), 0.35,
            ("piano", "soft pad", "bass", "drums"), ("guitar", "synth lead", "strings"),
            ("major", "minor")),
        "funk": Style(
            "funk", Span(96, 116), Span(0.1, 0.3), 0.5,
            ("electric piano", "guitar", "bass", "drums"), ("synth lead", "vibraphone"),
            ("dorian", "mixolydian", "minor")),
        "disco": Style(
            "disco", Span(112, 124), Span(0.0, 0.1), 0.65,
            ("strings", "guitar", "bass", "drums"), ("electric piano", "synth lead"),
            ("major", "minor", "dorian")),
        "soul": Style(
            "warm soul", Span(70, 100), Span(0.2, 0.5), 0.0,
            ("electric piano", "guitar", "bass", "drums"), ("strings", "vibraphone"),
            ("major", "mixolydian", "dorian", "minor")),
        "reggae": Style(
            "reggae dub", Span(70, 90), Span(0.1, 0.35), 0.0,
            ("guitar", "bass", "drums", "electric piano"), ("flute", "soft pad"),
            ("major", "mixolydian", "minor")),
        "blues": Style(
            "blues", Span(62, 104), Span(0.6, 0.9), -0.1,
            ("guitar", "piano", "bass", "drums"), ("electric piano",), ("mixolydian", "minor")),
        "latin": Style(
            "latin", Span(92, 124), Span(0.0, 0.1), 0.5,
            ("piano", "guitar", "bass", "drums"), ("flute", "strings"), ("minor", "major")),
        "cinematic": Style(
            "cinematic score", Span(62, 132), Span(0.0, 0.0), 0.05,
            ("strings", "piano", "soft pad"), ("flute", "music box", "drums")),
        "chiptune": Style(
            "chiptune", Span(110, 160), Span(0.0, 0.05), 0.5,
            ("synth lead", "bass", "drums"), ("music box", "soft pad")),
        "lullaby": Style(
            "lullaby", Span(54, 72), Span(0.0, 0.15), -0.7,
            ("music box", "soft pad"), ("piano", "vibraphone", "flute", "guitar", "strings"),
            ("major", "lydian")),
    }
    # fmt: on


def style_of(reading: Reading, arousal: float, valence: float, pace: float) -> Style:
    """The style that words name, blended with a second one named; else what the feeling asks for.

    In "jazzy lofi" the last style leads and the other lends its players; the tempo is one that
    both know, where there is one.
    """
    known = styles()
    votes: dict[str, float] = {}
    for hit in reading.wanted:
        if name := hit.concept.cues.genre:
            votes[name] = max(votes.pop(name, 0.0), 2.0 if hit.concept.kind == "genre" else 0.5)
    refused = {hit.concept.cues.genre for hit in reading.unwanted}
    allowed = [name for name in votes if name not in refused][::-1]  # the last named leads
    ranked = sorted(allowed, key=lambda name: -votes[name])
    if not ranked:
        return known[_style_of_feeling(arousal, valence, pace)]
    lead = known[ranked[0]]
    if len(ranked) == 1 or votes[ranked[1]] < 2.0:
        return lead
    return _blend(lead, known[ranked[1]])


def _style_of_feeling(arousal: float, valence: float, pace: float) -> str:
    drive = arousal + 0.2 * pace
    if drive < 0.05:
        return "hush" if drive < -0.7 else "lofi"  # nobody falls asleep to drums
    if drive < 0.5:
        return "upbeat" if valence > -0.05 else "tense"
    if valence < -0.05:
        return "fierce"
    return "sprint" if drive > 0.8 else "dance"


def _blend(lead: Style, second: Style) -> Style:
    low = max(lead.tempo.low, second.tempo.low)
    high = min(lead.tempo.high, second.tempo.high)
    guests = tuple(player for player in second.band if player not in lead.band)
    return replace(
        lead,
        words=f"{lead.words} with {second.words} influences",
        tempo=Span(low, high) if low < high else lead.tempo,
        colours=guests or lead.colours,
    )
