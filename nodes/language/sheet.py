"""A recipe as a page to read."""

from __future__ import annotations

from typing import Any

import msgspec

from patchbay import Recipe

_BEATS = 4


def card(recipe: Recipe) -> Any:
    """The recipe as JSON has it, which the editor draws as a card."""
    return msgspec.json.decode(msgspec.json.encode(recipe))


def sheet(recipe: Recipe) -> str:
    """The recipe in a few lines: title, character, band, form with its length, prompt."""
    swing = f", swing {recipe.swing:.0%}" if recipe.swing else ", straight"
    bars = sum(section.bars for section in recipe.sections)
    minutes, seconds = divmod(round(bars * _BEATS * 60 / recipe.bpm), 60)
    form = ", ".join(
        f"{section.name} {section.bars} (energy {section.energy:.0%})"
        for section in recipe.sections
    )
    return "\n".join(
        (
            recipe.title,
            f"{recipe.mood}, {recipe.bpm:g} bpm, {recipe.key}{swing}",
            f"band: {', '.join(recipe.instruments)}",
            f"ambience: {recipe.ambience}",
            f"form, {bars} bars, {minutes}:{seconds:02}: {form}",
            f"prompt: {recipe.prompt}",
        )
    )
