"""The mixing desk: notes become waves, waves become stereo buses, kicks push the rest aside."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from .drumkit import PIECES
from .modal import Wave
from .notes import Note
from .patches import Patch
from .span import Span, ramps

# Six grades of touch: fewer are heard as a switch, more only cost memory.
_GRADES = 5
# Linear gains of the drum kit, by ear and meter beside the patches.
_DRUM_GAINS = MappingProxyType({
    "kick": 0.46, "snare": 0.50, "rim": 0.42, "hat": 0.55, "open hat": 0.36, "shaker": 0.50,
    "brush": 0.56, "swish": 0.22, "ride": 0.38, "tom": 0.36,
})  # fmt: skip
_ROOMY_PIECES = ("snare", "rim", "brush", "tom")
_DUCK_SECONDS = 0.19
# Frames between two exact values of a slow motion.
_GRID = 64


def instrument_bus(notes: Sequence[Note], patch: Patch, span: Span, beat_seconds: float) -> Wave:
    """All notes of one instrument, (2, size): played, released, panned, moved, echoed."""
    bus = span.buffer()
    waves = _rendered(notes, patch, span.rate)
    release = int(patch.release * span.rate)
    fade = (0.5 + 0.5 * np.cos(np.pi * np.arange(release) / max(release, 1))).astype(np.float32)
    for note in notes:
        frames = int(note.length * span.rate) + release
        wave = waves[note.pitch, _grade(note)][..., :frames]
        held = wave.shape[-1] - release
        left, right = _pan(note.pan)
        gain = patch.gain * note.velocity**1.5
        at = span.at(note.start)
        span.add(bus, wave[..., :held], at, (gain * left, gain * right))
        span.add(bus, wave[..., held:] * fade, at + held, (gain * left, gain * right))
    return _moved(span.unrolled(bus), patch, span, beat_seconds)


def drum_bus(notes: Sequence[Note], span: Span, pieces: Sequence[str] = tuple(PIECES)) -> Wave:
    """All hits on the given pieces of the kit, (2, size)."""
    bus = span.buffer()
    waves: dict[tuple[str, int, int], Wave] = {}
    for note in notes:
        if note.voice not in pieces:
            continue
        key = (note.voice, note.pitch, _grade(note))
        if key not in waves:
            waves[key] = PIECES[note.voice](note.pitch, _grade(note) / _GRADES, span.rate)
        left, right = _pan(note.pan)
        gain = _DRUM_GAINS[note.voice] * note.velocity**1.5
        span.add(bus, waves[key], span.at(note.start), (gain * left, gain * right))
    return span.unrolled(bus)


def room_of_drums(notes: Sequence[Note], span: Span) -> Wave:
    """What the kit sends to the room, (2, size): nothing low, nothing that is struck often."""
    return drum_bus(notes, span, _ROOMY_PIECES)


def ducking(notes: Sequence[Note], span: Span) -> Wave:
    """The gain (size,) that lets the kick through: down by up to 2.4 dB, back within 0.2 s."""
    bus = span.buffer()
    time = np.arange(int(2.0 * _DUCK_SECONDS * span.rate)) / (2.0 * _DUCK_SECONDS * span.rate)
    dip = ((1.0 - time) ** 2 * np.minimum(time / 0.03, 1.0)).astype(np.float32)
    for note in notes:
        if note.voice == "kick":
            span.add(bus, dip, span.at(note.start), (0.3 * note.velocity, 0.0))
    depth: Wave = 1.0 - np.minimum(span.unrolled(bus)[0], np.float32(0.35))
    return depth


def _rendered(notes: Sequence[Note], patch: Patch, rate: float) -> dict[tuple[int, int], Wave]:
    """One wave for each pitch and grade of touch, as long as its longest note needs."""
    seconds: dict[tuple[int, int], float] = {}
    for note in notes:
        key = (note.pitch, _grade(note))
        seconds[key] = max(seconds.get(key, 0.0), note.length + patch.release + 1.0 / rate)
    return {
        (pitch, grade): patch.sound(pitch, grade / _GRADES, length + 1.0 / rate, rate)
        for (pitch, grade), length in seconds.items()
    }


def _grade(note: Note) -> int:
    return round(note.velocity * _GRADES)


def _pan(pan: float) -> tuple[float, float]:
    """Gains of left and right with constant power, 1 and 1 in the middle."""
    angle = (pan + 1.0) * np.pi / 4.0
    return float(np.cos(angle) * np.sqrt(2.0)), float(np.sin(angle) * np.sqrt(2.0))


def _moved(bus: Wave, patch: Patch, span: Span, beat_seconds: float) -> Wave:
    """The bus with its instrument's own motion; speeds are whole fractions of a beat."""
    if patch.motion == "tremolo":
        swing = 0.28 * _wave(span, 1.0 / beat_seconds)
        bus[0] *= 1.0 + swing
        bus[1] *= 1.0 - swing
    elif patch.motion == "motor":
        turns = max(round(5.0 * beat_seconds), 1)
        bus *= 1.0 - 0.14 * (1.0 + _wave(span, turns / beat_seconds))
    elif patch.motion == "breathing":
        bus = _breathing(bus, span, beat_seconds)
    return _echoed(bus, patch.echo, int(0.75 * beat_seconds * span.rate)) if patch.echo else bus


def _wave(span: Span, hertz: float) -> Wave:
    grid = np.arange(0, span.size + _GRID, _GRID)
    turns = 2.0 * np.pi * span.cycles(hertz, grid)
    return ramps(np.sin(turns), _GRID)[: span.size].astype(np.float32)


def _breathing(bus: Wave, span: Span, beat_seconds: float) -> Wave:
    """A low-pass that opens and closes over four bars, as a fade between dark and bright."""
    from scipy.signal import butter, sosfilt

    sections = butter(2, min(650.0, 0.4 * span.rate), fs=span.rate, output="sos")
    dark: Wave = sosfilt(sections.astype(np.float32), bus, axis=1)
    opening = 0.45 + 0.35 * _wave(span, 1.0 / (16.0 * beat_seconds))
    dark += opening * (bus - dark)
    return dark


def _echoed(bus: Wave, level: float, frames: int) -> Wave:
    """The bus with two echoes, the first on the other side."""
    echoed = bus.copy()
    for turn, gain in ((1, level), (2, level * level * 2.0)):
        delay = turn * frames
        if delay < bus.shape[1]:
            source = bus[:: -1 if turn % 2 else 1]
            echoed[:, delay:] += np.float32(gain) * source[:, : bus.shape[1] - delay]
    return echoed
