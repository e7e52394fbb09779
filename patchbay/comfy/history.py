"""Jobs in ComfyUI's forms: items of the queue, entries of the history, entries of `/api/jobs`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from patchbay.comfy.messages import failure, milliseconds, parent_of, shown_number
from patchbay.jobs.records import Ended, JobRow, Status

_SHOWN = ("images", "video", "audio", "gifs")
_MODELS = (".obj", ".fbx", ".gltf", ".glb")
# Which of our states each of theirs stands for.
STATUSES: Mapping[str, tuple[Status, ...]] = {
    "pending": ("pending", "paused"),
    "in_progress": ("running",),
    "completed": ("done",),
    "failed": ("failed",),
    "cancelled": ("cancelled",),
}
_THEIRS = {ours: theirs for theirs, all_ours in STATUSES.items() for ours in all_ours}


def queue_item(row: JobRow) -> list[Any]:
    """`[number, prompt_id, prompt, extra_data, outputs_to_execute]`."""
    return [shown_number(row.number), row.id, row.prompt, row.extra, list(row.targets)]


def history_entry(row: JobRow, debug: bool) -> dict[str, Any]:
    """The entry of a job that has ended."""
    ended = row.outcome or Ended()
    status = {"done": "success"}.get(row.status, "error")
    return {
        "prompt": queue_item(row),
        "outputs": ended.outputs,
        "status": {
            "status_str": status,
            "completed": row.status == "done",
            "messages": _messages(row, ended, debug),
        },
        "meta": {
            id_: {
                "node_id": id_,
                "display_node": drawn,
                "parent_node": parent_of(id_, drawn),
                "real_node_id": drawn,
            }
            for id_, drawn in ended.drawn.items()
        },
    }


def job_entry(row: JobRow, *, whole: bool, debug: bool) -> dict[str, Any]:
    """An entry of `/api/jobs`; `whole` as it is given when that one job is asked for."""
    ended = row.outcome or Ended()
    extra = msgspec.json.decode(row.extra)
    created = extra.get("create_time") if isinstance(extra, dict) else None
    entry: dict[str, Any] = {
        "id": row.id,
        "status": _THEIRS[row.status],
        "priority": shown_number(row.number),
        "create_time": created if isinstance(created, int) else milliseconds(row.created),
        "outputs_count": sum(_count(ui) for ui in ended.outputs.values()),
    }
    if row.started is not None:
        entry["execution_start_time"] = milliseconds(row.started)
    if row.ended is not None and row.started is not None:
        entry["execution_end_time"] = milliseconds(row.ended)
    if ended.error is not None:
        executed = [*ended.cached, *ended.executed]
        entry["execution_error"] = {
            "prompt_id": row.id,
            **failure(ended.error, executed, debug),
            "timestamp": milliseconds(row.ended or row.created),
        }
    preview = _preview(ended)
    if preview is not None:
        entry["preview_output"] = preview
    if row.workflow_id:
        entry["workflow_id"] = row.workflow_id
    if whole:
        entry |= {
            "outputs": ended.outputs,
            "execution_status": history_entry(row, debug)["status"],
            "workflow": {"prompt": row.prompt, "extra_data": row.extra},
        }
    return entry


def _messages(row: JobRow, ended: Ended, debug: bool) -> list[list[Any]]:
    begun = milliseconds(row.started or row.created)
    over = milliseconds(row.ended or row.created)
    found: list[list[Any]] = [
        ["execution_start", {"prompt_id": row.id, "timestamp": begun}],
        ["execution_cached", {"nodes": ended.cached, "prompt_id": row.id, "timestamp": begun}],
    ]
    executed = [*ended.cached, *ended.executed]
    last: dict[str, Any] = {"prompt_id": row.id}
    if row.status == "done":
        name = "execution_success"
    elif row.status == "cancelled":
        name = "execution_interrupted"
        nowhere = {"node_id": "", "node_type": ""}
        last |= {**nowhere, **ended.stopped, "executed": executed}
    else:
        name = "execution_error"
        last |= failure(ended.error, executed, debug)
    return [*found, [name, {**last, "timestamp": over}]]


def _count(ui: Mapping[str, Any]) -> int:
    return sum(
        1 for kind, items in ui.items() if kind != "animated" for item in items
        if isinstance(item, Mapping) and "filename" in item
    )  # fmt: skip


def _preview(ended: Ended) -> dict[str, Any] | None:
    """The first thing to look at: of the output folder, else of any."""
    fallback: dict[str, Any] | None = None
    for node, ui in ended.outputs.items():
        for kind, items in ui.items():
            for item in items:
                if not isinstance(item, Mapping) or not _previewable(kind, item):
                    continue
                found = {**item, "nodeId": node, "mediaType": kind}
                if item.get("type") == "output":
                    return found
                fallback = fallback or found
    return fallback


def _previewable(kind: str, item: Mapping[str, Any]) -> bool:
    if "filename" not in item:
        return False
    form = str(item.get("format", ""))
    name = str(item["filename"]).lower()
    return kind in _SHOWN or form.startswith(("video/", "audio/")) or name.endswith(_MODELS)
