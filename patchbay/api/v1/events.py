"""`/api/v1/events`: what happens, as server-sent events, for whoever does not want a socket."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from aiohttp import web

from patchbay.api.serving import SERVING
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.feed import Listener, message
from patchbay.api.v1.jobs import found_job
from patchbay.api.v1.operations import Operation, Other, operation
from patchbay.api.v1.schemas import EventsAsked

_HEARTBEAT_SECONDS = 15.0  # proxies close what is silent for a minute, some for half of one
_PATIENCE_SECONDS = 30.0  # for a reader who takes nothing at all
_AGAIN_MILLISECONDS = 2_000
_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


@operation(
    "GET",
    "/events",
    takes=EventsAsked,
    gives=Other("text/event-stream", "An endless stream of events, each with JSON as its data."),
    errors=(404, 429),
)
async def follow_events(request: web.Request, asked: EventsAsked) -> web.StreamResponse:
    """Follow what happens as server-sent events.

    First comes where things stand: `queue`, and `job` for the job asked for or for the client's
    jobs that run, as `GET /api/v1/jobs/{id}` shows it. Then `queue` whenever the queue changes,
    and the events of jobs: `started`, `node_started`, `node_progress`, `node_cached`,
    `node_done`, `node_failed`, `node_skipped`, `finished`.

    A client that comes back with `Last-Event-ID` is told what it missed; where that is too long
    ago, or it reads too slowly, `missed` says so: look at the job again then. Of a node's progress
    a slow reader gets only the latest.
    """
    desk, serving = request.app[DESK], request.app[SERVING]
    first: list[bytes] = []
    if asked.job:
        first.append(message("job", await found_job(request, asked.job)))
    last_id = asked.last_event_id or request.headers.get("Last-Event-ID", "")
    listener = desk.feed.join(asked.job, asked.client, last_id[:200])
    response = web.StreamResponse(headers=_HEADERS)
    try:
        if asked.client:
            for active in list(serving.queue.active.values()):
                if active.client == asked.client:
                    first.append(message("job", await found_job(request, active.id)))
        if request.method == "HEAD":
            return response
        with contextlib.suppress(ConnectionError):  # a reader that goes away is no error
            await response.prepare(request)
            await _send(response, f"retry: {_AGAIN_MILLISECONDS}\n\n".encode() + b"".join(first))
            await _pass_on(response, listener, request)
        return response
    except TimeoutError:
        if request.transport is not None:  # what was written would wait for the reader for ever
            request.transport.abort()
        return response
    finally:
        desk.feed.leave(listener)


async def _pass_on(response: web.StreamResponse, listener: Listener, request: web.Request) -> None:
    feed = request.app[DESK].feed
    while not feed.closed:
        try:
            async with asyncio.timeout(_HEARTBEAT_SECONDS):
                await listener.wake.wait()
        except TimeoutError:
            await _send(response, b": still here\n\n")
            continue
        if data := listener.take():
            await _send(response, data)


async def _send(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await response.write(data)


OPERATIONS: tuple[Operation[Any], ...] = (follow_events,)
