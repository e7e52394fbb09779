"""Reading the table of jobs: one job, what waits, pages of history, a search. From any thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from patchbay.jobs.records import Ended, JobRow, Status

_COLUMNS = """
    id, sequence, number, status, client, title, workflow_id, nodes, targets, created, started,
    ended, seconds, attempts, webhook, prompt, extra, outcome
"""
_WITHOUT_GRAPHS = _COLUMNS.replace("prompt, extra", "'{}', '{}'")
SortBy = Literal["arrival", "end", "seconds"]
_ORDERS: dict[SortBy, str] = {"arrival": "sequence", "end": "finished", "seconds": "seconds"}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which jobs are wanted, and which page of them. `text` is looked for in prompts, titles and
    ids, upper and lower case alike."""

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
    """Reads what `Table` writes, over a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, check_same_thread=False)
        self._connection.execute("PRAGMA query_only = ON")
        self._ended = msgspec.json.Decoder(Ended).decode

    def job(self, id_: str, *, graph: bool = True) -> JobRow | None:
        """The job with this id; without its `graph`, which may be large, if that is not needed."""
        columns = _COLUMNS if graph else _WITHOUT_GRAPHS
        rows = self._rows(f"SELECT {columns} FROM jobs WHERE id = ?", (id_,))
        return rows[0] if rows else None

    def jobs(self, ids: Sequence[str]) -> list[JobRow]:
        """Those of these jobs that there are, in this order."""
        found: dict[str, JobRow] = {}
        for start in range(0, len(ids), 500):  # SQLite takes a bounded number of parameters
            part = ids[start : start + 500]
            marks = ",".join("?" * len(part))
            query = f"SELECT {_COLUMNS} FROM jobs WHERE id IN ({marks})"
            found.update((row.id, row) for row in self._rows(query, tuple(part)))
        return [found[id_] for id_ in ids if id_ in found]

    def page(self, asked: Asked, *, graphs: bool = True) -> list[JobRow]:
        """A page of jobs; without their `graphs`, which may be large, if those are not needed."""
        columns = _COLUMNS if graphs else _WITHOUT_GRAPHS
        where, values = _where(asked)
        direction = "DESC" if asked.newest_first else "ASC"
        order = f"{_ORDERS[asked.sort]} {direction}, sequence {direction}"
        query = f"SELECT {columns} FROM jobs {where} ORDER BY {order} LIMIT ? OFFSET ?"
        return self._rows(query, (*values, asked.limit, asked.offset))

    def count(self, asked: Asked) -> int:
        """How many jobs there are on all pages."""
        where, values = _where(asked)
        with self._lock:
            query = f"SELECT count(*) FROM jobs {where}"
            return int(self._connection.execute(query, values).fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[JobRow]:
        with self._lock:
            rows = self._connection.execute(query, values).fetchall()
        return [self._row(*row) for row in rows]

    def _row(self, *row: Any) -> JobRow:
        (
            id_, sequence, number, status, client, title, workflow_id, nodes, targets, created,
            started, ended, seconds, attempts, webhook, prompt, extra, outcome,
        ) = row  # fmt: skip
        return JobRow(
            id=id_, sequence=sequence, number=number, status=status, client=client, title=title,
            workflow_id=workflow_id, nodes=nodes, targets=tuple(msgspec.json.decode(targets)),
            created=created, started=started, ended=ended, seconds=seconds, attempts=attempts,
            webhook=webhook, prompt=msgspec.Raw(prompt), extra=msgspec.Raw(extra),
            outcome=None if outcome is None else self._ended(outcome),
        )  # fmt: skip


def _where(asked: Asked) -> tuple[str, tuple[Any, ...]]:
    tests: list[str] = []
    values: list[Any] = []
    if asked.statuses:
        tests.append(f"status IN ({','.join('?' * len(asked.statuses))})")
        values += asked.statuses
    if asked.begun:
        tests.append("finished IS NOT NULL AND started IS NOT NULL")
    for word in asked.text.split()[:20]:
        escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        tests.append("(words || ' ' || title || ' ' || id) LIKE ? ESCAPE '\\'")
        values.append(f"%{escaped}%")
    if asked.workflow_id:
        tests.append("workflow_id = ?")
        values.append(asked.workflow_id)
    if asked.client:
        tests.append("client = ?")
        values.append(asked.client)
    return ("WHERE " + " AND ".join(tests) if tests else ""), tuple(values)
