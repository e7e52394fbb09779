"""`/api/v1/files`: what lies in the folders, and how it looks, sounds and came to be."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import Any

import msgspec
from aiohttp import web
from msgspec import structs

from patchbay import probe, thumbnails
from patchbay.api.paths import Listed, decide, disk_errors, listing
from patchbay.api.replies import JSON_TYPE
from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.links import peaks_url, thumbnail_url, view_url
from patchbay.api.v1.operations import Nothing, Operation, Other, operation
from patchbay.errors import FileError, NotFoundError
from patchbay.names import FolderName, folder_name

_CACHE = "private, max-age=0, must-revalidate"


@operation("GET", "/files/{folder}", takes=schemas.FilesAsked, gives=schemas.Files)
async def list_files(request: web.Request, asked: schemas.FilesAsked) -> schemas.Files:
    """List the files in `output`, `input` or `temp`, with those in folders below, newest first."""
    folder, root = _folder(request)

    def found() -> list[Listed]:
        words = asked.text.lower()
        listed = [
            one
            for one in listing(root, deep=True)
            if not one.is_folder
            and words in one.name.lower()
            and (not asked.kind or probe.kind_of(PurePath(one.name)) in asked.kind)
        ]
        return sorted(listed, key=lambda one: (-one.modified, one.name))

    with disk_errors(f"folder {folder}"):
        files = await asyncio.to_thread(found)
    page = files[asked.offset : asked.offset + asked.limit]
    return schemas.Files(
        files=[_entry(folder, one.name, one.size_bytes, one.modified) for one in page],
        total=len(files),
        offset=asked.offset,
        limit=asked.limit,
    )


@operation("GET", "/files/{folder}/{path:.+}", gives=schemas.FileFacts)
async def get_file(request: web.Request, _: Nothing) -> schemas.FileFacts:
    """Look at one file: how large and old it is, how long a sound, how large a picture is."""
    folder, root = _folder(request)
    path = await _path(request, root)
    with disk_errors(f"file {path.name!r}"):
        state = await asyncio.to_thread(path.stat)
        facts = asdict(await asyncio.to_thread(probe.facts_of, path))
    name = path.relative_to(root).as_posix()
    entry = _entry(folder, name, state.st_size, state.st_mtime)
    return schemas.FileFacts(**structs.asdict(entry) | facts | {"carries": list(facts["carries"])})


@operation("DELETE", "/files/{folder}/{path:.+}", status=204)
async def delete_file(request: web.Request, _: Nothing) -> None:
    """Delete a file. Jobs that made it show it as gone, and make it again when they run again."""
    _folder_name, root = _folder(request)
    path = await _path(request, root)
    with disk_errors(f"file {path.name!r}"):
        await asyncio.to_thread(path.unlink)


@operation(
    "GET",
    "/thumbnails/{folder}/{path:.+}",
    takes=schemas.ThumbnailAsked,
    gives=Other(
        thumbnails.TYPE, "A small picture: of a picture, a film's first frame, a waveform."
    ),
    errors=(415,),
)
async def get_thumbnail(request: web.Request, asked: schemas.ThumbnailAsked) -> web.StreamResponse:
    """Get a small picture of a picture, a film or a sound.

    It carries nothing of what the file says of itself.
    """
    path = await _path(request, _folder(request)[1])
    try:
        with disk_errors(f"file {path.name!r}"):
            data = await request.app[DESK].previews.thumbnail(path, asked.size)
    except FileError as error:
        raise web.HTTPUnsupportedMediaType(text=error.message) from error
    headers = {"Cache-Control": _CACHE}
    return web.Response(body=data, content_type=thumbnails.TYPE, headers=headers)


@operation(
    "GET",
    "/peaks/{folder}/{path:.+}",
    takes=schemas.PeaksAsked,
    gives=schemas.Peaks,
    errors=(415,),
)
async def get_peaks(request: web.Request, asked: schemas.PeaksAsked) -> schemas.Peaks:
    """Get the waveform of a sound, or of a film's: pairs of lowest and highest samples.

    The file is read once, in blocks; of an hour that takes a few seconds, after that nothing.
    """
    path = await _path(request, _folder(request)[1])
    try:
        with disk_errors(f"file {path.name!r}"):
            outline = await request.app[DESK].previews.outline(path)
    except FileError as error:
        raise web.HTTPUnsupportedMediaType(text=error.message) from error
    return schemas.Peaks(
        seconds=outline.seconds,
        rate_hz=outline.rate_hz,
        channels=outline.channels,
        peaks=outline.points(asked.points).astype(float).round(4).tolist(),
    )


@operation("GET", "/carried/{folder}/{path:.+}", gives=schemas.Carried, errors=(415,))
async def get_carried(request: web.Request, _: Nothing) -> web.Response:
    """Get the prompt and the workflow that a file carries, so that it can be made again."""
    path = await _path(request, _folder(request)[1])
    try:
        with disk_errors(f"file {path.name!r}"):
            data = await asyncio.to_thread(_carried, path)
    except FileError as error:
        raise web.HTTPUnsupportedMediaType(text=error.message) from error
    return web.Response(body=data, content_type=JSON_TYPE, charset="utf-8")


def _carried(path: Path) -> bytes:
    """Raises FileError, NotFoundError."""
    found = probe.carried(path)
    if not found:
        raise NotFoundError(f"file {path.name} does not say how it was made")
    try:
        return msgspec.json.encode(schemas.Carried(**found))
    except (ValueError, OverflowError, RecursionError) as error:  # such as half a character
        raise FileError(f"what file {path.name} carries cannot be written as JSON") from error


def _folder(request: web.Request) -> tuple[FolderName, Path]:
    text = request.match_info["folder"]
    name = folder_name(text)
    if name is None:
        raise NotFoundError(f"folder {text[:40]!r} is none: use input, output or temp")
    return name, request.app[SERVING].parts.folders.of(name)


async def found_file(request: web.Request) -> Path:
    """The plain file that the request's `folder` and `path` mean. Raises HTTPBadRequest,
    NotFoundError."""
    return await _path(request, _folder(request)[1])


async def _path(request: web.Request, root: Path) -> Path:
    """The plain file that the request means. Raises HTTPBadRequest, NotFoundError."""
    path = decide(request, root, request.match_info["path"])
    if not await asyncio.to_thread(path.is_file):
        raise NotFoundError(f"file {path.name[:100]!r} is not there")
    return path


def _entry(folder: FolderName, name: str, size_bytes: int, modified: float) -> schemas.FileEntry:
    return schemas.FileEntry(
        folder=folder,
        name=name,
        kind=probe.kind_of(PurePath(name)),
        size_bytes=size_bytes,
        modified=modified,
        url=view_url(folder, name),
        thumbnail_url=thumbnail_url(folder, name),
        peaks_url=peaks_url(folder, name),
    )


OPERATIONS: tuple[Operation[Any], ...] = (
    list_files,
    get_file,
    delete_file,
    get_thumbnail,
    get_peaks,
    get_carried,
)
