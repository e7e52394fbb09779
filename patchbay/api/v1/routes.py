"""Everything that `/api/v1` answers, and what it needs to be able to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from patchbay.api.pyramids import Pyramids
from patchbay.api.serving import SERVING
from patchbay.api.v1 import (
    cache,
    docs,
    drafts,
    events,
    files,
    graphs,
    growing,
    health,
    jobs,
    nodes,
    openapi,
    opening,
    queue,
    settings,
    specs,
    tiles,
    versions,
    workflows,
)
from patchbay.api.v1.desk import DESK, Desk
from patchbay.api.v1.feed import Feed
from patchbay.api.v1.library import Library
from patchbay.api.v1.operations import Operation
from patchbay.api.v1.previews import Previews
from patchbay.jobs.history import History


def operations() -> tuple[Operation[Any], ...]:
    """All operations, in the order in which they are documented."""
    found: tuple[Operation[Any], ...] = ()
    modules = (
        jobs, growing, queue, graphs, workflows, opening, versions, drafts, files, tiles, nodes,
        specs, cache, events, settings,
    )  # fmt: skip
    for module in modules:
        found += module.OPERATIONS
    found += docs.operations(lambda: openapi.document(found))
    return found


def plain_routes() -> list[web.RouteDef]:
    """The routes of this API, of `/health` and of `/docs`, with their full paths."""
    return [op.route() for op in operations()] + health.routes() + docs.routes()


def attach(app: web.Application) -> None:
    """Adds the routes to an application, and ends the streams of events when it shuts down."""
    app.add_routes(plain_routes())
    app.cleanup_ctx.append(_desk)
    app.on_shutdown.append(_shut_down)


async def _desk(app: web.Application) -> AsyncIterator[None]:
    serving = app[SERVING]
    history = History(serving.queue.table.path)
    options = serving.options
    feed = Feed(serving.queue, options.limits.sockets, options.debug)
    app[DESK] = Desk(history, Previews(), feed, Pyramids(), Library(), asyncio.Lock(), {})
    yield
    history.close()


async def _shut_down(app: web.Application) -> None:
    app[DESK].feed.close()
    app[DESK].previews.close()
    app[DESK].pyramids.close()
