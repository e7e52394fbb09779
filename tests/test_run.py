"""What a run promises: order, side by side, failures, cancelling, events."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from typing import Any

import pytest

from patchbay.events import (
    Event,
    Finished,
    NodeCached,
    NodeDone,
    NodeEvent,
    NodeFailed,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    Started,
)
from patchbay.run import Run
from tests.machine import Machine, Prompt, Session, chain, drive, entry, link, notes

RESOURCES = ["Fail", "FailWorking", "FailRendering", "FailWaiting", "FailAsync"]
ENDS = (NodeCached, NodeDone, NodeFailed, NodeSkipped)


def check_story(events: tuple[Event, ...]) -> None:
    """Every node that was wanted has one end, after its start, between Started and Finished."""
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    ends: Counter[str] = Counter()
    begun: Counter[str] = Counter()
    for event in events[1:-1]:
        assert isinstance(event, NodeEvent)
        assert not ends[event.node], f"{event} came after the end of its node"
        if isinstance(event, NodeStarted):
            begun[event.node] += 1
        elif isinstance(event, ENDS):
            ends[event.node] += 1
            if isinstance(event, NodeDone):
                assert begun[event.node], f"{event} without a start"
    missing = [id_ for id_ in events[0].nodes if not ends[id_]]
    assert not missing, f"no end of {missing}"


def test_what_was_computed_once_is_not_computed_again(machine: Machine) -> None:
    first = machine.run(chain(4))
    second = machine.run(chain(4))
    assert first.calls == ["Number(1)", "Add(1, 1)", "Add(2, 1)", "Show(3)"]
    assert second.calls == []
    assert second.value("3") == first.value("3") == 3


def test_only_what_the_targets_need_is_run(machine: Machine) -> None:
    prompt = chain(4) | {
        "unused": entry("Number", value=7),
        "other": entry("Show", value=link("unused")),
    }
    ran = machine.run(prompt, targets=["3"])
    assert ran.calls == ["Number(1)", "Add(1, 1)", "Add(2, 1)", "Show(3)"]
    assert ran.of(Started)[0].nodes == ("0", "1", "2", "3")


def test_without_targets_every_sink_is_run(machine: Machine) -> None:
    prompt = chain(3) | {"other": entry("Show", value=5)}
    ran = machine.run(prompt)
    assert ran.value("2") == 2
    assert ran.value("other") == 5


def test_a_target_may_be_any_node(machine: Machine) -> None:
    ran = machine.run(chain(5), targets=["1"])
    assert ran.calls == ["Number(1)", "Add(1, 1)"]
    assert ran.value("1") == 2


def test_a_change_runs_only_what_depends_on_it(machine: Machine) -> None:
    prompt = {
        "a": entry("Number", value=1),
        "b": entry("Number", value=10),
        "left": entry("Add", a=link("a"), b=0),
        "right": entry("Add", a=link("b"), b=0),
        "both": entry("Add", a=link("left"), b=link("right")),
        "show": entry("Show", value=link("both")),
    }
    machine.run(prompt)
    prompt["b"] = entry("Number", value=20)
    ran = machine.run(prompt)
    assert ran.calls == ["Number(20)", "Add(20, 0)", "Add(1, 20)", "Show(21)"]
    assert ran.nodes(NodeCached) == ["a", "left"]


def test_a_change_that_makes_no_difference_stops_there(machine: Machine) -> None:
    prompt = {
        "n": entry("Number", value=5),
        "sign": entry("Sign", value=link("n")),
        "after": entry("Add", a=link("sign"), b=1),
        "show": entry("Show", value=link("after")),
    }
    machine.run(prompt)
    prompt["n"] = entry("Number", value=6)
    ran = machine.run(prompt)
    assert ran.calls == ["Number(6)", "Sign(6)"]
    assert ran.nodes(NodeCached) == ["after", "show"]


def test_equal_nodes_share_one_execution(machine: Machine) -> None:
    prompt = {f"n{i}": entry("Heavy", value=3) for i in range(5)}
    prompt["total"] = entry("Total", **{f"values.{i}": link(f"n{i}") for i in range(5)})
    prompt["show"] = entry("Show", value=link("total"))
    ran = machine.run(prompt)
    assert ran.calls == ["Heavy(3)", "Total(6, 6, 6, 6, 6)", "Show(30)"]


def test_equal_calls_of_two_runs_at_once_share_one_execution(machine: Machine) -> None:
    prompt = {"hold": entry("Hold", value=3), "show": entry("Show", value=link("hold"))}
    with machine.session() as session:

        async def main() -> list[Any]:
            first = asyncio.create_task(session.start(prompt, job="first").go())
            await until("gate reached")
            second = asyncio.create_task(session.start(prompt, job="second").go())
            await started(session, "second", "hold")
            notes().gate("gate").set()
            return [await first, await second]

        outcomes = session.go(main)
        assert [o.status for o in outcomes] == ["done", "done"]
        assert [session.values(o)["show"][0] for o in outcomes] == [[3], [3]]
    assert notes().CALLS == ["Hold(3)", "Show(3)"]


def test_when_a_run_is_cancelled_the_other_that_shares_its_calls_goes_on(
    machine: Machine,
) -> None:
    prompt = {
        "list": entry("Count", upto=5),
        "hold": entry("HoldAsync", value=link("list")),
        "total": entry("Total", values=link("hold")),
        "after": entry("HoldAsync", value=link("total"), at="later"),
        "show": entry("Show", value=link("after")),
    }
    outcomes = share_and_cancel(machine, prompt)
    assert outcomes == ["cancelled", "done"]
    assert notes().CALLS[-2:] == ["HoldAsync(10)", "Show(10)"]


def test_when_more_calls_wait_than_may_run_at_once_a_cancelled_run_takes_none_with_it(
    machine: Machine,
) -> None:
    prompt = {
        "list": entry("Count", upto=80),
        "hold": entry("HoldAsync", value=link("list")),
        "total": entry("Total", values=link("hold")),
        "show": entry("Show", value=link("total")),
    }
    outcomes = share_and_cancel(machine, prompt)
    assert outcomes == ["cancelled", "done"]
    assert notes().CALLS[-1] == f"Show({sum(range(80))})"


def share_and_cancel(machine: Machine, prompt: Prompt) -> list[str]:
    """Two runs wait for the same calls; the first is cancelled; how both ended."""
    with machine.session() as session:

        async def main() -> list[str]:
            run = session.start(prompt, job="first")
            first = asyncio.create_task(run.go())
            await until("gate reached")
            second = asyncio.create_task(session.start(prompt, job="second").go())
            await started(session, "second", "hold")
            run.cancel()
            ended = await first
            notes().gate("gate").set()
            notes().gate("later").set()
            other = await asyncio.wait_for(second, 60)
            check_story(tuple(session.events["second"]))
            return [ended.status, other.status]

        return session.go(main)


async def until(gate: str) -> None:
    """Lets the loop go on until a node has opened this gate."""
    assert await asyncio.to_thread(notes().gate(gate).wait, 60)


async def started(session: Session, job: str, node: str) -> None:
    """Lets the loop turn until the node has started in this job, and its calls are waited for."""
    async with asyncio.timeout(60):
        while not any(
            isinstance(event, NodeStarted) and event.node == node for event in session.events[job]
        ):
            await asyncio.sleep(0)
    await asyncio.sleep(0)


# What runs side by side


def test_branches_run_side_by_side(machine: Machine) -> None:
    prompt = {
        "a": entry("Meet", value=1),
        "b": entry("Meet", value=2),
        "show": entry("Show", value=link("sum")),
        "sum": entry("Add", a=link("a"), b=link("b")),
    }
    ran = machine.run(prompt)
    assert sorted(ran.calls[:2]) == ["Meet(1)", "Meet(2)"]
    assert ran.value("show") == 3


def test_the_items_of_a_list_run_side_by_side(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=2),
        "meet": entry("Meet", value=link("list")),
        "show": entry("Show", value=link("meet")),
    }
    assert machine.run(prompt).values["show"] == ([0, 1],)


@pytest.mark.parametrize("node", ["MeetWaiting", "MeetAsync"])
def test_nodes_that_wait_for_the_outside_world_overlap(machine: Machine, node: str) -> None:
    prompt = {
        "a": entry(node, value=1),
        "b": entry(node, value=2),
        "show": entry("Show", value=link("sum")),
        "sum": entry("Add", a=link("a"), b=link("b")),
    }
    assert machine.run(prompt, cores=1).value("show") == 3


def test_a_device_works_for_one_node_at_a_time(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=40),
        "render": entry("Render", value=link("list")),
        "total": entry("Total", values=link("render")),
        "show": entry("Show", value=link("total")),
    }
    ran = machine.run(prompt)
    assert ran.messages == []
    assert ran.value("show") == sum(range(40))


def test_a_node_on_the_device_holds_up_no_other(machine: Machine) -> None:
    prompt = {
        "render": entry("Render", value=1),
        "held": entry("Hold", value=link("render")),
        "gate": entry("Heavy", value=4),
        "open": entry("OpenGate", value=link("gate")),
        "show": entry("Show", value=link("sum")),
        "sum": entry("Add", a=link("held"), b=link("open")),
    }
    assert machine.run(prompt).value("show") == 9


def test_the_longest_path_goes_first(machine: Machine) -> None:
    """What earlier runs took decides: the branch with the slow node begins before the quick one,
    whatever the order in the file."""
    prompt: Prompt = {str(i): entry("Heavy", value=i) for i in range(4)}
    prompt |= {
        "first": entry("Heavy", value=100),
        "slow": entry("Hold", value=link("first")),
        "total": entry(
            "Total", values=link("slow"), **{f"values.{i}": link(str(i)) for i in range(4)}
        ),
        "show": entry("Show", value=link("total")),
    }
    notes().gate("gate").set()
    with machine.session(cores=1) as session:
        pretend_it_took(session, "Hold", 60.0)
        ran = drive(session, lambda: session.start(prompt))
    assert ran.calls[0] == "Heavy(100)"
    assert ran.status == "done"


def pretend_it_took(session: Session, node: str, seconds: float) -> None:
    """Notes an earlier call of this node in the table of timings."""
    from patchbay.types import Key, Result

    result = Result((), {}, seconds)
    session.store.records.add(Key(bytes(32)), f"pack/{node}", "", b"", result)
    session.store.flush()


# Failures


@pytest.mark.parametrize("node", RESOURCES)
def test_a_failure_stops_only_what_depends_on_it(machine: Machine, node: str) -> None:
    prompt = {
        "bad": entry(node, value=1),
        "after": entry("Add", a=link("bad"), b=1),
        "lost": entry("Show", value=link("after")),
        "good": entry("Heavy", value=2),
        "fine": entry("Show", value=link("good")),
    }
    ran = machine.run(prompt)
    assert ran.status == "failed"
    assert sorted(ran.calls) == [f"{node}(1)", "Heavy(2)", "Show(4)"]
    assert ran.nodes(NodeFailed) == ["bad"]
    assert ran.nodes(NodeSkipped) == ["after", "lost"]
    assert {event.because for event in ran.of(NodeSkipped)} == {"bad"}
    assert ran.values["fine"] == ([4],)
    assert ran.values["lost"] == ()
    check_story(ran.events)


def test_running_again_goes_on_from_the_failure(machine: Machine) -> None:
    prompt = {
        "n": entry("Number", value=3),
        "before": entry("Heavy", value=link("n")),
        "bad": entry("FailAt", value=link("before"), at=6),
        "after": entry("Add", a=link("bad"), b=1),
        "show": entry("Show", value=link("after")),
    }
    assert machine.run(prompt).calls == ["Number(3)", "Heavy(3)", "FailAt(6)"]
    notes().WORLD["cured"] = True
    ran = machine.run(prompt)
    assert ran.calls == ["FailAt(6)", "Add(6, 1)", "Show(7)"]
    assert ran.status == "done"


def test_of_a_list_only_the_item_that_failed_runs_again(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=4),
        "bad": entry("FailAt", value=link("list"), at=3),
        "total": entry("Total", values=link("bad")),
        "show": entry("Show", value=link("total")),
    }
    ran = machine.run(prompt)
    assert ran.calls == ["Count(4)", "FailAt(0)", "FailAt(1)", "FailAt(2)", "FailAt(3)"]
    notes().WORLD["cured"] = True
    assert machine.run(prompt).calls == ["FailAt(3)", "Total(0, 1, 2, 3)", "Show(6)"]


def test_what_runs_beside_a_failure_is_finished_and_kept(machine: Machine) -> None:
    """One item of a list fails while another is at work: its work is not thrown away."""
    prompt = {
        "list": entry("Count", upto=2),
        "node": entry("HoldOrFail", value=link("list")),
        "show": entry("Show", value=link("node")),
    }

    def open_after_the_failure(event: Event) -> None:
        if isinstance(event, NodeFailed):
            notes().gate("gate").set()

    ran = machine.run(prompt, listen=open_after_the_failure)
    assert ran.nodes(NodeFailed) == ["node"]
    assert ran.calls == ["Count(2)", "HoldOrFail(1)"]
    prompt["list"] = entry("Sign", value=1)
    assert machine.run(prompt).calls == ["Sign(1)", "Show(1)"]


@pytest.mark.parametrize("way", ["exit", "interrupt", "base"])
@pytest.mark.parametrize("node", RESOURCES)
def test_a_node_cannot_end_the_program(machine: Machine, node: str, way: str) -> None:
    prompt = {
        "bad": entry(node, value=1, way=way),
        "lost": entry("Show", value=link("bad")),
        "good": entry("Heavy", value=2),
        "fine": entry("Show", value=link("good")),
    }
    try:
        ran = machine.run(prompt)
    except (SystemExit, KeyboardInterrupt) as error:  # which would end the tests too
        raise AssertionError("the node ended the program") from error
    assert ran.nodes(NodeFailed) == ["bad"]
    assert ran.values["fine"] == ([4],)
    kind = {"exit": "SystemExit", "interrupt": "KeyboardInterrupt", "base": "_StrangeError"}[way]
    assert kind in ran.messages[0]


def test_a_message_of_a_node_reaches_the_user_with_its_code_and_input(machine: Machine) -> None:
    prompt = {
        "bad": entry("FailWorking", value=3, way="input"),
        "s": entry("Show", value=link("bad")),
    }
    ran = machine.run(prompt)
    (problem,) = ran.outcome.problems
    assert (problem.code, problem.message, problem.node, problem.input) == (
        "bad_input",
        "value 3: give 4 or more",
        "bad",
        "value",
    )


@pytest.mark.parametrize("node", RESOURCES)
def test_a_traceback_is_only_in_the_event_that_carries_it(machine: Machine, node: str) -> None:
    ran = machine.run({"bad": entry(node), "s": entry("Show", value=link("bad"))})
    (failed,) = ran.of(NodeFailed)
    assert "failing.py" in failed.traceback
    assert "ValueError: a plain error" in failed.traceback
    assert failed.message == ran.messages[0] == "ValueError: a plain error"
    assert "Traceback" not in repr([e for e in ran.events if e is not failed])
    assert "failing.py" not in repr(ran.outcome.problems)


def test_an_error_without_words_is_named(machine: Machine) -> None:
    ran = machine.run({"bad": entry("Fail", way="empty"), "s": entry("Show", value=link("bad"))})
    assert ran.messages == ["RuntimeError"]


def test_too_little_memory_has_a_remedy(machine: Machine) -> None:
    ran = machine.run({"bad": entry("Fail", way="memory"), "s": entry("Show", value=link("bad"))})
    assert ran.messages == ["there was not enough memory: use shorter or smaller inputs"]


def test_two_failures_are_both_told(machine: Machine) -> None:
    prompt = {
        "a": entry("Fail", value=1),
        "b": entry("FailWorking", value=2),
        "total": entry("Total", values=link("a"), **{"values.2": link("b")}),
        "show": entry("Show", value=link("total")),
        "other": entry("Show", value=link("b")),
    }
    ran = machine.run(prompt)
    assert {problem.node for problem in ran.outcome.problems} == {"a", "b"}
    assert sorted(ran.nodes(NodeSkipped)) == ["other", "show", "total"]
    check_story(ran.events)


# Cancelling


def cancel_when_paused(session: Session, prompt: Prompt) -> tuple[Run, list[Event]]:
    """Runs until a node opens "paused", cancels, and lets the node go on."""
    events: list[Event] = []

    async def main() -> Run:
        run = session.start(prompt, listen=events.append)
        going = asyncio.create_task(run.go())
        await until("paused")
        run.cancel()
        notes().gate("gate").set()
        outcome = await asyncio.wait_for(going, 60)
        assert outcome.status == "cancelled"
        return run

    return session.go(main), events


def test_cancelling_takes_effect_within_one_step(machine: Machine) -> None:
    prompt = {
        "steps": entry("Steps", total=100, pause_at=3),
        "show": entry("Show", value=link("steps")),
    }
    with machine.session() as session:
        cancel_when_paused(session, prompt)
    assert notes().CALLS == ["step(0)", "step(1)", "step(2)", "step(3)"]


def test_a_node_can_look_whether_it_was_cancelled(machine: Machine) -> None:
    prompt = {"look": entry("Look"), "show": entry("Show", value=link("look"))}
    with machine.session() as session:
        cancel_when_paused(session, prompt)
    assert notes().CALLS == ["Look(True)"]


def test_an_async_node_is_cancelled_where_it_waits(machine: Machine) -> None:
    prompt = {"s": entry("StepsAsync", total=100), "show": entry("Show", value=link("s"))}
    with machine.session() as session:

        async def main() -> str:
            cancelled: list[Event] = []

            def listen(event: Event) -> None:
                if isinstance(event, NodeProgress):
                    cancelled.append(event)
                    run.cancel()

            run = session.start(prompt, listen=listen)
            outcome = await asyncio.wait_for(run.go(), 60)
            assert len(cancelled) == 1
            return outcome.status

        assert session.go(main) == "cancelled"
    assert notes().CALLS == ["step(0)"]


def test_what_was_finished_before_cancelling_is_kept(machine: Machine) -> None:
    prompt = {
        "n": entry("Heavy", value=4),
        "hold": entry("Steps", total=link("n"), pause_at=2),
        "show": entry("Show", value=link("hold")),
    }
    with machine.session() as session:
        cancel_when_paused(session, prompt)
    ran = machine.run(prompt)
    assert ran.nodes(NodeCached) == ["n"]
    assert ran.value("show") == 8


def test_cancelling_tells_of_no_failure(machine: Machine) -> None:
    prompt = {
        "steps": entry("Steps", total=100, pause_at=1),
        "show": entry("Show", value=link("steps")),
    }
    with machine.session() as session:
        _, events = cancel_when_paused(session, prompt)
    assert not [event for event in events if isinstance(event, NodeFailed)]
    assert isinstance(events[-1], Finished)
    assert events[-1].status == "cancelled"


def test_a_cancelled_call_leaves_nothing_unheard(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    prompt = {
        "steps": entry("Steps", total=100, pause_at=1),
        "show": entry("Show", value=link("steps")),
    }
    with machine.session() as session:
        cancel_when_paused(session, prompt)
    assert caplog.records == []


def test_a_run_that_is_cancelled_before_it_begins_runs_nothing(machine: Machine) -> None:
    with machine.session() as session:

        async def main() -> str:
            run = session.start(chain(5))
            run.cancel()
            return (await run.go()).status

        assert session.go(main) == "cancelled"
    assert notes().CALLS == []


# Events


def test_the_story_of_a_run_is_told_in_order(machine: Machine) -> None:
    ran = machine.run(chain(3))
    told = [(type(e).__name__, getattr(e, "node", None)) for e in ran.events]
    assert told == [
        ("Started", None),
        ("NodeStarted", "0"),
        ("NodeDone", "0"),
        ("NodeStarted", "1"),
        ("NodeDone", "1"),
        ("NodeStarted", "2"),
        ("NodeDone", "2"),
        ("Finished", None),
    ]
    assert [e.at for e in ran.events] == sorted(e.at for e in ran.events)
    assert {e.job for e in ran.events} == {"job"}


def test_a_cached_node_shows_again_what_it_showed(machine: Machine) -> None:
    prompt = {"n": entry("Remark", value=4), "show": entry("Show", value=link("n"))}
    shown = {"notes": ["it is 4"], "numbers": [4]}
    first = machine.run(prompt)
    assert first.of(NodeDone)[0].ui == shown
    second = machine.run(prompt)
    assert second.of(NodeCached)[0].ui == shown
    assert second.outcome.outputs == first.outcome.outputs == {"n": shown}


def test_a_list_shows_what_each_of_its_calls_shows(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=3),
        "n": entry("Remark", value=link("list")),
        "show": entry("Show", value=link("n")),
    }
    assert machine.run(prompt).outcome.outputs["n"]["numbers"] == [0, 1, 2]  # type: ignore[index]


def test_a_start_says_how_many_calls_are_not_known(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=3),
        "n": entry("Remark", value=link("list")),
        "show": entry("Show", value=link("n")),
    }
    machine.run(prompt)
    prompt["list"] = entry("Count", upto=5)
    ran = machine.run(prompt)
    assert {e.node: e.calls for e in ran.of(NodeStarted)} == {"list": 1, "n": 2, "show": 2}


def test_progress_is_told_and_not_too_often(machine: Machine) -> None:
    prompt = {"s": entry("Steps", total=5_000), "show": entry("Show", value=link("s"))}
    progress = machine.run(prompt).of(NodeProgress)
    assert progress[0].done == 0
    assert len(progress) < 4_000
    assert all(e.total == 5_000 and e.node == e.drawn == "s" for e in progress)
    done = [e.done for e in progress]
    assert done == sorted(done)


def test_no_preview_is_dropped(machine: Machine) -> None:
    prompt = {"s": entry("Previews", total=200), "show": entry("Show", value=link("s"))}
    previews = [event.preview for event in machine.run(prompt).of(NodeProgress)]
    assert previews == [f"step {i}" for i in range(200)]


def test_the_time_left_comes_from_earlier_runs(machine: Machine) -> None:
    prompt = {"h": entry("Heavy", value=1), "show": entry("Show", value=link("h"))}
    with machine.session() as session:
        pretend_it_took(session, "Heavy", 12.0)
    (started_, _) = machine.run(prompt).of(NodeStarted)
    assert started_.seconds_left == pytest.approx(12.0)


def test_each_node_ends_once_whatever_happens(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=3),
        "bad": entry("FailAt", value=link("list"), at=1),
        "ok": entry("Heavy", value=link("list")),
        "only": entry("Positive", value=link("list")),
        "x": entry("Show", value=link("bad")),
        "y": entry("Show", value=link("ok")),
        "z": entry("Show", value=link("only")),
    }
    check_story(machine.run(prompt).events)
    check_story(machine.run(prompt).events)


def test_a_slow_listener_of_one_job_hears_nothing_of_another(machine: Machine) -> None:
    with machine.session() as session:

        async def main() -> None:
            runs = [session.start(chain(4, start=i), job=f"job {i}") for i in range(3)]
            await asyncio.gather(*(run.go() for run in runs))

        session.go(main)
        for i in range(3):
            events = session.events[f"job {i}"]
            assert {event.job for event in events} == {f"job {i}"}
            check_story(tuple(events))


# Size


@pytest.mark.slow
def test_a_chain_of_twenty_thousand_nodes_runs(machine: Machine) -> None:
    ran = machine.run(chain(20_000))
    assert ran.value("19999") == 19_999
    assert len(ran.calls) == 20_000


@pytest.mark.slow
def test_a_failure_at_the_start_of_a_long_chain_skips_all_of_it(machine: Machine) -> None:
    prompt = chain(20_000)
    prompt["0"] = entry("Fail")
    ran = machine.run(prompt)
    assert ran.calls == ["Fail(0)"]
    assert len(ran.of(NodeSkipped)) == 19_999


@pytest.mark.slow
def test_five_thousand_links_to_one_input_run(machine: Machine) -> None:
    size = 5_000
    prompt: Prompt = {str(i): entry("Number", value=i) for i in range(size)}
    prompt["total"] = entry("Total", **{f"values.{i}": link(str(i)) for i in range(size)})
    prompt["show"] = entry("Show", value=link("total"))
    ran = machine.run(prompt)
    assert ran.value("show") == sum(range(size))
    assert len(ran.calls) == size + 2


def test_a_list_of_thousands_runs_each_item_once(machine: Machine) -> None:
    prompt = {
        "list": entry("Count", upto=3_000),
        "add": entry("Add", a=link("list"), b=1),
        "total": entry("Total", values=link("add")),
        "show": entry("Show", value=link("total")),
    }
    ran = machine.run(prompt)
    assert Counter(call.partition("(")[0] for call in ran.calls) == {
        "Count": 1, "Add": 3_000, "Total": 1, "Show": 1,
    }  # fmt: skip


def test_many_runs_at_once_keep_their_results_apart(machine: Machine) -> None:
    rng = random.Random(7)
    starts = [rng.randrange(1_000) for _ in range(20)]
    with machine.session() as session:

        async def main() -> list[Any]:
            runs = [
                session.start(chain(6, start=start), job=str(i)) for i, start in enumerate(starts)
            ]
            return list(await asyncio.gather(*(run.go() for run in runs)))

        outcomes = session.go(main)
        assert [session.values(o)["5"][0][0] for o in outcomes] == [s + 4 for s in starts]


def test_a_run_leaves_no_thread_behind_once_its_executor_is_closed(machine: Machine) -> None:
    machine.run({"h": entry("Heavy", value=1), "s": entry("Show", value=link("h"))})
    for thread in threading.enumerate():
        if thread.name.startswith("patchbay-"):
            thread.join(60)
            assert not thread.is_alive()
