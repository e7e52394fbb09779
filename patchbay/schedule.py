"""Which node can go on next: pure state, events in, instructions out.

Waiting has a level. A node waits for another up to its DIGEST (what its value is called) or its
PAYLOAD (the value itself is at hand). Plain links wait for the digest; a call that has to run
waits for the payloads that are missing; lazy inputs are wanted later; an expansion's outputs are
waited for like links. Nothing here recurses: chains may be as long as memory allows.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from patchbay.types import Batch, Given, Graph, Link, Node, NodeId


class Level(IntEnum):
    """How far a node's outputs are wanted or have come."""

    NOTHING = 0
    DIGEST = 1
    PAYLOAD = 2


class Phase(Enum):
    """Where a node stands."""

    IDLE = "not wanted"
    WAITING = "waits for others"
    READY = "can go on"
    RUNNING = "its calls run"
    DONE = "has its outputs"
    FAILED = "failed"
    SKIPPED = "depends on one that failed"


@dataclass(slots=True, eq=False)
class State:
    """A node of the schedule. `assembly` is what an expansion's outputs are put together from."""

    node: Node
    drawn: NodeId
    phase: Phase = Phase.IDLE
    wanted: Level = Level.NOTHING
    reached: Level = Level.NOTHING
    missing: int = 0
    outputs: tuple[Batch, ...] = ()
    waiters: list[tuple[State, Level]] = field(default_factory=list)
    asked: frozenset[str] = frozenset()  # lazy inputs that were asked for
    assembly: tuple[tuple[Link | Given, ...], ...] | None = None
    because: NodeId | None = None
    parent: State | None = None  # the node whose expansion this one is part of
    depth: int = 0  # how many expansions it lies in
    added: int = 0  # how many nodes its expansion has
    urgency: float = 0.0


class Schedule:
    """The nodes of a graph and of its expansions, and what each waits for."""

    def __init__(self, graph: Graph) -> None:
        self._states = {id_: State(node, id_) for id_, node in graph.nodes.items()}
        # Those that are not urgent come in order; the heap holds the others.
        self._plain: deque[State] = deque()
        self._urgent: list[tuple[float, int, State]] = []
        self._count = 0
        self._open = 0

    def __getitem__(self, id_: NodeId) -> State:
        return self._states[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._states

    def __iter__(self) -> Iterator[State]:
        return iter(self._states.values())

    @property
    def open(self) -> int:
        """How many wanted nodes have not ended."""
        return self._open

    def want(self, id_: NodeId, level: Level) -> None:
        """Asks for a node's outputs, and so for what it depends on."""
        pending = [(self._states[id_], level)]
        while pending:
            state, level = pending.pop()
            if state.wanted >= level:
                continue
            state.wanted = level
            if state.phase is Phase.IDLE:
                self._open += 1
                self._wait_for(state, self._links(state), Level.DIGEST, pending)
            elif state.phase is Phase.DONE and state.reached < level:
                self._open += 1
                self._again(state, pending)

    def take(self) -> State | None:
        """The most urgent node that can go on; it is then RUNNING until told otherwise."""
        while self._urgent or self._plain:
            state = heapq.heappop(self._urgent)[2] if self._urgent else self._plain.popleft()
            if state.phase is Phase.READY:
                state.phase = Phase.RUNNING
                return state
        return None

    def wait(self, state: State, sources: Mapping[NodeId, Level]) -> None:
        """The node cannot go on before these have come so far; then it is taken again."""
        pending: list[tuple[State, Level]] = []
        state.phase = Phase.WAITING
        by_level: dict[Level, list[NodeId]] = {}
        for id_, level in sources.items():
            by_level.setdefault(level, []).append(id_)
        state.missing = 1  # held until every source has been looked at
        for level, ids in by_level.items():
            self._add_waits(state, ids, level, pending)
        for source, level in pending:
            self.want(source.node.id, level)
        self._satisfied(state, 1)

    def expand(
        self, state: State, nodes: Iterable[Node], outputs: tuple[tuple[Link | Given, ...], ...]
    ) -> None:
        """The node answered with more nodes; its outputs are put together from theirs."""
        for node in nodes:
            if node.id not in self._states:  # it may have been expanded before
                inner = State(node, state.drawn, parent=state, urgency=state.urgency)
                inner.depth = state.depth + 1
                self._states[node.id] = inner
        state.assembly = outputs

    def finish(self, state: State, outputs: tuple[Batch, ...], level: Level) -> None:
        """The node has its outputs, up to this level."""
        state.outputs = outputs
        state.reached = level
        state.phase = Phase.DONE
        self._open -= 1
        waiters, state.waiters = state.waiters, []
        for waiter, needed in waiters:
            if needed <= level:
                self._satisfied(waiter, 1)
            else:
                state.waiters.append((waiter, needed))
        if state.wanted > level:
            self._open += 1
            pending: list[tuple[State, Level]] = []
            self._again(state, pending)
            for source, wanted in pending:
                self.want(source.node.id, wanted)

    def lose(self, id_: NodeId) -> None:
        """The payloads of this node turned out to be gone: who needs them must ask again."""
        pending = [self._states[id_]]
        while pending:
            state = pending.pop()
            if state.phase is not Phase.DONE:
                continue  # it is being made again; who waits for its payload must not be forgotten
            state.reached = min(state.reached, Level.DIGEST)
            state.wanted = min(state.wanted, Level.DIGEST)
            if state.assembly is None:
                continue
            parts = [part for parts in state.assembly for part in parts]
            pending += [self._states[part.node] for part in parts if type(part) is Link]
            if any(type(part) is Given for part in parts):
                state.assembly = None  # its own calls gave some of it: they are looked at anew

    def fail(self, state: State) -> list[State]:
        """The node failed. What depends on it ends too: these states, in order."""
        state.phase = Phase.FAILED
        self._open -= 1
        return self._skip_waiters(state)

    def skip(self, state: State) -> list[State]:
        """The node cannot run since something that it needs did not; the same for what follows."""
        failed = self.fail(state)
        state.phase = Phase.SKIPPED
        return failed

    def urge(self, seconds: Mapping[NodeId, float]) -> None:
        """Puts the nodes with the longest remaining path first, by how long each may take."""
        order = self._topological()
        for state in reversed(order):
            state.urgency += seconds.get(state.node.id, 0.0)
            for id_ in self._links(state):
                source = self._states[id_]
                source.urgency = max(source.urgency, state.urgency)
        ready, self._plain = self._plain, deque()
        for state in ready:
            self._push(state)

    def circle(self) -> State:
        """When nothing runs and nothing is ready: a node that waits for itself, if possible one
        that was expanded."""
        state = next(state for state in self._states.values() if state.phase is Phase.WAITING)
        path: dict[NodeId, State] = {}
        while state.node.id not in path:
            path[state.node.id] = state
            waits_for = (self._states[id_] for id_ in self._needed(state))
            state = next((s for s in waits_for if s.phase is Phase.WAITING), state)
        around = list(path.values())[list(path).index(state.node.id) :]
        return next((s for s in around if s.assembly is not None), around[0])

    def _needed(self, state: State) -> list[NodeId]:
        """What a waiting node may be waiting for."""
        if state.assembly is None:
            return self._links(state)
        return [part.node for parts in state.assembly for part in parts if type(part) is Link]

    def batch(self, link: Link) -> Batch:
        """The values of a link whose node has its outputs."""
        return self._states[link.node].outputs[link.slot]

    def _links(self, state: State) -> list[NodeId]:
        """The nodes whose digests this one needs now."""
        spec = state.node.spec
        found = []
        for name, value in state.node.inputs.items():
            if type(value) is Link:
                port = spec.ports.get(name)
                if port is not None and (
                    port.form == "body" or (port.lazy and name not in state.asked)
                ):
                    continue
                found.append(value.node)
        return found

    def _again(self, state: State, pending: list[tuple[State, Level]]) -> None:
        """A node that has its digests is to have its payloads too."""
        if state.assembly is None:
            self._push(state)
            return
        self._wait_for(state, self._needed(state), state.wanted, pending)

    def _wait_for(
        self,
        state: State,
        ids: list[NodeId],
        level: Level,
        pending: list[tuple[State, Level]],
    ) -> None:
        state.phase = Phase.WAITING
        state.missing = 1
        self._add_waits(state, ids, level, pending)
        self._satisfied(state, 1)

    def _add_waits(
        self,
        state: State,
        ids: Iterable[NodeId],
        level: Level,
        pending: list[tuple[State, Level]],
    ) -> None:
        for id_ in ids:
            source = self._states[id_]
            if source.phase is Phase.FAILED or source.phase is Phase.SKIPPED:
                state.because = source.because or source.node.id
            elif source.reached < level or source.phase is not Phase.DONE:
                source.waiters.append((state, level))
                state.missing += 1
                pending.append((source, level))

    def _satisfied(self, state: State, count: int) -> None:
        state.missing -= count
        if state.missing == 0 and state.phase is Phase.WAITING:
            self._push(state)

    def _push(self, state: State) -> None:
        state.phase = Phase.READY
        if state.urgency > 0:
            self._count += 1
            heapq.heappush(self._urgent, (-state.urgency, self._count, state))
        else:
            self._plain.append(state)

    def _skip_waiters(self, failed: State) -> list[State]:
        skipped = []
        pending = [failed]
        while pending:
            waiters, source = pending[-1].waiters, pending.pop()
            source.waiters = []
            for state, _ in waiters:
                if state.phase in (Phase.WAITING, Phase.READY):
                    state.phase = Phase.SKIPPED
                    state.because = failed.node.id
                    self._open -= 1
                    skipped.append(state)
                    pending.append(state)
        return skipped

    def _topological(self) -> list[State]:
        """The wanted nodes, each after what it depends on."""
        missing = {}
        followers: dict[NodeId, list[State]] = {}
        ready = []
        for state in self._states.values():
            if state.wanted is Level.NOTHING:
                continue
            links = self._links(state)
            missing[state.node.id] = len(links)
            for id_ in links:
                followers.setdefault(id_, []).append(state)
            if not links:
                ready.append(state)
        for state in ready:
            for follower in followers.get(state.node.id, ()):
                missing[follower.node.id] -= 1
                if missing[follower.node.id] == 0:
                    ready.append(follower)
        return ready
