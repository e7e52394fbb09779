"""The engine: from a recipe and bars to sound, through desk, room and tape."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np

from patchbay import Audio, InputError, Recipe

from .desk import drum_bus, ducking, instrument_bus, room_of_drums
from .level import levelled
from .modal import Wave
from .moods import Character, character
from .notes import BEATS, Note
from .patches import PATCHES
from .room import doubled, reverberated
from .score import Score
from .span import Span
from .tape import filtered, hiss, saturated, wavering

Progress = Callable[[int, int], None]

# What is rendered before the first bar asked for, so that filters, room and level have settled.
_PREROLL_SECONDS = 5.0
# How long a note that began before the preroll may go on sounding.
_RING_SECONDS = 8.0
_HALVED_FROM_HZ = 32_000
_STEPS = 8


def ignore(done: int, total: int) -> None:
    """The progress of one who does not ask."""


def bar_frame(recipe: Recipe, bar: int, rate_hz: int) -> int:
    """The first frame of absolute bar `bar`."""
    return round(bar * BEATS * 60.0 / recipe.bpm * rate_hz)


def bar_frames(recipe: Recipe, start_bar: int, bars: int, rate_hz: int) -> int:
    """How many frames `bars` bars from `start_bar` have: bars begin on rounded frames."""
    return bar_frame(recipe, start_bar + bars, rate_hz) - bar_frame(recipe, start_bar, rate_hz)


def bars_in(recipe: Recipe, seconds: float) -> int:
    """How many whole bars fit into a duration, at least one."""
    return max(int(seconds * recipe.bpm / (60.0 * BEATS) + 1e-9), 1)


def play(
    recipe: Recipe,
    seed: int,
    start_bar: int,
    bars: int,
    *,
    loop: bool = False,
    rate_hz: int = 48_000,
    progress: Progress = ignore,
) -> Audio:
    """Bars `start_bar` to `start_bar + bars` of the endless piece, stereo.

    The piece depends on recipe and seed alone: the same bars sound the same whatever range they
    are asked for in, as notes that ring on are included and every motion is tied to the absolute
    frame. With `loop`, what rings on behind the end is heard at the beginning instead, so that
    the result follows itself. Raises InputError when there is nothing to play; `progress` is
    told of eight steps and may raise to stop.
    """
    if start_bar < 0 or bars < 1 or rate_hz < 8000:
        raise InputError(
            f"start bar {start_bar}, bars {bars}, rate {rate_hz} Hz: "
            "start at bar 0 or later, play 1 bar or more, at 8000 Hz or more"
        )
    span = _span(recipe, start_bar, bars, rate_hz, loop)
    halved = rate_hz >= _HALVED_FROM_HZ and not (loop and span.frames % 2)
    notes = _notes(recipe, seed, start_bar, bars, loop)
    progress(1, _STEPS)
    mix = _tonal(recipe, notes, _half(span) if halved else span, progress)
    mix = doubled(mix)[:, : span.size] if halved else mix
    mix += drum_bus(notes, span)
    progress(6, _STEPS)
    wave = _taped(mix, span, character(recipe), seed)
    progress(7, _STEPS)
    wave += hiss(span, seed)
    progress(_STEPS, _STEPS)
    return Audio(wave, rate_hz)


def _span(recipe: Recipe, start_bar: int, bars: int, rate_hz: int, loop: bool) -> Span:
    """The frames to render.

    The preroll begins on a multiple of four frames of the piece, so that all that is worked out
    at a half or a quarter of the rate, or in hops, falls on the same frames in every call.
    """
    start = bar_frame(recipe, start_bar, rate_hz)
    preroll = int(_PREROLL_SECONDS * rate_hz) // 4 * 4
    if not loop:
        preroll += start % 4
    frames = bar_frames(recipe, start_bar, bars, rate_hz)
    return Span(start, preroll, frames, float(rate_hz), loop)


def _half(span: Span) -> Span:
    """The span at half its rate, for all that the tape's low-pass leaves no treble anyway."""
    size = -(-span.size // 2)
    preroll = span.preroll // 2
    start = (span.start - span.preroll) // 2 + preroll
    return Span(start, preroll, size - preroll, span.rate / 2.0, span.loops)


def _notes(recipe: Recipe, seed: int, start_bar: int, bars: int, loop: bool) -> list[Note]:
    """Every note that can be heard in the bars, or in a loop those that begin in them."""
    score = Score(recipe, seed)
    bar_seconds = BEATS * 60.0 / recipe.bpm
    before = 0 if loop else ceil((_PREROLL_SECONDS + _RING_SECONDS) / bar_seconds)
    # The bar behind the end may have a note that comes a few milliseconds early.
    after = 0 if loop else 1
    wanted = range(max(start_bar - before, 0), start_bar + bars + after)
    return [note for bar in wanted for note in score.bar(bar)]


def _tonal(recipe: Recipe, notes: list[Note], span: Span, progress: Progress) -> Wave:
    """All pitched instruments and the room, (2, span.size)."""
    beat = 60.0 / recipe.bpm
    mix = np.zeros((2, span.size), dtype=np.float32)
    send = room_of_drums(notes, span).mean(axis=0) * np.float32(0.16)
    for name, patch in PATCHES.items():
        played = [note for note in notes if note.voice == name]
        if not played or name == "bass":
            continue
        bus = instrument_bus(played, patch, span, beat)
        send += (bus[0] + bus[1]) * np.float32(0.5 * patch.send)
        mix += bus
    progress(3, _STEPS)
    mix += reverberated(send, character(recipe).reverb_seconds, span.rate)
    mix *= ducking(notes, span)
    progress(4, _STEPS)
    low = [note for note in notes if note.voice == "bass"]
    if low:
        mix += instrument_bus(low, PATCHES["bass"], span, beat)
    progress(5, _STEPS)
    return mix


def _taped(mix: Wave, span: Span, mood: Character, seed: int) -> Wave:
    """The audible frames of the mix as the tape machine gives them back, (2, span.frames)."""
    mix = saturated(filtered(levelled(mix, span), mood.cutoff_hz, span.rate))
    return wavering(mix, span, mood.wow_percent, seed)
