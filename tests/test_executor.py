"""What the executor promises to nodes: where they run, what they are lent, what comes back."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from patchbay.executor.base import Cancel
from patchbay.executor.local import Local
from tests.machine import Machine, chain, drive, entry, link


def test_trivial_nodes_run_on_the_spot(machine: Machine) -> None:
    before = threading.active_count()
    machine.run(chain(50))
    assert threading.active_count() == before


def test_a_scratch_folder_is_empty_at_first_and_gone_in_the_end(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=3),
        "s": entry("Scribble", value=link("list")),
        "show": entry("Show", value=link("s")),
    }
    ran = machine.run(prompt)
    assert sorted(call for call in ran.calls if call.startswith("Scribble")) == [
        "Scribble('0')", "Scribble('1')", "Scribble('2')",
    ]  # fmt: skip
    (folders,) = ran.values["show"]
    assert len(set(folders)) == 3
    assert not any(Path(folder).exists() for folder in folders)
    assert not list((machine.cache / "v1" / "scratch").iterdir())


def test_a_scratch_folder_is_removed_after_a_failure_too(machine: Machine) -> None:
    prompt = {
        "s": entry("Scribble", value=link("bad")),
        "bad": entry("Anything", value="x"),
        "t": entry("FailWorking", value=1),
        "show": entry("Show", value=link("s")),
        "u": entry("Show", value=link("t")),
    }
    machine.run(prompt)
    assert not list((machine.cache / "v1" / "scratch").iterdir())


def test_cancelling_twice_is_cancelling_once() -> None:
    cancel = Cancel()
    assert not cancel
    cancel.set()
    cancel.set()
    assert cancel


def test_a_closed_executor_ends_its_threads(machine: Machine) -> None:
    prompt = {
        "h": entry("Heavy", value=1),
        "r": entry("Render", value=2),
        "t": entry("Total", values=link("h"), **{"values.2": link("r")}),
        "show": entry("Show", value=link("t")),
    }
    before = set(threading.enumerate())
    machine.run(prompt)
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("patchbay-"):
            thread.join(60)
            assert not thread.is_alive()


def test_an_executor_that_was_closed_can_be_used_again(machine: Machine) -> None:
    with machine.session() as session:
        for number in range(3):
            prompt = {"h": entry("Heavy", value=number), "s": entry("Show", value=link("h"))}
            ran = drive(session, lambda prompt=prompt: session.start(prompt))  # type: ignore[misc]  # bound here
            assert ran.value("s") == 2 * number


def test_as_many_cpu_calls_run_at_once_as_there_are_cores(machine: Machine) -> None:
    """With one core two nodes that wait for each other would never meet: here one opens the gate
    for the other only because each has a thread."""
    prompt = {
        "hold": entry("Hold", value=1),
        "heavy": entry("Heavy", value=2),
        "open": entry("OpenGate", value=link("heavy")),
        "total": entry("Total", values=link("hold"), **{"values.2": link("open")}),
        "show": entry("Show", value=link("total")),
    }
    assert machine.run(prompt, cores=2).value("show") == 5


def test_by_default_there_is_a_thread_for_each_core(machine: Machine) -> None:
    with machine.session() as session:
        executor = Local(session.store, machine.catalogue.named)
        assert executor._lanes["cpu"] == len(os.sched_getaffinity(0))
        assert executor._lanes["gpu"] == 1


@pytest.mark.parametrize("node", ["Heavy", "Render", "Add"])
def test_inputs_are_given_by_name_and_converted(machine: Machine, node: str) -> None:
    name = "a" if node == "Add" else "value"
    prompt = {"x": entry(node, **{name: 3.0}), "s": entry("Show", value=link("x"))}
    assert machine.run(prompt).calls[0] in ("Heavy(3)", "Render(3)", "Add(3, 1)")


def test_an_optional_input_that_is_not_given_is_none(machine: Machine) -> None:
    prompt = {"x": entry("Answer", nodes={}, gives={"outer": "sound"}), "s": entry("Show", value=1)}
    ran = machine.run(prompt | {"t": entry("Show", value=link("x"))})
    assert "its input 'sound', which is not given" in ran.messages[0]
