"""Tells what happens to a job's nodes, and keeps what its outcome needs."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from patchbay.errors import NodeError, PatchbayError
from patchbay.events import (
    Event,
    Finished,
    Listener,
    NodeCached,
    NodeDone,
    NodeFailed,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    Started,
)
from patchbay.schedule import State
from patchbay.types import JobId, NodeId, Problem, Result, SavedFile


@dataclass(slots=True, eq=False)
class _Expanding:
    """A node that waits for its expansion: what it showed itself, and whether any of it ran."""

    ui: dict[str, list[Any]]
    seconds: float
    ran: bool


class Teller:
    """Makes events of what happens, in order, for everyone who listens. Used from one thread."""

    def __init__(self, job: JobId, listeners: Sequence[Listener]) -> None:
        self._job = job
        self._listeners = listeners
        self._told: set[NodeId] = set()
        self._expanding: dict[NodeId, _Expanding] = {}
        self.problems: list[Problem] = []
        self.ui: dict[NodeId, dict[str, list[Any]]] = {}
        self.files: list[SavedFile] = []

    def emit(self, event: Event) -> None:
        """Passes on an event."""
        for listen in self._listeners:
            listen(event)

    def begin(self, wanted: tuple[NodeId, ...]) -> None:
        """The job runs and needs these nodes."""
        self.emit(Started(self._job, time.time(), wanted))

    def finish(self, status: str, seconds: float) -> None:
        """The job has ended."""
        self.emit(Finished(self._job, time.time(), status, seconds))

    def start(
        self, state: State, calls: int, reason: str, engine: str, seconds_left: float | None
    ) -> None:
        """The node has calls to make."""
        id_ = state.node.id
        self.emit(
            NodeStarted(
                self._job, time.time(), id_, state.drawn, calls, reason, engine, seconds_left
            )
        )

    def progress(
        self, state: State, done: float, total: float, left: float | None, preview: Any
    ) -> None:
        """How far the node is."""
        id_ = state.node.id
        at = time.time()
        self.emit(NodeProgress(self._job, at, id_, state.drawn, done, total, left, preview))

    def end(self, state: State, results: Sequence[Result], ran: bool) -> None:
        """The node has its outputs."""
        seconds = 0.0
        for result in results:
            seconds += result.seconds
            if result.files:
                self.files.extend(file for file in result.files if file not in self.files)
        self._end(state, shown(results), seconds, ran)

    def expand(self, state: State, results: Sequence[Result], ran: bool) -> None:
        """The node answered with more nodes; it ends when they have."""
        seconds = sum([result.seconds for result in results]) if ran else 0.0
        self._expanding[state.node.id] = _Expanding(shown(results), seconds, ran)

    def assemble(self, state: State) -> None:
        """What the node answered with has ended."""
        own = self._expanding[state.node.id]
        self._end(state, own.ui, own.seconds, own.ran)
        own.ran, own.seconds = False, 0.0

    def block(self, state: State, reason: str) -> None:
        """The node was given a blocked value."""
        self._skipped(state, state.node.id, reason)

    def fail(self, state: State, error: BaseException, followers: Sequence[State]) -> None:
        """The node failed, and with it these."""
        known = error if isinstance(error, PatchbayError) else NodeError(str(error))
        code = str(known.details.get("code", known.code))
        trace = "".join(traceback.format_exception(error.__cause__ or error))
        input_ = known.details.get("input")
        id_ = state.node.id
        self.problems.append(Problem(code, known.message, state.drawn, input_))
        self.emit(
            NodeFailed(self._job, time.time(), id_, state.drawn, code, known.message, input_, trace)
        )
        self.skip(followers, id_)

    def skip(self, states: Sequence[State], because: NodeId) -> None:
        """These cannot run since another failed."""
        for state in states:
            self._skipped(state, because, f"it needs node {because}, which failed")

    def _skipped(self, state: State, because: NodeId, reason: str) -> None:
        event = NodeSkipped(self._job, time.time(), state.node.id, state.drawn, because, reason)
        self.emit(event)

    def _end(self, state: State, ui: dict[str, list[Any]], seconds: float, ran: bool) -> None:
        """That a node was looked at again for its bytes is told only if it had to run."""
        id_ = state.node.id
        if ran:
            if state.parent is not None:
                around = self._expanding[state.parent.node.id]
                around.seconds += seconds
                around.ran = True
        elif id_ in self._told:
            return
        self._told.add(id_)
        if ui:
            self.ui[id_] = ui
        if ran:
            self.emit(NodeDone(self._job, time.time(), id_, state.drawn, ui, seconds))
        else:
            self.emit(NodeCached(self._job, time.time(), id_, state.drawn, ui))


def shown(results: Sequence[Result]) -> dict[str, list[Any]]:
    """What a node shows, from what its calls showed."""
    if len(results) == 1:
        return results[0].ui
    ui: dict[str, list[Any]] = {}
    for result in results:
        for kind, items in result.ui.items():
            ui.setdefault(kind, []).extend(items)
    return ui
