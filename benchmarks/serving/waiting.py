"""Nodes that wait: side by side, in two jobs at once, and stopped while they do."""

from __future__ import annotations

import asyncio
import random
import time

from benchmarks.serving.client import Client, FailedError, RefusedError
from benchmarks.serving.figures import Figure
from benchmarks.serving.prompts import sleeping, stepping
from benchmarks.serving.session import Session, repeated


async def measure(session: Session) -> None:
    """Branches, jobs and interrupts."""

    async def branches() -> float:
        run = await client.watch(client.body(sleeping(4, 1.0, next(session.salts))))
        return run.seconds

    async def jobs() -> float:
        bodies = [client.body(sleeping(1, 1.0, next(session.salts))) for _ in range(2)]
        began = time.perf_counter()
        await asyncio.gather(*(client.watch(body) for body in bodies))
        return time.perf_counter() - began

    async def interrupt() -> float:
        return await _interrupted(session, client)

    async with session.client() as client:
        for name, once in (
            ("four one-second branches", branches),
            ("two one-second jobs", jobs),
            ("interrupt between steps of 0.1 s", interrupt),
        ):
            try:
                session.tell(Figure(name, await repeated(once), "s"))
            except (RefusedError, FailedError) as error:
                session.failed(name, "s", error)


async def _interrupted(session: Session, client: Client) -> float:
    """Seconds from asking a node of ten seconds to stop until it is said to have stopped."""
    id_ = await client.submit(client.body(stepping(100, 0.1, next(session.salts))))
    await client.progress_of(id_)
    # Somewhere within a step: what is promised does not depend on where.
    await asyncio.sleep(random.uniform(0, 0.1))
    asked = time.perf_counter()
    await client.post("/interrupt", {"prompt_id": id_})
    heard = await client.end_of(id_)
    if not heard.stopped:
        raise FailedError("it ended, but was not interrupted")
    return heard.stopped - asked
