"""Continue: music that goes on from what came before, for as long as asked."""

from __future__ import annotations

from typing import Annotated, Any

from patchbay import (
    Audio,
    Context,
    Engine,
    Expand,
    InputError,
    Number,
    Outer,
    Recipe,
    Seed,
    SoFar,
    node,
    sound,
)

from .chunks import ChunkPlan, Wish, bar_seconds, planned
from .continue_chunk import SILENT_LUFS
from .engines import ENGINES


@node(category="music", name="Continue", engines=ENGINES, expands=True)
def continue_(  # noqa: PLR0913, PLR0917  # one for each socket
    ctx: Context,
    engine: Engine,
    audio: Audio,
    recipe: Recipe,
    seconds: Annotated[float, Number(1, 86_400, 1, unit="s")] = 60.0,
    seed: Seed = 0,
    window_seconds: Annotated[float, Number(8, 600, 1, unit="s")] = 30.0,
    tail_seconds: Annotated[float, Number(1, 60, 0.5, unit="s")] = 6.0,
    crossfade_beats: Annotated[float, Number(0, 16, 0.5, unit="beats")] = 2.0,
) -> Audio | Expand:
    """Goes on from the end of a sound, in key, tempo and theme, and gives both as one.

    It works in chunks, as engines hear no further than their window at a time: each listens to
    the end of the one before and plays some bars more. Chunks are kept one by one, so that asking
    for more later makes only what is new. Each goes over into the next on a bar line and has the
    loudness of the beginning. Link several Continues in a row to change recipe or seed on the way.

    audio: what came before. A recording of your own works too: the music begins at its end.
    recipe: the plan of the piece; another one than before changes key, tempo and band.
    seconds: how much to add, to the nearest bar.
    seed: which piece of this plan. That of MusicGenChunk goes on with its theme.
    window_seconds: the most that an engine is asked for at a time, the tail included.
    tail_seconds: how much of the end it listens to.
    crossfade_beats: how long both are heard where one chunk goes over into the next.
    """
    if not audio.frames:
        raise InputError(
            "input 'audio' is empty (0 frames): there is nothing to continue; begin with "
            "MusicGenChunk or LoadAudio",
            input="audio",
        )
    wish = Wish(seconds, window_seconds, tail_seconds, crossfade_beats)
    plan = planned(recipe, audio.seconds, wish)
    ctx.say(
        f"{plan.chunks} chunk{'s' * (plan.chunks != 1)} of {plan.chunk_bars} bars "
        f"({bar_seconds(recipe):.2f} s each), from bar {plan.start_bar + 1} "
        f"to {plan.end_seconds:.1f} s"
    )
    ctx.progress(0, 1, SoFar(audio.samples, audio.rate_hz))
    # The same measure for the beginning as for each chunk: as much as an engine plays at once.
    first = sound.loudness(sound.trimmed(audio, 0.0, window_seconds))
    return _expansion(plan, max(first, SILENT_LUFS), seed, engine.name)


def _expansion(plan: ChunkPlan, level_lufs: float, seed: int, engine: str) -> Expand:
    nodes: dict[str, dict[str, Any]] = {}
    before: list[Any] | Outer = Outer("audio")
    for index in range(plan.chunks):
        nodes[f"tail {index + 1}"] = {
            "class_type": "TailOf",
            "inputs": {"audio": before, "seconds": plan.tail_seconds},
        }
        before = [f"chunk {index + 1}", 0]
        nodes[f"chunk {index + 1}"] = {
            "class_type": "ContinueChunk",
            "inputs": {
                "tail": [f"tail {index + 1}", 0],
                "recipe": Outer("recipe"),
                "start_bar": plan.start_bar + index * plan.chunk_bars,
                "bars": plan.chunk_bars,
                "overlap_seconds": plan.overlap_seconds,
                "level_lufs": level_lufs,
                "seed": seed,
                "engine": engine,
            },
        }
    joined = {"audio": Outer("audio"), "overlap_seconds": plan.overlap_seconds}
    chunks = {f"chunks.{i}": [f"chunk {i}", 0] for i in range(1, plan.chunks + 1)}
    nodes["joined"] = {
        "class_type": "JoinChunks",
        "inputs": {**joined, **chunks, "end_seconds": plan.end_seconds},
    }
    return Expand(nodes, (["joined", 0],))
