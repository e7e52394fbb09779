"""What the nodes of the flow pack promise."""

from __future__ import annotations

from typing import Any

import pytest

from patchbay import Audio, InputError
from patchbay.events import NodeSkipped, NodeStarted
from tests.machine import Machine, Ran, entry, link
from tests.packs.bench import Bench


def text_of(ran: Ran, node: str = "show") -> list[str]:
    """What a ShowValue node showed."""
    assert ran.status == "done", ran.messages
    return [str(text) for text in ran.outcome.outputs[node]["text"]]  # type: ignore[index]


def doubling(times: int) -> dict[str, Any]:
    """A template that writes its value twice with a dash, several times over."""
    return {
        "start": entry("Text", value="a"),
        "place": entry("LoopValue"),
        "twice": entry("TextTemplate", template="{a}-{a}{b}", a=link("place"), b=link("place", 1)),
        "loop": entry("Repeat", start=link("start"), body=link("twice"), times=times),
        "show": entry("ShowValue", value=link("loop")),
    }


@pytest.mark.parametrize(
    ("name", "value"), [("Integer", 3), ("Decimal", 0.5), ("Toggle", True), ("Text", "a\nb")]
)
def test_a_constant_gives_what_is_set(bench: Bench, name: str, value: Any) -> None:
    assert bench.call(name, value=value) == value


def test_a_template_puts_values_in_their_places(bench: Bench) -> None:
    recipe = bench.call("LLMPlanner", text="calm", seed=1).recipe
    template = "{a}, {b:.2f}, {c.bpm:g} bpm in {c.key}, {{d}}"
    text = bench.call("TextTemplate", template=template, a="x", b=1 / 3, c=recipe)
    assert text == f"x, 0.33, {recipe.bpm:g} bpm in {recipe.key}, {{d}}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{z}", "there are {a}, {b}, {c} and {d}"),
        ("{b}", "input 'b' is not linked"),
        ("{a.__class__}", "only a recipe has parts"),
        ("{a", "cannot be filled in"),
        ("{a:q}", "cannot be filled in"),
        ("{0}", "there are {a}"),
        ("{}", "there are {a}"),
    ],
)
def test_a_template_that_cannot_be_filled_in_says_why(
    bench: Bench, template: str, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        bench.call("TextTemplate", template=template, a=3)
    assert message in caught.value.message


def test_a_switch_runs_only_the_side_it_takes(studio: Machine) -> None:
    prompt = {
        "yes": entry("Integer", value=1),
        "no": entry("Integer", value=2),
        "switch": entry("Switch", if_true=link("yes"), if_false=link("no"), on=False),
        "show": entry("ShowValue", value=link("switch")),
    }
    ran = studio.run(prompt)
    assert text_of(ran) == ["2"]
    assert set(ran.nodes(NodeStarted)) == {"no", "switch", "show"}


def test_a_switch_without_the_side_it_takes_says_so(bench: Bench) -> None:
    with pytest.raises(InputError, match="'if_true', which is not linked"):
        bench.call("Switch", if_false=3, on=True)


def test_lists_are_made_and_taken_apart(bench: Bench) -> None:
    assert bench.call("List", items=[1, "b"]) == [1, "b"]
    assert bench.call("TextLines", text=" a \n\n b\n") == ["a", "b"]
    assert bench.call("NumberRange", start=1.0, step=0.5, count=3) == [1.0, 1.5, 2.0]
    assert bench.call("Pick", items=["a", "b"], index=-1) == "b"
    assert bench.call("CountItems", items=[1, 2, 3]) == 3


@pytest.mark.parametrize(("items", "message"), [([], "the list is empty"), ([1], "the list has 1")])
def test_an_item_that_is_not_there_is_told(bench: Bench, items: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        bench.call("Pick", items=items, index=1)


def test_after_a_list_a_node_runs_for_each_item(studio: Machine) -> None:
    prompt = {
        "lines": entry("TextLines", text="rain\nsnow"),
        "each": entry("TextTemplate", template="soft {a}", a=link("lines")),
        "show": entry("ShowValue", value=link("each")),
    }
    assert text_of(studio.run(prompt)) == ["soft rain", "soft snow"]


def test_repeat_feeds_each_round_with_the_one_before(studio: Machine) -> None:
    assert text_of(studio.run(doubling(3))) == ["a-a0-a-a01-a-a0-a-a012"]


def test_repeating_no_times_gives_the_start(studio: Machine) -> None:
    assert text_of(studio.run(doubling(0))) == ["a"]


def test_one_round_more_runs_one_round(studio: Machine) -> None:
    studio.run(doubling(3))
    ran = studio.run(doubling(4))
    rounds = [node for node in ran.nodes(NodeStarted) if "twice" in node]
    assert rounds == ["loop.0.3 twice"]


def test_what_follows_a_loop_value_runs_inside_the_loop_only(studio: Machine) -> None:
    ran = studio.run(doubling(2))
    assert "twice" not in ran.nodes(NodeStarted)
    prompt = doubling(2)
    prompt["stray"] = entry("ShowValue", value=link("twice"))
    ran = studio.run(prompt)
    assert ran.status == "done"
    assert "stray" in ran.nodes(NodeSkipped)


def test_what_does_not_depend_on_the_round_is_made_once(studio: Machine) -> None:
    prompt = doubling(3)
    prompt["word"] = entry("Text", value="!")
    prompt["twice"]["inputs"]["b"] = link("word")
    ran = studio.run(prompt)
    assert text_of(ran) == ["a-a!-a-a!!-a-a!-a-a!!!"]
    assert [node for node in ran.nodes(NodeStarted) if "word" in node] == ["word"]


def test_loops_lie_inside_loops_by_name(studio: Machine) -> None:
    inner = entry("Repeat", start=link("outer"), body=link("x"), times=2, name="inner")
    prompt = {
        "outer": entry("LoopValue", name="outer"),
        "in": entry("LoopValue", name="inner"),
        "x": entry("TextTemplate", template="{a}x", a=link("in")),
        "inner": inner,
        "y": entry("TextTemplate", template="{a}y", a=link("inner")),
        "loop": entry("Repeat", start="s", body=link("y"), times=2, name="outer"),
        "show": entry("ShowValue", value=link("loop")),
    }
    assert text_of(studio.run(prompt)) == ["sxxyxxy"]


def test_for_each_keeps_apart_what_would_be_taken_as_one_list(studio: Machine) -> None:
    prompt = {
        "lines": entry("TextLines", text="a\nb\nc"),
        "place": entry("LoopValue"),
        "pair": entry("List", items=link("place"), **{"items.2": link("place")}),
        "count": entry("CountItems", items=link("pair")),
        "loop": entry("ForEach", items=link("lines"), body=link("count")),
        "show": entry("ShowValue", value=link("loop")),
    }
    assert text_of(studio.run(prompt)) == ["2", "2", "2"]


def test_for_each_of_nothing_gives_nothing(studio: Machine) -> None:
    prompt = {
        "lines": entry("TextLines", text=""),
        "place": entry("LoopValue"),
        "body": entry("TextTemplate", template="{a}", a=link("place")),
        "loop": entry("ForEach", items=link("lines"), body=link("body")),
        "count": entry("CountItems", items=link("loop")),
        "show": entry("ShowValue", value=link("count")),
    }
    assert text_of(studio.run(prompt)) == ["0"]


def test_a_body_that_does_not_begin_at_its_loop_value_is_told(studio: Machine) -> None:
    prompt = doubling(2)
    prompt["place"]["inputs"]["name"] = "another"
    ran = studio.run(prompt)
    assert ran.status == "failed"
    assert "does not begin at a LoopValue named 'loop'" in ran.messages[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("words", "words"),
        (3, "3"),
        ([1, 2], "[\n  1,\n  2\n]"),
        (Audio([[0.0] * 480], 48_000), "0.010 s, 1 channel, 48000 Hz"),  # type: ignore[arg-type]
    ],
)
def test_a_value_is_shown_as_text_and_passed_on(bench: Bench, value: Any, text: str) -> None:
    assert bench.call("ShowValue", value=value) is value
    assert bench.ui["text"] == [text]
