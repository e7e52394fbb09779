"""Runs one prompt: drives the schedule, hands calls to an executor, tells what happens."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from patchbay import codecs, explain, mapping
from patchbay.errors import (
    CancelledError,
    ExpansionError,
    InputError,
    LostError,
    NodeError,
    PatchbayError,
    StoreError,
)
from patchbay.evaluate import Evaluator, Planned, body_of, joined
from patchbay.events import Listener
from patchbay.executor.base import CallContext, Cancel, Executor
from patchbay.files import Folders
from patchbay.graph import port_of
from patchbay.schedule import Level, Phase, Schedule, State
from patchbay.store import Store
from patchbay.telling import Teller
from patchbay.types import (
    Batch,
    Engine,
    Given,
    Job,
    Key,
    Link,
    Node,
    NodeId,
    NodeSpec,
    Outcome,
    Provenance,
    Result,
    Value,
)
from patchbay.unfold import unfolded

# A value that was made again and is still not there would be made for ever.
_MOST_TRIES = 3
_BREATH_SECONDS = 0.01  # the longest stretch of trivial calls before sockets get their turn
_PROGRESS_SECONDS = 0.05  # what an eye can follow
_WORTH_ORDERING_SECONDS = 0.01
_GRACE_SECONDS = 2.0  # for running calls to notice that the job was cancelled


@dataclass(slots=True, eq=False)
class Flight:
    """A call on its way, and the runs that wait for it. When the last of them is cancelled, so is
    the call."""

    task: asyncio.Future[Result]
    cancel: Cancel
    interruptible: bool
    riders: set[Run] = field(default_factory=set)

    def leave(self, run: Run) -> None:
        """This run waits no longer."""
        self.riders.discard(run)
        if not self.riders:
            self.cancel.set()
            if self.interruptible:
                self.task.cancel()


@dataclass
class Parts:
    """What runs share: one of each for a process. `flights` are the calls running now."""

    store: Store
    executor: Executor
    specs: Mapping[str, NodeSpec]
    folders: Folders
    evaluator: Evaluator
    flights: dict[Key, Flight] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _Work:
    """A node whose calls are known: what each gave so far."""

    state: State
    planned: list[Planned]
    results: list[Result | None]
    left: int
    engine: Engine | None
    ran: bool = False
    stale: bool = False  # its node has been looked at anew


class Run:
    """One job on its way. `explaining` finds out why each call was not known."""

    def __init__(
        self, job: Job, parts: Parts, *, listeners: tuple[Listener, ...], explaining: bool = False
    ) -> None:
        self._job = job
        self._parts = parts
        self._teller = Teller(job.id, listeners)
        self._explaining = explaining
        self._schedule = Schedule(job.graph)
        self._cancel = Cancel()
        self.folders = parts.folders
        self.models = None
        self._wake = asyncio.Event()
        self._landed: deque[tuple[_Work, int, asyncio.Future[Result]]] = deque()
        self._flights: set[Flight] = set()
        self._engines: dict[NodeId, Engine] = {}
        self._tries: dict[NodeId, int] = {}
        self._impure: dict[Key, Result] = {}

    def cancel(self) -> None:
        """Asks for an end: running calls stop at their next progress step. From the loop only."""
        self._cancel.set()
        for flight in self._flights:
            flight.leave(self)
        self._wake.set()

    async def go(self) -> Outcome:
        """Runs to the end. Failures are in the outcome; only a bug raises."""
        began = time.perf_counter()
        self._began = time.time()
        self._loop = asyncio.get_running_loop()
        schedule = self._schedule
        targets = self._job.targets or tuple(s.node.id for s in schedule if s.node.spec.sink)
        for id_ in targets:
            schedule.want(id_, Level.DIGEST)
        self._urge()
        wanted = tuple(s.node.id for s in schedule if s.wanted)
        self._teller.begin(wanted)
        await self._drive()
        self._parts.store.flush()
        if self._cancel:
            await self._wind_down()
        teller = self._teller
        status: Literal["done", "failed", "cancelled"] = "failed" if teller.problems else "done"
        if self._cancel:
            status = "cancelled"
        seconds = time.perf_counter() - began
        teller.finish(status, seconds)
        values = {id_: schedule[id_].outputs for id_ in targets}
        files, problems = tuple(teller.files), tuple(teller.problems)
        return Outcome(self._job.id, status, teller.ui, files, values, problems, seconds)

    async def _drive(self) -> None:
        schedule, store = self._schedule, self._parts.store
        breath = time.perf_counter()
        while schedule.open and not self._cancel:
            state = schedule.take()
            if state is not None:
                self._step(state)
                if time.perf_counter() - breath < _BREATH_SECONDS:
                    continue
                await asyncio.sleep(0)
            elif self._flights or self._landed:
                store.flush()
                await self._wake.wait()
            else:
                self._untangle()
            breath = time.perf_counter()
            self._wake.clear()
            while self._landed:
                self._land(*self._landed.popleft())

    def _step(self, state: State) -> None:
        """Takes a node as far as it goes without waiting."""
        if state.because is not None:
            self._teller.skip([state, *self._schedule.skip(state)], state.because)
            return
        if state.assembly is not None:
            self._assemble(state)
            return
        spec = state.node.spec
        try:
            if spec.needs is not None and not self._ask_for_lazy(state):
                return
            engine: Engine | None = None
            if spec.engine is not None:
                engine = self._engines[state.node.id] = self._parts.evaluator.engine(state.node)
            batches = self._batches(state)
            if spec.reads_early and not self._read_early(state, batches):
                return
            planned = self._parts.evaluator.calls(state.node, batches, engine, self._job.id)
            self._look_up(state, planned, engine)
        except PatchbayError as error:
            self._fail(state, error)
        except Exception as error:  # a node's own `needs` or `fingerprint`
            named = NodeError(f"{type(error).__name__}: {error}")
            named.__cause__ = error
            self._fail(state, named)

    def _batches(self, state: State) -> dict[str, Batch]:
        node = state.node
        spec, schedule, evaluator = node.spec, self._schedule, self._parts.evaluator
        batches: dict[str, Batch] = {}
        for name, value in node.inputs.items():
            kind = type(value)
            port = spec.ports.get(name) or port_of(spec, name)
            if kind is Link:
                if port is not None and port.form == "body":
                    batches[name] = evaluator.subgraph(body_of(value, self._find_node))
                elif port is None or not port.lazy or name in state.asked:
                    batches[name] = schedule.batch(value)
            elif kind is Given:
                batches[name] = value.batch
            elif value is not None and name != spec.engine:
                batches[name] = evaluator.literal(node, port, value)
        return batches

    def _read_early(self, state: State, batches: dict[str, Batch]) -> bool:
        """Whether what has to be read before there is a key is at hand: names of files that come
        through a link, and what a fingerprint is made from. If not, the node waits for it."""
        spec = state.node.spec
        files = [port for port in spec.inputs if port.form == "file" and port.name in batches]
        early = {*spec.fingerprint_inputs, *(port.name for port in files)}
        if not self._at_hand(state, [{n: b for n, b in batches.items() if n in early}]):
            return False
        for port in files:
            batches[port.name] = self._parts.evaluator.files(state.node, port, batches[port.name])
        return True

    def _find_node(self, id_: str) -> Node:
        return self._schedule[NodeId(id_)].node

    def _ask_for_lazy(self, state: State) -> bool:
        """Whether every lazy input that the node needs is there; if not, it waits for them."""
        spec = state.node.spec
        assert spec.needs is not None
        batches = {
            name: batch for name, batch in self._batches(state).items() if name in spec.needs_inputs
        }
        if not self._at_hand(state, [batches]):
            return False
        asked: set[str] = set()
        for row in mapping.rows(spec, batches):
            if any(value.type == codecs.BLOCKED for batch in row.values() for value in batch):
                continue
            given = {name: self._parts.store.load(batch[0]) for name, batch in row.items()}
            asked.update(spec.needs(**given))
        for name in asked:
            port = spec.ports.get(name)
            if port is None or not port.lazy:
                raise InputError(f"it asks for {name!r}, which is none of its lazy inputs")
        state.asked = frozenset(asked)
        sources = {
            link.node: Level.DIGEST
            for name in asked
            if type(link := state.node.inputs.get(name)) is Link
            and self._schedule[link.node].reached < Level.DIGEST
        }
        if sources:
            self._schedule.wait(state, sources)
        return not sources

    def _look_up(self, state: State, planned: list[Planned], engine: Engine | None) -> None:
        """Finds what is known of the node's calls and starts the others."""
        needed = state.wanted is Level.PAYLOAD
        results = [self._known(state.node, plan, needed) for plan in planned]
        work = _Work(state, planned, results, results.count(None), engine)
        if work.left == 0:
            self._end(work, Level.PAYLOAD if needed else Level.DIGEST)
            return
        missing = [index for index, result in enumerate(results) if result is None]
        if not self._at_hand(state, [planned[index].call.inputs for index in missing]):
            return
        work.ran = True
        self._tell_start(work, planned[missing[0]])
        for index in missing:
            if not self._start(work, index):
                return

    def _tell_start(self, work: _Work, first: Planned) -> None:
        spec, store = work.state.node.spec, self._parts.store
        reason = explain.why(first, store, spec, self._began) if self._explaining else ""
        engine = work.engine.name if work.engine else ""
        seconds = self._mean_seconds(spec, engine)
        left = None if seconds is None else seconds * work.left
        self._teller.start(work.state, work.left, reason, engine, left)

    def _known(self, node: Node, plan: Planned, needed: bool) -> Result | None:
        if plan.blocked is not None:
            return self._parts.evaluator.blocked(node, plan.blocked)
        key = plan.call.key
        result = self._parts.store.find(key) if node.spec.pure else self._impure.get(key)
        if result is None:
            return None
        if result.files and not all(self._parts.folders.holds(file) for file in result.files):
            return None
        if result.expansion is not None:
            values = result.expansion.values
        elif needed:
            values = tuple(value for batch in result.outputs for value in batch)
        else:
            return result
        return result if all(map(self._has, values)) else None

    def _has(self, value: Value) -> bool:
        if value.opaque:
            return self._parts.executor.holds(value)
        return value.inline is not None or self._parts.store.has(value)

    def _at_hand(self, state: State, rows: list[dict[str, Batch]]) -> bool:
        """Whether the payloads of these inputs can be had; if not, the node waits for them."""
        lost: dict[NodeId, Level] = {}
        for row in rows:
            for name, batch in row.items():
                for value in batch:
                    if value.inline is None and not self._has(value):
                        lost[self._origin(state, name, value)] = Level.PAYLOAD
        if not lost:
            return True
        if self._tried_enough(state):
            raise StoreError(
                "what it needs was made again and is still not there: declare the node before it "
                "with pure=False if it gives another value each time; otherwise check the disk"
            )
        for id_ in lost:
            self._schedule.lose(id_)
        self._schedule.wait(state, lost)
        return False

    def _tried_enough(self, state: State) -> bool:
        """Counts a try to have what the node needs; any of its values may be lost now and then,
        but not for ever."""
        id_ = state.node.id
        tries = self._tries[id_] = self._tries.get(id_, 0) + 1
        given = sum(len(batch) for batch in self._batches(state).values())
        return tries > _MOST_TRIES * (1 + given)

    def _origin(self, state: State, name: str, lost: Value) -> NodeId:
        """The node that can make a lost value of this input again."""
        for given, value in state.node.inputs.items():
            if given != name and given.rpartition(".")[0] != name:
                continue
            if type(value) is Link and lost in self._schedule.batch(value):
                return value.node
            if type(value) is Given and value.origin is not None and lost in value.batch:
                return value.origin.node
        raise StoreError(
            f"the value of input {name!r} is gone from the cache and cannot be made again here: "
            "run with --no-cache once"
        )

    def _start(self, work: _Work, index: int) -> bool:
        """Makes or awaits one call; whether the node's other calls are to be started too."""
        plan, state = work.planned[index], work.state
        flight = self._parts.flights.get(plan.call.key)
        if flight is None or flight.cancel:
            spec = state.node.spec
            cancel = self._cancel if spec.resource == "inline" else Cancel()
            context = CallContext(self, cancel, state.node.id, state.drawn, state.urgency)
            try:
                result = self._parts.executor.now(plan.call, context)
            except LostError:
                self._look_again(work)
                return False
            except (NodeError, CancelledError) as error:
                self._fail(state, error)
                return False
            if result is not None:
                self._keep(state.node, plan, result)
                self._complete(work, index, result)
                return True
            task = asyncio.ensure_future(self._fly(state.node, plan, context))
            flight = self._parts.flights[plan.call.key] = Flight(task, cancel, spec.is_async)
        flight.riders.add(self)
        self._flights.add(flight)
        flight.task.add_done_callback(lambda done: self._landed_now(work, index, flight))
        return True

    async def _fly(self, node: Node, plan: Planned, context: CallContext) -> Result:
        key = plan.call.key
        flight = self._parts.flights[key]
        try:
            result = await self._parts.executor.run(plan.call, context)
        finally:
            if self._parts.flights.get(key) is flight:
                del self._parts.flights[key]
        self._keep(node, plan, result)
        return result

    def _keep(self, node: Node, plan: Planned, result: Result) -> None:
        if not node.spec.pure:
            self._impure[plan.call.key] = result
            return
        call = plan.call
        name = node.spec.path
        self._parts.store.records.add(call.key, name, call.engine, plan.material, result)

    def _landed_now(self, work: _Work, index: int, flight: Flight) -> None:
        if not flight.task.cancelled():
            flight.task.exception()  # heard, even when the run has ended meanwhile
        self._flights.discard(flight)
        self._landed.append((work, index, flight.task))
        self._wake.set()

    def _land(self, work: _Work, index: int, done: asyncio.Future[Result]) -> None:
        """A call that was awaited has ended."""
        if work.stale or self._cancel or work.state.phase is not Phase.RUNNING:
            return
        error = CancelledError("it stopped itself") if done.cancelled() else done.exception()
        if error is None:
            self._complete(work, index, done.result())
        elif isinstance(error, LostError):
            self._look_again(work)
        else:
            self._fail(work.state, error)

    def _look_again(self, work: _Work) -> None:
        """A value turned out to be damaged as it was read: the node's step is made anew."""
        work.stale = True
        if self._tried_enough(work.state):
            message = "the cache keeps losing what it needs: check the disk"
            self._fail(work.state, StoreError(message))
            return
        self._step(work.state)

    def _complete(self, work: _Work, index: int, result: Result) -> None:
        work.results[index] = result
        work.left -= 1
        if work.left == 0:
            self._end(work, Level.PAYLOAD)

    def _end(self, work: _Work, level: Level) -> None:
        """All calls of the node are known."""
        state, node = work.state, work.state.node
        results = [result for result in work.results if result is not None]
        if any(result.expansion is not None for result in results):
            self._expand(work, results)
            return
        self._tell_end(work, results)
        if len(results) == 1:
            outputs = results[0].outputs
        else:
            outputs = joined(results, len(node.spec.outputs))
        self._schedule.finish(state, outputs, level)

    def _tell_end(self, work: _Work, results: list[Result]) -> None:
        if work.planned and not work.ran:
            blocked = work.planned[0].blocked
            if blocked is not None and all(plan.blocked is not None for plan in work.planned):
                self._teller.block(work.state, self._parts.store.load(blocked))
                return
        self._teller.end(work.state, results, work.ran)

    def _expand(self, work: _Work, results: list[Result]) -> None:
        state = work.state
        try:
            more = unfolded(state.node, work.planned, results, self._parts.specs, self._spec_around)
        except PatchbayError as error:
            self._fail(state, error)
            return
        self._teller.expand(state, results, work.ran)
        self._schedule.expand(state, more.nodes, more.parts)
        for node in more.nodes:
            if node.spec.sink:
                self._schedule.want(node.id, Level.DIGEST)
        inner = {p.node: Level.DIGEST for part in more.parts for p in part if type(p) is Link}
        self._schedule.wait(state, inner)

    def _spec_around(self, id_: str) -> NodeSpec | None:
        return self._schedule[NodeId(id_)].node.spec if id_ in self._schedule else None

    def _assemble(self, state: State) -> None:
        assert state.assembly is not None
        outputs = tuple(
            tuple(
                value
                for part in parts
                for value in (part.batch if isinstance(part, Given) else self._schedule.batch(part))
            )
            for parts in state.assembly
        )
        self._teller.assemble(state)
        self._schedule.finish(state, outputs, max(state.wanted, Level.DIGEST))

    def _fail(self, state: State, error: BaseException) -> None:
        if isinstance(error, CancelledError) and self._cancel:
            return
        if state.phase is not Phase.RUNNING:
            return
        self._teller.fail(state, error, self._schedule.fail(state))

    def _untangle(self) -> None:
        """Nothing runs and nothing is ready: an expansion waits for itself."""
        state = self._schedule.circle()
        state.phase = Phase.RUNNING
        self._fail(
            state, ExpansionError("its expansion is linked in a circle: it waits for itself")
        )

    async def _wind_down(self) -> None:
        """Gives running calls a moment to notice; those that others await too go on."""
        tasks = {flight.task for flight in self._flights if flight.cancel}
        if tasks:
            await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
        self._parts.store.flush()

    def scratch(self) -> Path:
        """A new empty folder for a call."""
        return self._parts.store.scratch()

    def report(self, context: CallContext, done: float, total: float, preview: Any) -> None:
        """Tells how far a call is, not more often than an eye can follow. From any thread."""
        now = time.perf_counter()
        if now - context.last < _PROGRESS_SECONDS and done < total and preview is None:
            return
        context.last = now
        left = (now - context.began) * (total - done) / done if done > 0 else None
        event = self._teller.progress_of(context.node, context.drawn, done, total, left, preview)
        self._loop.call_soon_threadsafe(self._teller.emit, event)

    def provenance(self, node: NodeId) -> Provenance:
        """Every engine that had a part in what this node was given. From any thread."""
        return self._provenance(self._schedule[node])

    def _provenance(self, state: State) -> Provenance:
        """Every engine that had a part in what this node was given."""
        engines: dict[str, Engine] = {}
        seen: set[NodeId] = set()
        pending = [state.node.id]
        while pending:
            id_ = pending.pop()
            if id_ in seen:
                continue
            seen.add(id_)
            here = self._schedule[id_]
            if id_ in self._engines:
                engine = self._engines[id_]
                engines[engine.name] = engine
            for value in here.node.inputs.values():
                if isinstance(value, Link):
                    pending.append(value.node)
                elif isinstance(value, Given) and value.origin is not None:
                    pending.append(value.origin.node)
            for parts in here.assembly or ():
                pending.extend(part.node for part in parts if isinstance(part, Link))
        extra = self._job.extra
        ordered = tuple(engines[name] for name in sorted(engines))
        return Provenance(extra.get("prompt", {}), extra.get("workflow"), ordered)

    def _mean_seconds(self, spec: NodeSpec, engine: str) -> float | None:
        return self._parts.store.records.mean_seconds(spec.path, engine)

    def _urge(self) -> None:
        """Orders by the longest remaining path, where there is anything worth ordering."""
        seconds: dict[NodeId, float] = {}
        means: dict[str, float] = {}
        for state in self._schedule:
            spec = state.node.spec
            if spec.name not in means:
                known = [self._mean_seconds(spec, e.name) for e in spec.engines]
                known.append(self._mean_seconds(spec, ""))
                means[spec.name] = max((k for k in known if k is not None), default=0.0)
            seconds[state.node.id] = means[spec.name]
        if max(means.values(), default=0.0) > _WORTH_ORDERING_SECONDS:
            self._schedule.urge(seconds)
