"""Webhooks: telling an address that a job has ended, until it says that it has heard.

What is still to be told lies in the table of jobs, noted in one step with the job's end. Each call
is signed, so that the receiver knows who called.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from math import inf

import aiohttp
import msgspec

from patchbay import __version__, addresses
from patchbay.api import callbacks, outgoing
from patchbay.api.serving import Serving
from patchbay.api.v1 import schemas
from patchbay.api.v1.jobviews import Forecast, files_of, summary
from patchbay.errors import AddressError, StoreError
from patchbay.jobs.records import Ended, JobRow, Status
from patchbay.jobs.table import DueWebhook

# After each of these the address is tried again; after the last it is given up.
_AGAIN_SECONDS = (5.0, 30.0, 120.0, 600.0, 3_600.0)
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_AT_ONCE = 8
_LONGEST_SLEEP_SECONDS = 3_600.0
_log = logging.getLogger(__name__)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a webhook is sent. `event` tells this from what may come later."""

    event: str
    at: float
    job: schemas.JobSummary


class Teller:
    """Tells the ends of jobs to their webhooks, several at once, each in its time."""

    def __init__(self, serving: Serving, again_seconds: tuple[float, ...] = _AGAIN_SECONDS) -> None:
        self._serving = serving
        self._table = serving.queue.table
        self._again_seconds = again_seconds
        self._wake = asyncio.Event()
        # When what is due is to be looked at again, where the table could not be told.
        self._later: dict[DueWebhook, float] = {}
        self._busy: dict[DueWebhook, asyncio.Task[None]] = {}
        self._main: asyncio.Task[None] | None = None
        self._public: aiohttp.ClientSession | None = None
        self._local: aiohttp.ClientSession | None = None

    def start(self) -> None:
        """Begins, also with what an earlier process still had to tell. From the loop."""
        self._serving.queue.listeners.ended.append(self._ended)
        self._main = asyncio.get_running_loop().create_task(self._work())

    async def close(self) -> None:
        """Ends; what was not told is told by the next process."""
        tasks = [*self._busy.values(), *([self._main] if self._main else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for session in (self._public, self._local):
            if session is not None:
                await session.close()

    def _ended(self, id_: str, webhook: str, status: Status, ended: Ended) -> None:
        if webhook:
            self._wake.set()

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                pause = self._begin_due()
            except StoreError as error:
                _log.warning("what webhooks are still to be told is not known: %s", error)
                pause = self._again_seconds[-1]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    def _begin_due(self) -> float:
        """Begins what is due; how long until the next is."""
        now, pause = time.time(), _LONGEST_SLEEP_SECONDS
        found = self._table.due_webhooks()
        self._later = {due: self._later[due] for due in found if due in self._later}
        for due in found:
            # The clock may have been set back since a job ended: the first call is due at once.
            at = max(due.due if due.attempts else 0.0, self._later.get(due, 0.0))
            if due in self._busy or len(self._busy) >= _AT_ONCE:
                continue
            if at > now:
                pause = min(pause, at - now)
                continue
            self._busy[due] = asyncio.get_running_loop().create_task(self._tell(due))
        return pause

    async def _tell(self, due: DueWebhook) -> None:
        try:
            self._note(due, await self._tell_once(due))
        finally:
            self._busy.pop(due, None)
            self._wake.set()

    async def _tell_once(self, due: DueWebhook) -> str | None:
        """Tells it; what kept it from being heard, if anything did."""
        try:
            history = self._serving.queue.history
            row = await asyncio.to_thread(history.job, due.job, graph=False)
            # It may have been removed from the history meanwhile.
            return await self._problem_of(row) if row is not None and row.ended else None
        except Exception as error:  # one that cannot be told must not be tried without a pause
            return str(error) or type(error).__name__

    def _note(self, due: DueWebhook, problem: str | None) -> None:
        """Keeps what is to become of it."""
        try:
            if problem is None:
                self._later[due] = inf
                self._table.remove_webhook(due)
            elif due.attempts >= len(self._again_seconds):
                self._later[due] = inf
                _log.warning("the webhook of job %s was given up: %s", due.job, problem)
                self._table.remove_webhook(due)
            else:
                at = time.time() + self._again_seconds[due.attempts]
                self._later[due] = at
                self._table.put_off_webhook(due, at)
        except StoreError as error:
            _log.warning("that the webhook of job %s was called is not kept: %s", due.job, error)

    async def _problem_of(self, row: JobRow) -> str | None:
        """Tells the end of a job; what kept it from being heard, if anything did."""
        body, key = await self._body(row), callbacks.secret(self._table)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"patchbay/{__version__}",
            "Patchbay-Job": row.id,
            "Patchbay-Signature": callbacks.signature(key, int(time.time()), body),
        }
        try:
            place = addresses.place_of(row.webhook)
            session = self._session(place)
            async with session.post(
                row.webhook, data=body, headers=headers, allow_redirects=False, timeout=_TIMEOUT
            ) as answer:
                return None if 200 <= answer.status < 300 else f"it answered {answer.status}"
        except AddressError as error:
            return error.message
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return str(error) or type(error).__name__

    async def _body(self, row: JobRow) -> bytes:
        job = summary(row, self._serving, Forecast(self._serving))
        folders = self._serving.parts.folders
        if row.outcome is not None:
            job.files = await asyncio.to_thread(files_of, row.outcome.outputs, folders)
        return msgspec.json.encode(Told(event="job.ended", at=row.ended or 0.0, job=job))

    def _session(self, place: addresses.Place) -> aiohttp.ClientSession:
        if callbacks.may_be_private(place, self._serving):
            self._local = self._local or outgoing.session(private_ok=True)
            return self._local
        self._public = self._public or outgoing.session()
        return self._public
