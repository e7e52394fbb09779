"""What the nodes of the language pack promise."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from patchbay import InputError, Recipe
from patchbay.events import NodeStarted
from patchbay.graph import validate
from patchbay.recipe import Ambience, Instrument, Mode, Mood, Tonic
from tests.machine import Machine, entry, link
from tests.packs.bench import Bench

TEXT = "studying late in a snowy cabin"


def plan(bench: Bench, text: str = TEXT, **given: Any) -> Recipe:
    recipe = bench.call("LLMPlanner", text=text, **given).recipe
    assert isinstance(recipe, Recipe)
    return recipe


def test_the_planner_gives_a_recipe_and_its_prompt(bench: Bench) -> None:
    recipe, prompt = bench.call("LLMPlanner", text=TEXT)
    assert isinstance(recipe, Recipe)
    assert prompt == recipe.prompt
    assert plan(bench) == recipe


def test_other_seeds_give_other_recipes_for_the_same_words(bench: Bench) -> None:
    assert len({plan(bench, seed=seed) for seed in range(8)}) > 4


def test_the_written_form_lasts_about_as_long_as_asked(bench: Bench) -> None:
    for seconds in (60.0, 180.0, 600.0):
        recipe = plan(bench, seconds=seconds)
        bars = sum(section.bars for section in recipe.sections)
        assert bars * 240 / recipe.bpm == pytest.approx(seconds, rel=0.25)


def test_the_planner_shows_the_plan_and_which_words_led_to_it(bench: Bench) -> None:
    recipe = plan(bench, "rain, 72 bpm in Eb minor")
    (text,) = bench.ui["text"]
    assert text.startswith(f"{recipe.title}\n{recipe.mood}, 72 bpm, Eb minor")
    assert "“rain”: ambience rain" in text
    assert "“72 bpm”: tempo" in text
    (card,) = bench.ui["recipe"]
    assert msgspec.convert(card, Recipe) == recipe
    edited = bench.call("EditRecipe", recipe=recipe, bpm=90)
    assert msgspec.convert(bench.ui["recipe"][0], Recipe) == edited


@pytest.mark.parametrize("text", ["", "   ", "🎹🌧️", "x" * 50_000, "雪の夜", "\x00\n\t"])
def test_any_text_gives_a_recipe(bench: Bench, text: str) -> None:
    assert plan(bench, text).sections


def test_a_recipe_is_written_out_to_read(bench: Bench) -> None:
    recipe = plan(bench)
    text = bench.call("RecipeText", recipe=recipe)
    for part in (recipe.title, recipe.mood, recipe.key, *recipe.instruments, recipe.prompt):
        assert part in text
    assert bench.ui["text"] == [text]


def test_editing_nothing_keeps_the_recipe(bench: Bench) -> None:
    recipe = plan(bench)
    assert bench.call("EditRecipe", recipe=recipe) == recipe


def test_editing_changes_what_is_given_and_keeps_the_rest(bench: Bench) -> None:
    recipe = plan(bench)
    edited = bench.call(
        "EditRecipe", recipe=recipe, bpm=64.0, tonic="F#", mode="dorian", mood="dark",
        ambience="ocean", swing=0.0, instruments="Piano, bass, piano", title="Night",
        prompt="slow piano",
    )  # fmt: skip
    assert (edited.bpm, edited.key, edited.mood, edited.swing) == (64, "F# dorian", "dark", 0)
    assert (edited.ambience, edited.title, edited.prompt) == ("ocean", "Night", "slow piano")
    assert edited.instruments == ("piano", "bass")
    assert edited.sections == recipe.sections


def test_what_would_be_no_recipe_is_refused_with_the_remedy(bench: Bench) -> None:
    recipe = plan(bench)
    with pytest.raises(InputError, match="tempo 20 bpm: set 40 to 200, or 0 to keep it"):
        bench.call("EditRecipe", recipe=recipe, bpm=20.0)
    with pytest.raises(InputError, match="instrument 'pianoo' is not known: did you mean piano"):
        bench.call("EditRecipe", recipe=recipe, instruments="pianoo")
    with pytest.raises(InputError, match="instrument 'kazoo' is not known: choose among electric"):
        bench.call("EditRecipe", recipe=recipe, instruments="kazoo")
    with pytest.raises(InputError, match="the recipe would not be right"):
        bench.call("EditRecipe", recipe=recipe, title="x" * 200)


def test_the_choices_offered_are_those_of_the_recipe(bench: Bench) -> None:
    ports = bench.spec("EditRecipe").ports
    kinds = {"tonic": Tonic, "mode": Mode, "mood": Mood, "ambience": Ambience}
    for name, kind in kinds.items():
        widget = ports[name].widget
        assert widget is not None
        assert widget.choices == ("keep", *get_args(kind))
    widget = bench.spec("AmbienceMix").ports["kind"].widget
    assert widget is not None
    assert set(widget.choices) == {"recipe", *get_args(Ambience)}
    assert get_args(Instrument)


def test_the_engine_is_chosen_by_name_and_auto_takes_what_is_here(studio: Machine) -> None:
    prompt = {
        "plan": entry("LLMPlanner", text=TEXT),
        "text": entry("RecipeText", recipe=link("plan")),
    }
    ran = studio.run(prompt, targets=["text"])
    assert ran.status == "done", ran.messages
    started = {str(event.node): event.engine for event in ran.of(NodeStarted)}
    assert started["plan"] == "lexicon"
    prompt["plan"]["inputs"]["engine"] = "oracle"
    problems = validate(prompt, studio.catalogue.specs).problems
    assert any("'oracle'" in p.message and "'lexicon'" in p.message for p in problems)
