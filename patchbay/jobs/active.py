"""A job that runs, and how its run comes to an end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from patchbay.errors import PatchbayError
from patchbay.jobs.records import Ended, Status
from patchbay.jobs.tracking import Tracker
from patchbay.run import Run


@dataclass(slots=True, eq=False)
class Active:
    """A job that runs. `extra` is decoded."""

    id: str
    number: float
    client: str | None
    started: float
    run: Run
    tracker: Tracker
    webhook: str
    extra: Mapping[str, Any]
    seconds: float | None  # that it may take in all
    alone: bool  # nothing runs beside it
    task: asyncio.Task[None] | None = None
    cancelled: bool = False  # somebody wants it to end
    given_up: bool = False  # the server stops: the job waits again
    over: bool = False  # it only waits for its end to be on disk

    def cancel(self) -> bool:
        """Asks the run for an end; False when it has come to one."""
        if not self.over:
            self.cancelled = True
            self.run.cancel()
        return not self.over

    def give_up(self) -> None:
        """Asks the run for an end that is none of the job's."""
        if not self.over:
            self.given_up = True
            self.run.cancel()


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended. `waits` is set where the job itself has not ended."""

    status: Status
    seconds: float
    ended: Ended
    waits: bool = False


async def end_of(active: Active, warn: Callable[[str], None]) -> End:
    """Runs a job to its end, whatever that is."""
    began = time.perf_counter()
    try:
        outcome = await active.run.go()
        ended = active.tracker.ended(outcome)
    except Exception as error:  # a bug of ours must not stop the queue
        warn(f"job {active.id} ended with a bug: {type(error).__name__}: {error}")
        return End("failed", time.perf_counter() - began, bug(error))
    finally:
        active.over = True
    # A run that ended by itself just now need not be made again, nor one that was not wanted.
    waits = active.given_up and outcome.status == "cancelled" and not active.cancelled
    return End(outcome.status, time.perf_counter() - began, ended, waits)


def bug(error: Exception) -> Ended:
    """The end of a job that met with a bug of ours."""
    code = error.code if isinstance(error, PatchbayError) else "error"
    message = f"{type(error).__name__}: {error}"
    problem = {"code": code, "message": message, "node": None, "input": None}
    return Ended(problems=[problem], error={**problem, "node": "", "drawn": "", "traceback": []})
