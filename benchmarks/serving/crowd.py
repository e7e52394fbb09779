"""Many at once: 200 prompts together, and a queue of 500 jobs that 200 sockets listen to."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack

import msgspec

from benchmarks.serving.client import Client, FailedError, RefusedError
from benchmarks.serving.figures import Figure, percentile
from benchmarks.serving.prompts import small, stepping
from benchmarks.serving.session import Session, repeated
from benchmarks.serving.sockets import listening

_PROMPTS = 200
_CONNECTIONS = 16
_QUEUED = 500
_SOCKETS = 200
_DEAF = 50  # of the sockets: they never read
_ASKED = 500
# More jobs than a server runs at once: what comes after them waits.
_SLEEPERS = 16
_EMPTYING_SECONDS = 60


async def measure(session: Session) -> None:
    """Prompts a second, then how soon the queue is told."""
    name = f"{_PROMPTS} five-node prompts at once"
    try:
        async with session.client(_CONNECTIONS) as client:
            seconds = await repeated(lambda: _together(session, client))
        note = f"{seconds:.3g} s, over {_CONNECTIONS} connections"
        session.tell(Figure(name, _PROMPTS / seconds, "a second", note))
    except (RefusedError, FailedError) as error:
        session.failed(name, "a second", error)
    await _queue(session)


async def _together(session: Session, client: Client) -> float:
    bodies = [client.body(small(next(session.salts))) for _ in range(_PROMPTS)]
    began = time.perf_counter()
    runs = await asyncio.gather(*(client.watch(body) for body in bodies))
    seconds = time.perf_counter() - began
    for run in runs:
        if len(await client.get(f"/history/{run.id}")) < len(run.id):
            raise FailedError(f"job {run.id} is over, but not in the history")
    return seconds


async def _queue(session: Session) -> None:
    name = f"GET /queue, {_QUEUED} jobs, {_SOCKETS} sockets, p99"
    async with session.client(_CONNECTIONS) as client:
        try:
            with ExitStack() as sockets:
                sockets.enter_context(listening(session.url, _SOCKETS - 1 - _DEAF, read=True))
                sockets.enter_context(listening(session.url, _DEAF, read=False))
                await _fill(session, client)
                taken, size_bytes = await _ask(session, client)
        except (RefusedError, FailedError) as error:
            session.failed(name, "ms", error)
            return
        finally:
            await _empty(client)
    middle, worst = percentile(taken, 50) * 1e3, max(taken) * 1e3
    note = f"median {middle:.3g} ms, worst {worst:.3g} ms, {size_bytes / 1e3:,.0f} kB each"
    session.tell(Figure(name, percentile(taken, 99) * 1e3, "ms", note))


async def _fill(session: Session, client: Client) -> None:
    for _ in range(_SLEEPERS):
        await client.submit(client.body(stepping(600, 1.0, next(session.salts))))
    bodies = [client.body(small(next(session.salts))) for _ in range(_QUEUED)]
    await asyncio.gather(*(client.submit(body) for body in bodies))
    count = msgspec.json.decode(await client.get("/queue"))
    if (waiting := len(count["queue_pending"])) < _QUEUED:
        raise FailedError(f"{waiting} of {_QUEUED} jobs wait: the server runs more at once")


async def _ask(session: Session, client: Client) -> tuple[list[float], int]:
    """Seconds of each answer, and the size of one. Meanwhile the queue changes now and then, of
    which every socket is told."""

    async def disturb() -> None:
        while True:
            await client.submit(client.body(small(next(session.salts))))
            await asyncio.sleep(0.25)

    disturbing = asyncio.create_task(disturb())
    taken: list[float] = []
    size_bytes = 0
    for _ in range(_ASKED):
        began = time.perf_counter()
        size_bytes = len(await client.get("/queue"))
        taken.append(time.perf_counter() - began)
    disturbing.cancel()
    await asyncio.gather(disturbing, return_exceptions=True)
    return taken, size_bytes


async def _empty(client: Client) -> None:
    """Takes back what waits and stops what runs. Raises FailedError if that does not help."""
    until = time.perf_counter() + _EMPTYING_SECONDS
    while time.perf_counter() < until:
        await client.post("/queue", {"clear": True})
        await client.post("/interrupt", {})
        left = msgspec.json.decode(await client.get("/prompt"))
        if not left["exec_info"]["queue_remaining"]:
            return
        await asyncio.sleep(0.1)
    raise FailedError(f"the queue is not empty {_EMPTYING_SECONDS} s after it was cleared")
