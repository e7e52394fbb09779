"""Runs calls in this process: on the spot, in worker threads, or on the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from patchbay.errors import CancelledError, LostError, NodeError, PatchbayError
from patchbay.executor.base import CallContext
from patchbay.executor.calls import arguments, result_of, timed
from patchbay.store import Store
from patchbay.types import Call, NodeSpec, Resource, Result, Value

T = TypeVar("T")
# Calls that mostly wait cost little, but a thousand open connections would not end well.
_MOST_WAITING = 64


def cores_here() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(order=True)
class _Ticket:
    """A call in a queue: the most urgent first, then in order."""

    order: tuple[float, int]
    work: Callable[[], Result] = field(compare=False)
    future: asyncio.Future[Result] = field(compare=False)
    loop: asyncio.AbstractEventLoop = field(compare=False)


class Local:
    """An executor for this process: `cpu` calls have a thread for each core, `gpu` calls one
    lane for each device, `io` calls the event loop, `inline` calls none of these.

    `find` gives the spec for a pack's and a node's name. Threads start with the first call.
    """

    def __init__(
        self,
        store: Store,
        find: Callable[[str, str], NodeSpec],
        *,
        cores: int | None = None,
        devices: int = 1,
    ) -> None:
        self._store = store
        self._find = find
        self._lanes = {"cpu": cores or cores_here(), "gpu": devices}
        self._queues: dict[str, queue.PriorityQueue[_Ticket]] = {}
        self._count = itertools.count()
        self._waiting = asyncio.Semaphore(_MOST_WAITING)
        # A pool of its own: what waits must not keep the loop's other threads from their work.
        self._pool: ThreadPoolExecutor | None = None

    def now(self, call: Call, context: CallContext) -> Result | None:
        spec = self._find(call.pack, call.node)
        if spec.resource != "inline" or spec.is_async:
            return None
        return self._guarded(spec, call, context)

    async def run(self, call: Call, context: CallContext) -> Result:
        spec = self._find(call.pack, call.node)
        if spec.is_async:
            async with self._waiting:
                return await self._awaited(spec, call, context)
        if spec.resource == "io":
            async with self._waiting:
                return await self._in_pool(self._guarded, spec, call, context)
        loop = asyncio.get_running_loop()
        ticket = _Ticket(
            (-context.urgency, next(self._count)),
            lambda: self._guarded(spec, call, context),
            loop.create_future(),
            loop,
        )
        self._lane(spec.resource).put(ticket)
        return await ticket.future

    def holds(self, value: Value) -> bool:
        return value.digest in self._store.live

    async def close(self) -> None:
        for name, lane in self._queues.items():
            for _ in range(self._lanes[name]):
                lane.put(_STOP)
        self._queues.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _lane(self, resource: Resource) -> queue.PriorityQueue[_Ticket]:
        lane = self._queues.get(resource)
        if lane is None:
            lane = self._queues[resource] = queue.PriorityQueue()
            for number in range(self._lanes[resource]):
                # Daemons: a node that never looks at its context must not keep the process alive.
                name = f"patchbay-{resource}-{number}"
                threading.Thread(target=_work, args=(lane,), name=name, daemon=True).start()
        return lane

    async def _in_pool(self, work: Callable[..., T], *given: Any) -> T:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_MOST_WAITING, "patchbay-io")
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *given)

    def _guarded(self, spec: NodeSpec, call: Call, context: CallContext) -> Result:
        try:
            return timed(spec, call, context, self._store)
        except (LostError, CancelledError):
            raise
        except BaseException as error:  # even SystemExit belongs to the node, not to the engine
            raise _named(error) from error
        finally:
            context.end()

    async def _awaited(self, spec: NodeSpec, call: Call, context: CallContext) -> Result:
        try:
            given = await self._in_pool(arguments, spec, call, self._store)
            if spec.context is not None:
                given[spec.context] = context
            context.may_save = spec.sink
            context.began = start = time.perf_counter()
            raw = await spec.run(**given)
            seconds = time.perf_counter() - start
            return await self._in_pool(result_of, spec, call, raw, context, self._store, seconds)
        except (LostError, CancelledError):
            raise
        except asyncio.CancelledError as error:
            raise CancelledError("stopped as asked") from error
        except BaseException as error:
            raise _named(error) from error
        finally:
            context.end()


def _named(error: BaseException) -> NodeError:
    """What a node raised, as the one error that leaves an executor."""
    if not isinstance(error, Exception):
        return NodeError(f"the node tried to end the program: {type(error).__name__}")
    if isinstance(error, PatchbayError):
        return NodeError(error.message, code=error.code, **error.details)
    if isinstance(error, MemoryError):
        return NodeError("there was not enough memory: use shorter or smaller inputs")
    text = str(error)
    return NodeError(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def _work(lane: queue.PriorityQueue[_Ticket]) -> None:
    while (ticket := lane.get()) is not _STOP:
        outcome: Any
        try:
            outcome = ticket.work()
        except PatchbayError as error:
            outcome = error
        # The loop is closed when a run was given up while this call still went on.
        with contextlib.suppress(RuntimeError):
            ticket.loop.call_soon_threadsafe(_deliver, ticket.future, outcome)
        del outcome, ticket


def _deliver(future: asyncio.Future[Result], outcome: Any) -> None:
    if future.done():
        return
    if isinstance(outcome, PatchbayError):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)


_STOP = _Ticket((float("inf"), 0), None, None, None)  # type: ignore[arg-type]  # never worked on
