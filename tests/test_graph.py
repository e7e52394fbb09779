"""What is said of a prompt before anything runs: all that is wrong with it, at once."""

from __future__ import annotations

import dataclasses
import graphlib
import itertools
import math
import random
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patchbay import graph, literals, wording
from patchbay.comfy import verdicts
from patchbay.graph import Checked
from patchbay.packs import Catalogue
from patchbay.types import Link, NodeId, Problem, SocketType
from tests.machine import Prompt, chain, entry, link, load_pack


@pytest.fixture
def check(catalogue: Catalogue) -> Any:
    return lambda prompt: graph.validate(prompt, catalogue.specs)


def shown(**inputs: Any) -> Prompt:
    """An Add with these inputs, and a sink."""
    return {"add": entry("Add", **inputs), "show": entry("Show", value=link("add"))}


def only(checked: Checked) -> Problem:
    (problem,) = checked.problems
    return problem


def codes(checked: Checked) -> list[tuple[str, str | None, str | None]]:
    return [(problem.code, problem.node, problem.input) for problem in checked.problems]


# A prompt that is right


def test_a_prompt_becomes_a_graph(check: Any) -> None:
    checked = check(
        {"7": entry("Add", a=1) | {"_meta": {"title": "Sum"}}, "s": entry("Show", value=link("7"))}
    )
    assert checked.problems == ()
    assert checked.sinks == ("s",)
    node = checked.graph.nodes[NodeId("7")]
    assert (node.id, node.spec.name, node.title) == ("7", "Add", "Sum")
    assert node.inputs == {"a": 1, "b": 1}
    assert checked.graph.nodes[NodeId("s")].inputs == {"value": Link(NodeId("7"), 0)}


def test_defaults_are_filled_in(check: Any) -> None:
    checked = check(shown(a=3))
    assert checked.graph.nodes["add"].inputs["b"] == 1


def test_a_whole_number_may_be_given_for_any_number(check: Any) -> None:
    checked = check({"h": entry("Half", value=3), "s": entry("Show", value=link("h"))})
    value = checked.graph.nodes["h"].inputs["value"]
    assert (value, type(value)) == (3.0, float)


def test_a_number_with_a_zero_fraction_is_a_whole_number(check: Any) -> None:
    value = check(shown(a=3.0)).graph.nodes["add"].inputs["a"]
    assert (value, type(value)) == (3, int)


@pytest.mark.parametrize("text", ["3", "+3", "3.0", "3e0"])
def test_a_number_as_text_is_that_number(check: Any, text: str) -> None:
    value = check(shown(a=text)).graph.nodes["add"].inputs["a"]
    assert (value, type(value)) == (3, int)
    checked = check({"h": entry("Half", value=text), "s": entry("Show", value=link("h"))})
    value = checked.graph.nodes["h"].inputs["value"]
    assert (value, type(value)) == (3.0, float)


def test_a_former_name_of_an_input_is_understood(catalogue: Catalogue) -> None:
    specs = dict(catalogue.specs)
    specs["Add"] = dataclasses.replace(specs["Add"], migrations={"first": "a"})
    checked = graph.validate(shown(first=3), specs)
    assert checked.problems == ()
    assert checked.graph.nodes[NodeId("add")].inputs["a"] == 3


def test_a_list_that_looks_like_a_link_can_be_said_to_be_a_value(check: Any) -> None:
    prompt = {"x": entry("Anything", value={"__value__": ["x", 0]}), "s": entry("Show", value=1)}
    assert check(prompt).graph.nodes["x"].inputs["value"] == ["x", 0]


def test_an_optional_input_may_be_null(check: Any) -> None:
    prompt = {"a": entry("Answer", nodes={}, gives=1, sound=None), "s": entry("Show", value=1)}
    assert check(prompt).problems == ()


def test_no_inputs_may_be_left_out(check: Any) -> None:
    assert check({"d": {"class_type": "Dice"}, "s": entry("Show", value=link("d"))}).problems == ()


# What is wrong


@pytest.mark.parametrize("prompt", [None, 3, "text", [], [entry("Show", value=1)]])
def test_a_prompt_is_an_object(check: Any, prompt: Any) -> None:
    assert only(check(prompt)).code == "bad_graph"


def test_all_problems_are_told_at_once(check: Any) -> None:
    checked = check(
        {
            "1": entry("Ad", a=1),
            "2": entry("Add", a="x", c=1),
            "3": entry("Add", b=link("9")),
            "4": entry("Clamp", value=11),
            "5": entry("Fail", way="nonsense"),
            "6": entry("Level", audio=link("4")),
            "7": entry("Add", a=link("4", 1)),
            "8": 5,
            "10": {},
            "11": entry("Add", a=1) | {"inputs": 3},
        }
    )
    assert set(codes(checked)) == {
        ("unknown_node", "1", None),
        ("bad_value", "2", "a"),
        ("unknown_input", "2", "c"),
        ("bad_link", "3", "b"),
        ("missing_input", "3", "a"),
        ("out_of_range", "4", "value"),
        ("bad_choice", "5", "way"),
        ("wrong_type", "6", "audio"),
        ("bad_slot", "7", "a"),
        ("bad_node", "8", None),
        ("no_class_type", "10", None),
        ("bad_inputs", "11", None),
    }
    assert len(checked.problems) == 12


def test_an_unknown_node_is_told_with_the_nearest_names(check: Any) -> None:
    problem = only(check({"1": entry("LoadModell", name="x"), "s": entry("Show", value=1)}))
    assert problem.code == "unknown_node"
    assert "there is no node 'LoadModell' here; did you mean 'LoadModel'" in problem.message
    assert problem.details["class_type"] == "LoadModell"
    assert "LoadModel" in problem.details["nearest"]


def test_a_link_to_an_unknown_node_is_not_told_twice(check: Any) -> None:
    checked = check({"1": entry("Nonsense"), "2": entry("Show", value=link("1"))})
    assert codes(checked) == [("unknown_node", "1", None)]


def test_an_unknown_input_is_told_with_the_nearest_name(check: Any) -> None:
    problem = only(check({"t": entry("Tone", ptich=3), "s": entry("Show", value=1)}))
    assert problem.message == "node t “Tone” has no input 'ptich'; did you mean 'pitch'?"
    other = only(check({"t": entry("Tone", zzzzz=3), "s": entry("Show", value=1)}))
    assert other.message == "node t “Tone” has no input 'zzzzz'; it has 'pitch' and 'frames'"


def test_a_missing_input_is_told_with_what_it_takes(check: Any) -> None:
    problem = only(check(shown()))
    assert problem.message == "node add “Add”: input 'a' is missing: set it, or link an INT to it"


def test_a_link_to_a_node_that_is_not_there_is_told(check: Any) -> None:
    problem = only(check(shown(a=link("9"))))
    assert (problem.code, problem.input) == ("bad_link", "a")
    assert "is linked to node 9, which is not in the graph" in problem.message


@pytest.mark.parametrize("slot", [1, -1, 10**30])
def test_a_link_to_an_output_that_is_not_there_is_told(check: Any, slot: int) -> None:
    prompt = shown(a=link("n", slot)) | {"n": entry("Number")}
    problem = only(check(prompt))
    assert problem.code == "bad_slot"
    assert f"output {slot} of node n “Number”, which has 1, numbered from 0" in problem.message


def test_a_link_from_a_node_without_outputs_is_told(check: Any) -> None:
    prompt = shown(a=link("s")) | {"s": entry("SaveText", text="x")}
    assert "which has none" in only(check(prompt)).message


def test_the_wrong_type_across_a_link_is_told(check: Any) -> None:
    prompt = shown(a=link("t")) | {"t": entry("Tone")}
    problem = only(check(prompt))
    assert problem.message == (
        "node add “Add”: input 'a' takes INT, but output 0 of node t “Tone” gives AUDIO"
    )
    assert problem.details == {"given": "AUDIO", "wanted": "INT"}


@pytest.mark.parametrize(
    ("given_", "wanted", "fits"),
    [
        ("INT", "INT", True),
        ("INT", "FLOAT", True),
        ("FLOAT", "INT", False),
        ("STRING", "COMBO", True),
        ("COMBO", "STRING", True),
        ("BOOLEAN", "INT", False),
        ("AUDIO", "*", True),
        ("*", "AUDIO", True),
        ("AUDIO", "AUDIO,IMAGE", True),
        ("AUDIO,IMAGE", "IMAGE", True),
        ("MASK", "AUDIO,IMAGE", False),
        ("INT", "STRING,FLOAT", True),
        ("AUDIO", "IMAGE", False),
    ],
)
def test_which_outputs_fit_which_inputs(given_: str, wanted: str, fits: bool) -> None:
    assert literals.fits(SocketType(given_), SocketType(wanted)) is fits


@pytest.mark.parametrize("value", [11, -1, 10**400, -(10**400)], ids=["11", "-1", "huge", "-huge"])
def test_a_value_out_of_range_is_told_with_the_range(check: Any, value: int) -> None:
    problem = only(check({"c": entry("Clamp", value=value), "s": entry("Show", value=1)}))
    assert problem.code == "out_of_range"
    assert "is outside 0 to 10" in problem.message


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_is_finite(check: Any, value: float) -> None:
    problem = only(check({"h": entry("Half", value=value), "s": entry("Show", value=1)}))
    assert "is not finite" in problem.message


def test_a_number_that_is_too_large_for_a_fraction_is_told(check: Any) -> None:
    problem = only(check({"h": entry("Half", value=10**400), "s": entry("Show", value=1)}))
    assert problem.node == "h"


@pytest.mark.parametrize(
    "value", [1.5, True, "1.5", "one", "0x1", "nan", "1e999", "1_000", "", [1], {"a": 1}, None]
)
def test_what_is_no_whole_number_is_told(check: Any, value: Any) -> None:
    problem = only(check(shown(a=value)))
    assert (problem.code, problem.node, problem.input) == ("bad_value", "add", "a")


def test_what_is_not_among_the_choices_is_told_with_them(check: Any) -> None:
    problem = only(check({"w": entry("Wrong", kind="texts"), "s": entry("Show", value=1)}))
    assert problem.code == "bad_choice"
    assert "'texts' is not among 'text', 'set', 'enum', 'none' and 'bool'" in problem.message


@pytest.mark.parametrize("value", [0, 1, "true", None])
def test_what_is_neither_true_nor_false_is_told(check: Any, value: Any) -> None:
    prompt = {"p": entry("Pick", first=value, a=1, b=2), "s": entry("Show", value=1)}
    assert "neither true nor false" in only(check(prompt)).message


def test_a_value_where_only_a_link_will_do_is_told(check: Any) -> None:
    problem = only(check({"l": entry("Level", audio="a.wav"), "s": entry("Show", value=1)}))
    assert problem.message == (
        "node l “Level”: input 'audio': 'a.wav' is not a link: it takes an AUDIO from another node"
    )


def test_a_body_must_be_a_link(check: Any) -> None:
    problem = only(check({"d": entry("Describe", body=3), "s": entry("Show", value=1)}))
    assert "it takes a part of the graph" in problem.message


def test_one_wrong_item_of_a_list_is_told(check: Any) -> None:
    problem = only(check({"t": entry("Total", values=[1, "x"]), "s": entry("Show", value=1)}))
    assert (problem.node, problem.input) == ("t", "values")


def test_further_links_go_only_to_inputs_that_take_many(check: Any) -> None:
    prompt = shown(a=1, **{"b.2": 3})
    assert only(check(prompt)).code == "unknown_input"
    assert only(check({"t": entry("Total", values=1, **{"values.x": 2}), **shown(a=1)})).input == (
        "values.x"
    )


def test_a_graph_without_a_sink_is_told(check: Any) -> None:
    problem = only(check({"n": entry("Number")}))
    assert problem.code == "no_sink"
    assert "SaveAudio" in problem.message
    assert only(check({})).code == "no_sink"


def test_a_long_value_is_not_told_in_full(check: Any) -> None:
    message = only(check(shown(a="x" * 10_000))).message
    assert len(message) < 200


def test_a_node_that_has_a_title_is_called_by_it(check: Any) -> None:
    prompt = shown() | {"add": entry("Add") | {"_meta": {"title": "Sum"}}}
    assert only(check(prompt)).message.startswith("node add “Sum”: input 'a'")


def test_of_a_graph_with_problems_the_good_nodes_are_still_there(check: Any) -> None:
    checked = check(shown(a="x") | {"n": entry("Number")})
    assert set(checked.graph.nodes) == {"n", "show"}


# Circles


def circle(*names: str) -> Prompt:
    """Adds that need each other in turn: each the one before, the first the last."""
    return {name: entry("Add", a=link(names[i - 1])) for i, name in enumerate(names)}


def paths(checked: Checked) -> list[set[str]]:
    return [set(p.details["path"]) for p in checked.problems if p.code == "cycle"]


def test_a_circle_is_named_as_a_path(check: Any) -> None:
    problem = only(check(circle("a", "b", "c") | {"s": entry("Show", value=link("a"))}))
    assert problem.code == "cycle"
    path = problem.details["path"]
    assert path[0] == path[-1]
    assert set(path) == {"a", "b", "c"}
    assert " → ".join(path) in problem.message
    # Each arrow of the path goes the way a value would.
    prompt = circle("a", "b", "c")
    assert all(
        prompt[after]["inputs"]["a"][0] == before for before, after in itertools.pairwise(path)
    )


def test_a_node_linked_to_itself_is_a_circle(check: Any) -> None:
    assert paths(check(circle("a") | {"s": entry("Show", value=1)})) == [{"a"}]


def test_each_circle_is_told(check: Any) -> None:
    prompt = circle("a", "b") | circle("c", "d", "e") | {"s": entry("Show", value=link("a"))}
    assert sorted(paths(check(prompt)), key=len) == [{"a", "b"}, {"c", "d", "e"}]


def test_a_circle_is_told_besides_other_problems(check: Any) -> None:
    prompt = circle("a", "b", "c")
    prompt["b"]["inputs"]["b"] = "wrong"
    checked = check(prompt | {"s": entry("Show", value=link("a"))})
    assert {"bad_value", "cycle"} <= {problem.code for problem in checked.problems}


def test_a_circle_through_lazy_inputs_is_a_circle(check: Any) -> None:
    prompt = {
        "p": entry("Pick", first=True, a=link("x"), b=1),
        "x": entry("Add", a=link("p")),
        "s": entry("Show", value=link("p")),
    }
    assert paths(check(prompt)) == [{"p", "x"}]


def test_many_circles_are_told_without_delay(check: Any) -> None:
    prompt: Prompt = {"s": entry("Show", value=1)}
    for i in range(300):
        prompt |= circle(f"a{i}", f"b{i}")
    assert len(paths(check(prompt))) == 300


def test_what_is_left_without_the_circles_has_none(check: Any) -> None:
    """Also where circles share nodes, so that there is a choice."""
    chance = random.Random(5)
    for _ in range(300):
        ids = [str(i) for i in range(chance.randint(1, 9))]
        prompt = {i: entry("Add", **{name: link(chance.choice(ids)) for name in "ab"}) for i in ids}
        told = paths(check(prompt))
        assert all(a.isdisjoint(b) for a, b in itertools.combinations(told, 2))
        on_one = set().union(*told)
        rest = {i: {v[0] for v in prompt[i]["inputs"].values()} for i in ids}
        sorter = graphlib.TopologicalSorter({i: rest[i] - on_one for i in ids if i not in on_one})
        sorter.prepare()  # raises for a circle
        assert on_one, "each node has a link, so that there is a circle"


def test_a_long_circle_is_shortened_in_the_message_only(check: Any) -> None:
    names = [str(i) for i in range(1_000)]
    problem = only(check(circle(*names) | {"s": entry("Show", value=1)}))
    assert len(problem.details["path"]) == 1_001
    assert len(problem.message) < 400
    assert "more" in problem.message


# Size and nonsense


def test_a_chain_of_twenty_thousand_nodes_is_read(check: Any) -> None:
    checked = check(chain(20_000))
    assert checked.problems == ()
    assert len(checked.graph.nodes) == 20_000


def test_a_circle_of_twenty_thousand_nodes_is_named(check: Any) -> None:
    prompt = chain(20_000)
    prompt["0"] = entry("Number", value=link("19998"))
    assert len(only(check(prompt)).details["path"]) == 20_000


def hostile(kind: str) -> Prompt:
    """A prompt of 20,000 nodes in which nearly everything is wrong, or of few that hold much."""
    nodes, half = range(20_000), range(10_000)
    if kind == "links to nowhere":
        return {str(i): entry("Show", value=link("x")) for i in nodes}
    if kind == "circles":
        pairs = (circle(f"a{i}", f"b{i}") for i in half)
        return {id_: node for pair in pairs for id_, node in pair.items()}
    if kind == "classes":
        return {str(i): entry(f"Shoow{i}") for i in nodes}
    if kind == "inputs":
        return {"s": entry("Show", **{f"valu{i}": 1 for i in range(200_000)})}
    if kind == "literals":
        return {"s": entry("Total", **{f"values.{i}": "x" for i in range(100_000)})}
    if kind == "lists":
        long = [1] * 300_000
        return {str(i): entry("Add", a=long) for i in range(20)}
    if kind == "titles":
        node = entry("Show", **{f"valu{i}": 1 for i in range(20_000)})
        return {"s": node | {"_meta": {"title": "t" * 1_000_000}}}
    assert kind == "names"
    return {"s": entry("S" * 10_000_000), "t": entry("Add", **{"x" * 10_000_000: 1})}


KINDS = (
    "links to nowhere", "circles", "classes", "inputs", "literals", "lists", "titles", "names",
)  # fmt: skip


@pytest.mark.parametrize("tolerant", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_everywhere_is_told_without_delay(
    catalogue: Catalogue, kind: str, tolerant: bool
) -> None:
    """Time grows with the prompt only: each of these once took from ten seconds to an hour."""
    prompt = hostile(kind)
    began = time.perf_counter()
    checked = graph.validate(prompt, catalogue.specs, tolerant=tolerant)
    graph.sound(checked, checked.sinks)
    verdicts.verdicts(checked.problems, prompt, catalogue.specs)
    assert time.perf_counter() - began < 5
    told = [*checked.problems, *checked.notes]
    assert told
    assert max(len(problem.message) for problem in told) < 600


def test_past_ten_thousand_problems_they_are_counted(check: Any) -> None:
    checked = check({str(i): entry("Show", value=link("x")) for i in range(10_005)})
    assert len(checked.problems) == 10_001
    assert checked.problems[-1].code == "too_many"
    assert checked.problems[-1].message == "there are 5 problems more than are listed"
    assert checked.graph.nodes == {}


def test_the_first_hundred_names_are_compared_with_those_there_are(check: Any) -> None:
    checked = check({str(i): entry("Shoow") for i in range(102)})
    near = [problem.details["nearest"][:1] for problem in checked.problems]
    assert near == [["Show"]] * 100 + [[]] * 2


def test_the_sinks_after_every_node_are_found_without_delay(catalogue: Catalogue) -> None:
    """A chain of 5,000 wrong nodes before 5,000 sinks: 25 million pairs, of which some are told."""
    bad = {f"b{i}": entry("Add", a="?", b=link(f"b{i - 1}") if i else 1) for i in range(5_000)}
    sinks = {f"s{i}": entry("Show", value=link(f"b{i}")) for i in range(5_000)}
    prompt = bad | sinks
    checked = graph.validate(prompt, catalogue.specs)
    began = time.perf_counter()
    found = verdicts.verdicts(checked.problems, prompt, catalogue.specs)
    assert time.perf_counter() - began < 5
    assert found["b0"]["dependent_outputs"] == list(sinks)
    assert found["b1"]["dependent_outputs"] == list(sinks)[1:]
    assert sum(len(node["dependent_outputs"]) for node in found.values()) < 300_000


def test_an_id_longer_than_any_is_refused(check: Any) -> None:
    """It would be part of every message about the node."""
    assert check({"i" * 500: entry("Show", value=1)}).problems == ()
    problem = only(check({"i" * 501: entry("Show", value=1), "s": entry("Show", value=1)}))
    assert problem.code == "bad_node"
    assert problem.message.startswith("a node's id has 501 characters, 'iii")
    assert problem.message.endswith(": at most 500 are taken")


@pytest.mark.parametrize(
    "value",
    [
        "x", "x" * 78, "x" * 79, "x" * 100_000, [1] * 26, [1] * 27, [1] * 100_000, [[]] * 100_000,
        {"a": [{"b": "c"}] * 50}, {str(i): i for i in range(100)}, [["x" * 50] * 50] * 50,
        [[[[[["deep"] * 9] * 9] * 9] * 9] * 9], True, None, 1.5, 10**400, "\n'",
    ],
)  # fmt: skip
def test_a_value_is_shown_by_its_beginning(value: Any) -> None:
    whole = repr(value)
    assert wording.shown(value) == (whole if len(whole) <= 80 else f"{whole[:77]}…")


@pytest.mark.parametrize("depth", [190, 3_000, 100_000])
def test_a_value_may_be_nested_as_deep_as_it_likes(check: Any, depth: int) -> None:
    """It is taken or refused, but nothing is raised."""
    value: Any = 1
    for _ in range(depth):
        value = [value]
    for prompt in (shown(a=value), {"x": entry("Anything", value=value), **shown(a=1)}):
        checked = check(prompt)
        assert all(problem.node in ("x", "add") for problem in checked.problems)


json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([10**400, -(10**400), "Add", "a", "0", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
ids = st.sampled_from(["0", "1", "2", "3", ""])
links = st.tuples(ids, st.integers(-1, 2)).map(list)
NAMES = [
    "Add",
    "Show",
    "Total",
    "Pick",
    "Clamp",
    "Answer",
    "Multiply",
    "Level",
    "Describe",
    "ReadText",
    "Half",
]
inputs = st.dictionaries(
    st.sampled_from(
        [
            "a",
            "b",
            "value",
            "values",
            "values.2",
            "values.x",
            "first",
            "nodes",
            "gives",
            "engine",
            "",
        ]
    )
    | st.text(max_size=3),
    links | json,
    max_size=5,
)
entries = st.fixed_dictionaries(
    {"class_type": st.sampled_from(NAMES)}, optional={"inputs": inputs, "_meta": json}
)
prompts = st.dictionaries(ids, entries | json, max_size=5)


@given(prompt=prompts | json)
@example(prompt={"0": {"class_type": "Add", "inputs": {"a": 10**400}}})
@example(prompt={"0": {"class_type": ["Add"], "inputs": {}}})
@example(prompt={"0": {"class_type": "Total", "inputs": {"values": [10**400]}}})
@settings(max_examples=500)
def test_no_json_is_too_strange_to_be_told_what_is_wrong(prompt: Any) -> None:
    checked = graph.validate(prompt, load_pack().specs)
    for problem in checked.problems:
        assert problem.code
        assert problem.message
        assert "\n" not in problem.message
    if not checked.problems:
        assert checked.sinks
    for id_ in checked.graph.nodes:
        assert id_ in prompt


def test_keys_that_are_no_text_are_no_trouble(check: Any) -> None:
    check({1: entry("Add", a=1), None: 3, "s": entry("Show", value=1)})
