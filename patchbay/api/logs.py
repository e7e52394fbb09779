"""The routes of the log, as ComfyUI's frontend expects them."""

from __future__ import annotations

import shutil
from typing import Any

from aiohttp import web

from patchbay.api import replies
from patchbay.api.serving import SERVING


def routes() -> list[web.RouteDef]:
    return [
        web.get("/internal/logs", as_text),
        web.get("/internal/logs/raw", as_entries),
        web.patch("/internal/logs/subscribe", subscribe),
    ]


async def as_text(request: web.Request) -> web.StreamResponse:
    """All lines as one JSON string."""
    lines = request.app[SERVING].log.lines
    return replies.reply("".join(f"{line.t} - {line.m}" for line in lines))


async def as_entries(request: web.Request) -> web.StreamResponse:
    """All lines with their times, and the size of the terminal that they were made for."""
    lines = request.app[SERVING].log.lines
    return replies.reply({"entries": lines, "size": terminal()})


async def subscribe(request: web.Request) -> web.StreamResponse:
    """Turns `logs` messages on or off for a client's socket."""
    data = await replies.object_of(request)
    client, enabled = data.get("clientId"), data.get("enabled")
    if not isinstance(client, str) or not isinstance(enabled, bool):
        raise web.HTTPBadRequest(text="clientId is a text and enabled is true or false")
    request.app[SERVING].hub.subscribe_logs(client, enabled)
    return web.Response()


def terminal() -> dict[str, Any]:
    """The size that a terminal showing the log should have."""
    size = shutil.get_terminal_size()
    return {"cols": size.columns, "rows": size.lines}
