"""RecipeText: a recipe as text."""

from __future__ import annotations

from patchbay import Context, Recipe, node

from .sheet import sheet


@node(category="language/plan", resource="inline")
def recipe_text(ctx: Context, recipe: Recipe) -> str:
    """Writes a recipe out as a page to read: title, tempo, key, band, form, prompt.

    recipe: the plan of a piece.
    """
    text = sheet(recipe)
    ctx.show("text", text)
    return text
