"""What can play a recipe. Each engine's `run` is a `Player`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from patchbay import Audio, Engine, Recipe, SoFar

from .synth import bar_frames, play


class Progress(Protocol):
    """Takes how much is done, of how much, and the sound so far for who wants to hear it."""

    def __call__(self, done: float, total: float, preview: SoFar | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """Bars `start_bar` to `start_bar + bars` of a piece.

    `tail` is the end of what came before, for engines that listen to it; None at the beginning.
    The result begins `overlap_seconds` before the first bar, still within the tail, so that one
    can go over into the other. With `loop` the end leads back to the beginning.
    """

    recipe: Recipe
    seed: int
    start_bar: int
    bars: int
    rate_hz: int = 48_000
    overlap_seconds: float = 0.0
    loop: bool = False
    tail: Audio | None = None


class Player(Protocol):
    """Gives the sound of a request, at its rate or another one. `progress` may raise to stop; what
    it is shown begins where the result will."""

    def __call__(self, request: Request, progress: Progress) -> Audio: ...


def _synth(request: Request, progress: Progress) -> Audio:
    """The synth knows every bar by its number: it plays the tail's bars again for the overlap."""
    recipe, rate_hz = request.recipe, request.rate_hz
    overlap = round(request.overlap_seconds * rate_hz)
    lead = 0
    while (
        lead < request.start_bar
        and bar_frames(recipe, request.start_bar - lead, lead, rate_hz) < overlap
    ):
        lead += 1
    played = play(
        recipe,
        request.seed,
        request.start_bar - lead,
        request.bars + lead,
        loop=request.loop,
        rate_hz=rate_hz,
        progress=progress,
    )
    wanted = overlap + bar_frames(recipe, request.start_bar, request.bars, rate_hz)
    return Audio.trusted(played.samples[:, -wanted:], rate_hz)


ENGINES = (
    Engine(
        "synth",
        "composes and plays lofi music by itself: no model, offline, many times faster than heard",
        _synth,
        licence="Apache-2.0",
        commercial=True,
        source="nodes/music/synth",
    ),
)
