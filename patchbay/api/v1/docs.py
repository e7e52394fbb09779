"""`/docs`: a page that shows the OpenAPI document to people, and the document itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from patchbay.api.replies import reply
from patchbay.api.v1 import schemas
from patchbay.api.v1.openapi import foreign_routes
from patchbay.api.v1.operations import Nothing, Operation, operation

_PAGES = Path(__file__).parent / "pages"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


def routes() -> list[web.RouteDef]:
    """The page and what belongs to it."""
    return [
        web.get("/docs", _page("docs.html")),
        web.get("/docs/api.js", _page("api.js")),
        web.get("/docs/api.css", _page("api.css")),
    ]


def operations(document: Callable[[], dict[str, Any]]) -> tuple[Operation[Any], ...]:
    """The operations that tell of all operations; `document` is asked once."""
    made: list[dict[str, Any]] = []

    @operation("GET", "/openapi.json", gives=schemas.Document)
    async def get_openapi(request: web.Request, _: Nothing) -> web.Response:
        """Get this document.

        `x-routes` lists what else the server answers: ComfyUI's protocol.
        """
        if not made:
            made.append(document() | {"x-routes": foreign_routes(request.app)})
        return reply(made[0])

    @operation("GET", "", gives=schemas.Root)
    async def get_root(request: web.Request, _: Nothing) -> schemas.Root:
        """Find the documentation."""
        return schemas.Root(openapi="/api/v1/openapi.json", docs="/docs", health="/health")

    return (get_root, get_openapi)


def _page(name: str) -> Callable[[web.Request], Any]:
    async def page(request: web.Request) -> web.Response:
        """The documentation of Patchbay's own API, for people."""
        text = await asyncio.to_thread((_PAGES / name).read_text, "utf-8")
        kind = _TYPES[Path(name).suffix]
        headers = {"Cache-Control": "no-cache"}
        return web.Response(text=text, content_type=kind, charset="utf-8", headers=headers)

    return page
