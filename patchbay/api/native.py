"""What happens to jobs as JSON: Patchbay's own events, for the event stream and the socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from patchbay.events import (
    Event,
    Finished,
    NodeCached,
    NodeDone,
    NodeFailed,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    Queued,
    Started,
)
from patchbay.jobs.growing import Grown

_PREVIEW_POINTS = 200  # as many as a preview on a node is wide
_PREVIEW_CHARACTERS = 10_000


def native_json(event: Event, *, traceback: bool = False) -> dict[str, Any]:
    """An event as plain values; `traceback` adds where a node failed.

    `event` is its name. A preview is given as `{"kind": "sound", "seconds", "peaks", "url"}`, with
    pairs of lowest and highest samples and where it can be heard, as `{"kind": "text", "text"}`,
    or as `{"kind": "image"}` alone: pictures travel over the socket.
    """
    found = _FORMS[type(event)](event)
    if traceback and type(event) is NodeFailed:
        found["traceback"] = event.traceback.splitlines()
    return found


def name_of(event: Event) -> str:
    """The event's name on the wire."""
    return _NAMES[type(event)]


def _queued(event: Queued) -> dict[str, Any]:
    return {"event": "queued", "job": event.job, "at": event.at, "ahead": event.ahead}


def _started(event: Started) -> dict[str, Any]:
    return {"event": "started", "job": event.job, "at": event.at, "nodes": event.nodes}


def _cached(event: NodeCached) -> dict[str, Any]:
    return {
        "event": "node_cached",
        "job": event.job,
        "at": event.at,
        "node": event.node,
        "drawn": event.drawn,
        "ui": event.ui,
    }


def _node_started(event: NodeStarted) -> dict[str, Any]:
    return {
        "event": "node_started",
        "job": event.job,
        "at": event.at,
        "node": event.node,
        "drawn": event.drawn,
        "calls": event.calls,
        "reason": event.reason,
        "engine": event.engine,
        "seconds_left": event.seconds_left,
    }


def _progress(event: NodeProgress) -> dict[str, Any]:
    return {
        "event": "node_progress",
        "job": event.job,
        "at": event.at,
        "node": event.node,
        "drawn": event.drawn,
        "done": event.done,
        "total": event.total,
        "seconds_left": event.seconds_left,
        "preview": None if event.preview is None else _preview(event),
    }


def _done(event: NodeDone) -> dict[str, Any]:
    return {
        "event": "node_done",
        "job": event.job,
        "at": event.at,
        "node": event.node,
        "drawn": event.drawn,
        "ui": event.ui,
        "seconds": event.seconds,
    }


def _failed(event: NodeFailed) -> dict[str, Any]:
    return {
        "event": "node_failed",
        "job": event.job,
        "at": event.at,
        "node": event.node,
        "drawn": event.drawn,
        "code": event.code,
        "message": event.message,
        "input": event.input,
    }


def _skipped(event: NodeSkipped) -> dict[str, Any]:
    return {
        "event": "node_skipped",
        "job": event.job,
        "at": event.at,
        "node": event.node,
        "drawn": event.drawn,
        "because": event.because,
        "reason": event.reason,
    }


def _finished(event: Finished) -> dict[str, Any]:
    return {
        "event": "finished",
        "job": event.job,
        "at": event.at,
        "status": event.status,
        "seconds": event.seconds,
    }


def _preview(event: NodeProgress) -> dict[str, Any]:
    preview = event.preview
    if isinstance(preview, Grown):
        return {
            "kind": "sound",
            "seconds": preview.seconds,
            "peaks": preview.peaks(_PREVIEW_POINTS),
            "url": _url_of(event, preview),
        }
    if isinstance(preview, str):
        return {"kind": "text", "text": preview[:_PREVIEW_CHARACTERS]}
    return {"kind": "image"}


def _url_of(event: NodeProgress, sound: Grown) -> str:
    """Where the sound can be heard; what is asked of it may be added to the query."""
    job, node = (quote(name, safe="", errors="replace") for name in (event.job, event.drawn))
    return f"/api/v1/jobs/{job}/previews/{node}?take={sound.take}"


_FORMS: Final[dict[type[Event], Callable[[Any], dict[str, Any]]]] = {
    Queued: _queued,
    Started: _started,
    NodeCached: _cached,
    NodeStarted: _node_started,
    NodeProgress: _progress,
    NodeDone: _done,
    NodeFailed: _failed,
    NodeSkipped: _skipped,
    Finished: _finished,
}
_NAMES: Final = {
    Queued: "queued",
    Started: "started",
    NodeCached: "node_cached",
    NodeStarted: "node_started",
    NodeProgress: "node_progress",
    NodeDone: "node_done",
    NodeFailed: "node_failed",
    NodeSkipped: "node_skipped",
    Finished: "finished",
}
