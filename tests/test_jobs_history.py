"""Reading the table of jobs: pages, filters and a search that finds what was typed, however it was
typed; with a history of 50,000 jobs none of it reads more than it must."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from patchbay.errors import StoreError
from patchbay.jobs.history import Asked, History, SortBy, count_query, page_query
from patchbay.jobs.records import Ended
from patchbay.jobs.table import Table
from tests.queueing import finish, order, others_view

MANY = 50_000
FILL = """
INSERT INTO jobs (id, number, status, client, title, workflow_id, nodes, targets, webhook, created,
    started, ended, seconds, attempts, finished)
SELECT 'job' || value, value, iif(value % 10 = 0, 'failed', 'done'), 'c' || (value % 5), '',
    'w' || (value % 7), 5, '["1"]', '', value, value, value + 1, (value * 7919) % 100, 1, value
FROM generated;
INSERT INTO graphs SELECT value, zeroblob(4000), '{}' FROM generated;
INSERT INTO texts SELECT value,
    'song ' || value || char(10) || 'job' || value || char(10) ||
    iif(value % 1000 = 0, 'glockenspiel 100%_done', 'rain on a tape')
FROM generated;
INSERT INTO outcomes SELECT value, '{}' FROM generated;
"""


@dataclass(frozen=True)
class Shelf:
    """A table and its reader."""

    table: Table
    history: History

    def ids(self, **asked: Any) -> list[str]:
        """The jobs of a page; there must be as many as are counted."""
        wanted = Asked(**asked)
        found = [row.id for row in self.history.page(wanted)]
        if not wanted.offset and len(found) < wanted.limit:
            assert self.history.count(wanted) == len(found)
        return found


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Shelf]:
    table = Table(path)
    history = History(path)
    try:
        yield Shelf(table, history)
    finally:
        history.close()
        table.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with opened(tmp_path / "jobs.sqlite") as found:
        yield found


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """A history of 50,000 jobs."""
    with opened(tmp_path_factory.mktemp("full") / "jobs.sqlite") as found:
        execute = found.table._connection.executescript
        execute(
            "BEGIN; CREATE TEMP TABLE generated (value INTEGER PRIMARY KEY);"
            "WITH RECURSIVE up (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM up "
            f"WHERE n < {MANY}) INSERT INTO generated SELECT n FROM up; {FILL} COMMIT"
        )
        yield found


def plan(shelf: Shelf, query: str, values: tuple[Any, ...]) -> str:
    """What SQLite means to do."""
    rows = shelf.history._connection.execute(f"EXPLAIN QUERY PLAN {query}", values)
    return "\n".join(str(row[3]) for row in rows)


# What is there


def test_a_job_is_read_with_all_that_was_kept(shelf: Shelf) -> None:
    shelf.table.add(
        order(
            "a",
            2,
            prompt=b'{"1":{}}',
            extra=b'{"x":1}',
            targets=("1", "2"),
            client="me",
            title="T",
            workflow_id="w",
            nodes=1,
            webhook="http://example.com/",
        )
    )
    row = shelf.history.job("a")
    assert row is not None
    assert (row.id, row.sequence, row.number, row.status) == ("a", 1, 2.0, "pending")
    assert (row.client, row.title, row.workflow_id, row.nodes) == ("me", "T", "w", 1)
    assert (bytes(row.prompt), bytes(row.extra)) == (b'{"1":{}}', b'{"x":1}')
    assert (row.targets, row.webhook) == (("1", "2"), "http://example.com/")
    assert (row.started, row.ended, row.seconds, row.attempts, row.outcome) == (
        None, None, None, 0, None,
    )  # fmt: skip
    finish(shelf.table, "a", "failed", Ended(executed=["1"]))
    small = shelf.history.job("a", graph=False)
    assert small is not None
    assert (bytes(small.prompt), bytes(small.extra)) == (b"{}", b"{}")
    assert (small.status, small.started, small.seconds, small.attempts) == ("failed", 1.0, 2.0, 1)
    assert small.outcome == Ended(executed=["1"])
    assert shelf.history.job("nobody") is None


def test_jobs_come_in_the_order_in_which_they_were_asked_for(shelf: Shelf) -> None:
    names = [f"job{number}" for number in range(1_200)]
    with shelf.table.together():
        for name in names:
            shelf.table.add(order(name))
    wanted = ["nobody", *reversed(names)]
    assert [row.id for row in shelf.history.jobs(wanted)] == list(reversed(names))
    assert shelf.history.jobs([]) == []


def test_pages_are_sorted_and_follow_each_other(shelf: Shelf) -> None:
    for id_ in ("a", "b", "c", "d"):
        shelf.table.add(order(id_))
    for id_, seconds in (("c", 1.0), ("a", 3.0), ("b", 2.0)):
        shelf.table.end(id_, "done", 1.0, seconds, b"{}")
    sorts: tuple[SortBy, ...] = get_args(SortBy)
    found = {sort: "".join(shelf.ids(sort=sort)) for sort in sorts}
    assert found == {"arrival": "dcba", "end": "bacd", "seconds": "abcd"}
    oldest = {sort: "".join(shelf.ids(sort=sort, newest_first=False)) for sort in sorts}
    assert oldest == {sort: order_[::-1] for sort, order_ in found.items()}
    pages = [shelf.ids(limit=2, offset=offset) for offset in (0, 2, 4)]
    assert pages == [["b", "a"], ["c", "d"], []]
    assert shelf.ids(begun=True) == ["b", "a", "c"]


def test_jobs_are_filtered_by_all_that_is_asked(shelf: Shelf) -> None:
    shelf.table.add(order("a", client="me", workflow_id="w", words="rain"))
    shelf.table.add(order("b", client="you", workflow_id="w", words="rain"))
    shelf.table.add(order("c", client="me", words="rain"))
    finish(shelf.table, "c", "failed")
    assert shelf.ids(client="me", sort="arrival") == ["c", "a"]
    assert shelf.ids(workflow_id="w", client="me") == ["a"]
    assert shelf.ids(statuses=("failed", "pending"), sort="arrival") == ["c", "b", "a"]
    assert shelf.ids(statuses=("failed",), text="RAIN") == ["c"]
    assert shelf.ids(begun=True, client="you") == []


# The search

TEXTS = {
    "percent": "100% done",
    "under": "a_b",
    "between": "axb 100 done",
    "quotes": """say "hello" it's 'fine'; DROP TABLE jobs; --""",
    "back": r"C:\songs\new",
    "accents": "Été à la Plage",
    "apart": "E\u0301te\u0301",  # the accents as signs of their own
    "sharp": "Große STRASSE",
    "greek": "ΣΊΣΥΦΟΣ",
    "chinese": "夜曲 钢琴",
    "face": "a 🎹 plays",
    "nothing": "",
}
FINDS: list[tuple[str, set[str]]] = [
    ("100%", {"percent"}),
    ("%", {"percent"}),
    ("_", {"under"}),
    ("a_b", {"under"}),
    ("a*b", set()),
    ('"hello"', {"quotes"}),
    ("it's", {"quotes"}),
    ("'", {"quotes"}),
    ("; DROP", {"quotes"}),
    ("\\songs\\", {"back"}),
    ("\\", {"back"}),
    ("été", {"accents", "apart"}),
    ("E\u0301TE\u0301", {"accents", "apart"}),
    ("PLAGE à", {"accents"}),
    ("strasse", {"sharp"}),
    ("GROSSE", {"sharp"}),
    ("σίσυφος", {"greek"}),
    ("钢琴", {"chinese"}),
    ("钢琴 夜曲", {"chinese"}),
    ("🎹", {"face"}),
    ("done 100", {"percent", "between"}),
    ("done nowhere", set()),
    ("id-of-nothing", {"nothing"}),
    ("TITLE", set(TEXTS)),
    ("   ", set(TEXTS)),
    ("\x00", set()),
    ("x" * 10_000, set()),
]


@pytest.mark.parametrize(("text", "wanted"), FINDS, ids=[repr(text[:12]) for text, _ in FINDS])
def test_a_search_finds_what_was_typed_letter_by_letter(
    shelf: Shelf, text: str, wanted: set[str]
) -> None:
    for name, words in TEXTS.items():
        shelf.table.add(order(f"id-of-{name}", title=f"Title of {name}", words=words))
    assert set(shelf.ids(text=text)) == {f"id-of-{name}" for name in wanted}


def test_a_search_for_very_many_words_is_a_search_for_some(shelf: Shelf) -> None:
    shelf.table.add(order("a", words="la"))
    assert shelf.ids(text="la " * 5_000) == ["a"]


# A long history


@pytest.mark.slow
def test_a_long_history_is_paged_counted_and_searched(full: Shelf) -> None:
    assert full.history.count(Asked()) == MANY
    assert full.ids(limit=3) == [f"job{MANY}", f"job{MANY - 1}", f"job{MANY - 2}"]
    assert full.ids(limit=2, offset=MANY - 2) == ["job2", "job1"]
    assert full.ids(offset=MANY) == []
    rare = [f"job{number}" for number in range(MANY, 0, -1000)]
    assert full.ids(text="GLOCKEN") == rare
    assert full.ids(text="100%_done song") == rare
    assert full.ids(text="glocken 49000") == ["job49000"]
    assert full.history.count(Asked(text="tape rain")) == MANY - len(rare)
    assert full.history.count(Asked(statuses=("failed",))) == MANY // 10
    assert full.history.count(Asked(begun=True, client="c3")) == MANY // 5


@pytest.mark.slow
@pytest.mark.parametrize("graphs", [True, False])
@pytest.mark.parametrize(
    "asked",
    [
        Asked(), Asked(newest_first=False), Asked(sort="arrival"), Asked(begun=True),
        Asked(begun=True, newest_first=False), Asked(offset=40_000), Asked(statuses=("done",)),
        Asked(text="rain"), Asked(text="rain", sort="arrival"),
    ],
)  # fmt: skip
def test_a_page_is_walked_to_in_order_and_only_its_jobs_are_read(
    full: Shelf, asked: Asked, graphs: bool
) -> None:
    steps = plan(full, *page_query(asked, graphs)).splitlines()
    walk = steps[steps.index("LIST SUBQUERY 1") + 1]
    assert "jobs_by_end" in walk if asked.sort == "end" else walk == "SCAN jobs", steps
    scans = [step for step in steps if step.startswith("SCAN") and step != walk]
    assert scans == [], "only the walk itself passes by others"
    sorts = [step for step in steps if "TEMP B-TREE" in step]
    assert len(sorts) <= 1, "only the page is sorted, not all that was found"


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked",
    [
        Asked(sort="seconds"), Asked(statuses=("failed",)), Asked(text="rain"),
        Asked(client="c1"), Asked(workflow_id="w1"), Asked(begun=True),
    ],
)  # fmt: skip
def test_what_is_large_is_never_looked_through(full: Shelf, asked: Asked) -> None:
    steps = plan(full, *count_query(asked))
    assert "graphs" not in steps
    assert "outcomes" not in steps
    steps = plan(full, *page_query(asked, True))
    for large in ("graphs", "outcomes"):
        assert f"SEARCH {large} USING INTEGER PRIMARY KEY" in steps
        assert f"SCAN {large}" not in steps


# Damage


def test_one_row_that_is_damaged_does_not_hide_the_others(shelf: Shelf, tmp_path: Path) -> None:
    for id_ in "abc":
        shelf.table.add(order(id_, targets=("1",)))
        finish(shelf.table, id_)
    execute = shelf.table._connection.execute
    execute("UPDATE outcomes SET outcome = ? WHERE sequence = 2", (b'{"outputs": [tr',))
    execute("UPDATE jobs SET targets = ? WHERE id = 'c'", ("\x01",))
    rows = {row.id: row for row in shelf.history.page(Asked())}
    assert set(rows) == set("abc")
    outcome = rows["b"].outcome
    assert outcome is not None
    assert "what came of it is damaged: " in outcome.problems[0]["message"]
    assert rows["c"].targets == ()


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    with opened(path) as shelf:
        for number in range(200):
            shelf.table.add(order(f"job{number}", prompt=b"x" * 2_000))
    (pages,) = others_view(path, "PRAGMA page_count")[0]
    with opened(path) as shelf:
        with path.open("r+b") as file:
            file.seek(4096 * 2)
            file.write(b"\x55" * 4096 * (pages - 2))
        with pytest.raises(StoreError, match=r"jobs\.sqlite cannot be read \(.*\): check the disk"):
            shelf.history.page(Asked())
        with pytest.raises(StoreError):
            shelf.history.count(Asked(text="x"))
