"""`/users` and `/settings`: one user, and what the editor remembers for them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from patchbay.api.paths import disk_errors
from patchbay.api.replies import json_of, object_of, reply
from patchbay.api.serving import SERVING
from patchbay.api.storage import write
from patchbay.api.userdata import user_folder
from patchbay.files import claim

_SETTINGS = "comfy.settings.json"  # the name by which ComfyUI keeps them, too


async def get_users(request: web.Request) -> web.Response:
    """That there is one user, whose settings lie here; `migrated` is whether any do."""
    folder = user_folder(request)
    return reply({"storage": "server", "migrated": await asyncio.to_thread(folder.is_dir)})


async def post_users(request: web.Request) -> web.Response:
    raise web.HTTPBadRequest(
        text="this server has one user: give people tokens of their own instead"
    )


class Settings:
    """The handlers of the settings, which change them one at a time."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def get_all(self, request: web.Request) -> web.Response:
        async with self._lock:
            return reply(await self._read(request))

    async def get_one(self, request: web.Request) -> web.Response:
        """The value, or null where there is none."""
        async with self._lock:
            return reply((await self._read(request)).get(request.match_info["id"]))

    async def post_all(self, request: web.Request) -> web.Response:
        """Merges an object of settings into those that are kept."""
        return await self._merge(request, await object_of(request))

    async def post_one(self, request: web.Request) -> web.Response:
        """Keeps one setting, which may be any JSON."""
        return await self._merge(request, {request.match_info["id"]: await json_of(request)})

    async def _read(self, request: web.Request) -> dict[str, Any]:
        with disk_errors("the settings"):
            return await asyncio.to_thread(_read, user_folder(request) / _SETTINGS)

    async def _merge(self, request: web.Request, changes: Mapping[str, Any]) -> web.Response:
        # Shielded as a whole: what is on its way to the disk is not overtaken.
        await asyncio.shield(self._change(request, changes))
        return web.Response()

    async def _change(self, request: web.Request, changes: Mapping[str, Any]) -> None:
        most = request.app[SERVING].options.limits.body_bytes
        async with self._lock:
            settings = {**await self._read(request), **changes}
            data = msgspec.json.format(msgspec.json.encode(settings), indent=2)
            if len(data) > most:
                raise web.HTTPRequestEntityTooLarge(
                    max_size=most,
                    actual_size=len(data),
                    text=f"the settings would take {len(data)} bytes: keep them under {most}",
                )
            with disk_errors("the settings"):
                await asyncio.to_thread(write, user_folder(request) / _SETTINGS, data)


def _read(path: Path) -> dict[str, Any]:
    """The settings in a file; one that is damaged is set aside, for someone to look at."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        settings = msgspec.json.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        settings = None
    if isinstance(settings, dict):
        return settings
    _set_aside(path)
    return {}


def _set_aside(path: Path) -> None:
    for number in range(1, 1000):
        try:
            return claim(path, path.with_name(f"comfy.settings.damaged-{number}.json"))
        except FileExistsError:
            continue


def routes() -> list[web.RouteDef]:
    """Call it once for an app: the handlers share a lock."""
    settings = Settings()
    return [
        web.get("/users", get_users),
        web.post("/users", post_users),
        web.get("/settings", settings.get_all),
        web.post("/settings", settings.post_all),
        web.get("/settings/{id}", settings.get_one),
        web.post("/settings/{id}", settings.post_one),
    ]
