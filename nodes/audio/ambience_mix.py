"""AmbienceMix: music in a place, with rain or a fireplace around it."""

from __future__ import annotations

from typing import Annotated, Literal

from patchbay import Audio, Context, InputError, Number, Recipe, Seed, node

from .ambience.mix import mixed_with
from .contents import filled

Kind = Literal["recipe", "none", "rain", "ocean", "crickets", "cafe", "fireplace", "vinyl"]


@node(category="audio/ambience")
def ambience_mix(  # noqa: PLR0913, PLR0917  # one for each socket
    ctx: Context,
    music: Audio,
    recipe: Recipe | None = None,
    kind: Kind = "recipe",
    level_lu: Annotated[float, Number(-60, 12, 0.5, unit="LU")] = -14.0,
    fade_in_seconds: Annotated[float, Number(0, 600, 0.5, unit="s")] = 2.0,
    fade_out_seconds: Annotated[float, Number(0, 600, 0.5, unit="s")] = 4.0,
    tail_seconds: Annotated[float, Number(0, 600, 0.5, unit="s")] = 0.0,
    seed: Seed = 0,
) -> Audio:
    """Lays a place under music: rain, ocean, crickets, a café, a fireplace, or a record's crackle.

    The place is synthesised for the whole length and never loops. Its level follows the loudness
    of the music, so that the same setting suits any music. Rate and channels are the music's.

    music: what is heard in the place. Silence works too, and gives the place alone.
    recipe: where the kind comes from when it is set to "recipe".
    kind: the place, or "recipe" for the one that the plan names, which may be none.
    level_lu: loudness of the place relative to the music; -14 is behind it, -20 hardly noticed.
    fade_in_seconds: how long the place takes to come in at the beginning.
    fade_out_seconds: how long it takes to go at the end.
    tail_seconds: how long the place goes on after the music has ended.
    seed: another one gives another rain of the same kind.
    """
    filled(music, "music")
    if kind == "recipe":
        if recipe is None:
            raise InputError(
                "kind 'recipe' needs a recipe: link one, or choose a place such as rain",
                input="recipe",
            )
        kind = recipe.ambience
    if kind == "none":
        ctx.say("the recipe asks for no ambience: the music stays as it is")
        return music
    ctx.say(f"{kind}, {level_lu:+g} LU relative to the music")
    return mixed_with(
        music,
        kind,
        level_lu,
        seed,
        fade_in_seconds=fade_in_seconds,
        fade_out_seconds=fade_out_seconds,
        tail_seconds=tail_seconds,
        progress=ctx.progress,
    )
