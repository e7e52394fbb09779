"""LLMPlanner: from free text to a recipe."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from patchbay import Context, Engine, Number, Recipe, Seed, Text, node

from .engines import ENGINES, Planner
from .sheet import card, sheet


class Planned(NamedTuple):
    """What the planner gives.

    recipe: the plan of the piece, for MusicGenChunk and Continue.
    prompt: the piece in one sentence, for anything that takes text.
    """

    recipe: Recipe
    prompt: str


@node(category="language/plan", name="LLMPlanner", title="LLM Planner", engines=ENGINES)
def llm_planner(
    ctx: Context,
    engine: Engine,
    text: Annotated[str, Text(multiline=True, placeholder="studying late in a snowy cabin")],
    seconds: Annotated[float, Number(10, 36_000, 1, unit="s")] = 180.0,
    seed: Seed = 0,
) -> Planned:
    """Plans a piece of music from whatever you write: a place, a mood, a key, a band, a tempo.

    The plan says title, mood, tempo, key, instruments, form, and what may be heard around it,
    such as rain. What the text does not say is chosen to fit, differently for each seed. The node
    shows the plan, and which of your words led to what; EditRecipe changes single parts.

    text: the music in your words; "72 bpm in Eb minor, no drums" is understood too.
    seconds: about how long the written form lasts; music may go on behind it for as long as asked.
    seed: another one gives another piece for the same words.
    """
    planner: Planner = engine.run
    plan = planner(text, seed, seconds)
    because = "\n".join(("because of", *plan.reasons)) if plan.reasons else ""
    ctx.show("recipe", card(plan.recipe))
    ctx.show("text", f"{sheet(plan.recipe)}\n{because}".rstrip())
    return Planned(plan.recipe, plan.recipe.prompt)
