"""What a run would do, found out without running anything: which nodes are known, which would run
and why, and how long that may take.

It is a real run with an executor that refuses every call. A node whose call is refused would have
run; whatever then cannot go on depends on one that would.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn

from patchbay.errors import NodeError
from patchbay.estimates import Estimates
from patchbay.events import (
    Event,
    NodeCached,
    NodeEvent,
    NodeFailed,
    NodeSkipped,
    NodeStarted,
)
from patchbay.executor.base import CallContext, Executor
from patchbay.parts import Parts
from patchbay.run import Run
from patchbay.types import Call, Graph, Job, JobId, NodeId, Result, Value

# known: it has nothing to do. runs: its calls are not known. depends: it needs one that runs, and
# may turn out to be known. blocked: it was given a blocked value. fails: it cannot even begin.
# skipped: it needs one that fails.
State = Literal["known", "runs", "depends", "blocked", "fails", "skipped"]
_REFUSED = "dry_run"


@dataclass(slots=True)
class Planned:
    """What would become of a node. `seconds` is None where nothing like it ever ran."""

    node: NodeId
    drawn: NodeId
    name: str  # of its class; "" if it came from an expansion
    state: State
    reason: str = ""
    calls: int = 0
    engine: str = ""
    seconds: float | None = None


@dataclass(slots=True)
class Plan:
    """What would become of all nodes that are needed, in the order in which it was found out."""

    nodes: list[Planned] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """How long it may take, one node after the other; None when no node of it ever ran."""
        left = [node for node in self.nodes if node.state in ("runs", "depends")]
        known = [node.seconds for node in left if node.seconds is not None]
        return sum(known) if known or not left else None


class Dry:
    """An executor that refuses every call. What is alive in another one counts as at hand."""

    def __init__(self, real: Executor) -> None:
        self._real = real

    def now(self, call: Call, context: CallContext) -> Result | None:
        self._refuse()

    async def run(self, call: Call, context: CallContext) -> Result:
        self._refuse()

    def holds(self, value: Value) -> bool:
        return self._real.holds(value)

    async def close(self) -> None:
        """It holds nothing."""

    def _refuse(self) -> NoReturn:
        raise NodeError("it would run now", code=_REFUSED)


async def plan(graph: Graph, targets: Iterable[NodeId], parts: Parts) -> Plan:
    """What a run of these sinks would do. No node is run, nothing is recorded.

    Nodes are asked what they ask for before every run: which lazy inputs they need, and what
    lies outside; the files that inputs name are read.
    """
    listener = _Listener(graph, Estimates(parts.store.records))
    job = Job(JobId("plan"), 0, graph, tuple(targets))
    dry = replace(parts, executor=Dry(parts.executor), flights={})
    await Run(job, dry, listeners=(listener.hear,), explaining=True).go()
    return Plan(list(listener.nodes.values()))


class _Listener:
    """Makes a plan of the events. A node may be looked at twice, when its bytes turn out to be
    gone: what was told last counts."""

    def __init__(self, graph: Graph, estimates: Estimates) -> None:
        self._graph = graph
        self._estimates = estimates
        self.nodes: dict[NodeId, Planned] = {}

    def hear(self, event: Event) -> None:
        if isinstance(event, NodeCached):
            self._note(event, "known")
        elif isinstance(event, NodeStarted):
            found = self._note(event, "runs", event.reason)
            found.calls, found.engine, found.seconds = event.calls, event.engine, event.seconds_left
        elif isinstance(event, NodeFailed) and event.code != _REFUSED:
            self._note(event, "fails", event.message)
        elif isinstance(event, NodeSkipped):
            self._skipped(event)

    def _skipped(self, event: NodeSkipped) -> None:
        if event.because == event.node:
            self._note(event, "blocked", event.reason)
            return
        cause = self.nodes.get(event.because)
        if cause is not None and cause.state in ("fails", "skipped"):
            self._note(event, "skipped", event.reason)
            return
        found = self._note(event, "depends", f"node {event.because} runs before it")
        node = self._graph.nodes.get(event.node)
        found.seconds = None if node is None else self._estimates.of_node(node.spec)

    def _note(self, event: NodeEvent, state: State, reason: str = "") -> Planned:
        node = self._graph.nodes.get(event.node)
        name = "" if node is None else node.spec.name
        found = Planned(event.node, event.drawn, name, state, reason)
        self.nodes[event.node] = found
        return found
