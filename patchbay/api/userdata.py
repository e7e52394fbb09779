"""`/userdata`: files that the editor keeps for its user, such as saved workflows."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from aiohttp import web

from patchbay.api.delivery import deliver, disposition, user_headers
from patchbay.api.paths import Listed, decide, disk_errors, listing, open_file
from patchbay.api.replies import body_of, reply
from patchbay.api.serving import SERVING
from patchbay.api.storage import write
from patchbay.files import claim

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
    return await deliver(request, user_folder(request), path, headers)


async def post_file(request: web.Request) -> web.Response:
    """Keeps the body as a file, whole or not at all."""
    path = _path(request, "file")
    data = await body_of(request, request.app[SERVING].options.limits.body_bytes)
    with disk_errors(f"file {path.name!r}"):
        await asyncio.to_thread(write, path, data, replace=_may_replace(request))
    return await _told(request, path)


async def delete_file(request: web.Request) -> web.Response:
    path = _path(request, "file")
    with disk_errors(f"file {path.name!r}"):
        await asyncio.to_thread(_delete, user_folder(request), path)
    return web.Response(status=204)


async def move_file(request: web.Request) -> web.Response:
    """Gives a file another name, perhaps in another folder."""
    source, target = _path(request, "file"), _path(request, "dest")
    root, replace = user_folder(request), _may_replace(request)
    with disk_errors(f"file {source.name!r}"):
        await asyncio.to_thread(_move, root, source, target, replace=replace)
    return await _told(request, target)


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


def _delete(root: Path, path: Path) -> None:
    open_file(root, path).close()  # raises where there is no plain file
    path.unlink()


def _move(root: Path, source: Path, target: Path, *, replace: bool) -> None:
    open_file(root, source).close()
    target.parent.mkdir(parents=True, exist_ok=True)
    if replace:
        source.replace(target)
    else:
        claim(source, target)


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
    return [
        web.get("/userdata", get_listing),
        web.get("/v2/userdata", get_listing_v2),
        web.get("/userdata/{file}", get_file),
        web.post("/userdata/{file}", post_file),
        web.delete("/userdata/{file}", delete_file),
        web.post("/userdata/{file}/move/{dest}", move_file),
    ]
