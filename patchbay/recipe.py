"""The recipe: what a planner gives and musical engines play. A plain record with a JSON schema."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Tonic = Literal["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
Mode = Literal["major", "minor", "dorian", "mixolydian", "lydian"]
Mood = Literal[
    "calm", "cozy", "dreamy", "melancholic", "nostalgic", "hopeful", "playful", "focused",
    "dark", "romantic", "energetic", "mysterious",
]  # fmt: skip
Instrument = Literal[
    "electric piano", "piano", "guitar", "vibraphone", "soft pad", "strings", "bass",
    "drums", "flute", "music box", "synth lead",
]  # fmt: skip
Ambience = Literal["none", "rain", "ocean", "crickets", "cafe", "fireplace", "vinyl"]
SectionName = Literal["intro", "verse", "chorus", "bridge", "break", "outro"]


class Section(Struct, frozen=True):
    """A stretch of bars with one character."""

    name: Annotated[SectionName, Meta(description="role in the form")]
    bars: Annotated[int, Meta(ge=1, le=64, description="length in bars of four beats")]
    energy: Annotated[float, Meta(ge=0, le=1, description="0 bare, 1 everything plays")]


class Recipe(Struct, frozen=True):
    """A piece of music before it is played: form, harmony, tempo, colours."""

    title: Annotated[str, Meta(min_length=1, max_length=120)]
    mood: Mood
    bpm: Annotated[float, Meta(ge=40, le=200, description="beats a minute")]
    tonic: Tonic
    mode: Mode
    instruments: Annotated[tuple[Instrument, ...], Meta(min_length=1, max_length=8)]
    sections: Annotated[tuple[Section, ...], Meta(min_length=1, max_length=16)]
    ambience: Ambience
    prompt: Annotated[
        str, Meta(max_length=500, description="the piece in words, for engines that take text")
    ]
    swing: Annotated[float, Meta(ge=0, le=1, description="0 straight, 1 full triplet swing")] = 0.0

    @property
    def key(self) -> str:
        """The key as musicians write it, such as `Eb major`."""
        return f"{self.tonic} {self.mode}"
