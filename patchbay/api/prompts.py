"""Submitting, queueing, stopping, and what came of it: the protocol's main routes."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET, Raw

from patchbay.api import access
from patchbay.api.replies import (
    LARGE_BYTES,
    aside,
    checked_json,
    decoded,
    error_reply,
    object_of,
    reply,
    whole,
)
from patchbay.api.roles import Role
from patchbay.api.serving import SERVING, Serving
from patchbay.comfy import history as forms
from patchbay.comfy import wire
from patchbay.comfy.wire import Body, Refused
from patchbay.errors import ConflictError, StoreError
from patchbay.jobs.history import Asked
from patchbay.jobs.ordering import Ordered
from patchbay.jobs.records import JobRow, Status
from patchbay.workflow import is_workflow

_PAGE = 1_000  # entries of the history that are given when no number is asked for
_MOST = 10_000
_BODY = msgspec.json.Decoder(Body)


def routes() -> list[web.RouteDef]:
    return [
        web.get("/prompt", remaining),
        web.post("/prompt", submit),
        web.get("/queue", queue),
        web.post("/queue", change_queue),
        web.post("/interrupt", interrupt),
        web.post("/free", free),
        web.get("/history", history),
        web.post("/history", change_history),
        web.get("/history/{id}", history_of),
        web.get("/jobs", jobs),
        web.get("/jobs/{id}", job),
    ]


async def remaining(request: web.Request) -> web.Response:
    queue = request.app[SERVING].queue
    return reply({"exec_info": {"queue_remaining": len(queue)}})


async def submit(request: web.Request) -> web.Response:
    """Takes a prompt, or a saved workflow, checks it and queues it."""
    serving = request.app[SERVING]
    body = await checked_json(request, _BODY)
    number = serving.queue.next_number()
    size = request.content.total_bytes
    raw = body.prompt
    prompt = UNSET
    if isinstance(raw, Raw):
        prompt = await aside(size, decoded, raw, 0, msgspec.json.decode)
    if body.workflow is not None or is_workflow(prompt):
        size = LARGE_BYTES  # with its subgraphs, a few kilobytes may stand for 250,000 nodes
    made = await aside(size, _order_of, body, prompt, serving, number)
    if isinstance(made, web.Response):
        return made
    try:
        put(serving, made)
    except ConflictError as error:
        return error_reply(400, "duplicate_prompt_id", error.message)
    except StoreError as error:
        return error_reply(507, error.code, error.message)
    return reply(await aside(size, wire.accepted, made, serving.catalogue.specs))


def _order_of(body: Body, prompt: Any, serving: Serving, number: int) -> Ordered | web.Response:
    """The order that a body is, or the answer that refuses it."""
    refusal = _too_large(prompt, serving)
    if refusal is not None:
        return refusal
    made = wire.order_of(body, prompt, serving.catalogue.specs, number)
    if isinstance(made, Refused):
        return reply({"error": made.error, "node_errors": made.node_errors}, 400)
    return _too_large(made.prompt, serving) or made


def put(serving: Serving, made: Ordered) -> int:
    """Queues an order; how many jobs come before it."""
    return serving.queue.submit(made.order, made.graph, made.prompt, made.extra)


async def queue(request: web.Request) -> web.Response:
    serving = request.app[SERVING]
    running = list(serving.queue.active)
    pending = [waiting.id for waiting in serving.queue.waiting()]

    def encoded() -> bytes:
        history = serving.queue.history
        return msgspec.json.encode(
            {
                "queue_running": [forms.queue_item(row) for row in history.jobs(running)],
                "queue_pending": [forms.queue_item(row) for row in history.jobs(pending)],
            }
        )

    return await _encoded(encoded)


async def change_queue(request: web.Request) -> web.Response:
    queue = request.app[SERVING].queue
    body = await object_of(request)
    if body.get("clear"):
        queue.cancel_waiting()
    for id_ in _ids(body):
        if queue.find_waiting(id_) is not None:
            queue.cancel(id_)
    return web.Response()


async def interrupt(request: web.Request) -> web.Response:
    """Stops the job named, or all that run; a body that names none, whatever it is, means all."""
    try:
        body = await object_of(request, empty={})
    except web.HTTPBadRequest:
        body = {}
    id_, queue = body.get("prompt_id"), request.app[SERVING].queue
    if not id_:
        queue.interrupt()
    elif isinstance(id_, str):
        queue.interrupt(id_)
    return web.Response()


async def free(request: web.Request) -> web.Response:
    """Lets go of what is held in memory; what is on disk is kept: it costs no memory."""
    body = await object_of(request, empty={})
    if body.get("unload_models") or body.get("free_memory"):
        request.app[SERVING].queue.free_memory()
    return web.Response()


async def history(request: web.Request) -> web.Response:
    """The last entries, the oldest first; with an offset, those after so many from the oldest."""
    serving = request.app[SERVING]
    most = whole(request, "max_items", _PAGE, -1, _MOST)
    most = _PAGE if most < 0 else most
    offset = whole(request, "offset", -1, -1, 1 << 40)

    def encoded() -> bytes:
        rows = serving.queue.history.page(
            Asked(begun=True, newest_first=offset < 0, offset=max(0, offset), limit=most)
        )
        return _entries(rows if offset >= 0 else rows[::-1], serving.options.debug)

    return await _encoded(encoded)


async def history_of(request: web.Request) -> web.Response:
    serving = request.app[SERVING]
    row = await asyncio.to_thread(serving.queue.history.job, request.match_info["id"])
    ended = [row] if row is not None and row.ended is not None else []
    return web.Response(
        body=_entries(ended, serving.options.debug), content_type="application/json"
    )


async def change_history(request: web.Request) -> web.Response:
    queue = request.app[SERVING].queue
    body = await object_of(request)
    if body.get("clear"):
        access.need(request, Role.ADMIN)
        await queue.clear_history()
    queue.forget(_ids(body))
    return web.Response()


async def jobs(request: web.Request) -> web.Response:
    """Jobs of some states, a page at a time, as newer frontends ask for them."""
    serving = request.app[SERVING]
    offset = whole(request, "offset", 0, 0, 1 << 40)
    limit = whole(request, "limit", 100, 1, _PAGE)
    asked = Asked(
        statuses=_statuses(request.query.get("status", "")),
        workflow_id=request.query.get("workflow_id", ""),
        sort="seconds" if request.query.get("sort_by") == "execution_duration" else "arrival",
        newest_first=request.query.get("sort_order", "desc") != "asc",
        offset=offset,
        limit=limit,
    )

    def encoded() -> bytes:
        rows = serving.queue.history.page(asked)
        total = serving.queue.history.count(asked)
        debug = serving.options.debug
        more = offset + len(rows) < total
        page = {"offset": offset, "limit": limit, "total": total, "has_more": more}
        entries = [forms.job_entry(row, whole=False, debug=debug) for row in rows]
        return msgspec.json.encode({"jobs": entries, "pagination": page})

    return await _encoded(encoded)


async def job(request: web.Request) -> web.Response:
    serving = request.app[SERVING]
    row = await asyncio.to_thread(serving.queue.history.job, request.match_info["id"])
    if row is None:
        raise web.HTTPNotFound(text=f"there is no job {request.match_info['id'][:200]}")
    return reply(forms.job_entry(row, whole=True, debug=serving.options.debug))


def _too_large(prompt: Any, serving: Serving) -> web.Response | None:
    """The refusal of a prompt with more than a graph needs."""
    limits = serving.options.limits
    if not isinstance(prompt, dict):
        return None
    if len(prompt) > limits.nodes:
        message = f"the prompt has {len(prompt)} nodes: at most {limits.nodes} are taken"
        return error_reply(413, "too_large", message)
    for id_, entry in prompt.items():
        given = entry.get("inputs") if isinstance(entry, dict) else None
        for name, value in given.items() if isinstance(given, dict) else ():
            if isinstance(value, list) and len(value) > limits.list_items:
                message = f"node {id_}: input {name!r} has {len(value)} items: at most "
                return error_reply(413, "too_large", message + f"{limits.list_items} are taken")
    return None


def _entries(rows: list[JobRow], debug: bool) -> bytes:
    return msgspec.json.encode({row.id: forms.history_entry(row, debug) for row in rows})


def _statuses(text: str) -> tuple[Status, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in forms.STATUSES]
    if unknown:
        known = ", ".join(forms.STATUSES)
        raise web.HTTPBadRequest(text=f"status {unknown[0][:40]!r}: use some of {known}")
    return tuple(status for name in names for status in forms.STATUSES[name])


def _ids(body: dict[str, Any]) -> list[str]:
    found = body.get("delete")
    return [id_ for id_ in found if isinstance(id_, str)] if isinstance(found, list) else []


async def _encoded(make: Any) -> web.Response:
    """An answer whose JSON takes a while to make: away from the loop's thread."""
    return web.Response(body=await asyncio.to_thread(make), content_type="application/json")
