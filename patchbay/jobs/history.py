"""Reading the table of jobs: one job, what waits, pages of history, a search. From any thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from patchbay.errors import StoreError
from patchbay.jobs.records import Ended, JobRow, Status, searchable

_COLUMNS = """
    id, jobs.sequence, number, status, client, title, workflow_id, nodes, targets, created,
    started, ended, seconds, attempts, webhook, {graph}, outcome
"""
_WITHOUT_GRAPHS = (
    _COLUMNS.format(graph="'{}', '{}'")
    + """
    FROM jobs LEFT JOIN outcomes ON outcomes.sequence = jobs.sequence
"""
)
_WHOLE = (
    _COLUMNS.format(graph="prompt, extra")
    + """
    FROM jobs LEFT JOIN outcomes ON outcomes.sequence = jobs.sequence
    JOIN graphs ON graphs.sequence = jobs.sequence
"""
)
SortBy = Literal["arrival", "end", "seconds"]
_ORDERS: dict[SortBy, str] = {
    "arrival": "jobs.sequence {0}",
    "end": "finished {0}, jobs.sequence {0}",
    "seconds": "seconds {0}, jobs.sequence {0}",
}
_PARAMETERS = 500  # SQLite takes a bounded number
_MOST_WORDS = 20


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs are wanted, and which page of them. Every word of `text` is looked for in
    prompts, titles and ids, upper and lower case alike."""

    statuses: tuple[Status, ...] = ()
    text: str = ""
    workflow_id: str = ""
    client: str = ""
    begun: bool = False  # only those that ran
    sort: SortBy = "end"
    newest_first: bool = True
    offset: int = 0
    limit: int = 100


class History:
    """Reads what `Table` writes, over a connection of its own. Everything raises StoreError when
    the table cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
        self._connection.execute("PRAGMA query_only = ON")
        self._ended = msgspec.json.Decoder(Ended).decode

    def job(self, id_: str, *, graph: bool = True) -> JobRow | None:
        """The job with this id; without its `graph`, which may be large, if that is not needed."""
        rows = self._rows(f"SELECT {_columns(graph)} WHERE id = ?", (id_,))
        return rows[0] if rows else None

    def jobs(self, ids: Sequence[str]) -> list[JobRow]:
        """Those of these jobs that there are, in this order."""
        found: dict[str, JobRow] = {}
        for start in range(0, len(ids), _PARAMETERS):
            part = ids[start : start + _PARAMETERS]
            query = f"SELECT {_WHOLE} WHERE id IN ({_marks(part)})"
            found.update((row.id, row) for row in self._rows(query, tuple(part)))
        return [found[id_] for id_ in ids if id_ in found]

    def page(self, asked: Asked, *, graphs: bool = True) -> list[JobRow]:
        """A page of jobs; without their `graphs`, which may be large, if those are not needed."""
        query, values = page_query(asked, graphs)
        return self._rows(query, values)

    def count(self, asked: Asked) -> int:
        """How many jobs there are on all pages."""
        query, values = count_query(asked)
        return int(self._all(query, values)[0][0])

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[JobRow]:
        return [self._row(*row) for row in self._all(query, values)]

    def _all(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(
                f"the table of jobs {self._path} cannot be read ({error}): check the disk"
            ) from error

    def _row(self, *row: Any) -> JobRow:
        (
            id_, sequence, number, status, client, title, workflow_id, nodes, targets, created,
            started, ended, seconds, attempts, webhook, prompt, extra, outcome,
        ) = row  # fmt: skip
        return JobRow(
            id=id_, sequence=sequence, number=number, status=status, client=client, title=title,
            workflow_id=workflow_id, nodes=nodes, targets=_targets(targets), created=created,
            started=started, ended=ended, seconds=seconds, attempts=attempts, webhook=webhook,
            prompt=msgspec.Raw(prompt), extra=msgspec.Raw(extra), outcome=self._outcome(outcome),
        )  # fmt: skip

    def _outcome(self, data: bytes | None) -> Ended | None:
        """How a job ended. A single row that is damaged must not keep others from being read."""
        try:
            return None if data is None else self._ended(data)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            message = f"what came of it is damaged: {error}"
            problem = {"code": "bad_store", "message": message, "node": None, "input": None}
            return Ended(problems=[problem])


def page_query(asked: Asked, graphs: bool) -> tuple[str, tuple[Any, ...]]:
    """The query for a page of jobs. Which they are is found first, from what is small."""
    source, values = _source(asked)
    order = _ORDERS[asked.sort].format("DESC" if asked.newest_first else "ASC")
    found = f"SELECT jobs.sequence {source} ORDER BY {order} LIMIT ? OFFSET ?"
    query = f"SELECT {_columns(graphs)} WHERE jobs.sequence IN ({found}) ORDER BY {order}"
    return query, (*values, asked.limit, asked.offset)


def count_query(asked: Asked) -> tuple[str, tuple[Any, ...]]:
    """The query for how many jobs there are on all pages."""
    source, values = _source(asked)
    return f"SELECT count(*) {source}", values


def _source(asked: Asked) -> tuple[str, tuple[Any, ...]]:
    """Where the jobs that are asked for come from, and what they must be."""
    source, tests = "FROM jobs", []
    values: list[Any] = []
    words = searchable(asked.text).split()[:_MOST_WORDS]
    if words:
        source += " JOIN texts ON texts.sequence = jobs.sequence"
        tests += ["instr(text, ?)"] * len(words)
        values += words
    if asked.statuses:
        tests.append(f"status IN ({_marks(asked.statuses)})")
        values += asked.statuses
    if asked.begun:
        tests.append("finished IS NOT NULL AND started IS NOT NULL")
    if asked.workflow_id:
        tests.append("workflow_id = ?")
        values.append(asked.workflow_id)
    if asked.client:
        tests.append("client = ?")
        values.append(asked.client)
    return source + (" WHERE " + " AND ".join(tests) if tests else ""), tuple(values)


def _columns(graphs: bool) -> str:
    return _WHOLE if graphs else _WITHOUT_GRAPHS


def _marks(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))


def _targets(data: str) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(data, type=tuple[str, ...])
    except (msgspec.MsgspecError, UnicodeDecodeError):  # damaged
        return ()
