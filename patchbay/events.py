"""What happens while a job runs, as records: the only way in which anyone learns of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from patchbay.types import JobId, NodeId


class Event(Struct, frozen=True, tag=True, tag_field="event"):
    """Something that happened to a job. `at` is in seconds since the epoch."""

    job: JobId
    at: float


class Queued(Event, frozen=True):
    """The job waits; `ahead` jobs come before it."""

    ahead: int


class Started(Event, frozen=True):
    """The job runs; `nodes` are those it needs."""

    nodes: tuple[NodeId, ...]


class NodeEvent(Event, frozen=True):
    """Something that happened to a node. `drawn` is the node on the user's canvas: another than
    `node` when that came from an expansion."""

    node: NodeId
    drawn: NodeId


class NodeCached(NodeEvent, frozen=True):
    """Every call of the node was known; `ui` is what it showed when it ran."""

    ui: dict[str, list[Any]]


class NodeStarted(NodeEvent, frozen=True):
    """The node runs; `calls` of its calls are not known, for `reason`."""

    calls: int
    reason: str
    engine: str
    seconds_left: float | None


class NodeProgress(NodeEvent, frozen=True):
    """The node has done `done` of `total` steps. `preview` is an Audio, a SoFar, an Image or text;
    of a job in a queue a Grown in place of the first two."""

    done: float
    total: float
    seconds_left: float | None
    preview: Any = None


class NodeDone(NodeEvent, frozen=True):
    """The node has all its outputs. `seconds` is the time spent in its calls."""

    ui: dict[str, list[Any]]
    seconds: float


class NodeFailed(NodeEvent, frozen=True):
    """The node could not finish. `traceback` is for whoever asks for it."""

    code: str
    message: str
    input: str | None
    traceback: str


class NodeSkipped(NodeEvent, frozen=True):
    """The node was not run: `because` failed or was blocked."""

    because: NodeId
    reason: str


class Finished(Event, frozen=True):
    """The job has ended: "done", "failed" or "cancelled"."""

    status: str
    seconds: float


Listener = Callable[[Event], None]
