"""What a node may answer with: more nodes, which are planned, cached and told of like any."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from patchbay.events import (
    Event,
    NodeCached,
    NodeDone,
    NodeFailed,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
)
from tests.machine import Machine, Prompt, Ran, entry, link, notes


def answering(nodes: dict[str, Any], gives: Any, **inputs: Any) -> Prompt:
    return {
        "x": entry("Answer", nodes=nodes, gives=gives, **inputs),
        "show": entry("Show", value=link("x")),
    }


def outer(name: str) -> dict[str, str]:
    return {"outer": name}


def inner(id_: str, slot: int = 0) -> dict[str, Any]:
    return {"link": [id_, slot]}


def failed(ran: Ran, *, node: str = "x") -> str:
    """The message of a run that failed at this node, as the user drew it."""
    assert ran.status == "failed"
    (problem,) = ran.outcome.problems
    assert problem.node == node
    assert "show" in ran.nodes(NodeSkipped)
    return problem.message


def test_an_expansion_stands_for_the_nodes_output(machine: Machine) -> None:
    nodes = {"a": entry("Add", a=outer("value"), b=5), "b": entry("Add", a=inner("a"), b=10)}
    ran = machine.run(answering(nodes, inner("b"), value=1))
    assert ran.calls == ["Answer(1)", "Add(1, 5)", "Add(6, 10)", "Show(16)"]


def test_an_expansion_may_give_plain_values_and_inputs(machine: Machine) -> None:
    assert machine.run(answering({}, 7)).value("show") == 7
    assert machine.run(answering({}, outer("value"), value=8)).value("show") == 8
    assert machine.run(answering({}, {"a": [1, 2]})).value("show") == {"a": [1, 2]}


def test_an_expansion_may_give_a_whole_list_it_was_given(machine: Machine) -> None:
    nodes = {"t": entry("Total", values=outer("values"))}
    ran = machine.run(answering(nodes, inner("t"), values=[1, 2, 3]))
    assert "Total(1, 2, 3)" in ran.calls


def test_a_cached_expansion_is_not_asked_again(machine: Machine) -> None:
    nodes = {"a": entry("Add", a=outer("value"), b=5)}
    machine.run(answering(nodes, inner("a"), value=1))
    ran = machine.run(answering(nodes, inner("a"), value=1))
    assert ran.calls == []
    assert sorted(ran.nodes(NodeCached)) == ["show", "x", "x.0.a"]


def test_what_an_expansion_holds_is_cached_node_by_node(machine: Machine) -> None:
    nodes = {"a": entry("Add", a=outer("value"), b=5), "b": entry("Add", a=inner("a"), b=10)}
    machine.run(answering(nodes, inner("b"), value=1))
    nodes["b"] = entry("Add", a=inner("a"), b=20)
    ran = machine.run(answering(nodes, inner("b"), value=1))
    assert ran.calls == ["Answer(1)", "Add(6, 20)", "Show(26)"]


def test_inside_and_outside_share_equal_calls(machine: Machine) -> None:
    prompt = answering({"a": entry("Heavy", value=4)}, inner("a"))
    prompt["same"] = entry("Heavy", value=4)
    prompt["other"] = entry("Show", value=link("same"))
    assert machine.run(prompt).calls.count("Heavy(4)") == 1


def test_a_sink_inside_is_run_although_nothing_depends_on_it(machine: Machine) -> None:
    nodes = {"s": entry("SaveText", text=outer("value"), prefix="inside")}
    ran = machine.run(answering(nodes, 1, value=9))
    assert "SaveText(9)" in ran.calls
    assert machine.outputs() == ["inside_00001_.txt"]
    assert [file.name for file in ran.outcome.files] == ["inside_00001_.txt"]


def test_an_expansion_may_link_to_the_graph_around_it(machine: Machine) -> None:
    prompt = answering({"a": entry("Add", a=inner("far"), b=1)}, inner("a"))
    prompt["far"] = entry("Number", value=41)
    assert machine.run(prompt).value("show") == 42


def test_a_local_name_hides_one_of_the_graph_around(machine: Machine) -> None:
    nodes = {"n": entry("Number", value=1), "show": entry("Add", a=inner("n"), b=1)}
    prompt = answering(nodes, inner("show"))
    prompt["n"] = entry("Number", value=100)
    assert machine.run(prompt).value("show") == 2


def test_two_expansions_with_the_same_names_keep_apart(machine: Machine) -> None:
    nodes = {"a": entry("Add", a=outer("value"), b=1)}
    prompt = answering(nodes, inner("a"), value=1)
    prompt["y"] = entry("Answer", nodes=nodes, gives=inner("a"), value=link("x"))
    prompt["show"] = entry("Show", value=link("y"))
    assert machine.run(prompt).value("show") == 3


def test_an_expansion_may_hold_expansions(machine: Machine) -> None:
    prompt = {
        "x": entry("AddOften", value=1, times=20),
        "show": entry("Show", value=link("x")),
    }
    assert machine.run(prompt).value("show") == 21
    assert machine.run(prompt).calls == []
    prompt["x"] = entry("AddOften", value=1, times=21)
    ran = machine.run(prompt)
    assert ran.calls[0] == "AddOften(1, 21)"
    assert ran.value("show") == 22


def test_an_expansion_may_be_as_long_as_memory_allows(machine: Machine) -> None:
    prompt = {
        "x": entry("LongChain", value=0, nodes=3_000),
        "show": entry("Show", value=link("x")),
    }
    assert machine.run(prompt).value("show") == 3_000


def test_each_item_of_a_list_expands_for_itself_or_not(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=4),
        "x": entry("AddIfOdd", value=link("list")),
        "show": entry("Show", value=link("x")),
    }
    ran = machine.run(prompt)
    assert ran.values["show"] == ([0, 2, 2, 4],)
    assert [call for call in ran.calls if call.startswith("Add(")] == ["Add(1, 1)", "Add(3, 1)"]
    assert machine.run(prompt).calls == []


def test_a_list_that_is_made_inside_is_a_list_outside(machine: Machine) -> None:
    nodes = {"list": entry("Count", upto=outer("value"))}
    prompt = answering(nodes, inner("list"), value=3)
    assert machine.run(prompt).values["show"] == ([0, 1, 2],)


def test_a_body_is_not_run_but_handed_over(machine: Machine) -> None:
    prompt = {
        "n": entry("Number", value=3),
        "bad": entry("Fail", value=link("n")),
        "x": entry("Describe", body=link("bad")),
        "show": entry("Show", value=link("x")),
    }
    ran = machine.run(prompt)
    assert ran.calls == ["Describe(['Fail', 'Number'])", "Show('Fail Number')"]


def test_a_body_can_be_repeated(machine: Machine) -> None:
    prompt = {
        "n": entry("Number", value=3),
        "total": entry("Total", values=[1, 2]),
        "add": entry("Add", a=link("n"), b=link("total")),
        "x": entry("Again", body=link("add"), times=3),
        "show": entry("Show", value=link("x")),
    }
    ran = machine.run(prompt)
    assert ran.calls[0] == "Again(3)"
    assert sorted(ran.calls[1:3]) == ["Number(3)", "Total(1, 2)"]
    assert ran.calls[3:] == ["Add(3, 3)", "Show(6)"]


def test_a_change_in_a_body_is_noticed(machine: Machine) -> None:
    prompt = {
        "n": entry("Number", value=3),
        "x": entry("Again", body=link("n")),
        "show": entry("Show", value=link("x")),
    }
    machine.run(prompt)
    prompt["n"] = entry("Number", value=4)
    assert machine.run(prompt).calls == ["Again(2)", "Number(4)", "Show(4)"]


# Events


def test_events_name_the_node_that_the_user_drew(machine: Machine) -> None:
    prompt = answering({"p": entry("Steps", total=3)}, inner("p"))
    ran = machine.run(prompt)
    inside = [e for kind in (NodeStarted, NodeProgress, NodeDone) for e in ran.of(kind)]
    assert {(e.node, e.drawn) for e in inside} == {("x", "x"), ("x.0.p", "x"), ("show", "show")}
    assert {(e.node, e.drawn) for e in ran.of(NodeProgress)} == {("x.0.p", "x")}


def test_events_of_nested_expansions_name_the_outermost_node(machine: Machine) -> None:
    prompt = {"x": entry("AddOften", value=1, times=3), "show": entry("Show", value=link("x"))}
    ran = machine.run(prompt)
    assert {event.drawn for event in ran.of(NodeDone)} == {"x", "show"}


def test_a_failure_inside_is_reported_on_the_node_that_was_drawn(machine: Machine) -> None:
    prompt = answering({"bad": entry("Fail"), "a": entry("Add", a=inner("bad"))}, inner("a"))
    ran = machine.run(prompt)
    assert failed(ran) == "ValueError: a plain error"
    assert [(e.node, e.drawn) for e in ran.of(NodeFailed)] == [("x.0.bad", "x")]


def test_a_node_that_expanded_is_done_when_its_nodes_are(machine: Machine) -> None:
    ran = machine.run(answering({"h": entry("Heavy", value=1)}, inner("h")))
    assert ran.nodes(NodeDone) == ["x.0.h", "x", "show"]


def test_a_node_whose_expansion_fails_has_one_end(machine: Machine) -> None:
    ran = machine.run(answering({"bad": entry("Fail")}, inner("bad")))
    ends = [e for kind in (NodeDone, NodeCached, NodeFailed, NodeSkipped) for e in ran.of(kind)]
    assert [type(e).__name__ for e in ends if e.node == "x"] == ["NodeSkipped"]


def test_after_a_failure_inside_the_rest_is_still_cached(machine: Machine) -> None:
    nodes = {"h": entry("Heavy", value=3), "bad": entry("FailUntilCured", value=inner("h"))}
    machine.run(answering(nodes, inner("bad")))
    ran = machine.run(answering(nodes, inner("bad")))
    assert ran.calls == ["FailUntilCured(6)"]


# Mistakes


def test_an_expansion_that_was_not_declared_is_refused(machine: Machine) -> None:
    ran = machine.run({"x": entry("Undeclared"), "show": entry("Show", value=link("x"))})
    assert "declare it with node(expands=True)" in failed(ran)


def test_an_unknown_node_inside_is_named(machine: Machine) -> None:
    ran = machine.run(answering({"a": entry("Ad", a=1)}, inner("a")))
    message = failed(ran)
    assert ran.outcome.problems[0].code == "bad_expansion"
    assert "there is no node 'Ad' here" in message
    assert "'Add'" in message


@pytest.mark.parametrize(
    ("nodes", "part"),
    [
        ({"a": entry("Add")}, "input 'a' is missing"),
        ({"a": entry("Add", a="text")}, "is not a whole number"),
        ({"a": entry("Add", a=inner("nowhere"))}, "not in the graph"),
        ({"a": entry("Add", a=inner("a", 3))}, "output 3"),
        ({"a": entry("Add", a=outer("missing"))}, "'missing'"),
        ({"a": entry("Add", a=inner("a"))}, "circle"),
        ({"a": entry("Add", a=inner("b")), "b": entry("Add", a=inner("a"))}, "circle"),
        ({"a": {"inputs": {}}}, "class_type"),
        ({"a": 5}, "not an object"),
    ],
)
def test_what_is_wrong_with_an_expansion_is_said(
    machine: Machine, nodes: dict[str, Any], part: str
) -> None:
    assert part in failed(machine.run(answering(nodes, inner("a"))))


@pytest.mark.parametrize("gives", [inner("nowhere"), inner("n", 4), inner("n", -1)])
def test_an_output_that_leads_nowhere_is_refused(machine: Machine, gives: Any) -> None:
    ran = machine.run(answering({"n": entry("Number")}, gives))
    assert failed(ran)
    assert ran.outcome.problems[0].code in ("bad_expansion", "bad_output")


def test_another_number_of_outputs_is_refused(machine: Machine) -> None:
    ran = machine.run({"x": entry("GiveTwo"), "show": entry("Show", value=link("x"))})
    assert failed(ran) == "its expansion gives 2 outputs, it declares 1"


def test_an_expansion_that_waits_for_itself_through_the_graph_around_is_refused(
    machine: Machine,
) -> None:
    prompt = {
        "show": entry("Show", value=link("after")),
        "after": entry("Add", a=link("x"), b=1),
        "x": entry("Answer", nodes={"a": entry("Add", a=inner("after"), b=1)}, gives=inner("a")),
        "fine": entry("Show", value=3),
    }
    ran = machine.run(prompt)
    assert "circle" in failed(ran)
    assert ran.value("fine") == 3


def test_an_expansion_that_asks_for_its_own_output_is_refused(machine: Machine) -> None:
    ran = machine.run(answering({"a": entry("Add", a=inner("x"), b=1)}, inner("a")))
    assert "circle" in failed(ran)


def test_a_node_that_never_stops_expanding_is_stopped(machine: Machine) -> None:
    ran = machine.run({"x": entry("NeverEnd"), "show": entry("Show", value=link("x"))})
    assert "one of them never ends" in failed(ran)


# Values that have to be made again


def test_a_large_value_in_an_expansion_survives_trimming(machine: Machine) -> None:
    prompt = {
        "x": entry("GiveSound", pitch=3),
        "level": entry("Level", audio=link("x")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt)
    for path in machine.value_files():
        path.unlink()
    prompt["level"] = entry("Levels", sounds=link("x"))
    ran = machine.run(prompt, live_bytes=0)
    assert ran.messages == []
    assert ran.calls == ["GiveSound(3)", "Levels(3)"]


def test_a_large_value_given_to_an_inner_node_survives_trimming(machine: Machine) -> None:
    prompt = {"x": entry("UseSound", pitch=3), "show": entry("Show", value=link("x"))}
    machine.run(prompt)
    for path in machine.value_files():
        path.unlink()
    table = sqlite3.connect(machine.cache / "v1" / "records.sqlite")
    with table:
        assert table.execute("DELETE FROM records WHERE node = 'pack/Level'").rowcount == 1
    table.close()
    ran = machine.run(prompt)
    assert ran.messages == []
    assert ran.calls == ["UseSound(3)", "Level(3)"]


def test_a_trimmed_value_of_an_inner_node_is_made_again(machine: Machine) -> None:
    prompt: Prompt = {
        "x": entry("Answer", nodes={"t": entry("Tone", pitch=4)}, gives=inner("t")),
        "level": entry("Level", audio=link("x")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt, limit_bytes=0)
    prompt["level"] = entry("Levels", sounds=link("x"))
    ran = machine.run(prompt)
    assert ran.messages == []
    assert ran.calls == ["Tone(4)", "Levels(4)"]


def test_of_a_list_that_expands_in_part_each_trimmed_item_is_made_again(machine: Machine) -> None:
    prompt: Prompt = {
        "list": entry("Count", upto=4),
        "x": entry("ToneIfOdd", pitch=link("list")),
        "level": entry("Level", audio=link("x")),
        "show": entry("Show", value=link("level")),
    }
    assert machine.run(prompt, limit_bytes=0).values["show"] == ([0, 1, 2, 3],)
    assert machine.value_files() == []
    prompt["level"] = entry("Levels", sounds=link("x"))
    ran = machine.run(prompt, live_bytes=0)
    assert ran.messages == []
    assert ran.value("show") == 6
    assert {"Tone(1)", "Tone(3)", "ToneIfOdd(0)", "ToneIfOdd(2)"} <= set(ran.calls)


@pytest.mark.parametrize("inside", [False, True])
def test_a_value_that_vanishes_while_the_run_goes_on_is_made_again(
    machine: Machine, inside: bool
) -> None:
    """Another process may trim the cache at any time."""
    tone = entry("Tone", pitch=4)
    prompt: Prompt = {
        "x": entry("Answer", nodes={"t": tone}, gives=inner("t")) if inside else tone,
        "first": entry("Level", audio=link("x")),
        "held": entry("Hold", value=link("first")),
        "later": entry("Louder", audio=link("x"), factor=link("held")),
        "level": entry("Level", audio=link("later")),
        "show": entry("Show", value=link("level")),
    }

    def lose(event: Event) -> None:
        if isinstance(event, NodeStarted) and event.node == "held":
            for path in machine.value_files():
                path.unlink()
            notes().gate("gate").set()

    ran = machine.run(prompt, live_bytes=0, listen=lose)
    assert ran.messages == []
    assert ran.value("show") == 16
    assert ran.calls.count("Tone(4)") == 2


def test_a_trimmed_value_that_an_expansion_was_given_is_made_again(machine: Machine) -> None:
    nodes = {"l": entry("Level", audio=outer("sound"))}
    prompt = answering(nodes, inner("l"), sound=link("tone")) | {"tone": entry("Tone", pitch=4)}
    machine.run(prompt, limit_bytes=0)
    nodes = {"l": entry("Levels", sounds=outer("sound"))}
    prompt |= answering(nodes, inner("l"), sound=link("tone"))
    ran = machine.run(prompt)
    assert ran.messages == []
    assert ran.calls == ["Tone(4)", "Answer(0)", "Levels(4)"]


def test_a_model_goes_into_an_expansion(machine: Machine) -> None:
    nodes = {"u": entry("UseModel", model=outer("sound"), value=2)}
    prompt = answering(nodes, inner("u"), sound=link("m")) | {"m": entry("LoadModel")}
    assert machine.run(prompt).value("show") == "small 2"
    assert machine.run(prompt).calls == []
