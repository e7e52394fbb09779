"""Routes that describe the nodes: `/object_info`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from patchbay.api.replies import JSON_TYPE
from patchbay.api.serving import SERVING
from patchbay.comfy.catalogue import Descriptions, Engines


def routes() -> list[web.RouteDef]:
    """What this module answers."""
    desk = _Desk()
    return [web.get("/object_info", desk.all), web.get("/object_info/{class}", desk.one)]


class _Desk:
    """Gives out descriptions, and keeps them from one request to the next."""

    def __init__(self) -> None:
        # Requests that come while engines are looked for wait here and hold no thread.
        self._turn = asyncio.Lock()
        self._engines = Engines()
        self._descriptions: Descriptions | None = None

    async def all(self, request: web.Request) -> web.StreamResponse:
        """Every node by its name."""
        return await self._reply(request, lambda found: found.current().whole)

    async def one(self, request: web.Request) -> web.StreamResponse:
        """One node under the name it was asked for by; an empty object if there is none."""
        name = request.match_info["class"]
        return await self._reply(request, lambda found: found.one(name))

    async def _reply(
        self, request: web.Request, choose: Callable[[Descriptions], bytes]
    ) -> web.Response:
        async with self._turn:
            body = await asyncio.to_thread(choose, self._current(request))
        return web.Response(body=body, content_type=JSON_TYPE, charset="utf-8")

    def _current(self, request: web.Request) -> Descriptions:
        serving = request.app[SERVING]
        found, catalogue, folders = self._descriptions, serving.catalogue, serving.parts.folders
        if found is None or found.catalogue is not catalogue or found.folders != folders:
            found = self._descriptions = Descriptions(catalogue, folders, self._engines)
        return found
