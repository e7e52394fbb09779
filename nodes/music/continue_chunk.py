"""ContinueChunk: the next bars after a tail."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Context, Engine, Number, Recipe, Seed, SoFar, node, sound

from .chunks import bar_seconds
from .engines import ENGINES, Player, Progress, Request

# Under this there is nothing to match: the gate of ITU-R BS.1770.
SILENT_LUFS = -70.0
# A chunk that is further off than this is meant to be: a silence, a break.
_MOST_DB = 12.0
_CEILING_DB = -1.0
# Enough to come within 0.3 LU where the beginning is as loud as records are.
_ROUNDS = 3
_RATES_HZ = (8000, 48_000)


@node(category="music/parts", engines=ENGINES)
def continue_chunk(  # noqa: PLR0913, PLR0917  # one for each socket
    ctx: Context,
    engine: Engine,
    tail: Audio,
    recipe: Recipe,
    start_bar: Annotated[int, Number(0, 1_000_000)],
    bars: Annotated[int, Number(1, 1000)],
    overlap_seconds: Annotated[float, Number(0, 60, 0.01, unit="s")] = 0.0,
    level_lufs: Annotated[float, Number(-70, 20, 0.1, unit="LUFS")] = SILENT_LUFS,
    seed: Seed = 0,
) -> Audio:
    """Plays the next bars of a piece: one chunk of what Continue asks for.

    The chunk is brought to the loudness of the first one, so that a long tape does not drift.

    tail: the end of what came before.
    recipe: the plan of the piece.
    start_bar: the first new bar, counted from the beginning of the tape.
    bars: how many.
    overlap_seconds: how much of the tail is played again, for the crossfade.
    level_lufs: the loudness to match; -70 leaves it.
    seed: which piece of this plan.
    """
    low, high = _RATES_HZ
    request = Request(
        recipe,
        seed,
        start_bar,
        bars,
        rate_hz=min(max(tail.rate_hz, low), high),
        overlap_seconds=overlap_seconds,
        tail=tail,
    )
    player: Player = engine.run
    # Where it lies on the tape, or would if the tape had begun on a bar.
    start_seconds = max(start_bar * bar_seconds(recipe) - overlap_seconds, 0.0)
    chunk = _matched(player(request, _from(start_seconds, ctx)), level_lufs, ctx)
    ctx.progress(1, 1, SoFar(chunk.samples, chunk.rate_hz, start_seconds))
    return chunk


def _from(start_seconds: float, ctx: Context) -> Progress:
    """The progress of a chunk: what it shows has its place in the whole."""

    def progress(done: float, total: float, preview: SoFar | None = None) -> None:
        if preview is not None:
            start = start_seconds + preview.start_seconds
            preview = SoFar(preview.samples, preview.rate_hz, start)
        ctx.progress(done, total, preview)

    return progress


def _matched(audio: Audio, level_lufs: float, ctx: Context) -> Audio:
    """The chunk at the level of the first one, its peaks held if that would pass full scale."""
    own = sound.loudness(audio)
    if level_lufs <= SILENT_LUFS or own <= SILENT_LUFS:
        return audio
    gain_db = min(max(level_lufs - own, -_MOST_DB), _MOST_DB)
    ctx.say(f"level matched by {gain_db:+.1f} dB")
    result = audio.scaled(10 ** (gain_db / 20))
    return result if result.peak <= 1 else _held(audio, gain_db, level_lufs)


def _held(audio: Audio, gain_db: float, level_lufs: float) -> Audio:
    """The chunk with its peaks held, and as much more gain as the limiter took from it."""
    held = audio
    for _ in range(_ROUNDS):
        held = sound.limited(audio.scaled(10 ** (gain_db / 20)), _CEILING_DB)
        gain_db += level_lufs - sound.loudness(held)
    return held
