"""`/api/v1/cache`: how much is known, and making it less."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from aiohttp import web

from patchbay.api.access import ROLE
from patchbay.api.roles import Role
from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.operations import Nothing, Operation, operation
from patchbay.store import Store


@operation("GET", "/cache", gives=schemas.CacheState)
async def get_cache(request: web.Request, _: Nothing) -> schemas.CacheState:
    """Look at the cache: how many results are known, how large they are, how large they may be."""
    store = request.app[SERVING].parts.store
    role = request.get(ROLE)
    return schemas.CacheState(
        records=store.records.count(),
        size_bytes=store.records.stored_bytes(),
        limit_bytes=store.limit_bytes,
        writable=store.writable,
        folder=str(store.folder.parent) if role is not None and role >= Role.ADMIN else None,
    )


@operation("POST", "/cache/trim", takes=schemas.TrimAsked, gives=schemas.Trimmed)
async def trim_cache(request: web.Request, body: schemas.TrimAsked) -> schemas.Trimmed:
    """Give up values until the cache is no larger than asked, first those that save least.

    What was given up is made again when it is needed.
    """
    store = request.app[SERVING].parts.store
    store.flush()
    freed = await asyncio.to_thread(_trimmed, store.folder.parent, body.limit_bytes)
    return schemas.Trimmed(freed_bytes=freed, size_bytes=store.records.stored_bytes())


def _trimmed(folder: Path, limit_bytes: int) -> int:
    """Trims over a connection of its own, as another process would: it may take seconds, and the
    server's own belongs to the loop's thread."""
    store = Store(folder, warn=lambda message: None)
    try:
        return store.trim(limit_bytes)
    finally:
        store.close()


OPERATIONS: tuple[Operation[Any], ...] = (get_cache, trim_cache)
