"""How much the flow pack's nodes may make: texts and loops that would fill memory."""

from __future__ import annotations

from typing import Any

import pytest

from patchbay import InputError, run
from patchbay.types import NodeId
from tests.machine import Machine, Ran, entry, link
from tests.packs.bench import Bench

# Texts


@pytest.mark.parametrize(
    ("template", "given"),
    [
        ("{a:>300000000}", {"a": "x"}),
        ("{a:.300000000f}", {"a": 1.5}),
        ("{a:1001}", {"a": 1}),
        ("{a:>{b}}", {"a": "x", "b": 300_000_000}),
        ("{a:>" + "9" * 5_000 + "}", {"a": "x"}),
        ("{a:>٣٠٠٠}", {"a": "x"}),
    ],
)
def test_a_template_asks_for_no_more_places_than_a_page_has(
    bench: Bench,
    template: str,
    given: dict[str, Any],
) -> None:
    with pytest.raises(InputError) as caught:
        bench.call("TextTemplate", template=template, **given)
    assert caught.value.message.endswith(" places: 1000 is the most")
    assert caught.value.details == {"input": "template"}


def test_a_template_may_ask_for_a_thousand_places(bench: Bench) -> None:
    text = bench.call("TextTemplate", template="{a:>1000}|{b:.3f}", a="x", b=0.5)
    assert text == "x".rjust(1000) + "|0.500"


@pytest.mark.parametrize(("count", "fits"), [(1_000, True), (1_001, False), (100_000, False)])
def test_a_text_of_a_template_has_an_end(bench: Bench, count: int, fits: bool) -> None:
    """The last would be 100 MB."""
    template, value = "{a}" * count, "y" * 1_000
    if fits:
        assert len(bench.call("TextTemplate", template=template, a=value)) == 1_000_000
        return
    with pytest.raises(InputError) as caught:
        bench.call("TextTemplate", template=template, a=value)
    assert caught.value.message == (
        "the text would have 1001000 characters or more: 1000000 is the most; put in less"
    )


def test_the_words_of_the_template_count_too(bench: Bench) -> None:
    with pytest.raises(InputError) as caught:
        bench.call("TextTemplate", template="x" * 999_999 + "{a}{a}", a="y")
    assert "1000001 characters" in caught.value.message


def test_doubling_a_text_again_and_again_ends(studio: Machine) -> None:
    ran = studio.run(
        {
            "place": entry("LoopValue"),
            "twice": entry("TextTemplate", template="{a}{a}", a=link("place")),
            "loop": entry("Repeat", start="x", body=link("twice"), times=60),
            "show": entry("ShowValue", value=link("loop")),
        }
    )
    assert ran.status == "failed"
    (problem,) = ran.outcome.problems
    assert (problem.code, problem.node, problem.input) == ("bad_input", "loop", "template")


def test_a_long_text_is_shown_by_its_beginning(studio: Machine) -> None:
    texts = {"short": "x" * 100_000, "long": "x" * 100_001}
    ran = studio.run({id_: entry("ShowValue", value=text) for id_, text in texts.items()})
    shown = {id_: ran.outcome.outputs[NodeId(id_)]["text"] for id_ in texts}
    assert shown["short"] == [texts["short"]]
    assert shown["long"] == ["x" * 100_000 + "… (100001 characters in all)"]
    assert ran.value("long") == texts["long"]


# Loops


def nested(outer: int, inner: int, *, nodes: int = 1) -> dict[str, Any]:
    """A loop within a loop: six nodes that stand for `outer * inner * nodes`."""
    each = {
        f"add{i}": entry("TextTemplate", template="{a}", a=link(f"add{i - 1}" if i else "place"))
        for i in range(nodes)
    }
    return {
        "place": entry("LoopValue"),
        **each,
        "around": entry("LoopValue", name="outer"),
        "inner": entry("Repeat", start=link("around"), body=link(f"add{nodes - 1}"), times=inner),
        "outer": entry("Repeat", start="x", body=link("inner"), times=outer, name="outer"),
        "show": entry("ShowValue", value=link("outer")),
    }


def limited(machine: Machine, prompt: dict[str, Any], most: int, patch: Any) -> Ran:
    """A run to which expansions may add no more nodes than this."""
    patch.setattr(run, "MOST_EXPANDED", most)
    return machine.run(prompt)


def test_loops_within_loops_have_an_end(studio: Machine, monkeypatch: Any) -> None:
    """20 rounds, each of which is a node that stands for 10."""
    assert limited(studio, nested(20, 10), 220, monkeypatch).status == "done"
    ran = limited(studio, nested(20, 10), 219, monkeypatch)
    assert ran.status == "failed"
    (problem,) = ran.outcome.problems
    assert (problem.code, problem.node) == ("too_many", "outer")
    assert problem.message == (
        "it adds 10 nodes to the 210 that loops and the like have added to this run: at most 219 "
        "can be; make the loops shorter, or what they repeat smaller"
    )


def test_a_run_that_had_too_much_leaves_its_parts_for_the_next(
    studio: Machine,
    monkeypatch: Any,
) -> None:
    limited(studio, nested(20, 10), 100, monkeypatch)
    assert limited(studio, nested(20, 10), 220, monkeypatch).status == "done"


def test_a_loop_too_long_is_refused_before_it_is_unrolled(studio: Machine) -> None:
    """One million nodes in one step would stop the server while they are made."""
    prompt = nested(1, 10_000, nodes=11)
    ran = studio.run(prompt)
    (problem,) = ran.outcome.problems
    assert (problem.code, problem.input) == ("bad_input", "times")
    assert problem.message == (
        "10000 rounds of 11 nodes are 110000 nodes: at most 100000 can be run; make the loop "
        "shorter or its part smaller"
    )


def test_a_loop_over_too_many_items_is_refused(studio: Machine) -> None:
    prompt = {
        "items": entry("NumberRange", count=10_000),
        "place": entry("LoopValue"),
        **{
            f"t{i}": entry("TextTemplate", template="{a}", a=link(f"t{i - 1}" if i else "place"))
            for i in range(11)
        },
        "all": entry("ForEach", items=link("items"), body=link("t10")),
        "show": entry("ShowValue", value=link("all")),
    }
    (problem,) = studio.run(prompt).outcome.problems
    assert (problem.code, problem.node, problem.input) == ("bad_input", "all", "items")
