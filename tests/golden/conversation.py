"""The golden files of ComfyUI's protocol, spoken with a real server that runs the test nodes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tests.golden.requests import REFUSED, TAKEN
from tests.listening import Listener, listen
from tests.machine import Prompt, entry, link, load_pack, notes
from tests.serving import Client, Place

_TIMES = (
    "timestamp", "create_time", "execution_start_time", "execution_end_time", "max_upload_size"
)  # fmt: skip


def made(prefix: str = "") -> dict[str, Any]:
    """By name: what a client hears of each kind of run, and what it is answered. `prefix` comes
    before each path; what is answered is the same with and without."""
    load_pack()
    notes().reset()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_speak(Path(folder), prefix))


async def _speak(folder: Path, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with Place(folder, load_pack()).server(jobs_at_once=1) as client:
        found |= await _heard(client, prefix)
        found |= await _queued(client, prefix)
        found |= await _kept(client, prefix)
    async with Place(folder / "asked", load_pack()).server() as client:
        found["answers"] = await _answers(client, prefix)
    plain: dict[str, Any] = _timeless(found)
    return plain


def _saving(**add: Any) -> Prompt:
    """A number, one added, the sum said and saved."""
    return {
        "1": entry("Number", value=1),
        "2": entry("Add", a=link("1"), b=1) | add,
        "3": entry("Remark", value=link("2")),
        "4": {**entry("SaveText", text=link("3")), "_meta": {"title": "Save"}},
    }


RUNS: Mapping[str, Prompt] = {
    "cold": _saving(),
    "cached": _saving(),
    "partly_cached": _saving(inputs={"a": link("1"), "b": 2}),
    "steps": {"1": entry("Previews", total=3), "2": entry("Show", value=link("1"))},
    "failing": {
        "1": entry("Number", value=1),
        "2": entry("Fail", value=link("1")),
        "3": entry("Show", value=link("2")),
    },
    "blocked": {
        "1": entry("Number", value=-1),
        "2": entry("Positive", value=link("1")),
        "3": entry("Show", value=link("2")),
        "4": entry("SaveText", text=link("1"), prefix="other"),
    },
    "expanding": {
        "1": entry("AddOften", value=1, times=2),
        "2": entry("SaveText", text=link("1"), prefix="often"),
    },
}


async def _heard(client: Client, prefix: str) -> dict[str, Any]:
    """Each run as its client hears it, message by message, and one that is nobody's."""
    found: dict[str, Any] = {}
    listener = await listen(client, "them", f"{prefix}/ws")
    found["greeting"] = list(listener.heard)
    for name, prompt in RUNS.items():
        body = {"prompt": prompt, "client_id": "them", "prompt_id": name}
        await client.post(f"{prefix}/prompt", body)
        found[f"run_{name}"] = await listener.until_end(name)
    found["run_interrupted"] = await _interrupted(client, prefix, listener)
    prompt = {"1": entry("Previews", total=2), "2": entry("Show", value=link("1"))}
    await client.post(f"{prefix}/prompt", {"prompt": prompt, "prompt_id": "of_nobody"})
    quiet = {"status": {"exec_info": {"queue_remaining": 0}}}
    found["run_of_nobody"] = await listener.until(lambda heard: heard.get("data") == quiet)
    await listener.close()
    return found


async def _interrupted(client: Client, prefix: str, listener: Listener) -> list[Any]:
    prompt = {
        "1": entry("Number", value=3),
        "2": entry("Steps", total=link("1"), pause_at=1),
        "3": entry("Show", value=link("2")),
    }
    body = {"prompt": prompt, "client_id": "them", "prompt_id": "interrupted"}
    await client.post(f"{prefix}/prompt", body)
    found = await listener.until(lambda heard: heard["type"] == "progress")
    await asyncio.to_thread(notes().wait_at, "paused")
    assert (await client.raw("POST", f"{prefix}/interrupt"))[0].status == 200
    notes().gate("gate").set()
    return found + await listener.until_end("interrupted")


async def _queued(client: Client, prefix: str) -> dict[str, Any]:
    """The queue while a job runs and two wait, and how one is taken out."""
    gate = "held"
    for id_, more in {"runs": {}, "waits": {}, "first": {"front": True}}.items():
        prompt = {"1": entry("HoldAsync", value=1, at=gate), "2": entry("Show", value=link("1"))}
        body = {"prompt": prompt, "prompt_id": id_, "extra_data": {"mine": id_}} | more
        await client.post(f"{prefix}/prompt", body)
    await asyncio.to_thread(notes().wait_at, f"{gate} reached")
    body = {"prompt": prompt, "prompt_id": "runs"}
    status, refused = await client.refused("POST", f"{prefix}/prompt", json=body)
    found = {
        "prompt_id_taken": {"status": status, "body": refused},
        "queue": await client.get(f"{prefix}/queue"),
        "remaining": await client.get(f"{prefix}/prompt"),
        "jobs_under_way": await client.get(f"{prefix}/jobs?status=in_progress,pending"),
    }
    await client.raw("POST", f"{prefix}/queue", json={"delete": ["first", "never was"]})
    await client.raw("POST", f"{prefix}/queue", json={"clear": True})
    found["queue_cleared"] = await client.get(f"{prefix}/queue")
    notes().gate(gate).set()
    await client.ended("runs")
    return found


async def _kept(client: Client, prefix: str) -> dict[str, Any]:
    """The history, and jobs as newer frontends ask for them."""
    ended = f"{prefix}/jobs?status=completed,failed,cancelled&sort_order=asc"
    return {
        "history": await client.get(f"{prefix}/history"),
        "history_of_one": await client.get(f"{prefix}/history/expanding"),
        "history_of_none": await client.get(f"{prefix}/history/never"),
        "history_page": list(await client.get(f"{prefix}/history?max_items=2")),
        "history_offset": list(await client.get(f"{prefix}/history?max_items=2&offset=1")),
        "jobs": await client.get(ended),
        "job": await client.get(f"{prefix}/jobs/cold"),
        "job_failed": await client.get(f"{prefix}/jobs/failing"),
    }


async def _answers(client: Client, prefix: str) -> dict[str, Any]:
    """What `POST /prompt` answers, with its status."""
    found: dict[str, Any] = {}
    for name, sent in {**TAKEN, **REFUSED}.items():
        body = {"prompt_id": name, **sent} if isinstance(sent, dict) else sent
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        async with client.http.post(f"{prefix}/prompt", data=data) as answer:
            found[name] = {"status": answer.status, "body": await answer.json()}
    return found


def _timeless(value: Any) -> Any:
    """Without what differs from run to run."""
    if isinstance(value, dict):
        return {
            key: f"<{key}>" if key in _TIMES and type(item) is int else _timeless(item)
            for key, item in value.items()
        }
    return [_timeless(item) for item in value] if isinstance(value, list) else value
