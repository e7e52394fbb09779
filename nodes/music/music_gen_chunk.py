"""MusicGenChunk: the first bars of a piece."""

from __future__ import annotations

from typing import Annotated

from patchbay import Audio, Context, Engine, Number, Recipe, Seed, node

from .chunks import bar_seconds
from .engines import ENGINES, Player, Request
from .synth import bars_in


@node(category="music", engines=ENGINES)
def music_gen_chunk(
    ctx: Context,
    engine: Engine,
    recipe: Recipe,
    seconds: Annotated[float, Number(4, 30, 1, unit="s")] = 30.0,
    loop: bool = False,
    seed: Seed = 0,
) -> Audio:
    """Plays the beginning of a piece: as many whole bars as fit, at least one.

    Follow it with Continue for more than half a minute, as engines hear no further at a time. It
    ends on a bar line, so that Continue goes on in time, and on its own it can be repeated.

    recipe: the plan of the piece, from LLMPlanner.
    seconds: how long at most; what it became is shown.
    loop: what rings on behind the end is heard at the beginning, so that the end leads back to it
        without a gap. Leave it off when Continue follows.
    seed: another one gives another piece of the same plan. Give Continue the same one.
    """
    bars = bars_in(recipe, seconds)
    player: Player = engine.run
    audio = player(Request(recipe, seed, 0, bars, loop=loop), ctx.progress)
    ctx.say(f"{bars} bars of {bar_seconds(recipe):.2f} s: {audio.seconds:.2f} s")
    return audio
