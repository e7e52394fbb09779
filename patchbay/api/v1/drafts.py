"""`/api/v1/drafts`: what is in the tabs of the editor, so that no crash loses it."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Raw, Struct

from patchbay.api import storage
from patchbay.api.paths import decide, disk_errors
from patchbay.api.replies import reply
from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.operations import Nothing, Operation, operation
from patchbay.api.v1.versions import version_reply, versions_of
from patchbay.api.versions import History, Version
from patchbay.errors import NotFoundError, RequestError

# Beyond these the draft that was kept longest ago goes, and a draft's oldest versions.
_MOST = 200
_MOST_BYTES = 32 << 20
_FACTS = "draft.json"
_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,99}", re.ASCII)


class _Facts(Struct, frozen=True):
    """What lies beside a draft's versions."""

    name: str = ""
    title: str = ""
    base: str = ""
    format: int = 1


@operation("GET", "/drafts", gives=schemas.Drafts)
async def list_drafts(request: web.Request, _: Nothing) -> schemas.Drafts:
    """List the drafts, the last kept first: after a crash of the page or the server they are what
    its tabs held."""
    with disk_errors("the folder of drafts"):
        drafts = await asyncio.to_thread(_listed, _root(request))
    return schemas.Drafts(drafts=drafts)


@operation("GET", "/drafts/{id}", gives=schemas.DraftWhole)
async def get_draft(request: web.Request, _: Nothing) -> web.Response:
    """Get a draft with its workflow."""
    history = _history(request)

    def found() -> dict[str, Any]:
        draft = _draft(history)
        if draft is None:
            raise _no_draft(history)
        data = history.read(history.versions()[0].number)
        return {**msgspec.structs.asdict(draft), "workflow": Raw(data)}

    with disk_errors("the draft"):
        return reply(await asyncio.to_thread(found))


@operation("PUT", "/drafts/{id}", takes=schemas.NewDraft, gives=schemas.Draft, errors=(507,))
async def keep_draft(request: web.Request, body: schemas.NewDraft) -> schemas.Draft:
    """Keep what is in a tab, under an id that the tab has chosen.

    The last 50 different versions are kept, of 200 drafts. Drafts are not among the saved
    workflows.
    """
    root, history = _root(request), _history(request)

    def keep() -> schemas.Draft:
        history.keep(msgspec.json.encode(body.workflow))
        facts = _Facts(body.name, body.title, body.base)
        storage.write(history.folder / _FACTS, msgspec.json.encode(facts))
        _forget(root)
        draft = _draft(history)
        assert draft is not None
        return draft

    with disk_errors("the draft"):
        async with request.app[DESK].drafting:
            return await asyncio.to_thread(keep)


@operation("DELETE", "/drafts/{id}", status=204)
async def forget_draft(request: web.Request, _: Nothing) -> None:
    """Remove a draft with its versions, as when its tab was saved and closed."""
    history = _history(request)

    def remove() -> None:
        if _draft(history) is None:
            raise _no_draft(history)
        shutil.rmtree(history.folder)

    with disk_errors("the draft"):
        async with request.app[DESK].drafting:
            await asyncio.to_thread(remove)


@operation("GET", "/drafts/{id}/versions", gives=schemas.Versions)
async def list_draft_versions(request: web.Request, _: Nothing) -> schemas.Versions:
    """List the last 50 different versions of a draft, newest first."""
    return await versions_of(_history(request), request.match_info["id"])


@operation("GET", "/drafts/{id}/versions/{number:[0-9]+}", gives=schemas.AnyObject)
async def get_draft_version(request: web.Request, _: Nothing) -> web.Response:
    """Get the workflow of a draft as it was in one version."""
    return await version_reply(_history(request), request.match_info["number"])


def _root(request: web.Request) -> Path:
    return request.app[SERVING].options.user_folder / "drafts"


def _history(request: web.Request) -> History:
    """The draft that the request names. Raises RequestError, HTTPBadRequest."""
    id_ = request.match_info["id"]
    if not _ID.fullmatch(id_):
        raise RequestError(
            f"draft {id_[:100]!r}: make its id of up to 100 letters, digits and . _ ~ -, the first "
            "of them no dot"
        )
    return History(decide(request, _root(request), id_), _MOST_BYTES)


def _listed(root: Path) -> list[schemas.Draft]:
    folders = list(root.iterdir()) if root.is_dir() else []
    drafts = [_draft(History(folder, _MOST_BYTES)) for folder in folders]
    found = [draft for draft in drafts if draft is not None]
    return sorted(found, key=lambda draft: (-draft.time, draft.id))


def _forget(root: Path) -> None:
    """Removes what is too much, the oldest first, as far as it can be removed."""
    folders = list(root.iterdir())
    if len(folders) > _MOST:
        for draft in _listed(root)[_MOST:]:
            shutil.rmtree(root / draft.id, ignore_errors=True)


def _draft(history: History) -> schemas.Draft | None:
    """What is known of a draft; None where there is none."""
    newest: Version | None = next(iter(history.versions()), None)
    if newest is None:
        return None
    try:
        facts = msgspec.json.decode((history.folder / _FACTS).read_bytes(), type=_Facts)
    except (OSError, msgspec.DecodeError):  # the version itself is what counts
        facts = _Facts()
    return schemas.Draft(
        id=history.folder.name,
        name=facts.name,
        title=facts.title,
        base=facts.base,
        time=newest.time,
        size_bytes=newest.size_bytes,
        nodes=newest.nodes,
        revision=newest.digest,
    )


def _no_draft(history: History) -> NotFoundError:
    return NotFoundError(f"there is no draft {history.folder.name!r}")


OPERATIONS: tuple[Operation[Any], ...] = (
    list_drafts,
    get_draft,
    keep_draft,
    forget_draft,
    list_draft_versions,
    get_draft_version,
)
