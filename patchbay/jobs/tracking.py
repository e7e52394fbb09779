"""What is known of a job while it runs, from its events: for whoever asks or comes back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, structs

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
from patchbay.growing import SoFar
from patchbay.jobs.growing import Sounds
from patchbay.jobs.records import Ended
from patchbay.media import Audio
from patchbay.types import Graph, NodeId, Outcome


class RunningNode(Struct):
    """A node whose calls run. `done` of `total` is 0 of 1 until it says more."""

    node: str
    drawn: str
    since: float
    calls: int
    reason: str
    engine: str
    done: float = 0.0
    total: float = 1.0
    seconds_left: float | None = None


class Tracker:
    """Follows one job. Used from the loop's thread."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.wanted = 0
        self.running: dict[NodeId, RunningNode] = {}
        self.cached: list[str] = []
        self.executed: list[str] = []
        self.skipped: list[str] = []
        self.outputs: dict[str, dict[str, list[Any]]] = {}
        self.drawn: dict[str, str] = {}
        self.engines: dict[str, str] = {}
        self.error: dict[str, Any] | None = None
        self.sounds = Sounds()
        self.last = ""  # the node that began last
        self._steps: dict[type[Event], Any] = {
            Started: self._started,
            NodeStarted: self._node_started,
            NodeProgress: self._node_progress,
            NodeCached: self._node_cached,
            NodeDone: self._node_done,
            NodeFailed: self._node_failed,
            NodeSkipped: self._node_skipped,
        }

    def follow(self, event: Event) -> Event:
        """Takes in what happened; gives it as others are to hear it: a preview of a sound is
        Grown, all of the drawn node's sound so far."""
        step = self._steps.get(type(event))
        if step is not None:
            step(event)
        if type(event) is NodeProgress and isinstance(event.preview, (Audio, SoFar)):
            grown = self.sounds.add(event.drawn, event.preview)
            return structs.replace(event, preview=grown)
        return event

    def class_of(self, node: str) -> str:
        """The name of a node's class; "" for one that came from an expansion."""
        found = self._graph.nodes.get(NodeId(node))
        return found.spec.name if found is not None else ""

    def ended(self, outcome: Outcome) -> Ended:
        """What to keep of the job."""
        return Ended(
            outputs={str(id_): dict(ui) for id_, ui in outcome.outputs.items()},
            drawn={id_: self.drawn.get(id_, id_) for id_ in outcome.outputs},
            files=[
                {"folder": f.folder, "name": f.name, "size_bytes": f.size_bytes, "kind": f.kind}
                for f in outcome.files
            ],
            problems=[
                {"code": p.code, "message": p.message, "node": p.node, "input": p.input}
                for p in outcome.problems
            ],
            cached=self.cached,
            executed=self.executed,
            error=self.error,
            engines=self.engines,
            stopped=self.stopped_at() if outcome.status == "cancelled" else {},
        )

    def stopped_at(self) -> dict[str, str]:
        """The drawn node that runs, and its class; of several the one that began first."""
        node = next(iter(self.running.values()), None)
        drawn = node.drawn if node is not None else ""
        return {"node_id": drawn, "node_type": self.class_of(drawn)}

    def _started(self, event: Started) -> None:
        self.wanted = len(event.nodes)

    def _node_started(self, event: NodeStarted) -> None:
        self.last = event.node
        self.running[event.node] = RunningNode(
            event.node,
            event.drawn,
            event.at,
            event.calls,
            event.reason,
            event.engine,
            seconds_left=event.seconds_left,
        )
        if event.engine:
            self.engines[event.node] = event.engine

    def _node_progress(self, event: NodeProgress) -> None:
        node = self.running.get(event.node)
        if node is not None:
            node.done, node.total = event.done, event.total
            node.seconds_left = event.seconds_left

    def _node_cached(self, event: NodeCached) -> None:
        self.cached.append(event.node)
        self._shown(event)

    def _node_done(self, event: NodeDone) -> None:
        self._ended(event)
        self.executed.append(event.node)
        self._shown(event)

    def _shown(self, event: NodeCached | NodeDone) -> None:
        if event.ui:
            self.outputs[event.node] = event.ui
            self.drawn[event.node] = event.drawn

    def _node_failed(self, event: NodeFailed) -> None:
        self._ended(event)
        if self.error is None:
            self.error = {
                "node": event.node,
                "drawn": event.drawn,
                "class": self.class_of(event.drawn),
                "code": event.code,
                "message": event.message,
                "input": event.input,
                "traceback": event.traceback.splitlines(),
            }

    def _node_skipped(self, event: NodeSkipped) -> None:
        self._ended(event)
        self.skipped.append(event.node)

    def _ended(self, event: NodeEvent) -> None:
        self.running.pop(event.node, None)
        if event.node == event.drawn:
            self.sounds.end(event.drawn)
