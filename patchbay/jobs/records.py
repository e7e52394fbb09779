"""What is kept of a job: what was ordered, where it stands, what came of it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

# A job that was running when the process died is pending again. "paused" waits to be resumed.
Status = Literal["pending", "paused", "running", "done", "failed", "cancelled"]
ENDED: tuple[Status, ...] = ("done", "failed", "cancelled")
WAITING: tuple[Status, ...] = ("pending", "paused")


class Order(Struct, frozen=True, kw_only=True):
    """What a client wants done. `prompt` and `extra` are JSON objects, encoded.

    `extra` is whatever the client sent along; what of it is secret is in `secrets`, which never
    reaches the disk. `targets` are the sinks to run. `number` orders the queue: smaller first.
    """

    id: str
    prompt: bytes
    extra: bytes = b"{}"
    targets: tuple[str, ...]
    number: float
    client: str | None = None
    title: str = ""
    workflow_id: str = ""
    words: str = ""  # what a search looks through
    nodes: int = 0
    webhook: str = ""
    secrets: dict[str, Any] = {}


class Ended(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a job ended. `outputs` is what each node showed, by its id."""

    outputs: dict[str, dict[str, list[Any]]] = {}
    # The node the user drew, for each node in `outputs`.
    drawn: dict[str, str] = {}
    files: list[dict[str, Any]] = []  # folder, name, size_bytes, kind
    problems: list[dict[str, Any]] = []  # code, message, node, input
    cached: list[str] = []  # nodes that had nothing to do
    executed: list[str] = []  # nodes that ran
    error: dict[str, Any] | None = None  # of the first that failed: node, code, message, traceback
    engines: dict[str, str] = {}  # by node
    stopped: dict[str, str] = {}  # of a job that was cancelled: node_id, node_type that ran then


class JobRow(Struct, frozen=True, kw_only=True):
    """A job as the table has it. Times are in seconds since the epoch."""

    id: str
    sequence: int
    number: float
    status: Status
    client: str | None
    title: str
    workflow_id: str
    nodes: int
    targets: tuple[str, ...]
    created: float
    started: float | None
    ended: float | None
    seconds: float | None  # that it ran, without waiting
    attempts: int  # how often it was begun
    webhook: str
    prompt: Raw
    extra: Raw
    outcome: Ended | None


def encoded(ended: Ended) -> bytes:
    """The JSON of how a job ended. What has no JSON, as only a node can have shown it, is left out
    and named among the problems."""
    try:
        return msgspec.json.encode(ended)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        message = f"what its nodes showed cannot be kept: {error}"
        problem = {"code": "bad_output", "message": message, "node": None, "input": None}
        return msgspec.json.encode(Ended(files=ended.files, problems=[problem]))


def searchable(text: str) -> str:
    """A text as it is searched: upper and lower case alike, accents however they were typed."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def workflow_in(extra: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The saved workflow that came with a job, if one did."""
    info = extra.get("extra_pnginfo")
    found = info.get("workflow") if isinstance(info, Mapping) else None
    return found if isinstance(found, Mapping) else None
