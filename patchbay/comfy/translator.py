"""What happens to a job, as ComfyUI's socket messages, node by node in its order.

The protocol's `progress_state` lists every node touched so far, which grows with the square of
their number; ours lists those that run and those that ended since the last one, and when nodes
end faster than an eye can follow, several share one message.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from patchbay.comfy.messages import (
    Message,
    failure,
    message,
    milliseconds,
    parent_of,
    shown_number,
    text_frame,
)
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
_MOST_ENDED = 100  # of one message: the last to end are enough for an eye
_ENDS = ("execution_success", "execution_error", "execution_interrupted")


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
            return [self._start(event.at)]
        if isinstance(event, NodeFailed):
            self._ended[event.node] = self._state(event.node, event.drawn, 0, 1, "error")
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
        """The state so far, for a client that comes back; the others miss nothing by it."""
        tracker = self._active.tracker
        found = [*self._so_far(), self._plain("progress_state", nodes=self._running())]
        node = tracker.running.get(tracker.last)  # type: ignore[call-overload]  # ids are text
        node = node or next(iter(tracker.running.values()), None)
        if node is not None:
            found.append(self._executing(node.node, node.drawn))
        return found

    def story(self, last: Sequence[Message]) -> list[Message]:
        """What came of the job, for a client that was away when it ended: `last` is what `hear`
        gave for its end."""
        return [*self._so_far(), *(each for each in last if each.type in _ENDS), self.end()]

    def end(self) -> Message:
        """The very last message of a job."""
        data = {"prompt_id": self._id, "node": None}
        return message("executing", data, self._id, kind="end")

    def _so_far(self) -> list[Message]:
        tracker = self._active.tracker
        now = milliseconds(time.time())
        found = [self._start(self._active.started)]
        found.append(self._plain("execution_cached", nodes=[*tracker.cached], timestamp=now))
        for node, ui in tracker.outputs.items():
            found.append(self._executed(node, tracker.drawn.get(node, node), ui))
        return found

    def _plain(self, type_: str, **facts: Any) -> Message:
        return message(type_, {"prompt_id": self._id, **facts}, self._id)

    def _start(self, at: float) -> Message:
        return self._plain("execution_start", timestamp=milliseconds(at))

    def _executing(self, node: str, drawn: str) -> Message:
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
        now = milliseconds(time.time())
        found = [self._plain("execution_cached", nodes=cached, timestamp=now)]
        for event in shown:
            found.append(self._executed(event.node, event.drawn, event.ui))
            self._ended[event.node] = self._state(event.node, event.drawn, 1, 1, "finished")
            found += self._progress_state()
        return found

    def _tell_waiting(self) -> list[Message]:
        """What is cached; once it is said even if nothing is."""
        return self._tell_cached() if self._cached or not self._announced else []

    def _started(self, event: NodeStarted) -> list[Message]:
        found = self._tell_waiting()
        found += self._progress_state()
        found.append(self._executing(event.node, event.drawn))
        return found

    def _done(self, event: NodeDone) -> list[Message]:
        found = [self._executed(event.node, event.drawn, event.ui)] if event.ui else []
        self._ended[event.node] = self._state(event.node, event.drawn, 1, 1, "finished")
        return found + self._progress_state()

    def _progress(self, event: NodeProgress) -> list[Message]:
        value, most = shown_number(event.done), shown_number(event.total)
        found = self._progress_state()
        found.append(self._plain("progress", value=value, max=most, node=event.node))
        if isinstance(event.preview, str):
            found.append(text_frame(event.node, event.preview, self._id))
        return found

    def _skipped(self, event: NodeSkipped) -> list[Message]:
        """A node that was given a blocked value, with a reason, is told as an error of its own;
        the job goes on."""
        if event.because != event.node or not event.reason:
            return []
        facts = {
            "prompt_id": self._id,
            "node_id": event.drawn,
            "node_type": self._active.tracker.class_of(event.drawn),
            "executed": [],
            "exception_message": f"Execution Blocked: {event.reason}",
            "exception_type": "ExecutionBlocked",
            "traceback": [],
            "current_inputs": [],
            "current_outputs": [],
        }
        return [message("execution_error", facts, self._id, kind="blocked")]

    def _finished(self, event: Finished) -> list[Message]:
        found = self._tell_waiting()
        if self._behind or self._ended:
            found.append(self._states())
        now = milliseconds(event.at)
        tracker = self._active.tracker
        executed = [*tracker.cached, *tracker.executed]
        if event.status == "done":
            found.append(self._plain("execution_success", timestamp=now))
        elif event.status == "cancelled":
            facts = {**tracker.stopped_at(), "executed": executed, "timestamp": now}
            found.append(self._plain("execution_interrupted", **facts))
        else:
            facts = {**failure(tracker.error, executed, self._debug), "timestamp": now}
            found.append(self._plain("execution_error", **facts))
        return found

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
        if len(ended) > _MOST_ENDED:
            ended = dict(list(ended.items())[-_MOST_ENDED:])
        return self._plain("progress_state", nodes=ended | self._running())

    def _running(self) -> dict[str, dict[str, Any]]:
        return {
            node.node: self._state(node.node, node.drawn, node.done, node.total, "running")
            for node in self._active.tracker.running.values()
        }

    def _state(
        self, node: str, drawn: str, value: float, most: float, state: str
    ) -> dict[str, Any]:
        return {
            "value": shown_number(value),
            "max": shown_number(most),
            "state": state,
            "node_id": node,
            "prompt_id": self._id,
            "display_node_id": drawn,
            "parent_node_id": parent_of(node, drawn),
            "real_node_id": drawn,
        }
