"""What makes a call the same call: the promises of keys, lists, lazy inputs and the world."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from patchbay.events import NodeCached, NodeFailed, NodeSkipped, NodeStarted, Started
from patchbay.types import NodeSpec, Resource
from tests.machine import Machine, Prompt, Ran, chain, entry, link, notes
from tests.test_store import damage


def shown(node: Mapping[str, Any]) -> Prompt:
    """A node, and a sink for its first output."""
    return {"node": node, "show": entry("Show", value=link("node"))}


# Keys


def test_a_key_does_not_depend_on_the_nodes_id(machine: Machine) -> None:
    machine.run(shown(entry("Add", a=1, b=2)))
    renamed = {"x": entry("Add", a=1, b=2), "y": entry("Show", value=link("x"))}
    assert machine.run(renamed).calls == []


def test_a_key_does_not_depend_on_the_order_of_inputs(machine: Machine) -> None:
    machine.run(shown(entry("Add", a=1, b=2)))
    assert machine.run(shown(entry("Add", b=2, a=1))).calls == []


def test_a_key_does_not_depend_on_where_a_value_comes_from(machine: Machine) -> None:
    machine.run(shown(entry("Add", a=1, b=2)))
    linked = shown(entry("Add", a=link("one"), b=2)) | {"one": entry("Number", value=1)}
    assert machine.run(linked).calls == ["Number(1)"]


def test_a_default_is_the_same_as_its_value(machine: Machine) -> None:
    machine.run(shown(entry("Add", a=1)))
    assert machine.run(shown(entry("Add", a=1, b=1))).calls == []


def test_inputs_do_not_change_places(machine: Machine) -> None:
    machine.run(shown(entry("Add", a=1, b=2)))
    ran = machine.run(shown(entry("Add", a=2, b=1)))
    assert ran.calls == ["Add(2, 1)"]


@pytest.mark.parametrize(
    ("one", "other"), [(1, 1.0), (1, True), (1, "1"), (0, False), ("", None), ([1], 1), (0.0, -0.0)]
)
def test_values_that_python_calls_equal_have_their_own_keys(
    machine: Machine, one: Any, other: Any
) -> None:
    first = machine.run(shown(entry("Anything", value={"__value__": [one]})))
    second = machine.run(shown(entry("Anything", value={"__value__": [other]})))
    assert len(first.calls) == 2
    assert len(second.calls) == 2
    assert repr(second.value("show")) == repr([other])


def test_two_types_with_the_same_fields_have_their_own_keys(machine: Machine) -> None:
    """A recipe, and an object that looks just like it, are not the same to a node."""
    recipe = {
        "node": entry("MakeRecipe"),
        "kind": entry("KindOf", value=link("node")),
        "show": entry("Show", value=link("kind")),
    }
    assert machine.run(recipe).value("show") == "Recipe"
    fields = {
        "title": "snow", "mood": "calm", "bpm": 80, "tonic": "C", "mode": "major",
        "instruments": ["piano"], "ambience": "none", "prompt": "", "swing": 0.0,
        "sections": [{"name": "verse", "bars": 4, "energy": 0.5}],
    }  # fmt: skip
    recipe["node"] = entry("MakeObject", fields=fields)
    assert machine.run(recipe).value("show") == "dict"


def test_a_value_is_the_same_whether_it_was_just_made_or_read_back(machine: Machine) -> None:
    prompt = {
        "node": entry("MakeTuple"),
        "kind": entry("KindOf", value=link("node")),
        "show": entry("Show", value=link("kind")),
    }
    first = machine.run(prompt).value("show")
    prompt["kind"] = entry("Anything", value=link("node"))
    prompt["last"] = entry("KindOf", value=link("kind"))
    prompt["show"] = entry("Show", value=link("last"))
    assert machine.run(prompt).value("show") == first


def test_a_nodes_version_is_in_its_key(machine: Machine) -> None:
    machine.run(chain(3))
    specs = dict(machine.catalogue.specs)
    specs["Add"] = dataclasses.replace(specs["Add"], version="edited")
    machine.catalogue = dataclasses.replace(machine.catalogue, specs=specs)
    assert machine.run(chain(3)).calls == ["Add(1, 1)"]


def test_the_same_node_of_another_pack_is_another_node(machine: Machine) -> None:
    machine.run(chain(3))
    specs = dict(machine.catalogue.specs)
    specs["Add"] = dataclasses.replace(specs["Add"], pack="other")
    machine.catalogue = dataclasses.replace(machine.catalogue, specs=specs)
    assert machine.run(chain(3)).calls == ["Add(1, 1)"]


@pytest.mark.parametrize("resource", ["cpu", "gpu", "io"])
def test_where_a_node_runs_is_not_in_its_key(machine: Machine, resource: Resource) -> None:
    machine.run(chain(3))
    specs: dict[str, NodeSpec] = dict(machine.catalogue.specs)
    specs["Add"] = dataclasses.replace(specs["Add"], resource=resource)
    machine.catalogue = dataclasses.replace(machine.catalogue, specs=specs)
    assert machine.run(chain(3)).calls == []


# Engines


def test_auto_takes_the_first_engine_that_works_here(machine: Machine) -> None:
    ran = machine.run(shown(entry("Multiply", value=3)))
    assert ran.calls[0] == "Multiply(3, 'slow')"
    assert ran.of(NodeStarted)[0].engine == "slow"


def test_the_engine_that_works_is_in_the_key_and_not_the_word_auto(machine: Machine) -> None:
    machine.run(shown(entry("Multiply", value=3)))
    assert machine.run(shown(entry("Multiply", value=3, engine="slow"))).calls == []
    notes().WORLD["fast"] = True
    ran = machine.run(shown(entry("Multiply", value=3)))
    assert ran.calls == ["Multiply(3, 'fast')", "Show(300)"]


def test_an_engines_revision_is_in_the_key(machine: Machine) -> None:
    machine.run(shown(entry("Multiply", value=3)))
    specs = dict(machine.catalogue.specs)
    old = specs["Multiply"]
    better = tuple(dataclasses.replace(engine, revision="3") for engine in old.engines)
    specs["Multiply"] = dataclasses.replace(old, engines=better)
    machine.catalogue = dataclasses.replace(machine.catalogue, specs=specs)
    assert machine.run(shown(entry("Multiply", value=3))).calls == ["Multiply(3, 'slow')"]


def test_an_engine_that_is_not_here_is_refused_with_what_it_needs(machine: Machine) -> None:
    ran = machine.run(shown(entry("Multiply", value=3, engine="fast")))
    assert ran.calls == []
    assert ran.outcome.problems[0].code == "engine_unavailable"
    assert "fast: it is not installed: pip install fast" in ran.messages[0]


def test_an_engine_is_not_chosen_by_a_link(machine: Machine) -> None:
    prompt = shown(entry("Multiply", value=3, engine=link("kind")))
    prompt["kind"] = entry("KindOf", value=1)
    assert "choose its engine by hand" in machine.run(prompt).messages[0]


def test_a_node_learns_which_engines_had_a_part_in_its_inputs(machine: Machine) -> None:
    prompt = shown(entry("ListEngines", value=link("add")))
    prompt["add"] = entry("Add", a=link("m"))
    prompt["m"] = entry("Multiply", value=3)
    prompt["beside"] = entry("Multiply", value=4, engine="slow")
    assert machine.run(prompt).value("show") == "slow"


# Opaque values


def model() -> Prompt:
    return {
        "load": entry("LoadModel", name="big"),
        "tune": entry("TuneModel", model=link("load"), amount=2),
        "use": entry("UseModel", model=link("tune"), value=5),
        "show": entry("Show", value=link("use")),
    }


def test_a_model_is_loaded_only_if_a_call_that_uses_it_must_run(machine: Machine) -> None:
    first = machine.run(model())
    assert first.calls[:3] == ["LoadModel('big')", "TuneModel('big', 2)", "UseModel('big+2', 5)"]
    assert machine.run(model()).calls == []


def test_a_model_that_is_needed_again_is_made_again_with_all_it_is_made_from(
    machine: Machine,
) -> None:
    machine.run(model())
    prompt = model()
    prompt["use"] = entry("UseModel", model=link("tune"), value=6)
    ran = machine.run(prompt, explaining=True)
    assert ran.calls == [
        "LoadModel('big')", "TuneModel('big', 2)", "UseModel('big+2', 6)", "Show('big+2 6')",
    ]  # fmt: skip
    reasons = {str(event.node): event.reason for event in ran.of(NodeStarted)}
    assert reasons["load"] == "its value lives in memory only"


def test_a_model_stays_in_memory_between_runs_of_one_process(machine: Machine) -> None:
    with machine.session() as session:
        first = session.start(model(), job="first")
        session.go(first.go)
        prompt = model()
        prompt["use"] = entry("UseModel", model=link("tune"), value=6)
        notes().CALLS.clear()
        second = session.start(prompt, job="second")
        session.go(second.go)
    assert notes().CALLS == ["UseModel('big+2', 6)", "Show('big+2 6')"]


def test_a_model_is_named_by_what_it_is_made_from(machine: Machine) -> None:
    machine.run(model())
    prompt = model()
    prompt["load"] = entry("LoadModel", name="small")
    assert machine.run(prompt).calls[2] == "UseModel('small+2', 5)"


# The world outside


def test_a_node_that_is_not_pure_is_never_kept(machine: Machine) -> None:
    prompt = shown(entry("Dice"))
    assert machine.run(prompt, job="a").calls == ["Dice()", "Show(1)"]
    assert machine.run(prompt, job="b").calls == ["Dice()", "Show(2)"]
    notes().WORLD["dice"] = 0
    assert machine.run(prompt, job="c").calls == ["Dice()"]


def test_two_nodes_that_are_not_pure_do_not_share_a_call(machine: Machine) -> None:
    prompt = {
        "a": entry("Dice"),
        "b": entry("Dice"),
        "sum": entry("Total", values=link("a"), **{"values.2": link("b")}),
        "show": entry("Show", value=link("sum")),
    }
    assert machine.run(prompt).value("show") == 3


def test_a_node_that_is_not_pure_runs_once_for_all_that_use_it(machine: Machine) -> None:
    prompt = {
        "a": entry("Dice"),
        "left": entry("Add", a=link("a"), b=0),
        "right": entry("Add", a=link("a"), b=10),
        "x": entry("Show", value=link("left")),
        "y": entry("Show", value=link("right")),
    }
    ran = machine.run(prompt)
    assert ran.calls.count("Dice()") == 1
    assert (ran.value("x"), ran.value("y")) == (1, 11)


def test_a_fingerprint_makes_a_call_another_when_the_world_changes(machine: Machine) -> None:
    prompt = shown(entry("Weather", place="Oslo"))
    machine.run(prompt)
    assert machine.run(prompt).calls == []
    notes().WORLD["Oslo"] = "snow"
    ran = machine.run(prompt, explaining=True)
    assert ran.calls == ["Weather('Oslo')", "Show('Oslo: snow')"]
    assert ran.of(NodeStarted)[0].reason == "what lies outside changed"


def test_a_fingerprint_gets_long_texts_too(machine: Machine) -> None:
    ran = machine.run(shown(entry("Watch", text="word " * 2_000)))
    assert ran.messages == []
    assert ran.value("show") == 10_000


def test_a_file_is_known_by_its_content(machine: Machine) -> None:
    path = machine.folders.input / "a.txt"
    path.write_text("one")
    prompt = shown(entry("ReadText", file="a.txt"))
    assert machine.run(prompt).value("show") == "one"
    path.write_text("one")
    assert machine.run(prompt).calls == []
    path.write_text("two")
    assert machine.run(prompt).calls == ["ReadText('a.txt')", "Show('two')"]


def test_the_same_file_in_another_folder_is_the_same_file(machine: Machine) -> None:
    for folder in ("x", "y"):
        (machine.folders.input / folder).mkdir()
        (machine.folders.input / folder / "a.txt").write_text("one")
    machine.run(shown(entry("ReadText", file="x/a.txt")))
    assert machine.run(shown(entry("ReadText", file="y/a.txt"))).calls == []


def test_a_file_with_another_name_is_another_input(machine: Machine) -> None:
    """A node may choose how to read it by its suffix."""
    for name in ("a.wav", "a.flac"):
        (machine.folders.input / name).write_text("sound")
    machine.run(shown(entry("ReadSound", file="a.wav")))
    assert machine.run(shown(entry("ReadSound", file="a.flac"))).value("show") == ".flac"


def test_a_file_named_through_a_link_is_known_by_its_content_too(machine: Machine) -> None:
    path = machine.folders.input / "a.txt"
    path.write_text("one")
    prompt = shown(entry("ReadText", file=link("name")))
    prompt["name"] = entry("Anything", value="a.txt")
    assert machine.run(prompt).messages == []
    path.write_text("two")
    assert machine.run(prompt).calls == ["ReadText('a.txt')", "Show('two')"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.txt", "is not there"),
        ("", "no file is named"),
        ("folder", "is a folder"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_its_input(
    machine: Machine, name: str, message: str
) -> None:
    (machine.folders.input / "folder").mkdir()
    ran = machine.run(shown(entry("ReadText", file=name)))
    (problem,) = ran.outcome.problems
    assert (problem.code, problem.node, problem.input) == ("bad_file", "node", "file")
    assert message in problem.message
    assert ran.calls == []


# Lists


def listed(machine: Machine, node: Mapping[str, Any], size: int) -> Ran:
    return machine.run(shown(node) | {"list": entry("Count", upto=size)})


def test_a_node_runs_once_for_each_item_of_a_list(machine: Machine) -> None:
    ran = listed(machine, entry("Add", a=link("list"), b=10), 3)
    assert ran.calls[1:4] == ["Add(0, 10)", "Add(1, 10)", "Add(2, 10)"]
    assert ran.values["show"] == ([10, 11, 12],)


def test_when_a_list_grows_only_the_new_items_run(machine: Machine) -> None:
    listed(machine, entry("Add", a=link("list"), b=10), 3)
    ran = listed(machine, entry("Add", a=link("list"), b=10), 5)
    assert ran.calls == ["Count(5)", "Add(3, 10)", "Add(4, 10)", "Show(13)", "Show(14)"]


def test_when_one_item_changes_one_call_runs(machine: Machine) -> None:
    prompt = {f"n{i}": entry("Number", value=i) for i in range(8)}
    prompt |= {f"h{i}": entry("Heavy", value=link(f"n{i}")) for i in range(8)}
    prompt["node"] = entry("Total", **{f"values.{i}": link(f"h{i}") for i in range(8)})
    prompt["show"] = entry("Show", value=link("node"))
    machine.run(prompt)
    prompt["n3"] = entry("Number", value=30)
    ran = machine.run(prompt)
    assert ran.calls[:2] == ["Number(30)", "Heavy(30)"]
    assert len(ran.calls) == 4


def test_an_empty_list_makes_no_calls(machine: Machine) -> None:
    ran = listed(machine, entry("Add", a=link("list"), b=10), 0)
    assert ran.calls == ["Count(0)"]
    assert ran.values["show"] == ([],)
    assert ran.status == "done"


def test_an_empty_list_is_a_whole_list_to_a_node_that_takes_many(machine: Machine) -> None:
    ran = listed(machine, entry("Total", values=link("list")), 0)
    assert ran.calls == ["Count(0)", "Total()", "Show(0)"]


def test_a_shorter_list_repeats_its_last_item(machine: Machine) -> None:
    prompt = shown(entry("Add", a=link("long"), b=link("short")))
    prompt["long"] = entry("Count", upto=4)
    prompt["short"] = entry("Count", upto=2)
    assert machine.run(prompt).values["show"] == ([0, 2, 3, 4],)


def test_links_to_an_input_that_takes_many_are_joined_in_their_order(machine: Machine) -> None:
    prompt: Prompt = {str(i): entry("Number", value=i) for i in range(12)}
    prompt["node"] = entry("Total", **{f"values.{i}": link(str(i)) for i in range(11, 0, -1)})
    prompt["node"]["inputs"]["values"] = link("0")
    prompt["show"] = entry("Show", value=link("node"))
    ran = machine.run(prompt)
    assert f"Total({', '.join(map(str, range(12)))})" in ran.calls


def test_a_list_and_single_values_join_to_one_list(machine: Machine) -> None:
    prompt = shown(entry("Total", values=link("list"), **{"values.2": 7, "values.3": link("n")}))
    prompt["list"] = entry("Count", upto=3)
    prompt["n"] = entry("Number", value=9)
    assert "Total(0, 1, 2, 7, 9)" in machine.run(prompt).calls


def test_a_literal_list_is_a_whole_list(machine: Machine) -> None:
    ran = machine.run(shown(entry("Total", values=[1, 2, 3])))
    assert ran.calls == ["Total(1, 2, 3)", "Show(6)"]


def test_each_output_of_a_node_has_its_own_list(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=4),
        "halve": entry("Halve", value=link("list")),
        "low": entry("Show", value=link("halve", 0)),
        "high": entry("Show", value=link("halve", 1)),
    }
    ran = machine.run(prompt)
    assert ran.values["low"] == ([0, 0, 1, 1],)
    assert ran.values["high"] == ([0, 1, 1, 2],)


def test_equal_items_share_one_call(machine: Machine) -> None:
    prompt = shown(entry("Heavy", value=link("sign")))
    prompt["list"] = entry("Count", upto=5)
    prompt["sign"] = entry("Sign", value=link("list"))
    ran = machine.run(prompt)
    assert ran.values["show"] == ([0, 2, 2, 2, 2],)
    assert [call for call in ran.calls if call.startswith("Heavy")] == ["Heavy(0)", "Heavy(1)"]


# Lazy inputs


def picking(first: Any) -> Prompt:
    return {
        "a": entry("Add", a=1, b=0),
        "b": entry("Add", a=2, b=0),
        "pick": entry("Pick", first=first, a=link("a"), b=link("b")),
        "show": entry("Show", value=link("pick")),
    }


def test_the_branch_not_taken_is_not_run(machine: Machine) -> None:
    ran = machine.run(picking(True))
    assert ran.calls == ["Add(1, 0)", "Pick(1)", "Show(1)"]
    assert "b" not in ran.of(Started)[0].nodes


def test_the_other_branch_runs_when_it_is_its_turn(machine: Machine) -> None:
    machine.run(picking(True))
    ran = machine.run(picking(False))
    assert ran.calls == ["Add(2, 0)", "Pick(2)", "Show(2)"]


def test_a_change_in_the_branch_not_taken_runs_nothing(machine: Machine) -> None:
    machine.run(picking(True))
    prompt = picking(True)
    prompt["b"] = entry("Add", a=20, b=0)
    assert machine.run(prompt).calls == []


def test_a_failure_in_the_branch_not_taken_does_not_matter(machine: Machine) -> None:
    prompt = picking(True)
    prompt["b"] = entry("Fail")
    assert machine.run(prompt).status == "done"
    prompt = picking(False)
    prompt["b"] = entry("Fail")
    ran = machine.run(prompt)
    assert ran.nodes(NodeFailed) == ["b"]
    assert ran.nodes(NodeSkipped) == ["pick", "show"]


def test_a_choice_may_depend_on_a_computed_value(machine: Machine) -> None:
    prompt = picking(link("which"))
    prompt["which"] = entry("IsPositive", value=link("n"))
    prompt["n"] = entry("Number", value=3)
    assert machine.run(prompt).value("show") == 1
    prompt["n"] = entry("Number", value=-3)
    assert machine.run(prompt).value("show") == 2


def test_a_choice_without_a_value_takes_no_branch(machine: Machine) -> None:
    prompt = picking(link("which"))
    prompt["which"] = entry("IsPositive", value=0)
    ran = machine.run(prompt)
    assert ran.calls == ["IsPositive(0)"]
    assert ran.status == "done"


def test_a_choice_for_each_item_of_a_list(machine: Machine) -> None:
    prompt = picking(link("which"))
    prompt["list"] = entry("Count", upto=3)
    prompt["shifted"] = entry("Add", a=link("list"), b=1)
    prompt["mixed"] = entry("FailAt", value=link("shifted"), at=99)
    prompt["which"] = entry("IsPositive", value=link("mixed"))
    assert machine.run(prompt).values["show"] == ([1, 1, 1],)


def test_a_choice_by_a_large_value_reads_it_again_after_trimming(machine: Machine) -> None:
    prompt = {
        "tone": entry("Tone", pitch=3),
        "n": entry("Number", value=8),
        "pick": entry("PickBySound", audio=link("tone"), then=link("n")),
        "show": entry("Show", value=link("pick")),
    }
    assert machine.run(prompt, limit_bytes=0).value("show") == 8
    assert machine.value_files() == []
    prompt["n"] = entry("Number", value=9)
    ran = machine.run(prompt)
    assert ran.value("show") == 9
    assert ran.calls == ["Tone(3)", "Number(9)", "PickBySound(9)", "Show(9)"]


@pytest.mark.parametrize(
    "use",
    [
        entry("PickBySound", audio=link("tone"), then=3),
        entry("Hear", audio=link("tone")),
    ],
    ids=["needs", "fingerprint"],
)
def test_a_damaged_value_that_is_read_before_there_is_a_key_is_made_again(
    machine: Machine, use: Any
) -> None:
    prompt: Prompt = {
        "tone": entry("Tone", pitch=3),
        "use": entry("Level", audio=link("tone")),
        "show": entry("Show", value=link("use")),
    }
    machine.run(prompt)
    damage(machine.value_files()[0])
    prompt["use"] = use
    ran = machine.run(prompt, live_bytes=0)
    assert ran.messages == []
    assert ran.value("show") == 3
    assert ran.calls[0] == "Tone(3)"
    assert ran.warnings == ("a damaged value was removed from the cache: it is made again",)


def test_a_node_that_asks_for_what_it_does_not_have_is_named(machine: Machine) -> None:
    ran = machine.run(shown(entry("Confused", a=1)))
    assert ran.outcome.problems[0].code == "bad_input"
    assert "it asks for 'nonsense'" in ran.messages[0]


def test_a_lazy_input_that_nobody_links_is_nothing(machine: Machine) -> None:
    ran = machine.run(shown(entry("PickBySound", audio=link("tone"))) | {"tone": entry("Tone")})
    assert ran.calls == ["Tone(1)", "PickBySound(None)", "Show(0)"]


# Blocked


def test_what_depends_on_a_blocked_value_is_not_run(machine: Machine) -> None:
    prompt = {
        "only": entry("Positive", value=-1),
        "after": entry("Add", a=link("only")),
        "lost": entry("Show", value=link("after")),
        "fine": entry("Show", value=5),
    }
    ran = machine.run(prompt)
    assert sorted(ran.calls) == ["Positive(-1)", "Show(5)"]
    assert ran.status == "done"
    assert sorted(ran.nodes(NodeSkipped)) == ["after", "lost"]
    assert {event.reason for event in ran.of(NodeSkipped)} == {"-1 is not positive"}


def test_of_a_list_only_the_blocked_items_are_left_out(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=3),
        "only": entry("Positive", value=link("list")),
        "after": entry("Heavy", value=link("only")),
        "show": entry("Show", value=link("after")),
    }
    ran = machine.run(prompt)
    assert sorted(call for call in ran.calls if call.startswith(("Heavy", "Show"))) == [
        "Heavy(1)", "Heavy(2)", "Show(2)", "Show(4)",
    ]  # fmt: skip
    assert "after" not in ran.nodes(NodeSkipped)


def test_a_blocked_value_is_remembered(machine: Machine) -> None:
    prompt = shown(entry("Positive", value=-1))
    machine.run(prompt)
    ran = machine.run(prompt)
    assert ran.calls == []
    assert ran.nodes(NodeCached) == ["node"]
    assert ran.nodes(NodeSkipped) == ["show"]


# What is checked when a call runs


def test_a_linked_value_out_of_range_is_refused_with_its_input(machine: Machine) -> None:
    prompt = shown(entry("Clamp", value=link("n"))) | {"n": entry("Number", value=11)}
    ran = machine.run(prompt)
    (problem,) = ran.outcome.problems
    assert (problem.code, problem.node, problem.input) == ("bad_input", "node", "value")
    assert "11 is outside 0 to 10" in problem.message
    assert ran.calls == ["Number(11)"]


@pytest.mark.parametrize("wrong", ["text", 1.5, True, [1], {"a": 1}])
def test_a_value_of_another_type_through_a_link_of_any_type_is_refused(
    machine: Machine, wrong: Any
) -> None:
    prompt = shown(entry("Clamp", value=link("any")))
    prompt["any"] = entry("Anything", value={"__value__": wrong})
    ran = machine.run(prompt)
    (problem,) = ran.outcome.problems
    assert (problem.code, problem.node, problem.input) == ("bad_input", "node", "value")


def test_a_value_that_is_no_sound_is_refused_where_sound_is_taken(machine: Machine) -> None:
    prompt = shown(entry("Level", audio=link("any"))) | {"any": entry("Anything", value=3)}
    ran = machine.run(prompt)
    assert ran.messages == ["input 'audio' takes AUDIO, but was given INT"]
    assert ran.outcome.problems[0].input == "audio"


def test_one_wrong_item_of_a_whole_list_is_refused(machine: Machine) -> None:
    prompt = shown(entry("Levels", sounds=link("a"), **{"sounds.2": link("b")}))
    prompt["a"] = entry("Tone")
    prompt["b"] = entry("Anything", value=3)
    ran = machine.run(prompt)
    assert ran.outcome.problems[0].input == "sounds"


def test_a_whole_number_is_a_number(machine: Machine) -> None:
    prompt = shown(entry("Half", value=link("n"))) | {"n": entry("Number", value=3)}
    assert machine.run(prompt).calls == ["Number(3)", "Half(3.0)", "Show(1.5)"]


@pytest.mark.parametrize("kind", ["text", "set", "enum", "none", "bool"])
def test_an_output_of_another_type_is_refused(machine: Machine, kind: str) -> None:
    ran = machine.run(shown(entry("Wrong", kind=kind)))
    assert ran.outcome.problems[0].code == "bad_output"
    assert ran.nodes(NodeFailed) == ["node"]


def test_another_number_of_outputs_is_refused(machine: Machine) -> None:
    ran = machine.run(shown(entry("WrongPair", size=3)))
    assert ran.outcome.problems[0].code == "bad_output"
    assert "first, second" in ran.messages[0]


def test_a_plain_tuple_will_do_for_several_outputs(machine: Machine) -> None:
    assert machine.run(shown(entry("WrongPair", size=2))).value("show") == 1


def test_a_numpy_number_is_a_number_to_the_next_node(machine: Machine) -> None:
    prompt = shown(entry("Add", a=link("n"), b=1)) | {"n": entry("FromNumpy", value=3)}
    ran = machine.run(prompt)
    assert ran.messages == []
    assert ran.value("show") == 4


def test_sound_with_a_hole_in_it_is_refused(machine: Machine) -> None:
    ran = machine.run(shown(entry("Noisy")))
    assert ran.outcome.problems[0].code == "bad_media"
    assert "sample 1 is not finite" in ran.messages[0]


def test_what_is_shown_must_be_plain(machine: Machine) -> None:
    ran = machine.run(shown(entry("ShowsObject")))
    assert "a node can show JSON values only, not a object" in ran.messages[0]


def test_literals_are_made_once_for_a_process(machine: Machine) -> None:
    with machine.session() as session:
        evaluator = session.parts.evaluator
        node = session.node(shown(entry("Add", a=1, b=1)), "node")
        port = node.spec.ports["a"]
        assert evaluator.literal(node, port, 1)[0] is evaluator.literal(node, port, 1)[0]
        zero, negative = (evaluator.literal(node, None, value)[0] for value in (0.0, -0.0))
        assert zero.digest != negative.digest


def test_paths_may_lie_anywhere_unless_they_are_confined(machine: Machine, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("far away")
    prompt = shown(entry("ReadText", file=str(outside)))
    assert machine.run(prompt).value("show") == "far away"
    machine.folders = dataclasses.replace(machine.folders, confined=True)
    ran = machine.run(prompt)
    assert ran.status == "failed"
    assert "leaves its folder" in ran.messages[0]
