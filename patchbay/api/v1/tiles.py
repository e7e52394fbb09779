"""`/api/v1/tiles`: very large pictures in tiles, to be looked at as a map is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from patchbay.api import pyramids, tiling
from patchbay.api.delivery import user_headers
from patchbay.api.paths import disk_errors
from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.files import found_file
from patchbay.api.v1.operations import Nothing, Operation, Other, operation
from patchbay.errors import FileError, NotFoundError

_FOLDER = ".tiles"  # hidden: no request can name what is in it
_MOST_DIGITS = 9
_WEBP = "image/webp"


# Before the facts, whose pattern would take the numbers for a part of the path.
@operation(
    "GET",
    "/tiles/{folder}/{path:.+}/{level:[0-9]+}/{x:[0-9]+}/{y:[0-9]+}",
    gives=Other("image/jpeg", "A tile; WEBP where the picture has an alpha channel.", (_WEBP,)),
    errors=(415,),
)
async def get_tile(request: web.Request, _: Nothing) -> web.StreamResponse:
    """Get one tile of a picture.

    The first makes all of them, which takes some seconds for 100 million pixels.
    """
    path = await found_file(request)
    level, x, y = (int(request.match_info[name][:_MOST_DIGITS]) for name in ("level", "x", "y"))
    try:
        with disk_errors(f"file {path.name!r}"):
            tile = await request.app[DESK].pyramids.tile(path, _home(request), level, x, y)
    except FileError as error:
        raise web.HTTPUnsupportedMediaType(text=error.message) from error
    if tile is None:
        raise NotFoundError(f"picture {path.name[:100]} has no tile {x}, {y} at level {level}")
    headers = user_headers(request, path.name, tile.content_type)
    headers["Cache-Control"] = "private, max-age=60"
    del headers["Content-Disposition"]
    return web.Response(body=tile.data, headers=headers)


@operation("GET", "/tiles/{folder}/{path:.+}", gives=schemas.TileFacts, errors=(415,))
async def get_tile_facts(request: web.Request, _: Nothing) -> schemas.TileFacts:
    """Look up how a picture is cut into tiles.

    PNG may have up to 300,000 pixels each way and 4,000 million in all, other formats 128 million.
    """
    path = await found_file(request)
    folder = request.match_info["folder"]
    try:
        with disk_errors(f"file {path.name!r}"):
            shape = await asyncio.to_thread(tiling.shape_of, path)
            tiles = await asyncio.to_thread(pyramids.folder_of, path, _home(request))
            ready = await asyncio.to_thread(pyramids.is_ready, tiles)
    except FileError as error:
        raise web.HTTPUnsupportedMediaType(text=error.message) from error
    name = quote(request.match_info["path"], errors="replace")
    return schemas.TileFacts(
        width=shape.width,
        height=shape.height,
        tile=tiling.TILE,
        levels=shape.levels,
        ready=ready,
        url=f"/api/v1/tiles/{folder}/{name}",
    )


def _home(request: web.Request) -> Path:
    return request.app[SERVING].parts.folders.temp / _FOLDER


OPERATIONS: tuple[Operation[Any], ...] = (get_tile, get_tile_facts)
