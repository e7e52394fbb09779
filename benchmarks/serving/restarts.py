"""Starting a server of ours, and starting it again with the same folders."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from statistics import median

from benchmarks.serving.client import FailedError, RefusedError
from benchmarks.serving.figures import Figure
from benchmarks.serving.process import Own
from benchmarks.serving.prompts import wide
from benchmarks.serving.session import Session

_STARTS = 5
_NODES = 1_000
# A server that has just answered may still be busy with what it put off.
_IDLE_SECONDS = 1.0


def started(folder: Path) -> tuple[Own, Figure]:
    """A server that runs, with folders of its own, and how soon it was ready."""
    taken: list[float] = []
    for count in range(_STARTS):
        own = Own(folder / str(count))
        taken.append(own.start())
        if count < _STARTS - 1:
            own.stop()
    note = f"median of {_STARTS}, worst {max(taken):.3g} s"
    return own, Figure("ready, from exec", median(taken), "s", note)


def measure_idle(session: Session) -> None:
    """What the process takes while nothing is asked of it; nothing for a server elsewhere."""
    if not session.meter.here:
        return
    time.sleep(_IDLE_SECONDS)
    session.tell(Figure("idle memory", session.meter.memory_bytes() / 1e6, "MB"))
    session.tell(Figure("torch in the process", int(session.meter.has_torch()), "", "mapped"))


def measure_again(session: Session, own: Own) -> None:
    """Stops the server, starts it again, and looks for what it knew."""
    body_salt = next(session.salts)
    before = asyncio.run(_nodes_run(session, body_salt))
    own.stop()
    seconds = own.start()
    session.tell(Figure("ready again, with all that history", seconds, "s"))
    name, unit = "nodes run again after a restart", "nodes"
    after = asyncio.run(_nodes_run(session, body_salt))
    if before < _NODES:
        message = f"the socket told of {before} of {_NODES} nodes when all were to run"
        session.failed(name, unit, FailedError(message))
    else:
        session.tell(Figure(name, after, unit, f"of {_NODES:,}"))
    missing = asyncio.run(_missing(session))
    name = "jobs missing from history after a restart"
    session.tell(Figure(name, missing, "jobs", f"of {len(session.kept):,}"))


async def _nodes_run(session: Session, salt: int) -> int:
    async with session.client() as client:
        return (await client.watch(client.body(wide(_NODES, salt)))).nodes


async def _missing(session: Session) -> int:
    missing = 0
    async with session.client() as client:
        for id_ in session.kept:
            try:
                answer = await client.get(f"/history/{id_}")
            except RefusedError:
                answer = b"{}"
            missing += len(answer) < len(id_)  # an empty object
    return missing
