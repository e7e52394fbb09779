"""The graphs of jobs that wait: kept in memory as they were checked, or read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from patchbay import graph
from patchbay.errors import GraphError, NotFoundError
from patchbay.jobs.history import History
from patchbay.jobs.records import JobRow
from patchbay.types import Graph, NodeId, NodeSpec, Problem

_KEPT_NODES = 50_000  # enough for any burst; what is beyond it is read again


@dataclass(frozen=True, slots=True)
class Kept:
    """What is needed to run a job. `extra` has what is secret too, unless it was read again."""

    graph: Graph
    prompt: Mapping[str, Any]
    extra: Mapping[str, Any]
    targets: tuple[str, ...]


class Graphs:
    """Those of one queue. Used from the loop's thread."""

    def __init__(self, history: History, specs: Mapping[str, NodeSpec]) -> None:
        self._history = history
        self._specs = specs
        self._kept: dict[str, Kept] = {}
        self._nodes = 0

    def keep(self, id_: str, kept: Kept) -> None:
        """Keeps the graph of a job if there is room."""
        nodes = len(kept.prompt)
        if self._nodes + nodes <= _KEPT_NODES:
            self._nodes += nodes
            self._kept[id_] = kept

    def drop(self, id_: str) -> None:
        """Lets go of the graph of a job that no longer waits."""
        kept = self._kept.pop(id_, None)
        if kept is not None:
            self._nodes -= len(kept.prompt)

    def find(self, id_: str) -> Kept:
        """What is needed to run a job. Raises GraphError, with its `problems`, when it cannot run
        here any more, NotFoundError when nothing is known of it, and StoreError when the table
        cannot be read."""
        kept = self._kept.get(id_)
        if kept is not None:
            return kept
        row = self._history.job(id_)
        if row is None:
            raise NotFoundError(f"job {id_} is gone from the table of jobs")
        return self._of(row)

    def _of(self, row: JobRow) -> Kept:
        try:
            prompt, extra = msgspec.json.decode(row.prompt), msgspec.json.decode(row.extra)
            if not isinstance(extra, dict):
                raise ValueError("what came with it is no object")
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise _refusal(f"what job {row.id} ordered is damaged: {error}") from error
        checked = graph.validate(prompt, self._specs, tolerant=True)
        targets = [NodeId(target) for target in row.targets]
        if not targets or len(graph.sound(checked, targets)) < len(targets):
            if not checked.problems:
                raise _refusal(f"nothing that job {row.id} ordered can be run any more")
            raise GraphError(checked.problems[0].message, problems=checked.problems)
        return Kept(checked.graph, prompt, extra, row.targets)


def _refusal(message: str) -> GraphError:
    return GraphError(message, problems=(Problem("bad_graph", message),))
