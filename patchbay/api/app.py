"""The server put together: every route, the guards around them, its beginning and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

from aiohttp import web

from patchbay.api import (
    folders,
    guarding,
    logs,
    nodes,
    prompts,
    site,
    status,
    uploads,
    userdata,
    users,
    v1,
    view,
    webhooks,
)
from patchbay.api.serving import SERVING, Serving
from patchbay.upkeep import keep_up

_TWINNED = (folders, nodes, prompts, site, status, uploads, userdata, users, view)

_IDLE_SECONDS = 75.0  # between two requests of a connection, the second's headers included


def make_app(serving: Serving) -> web.Application:
    """An application that serves; it takes up the queue when it starts and puts it down, nothing
    lost, when it is cleaned up."""
    app = web.Application(
        middlewares=guarding.middlewares(),
        client_max_size=serving.options.limits.upload_bytes,
        handler_args={
            # A packed body that is broken would never be answered: see replies.arriving.
            "auto_decompress": False,
            "max_line_size": 16_384,
            "max_field_size": 16_384,
            "keepalive_timeout": _IDLE_SECONDS,
            "lingering_time": serving.options.patience.lingering,
        },
    )
    app[SERVING] = serving
    for module in _TWINNED:
        app.add_routes(_twinned(module.routes()))
    v1.attach(app)  # before the site, which takes every other path
    for module in (folders, site):
        app.add_routes(module.plain_routes())
    app.add_routes(logs.routes())
    app.on_response_prepare.append(guarding.finish)
    app.cleanup_ctx.append(_running)
    return app


def _twinned(routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
    """Every route as it is, and under /api."""
    found = []
    for route in routes:
        found.append(route)
        found.append(web.RouteDef(route.method, f"/api{route.path}", route.handler, route.kwargs))
    return found


async def _running(app: web.Application) -> AsyncIterator[None]:
    serving = app[SERVING]
    end_log = serving.log.listen(serving.hub.tell_log)
    serving.queue.start()
    tables = (serving.queue.table.path, serving.parts.store.records_path)
    upkeep = asyncio.create_task(
        keep_up(tables, serving.parts.store, lambda: not serving.queue.active)
    )
    teller = webhooks.Teller(serving)
    teller.start()
    yield
    end_log()
    upkeep.cancel()
    await serving.queue.close()
    await serving.hub.close()
    await teller.close()
    await serving.parts.executor.close()
