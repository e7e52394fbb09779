"""The table of jobs: what is written is on disk in one step, or not at all."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patchbay.errors import ConflictError, RequestError, StoreError
from patchbay.jobs.history import Asked, History
from patchbay.jobs.records import Ended
from patchbay.jobs.schema import FORMAT
from patchbay.jobs.table import Table
from tests.queueing import finish, held, order, others_view

COUNTS = (
    "SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FROM graphs), "
    "(SELECT count(*) FROM texts), (SELECT count(*) FROM outcomes), "
    "(SELECT count(*) FROM webhooks)"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "user" / "jobs.sqlite"


@pytest.fixture
def table(path: Path) -> Iterator[Table]:
    with contextlib.closing(Table(path)) as table:
        yield table


def counts(path: Path) -> tuple[int, ...]:
    return tuple(others_view(path, COUNTS)[0])


def fill_the_disk(table: Table) -> None:
    """From now on the file cannot grow, as if the disk were full."""
    pages = table._connection.execute("PRAGMA page_count").fetchone()[0]
    table._connection.execute(f"PRAGMA max_page_count = {pages}")


# Coming in


def test_a_job_that_was_added_is_there_for_whoever_comes_after_a_crash(
    table: Table, path: Path
) -> None:
    table.add(order("a", 3, prompt=b'{"1": 2}', extra=b'{"x": 1}', words="La la", title="T"))
    rows = others_view(path, "SELECT id, number, status, attempts FROM jobs")
    assert rows == [("a", 3.0, "pending", 0)]
    assert others_view(path, "SELECT prompt, extra FROM graphs") == [(b'{"1": 2}', b'{"x": 1}')]
    assert others_view(path, "SELECT text FROM texts") == [("t\na\nla la",)]


def test_a_job_of_the_same_id_that_has_not_ended_is_not_replaced(table: Table, path: Path) -> None:
    table.add(order("a", prompt=b"[1]"))
    with pytest.raises(ConflictError, match="job a has not ended yet: give the new one another"):
        table.add(order("a", prompt=b"[2]"))
    table.begin("a", 1.0)
    with pytest.raises(ConflictError):
        table.add(order("a", prompt=b"[2]"))
    assert others_view(path, "SELECT prompt FROM graphs") == [(b"[1]",)]


def test_a_job_of_the_same_id_that_has_ended_is_replaced_with_all_that_came_of_it(
    table: Table, path: Path
) -> None:
    table.add(order("a", webhook="http://example.com/"))
    finish(table, "a", ended=Ended(executed=["1"]))
    assert counts(path) == (1, 1, 1, 1, 1)
    assert table.add(order("a", prompt=b"[2]")) == 2
    assert counts(path) == (1, 1, 1, 0, 0)
    assert others_view(path, "SELECT status, finished FROM jobs") == [("pending", None)]


def test_a_disk_that_is_full_takes_no_half_of_a_job(table: Table, path: Path) -> None:
    table.add(order("a"))
    fill_the_disk(table)
    with pytest.raises(StoreError, match=r"cannot be written .*full.*: free some space") as caught:
        table.add(order("b", prompt=b"x" * 1_000_000))
    assert str(path) in str(caught.value)
    assert counts(path) == (1, 1, 1, 0, 0)
    table._connection.execute("PRAGMA max_page_count = 1000000")
    table.add(order("b", prompt=b"x" * 1_000_000))
    assert counts(path) == (2, 2, 2, 0, 0)


def test_a_disk_that_is_full_leaves_the_job_that_would_have_been_replaced(
    table: Table, path: Path
) -> None:
    table.add(order("a", prompt=b"[1]"))
    finish(table, "a")
    fill_the_disk(table)
    with pytest.raises(StoreError):
        table.add(order("a", prompt=b"x" * 1_000_000))
    assert others_view(path, "SELECT status FROM jobs") == [("done",)]
    assert others_view(path, "SELECT prompt FROM graphs") == [(b"[1]",)]


CHANGES: dict[str, Callable[[Table], object]] = {
    "add": lambda table: table.add(order("b")),
    "begin": lambda table: table.begin("a", 1.0),
    "end": lambda table: table.end("a", "done", 1.0, 1.0, b"{}"),
    "put back": lambda table: table.put_back("a"),
    "pause": lambda table: table.pause("a"),
    "resume": lambda table: table.resume("a"),
    "title": lambda table: table.set_title("a", "b"),
    "numbers": lambda table: table.set_numbers({"a": 7.0}),
    "remove": lambda table: table.remove(["a"]),
    "remove at": lambda table: table.remove_at([1]),
    "note": lambda table: table.note("a", "b"),
    "recover": lambda table: table.recover(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_table_that_another_program_holds_says_so_and_is_not_changed(
    table: Table, path: Path, change: Callable[[Table], object]
) -> None:
    table.add(order("a"))
    table._connection.execute("PRAGMA busy_timeout = 1")  # or each would wait for half a second
    before = others_view(path, "SELECT * FROM jobs")
    with held(path), pytest.raises(StoreError, match=r"database is locked.*: free some space, or"):
        change(table)
    assert others_view(path, "SELECT * FROM jobs") == before
    change(table)


@pytest.mark.parametrize(
    "wrong", [{"title": "\ud800"}, {"nodes": 1 << 70}, {"number": 10**400}, {"words": "\udfff"}]
)
def test_what_no_table_can_hold_is_the_orders_fault(
    table: Table, path: Path, wrong: dict[str, object]
) -> None:
    with pytest.raises(RequestError, match="the job cannot be kept: "):
        table.add(order("a", **{"number": 1.0, **wrong}))  # type: ignore[arg-type]  # that is it
    assert counts(path) == (0, 0, 0, 0, 0)
    table.add(order("a"))


# At the start of a process


def test_what_ran_when_the_process_died_waits_again_in_its_place(table: Table, path: Path) -> None:
    for id_, number in (("late", 9), ("ran", 2), ("paused", 5), ("done", 1), ("early", 0)):
        table.add(order(id_, number))
    finish(table, "done")
    table.begin("ran", 1.0)
    table.pause("paused")
    table.close()
    with contextlib.closing(Table(path)) as again:
        found = again.recover()
        assert [each.waiting.id for each in found] == ["early", "ran", "paused", "late"]
        assert [each.waiting.id for each in found if each.ran] == ["ran"]
        assert [each.waiting.id for each in found if each.waiting.paused] == ["paused"]
        assert [each.waiting.attempts for each in found] == [0, 1, 0, 0]
        assert [each.ran for each in again.recover()] == [False] * 4
        assert again.last_sequence() == 5


def test_a_job_that_was_put_back_was_not_tried(table: Table, path: Path) -> None:
    table.add(order("a"))
    table.begin("a", 1.0)
    assert others_view(path, "SELECT status, attempts FROM jobs") == [("running", 1)]
    table.put_back("a")
    assert others_view(path, "SELECT status, attempts FROM jobs") == [("pending", 0)]


# Ending


def test_a_webhook_is_due_in_one_step_with_the_end_of_its_job(table: Table, path: Path) -> None:
    table.add(order("a", webhook="http://example.com/"))
    table._connection.execute(
        "CREATE TEMP TRIGGER stop BEFORE INSERT ON webhooks BEGIN SELECT RAISE(ABORT, 'dead'); END"
    )
    with pytest.raises(StoreError, match="dead"):
        finish(table, "a", ended=Ended(executed=["1"]))
    assert others_view(path, "SELECT status, finished FROM jobs") == [("running", None)]
    assert counts(path) == (1, 1, 1, 0, 0)
    table._connection.execute("DROP TRIGGER temp.stop")
    table.end("a", "failed", 1.0, 2.0, b"{}")
    assert counts(path) == (1, 1, 1, 1, 1)
    (due,) = table.due_webhooks()
    assert (due.job, due.attempts) == ("a", 0)
    assert others_view(path, "SELECT ended FROM jobs") == [(due.due,)]


@pytest.mark.parametrize("status", ["done", "failed", "cancelled"])
def test_every_end_of_a_job_with_a_webhook_is_to_be_told(table: Table, status: str) -> None:
    table.add(order("without"))
    table.add(order("with", webhook="http://example.com/"))
    for id_ in ("without", "with"):
        table.end(id_, status, None, None, b"{}")  # type: ignore[arg-type]  # a Status
    assert [due.job for due in table.due_webhooks()] == ["with"]


def test_a_job_ends_once(table: Table, path: Path) -> None:
    table.add(order("a", webhook="http://example.com/"))
    finish(table, "a", "done")
    table.remove_webhook(table.due_webhooks()[0])
    finish(table, "a", "failed")
    assert others_view(path, "SELECT status, attempts, finished FROM jobs") == [("done", 1, 1)]
    assert table.due_webhooks() == []


def test_what_is_told_late_leaves_what_is_to_be_told_of_a_newer_job_of_the_same_id(
    table: Table,
) -> None:
    for _ in range(2):
        table.add(order("a", webhook="http://example.com/"))
        finish(table, "a")
        first = table.due_webhooks()[0]
        table.put_off_webhook(first, first.due + 60)
        (later,) = table.due_webhooks()
        assert (later.due, later.attempts) == (first.due + 60, 1)
        table.remove_webhook(first)
        table.put_off_webhook(first, 1.0)
        assert table.due_webhooks() == [later]
    table.remove_webhook(later)
    assert table.due_webhooks() == []


def test_jobs_that_are_forgotten_leave_nothing(table: Table, path: Path) -> None:
    for id_ in "abc":
        table.add(order(id_, webhook="http://example.com/"))
    finish(table, "a")
    finish(table, "b")
    table.remove(["a", "c", "nobody"])
    assert counts(path) == (2, 2, 2, 1, 1)
    assert table.ended() == [2]
    table.remove_at([2])
    assert table.ended() == []
    assert counts(path) == (1, 1, 1, 0, 0)
    assert others_view(path, "SELECT id FROM jobs") == [("c",)]
    table.add(order("d"))
    assert table.last_sequence() == 4, "places in the order of arrival are given once"


# Changing


def test_numbers_change_together_or_not_at_all(table: Table, path: Path) -> None:
    for id_ in "abc":
        table.add(order(id_, 1))
    table._connection.execute(
        "CREATE TEMP TRIGGER stop BEFORE UPDATE OF number ON jobs WHEN new.id = 'c' "
        "BEGIN SELECT RAISE(ABORT, 'stop'); END"
    )
    with pytest.raises(StoreError):
        table.set_numbers({"a": 5.0, "b": 6.0, "c": 7.0})
    assert others_view(path, "SELECT number FROM jobs") == [(1.0,), (1.0,), (1.0,)]


def test_what_is_written_together_is_seen_by_others_only_as_a_whole(
    table: Table, path: Path
) -> None:
    with table.together():
        table.add(order("a"))
        with table.together():
            table.note("x", "y")
        assert others_view(path, "SELECT count(*) FROM jobs") == [(0,)]
    assert counts(path)[0] == 1
    with contextlib.suppress(ZeroDivisionError), table.together():
        table.add(order("b"))
        table.note("x", f"{1 // 0}")
    assert counts(path)[0] == 1
    assert table.fact("x") == "y"


def test_a_new_title_is_found_and_the_old_one_is_not(table: Table, path: Path) -> None:
    table.add(order("a", title="Old", words="rain"))
    table.set_title("a", "New\nÉtude")
    with contextlib.closing(History(path)) as history:
        found = {
            text: history.count(Asked(text=text)) for text in ("old", "éTUDE", "rain new", "a")
        }
    assert found == {"old": 0, "éTUDE": 1, "rain new": 1, "a": 1}


# Tables that cannot be used


def refused(path: Path) -> str:
    """What is said about a table that is left as it is."""
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        Table(path)
    assert path.read_bytes() == before
    assert str(path) in caught.value.message
    with pytest.raises(StoreError, match=caught.value.message[:20]):
        Table(path)  # and no lock was left
    return caught.value.message


def test_a_file_that_is_no_table_is_named_and_kept(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a table at all, but somebody's text" * 100)
    message = refused(path)
    assert "is damaged (file is not a database): move it away, together with" in message
    assert "jobs.sqlite-wal" in message


def test_a_table_with_a_damaged_page_is_named_and_kept(path: Path) -> None:
    with contextlib.closing(Table(path)) as table:
        table.add(order("a"))
    data = bytearray(path.read_bytes())
    data[100:4000] = b"\x55" * 3900  # the list of what is in it
    path.write_bytes(data)
    assert "is damaged (" in refused(path)


def test_a_table_of_a_newer_patchbay_is_named_and_kept(path: Path) -> None:
    Table(path).close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    message = refused(path)
    assert f"is of format {FORMAT + 1}, this Patchbay reads {FORMAT}: update Patchbay" in message


def test_a_table_from_before_the_first_release_is_named_and_kept(path: Path) -> None:
    Table(path).close()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
    assert "is of format 1, from before the first release: move it away" in refused(path)


def test_a_process_killed_while_it_made_the_table_leaves_one_that_can_be_made(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch()
    with contextlib.closing(Table(path)) as table:
        table.add(order("a"))
        assert others_view(path, "PRAGMA user_version") == [(FORMAT,)]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"the folder .*file/user cannot be made .*--user"):
        Table(tmp_path / "file" / "user" / "jobs.sqlite")


def test_a_table_that_is_a_folder_is_named(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match=r"jobs.sqlite cannot be opened .*--user"):
        Table(path)
