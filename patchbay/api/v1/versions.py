"""`/api/v1/versions`: the last states of saved workflows, also of those that were removed."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from patchbay.api.paths import decide, disk_errors
from patchbay.api.replies import JSON_TYPE
from patchbay.api.userdata import saving_of
from patchbay.api.v1 import schemas
from patchbay.api.v1.operations import Nothing, Operation, operation
from patchbay.api.versions import Histories, History, Version
from patchbay.errors import NotFoundError


@operation("GET", "/versions", gives=schemas.Histories)
async def list_histories(request: web.Request, _: Nothing) -> schemas.Histories:
    """List the workflows that have versions: those that were removed can be had back here."""
    saving = saving_of(request)
    folder = saving.root / "workflows"

    def found() -> list[schemas.HistoryEntry]:
        entries = []
        for name, history in saving.histories.all().items():
            versions = history.versions()
            if versions:
                exists = (folder / name).is_file()
                entries.append(
                    schemas.HistoryEntry(
                        name=name, exists=exists, versions=len(versions), time=versions[0].time
                    )
                )
        return sorted(entries, key=lambda entry: (-entry.time, entry.name))

    with disk_errors("the folder of versions"):
        return schemas.Histories(workflows=await asyncio.to_thread(found))


# Before the list of versions, whose pattern would take the number for a part of the name.
@operation("GET", r"/versions/{name:.+\.[jJ][sS][oO][nN]}/{number:[0-9]+}", gives=schemas.AnyObject)
async def get_version(request: web.Request, _: Nothing) -> web.Response:
    """Get a version of a workflow, as it was saved."""
    return await version_reply(_history(request), request.match_info["number"])


@operation("GET", "/versions/{name:.+}", gives=schemas.Versions)
async def list_versions(request: web.Request, _: Nothing) -> schemas.Versions:
    """List the last 50 different versions of a saved workflow, newest first.

    The first is what was saved last. To go back, save the version that is wanted as the workflow.
    """
    return await versions_of(_history(request), request.match_info["name"])


async def versions_of(history: History, name: str) -> schemas.Versions:
    """The versions in a folder. Raises NotFoundError."""
    with disk_errors("the folder of versions"):
        found = await asyncio.to_thread(history.versions)
    if not found:
        raise NotFoundError(f"there are no versions of {name[:100]!r}")
    return schemas.Versions(versions=[_entry(version) for version in found])


async def version_reply(history: History, number: str) -> web.Response:
    """The content of a version. Raises HTTPNotFound."""
    with disk_errors(f"version {number[:20]}"):
        data = await asyncio.to_thread(history.read, int(number[:20]))
    return web.Response(body=data, content_type=JSON_TYPE, charset="utf-8")


def _entry(version: Version) -> schemas.Version:
    return schemas.Version(
        number=version.number,
        time=version.time,
        size_bytes=version.size_bytes,
        nodes=version.nodes,
        revision=version.digest,
    )


def _history(request: web.Request) -> History:
    """The versions of the workflow that the request names as it would in `/userdata`."""
    saving = saving_of(request)
    folder = saving.root / "workflows"
    path = decide(request, folder, request.match_info["name"])
    histories: Histories = saving.histories
    return histories.of(path.relative_to(folder).as_posix())


OPERATIONS: tuple[Operation[Any], ...] = (list_histories, get_version, list_versions)
