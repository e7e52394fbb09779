"""What can go on next, as pure state: levels, order, failures, expansions."""

from __future__ import annotations

import random

import pytest

from patchbay import graph
from patchbay.digest import of_bytes
from patchbay.packs import Catalogue
from patchbay.schedule import Level, Phase, Schedule, State
from patchbay.types import Batch, Link, NodeId, SocketType, Value
from tests.machine import Prompt, chain, entry, link

ONE: Batch = (Value(SocketType("INT"), of_bytes(b"one"), b"1"),)


def schedule_of(catalogue: Catalogue, prompt: Prompt) -> Schedule:
    return Schedule(graph.validate(prompt, catalogue.specs).graph)


def take_all(schedule: Schedule) -> list[str]:
    """Runs everything that can go on, each as soon as it is taken; the order."""
    order = []
    while (state := schedule.take()) is not None:
        order.append(state.node.id)
        schedule.finish(state, (ONE,) * len(state.node.spec.outputs), Level.PAYLOAD)
    return [str(id_) for id_ in order]


def taken(schedule: Schedule) -> State:
    state = schedule.take()
    assert state is not None
    return state


DIAMOND = {
    "a": entry("Number", value=1),
    "left": entry("Add", a=link("a")),
    "right": entry("Add", a=link("a"), b=2),
    "both": entry("Add", a=link("left"), b=link("right")),
    "aside": entry("Add", a=link("a"), b=3),
}


def test_only_what_is_wanted_goes_on(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, DIAMOND)
    assert schedule.take() is None
    schedule.want(NodeId("left"), Level.DIGEST)
    assert take_all(schedule) == ["a", "left"]
    assert schedule.open == 0
    assert schedule[NodeId("both")].phase is Phase.IDLE


def test_a_node_goes_on_when_all_it_needs_is_there(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, DIAMOND)
    schedule.want(NodeId("both"), Level.DIGEST)
    assert schedule.open == 4
    order = take_all(schedule)
    assert order[0] == "a"
    assert order[-1] == "both"
    assert set(order) == {"a", "left", "right", "both"}


def test_what_is_wanted_twice_goes_on_once(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, DIAMOND)
    for _ in range(3):
        schedule.want(NodeId("both"), Level.DIGEST)
        schedule.want(NodeId("left"), Level.DIGEST)
    assert sorted(take_all(schedule)) == ["a", "both", "left", "right"]
    schedule.want(NodeId("both"), Level.DIGEST)
    assert take_all(schedule) == []


def test_a_node_whose_payload_is_wanted_goes_on_again(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, chain(3))
    schedule.want(NodeId("1"), Level.DIGEST)
    for _ in range(2):
        schedule.finish(taken(schedule), (ONE,), Level.DIGEST)
    assert schedule.open == 0
    schedule.want(NodeId("0"), Level.PAYLOAD)
    assert schedule.open == 1
    state = taken(schedule)
    assert state.node.id == "0"
    schedule.finish(state, (ONE,), Level.PAYLOAD)
    assert schedule.take() is None
    assert schedule.open == 0


def test_a_node_can_wait_for_a_payload(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, chain(3))
    schedule.want(NodeId("1"), Level.DIGEST)
    schedule.finish(taken(schedule), (ONE,), Level.DIGEST)
    waiting = taken(schedule)
    schedule.wait(waiting, {NodeId("0"): Level.PAYLOAD})
    again = taken(schedule)
    assert again.node.id == "0"
    assert schedule.take() is None
    schedule.finish(again, (ONE,), Level.PAYLOAD)
    assert taken(schedule) is waiting


def test_a_payload_that_is_lost_is_asked_for_again(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, chain(3))
    schedule.want(NodeId("1"), Level.DIGEST)
    schedule.finish(taken(schedule), (ONE,), Level.PAYLOAD)
    waiting = taken(schedule)
    schedule.lose(NodeId("0"))
    schedule.wait(waiting, {NodeId("0"): Level.PAYLOAD})
    again = taken(schedule)
    assert again.node.id == "0"
    schedule.finish(again, (ONE,), Level.PAYLOAD)
    assert taken(schedule) is waiting


def test_what_is_there_is_not_waited_for(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, chain(3))
    schedule.want(NodeId("1"), Level.DIGEST)
    schedule.finish(taken(schedule), (ONE,), Level.PAYLOAD)
    waiting = taken(schedule)
    schedule.wait(waiting, {NodeId("0"): Level.PAYLOAD})
    assert taken(schedule) is waiting


def test_lazy_inputs_are_not_waited_for(catalogue: Catalogue) -> None:
    prompt = {
        "a": entry("Number"),
        "b": entry("Number"),
        "p": entry("Pick", first=True, a=link("a"), b=link("b")),
    }
    schedule = schedule_of(catalogue, prompt)
    schedule.want(NodeId("p"), Level.DIGEST)
    state = taken(schedule)
    assert state.node.id == "p"
    state.asked = frozenset({"b"})
    schedule.wait(state, {NodeId("b"): Level.DIGEST})
    assert take_all(schedule) == ["b", "p"]
    assert schedule[NodeId("a")].phase is Phase.IDLE


def test_a_body_is_not_waited_for(catalogue: Catalogue) -> None:
    prompt = {"n": entry("Number"), "d": entry("Describe", body=link("n"))}
    schedule = schedule_of(catalogue, prompt)
    schedule.want(NodeId("d"), Level.DIGEST)
    assert take_all(schedule) == ["d"]


def test_a_failure_ends_what_depends_on_it_and_nothing_else(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, DIAMOND)
    schedule.want(NodeId("both"), Level.DIGEST)
    schedule.want(NodeId("aside"), Level.DIGEST)
    schedule.finish(taken(schedule), (ONE,), Level.PAYLOAD)
    while (state := taken(schedule)).node.id != "left":
        schedule.finish(state, (ONE,), Level.PAYLOAD)
    assert [follower.node.id for follower in schedule.fail(state)] == ["both"]
    assert schedule[NodeId("both")].because == "left"
    take_all(schedule)
    assert schedule[NodeId("aside")].phase is schedule[NodeId("right")].phase is Phase.DONE
    assert schedule.open == 0
    assert schedule[NodeId("both")].phase is Phase.SKIPPED


def test_who_comes_late_to_a_failed_node_learns_of_it(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, chain(3))
    schedule.want(NodeId("0"), Level.DIGEST)
    schedule.fail(taken(schedule))
    schedule.want(NodeId("1"), Level.DIGEST)
    state = taken(schedule)
    assert (state.node.id, state.because) == ("1", "0")
    assert schedule.skip(state) == []
    assert schedule.open == 0


def test_a_failure_of_two_sources_skips_once(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, DIAMOND)
    schedule.want(NodeId("both"), Level.DIGEST)
    schedule.finish(taken(schedule), (ONE,), Level.PAYLOAD)
    one, other = taken(schedule), taken(schedule)
    assert len(schedule.fail(one)) == 1
    assert schedule.fail(other) == []
    assert schedule.open == 0


def test_the_longest_remaining_path_goes_first(catalogue: Catalogue) -> None:
    prompt = {
        "q1": entry("Number", value=1),
        "q2": entry("Number", value=2),
        "s1": entry("Number", value=3),
        "s2": entry("Add", a=link("s1")),
        "s3": entry("Add", a=link("s2")),
        "all": entry(
            "Total", values=link("q1"), **{"values.2": link("q2"), "values.3": link("s3")}
        ),
    }
    schedule = schedule_of(catalogue, prompt)
    schedule.want(NodeId("all"), Level.DIGEST)
    schedule.urge({NodeId(id_): 1.0 for id_ in ("q1", "s1", "s2", "s3")} | {NodeId("q2"): 2.5})
    assert take_all(schedule) == ["s1", "q2", "s2", "q1", "s3", "all"]


def test_an_expansion_grows_the_schedule(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, chain(3))
    inner = graph.validate({"x": entry("Number")}, catalogue.specs).graph.nodes
    schedule.want(NodeId("1"), Level.DIGEST)
    state = taken(schedule)
    schedule.expand(state, inner.values(), ((Link(NodeId("x"), 0),),))
    schedule.wait(state, {NodeId("x"): Level.DIGEST})
    inside = taken(schedule)
    assert (inside.node.id, inside.drawn) == ("x", "0")
    schedule.finish(inside, (ONE,), Level.PAYLOAD)
    assert taken(schedule) is state
    schedule.finish(state, (ONE,), Level.PAYLOAD)
    assert take_all(schedule) == ["1"]


def test_what_waits_in_a_circle_is_stuck(catalogue: Catalogue) -> None:
    schedule = schedule_of(catalogue, chain(3))
    inner = graph.validate({"x": entry("Number")}, catalogue.specs).graph.nodes
    schedule.want(NodeId("0"), Level.DIGEST)
    state = taken(schedule)
    schedule.expand(state, inner.values(), ((Link(NodeId("x"), 0),),))
    schedule.wait(state, {NodeId("x"): Level.DIGEST})
    inside = taken(schedule)
    schedule.wait(inside, {NodeId("0"): Level.DIGEST})
    assert schedule.take() is None
    assert schedule.open == 2


@pytest.mark.slow
def test_a_chain_of_a_hundred_thousand_nodes_needs_no_stack(catalogue: Catalogue) -> None:
    length = 100_000
    schedule = schedule_of(catalogue, chain(length))
    schedule.want(NodeId(str(length - 1)), Level.DIGEST)
    schedule.urge({NodeId("0"): 1.0})
    first = taken(schedule)
    assert len(schedule.fail(first)) == length - 1
    assert schedule.open == 0


@pytest.mark.parametrize("seed", range(20))
def test_every_node_goes_on_after_all_that_it_needs(catalogue: Catalogue, seed: int) -> None:
    rng = random.Random(seed)
    prompt: Prompt = {"0": entry("Number")}
    for i in range(1, 60):
        sources = rng.sample(range(i), min(i, rng.randrange(1, 5)))
        prompt[str(i)] = entry("Total", **{f"values.{s}": link(str(s)) for s in sources})
    shuffled = dict(rng.sample(sorted(prompt.items()), len(prompt)))
    schedule = schedule_of(catalogue, shuffled)
    targets = rng.sample(range(60), 5)
    for target in targets:
        schedule.want(NodeId(str(target)), Level.DIGEST)
    schedule.urge({NodeId(id_): rng.random() for id_ in prompt})
    order = take_all(schedule)
    needed: set[str] = set()
    pending = [str(target) for target in targets]
    while pending:
        id_ = pending.pop()
        if id_ not in needed:
            needed.add(id_)
            pending += [value[0] for value in prompt[id_]["inputs"].values()]
    assert set(order) == needed
    assert len(order) == len(needed)
    for place, id_ in enumerate(order):
        assert all(value[0] in order[:place] for value in prompt[id_]["inputs"].values())
