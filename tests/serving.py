"""A real server for tests: its parts in a folder of their own, its port chosen by the system."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from patchbay.api.access import Access
from patchbay.api.app import make_app
from patchbay.api.hub import Hub
from patchbay.api.log import Log
from patchbay.api.runner import Runner
from patchbay.api.serving import Options, Serving
from patchbay.evaluate import Evaluator
from patchbay.executor.local import Local
from patchbay.files import Folders
from patchbay.jobs.history import History
from patchbay.jobs.queue import Queue
from patchbay.jobs.table import Table
from patchbay.packs import Catalogue
from patchbay.parts import Parts
from patchbay.store import Store

PATIENCE_SECONDS = 60.0


@dataclass
class Place:
    """Where a server keeps what it keeps: starting one there again is like a new process."""

    folder: Path
    catalogue: Catalogue
    warnings: list[str]

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder = folder
        self.catalogue = catalogue
        self.warnings = []
        self.folders = Folders(folder / "input", folder / "output", folder / "temp")
        for each in (self.folders.input, self.folders.output, self.folders.temp):
            each.mkdir(parents=True, exist_ok=True)

    @contextlib.asynccontextmanager
    async def server(self, *, connections: int = 1_000, **options: Any) -> AsyncIterator[Client]:
        """A server that runs, and a client of it; `options` are those of `Options`."""
        store = Store(self.folder / "cache", warn=self.warnings.append)
        executor = Local(store, self.catalogue.named, cores=2)
        evaluator = Evaluator(store, self.folders)
        parts = Parts(store, executor, self.catalogue.specs, self.folders, evaluator)
        chosen = replace(Options(self.folder / "user"), **options)
        table = Table(chosen.user_folder / "jobs.sqlite")
        history = History(table.path)
        queue = Queue(
            table,
            history,
            parts,
            at_once=chosen.jobs_at_once,
            most_pending=chosen.limits.pending_jobs,
            warn=self.warnings.append,
        )
        hub = Hub(queue, max_upload_bytes=chosen.limits.upload_bytes, debug=chosen.debug)
        access = Access(chosen.user_folder, chosen.host, chosen.hosts)
        serving = Serving(chosen, parts, self.catalogue, queue, hub, access, Log(), time.time())
        try:
            async with TestClient(_Server(make_app(serving), connections)) as client:
                yield Client(client, serving)
        finally:
            history.close()
            table.close()
            store.close()


class _Server(TestServer):
    """Takes connections as `patchbay serve` does."""

    def __init__(self, app: web.Application, connections: int) -> None:
        super().__init__(app)
        self._connections = connections

    async def _make_runner(self, **options: Any) -> Runner:
        return Runner(self.app, self._connections, **options)


@dataclass(frozen=True)
class Client:
    """Speaks JSON with a server. `serving` is the server's inside."""

    http: TestClient[Any, Any]
    serving: Serving

    async def get(self, path: str, **how: Any) -> Any:
        """The JSON at a path, which must be there."""
        return await self.json("GET", path, **how)

    async def post(self, path: str, body: Any = None, **how: Any) -> Any:
        """The answer to a post, which must be taken."""
        return await self.json("POST", path, json=body, **how)

    async def json(self, method: str, path: str, **how: Any) -> Any:
        async with self.http.request(method, path, **how) as answer:
            assert answer.status < 300, (answer.status, await answer.text())
            return await answer.json() if answer.status != 204 else None

    async def refused(self, method: str, path: str, **how: Any) -> tuple[int, dict[str, Any]]:
        """The status and the error of a request that must not be taken."""
        async with self.http.request(method, path, **how) as answer:
            assert answer.status >= 400, answer.status
            body = await answer.json()
            assert {"type", "message", "details", "extra_info"} == set(body["error"]), body
            return answer.status, body

    async def raw(self, method: str, path: str, **how: Any) -> tuple[ClientResponse, bytes]:
        """An answer and its bytes."""
        async with self.http.request(method, path, **how) as answer:
            return answer, await answer.read()

    async def ended(self, id_: str) -> dict[str, Any]:
        """The job once it has ended."""
        found: dict[str, Any] = {}

        async def has_ended() -> bool:
            found.update(await self.get(f"/api/v1/jobs/{id_}"))
            return found["status"] in ("done", "failed", "cancelled")

        await until(has_ended)
        return found

    async def status(self, id_: str, status: str) -> None:
        """Waits until the job has a status."""

        async def has_it() -> bool:
            return bool((await self.get(f"/api/v1/jobs/{id_}"))["status"] == status)

        await until(has_it)


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Looks until something is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await true():
            await asyncio.sleep(0.005)
