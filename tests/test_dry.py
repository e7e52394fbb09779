"""What a run would do, found out without running anything."""

from __future__ import annotations

from typing import Any

from patchbay import dry
from patchbay.dry import Plan
from patchbay.types import NodeId
from tests.machine import Machine, Prompt, chain, entry, link, notes


def plan(machine: Machine, prompt: Prompt, *targets: str) -> Plan:
    """A plan, made as by a process of its own; no node's function may be called."""
    calls = len(notes().CALLS)
    with machine.session() as session:
        graph = session.graph(prompt)

        async def main() -> Plan:
            return await dry.plan(graph, tuple(NodeId(id_) for id_ in targets), session.parts)

        records = session.store.records.count()
        found = session.go(main)
        assert session.store.records.count() == records
        assert session.parts.flights == {}
    assert len(notes().CALLS) == calls
    assert machine.warnings == []
    return found


def states(found: Plan) -> dict[str, str]:
    return {node.node: node.state for node in found.nodes}


def test_everything_runs_where_nothing_is_known(machine: Machine) -> None:
    found = plan(machine, chain(4))
    assert states(found) == {"0": "runs", "1": "depends", "2": "depends", "3": "depends"}
    assert found.nodes[0].reason == "no record"
    assert found.seconds is None


def test_nothing_runs_where_all_is_known(machine: Machine) -> None:
    machine.run(chain(4))
    found = plan(machine, chain(4))
    assert set(states(found).values()) == {"known"}
    assert found.seconds == 0


def test_a_change_shows_where_it_is_and_what_it_may_reach(machine: Machine) -> None:
    machine.run(chain(4))
    prompt = chain(4)
    prompt["1"]["inputs"]["b"] = 7
    found = plan(machine, prompt)
    assert states(found) == {"0": "known", "1": "runs", "2": "depends", "3": "depends"}
    assert [node.reason for node in found.nodes if node.state == "runs"] == ["input b changed"]
    assert found.seconds is not None


def test_only_what_the_targets_need_is_planned(machine: Machine) -> None:
    prompt = chain(3) | {"x": entry("Number", value=5), "y": entry("Show", value=link("x"))}
    assert states(plan(machine, prompt, "y")) == {"x": "runs", "y": "depends"}


def test_calls_of_a_list_are_counted(machine: Machine) -> None:
    prompt = {
        "1": entry("Count", upto=3),
        "2": entry("Add", a=link("1"), b=1),
        "3": entry("Show", value=link("2")),
    }
    machine.run(prompt)
    prompt["1"]["inputs"]["upto"] = 5
    machine.run({"1": prompt["1"], "2": entry("Show", value=link("1"))})  # only the list
    found = {str(node.node): node for node in plan(machine, prompt).nodes}
    assert (found["2"].state, found["2"].calls) == ("runs", 2)


def test_an_expansion_that_is_known_is_followed(machine: Machine) -> None:
    prompt = {"1": entry("AddIfOdd", value=3), "2": entry("Show", value=link("1"))}
    machine.run(prompt)
    assert set(states(plan(machine, prompt)).values()) == {"known"}
    with machine.session() as session:
        for key, result in list(session.store.records.all_results()):
            if result is not None and result.expansion is None:
                session.store.records.forget(key)
    found = plan(machine, prompt)
    assert states(found) == {"1.0.add": "runs", "1": "depends", "2": "depends"}
    inner = found.nodes[0]
    assert (inner.drawn, inner.name) == ("1", "")


def test_bytes_that_are_gone_are_made_again(machine: Machine) -> None:
    prompt = {"1": entry("Tone", pitch=4), "2": entry("Level", audio=link("1"))}
    machine.run(prompt, targets=["2"])
    for path in machine.value_files():
        path.unlink()
    prompt["3"] = entry("Louder", audio=link("1"))
    assert states(plan(machine, prompt, "2")) == {"1": "known", "2": "known"}
    found = {str(node.node): node for node in plan(machine, prompt, "3").nodes}
    assert (found["1"].state, found["1"].reason) == ("runs", "its bytes are gone")
    assert found["3"].state == "depends"


def test_a_branch_that_is_not_taken_is_not_planned(machine: Machine) -> None:
    prompt = {
        "a": entry("Number", value=1),
        "b": entry("Number", value=2),
        "p": entry("Pick", first=True, a=link("a"), b=link("b")),
        "s": entry("Show", value=link("p")),
    }
    assert states(plan(machine, prompt)) == {"a": "runs", "p": "depends", "s": "depends"}
    machine.run(prompt)
    assert states(plan(machine, prompt)) == {"a": "known", "p": "known", "s": "known"}


def test_what_cannot_even_begin_fails_in_the_plan(machine: Machine) -> None:
    prompt: dict[str, Any] = {
        "1": entry("ReadText", file="missing.txt"),
        "2": entry("Show", value=link("1")),
    }
    found = plan(machine, prompt)
    assert states(found) == {"1": "fails", "2": "skipped"}
    assert "missing.txt" in found.nodes[0].reason
    assert found.seconds == 0


def test_a_blocked_value_blocks_in_the_plan(machine: Machine) -> None:
    prompt = {"1": entry("Positive", value=-1), "2": entry("Show", value=link("1"))}
    machine.run(prompt)
    assert states(plan(machine, prompt)) == {"1": "known", "2": "blocked"}


def test_a_model_is_needed_only_by_what_runs(machine: Machine) -> None:
    prompt = {
        "m": entry("LoadModel"),
        "u": entry("UseModel", model=link("m"), value=1),
        "s": entry("Show", value=link("u")),
    }
    machine.run(prompt)
    assert states(plan(machine, prompt)) == {"m": "known", "u": "known", "s": "known"}
    prompt["u"]["inputs"]["value"] = 2
    found = {str(node.node): node for node in plan(machine, prompt).nodes}
    assert (found["m"].state, found["u"].state) == ("runs", "depends")
    assert found["m"].reason == "its value lives in memory only"


def test_what_is_never_kept_always_runs(machine: Machine) -> None:
    prompt = {"1": entry("Dice"), "2": entry("Show", value=link("1"))}
    machine.run(prompt)
    assert states(plan(machine, prompt)) == {"1": "runs", "2": "depends"}
