"""Why a call ran: one short reason that a person can act on."""

from __future__ import annotations

import dataclasses

from patchbay.events import NodeStarted
from tests.machine import Machine, Prompt, entry, link, notes


def reasons(machine: Machine, prompt: Prompt, job: str = "job") -> dict[str, str]:
    """For each node that ran, why."""
    ran = machine.run(prompt, explaining=True, job=job)
    assert ran.status == "done", ran.messages
    return {event.node: event.reason for event in ran.of(NodeStarted)}


def adding(**inputs: object) -> Prompt:
    return {"add": entry("Add", **inputs), "show": entry("Show", value=link("add"))}


def test_what_was_never_run_has_no_record(machine: Machine) -> None:
    assert reasons(machine, adding(a=1)) == {"add": "no record", "show": "no record"}


def test_what_is_known_needs_no_reason(machine: Machine) -> None:
    machine.run(adding(a=1))
    assert reasons(machine, adding(a=1)) == {}


def test_without_asking_there_are_no_reasons(machine: Machine) -> None:
    ran = machine.run(adding(a=1))
    assert {event.reason for event in ran.of(NodeStarted)} == {""}


def test_the_input_that_changed_is_named(machine: Machine) -> None:
    machine.run(adding(a=1, b=2))
    assert reasons(machine, adding(a=1, b=3)) == {
        "add": "input b changed",
        "show": "input value changed",
    }


def test_all_inputs_that_changed_are_named(machine: Machine) -> None:
    machine.run(adding(a=1, b=2))
    assert reasons(machine, adding(a=7, b=3))["add"] == "input a changed and input b changed"


def test_the_most_similar_call_is_what_it_is_compared_with(machine: Machine) -> None:
    machine.run(adding(a=1, b=2))
    machine.run(adding(a=5, b=6))
    assert reasons(machine, adding(a=1, b=6))["add"] == "input a changed"


def test_calls_of_the_same_run_are_no_reason(machine: Machine) -> None:
    """What a list's first item just gave says nothing of why the second ran."""
    prompt = {
        "one": entry("Add", a=1),
        "two": entry("Add", a=link("one")),
        "show": entry("Show", value=link("two")),
    }
    assert reasons(machine, prompt)["two"] == "no record"


def test_edited_code_is_named(machine: Machine) -> None:
    machine.run(adding(a=1))
    specs = dict(machine.catalogue.specs)
    specs["Add"] = dataclasses.replace(specs["Add"], version="edited")
    machine.catalogue = dataclasses.replace(machine.catalogue, specs=specs)
    assert reasons(machine, adding(a=1)) == {"add": "its code changed"}


def test_another_engine_is_named(machine: Machine) -> None:
    prompt = {"m": entry("Multiply", value=3), "show": entry("Show", value=link("m"))}
    machine.run(prompt)
    notes().WORLD["fast"] = True
    assert reasons(machine, prompt)["m"] == "engine slow became fast"


def test_a_node_that_is_never_kept_says_so(machine: Machine) -> None:
    prompt = {"d": entry("Dice"), "show": entry("Show", value=link("d"))}
    machine.run(prompt, job="a")
    assert reasons(machine, prompt, job="b")["d"] == "it is never kept: pure=False"


def test_a_file_that_is_gone_is_a_reason(machine: Machine) -> None:
    prompt = {"s": entry("SaveText", text="x")}
    machine.run(prompt)
    (machine.folders.output / "note_00001_.txt").unlink()
    assert reasons(machine, prompt) == {"s": "its file is gone"}


def test_bytes_that_are_gone_are_a_reason(machine: Machine) -> None:
    prompt: Prompt = {
        "tone": entry("Tone"),
        "level": entry("Level", audio=link("tone")),
        "show": entry("Show", value=link("level")),
    }
    machine.run(prompt)
    for path in machine.value_files():
        path.unlink()
    prompt["level"] = entry("Levels", sounds=link("tone"))
    assert reasons(machine, prompt)["tone"] == "its bytes are gone"


def test_a_fingerprint_that_changed_is_a_reason(machine: Machine) -> None:
    prompt = {"w": entry("Weather", place="Oslo"), "show": entry("Show", value=link("w"))}
    machine.run(prompt)
    notes().WORLD["Oslo"] = 1
    assert reasons(machine, prompt)["w"] == "what lies outside changed"


def test_a_new_item_of_a_list_is_explained_by_its_input(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=2),
        "add": entry("Add", a=link("list")),
        "show": entry("Show", value=link("add")),
    }
    machine.run(prompt)
    prompt["list"] = entry("Count", upto=3)
    assert reasons(machine, prompt)["add"] == "input a changed"
