"""Jobs as the API shows them: what the table says, mended by what the queue knows better."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import UNSET

from patchbay.api.serving import Serving
from patchbay.api.v1 import schemas
from patchbay.api.v1.links import peaks_url, thumbnail_url, view_url
from patchbay.errors import InputError
from patchbay.files import Folders, inside
from patchbay.jobs.forecast import waits
from patchbay.jobs.queue import Active, Queue
from patchbay.jobs.records import ENDED, Ended, JobRow, Status
from patchbay.jobs.table import Waiting
from patchbay.names import folder_name

_FILES_IN_LISTS = 10


class Forecast:
    """How long jobs wait and run, looked at once for all of them."""

    def __init__(self, serving: Serving) -> None:
        self._queue = serving.queue
        self._at_once = serving.options.jobs_at_once
        self._waits: dict[str, float] | None = None
        self._now = time.time()

    def of(self, id_: str) -> schemas.Estimate:
        """What is expected of a job; of one that has ended, nothing."""
        active = self._queue.active.get(id_)
        if active is not None:
            return schemas.Estimate(seconds_waiting=0.0, seconds_running=self._left(active))
        waiting = self._queue.find_waiting(id_)
        if waiting is None:
            return schemas.Estimate()
        if waiting.paused or self._queue.paused:
            return schemas.Estimate(seconds_running=waiting.seconds)
        if self._waits is None:
            self._waits = self._all_waits()
        return schemas.Estimate(
            seconds_waiting=self._waits.get(id_), seconds_running=waiting.seconds
        )

    def _left(self, active: Active) -> float | None:
        if active.seconds is None:
            return None
        return max(0.0, active.seconds - (self._now - active.started))

    def _all_waits(self) -> dict[str, float]:
        running = [self._left(active) or 0.0 for active in self._queue.active.values()]
        line = [waiting for waiting in self._queue.waiting() if not waiting.paused]
        found = waits(running, [waiting.seconds for waiting in line], self._at_once)
        return {waiting.id: seconds for waiting, seconds in zip(line, found, strict=True)}


def status_of(row: JobRow, queue: Queue) -> Status:
    """Where a job stands now: the table is told a moment later."""
    if row.id in queue.active:
        return "running"
    waiting = queue.find_waiting(row.id)
    if waiting is not None and row.status not in ENDED:
        return "paused" if waiting.paused else "pending"
    return row.status


def summary(row: JobRow, serving: Serving, forecast: Forecast) -> schemas.JobSummary:
    """A job without its files. From the loop's thread."""
    return schemas.JobSummary(**_facts(row, serving, forecast))


def detail(row: JobRow, serving: Serving, forecast: Forecast) -> schemas.Job:
    """A job with what is known of its nodes, without its files. From the loop's thread."""
    active = serving.queue.active.get(row.id)
    known = _of_running(active) if active is not None else _of_ended(row.outcome or Ended())
    return schemas.Job(**_facts(row, serving, forecast), **known)


def queue_item(job: Active | Waiting, queue: Queue, forecast: Forecast) -> schemas.QueueItem:
    """A job as the queue knows it, without a look at the table."""
    if isinstance(job, Waiting):
        status: Status = "paused" if job.paused else "pending"
        nodes, started = job.nodes, None
    else:
        status, nodes, started = "running", job.tracker.wanted, job.started
    return schemas.QueueItem(
        id=job.id,
        status=status,
        client=job.client,
        priority=job.number,
        nodes=nodes,
        position=queue.position(job.id),
        started=started,
        estimate=forecast.of(job.id),
    )


def files_of(
    outputs: Mapping[str, Mapping[str, Sequence[Any]]], folders: Folders, most: int | None = None
) -> list[schemas.File]:
    """The files that nodes showed, at most so many, with what is left of them. Reads the disk."""
    found: dict[tuple[str, str], schemas.File] = {}
    for node, kind, item in _shown(outputs):
        if most is not None and len(found) >= most:
            break
        folder = folder_name(item["type"])
        name = f"{item['subfolder']}/{item['filename']}".lstrip("/")
        if folder is not None and (folder, name) not in found:
            found[folder, name] = _file(folder, name, kind, node, folders)
    return list(found.values())


def files_in_list(row: JobRow, folders: Folders) -> list[schemas.File]:
    """The first files of a job that has ended. Reads the disk."""
    return files_of(row.outcome.outputs, folders, _FILES_IN_LISTS) if row.outcome else []


def _facts(row: JobRow, serving: Serving, forecast: Forecast) -> dict[str, Any]:
    queue = serving.queue
    waiting, active = queue.find_waiting(row.id), queue.active.get(row.id)
    number = waiting.number if waiting is not None else row.number
    return {
        "id": row.id,
        "status": status_of(row, queue),
        "title": row.title,
        "client": row.client,
        "workflow_id": row.workflow_id,
        "priority": number,
        "position": queue.position(row.id),
        "nodes": row.nodes,
        "targets": list(row.targets),
        "created": row.created,
        "started": row.started if active is None else active.started,
        "ended": row.ended,
        "seconds": row.seconds,
        "attempts": row.attempts,
        "estimate": forecast.of(row.id),
        "failure": _failure(row, serving.options.debug),
    }


def _failure(row: JobRow, debug: bool) -> schemas.Failure | None:
    error = row.outcome.error if row.outcome is not None else None
    if error is None:
        return None
    traceback = [str(line) for line in error.get("traceback") or ()]
    return schemas.Failure(
        code=str(error.get("code", "error")),
        message=str(error.get("message", "")),
        node=str(error.get("node") or ""),
        drawn=str(error.get("drawn") or ""),
        class_type=str(error.get("class") or ""),
        input=error.get("input"),
        traceback=traceback if debug else UNSET,
    )


def _of_running(active: Active) -> dict[str, Any]:
    tracker = active.tracker
    ended = len(tracker.cached) + len(tracker.executed) + len(tracker.skipped)
    running = [
        schemas.RunningNode(
            node=node.node,
            drawn=node.drawn,
            class_type=tracker.class_of(node.node) or tracker.class_of(node.drawn),
            since=node.since,
            calls=node.calls,
            reason=node.reason,
            engine=node.engine,
            done=node.done,
            total=node.total,
            seconds_left=node.seconds_left,
        )
        for node in tracker.running.values()
    ]
    return {
        "progress": schemas.Progress(
            done=ended, wanted=max(tracker.wanted, ended), running=running
        ),
        "outputs": dict(tracker.outputs),
        "engines": dict(tracker.engines),
        "cached": list(tracker.cached),
        "executed": list(tracker.executed),
        "skipped": list(tracker.skipped),
    }


def _of_ended(ended: Ended) -> dict[str, Any]:
    return {
        "outputs": ended.outputs,
        "engines": ended.engines,
        "cached": ended.cached,
        "executed": ended.executed,
        "problems": [
            schemas.Problem(
                code=str(problem.get("code", "error")),
                message=str(problem.get("message", "")),
                node=problem.get("node"),
                input=problem.get("input"),
            )
            for problem in ended.problems
        ],
    }


def _shown(
    outputs: Mapping[str, Mapping[str, Sequence[Any]]],
) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Node, kind and entry of everything shown that looks like a file."""
    for node, kinds in outputs.items():
        for kind, items in kinds.items():
            for item in items:
                if isinstance(item, Mapping) and all(
                    isinstance(item.get(key), str) for key in ("filename", "subfolder", "type")
                ):
                    yield node, kind, item


def _file(
    folder: Literal["input", "output", "temp"], name: str, kind: str, node: str, folders: Folders
) -> schemas.File:
    size: int | None = None
    try:
        path = inside(folders.of(folder), name)
        size = path.stat().st_size if path.is_file() else None
    except (InputError, OSError, ValueError):  # a node may show any name that it likes
        pass
    return schemas.File(
        folder=folder,
        name=name,
        kind=kind,
        node=node,
        size_bytes=size,
        exists=size is not None,
        url=view_url(folder, name),
        thumbnail_url=thumbnail_url(folder, name),
        peaks_url=peaks_url(folder, name),
    )
