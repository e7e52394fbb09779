"""Shows a run in the terminal: a live table where there is one, plain lines where not."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TextIO

from patchbay.events import (
    Event,
    NodeCached,
    NodeDone,
    NodeEvent,
    NodeFailed,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    Started,
)
from patchbay.types import Graph, NodeId, NodeSpec

_ROWS = 24  # the most nodes a live table shows; the rest is counted
_REFRESH_HZ = 8
_PLAIN_PROGRESS_SECONDS = 5.0


@dataclass(slots=True)
class Row:
    """How one drawn node is doing."""

    title: str
    state: str = "waiting"
    engine: str = ""
    reason: str = ""
    message: str = ""
    done: float = 0.0
    total: float = 0.0
    left: float | None = None
    seconds: float = 0.0
    began: float = 0.0


class Display(Protocol):
    """Listens to a run and shows it."""

    def __call__(self, event: Event) -> None: ...

    def close(self) -> None:
        """Leaves the terminal as it should stay."""


class Board:
    """The rows of a run, kept up to date by its events; what expansions run counts for the node
    that was drawn."""

    def __init__(self, graph: Graph, estimate: Callable[[NodeSpec], float | None]) -> None:
        self.rows = {
            id_: Row(node.title or node.spec.title, "not needed")
            for id_, node in graph.nodes.items()
        }
        self.sinks = {id_ for id_, node in graph.nodes.items() if node.spec.sink}
        self._estimates = {id_: estimate(node.spec) for id_, node in graph.nodes.items()}
        self.inner = 0

    def take(self, event: Event) -> Row | None:
        """The row that the event changed, if it is about a node of the graph itself."""
        if isinstance(event, Started):
            for id_ in event.nodes:
                self.rows[id_].state = "waiting"
                self.rows[id_].left = self._estimates[id_]
        if not isinstance(event, NodeEvent):
            return None
        row = self.rows[event.drawn]
        inner = event.node != event.drawn
        self.inner += inner and isinstance(event, (NodeDone, NodeCached))
        if isinstance(event, NodeFailed):
            row.state, row.message = "failed", event.message
            return row
        if inner:
            return self._inner(row, event)
        if isinstance(event, NodeStarted):
            row.state, row.engine, row.reason = "running", event.engine, event.reason
            row.left, row.began = event.seconds_left, time.monotonic()
        elif isinstance(event, NodeProgress):
            row.done, row.total, row.left = event.done, event.total, event.seconds_left
        elif isinstance(event, NodeCached):
            row.state = "cached"
        elif isinstance(event, NodeDone):
            row.state, row.seconds = "done", event.seconds
        elif isinstance(event, NodeSkipped) and row.state != "failed":
            row.state, row.message = "skipped", event.reason
        return row

    def _inner(self, row: Row, event: NodeEvent) -> Row | None:
        """A part of an expansion: its time and reasons count for the drawn node."""
        if isinstance(event, NodeStarted):
            row.state = "running" if row.state in ("waiting", "running") else row.state
            row.engine = row.engine or event.engine
            row.reason = row.reason or event.reason
        elif isinstance(event, NodeProgress):
            row.done, row.total, row.left = event.done, event.total, event.seconds_left
        return None

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest takes if nothing more is cached; None when nothing is known."""
        rows = [row for row in self.rows.values() if row.state in ("waiting", "running")]
        known = [row.left for row in rows if row.left is not None]
        return sum(known) if known else None

    def counts(self) -> Mapping[str, int]:
        """How many rows are in each state."""
        counts: dict[str, int] = {}
        for row in self.rows.values():
            counts[row.state] = counts.get(row.state, 0) + 1
        return counts


class Plain:
    """One line for each thing that happens: for logs and pipes."""

    def __init__(self, board: Board, out: TextIO | None = None) -> None:
        self._board = board
        self._out = out or sys.stderr
        self._last: dict[NodeId, float] = {}

    def __call__(self, event: Event) -> None:
        row = self._board.take(event)
        if row is None or not isinstance(event, NodeEvent):
            return
        if isinstance(event, NodeProgress):
            now = time.monotonic()
            since = self._last.setdefault(event.node, now)
            if now - since < _PLAIN_PROGRESS_SECONDS:
                return
            self._last[event.node] = now
        self._out.write(f"{event.drawn:>6}  {row.title:<24} {said(row)}\n")
        self._out.flush()

    def close(self) -> None:
        pass


class Live:
    """A table that is drawn again and again in place."""

    def __init__(self, board: Board) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        self._board = board
        self._console = Console(stderr=True)
        self._live = RichLive(
            get_renderable=self._table, console=self._console, refresh_per_second=_REFRESH_HZ
        )
        self._live.start()

    def __call__(self, event: Event) -> None:
        self._board.take(event)

    def close(self) -> None:
        self._live.refresh()
        self._live.stop()

    def _table(self) -> Any:
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        rows = list(self._board.rows.items())
        shown = [item for item in rows if item[1].state != "not needed"]
        if len(shown) > _ROWS:
            busy = [i for i in shown if i[1].state in ("running", "failed")]
            rest = [i for i in shown if i[1].state not in ("running", "failed")]
            shown = (busy + rest)[:_ROWS]
        for id_, row in shown:
            style = _STYLES.get(row.state, "")
            table.add_row(
                Text(_MARKS.get(row.state, " "), style=style),
                Text(f"{id_}", style="dim"),
                Text(row.title, style="bold" if row.state == "running" else ""),
                Text(said(row), style=style),
            )
        counts = ", ".join(f"{n} {state}" for state, n in self._board.counts().items())
        left = self._board.seconds_left
        tail = f"   about {clock(left)} left" if left else ""
        table.add_row("", "", "", Text(counts + tail, style="dim"))
        return table


_MARKS = {
    "waiting": "·", "running": "▸", "cached": "≡", "done": "✓", "failed": "✗", "skipped": "–",
}  # fmt: skip
_STYLES = {
    "waiting": "dim", "running": "cyan", "cached": "blue", "done": "green", "failed": "red",
    "skipped": "yellow",
}  # fmt: skip


def said(row: Row) -> str:
    """A row's state in words."""
    engine = f" by {row.engine}" if row.engine else ""
    if row.state == "running":
        share = f" {row.done / row.total:4.0%}" if row.total else ""
        left = f", about {clock(row.left)} left" if row.left else ""
        return f"running{engine}{share}{left}"
    if row.state == "done":
        return f"done{engine} in {clock(row.seconds)}"
    if row.state in ("failed", "skipped") and row.message:
        return f"{row.state}: {row.message}"
    return row.state


def clock(seconds: float | None) -> str:
    """A time as people say it: 40 ms, 3.2 s, 4:05."""
    if seconds is None:
        return "?"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def chosen(board: Board) -> Display:
    """The display that suits standard error."""
    return Live(board) if sys.stderr.isatty() else Plain(board)
