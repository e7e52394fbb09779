"""`/health`: whether the server is there, what it is at, which models it has in memory."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from aiohttp import web

from patchbay import __version__
from patchbay.api.access import ROLE
from patchbay.api.replies import reply
from patchbay.api.serving import SERVING, Serving
from patchbay.api.v1.schemas import Health, LoadedModel, WorkingJob, WorkingNode
from patchbay.jobs.queue import Active


class Models(Protocol):
    """Whoever owns loaded weights."""

    def loaded(self) -> Sequence[LoadedModel]:
        """What is in memory now."""


class NoModels:
    """Where nothing owns weights yet."""

    def loaded(self) -> Sequence[LoadedModel]:
        return ()


MODELS: web.AppKey[Models] = web.AppKey("models", Models)


async def get_health(request: web.Request) -> web.Response:
    """Whether the server is well, what runs, which models are loaded; no token is needed, but
    without one only that it is there is told."""
    response = reply(health_of(request))
    response.headers["Cache-Control"] = "no-store"
    return response


def health_of(request: web.Request) -> Health:
    """What this caller may know."""
    serving = request.app[SERVING]
    uptime = max(0.0, time.time() - serving.started)
    if request.get(ROLE) is None:
        return Health(status="ok", version=__version__, uptime_seconds=uptime)
    models = request.app.get(MODELS, NoModels())
    return Health(
        status="ok",
        version=__version__,
        uptime_seconds=uptime,
        running=[_working(active) for active in serving.queue.active.values()],
        waiting=_waiting(serving),
        paused=serving.queue.paused,
        models=list(models.loaded()),
    )


def _waiting(serving: Serving) -> int:
    return len(serving.queue) - len(serving.queue.active)


def _working(active: Active) -> WorkingJob:
    now, tracker = time.time(), active.tracker
    nodes = [
        WorkingNode(
            node=node.node,
            class_type=tracker.class_of(node.node) or tracker.class_of(node.drawn),
            engine=node.engine,
            seconds=max(0.0, now - node.since),
        )
        for node in tracker.running.values()
    ]
    return WorkingJob(id=active.id, seconds=max(0.0, now - active.started), nodes=nodes)


def routes() -> list[web.RouteDef]:
    return [web.get("/health", get_health), web.get("/api/health", get_health)]
