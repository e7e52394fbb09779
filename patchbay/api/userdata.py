"""`/userdata`: files that the editor keeps for its user, such as saved workflows.

A file's ETag is that of its content. Who sends it back as If-Match is told when somebody else has
written the file since; ComfyUI's clients send none, and write as they always did.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any, BinaryIO

from aiohttp import web

from patchbay.api.delivery import deliver, disposition, user_headers
from patchbay.api.paths import Listed, decide, disk_errors, listing
from patchbay.api.replies import body_of, reply
from patchbay.api.saving import Condition, Saving
from patchbay.api.serving import SERVING
from patchbay.api.versions import digest_of

_USER = "default"  # there is one; ComfyUI's clients call it so


def user_folder(request: web.Request) -> Path:
    """Where the files of the request's user are; it may not be there yet."""
    return request.app[SERVING].options.user_folder / "users" / _USER


async def get_listing(request: web.Request) -> web.Response:
    """The files in a folder, in the form that the query asks for; names are relative to it."""
    name = request.query.get("dir", "")
    if not name:
        raise web.HTTPBadRequest(text="no folder is named: give dir, such as dir=workflows")
    folder = _folder(request, name, web.HTTPForbidden)
    deep, full, split = (_is_true(request, word) for word in ("recurse", "full_info", "split"))
    found = [one for one in await _listed(folder, deep=deep) if not one.is_folder]
    if full:
        return reply([_info(one) for one in found])
    if split:
        return reply([[one.name, *one.name.split("/")] for one in found])
    return reply([one.name for one in found])


async def get_listing_v2(request: web.Request) -> web.Response:
    """The folders and files in a folder and below; paths are relative to all the user's files."""
    root = user_folder(request)
    folder = _folder(request, request.query.get("path", "") or ".", web.HTTPBadRequest)
    if folder == root and not await asyncio.to_thread(root.is_dir):
        return reply([])
    prefix = "" if folder == root else f"{folder.relative_to(root).as_posix()}/"
    found = await _listed(folder, deep=True)
    found.sort(key=lambda one: (not one.is_folder, one.name.rpartition("/")[2].lower(), one.name))
    return reply([_entry(prefix, one) for one in found])


async def get_file(request: web.Request) -> web.StreamResponse:
    """A file, to be saved or read by a script, never shown as a page."""
    path = _path(request, "file")
    headers = user_headers(request, path.name)
    headers["Content-Disposition"] = disposition("attachment", path.name)
    return await deliver(request, user_folder(request), path, headers, _tag)


class Writers:
    """The handlers that change files: one at a time, so that nothing comes between a look at what
    is there and the change."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def post(self, request: web.Request) -> web.Response:
        """Keeps the body as a file, whole or not at all. A workflow's last versions are kept."""
        path, condition = _path(request, "file"), Condition.of(request)
        data = await body_of(request, request.app[SERVING].options.limits.body_bytes)
        saving, replace = saving_of(request), _may_replace(request)
        with disk_errors(f"file {path.name!r}"):
            async with self._turn:
                await asyncio.to_thread(saving.write, path, data, condition, replace=replace)
        answer = await _told(request, path)
        answer.etag = digest_of(data)
        return answer

    async def delete(self, request: web.Request) -> web.Response:
        """Removes a file; a workflow's versions stay."""
        path, condition = _path(request, "file"), Condition.of(request)
        with disk_errors(f"file {path.name!r}"):
            async with self._turn:
                await asyncio.to_thread(saving_of(request).delete, path, condition)
        return web.Response(status=204)

    async def move(self, request: web.Request) -> web.Response:
        """Gives a file another name, perhaps in another folder."""
        source, target = _path(request, "file"), _path(request, "dest")
        saving, replace = saving_of(request), _may_replace(request)
        condition = Condition.of(request)
        with disk_errors(f"file {source.name!r}"):
            async with self._turn:
                await asyncio.to_thread(saving.move, source, target, condition, replace=replace)
        return await _told(request, target)


def saving_of(request: web.Request) -> Saving:
    """What writes the user's files, and knows where their versions are."""
    return Saving(user_folder(request), request.app[SERVING].options.user_folder / "versions")


def _tag(file: BinaryIO) -> str:
    return digest_of(file.read())


def _path(request: web.Request, part: str) -> Path:
    """The file that a part of the URL means; it is one segment, with the slashes encoded.

    Hidden files are allowed: the editor keeps its bookmarks in one.
    """
    name = request.match_info[part]
    return decide(request, user_folder(request), name, web.HTTPForbidden, hidden=True)


def _folder(request: web.Request, name: str, refusal: type[web.HTTPClientError]) -> Path:
    root = user_folder(request)
    if name in (".", "./"):
        return root
    return decide(request, root, name, refusal, hidden=True)


async def _listed(folder: Path, *, deep: bool) -> list[Listed]:
    """Raises HTTPNotFound where there is no such folder, HTTPBadRequest where it is a file."""
    with disk_errors(f"folder {folder.name!r}"):
        return await asyncio.to_thread(_list, folder, deep)


def _list(folder: Path, deep: bool) -> list[Listed]:
    os.scandir(folder).close()  # raises what is wrong with it
    return listing(folder, deep=deep)


async def _told(request: web.Request, path: Path) -> web.Response:
    """A file that was written, as the query asks: its path, or all that is known of it."""
    name = path.relative_to(user_folder(request)).as_posix()
    if not _is_true(request, "full_info"):
        return reply(name)
    with disk_errors(f"file {path.name!r}"):
        state = await asyncio.to_thread(path.stat)
    return reply(_info(Listed.of(name, state)))


def _info(one: Listed) -> dict[str, Any]:
    """Times are in milliseconds here, as the editor's clock has them."""
    return {
        "path": one.name,
        "size": one.size_bytes,
        "modified": int(one.modified * 1000),
        "created": int(one.created * 1000),
    }


def _entry(prefix: str, one: Listed) -> dict[str, Any]:
    """Times are in seconds here: the two forms of the listing differ in this."""
    name = one.name.rpartition("/")[2]
    entry: dict[str, Any] = {"name": name, "path": prefix + one.name, "type": "directory"}
    if not one.is_folder:
        entry.update(type="file", size=one.size_bytes, modified=one.modified)
    return entry


def _is_true(request: web.Request, name: str) -> bool:
    return request.query.get(name, "").lower() == "true"


def _may_replace(request: web.Request) -> bool:
    return request.query.get("overwrite", "").lower() != "false"


def routes() -> list[web.RouteDef]:
    """Call it once for an app: the handlers share whose turn it is."""
    writers = Writers()
    return [
        web.get("/userdata", get_listing),
        web.get("/v2/userdata", get_listing_v2),
        web.get("/userdata/{file}", get_file),
        web.post("/userdata/{file}", writers.post),
        web.delete("/userdata/{file}", writers.delete),
        web.post("/userdata/{file}/move/{dest}", writers.move),
    ]
