"""`POST /upload/image` and `/upload/mask`: files of any kind, into the input folder or another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from blake3 import blake3

from patchbay.api import pictures
from patchbay.api.forms import Form, Received, received
from patchbay.api.paths import decide, disk_errors, folder_of, open_file, subfolder_of
from patchbay.api.replies import reply
from patchbay.api.storage import settle
from patchbay.api.view import Place, place_of

_FIELD = "image"  # the protocol's name for it, whatever is in it
_YES = ("true", "1")


class Uploads:
    """The handlers and what their requests share."""

    def __init__(self) -> None:
        self._masking = asyncio.Semaphore(1)  # two pictures are decoded for each mask

    async def image(self, request: web.Request) -> web.Response:
        """Keeps the file as it is."""
        async with received(request, _FIELD, lambda form: _root(request, form)) as form:
            place = await asyncio.to_thread(_target, request, form)
            return await asyncio.to_thread(_settled, form, place)

    async def mask(self, request: web.Request) -> web.Response:
        """Keeps the picture that `original_ref` names, with the file's alpha channel for its own.

        The result is a PNG, whatever the original was.
        """
        async with received(request, _FIELD, lambda form: _root(request, form)) as form:
            place = await asyncio.to_thread(_target, request, form)
            original = await asyncio.to_thread(_original, request, form)
            async with self._masking:
                await asyncio.to_thread(_mask, original, form)
            png = Place(place.root, place.path.with_suffix(".png"))
            return await asyncio.to_thread(_settled, form, png)


def _folder(form: Form) -> str:
    return form.fields.get("type") or "input"


def _root(request: web.Request, form: Form) -> Path:
    return folder_of(request, _folder(form))


def _target(request: web.Request, form: Form) -> Place:
    """Where the file is to lie. Raises HTTPBadRequest when there is none, or may not be there."""
    if form.file is None:
        raise web.HTTPBadRequest(text=f"the form has no file: send it in the field {_FIELD}")
    name = form.file.name
    if "/" in name or "\\" in name:
        message = f"name {name[:80]!r} names a folder: give that as subfolder"
        raise web.HTTPBadRequest(text=message)
    root = _root(request, form)
    home = subfolder_of(request, root, form.fields.get("subfolder", ""), web.HTTPBadRequest)
    return Place(root, decide(request, root, name, within=home))


def _settled(form: Form, place: Place) -> web.Response:
    """Moves the file to its place, or beside it, and says where it is."""
    file = form.file
    assert file is not None
    replace = form.fields.get("overwrite", "").lower() in _YES
    with disk_errors(f"file {place.path.name!r}"):
        path = settle(place.root, file.path, place.path, file.digest, replace=replace)
    below = path.relative_to(place.root)
    subfolder = "" if len(below.parts) == 1 else below.parent.as_posix()
    return reply({"name": below.name, "subfolder": subfolder, "type": _folder(form)})


def _original(request: web.Request, form: Form) -> Place:
    """The picture that a mask is for. Raises HTTPBadRequest, HTTPForbidden."""
    try:
        reference: Any = msgspec.json.decode(form.fields.get("original_ref", ""))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(text=f"original_ref is not JSON: {error}") from error
    if not isinstance(reference, dict):
        raise web.HTTPBadRequest(text="original_ref is no object: give filename, subfolder, type")
    given = {"filename": "", "subfolder": "", "type": "output", **reference}
    name, subfolder, folder = given["filename"], given["subfolder"], given["type"]
    if not isinstance(name, str) or not isinstance(subfolder, str) or not isinstance(folder, str):
        raise web.HTTPBadRequest(text="original_ref: filename, subfolder and type are texts")
    return place_of(request, name, folder, subfolder)


def _mask(original: Place, form: Form) -> None:
    """Puts the masked picture in the upload's stead."""
    file = form.file
    assert file is not None
    with (
        disk_errors(f"picture {original.path.name!r}"),
        open_file(original.root, original.path) as picture,
        file.path.open("rb") as mask,
    ):
        data = pictures.masked(picture, mask)
    with disk_errors("the mask"):
        file.path.write_bytes(data)
    form.file = Received(file.name, file.path, len(data), blake3(data).digest())


def routes() -> list[web.RouteDef]:
    """Call it once for an app: the handlers share how many masks are made at once."""
    uploads = Uploads()
    return [
        web.post("/upload/image", uploads.image),
        web.post("/upload/mask", uploads.mask),
    ]
