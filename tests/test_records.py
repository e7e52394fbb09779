"""What the table of results promises."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patchbay.digest import of_bytes
from patchbay.records import Records
from patchbay.types import (
    Digest,
    Expansion,
    Given,
    Key,
    Link,
    NodeId,
    Outer,
    Result,
    SavedFile,
    SocketType,
    Value,
)


def key(number: int) -> Key:
    return Key(number.to_bytes(32, "big"))


def value(name: str, size_bytes: int = 10_000) -> Value:
    return Value(SocketType("AUDIO"), of_bytes(name.encode()), None, False, size_bytes)


def result(*names: str, seconds: float = 1.0) -> Result:
    return Result((tuple(value(name) for name in names),), {}, seconds)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Records]]:
    """Opens the table, as often as asked; it may not warn."""
    tables: list[Records] = []

    def opening() -> Records:
        tables.append(Records(tmp_path / "records.sqlite", pytest.fail, False))
        return tables[-1]

    yield opening
    for table in tables:
        try:
            table.close()
        except sqlite3.ProgrammingError:  # closed by the test itself
            continue


FULL = Result(
    outputs=(
        (value("a"), Value(SocketType("INT"), of_bytes(b"b"), b"i1", False, 2)),
        (),
        (Value(SocketType("MODEL"), of_bytes(b"c"), None, True),),
    ),
    ui={"notes": ["é", 1, 1.5, None, [True], {"a": 1}]},
    seconds=1.25,
    files=(SavedFile("output", "takes/a.wav", 10, "audio"),),
)
EXPANDED = Result(
    (),
    {},
    0.5,
    (),
    Expansion(
        {"a": {"class_type": "Add", "inputs": {"a": {"link": ["b", 0]}}}},
        (Link(NodeId("a"), 1), Outer("value"), Given((value("d"),), Link(NodeId("x"), 0))),
    ),
)


@pytest.mark.parametrize("kept", [FULL, EXPANDED], ids=["values", "expansion"])
def test_a_result_comes_back_as_it_was(opened: Callable[[], Records], kept: Result) -> None:
    first = opened()
    first.add(key(1), "pack/Node", "", b"material", kept)
    assert first.find(key(1)) == kept
    first.close()
    assert opened().find(key(1)) == kept


def test_an_unknown_key_is_not_known(opened: Callable[[], Records]) -> None:
    assert opened().find(key(1)) is None


def test_a_later_result_replaces_an_earlier_one(opened: Callable[[], Records]) -> None:
    table = opened()
    table.add(key(1), "pack/Node", "", b"", result("a"))
    table.flush()
    table.add(key(1), "pack/Node", "", b"", result("b"))
    table.close()
    assert opened().find(key(1)) == result("b")


def test_many_results_are_written_at_once(opened: Callable[[], Records]) -> None:
    table = opened()
    for number in range(5_000):
        table.add(key(number), "pack/Node", "", b"", result(str(number)))
    table.flush()
    other = opened()
    assert other.count() == 5_000
    assert other.find(key(4_999)) == result("4999")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET result = substr(result, 2)",
        "UPDATE records SET result = x''",
        "UPDATE records SET result = zeroblob(200)",
        "UPDATE records SET checksum = checksum + 1",
        "UPDATE records SET key = CAST(zeroblob(31) || x'02' AS BLOB)",
    ],
)
def test_a_damaged_record_is_dropped_with_a_warning(tmp_path: Path, change: str) -> None:
    path = tmp_path / "records.sqlite"
    table = Records(path, pytest.fail, False)
    table.add(key(1), "pack/Node", "", b"", result("a"))
    table.close()
    changed = sqlite3.connect(path)
    with changed:
        changed.execute(change)
    changed.close()
    warned: list[str] = []
    table = Records(path, warned.append, False)
    damaged = key(2) if "key =" in change else key(1)
    assert table.find(damaged) is None
    assert warned == ["a damaged record was dropped: its call is made again"]
    assert table.find(damaged) is None
    assert len(warned) == 1
    table.add(damaged, "pack/Node", "", b"", result("b"))
    assert table.find(damaged) == result("b")
    table.close()


def test_damaged_records_are_found_by_a_full_check(opened: Callable[[], Records]) -> None:
    table = opened()
    for number in range(3):
        table.add(key(number), "pack/Node", "", b"", result(str(number)))
    table.flush()
    table._connection.execute("UPDATE records SET checksum = 0 WHERE key = ?", (key(1),))
    found = dict(table.all_results())
    assert found == {key(0): result("0"), key(1): None, key(2): result("2")}


def test_a_forgotten_record_is_gone(opened: Callable[[], Records]) -> None:
    table = opened()
    table.add(key(1), "pack/Node", "", b"", result("a"))
    table.forget(key(1))
    assert table.find(key(1)) is None
    table.close()
    assert opened().find(key(1)) is None


def test_how_long_a_node_takes_is_remembered_by_engine(opened: Callable[[], Records]) -> None:
    table = opened()
    table.add(key(1), "pack/Node", "", b"", result("a", seconds=1.0))
    table.add(key(2), "pack/Node", "", b"", result("b", seconds=3.0))
    table.add(key(3), "pack/Node", "fast", b"", result("c", seconds=0.5))
    table.close()
    table = opened()
    assert table.mean_seconds("pack/Node", "") == pytest.approx(2.0)
    assert table.mean_seconds("pack/Node", "fast") == pytest.approx(0.5)
    assert table.mean_seconds("pack/Other", "") is None


def test_what_was_trimmed_is_known_until_it_is_made_again(opened: Callable[[], Records]) -> None:
    table = opened()
    table.add(key(1), "pack/Node", "", b"", result("a"))
    table.flush()
    digest = value("a").digest
    assert not table.was_trimmed(digest)
    table.trimmed([digest])
    assert table.was_trimmed(digest)
    table.add(key(1), "pack/Node", "", b"", result("a"))
    table.flush()
    assert not table.was_trimmed(digest)


def test_each_stored_value_has_a_row_with_the_longest_time(opened: Callable[[], Records]) -> None:
    table = opened()
    table.add(key(1), "pack/Node", "", b"", result("a", seconds=5.0))
    table.flush()
    table.add(key(2), "pack/Node", "", b"", result("a", seconds=2.0))
    (row,) = table.stored()
    assert (row.digest, row.size_bytes, row.seconds) == (value("a").digest, 10_000, 5.0)
    assert not row.trimmed


def test_small_and_opaque_values_have_no_row(opened: Callable[[], Records]) -> None:
    table = opened()
    table.add(key(1), "pack/Node", "", b"", FULL)
    assert [row.digest for row in table.stored()] == [value("a").digest]


def test_values_that_an_expansion_holds_have_a_row(opened: Callable[[], Records]) -> None:
    table = opened()
    assert EXPANDED.expansion is not None
    held = Expansion(EXPANDED.expansion.nodes, EXPANDED.expansion.outputs, (value("d"),))
    table.add(key(1), "pack/Node", "", b"", Result((), {}, 0.5, (), held))
    assert [row.digest for row in table.stored()] == [value("d").digest]


def test_materials_come_newest_first(opened: Callable[[], Records]) -> None:
    table = opened()
    for number in range(3):
        table.add(key(number), "pack/Node", "", b"%d" % number, result("a"))
    table.add(key(9), "pack/Other", "", b"other", result("a"))
    table.flush()
    for number in range(3):
        made = "UPDATE records SET made = ? WHERE key = ?"
        table._connection.execute(made, (float(number), key(number)))
    assert table.materials("pack/Node", 100.0) == [b"2", b"1", b"0"]
    assert table.materials("pack/Node", 2.0) == [b"1", b"0"]


def test_a_files_digest_is_remembered_for_its_stamp(opened: Callable[[], Records]) -> None:
    table = opened()
    table.note_file("/a", "1", Digest(bytes(32)))
    assert table.file_digest("/a", "1") == bytes(32)
    assert table.file_digest("/a", "2") is None
    table.note_file("/a", "2", Digest(b"1" * 32))
    assert table.file_digest("/a", "1") is None


def test_a_table_in_memory_works_like_any(tmp_path: Path) -> None:
    table = Records(None, pytest.fail, False)
    table.add(key(1), "pack/Node", "", b"", result("a"))
    table.flush()
    assert table.find(key(1)) == result("a")
    assert table.count() == 1
    table.close()
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_table_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    first = Records(path, pytest.fail, False)
    first.add(key(1), "pack/Node", "", b"", result("a"))
    first.close()
    before = path.read_bytes()
    table = Records(path, pytest.fail, True)
    assert table.find(key(1)) == result("a")
    table.add(key(2), "pack/Node", "", b"", result("b"))
    table.forget(key(1))
    table.touch([value("a").digest])
    table.note_file("/a", "1", Digest(bytes(32)))
    table.close()
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["records.sqlite"]


def test_a_table_that_cannot_be_written_any_more_keeps_what_comes_in_memory(
    tmp_path: Path,
) -> None:
    warned: list[str] = []
    path = tmp_path / "records.sqlite"
    table = Records(path, warned.append, False)
    table._connection.execute("PRAGMA query_only = 1")
    for number in range(100):
        table.add(key(number), "pack/Node", "", b"", result(str(number)))
        table.flush()
    table.touch([value("1").digest])
    assert all(table.find(key(number)) == result(str(number)) for number in range(100))
    assert len(warned) == 1
    assert "free some space or choose another folder with --cache" in warned[0]
    table.close()
