"""What happens to a job, as ComfyUI's socket messages, node by node in its order.

The protocol's `progress_state` lists every node touched so far, which grows with the square of
their number; ours lists those that run and those that ended since the last one, and when nodes
end faster than an eye can follow, several share one message.
"""

from __future__ import annotations

import struct
import time
from typing import Any

import msgspec
from msgspec import Struct

from patchbay.events import (
    Event,
    Finished,
    NodeCached,
    NodeDone,
    NodeFailed,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    Started,
)
from patchbay.jobs.queue import Active

# How many progress_state messages may come at once, and how many a second in the long run.
_BURST = 200.0
_PER_SECOND = 25.0
_TEXT, _JPEG, _PREVIEW, _PREVIEW_WITH_FACTS = 3, 1, 1, 4


class Message(Struct):
    """One frame. Text is JSON; `plain` is what a client gets that cannot read `data`."""

    type: str
    data: bytes
    job: str = ""
    text: bool = True
    plain: bytes | None = None


class Picture(Struct):
    """A preview that has yet to be made into frames: off the loop's thread."""

    image: Any
    node: str
    drawn: str
    job: str


def message(type_: str, data: Any, job: str = "") -> Message:
    """A text frame."""
    return Message(type_, msgspec.json.encode({"type": type_, "data": data}), job)


def status(queue_remaining: int, sid: str | None = None) -> Message:
    """How many jobs wait or run; `sid` tells a new socket its name."""
    data: dict[str, Any] = {"status": {"exec_info": {"queue_remaining": queue_remaining}}}
    if sid is not None:
        data["sid"] = sid
    return message("status", data)


class Translator:
    """Follows one job and says what its client is to be told."""

    def __init__(self, active: Active, debug: bool) -> None:
        self._active = active
        self._id = active.id
        self._debug = debug
        self._cached: list[str] = []
        self._shown: list[NodeCached] = []
        self._announced = False
        self._ended: dict[str, dict[str, Any]] = {}
        self._tokens = _BURST
        self._filled = time.monotonic()
        self._behind = False

    @property
    def waiting(self) -> bool:
        """Whether something is to be said at the end of the turn."""
        return bool(self._cached) or self._behind

    def hear(self, event: Event) -> list[Message]:
        """The messages for an event; some come later, from `rest`."""
        kind = type(event)
        if kind is NodeCached:
            self._take_cached(event)  # type: ignore[arg-type]  # told apart by the line above
            return []
        if isinstance(event, NodeStarted):
            return self._started(event)
        if isinstance(event, NodeDone):
            return self._done(event)
        if isinstance(event, NodeProgress):
            return self._progress(event)
        if isinstance(event, Started):
            return [self._plain("execution_start", timestamp=_milliseconds(event.at))]
        if isinstance(event, NodeFailed):
            self._ended[event.node] = self._state(event.node, event.drawn, 0.0, 1.0, "error")
            return self._progress_state()
        if isinstance(event, NodeSkipped):
            return self._skipped(event)
        if isinstance(event, Finished):
            return self._finished(event)
        return []

    def rest(self) -> list[Message]:
        """What has gathered during a turn of the loop."""
        found = self._tell_cached() if self._cached else []
        return found + self._progress_state() if self._behind else found

    def again(self) -> list[Message]:
        """The state so far, for a client that comes back."""
        tracker = self._active.tracker
        found = [self._plain("execution_start", timestamp=_milliseconds(self._active.started))]
        cached = [*tracker.cached]
        found.append(
            self._plain("execution_cached", nodes=cached, timestamp=_milliseconds(time.time()))
        )
        found.append(self._states())
        node = tracker.running.get(tracker.last)  # type: ignore[call-overload]  # ids are text
        node = node or next(iter(tracker.running.values()), None)
        if node is not None:
            found.append(self._executing(node.node, node.drawn))
        return found

    def _plain(self, type_: str, **facts: Any) -> Message:
        return message(type_, {"prompt_id": self._id, **facts}, self._id)

    def _executing(self, node: str | None, drawn: str = "") -> Message:
        if node is None:
            return self._plain("executing", node=None)
        return self._plain("executing", node=node, display_node=drawn)

    def _executed(self, node: str, drawn: str, ui: dict[str, list[Any]]) -> Message:
        return self._plain("executed", node=node, display_node=drawn, output=ui or None)

    def _take_cached(self, event: NodeCached) -> None:
        self._cached.append(event.node)
        if event.ui:
            self._shown.append(event)

    def _tell_cached(self) -> list[Message]:
        cached, self._cached = self._cached, []
        shown, self._shown = self._shown, []
        self._announced = True
        now = _milliseconds(time.time())
        found = [self._plain("execution_cached", nodes=cached, timestamp=now)]
        for event in shown:
            found.append(self._executed(event.node, event.drawn, event.ui))
            self._ended[event.node] = self._state(event.node, event.drawn, 1.0, 1.0, "finished")
            found += self._progress_state()
        return found

    def _started(self, event: NodeStarted) -> list[Message]:
        found = self._tell_cached() if self._cached or not self._announced else []
        found += self._progress_state()
        found.append(self._executing(event.node, event.drawn))
        return found

    def _done(self, event: NodeDone) -> list[Message]:
        found = [self._executed(event.node, event.drawn, event.ui)] if event.ui else []
        self._ended[event.node] = self._state(event.node, event.drawn, 1.0, 1.0, "finished")
        return found + self._progress_state()

    def _progress(self, event: NodeProgress) -> list[Message]:
        facts = {"value": event.done, "max": event.total, "node": event.node}
        found = [*self._progress_state(), self._plain("progress", **facts)]
        if isinstance(event.preview, str):
            node = event.node.encode()
            head = struct.pack(">II", _TEXT, len(node)) + node
            data = head + event.preview.encode("utf-8", "replace")
            found.append(Message("text", data, self._id, False))
        return found

    def _skipped(self, event: NodeSkipped) -> list[Message]:
        if event.because != event.node or not event.reason:
            return []
        facts = self._failure(event.node, event.drawn, f"Execution Blocked: {event.reason}")
        return [self._plain("execution_error", **facts, exception_type="ExecutionBlocked")]

    def _finished(self, event: Finished) -> list[Message]:
        found = self._tell_cached() if self._cached or not self._announced else []
        if self._behind or self._ended:
            found.append(self._states())
        now = _milliseconds(event.at)
        error = self._active.tracker.error
        if event.status == "done":
            found.append(self._plain("execution_success", timestamp=now))
        elif event.status == "cancelled":
            found.append(
                self._plain("execution_interrupted", **interruption(self._active), timestamp=now)
            )
        else:
            found.append(
                self._plain(
                    "execution_error",
                    **failure(error, self._executed_nodes(), self._debug),
                    timestamp=now,
                )
            )
        return found

    def end(self) -> Message:
        """The very last message of a job."""
        return self._executing(None)

    def _executed_nodes(self) -> list[str]:
        tracker = self._active.tracker
        return [*tracker.cached, *tracker.executed]

    def _failure(self, node: str, drawn: str, text: str) -> dict[str, Any]:
        return {
            "node_id": drawn,
            "node_type": self._active.tracker.class_of(drawn),
            "executed": [],
            "exception_message": text,
            "traceback": [],
            "current_inputs": {},
            "current_outputs": [],
        }

    def _progress_state(self) -> list[Message]:
        """The state message, if this job may send one now; otherwise it is owed."""
        now = time.monotonic()
        self._tokens = min(_BURST, self._tokens + (now - self._filled) * _PER_SECOND)
        self._filled = now
        if self._tokens < 1:
            self._behind = True
            return []
        self._tokens -= 1
        return [self._states()]

    def _states(self) -> Message:
        self._behind = False
        ended, self._ended = self._ended, {}
        if len(ended) > 100:  # the last to end are enough for an eye
            ended = dict(list(ended.items())[-100:])
        for node in self._active.tracker.running.values():
            ended[node.node] = self._state(node.node, node.drawn, node.done, node.total, "running")
        return self._plain("progress_state", nodes=ended)

    def _state(
        self, node: str, drawn: str, value: float, most: float, state: str
    ) -> dict[str, Any]:
        return {
            "value": value,
            "max": most,
            "state": state,
            "node_id": node,
            "prompt_id": self._id,
            "display_node_id": drawn,
            "parent_node_id": None if node == drawn else drawn,
            "real_node_id": drawn,
        }


def failure(error: dict[str, Any] | None, executed: list[str], debug: bool) -> dict[str, Any]:
    """What execution_error says of the node that failed first; with its traceback if asked for."""
    known = error or {}
    return {
        "node_id": known.get("drawn", ""),
        "node_type": known.get("class", ""),
        "executed": executed,
        "exception_message": known.get("message", ""),
        "exception_type": known.get("code", ""),
        "traceback": known.get("traceback", []) if debug else [],
        "current_inputs": {},
        "current_outputs": [],
    }


def interruption(active: Active) -> dict[str, Any]:
    """What execution_interrupted says of where a job was."""
    tracker = active.tracker
    node = next(iter(tracker.running.values()), None)
    drawn = node.drawn if node is not None else ""
    return {
        "node_id": drawn,
        "node_type": tracker.class_of(drawn),
        "executed": [*tracker.cached, *tracker.executed],
    }


def picture_frames(picture: Picture) -> Message:
    """A preview as JPEG in both of the protocol's binary forms. Takes milliseconds."""
    import io

    from PIL import Image

    made = Image.fromarray(picture.image.pixels[0][..., :3])
    made.thumbnail((512, 512))
    out = io.BytesIO()
    made.save(out, "JPEG", quality=85)
    data = out.getvalue()
    facts = msgspec.json.encode(
        {
            "node_id": picture.node,
            "prompt_id": picture.job,
            "display_node_id": picture.drawn,
            "parent_node_id": None if picture.node == picture.drawn else picture.drawn,
            "real_node_id": picture.drawn,
            "image_type": "image/jpeg",
        }
    )
    head = struct.pack(">II", _PREVIEW_WITH_FACTS, len(facts))
    plain = struct.pack(">II", _PREVIEW, _JPEG) + data
    return Message("preview", head + facts + data, picture.job, False, plain)


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
