"""`/api/v1/workflows`: the workflows that come with Patchbay, and those that people saved here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from patchbay import packs
from patchbay.api.paths import decide, disk_errors, listing, open_file
from patchbay.api.replies import JSON_TYPE
from patchbay.api.userdata import user_folder
from patchbay.api.v1 import schemas
from patchbay.api.v1.operations import Nothing, Operation, operation
from patchbay.errors import NotFoundError

_MOST_BYTES = 64 << 20


@operation("GET", "/workflows", gives=schemas.Workflows)
async def list_workflows(request: web.Request, _: Nothing) -> schemas.Workflows:
    """List the workflows that can be opened: the shipped ones first."""
    found: list[schemas.WorkflowEntry] = []
    for source in ("shipped", "saved"):
        folder = _folder(request, source)
        with disk_errors("the folder of workflows"):
            listed = await asyncio.to_thread(listing, folder, deep=True)
        found += [
            schemas.WorkflowEntry(
                source="shipped" if source == "shipped" else "saved",
                name=one.name,
                size_bytes=one.size_bytes,
                modified=one.modified,
            )
            for one in listed
            if one.name.endswith(".json") and not one.is_folder
        ]
    return schemas.Workflows(workflows=found)


@operation("GET", "/workflows/{source}/{name:.+}", gives=schemas.AnyObject)
async def get_workflow(request: web.Request, _: Nothing) -> web.Response:
    """Get one workflow, as it was saved."""
    root = _folder(request, request.match_info["source"])
    path = decide(request, root, request.match_info["name"])
    with disk_errors(f"workflow {path.name[:100]!r}"):
        data = await asyncio.to_thread(_content, root, path)
    return web.Response(body=data, content_type=JSON_TYPE, charset="utf-8")


def _folder(request: web.Request, source: str) -> Path:
    if source == "shipped":
        return packs.shipped("workflows")
    if source == "saved":
        return user_folder(request) / "workflows"
    raise NotFoundError(f"workflows are 'shipped' or 'saved', not {source[:40]!r}")


def _content(root: Path, path: Path) -> bytes:
    with open_file(root, path) as file:
        data = file.read(_MOST_BYTES)
    try:
        if isinstance(msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf")), dict):
            return data
    except (msgspec.DecodeError, RecursionError, ValueError):
        pass
    raise NotFoundError(f"{path.name} is no workflow: it does not hold a JSON object")


OPERATIONS: tuple[Operation[Any], ...] = (list_workflows, get_workflow)
