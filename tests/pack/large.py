"""Nodes whose values are too large to be kept inside a record: they have a file each."""

from __future__ import annotations

import math

import numpy as np

from patchbay import Audio, Many, node

from ._notes import note


@node(category="test", resource="inline")
def tone(pitch: int = 1, frames: int = 4_000) -> Audio:
    """Gives a short sound."""
    note("Tone", pitch)
    return Audio(np.full((1, frames), pitch / 100, np.float32), 8_000)


@node(category="test", resource="cpu")
def louder(audio: Audio, factor: int = 2) -> Audio:
    """Gives a sound multiplied by a whole number."""
    note("Louder", factor)
    return audio.scaled(factor)


@node(category="test", resource="cpu")
def step(audio: Audio, index: int) -> Audio:
    """Gives a sound that tells which step made it."""
    note("Step", index)
    return Audio(np.full_like(audio.samples, index / 100), audio.rate_hz)


@node(category="test", resource="inline")
def level(audio: Audio) -> int:
    """Gives the first sample, in hundredths."""
    value = round(float(audio.samples[0, 0]) * 100)
    note("Level", value)
    return value


@node(category="test", resource="inline")
def levels(sounds: Many[Audio]) -> int:
    """Gives the sum of the first samples, in hundredths."""
    value = sum(round(float(audio.samples[0, 0]) * 100) for audio in sounds)
    note("Levels", value)
    return value


def _frames(audio: Audio) -> int:
    return audio.frames


@node(category="test", resource="inline", fingerprint=_frames)
def hear(audio: Audio) -> int:
    """Has a fingerprint that looks at a sound, and gives the first sample in hundredths."""
    note("Hear", audio.frames)
    return round(float(audio.samples[0, 0]) * 100)


@node(category="test", resource="inline")
def essay(words: int = 2_000) -> str:
    """Gives a long text."""
    note("Essay", words)
    return "word " * words


@node(category="test", resource="inline")
def length(text: str) -> int:
    """Counts the letters."""
    note("Length", len(text))
    return len(text)


@node(category="test", resource="inline")
def noisy() -> Audio:
    """Tries to give a sound with a hole in it."""
    return Audio(np.array([[0.0, math.nan]], np.float32), 8_000)
