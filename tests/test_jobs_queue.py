"""The queue: jobs run in their order, several at once, and none is lost or told of too early."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from patchbay.errors import ConflictError, NotFoundError, StoreError, TooManyError
from patchbay.events import Event
from patchbay.jobs.active import Active
from patchbay.jobs.history import History
from patchbay.jobs.line import Line
from patchbay.jobs.queue import Queue
from patchbay.jobs.table import Table, Waiting
from patchbay.packs import Catalogue
from tests.machine import entry, link, notes
from tests.queueing import (
    Workshop,
    finish,
    held,
    holding,
    idle,
    order,
    others_view,
    quick,
    until,
)

Main = Callable[[Queue], Awaitable[None]]


@pytest.fixture
def shop(tmp_path: Path, catalogue: Catalogue) -> Workshop:
    notes().reset()
    return Workshop(tmp_path, catalogue)


def run(shop: Workshop, main: Main, **how: Any) -> None:
    """Lets a new process do something."""

    async def whole() -> None:
        async with shop.queue(**how) as queue:
            await main(queue)

    asyncio.run(whole())


async def reached(at: str) -> None:
    """Waits until a job stands at a gate."""
    await notes().gate(f"{at} reached").stay()


def begun(shop: Workshop) -> list[str]:
    """The jobs that began to run, in order."""
    return [told.split()[1] for told in shop.told if told.startswith("begin")]


async def running_are(queue: Queue, names: list[str]) -> None:
    """Waits until these jobs run, and no others."""
    await until(lambda: list(queue.active) == names)


def order_of(queue: Queue) -> str:
    return "".join(waiting.id for waiting in queue.waiting())


def submit_paused(shop: Workshop, queue: Queue, names: str) -> None:
    """Jobs that wait, of a queue that begins none."""
    queue.pause_all(True)
    for name in names:
        shop.submit(queue, name, quick())


# Order


def test_jobs_run_in_the_order_in_which_they_came(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        submit_paused(shop, queue, "abcde")
        assert order_of(queue) == "abcde"
        assert [queue.position(name) for name in "aez"] == [0, 4, None]
        queue.pause_all(False)
        await idle(queue)

    run(shop, main)
    assert begun(shop) == list("abcde")
    assert {row.status for row in shop.rows().values()} == {"done"}


def test_smaller_numbers_run_first_and_equal_ones_in_the_order_of_arrival(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        queue.pause_all(True)
        numbers = {"a": 5.0, "b": -1.5, "c": 5.0, "d": 0.0, "e": -1.5}
        ahead = [shop.submit(queue, id_, quick(), number=at) for id_, at in numbers.items()]
        assert ahead == [0, 0, 2, 1, 1]
        assert order_of(queue) == "bedac"
        queue.set_number("c", -9)
        assert order_of(queue) == "cbeda"

    run(shop, main)

    async def again(queue: Queue) -> None:
        assert order_of(queue) == "cbeda"

    run(shop, again)


def test_jobs_are_moved_to_the_front_and_before_each_other(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        submit_paused(shop, queue, "abcd")
        moves: list[tuple[Callable[[], None], str]] = [
            (lambda: queue.to_front("c"), "cabd"),
            (lambda: queue.to_front("c"), "cabd"),
            (lambda: queue.to_front("d"), "dcab"),
            (lambda: queue.place_before("b", "c"), "dbca"),
            (lambda: queue.place_before("b", "d"), "bdca"),
            (lambda: queue.place_before("b", "a"), "dcba"),
            (lambda: queue.place_before("b", "b"), "dcba"),
            (lambda: queue.place_before("c", "b"), "dcba"),
        ]
        for move, wanted in moves:
            move()
            assert order_of(queue) == wanted
        for change in (queue.to_front, queue.pause, queue.resume):
            with pytest.raises(NotFoundError, match="no job nobody waits: it runs, has ended, or"):
                change("nobody")
        with pytest.raises(NotFoundError):
            queue.place_before("a", "nobody")
        with pytest.raises(NotFoundError):
            queue.place_before("nobody", "a")
        with pytest.raises(NotFoundError):
            queue.set_number("nobody", 1)
        assert order_of(queue) == "dcba"

    run(shop, main)

    async def again(queue: Queue) -> None:
        assert order_of(queue) == "dcba"

    run(shop, again)


def test_a_place_between_two_can_be_taken_for_ever(shop: Workshop) -> None:
    """A number between two is found about fifty times; then all are counted anew, in one step."""

    async def main(queue: Queue) -> None:
        submit_paused(shop, queue, "abc")
        writes: list[int] = []
        write = queue.table.set_numbers

        def counted(numbers: Any) -> None:
            writes.append(len(numbers))
            write(numbers)

        queue.table.set_numbers = counted  # type: ignore[method-assign]  # to look at what it does
        for moved, wanted in [("a", "bac"), ("b", "abc")] * 200:
            queue.place_before(moved, "c")
            assert order_of(queue) == wanted
        assert set(writes) == {1, 3}
        shop.submit(queue, "late", quick())
        assert [w.id for w in queue.waiting()][-1] == "late"
        kept = others_view(shop.path, "SELECT id FROM jobs ORDER BY number, sequence")
        assert [id_ for (id_,) in kept] == [w.id for w in queue.waiting()]

    run(shop, main)


@pytest.mark.parametrize("number", [0.0, 1e15, -1e15, 1e300, -1e300, float("inf"), -float("inf")])
def test_jobs_with_any_number_can_be_moved(shop: Workshop, number: float) -> None:
    async def main(queue: Queue) -> None:
        queue.pause_all(True)
        for name in "abcd":
            shop.submit(queue, name, quick(), number=number)
        queue.to_front("d")
        assert order_of(queue) == "dabc"
        queue.place_before("c", "b")
        assert order_of(queue) == "dacb"
        queue.set_number("d", number)
        queue.place_before("d", "b")
        assert order_of(queue) == "acdb"

    run(shop, main)


def test_numbers_that_are_counted_anew_are_kept_all_or_none(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        queue.pause_all(True)
        for name in "abc":
            shop.submit(queue, name, quick(), number=1)
        queue.table._connection.execute(
            "CREATE TEMP TRIGGER stop BEFORE UPDATE OF number ON jobs WHEN new.id = 'c' "
            "BEGIN SELECT RAISE(ABORT, 'stop'); END"
        )
        with pytest.raises(StoreError):
            queue.place_before("c", "b")
        assert order_of(queue) == "abc"
        assert others_view(shop.path, "SELECT number FROM jobs") == [(1.0,)] * 3

    run(shop, main)


@pytest.mark.parametrize("at_once", [1, 2, 4])
def test_so_many_jobs_run_at_once_and_no_more(shop: Workshop, at_once: int) -> None:
    async def main(queue: Queue) -> None:
        for number in range(5):
            shop.submit(queue, str(number), holding(str(number)))
        for number in range(5):
            await reached(str(number))
            running = [str(each) for each in range(number, min(number + at_once, 5))]
            await running_are(queue, running)
            notes().gate(str(number)).set()
        await idle(queue)

    run(shop, main, at_once=at_once)
    assert begun(shop) == ["0", "1", "2", "3", "4"]


def test_more_jobs_than_may_wait_are_refused(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        submit_paused(shop, queue, "ab")
        with pytest.raises(TooManyError, match="2 jobs wait already: try again later"):
            shop.submit(queue, "c", quick())
        queue.cancel("a")
        shop.submit(queue, "c", quick())

    run(shop, main, most_pending=2)
    assert {id_: row.status for id_, row in shop.rows().items()} == {
        "a": "cancelled", "b": "pending", "c": "pending",
    }  # fmt: skip


# Pausing


def test_a_job_that_is_paused_lets_others_go_first_also_after_a_restart(shop: Workshop) -> None:
    async def first(queue: Queue) -> None:
        submit_paused(shop, queue, "ab")
        queue.pause("a")
        queue.pause_all(False)
        await idle(queue)

    async def second(queue: Queue) -> None:
        shop.submit(queue, "c", quick())
        await idle(queue)
        assert order_of(queue) == "a"
        assert begun(shop) == ["b", "c"]
        queue.resume("a")
        await idle(queue)

    run(shop, first)
    assert shop.status("a") == "paused"
    run(shop, second)
    assert begun(shop) == ["b", "c", "a"]


def test_a_queue_that_is_paused_stays_so_after_a_restart(shop: Workshop) -> None:
    async def first(queue: Queue) -> None:
        shop.submit(queue, "runs", holding("gate"))
        await reached("gate")
        queue.pause_all(True)
        shop.submit(queue, "waits", quick())
        notes().gate("gate").set()
        await until(lambda: not queue.active)
        assert shop.status("runs") == "done"

    async def second(queue: Queue) -> None:
        assert queue.paused
        assert not queue.active
        queue.pause_all(False)
        await idle(queue)

    async def third(queue: Queue) -> None:
        assert not queue.paused

    for main in (first, second, third):
        run(shop, main)
    assert shop.status("waits") == "done"


# Ending


def test_jobs_that_wait_or_run_are_cancelled(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        shop.submit(queue, "runs", holding("gate"))
        shop.submit(queue, "waits", quick())
        await reached("gate")
        assert queue.cancel("waits")
        assert shop.status("waits") == "cancelled"
        assert queue.cancel("runs")
        await idle(queue)
        assert shop.status("runs") == "cancelled"
        assert not queue.cancel("runs")
        assert not queue.cancel("waits")
        assert not queue.cancel("nobody")
        assert len(queue) == 0

    run(shop, main)
    assert shop.told == ["begin runs", "end waits cancelled", "end runs cancelled"]


def test_a_job_that_only_just_begins_is_cancelled(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        shop.submit(queue, "a", {"1": entry("SaveText", text="la")})
        assert list(queue.active) == ["a"]
        assert queue.cancel("a")
        await idle(queue)
        assert shop.status("a") == "cancelled"

    run(shop, main)
    assert notes().CALLS == []


def test_a_job_whose_end_is_being_kept_is_cancelled_no_more(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        queue.table._connection.execute("PRAGMA busy_timeout = 1")
        shop.submit(queue, "a", holding("gate"))
        await reached("gate")
        with held(shop.path):
            notes().gate("gate").set()
            await until(lambda: queue.active["a"].over)
            assert not queue.cancel("a")
        await idle(queue)
        assert shop.status("a") == "done"

    run(shop, main)


def test_all_that_wait_are_cancelled_together_or_not_at_all(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        submit_paused(shop, queue, "abc")
        execute = queue.table._connection.execute
        execute(
            "CREATE TEMP TRIGGER stop BEFORE UPDATE OF finished ON jobs WHEN new.id = 'b' "
            "BEGIN SELECT RAISE(ABORT, 'stop'); END"
        )
        for cancel in (queue.cancel_waiting, lambda: queue.cancel("b")):
            with pytest.raises(StoreError):
                cancel()
        assert order_of(queue) == "abc"
        assert shop.told == []
        execute("DROP TRIGGER temp.stop")
        assert queue.cancel_waiting() == 3
        assert queue.cancel_waiting() == 0

    run(shop, main)
    assert shop.told == [f"end {id_} cancelled" for id_ in "abc"]


def test_interrupting_leaves_alone_what_waits(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        for name in "abc":
            shop.submit(queue, name, holding(name))
        await reached("a")
        await reached("b")
        queue.interrupt("c")
        queue.interrupt("a")
        await reached("c")
        queue.interrupt()
        await idle(queue)

    run(shop, main, at_once=2)
    assert {row.status for row in shop.rows().values()} == {"cancelled"}
    assert sorted(begun(shop)) == ["a", "b", "c"]


def test_a_listener_that_fails_stops_neither_the_queue_nor_the_others(shop: Workshop) -> None:
    heard: list[str] = []

    def fail(*_: Any) -> None:
        raise RuntimeError("deaf")

    def hear(active: Active, event: Event) -> None:
        heard.append(type(event).__name__)

    async def main(queue: Queue) -> None:
        listeners = queue.listeners
        listeners.heard[:0] = [fail]
        listeners.changed.append(fail)
        listeners.ended[:0] = [fail]
        listeners.heard.append(hear)
        listeners.changed.append(lambda: heard.append("changed"))
        listeners.ended.append(lambda *_: heard.append("ended"))
        shop.submit(queue, "a", quick())
        shop.submit(queue, "b", quick())
        queue.pause("b")
        queue.cancel("b")
        await idle(queue)

    run(shop, main)
    assert {"Started", "NodeDone", "Finished", "changed", "ended"} <= set(heard)
    assert shop.told == ["end b cancelled", "begin a", "end a done"]
    assert set(shop.warnings) == {"a listener of the queue failed: RuntimeError: deaf"}


def test_a_history_that_is_cleared_loses_what_had_ended_by_then_and_nothing_else(
    shop: Workshop,
) -> None:
    async def main(queue: Queue) -> None:
        submit_paused(shop, queue, "w")
        with queue.table.together():
            for number in range(1_000):
                queue.table.add(order(f"old{number}"))
                finish(queue.table, f"old{number}")
        clearing = asyncio.create_task(queue.clear_history())
        await asyncio.sleep(0)
        queue.cancel("w")
        assert not clearing.done(), "nobody else had a turn"
        await clearing
        assert list(shop.rows()) == ["w"]
        await queue.clear_history()

    async def last(queue: Queue) -> None:
        submit_paused(shop, queue, "x")
        await queue.clear_history()

    run(shop, main)
    assert shop.rows() == {}
    run(shop, last)
    assert list(shop.rows()) == ["x"]


# Closing


def test_what_runs_when_the_process_is_stopped_goes_on_with_the_next(shop: Workshop) -> None:
    prompt = {
        "1": entry("Heavy", value=21),
        "2": entry("HoldAsync", value=link("1"), at="gate"),
        "3": entry("Show", value=link("2")),
    }

    async def first(queue: Queue) -> None:
        shop.submit(queue, "a", prompt, extra={"x": 1}, client="me")
        shop.submit(queue, "b", quick())
        await reached("gate")
        await asyncio.gather(queue.close(), queue.close())
        await queue.close()
        assert not queue.active
        assert shop.submit(queue, "late", quick()) == 1, "the table takes it; nothing begins"
        assert not queue.active

    async def second(queue: Queue) -> None:
        notes().gate("gate").set()
        await idle(queue)

    run(shop, first)
    rows = shop.rows()
    assert [(id_, row.status, row.attempts) for id_, row in rows.items()] == [
        ("late", "pending", 0), ("b", "pending", 0), ("a", "pending", 0),
    ]  # fmt: skip
    run(shop, second)
    assert [row.status for row in shop.rows().values()] == ["done"] * 3
    assert notes().CALLS.count("Heavy(21)") == 1, "what was finished was done again"
    assert shop.told == [
        "begin a", "begin a", "end a done", "begin b", "end b done", "begin late", "end late done",
    ]  # fmt: skip


def test_a_job_that_was_cancelled_before_the_process_stops_does_not_come_back(
    shop: Workshop,
) -> None:
    async def main(queue: Queue) -> None:
        shop.submit(queue, "a", holding("gate"))
        await reached("gate")
        queue.cancel("a")

    run(shop, main)
    assert shop.status("a") == "cancelled"
    assert shop.told[-1] == "end a cancelled"


def test_a_job_that_ends_just_as_the_process_stops_has_ended(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        shop.submit(queue, "a", holding("gate"))
        await reached("gate")
        active = queue.active["a"]
        notes().gate("gate").set()
        await until(lambda: active.over)

    run(shop, main)
    assert shop.status("a") == "done"
    assert shop.told[-1] == "end a done"


def test_a_process_that_stops_while_jobs_begin_begins_no_more(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        for number in range(20):
            shop.submit(queue, str(number), holding("gate"))
        await queue.close()

    run(shop, main, at_once=4)
    rows = shop.rows().values()
    assert {(row.status, row.attempts) for row in rows} == {("pending", 0)}
    assert notes().CALLS == []


# A disk that is full, a table that cannot be used


def test_a_job_that_cannot_be_kept_is_not_half_queued(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        queue.table._connection.execute("PRAGMA busy_timeout = 1")
        with held(shop.path), pytest.raises(StoreError, match="cannot be written"):
            shop.submit(queue, "a", quick())
        assert len(queue) == 0
        assert queue.find_waiting("a") is None
        assert shop.told == []
        shop.submit(queue, "a", quick())
        await idle(queue)
        shop.submit(queue, "b", holding("gate"))
        with pytest.raises(ConflictError):
            shop.submit(queue, "b", quick())
        assert len(queue) == 1
        notes().gate("gate").set()
        await idle(queue)

    run(shop, main)
    assert shop.told == ["begin a", "end a done", "begin b", "end b done"]


@pytest.mark.parametrize("change", ["pause", "resume", "to_front", "pause_all", "set_number"])
def test_a_change_that_cannot_be_kept_is_not_made(shop: Workshop, change: str) -> None:
    async def main(queue: Queue) -> None:
        queue.table._connection.execute("PRAGMA busy_timeout = 1")
        submit_paused(shop, queue, "ab")
        if change == "resume":
            queue.pause("b")
        paused = [waiting.paused for waiting in queue.waiting()]
        given: tuple[Any, ...] = {"pause_all": (False,), "set_number": ("b", -5)}.get(
            change, ("b",)
        )
        with held(shop.path), pytest.raises(StoreError):
            getattr(queue, change)(*given)
        assert order_of(queue) == "ab"
        assert [waiting.paused for waiting in queue.waiting()] == paused
        assert queue.paused

    run(shop, main)


def test_an_end_that_cannot_be_kept_is_told_only_once_it_is(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchbay.jobs.commits._AGAIN_SECONDS", 0.02)

    async def main(queue: Queue) -> None:
        queue.table._connection.execute("PRAGMA busy_timeout = 1")
        for name in "abc":
            shop.submit(queue, name, holding(name))
        await reached("a")
        with held(shop.path):
            notes().gate("a").set()
            await until(lambda: queue.active["a"].over)
            await asyncio.sleep(0.1)  # several attempts
            assert "a" in queue.active, "it is shown as running until its end is kept"
            assert list(queue.active) == ["a", "b"], "and nothing runs that is not noted"
            assert shop.told == ["begin a"]
        for name in "bc":
            await reached(name)
            notes().gate(name).set()
        await idle(queue)

    run(shop, main)
    assert shop.told == [f"{what}" for id_ in "abc" for what in (f"begin {id_}", f"end {id_} done")]
    assert len(shop.warnings) == 1
    assert "cannot be written (database is locked)" in shop.warnings[0]


def test_a_process_that_stops_while_an_end_cannot_be_kept_runs_the_job_again(
    shop: Workshop,
) -> None:
    async def first() -> None:
        async with contextlib.AsyncExitStack() as stack:
            queue = await stack.enter_async_context(shop.queue())
            queue.table._connection.execute("PRAGMA busy_timeout = 1")
            shop.submit(queue, "a", holding("gate"))
            await reached("gate")
            with held(shop.path):
                notes().gate("gate").set()
                await until(lambda: queue.active["a"].over)
                await queue.close()
                assert not queue.active
            assert shop.told == ["begin a"]

    asyncio.run(first())
    assert shop.status("a") == "running"
    run(shop, idle)
    assert shop.status("a") == "done"
    assert shop.told == ["begin a", "begin a", "end a done"]


def test_what_cannot_be_kept_of_an_end_is_left_out_and_named(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        shop.submit(queue, "a", holding("gate"))
        await reached("gate")
        queue.active["a"].tracker.cached.append("\ud800")  # no JSON has this
        notes().gate("gate").set()
        await idle(queue)

    run(shop, main)
    row = shop.rows()["a"]
    assert row.status == "done"
    assert row.outcome is not None
    assert "what its nodes showed cannot be kept: " in row.outcome.problems[0]["message"]


# Jobs that cannot be read again


def spoil(shop: Workshop, query: str, *values: Any) -> None:
    """Changes the table while nobody serves from it."""
    with contextlib.closing(Table(shop.path)) as table:
        table._connection.execute(query, values)


def queued(shop: Workshop, *names: str, prompt: dict[str, Any] | None = None) -> None:
    """Jobs that wait for the next process."""

    async def main(queue: Queue) -> None:
        queue.pause_all(True)
        for name in names:
            shop.submit(queue, name, prompt or quick(), webhook="http://example.com/")

    run(shop, main)
    spoil(shop, "DELETE FROM facts")


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (b'{"1": {"class_', "what job bad ordered is damaged: "),
        (b"\xff\xfe", "what job bad ordered is damaged: "),
        (b"[1, 2]", ""),
        (b"null", ""),
        (b'{"1": {"class_type": "Gone", "inputs": {}}}', "Gone"),
        (b"{}", "nothing would come of this graph"),
        (b'{"1": {"class_type": "Number", "inputs": {"value": 1}}}', ""),
    ],
)
def test_a_job_that_cannot_run_any_more_fails_with_its_reason_and_others_run(
    shop: Workshop, prompt: bytes, message: str
) -> None:
    queued(shop, "bad", "good")
    spoil(shop, "UPDATE graphs SET prompt = ? WHERE sequence = 1", prompt)
    run(shop, idle)
    rows = shop.rows()
    assert {id_: row.status for id_, row in rows.items()} == {"bad": "failed", "good": "done"}
    assert rows["bad"].outcome is not None
    error = rows["bad"].outcome.error
    assert error is not None
    assert message in error["message"]
    assert rows["bad"].outcome.problems[0]["message"] == error["message"]
    assert shop.told == ["end bad failed", "begin good", "end good done"]
    due = others_view(shop.path, "SELECT job FROM webhooks ORDER BY job")
    assert due == [("bad",), ("good",)]


def test_a_job_that_is_gone_from_the_table_is_forgotten(shop: Workshop) -> None:
    async def main(queue: Queue) -> None:
        queue._graphs.drop("a")
        queue.table._connection.execute("DELETE FROM jobs WHERE id = 'a'")
        queue.pause_all(False)
        await idle(queue)

    async def whole(queue: Queue) -> None:
        submit_paused(shop, queue, "ab")
        await main(queue)

    run(shop, whole)
    assert begun(shop) == ["b"]
    assert shop.warnings == ["job a is gone from the table of jobs"]


def test_jobs_wait_while_the_table_cannot_be_read(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchbay.jobs.stage._AGAIN_SECONDS", 0.02)
    queued(shop, "a", "b")

    read, failures = History.job, iter(range(3))

    def unreadable(self: History, id_: str, **how: Any) -> Any:
        if next(failures, None) is not None:
            raise StoreError("the table of jobs cannot be read (disk I/O error)")
        return read(self, id_, **how)

    monkeypatch.setattr(History, "job", unreadable)

    async def main(queue: Queue) -> None:
        assert len(queue) == 2
        assert not queue.active
        await idle(queue)

    run(shop, main)
    assert shop.told == ["begin a", "end a done", "begin b", "end b done"]
    assert len(shop.warnings) == 3
    assert shop.warnings[0].endswith("cannot be read (disk I/O error); what waits is tried again")


# Jobs during which the process dies


def died(shop: Workshop, id_: str, times: int) -> None:
    """As if the process had died so often while the job ran."""
    spoil(shop, "UPDATE jobs SET status = 'running', attempts = ? WHERE id = ?", times, id_)


def test_a_job_that_was_running_when_the_process_died_comes_first_again(shop: Workshop) -> None:
    queued(shop, "a", "b", "c")
    died(shop, "b", 2)
    died(shop, "a", 1)
    run(shop, idle)
    assert begun(shop) == ["a", "b", "c"]
    assert [row.attempts for row in shop.rows().values()] == [1, 3, 2]


def test_a_job_during_which_the_process_died_three_times_goes_last_and_runs_alone(
    shop: Workshop,
) -> None:
    async def first(queue: Queue) -> None:
        queue.pause_all(True)
        for name in "abcd":
            shop.submit(queue, name, holding(name))

    run(shop, first)
    spoil(shop, "DELETE FROM facts")
    died(shop, "a", 4)
    died(shop, "b", 3)

    async def second(queue: Queue) -> None:
        await reached("c")
        await reached("d")
        assert order_of(queue) == "ba"
        notes().gate("c").set()
        await until(lambda: list(queue.active) == ["d"])
        assert order_of(queue) == "ba", "it would run beside another"
        notes().gate("d").set()
        await reached("b")
        shop.submit(queue, "e", quick())
        assert list(queue.active) == ["b"], "another would run beside it"
        assert order_of(queue) == "ea"
        notes().gate("b").set()
        await reached("a")
        notes().gate("a").set()
        await idle(queue)

    run(shop, second, at_once=4)
    assert {row.status for row in shop.rows().values()} == {"done"}


def test_a_suspect_that_somebody_moves_to_the_front_has_its_place(shop: Workshop) -> None:
    queued(shop, "a", "b", "c")
    died(shop, "c", 5)
    spoil(shop, "INSERT INTO facts VALUES ('paused', 'yes')")

    async def main(queue: Queue) -> None:
        queue.to_front("c")
        assert order_of(queue) == "cab"

    run(shop, main)

    async def again(queue: Queue) -> None:
        assert order_of(queue) == "abc", "it is still what the process died of"

    run(shop, again)


def test_a_job_that_ends_every_process_is_paused_in_the_end_and_can_be_resumed(
    shop: Workshop,
) -> None:
    queued(shop, "bad", "good")
    died(shop, "bad", 19)

    async def crash(queue: Queue) -> None:
        await until(lambda: shop.status("bad") in ("running", "done"))

    async def look(queue: Queue) -> None:
        await idle(queue)
        (waiting,) = queue.waiting()
        assert waiting.paused

    run(shop, idle)
    assert shop.rows()["bad"].attempts == 20
    spoil(shop, "UPDATE jobs SET finished = NULL, status = 'running' WHERE id = 'bad'")
    shop.told.clear()
    for _ in range(2):
        run(shop, look)
        assert shop.status("bad") == "paused"
    assert shop.told == []
    outcome = shop.rows()["bad"].outcome
    assert outcome is not None
    assert outcome.error is not None
    message = (
        "job bad was begun 20 times, and the server died each time before it ended: it is paused; "
        "resume it to run it once more"
    )
    assert outcome.error["message"] == message
    assert shop.warnings == [message]

    async def resume(queue: Queue) -> None:
        queue.resume("bad")
        assert shop.rows()["bad"].outcome is None
        await idle(queue)

    run(shop, resume)
    assert shop.status("bad") == "done"


# The line


def test_a_line_is_a_sorted_list_whatever_is_done_to_it() -> None:
    line = Line()
    for number in range(50):
        line.add(
            Waiting(number, str(number), float(number * 7 % 13), False, None, 1, number % 5, "")
        )
    line.take("7")
    assert line.take("7") is None
    line.renumber({"3": -5.0})
    line.renumber({str(id_): float(-id_) for id_ in range(10, 20)})
    line.trust("4")
    found = [waiting.id for waiting in line]
    assert [line.position(id_) for id_ in found] == list(range(49))
    assert len(line) == len(set(found)) == 49
    trusted = [w for w in line if w.attempts < 3]
    assert [w.id for w in line][: len(trusted)] == [
        w.id for w in sorted(trusted, key=lambda w: (w.number, w.sequence))
    ]
