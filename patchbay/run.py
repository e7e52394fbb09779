"""Runs one prompt: drives the schedule, hands calls to an executor, tells what happens."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from patchbay import explain
from patchbay.errors import (
    CancelledError,
    ExpansionError,
    LostError,
    NodeError,
    PatchbayError,
    StoreError,
    TooManyError,
)
from patchbay.estimates import Estimates
from patchbay.evaluate import Planned, joined
from patchbay.events import Listener
from patchbay.executor.base import CallContext, Cancel
from patchbay.growing import SoFar
from patchbay.inputs import Inputs
from patchbay.lineage import engines_behind
from patchbay.media import Audio
from patchbay.parts import Flight, Parts
from patchbay.schedule import Level, Phase, Schedule, State
from patchbay.telling import Teller
from patchbay.types import (
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
)
from patchbay.unfold import unfolded

_BREATH_SECONDS = 0.01  # the longest stretch of trivial calls before sockets get their turn
_PROGRESS_SECONDS = 0.05  # what an eye can follow
_SOUND_SECONDS = 0.5  # between two previews of a sound: each is drawn, and perhaps fetched
_MOST_DEPTH = 1_000  # far beyond any loop that a person would unroll inside another
MOST_EXPANDED = 100_000  # nodes that expansions add to one run; each takes about 2 kB
_GRACE_SECONDS = 2.0  # for running calls to notice that the job was cancelled


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
        self._inputs = Inputs(self._schedule, parts)
        self._estimates = Estimates(parts.store.records)
        self._cancel = Cancel()
        self.folders = parts.folders
        self.models = None
        self._find = parts.store.records.find
        self._wake = asyncio.Event()
        self._expanded = 0  # nodes that expansions have added
        self._landed: deque[tuple[_Work, int, asyncio.Future[Result]]] = deque()
        self._flights: set[Flight] = set()
        self._flown: dict[CallContext, Flight] = {}  # those that this run began
        self._engines: dict[NodeId, Engine] = {}
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
        self._estimates.urge(schedule)
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
        # Flights may outlive their node, when another item of it failed: they are worth keeping.
        while (schedule.open or self._flights) and not self._cancel:
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
            if spec.needs is not None and not self._inputs.ask_for_lazy(state):
                return
            engine: Engine | None = None
            if spec.engine is not None:
                engine = self._engines[state.node.id] = self._parts.evaluator.engine(state.node)
            batches = self._inputs.batches(state)
            if spec.reads_early and not self._inputs.read_early(state, batches):
                return
            planned = self._parts.evaluator.calls(state.node, batches, engine, self._job.id)
            self._look_up(state, planned, engine)
        except LostError as error:  # damage, seen by a choice or a fingerprint
            if self._inputs.tried_enough(state):
                self._fail(state, error)
            else:
                self._step(state)
        except PatchbayError as error:
            self._fail(state, error)
        except Exception as error:  # a node's own `needs` or `fingerprint`
            named = NodeError(f"{type(error).__name__}: {error}")
            named.__cause__ = error
            self._fail(state, named)

    def _look_up(self, state: State, planned: list[Planned], engine: Engine | None) -> None:
        """Finds what is known of the node's calls and starts the others."""
        needed = state.wanted is Level.PAYLOAD
        results = [self._known(state.node, plan, needed) for plan in planned]
        work = _Work(state, planned, results, results.count(None), engine)
        if work.left == 0:
            self._end(work, Level.PAYLOAD if needed else Level.DIGEST)
            return
        missing = [index for index, result in enumerate(results) if result is None]
        if not self._inputs.at_hand(state, [planned[index].call.inputs for index in missing]):
            return
        work.ran = True
        self._tell_start(work, planned[missing[0]])
        begun: set[Key] = set()
        for index in missing:
            key = planned[index].call.key
            # An equal item may have ended on the spot meanwhile.
            known = self._known(state.node, planned[index], True) if key in begun else None
            begun.add(key)
            if known is not None:
                self._complete(work, index, known)
            elif not self._start(work, index):
                return

    def _tell_start(self, work: _Work, first: Planned) -> None:
        spec, store = work.state.node.spec, self._parts.store
        reason = explain.why(first, store, spec, self._began) if self._explaining else ""
        engine = work.engine.name if work.engine else ""
        seconds = self._estimates.of_call(spec, engine)
        left = None if seconds is None else seconds * work.left
        self._teller.start(work.state, work.left, reason, engine, left)

    def _known(self, node: Node, plan: Planned, needed: bool) -> Result | None:
        if plan.blocked is not None:
            return self._parts.evaluator.blocked(node, plan.blocked)
        key = plan.call.key
        result = self._find(key) if node.spec.pure else self._impure.get(key)
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
        return result if all(map(self._parts.has, values)) else None

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
            self._flown[context] = flight
        flight.join(self, state.node.id, partial(self._teller.progress, state))
        self._flights.add(flight)
        flight.task.add_done_callback(lambda done: self._landed_now(work, index, flight))
        return True

    async def _fly(self, node: Node, plan: Planned, context: CallContext) -> Result:
        key = plan.call.key
        flight = self._parts.flights[key]
        try:
            result = await self._parts.executor.run(plan.call, context)
        finally:
            del self._flown[context]
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
        if self._inputs.tried_enough(work.state):
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
            if state.depth >= _MOST_DEPTH:
                raise ExpansionError(
                    f"expansions lie in each other {_MOST_DEPTH} deep: one of them never ends"
                )
            self._make_room(state, results)
            more = unfolded(state.node, work.planned, results, self._parts.specs, self._spec_around)
        except PatchbayError as error:
            self._fail(state, error)
            return
        self._teller.expand(state, results, work.ran)
        self._schedule.expand(state, more.nodes, more.parts)
        for node in more.nodes:
            if node.spec.sink:
                self._schedule.want(node.id, Level.DIGEST)
        level = max(state.wanted, Level.DIGEST)
        inner = {p.node: level for part in more.parts for p in part if type(p) is Link}
        self._schedule.wait(state, inner)

    def _make_room(self, state: State, results: list[Result]) -> None:
        """Counts what the node answered with; loops within loops could add nodes without end.
        Raises TooManyError."""
        added = sum(len(r.expansion.nodes) for r in results if r.expansion is not None)
        before = self._expanded - state.added  # it may have been expanded before
        if before + added > MOST_EXPANDED:
            raise TooManyError(
                f"it adds {added} nodes to the {before} that loops and the like have added to this "
                f"run: at most {MOST_EXPANDED} can be; make the loops shorter, or what they repeat "
                "smaller"
            )
        self._expanded = before + added
        state.added = added

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
        done, total = float(done), float(total)
        if isinstance(preview, (Audio, SoFar)):
            if now - context.sounded < _SOUND_SECONDS and done < total:
                preview = None
            else:
                context.sounded = now
        if now - context.last < _PROGRESS_SECONDS and done < total and preview is None:
            return
        context.last = now
        left = (now - context.began) * (total - done) / done if done > 0 else None
        self._loop.call_soon_threadsafe(self._pass_on, context, done, total, left, preview)

    def _pass_on(
        self, context: CallContext, done: float, total: float, left: float | None, preview: Any
    ) -> None:
        """To every run that waits for the call; of one made on the spot only this one knows."""
        flight = self._flown.get(context)
        if flight is not None:
            flight.tell(done, total, left, preview)
        else:
            self._teller.progress(self._schedule[context.node], done, total, left, preview)

    def provenance(self, node: NodeId) -> Provenance:
        """How what a node was given came to be. From any thread."""
        engines = engines_behind(self._schedule, self._engines, node)
        extra = self._job.extra
        return Provenance(extra.get("prompt", {}), extra.get("workflow"), engines)
