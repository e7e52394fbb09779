"""Puts a server together from its settings: the parts, the queue, the sockets, the guards."""

from __future__ import annotations

import time
from collections.abc import Callable

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
    table = Table(options.user_folder / _TABLE, warn)
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


def close(serving: Serving) -> None:
    """Closes what `build` opened; the application has been cleaned up before."""
    serving.queue.history.close()
    serving.queue.table.close()
    serving.parts.store.close()
