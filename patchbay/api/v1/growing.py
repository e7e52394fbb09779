"""`/api/v1/jobs/{id}/previews`: what a node at work sounds like so far."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.operations import Operation, Other, operation
from patchbay.errors import NotFoundError


@operation(
    "GET",
    "/jobs/{id}/previews/{node}",
    takes=schemas.PreviewAsked,
    gives=Other("audio/wav", "The sound from there on, 16 bits a sample, as far as it goes."),
)
async def get_preview(request: web.Request, asked: schemas.PreviewAsked) -> web.Response:
    """Hear what a node has made so far.

    The events of a job that runs say where: each `preview` of a sound has its `url`. Ask again
    from where you are when there is more. It is there until the node has ended, and for who has
    heard some of it until the job has ended. Of a sound made in pieces, such as a long Continue,
    the first eleven minutes can be heard.
    """
    id_, node = request.match_info["id"], request.match_info["node"]
    active = request.app[SERVING].queue.active.get(id_)
    grown = active.tracker.sounds.listen(node) if active is not None else None
    if grown is None:
        raise NotFoundError(
            f"node {node[:100]!r} of job {id_[:100]!r} has no sound to hear now: it has ended, or "
            "has made none yet"
        )
    if asked.take not in (0, grown.take):
        raise NotFoundError(f"node {node[:100]!r} makes another sound by now: take {grown.take}")
    data = await request.app[DESK].previews.made(
        lambda: grown.wav(asked.from_seconds, asked.seconds)
    )
    if not data:
        raise NotFoundError(
            f"there is no sound from {asked.from_seconds:g} s on yet: it is {grown.seconds:g} s "
            "long so far"
        )
    return web.Response(body=data, content_type="audio/wav", headers={"Cache-Control": "no-store"})


OPERATIONS: tuple[Operation[Any], ...] = (get_preview,)
