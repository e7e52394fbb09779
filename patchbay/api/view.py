"""`GET /view`: the files that were uploaded and made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from patchbay.api import pictures
from patchbay.api.delivery import deliver, disposition, user_headers
from patchbay.api.paths import decide, disk_errors, folder_of, open_file, subfolder_of
from patchbay.names import Mention

# Pictures that are decoded at once: each may take a quarter of a gigabyte.
_DECODERS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A file, and the folder that it may not leave."""

    root: Path
    path: Path


def place_of(request: web.Request, name: str, folder: str, subfolder: str) -> Place:
    """The file that a client means by its three facts.

    Raises HTTPBadRequest for a name or a folder that cannot be, HTTPForbidden for a subfolder.
    """
    mention = Mention.of(name)
    root = folder_of(request, mention.folder or folder)
    home = subfolder_of(request, root, subfolder, web.HTTPForbidden)
    return Place(root, decide(request, root, mention.name, within=home))


class View:
    """The handler and what its requests share."""

    def __init__(self) -> None:
        self._decoders = asyncio.Semaphore(_DECODERS)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The file, or its picture in another form where `preview` or `channel` ask for one."""
        query = request.query
        if not query.get("filename"):
            raise web.HTTPNotFound(text="no file is named: give filename")
        place = await asyncio.to_thread(
            place_of,
            request,
            query["filename"],
            query.get("type", "output"),
            query.get("subfolder", ""),
        )
        form = pictures.Form.of(query.get("preview"), query.get("channel"))
        if form is not None and pictures.is_picture(place.path.name):
            return await self._picture(request, place, form)
        return await deliver(
            request, place.root, place.path, user_headers(request, place.path.name)
        )

    async def _picture(
        self, request: web.Request, place: Place, form: pictures.Form
    ) -> web.Response:
        async with self._decoders:
            picture = await asyncio.to_thread(_converted, place, form)
        headers = user_headers(request, place.path.name, picture.content_type)
        headers["Content-Disposition"] = disposition("inline", place.path.name)
        return web.Response(body=picture.data, headers=headers)


def _converted(place: Place, form: pictures.Form) -> pictures.Encoded:
    with (
        disk_errors(f"file {place.path.name!r}"),
        open_file(place.root, place.path) as file,
    ):
        return pictures.converted(file, form)


def routes() -> list[web.RouteDef]:
    """Call it once for an app: the handlers share how much is decoded at once."""
    return [web.get("/view", View().get)]
