"""The chunk plan: how music is continued so that no engine is asked for more than its window."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from patchbay import InputError, Recipe

BEATS = 4
# Sound whose end is this near to a bar line of the recipe is taken to end on it: rates and file
# formats round to frames.
_ON_THE_BAR_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, as `Continue` takes it."""

    seconds: float
    window_seconds: float
    tail_seconds: float
    crossfade_beats: float


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """`chunks` chunks of `chunk_bars` bars each, from `start_bar` on; the result ends after
    `end_seconds`, which may be before the end of the last chunk.

    A chunk listens to `tail_seconds` and makes `chunk_bars` bars more: together no more than the
    window. It overlaps what came before by `overlap_seconds`, which end on a bar line.
    """

    start_bar: int
    chunk_bars: int
    chunks: int
    tail_seconds: float
    overlap_seconds: float
    end_seconds: float


def bar_seconds(recipe: Recipe) -> float:
    """How long a bar lasts."""
    return BEATS * 60 / recipe.bpm


def planned(recipe: Recipe, before_seconds: float, wish: Wish) -> ChunkPlan:
    """The plan for going on after `before_seconds` of sound. Raises InputError.

    Chunks do not depend on how much is asked for: a longer wish only adds some. Where what came
    before does not end on a bar line of the recipe, the next bar begins at its end.
    """
    bar = bar_seconds(recipe)
    start_bar = _next_bar(before_seconds, bar)
    overlap = min(wish.crossfade_beats * bar / BEATS, before_seconds, start_bar * bar)
    tail = min(max(wish.tail_seconds, overlap), before_seconds)
    most = max(wish.tail_seconds, wish.crossfade_beats * bar / BEATS)
    chunk_bars = floor((wish.window_seconds - most) / bar)
    if chunk_bars < 1:
        raise InputError(
            f"window {wish.window_seconds:g} s: a bar at {recipe.bpm:g} bpm lasts {bar:.2f} s and "
            f"the tail {most:.2f} s; set window_seconds to {ceil(bar + most)} or more",
            input="window_seconds",
        )
    bars = max(1, round(wish.seconds / bar))
    return ChunkPlan(
        start_bar=start_bar,
        chunk_bars=chunk_bars,
        chunks=ceil(bars / chunk_bars),
        tail_seconds=tail,
        overlap_seconds=overlap,
        end_seconds=before_seconds + bars * bar,
    )


def _next_bar(before_seconds: float, bar: float) -> int:
    """The bar that follows. Off the grid it is the one after the bar that is under way, so that
    going on a second time does not begin the piece anew."""
    nearest = round(before_seconds / bar)
    if nearest and abs(nearest * bar - before_seconds) <= _ON_THE_BAR_SECONDS:
        return nearest
    return floor(before_seconds / bar) + 1
