"""Puts a server together from its settings: the parts, the queue, the sockets, the guards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from patchbay import assemble
from patchbay.api.access import Access
from patchbay.api.hub import Hub
from patchbay.api.log import Log
from patchbay.api.serving import Options, Serving
from patchbay.assemble import Settings
from patchbay.jobs.history import History
from patchbay.jobs.queue import Queue
from patchbay.jobs.table import Table
from patchbay.packs import Catalogue

_TABLE = "jobs.sqlite"
_LEFT_SECONDS = 0.2  # for tasks that outlive the server to notice that they are cancelled


def build(
    settings: Settings,
    options: Options,
    catalogue: Catalogue,
    log: Log,
    warn: Callable[[str], None],
) -> Serving:
    """One of each for a server. Raises StoreError when a folder cannot be used."""
    store = assemble.open_store(settings, warn)
    # Whoever calls the server may name files in the input folder, and no others.
    parts = assemble.parts_for(settings, store, catalogue, confined=True)
    for folder in (parts.folders.input, parts.folders.output, options.user_folder):
        folder.mkdir(parents=True, exist_ok=True)
    table = Table(options.user_folder / _TABLE)
    history = History(table.path)
    queue = Queue(
        table,
        history,
        parts,
        at_once=options.jobs_at_once,
        most_pending=options.limits.pending_jobs,
        warn=warn,
    )
    hub = Hub(queue, max_upload_bytes=options.limits.upload_bytes, debug=options.debug)
    access = Access(options.user_folder, options.host, options.hosts)
    return Serving(options, parts, catalogue, queue, hub, access, log, time.time())


def run(main: Coroutine[Any, Any, None]) -> None:
    """Runs a server to its end as `asyncio.run` does, but waits for no thread and no task that
    goes on: a node that never looks whether it was cancelled would hold the process as long as it
    likes. Whoever calls this ends the process soon after."""
    runner = asyncio.Runner()
    loop = runner.get_loop()
    try:
        runner.run(main)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left, timeout=_LEFT_SECONDS))
        loop.close()


def close(serving: Serving) -> None:
    """Closes what `build` opened; the application has been cleaned up before."""
    serving.queue.history.close()
    serving.queue.table.close()
    serving.parts.store.close()
