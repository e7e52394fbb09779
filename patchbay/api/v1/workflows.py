"""`/api/v1/workflows`: the workflows that come with Patchbay, and those that people saved here."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from aiohttp import web

from patchbay import packs
from patchbay.api.delivery import user_headers
from patchbay.api.paths import Listed, decide, disk_errors, listing, open_file
from patchbay.api.replies import JSON_TYPE
from patchbay.api.userdata import user_folder
from patchbay.api.v1 import schemas
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.operations import Nothing, Operation, Other, operation
from patchbay.errors import NotFoundError
from patchbay.litegraph.about import About, about
from patchbay.litegraph.picture import svg

_MOST_BYTES = 64 << 20
_SVG = "image/svg+xml"
_SOURCES: tuple[Literal["shipped", "saved"], ...] = ("shipped", "saved")
# Of a larger one, lists know the name only.
_LOOKED_AT_BYTES = 8 << 20
_MOST_KNOWN = 2_000


@operation("GET", "/workflows", gives=schemas.Workflows)
async def list_workflows(request: web.Request, _: Nothing) -> schemas.Workflows:
    """List the workflows that can be opened: the shipped ones first."""
    known = request.app[DESK].abouts

    def found() -> list[schemas.WorkflowEntry]:
        return [
            _entry(source, one, _about(known, folder, one))
            for source in _SOURCES
            for folder in [_folder(request, source)]
            for one in listing(folder, deep=True)
            if one.name.endswith(".json") and not one.is_folder
        ]

    with disk_errors("the folder of workflows"):
        return schemas.Workflows(workflows=await asyncio.to_thread(found))


# Before the workflow itself, whose pattern would take the last word for a part of the name.
@operation(
    "GET",
    "/workflows/{source}/{name:.+}/picture",
    takes=schemas.PictureAsked,
    gives=Other(_SVG, "The graph, drawn small."),
)
async def get_workflow_picture(
    request: web.Request, asked: schemas.PictureAsked
) -> web.StreamResponse:
    """Get a small drawing of a workflow."""
    root, path = _place(request)

    def drawn() -> str:
        return svg(msgspec.json.decode(_content(root, path)), asked.theme)

    with disk_errors(f"workflow {path.name[:100]!r}"):
        text = await asyncio.to_thread(drawn)
    headers = user_headers(request, path.name, _SVG)
    del headers["Content-Type"], headers["Content-Disposition"]
    return web.Response(text=text, content_type=_SVG, charset="utf-8", headers=headers)


@operation("GET", "/workflows/{source}/{name:.+}", gives=schemas.AnyObject)
async def get_workflow(request: web.Request, _: Nothing) -> web.Response:
    """Get one workflow, as it was saved."""
    root, path = _place(request)
    with disk_errors(f"workflow {path.name[:100]!r}"):
        data = await asyncio.to_thread(_content, root, path)
    return web.Response(body=data, content_type=JSON_TYPE, charset="utf-8")


def _place(request: web.Request) -> tuple[Path, Path]:
    root = _folder(request, request.match_info["source"])
    return root, decide(request, root, request.match_info["name"])


def _folder(request: web.Request, source: str) -> Path:
    if source == "shipped":
        return packs.shipped("workflows")
    if source == "saved":
        return user_folder(request) / "workflows"
    raise NotFoundError(f"workflows are 'shipped' or 'saved', not {source[:40]!r}")


def _entry(source: Literal["shipped", "saved"], one: Listed, told: About) -> schemas.WorkflowEntry:
    return schemas.WorkflowEntry(
        source=source,
        name=one.name,
        size_bytes=one.size_bytes,
        modified=one.modified,
        title=told.title,
        description=told.description,
        nodes=told.nodes,
        picture_url=f"/api/v1/workflows/{source}/{quote(one.name, errors='replace')}/picture",
    )


def _about(known: dict[tuple[str, int, float], About], folder: Path, one: Listed) -> About:
    """What the file says of itself, read once for each of its states."""
    key = (str(folder / one.name), one.size_bytes, one.modified)
    if key not in known:
        known[key] = _read_about(folder, one)
        if len(known) > _MOST_KNOWN:
            known.pop(next(iter(known)), None)
    return known[key]


def _read_about(folder: Path, one: Listed) -> About:
    workflow: Any = {}
    if one.size_bytes <= _LOOKED_AT_BYTES:
        with contextlib.suppress(OSError, NotFoundError):  # lists show a damaged one all the same
            workflow = msgspec.json.decode(_content(folder, folder / one.name))
    return about(workflow, one.name)


def _content(root: Path, path: Path) -> bytes:
    """The file's bytes, which hold a JSON object. Raises NotFoundError."""
    with open_file(root, path) as file:
        data = file.read(_MOST_BYTES).removeprefix(b"\xef\xbb\xbf")
    try:
        if isinstance(msgspec.json.decode(data), dict):
            return data
    except (msgspec.DecodeError, RecursionError, ValueError):
        pass
    raise NotFoundError(f"{path.name} is no workflow: it does not hold a JSON object")


OPERATIONS: tuple[Operation[Any], ...] = (list_workflows, get_workflow_picture, get_workflow)
