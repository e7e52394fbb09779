"""What can turn words into a recipe. Each engine's `run` is a `Planner`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from patchbay import Engine, Recipe

from .lexicon import explain, plan


@dataclass(frozen=True, slots=True)
class Plan:
    """A recipe, and in words which part of the text led to what."""

    recipe: Recipe
    reasons: tuple[str, ...]


class Planner(Protocol):
    """Gives the same plan for the same text, seed and length."""

    def __call__(self, text: str, seed: int, seconds: float) -> Plan: ...


def _lexicon(text: str, seed: int, seconds: float) -> Plan:
    reasons = [
        f"“{reason.word}”: {reason.choice} {reason.towards}".rstrip() for reason in explain(text)
    ]
    return Plan(plan(text, seed, seconds=seconds), tuple(reasons))


ENGINES = (
    Engine(
        "lexicon",
        "a hand-made dictionary of words and what they mean in music; at once, offline",
        _lexicon,
        licence="Apache-2.0",
        commercial=True,
        source="nodes/language/lexicon",
    ),
)
