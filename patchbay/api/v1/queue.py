"""`/api/v1/queue`: what runs, what waits, and whether anything more is begun."""

from __future__ import annotations

from itertools import islice
from typing import Any

from aiohttp import web

from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.jobviews import Forecast, queue_item
from patchbay.api.v1.operations import Nothing, Operation, operation


@operation("GET", "/queue", takes=schemas.Paging, gives=schemas.QueueState)
async def get_queue(request: web.Request, asked: schemas.Paging) -> schemas.QueueState:
    """Look at the queue: what runs, and a page of what waits, in the order in which it will run."""
    return _state(request, asked)


def _state(request: web.Request, asked: schemas.Paging) -> schemas.QueueState:
    serving = request.app[SERVING]
    queue, forecast = serving.queue, Forecast(serving)
    page = islice(queue.waiting(), asked.offset, asked.offset + asked.limit)
    return schemas.QueueState(
        paused=queue.paused,
        at_once=serving.options.jobs_at_once,
        running=[queue_item(active, queue, forecast) for active in queue.active.values()],
        waiting=[queue_item(waiting, queue, forecast) for waiting in page],
        running_total=len(queue.active),
        waiting_total=len(queue) - len(queue.active),
    )


@operation("POST", "/queue/pause", gives=schemas.QueueState)
async def pause_queue(request: web.Request, _: Nothing) -> schemas.QueueState:
    """Begin no more jobs; those that run go on. Kept over a restart."""
    request.app[SERVING].queue.pause_all(True)
    return _state(request, schemas.Paging())


@operation("POST", "/queue/resume", gives=schemas.QueueState)
async def resume_queue(request: web.Request, _: Nothing) -> schemas.QueueState:
    """Begin jobs again."""
    request.app[SERVING].queue.pause_all(False)
    return _state(request, schemas.Paging())


OPERATIONS: tuple[Operation[Any], ...] = (get_queue, pause_queue, resume_queue)
