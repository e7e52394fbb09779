"""Patchbay's own API, over a real server: jobs, the queue, graphs, files, events, health."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from aiohttp import StreamReader
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from patchbay import packs
from patchbay.api.roles import Role
from patchbay.api.serving import Limits
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.feed import Listener
from patchbay.packs import Catalogue
from tests.machine import catalogue_of, chain, entry, link, notes
from tests.serving import Client, Place, until

Main = Callable[[Client], Coroutine[Any, Any, None]]


@pytest.fixture
def place(tmp_path: Path, catalogue: Catalogue) -> Place:
    notes().reset()
    return Place(tmp_path, catalogue)


def serve(place: Place, main: Main, **options: Any) -> None:
    """Runs a coroutine against a server of its own."""

    async def go() -> None:
        async with place.server(**options) as client:
            await asyncio.wait_for(main(client), 120)

    asyncio.run(go())
    assert place.warnings == []


def held(value: int = 1, at: str = "gate") -> dict[str, Any]:
    """A prompt that runs until its gate is opened."""
    return {"1": entry("Hold", value=value, at=at), "2": entry("Show", value=link("1"))}


async def submit(client: Client, prompt: Any, /, **more: Any) -> str:
    """The id of a new job."""
    return str((await client.post("/api/v1/jobs", {"prompt": prompt, **more}))["id"])


# Ordering


def test_a_job_is_taken_run_and_shown_with_what_came_of_it(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = {"1": entry("SaveText", text="la", prefix="songs/take")}
        given = {"prompt": prompt, "title": "a take", "client": "me", "extra": {"mine": [1]}}
        job = await client.post("/api/v1/jobs", given | {"id": "take-1"})
        assert (job["id"], job["title"], job["client"]) == ("take-1", "a take", "me")
        job = await client.ended("take-1")
        assert job["status"] == "done"
        assert job["executed"] == ["1"]
        assert job["failure"] is None
        assert job["created"] <= job["started"] <= job["ended"]
        assert job["estimate"] == {"seconds_waiting": None, "seconds_running": None}
        (file,) = job["files"]
        assert file == {
            "folder": "output",
            "name": "songs/take_00001_.txt",
            "kind": file["kind"],
            "node": "1",
            "size_bytes": 2,
            "exists": True,
            "url": "/view?filename=take_00001_.txt&subfolder=songs&type=output",
            "thumbnail_url": None,
            "peaks_url": None,
        }
        _, body = await client.raw("GET", file["url"])
        assert body == b"la"
        asked = await client.get("/api/v1/jobs/take-1/prompt")
        assert asked["prompt"] == prompt
        assert asked["extra"]["mine"] == [1]
        drawn = await client.get("/api/v1/jobs/take-1/workflow")
        assert drawn["drawn"] is False
        assert [node["type"] for node in drawn["workflow"]["nodes"]] == ["SaveText"]

    serve(place, main)


def test_a_file_that_was_deleted_by_hand_is_shown_as_gone(place: Place) -> None:
    async def main(client: Client) -> None:
        id_ = await submit(client, {"1": entry("SaveText", text="la")})
        (file,) = (await client.ended(id_))["files"]
        (place.folders.output / file["name"]).unlink()
        (file,) = (await client.get(f"/api/v1/jobs/{id_}"))["files"]
        assert (file["exists"], file["size_bytes"]) == (False, None)
        (job,) = (await client.get("/api/v1/jobs"))["jobs"]
        assert job["files"] == [file]

    serve(place, main)


def test_a_refused_job_is_answered_with_all_that_is_wrong_with_it(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = {
            "1": entry("Nowhere"),
            "2": entry("Clamp", value=11),
            "3": entry("Show", value=link("2")),
            "4": entry("Show", value=link("1")),
        }
        status, body = await client.refused("POST", "/api/v1/jobs", json={"prompt": prompt})
        assert status == 400
        assert body["error"]["type"] == "bad_graph"
        found = [(p["code"], p["node"], p["input"]) for p in body["problems"]]
        assert found == [("unknown_node", "1", None), ("out_of_range", "2", "value")]
        assert body["problems"][1]["details"] == {"given": 11}
        assert (await client.get("/api/v1/jobs"))["total"] == 0

    serve(place, main)


def test_sinks_without_problems_run_although_others_have_some(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = chain(3) | {"bad": entry("Clamp", value=99), "s": entry("Show", value=link("bad"))}
        job = await client.post("/api/v1/jobs", {"prompt": prompt})
        assert job["targets"] == ["2"]
        assert job["dropped"] == ["s"]
        assert [problem["code"] for problem in job["problems"]] == ["out_of_range"]
        assert (await client.ended(job["id"]))["status"] == "done"

    serve(place, main)


def test_only_the_targets_are_run(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = chain(3) | {"x": entry("Number", value=9), "y": entry("Show", value=link("x"))}
        id_ = await submit(client, prompt, targets=["y"])
        assert (await client.ended(id_))["executed"] == ["x", "y"]
        status, body = await client.refused(
            "POST", "/api/v1/jobs", json={"prompt": prompt, "targets": ["nowhere"]}
        )
        assert (status, body["problems"][0]["code"]) == (400, "no_sink")

    serve(place, main)


def test_a_target_may_be_any_node_or_an_instance_of_a_subgraph(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = {
            "a": entry("Number", value=1),
            "7:1": entry("Add", a=link("a"), b=2),
            "7:2:1": entry("Add", a=link("7:1"), b=2),
            "77:1": entry("Add", a=link("a"), b=5),
            "y": entry("Show", value=link("7:2:1")),
        }
        for targets, ran in (
            (["a"], ["a"]),
            (["7:2"], ["7:1", "7:2:1"]),
            (["7"], []),  # known by now
            (["y", "77"], ["77:1", "y"]),
        ):
            job = await client.ended(await submit(client, prompt, targets=targets))
            assert (job["status"], sorted(job["executed"])) == ("done", ran)

    serve(place, main)


def test_a_saved_workflow_is_taken_as_it_is_and_kept_with_the_job(tmp_path: Path) -> None:
    notes().reset()
    flow, audio = (packs.load(packs.shipped("nodes") / name) for name in ("flow", "audio"))
    place = Place(tmp_path, catalogue_of(flow, audio))
    prompt = {"1": entry("Integer", value=4), "2": entry("ShowValue", value=link("1"))}

    async def main(client: Client) -> None:
        drawn = (await client.post("/api/v1/convert", {"prompt": prompt}))["workflow"]
        back = await client.post("/api/v1/convert", {"workflow": drawn})
        assert back["workflow"] is None
        assert {k: v["class_type"] for k, v in back["prompt"].items()} == {
            "1": "Integer",
            "2": "ShowValue",
        }
        job = await client.post("/api/v1/jobs", {"workflow": drawn})
        assert (await client.ended(job["id"]))["status"] == "done"
        kept = await client.get(f"/api/v1/jobs/{job['id']}/workflow")
        assert kept == {"workflow": drawn, "drawn": True}

    serve(place, main)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the body is not JSON"),
        (b"nonsense", "the body is not JSON"),
        (b"[]", "body: expected `object`, got `array`"),
        (b"{}", "body: give a prompt or a workflow"),
        (b'{"prompt": {}, "workflow": {"nodes": []}}', "not both"),
        (b'{"prompt": {"nodes": []}}', "this is a saved workflow"),
        (b'{"prompt": 3}', "body: prompt: expected `object`, got `int`"),
        (b'{"prompt": {}, "titel": "x"}', "unknown field `titel`"),
        (b'{"prompt": {}, "priority": "high"}', "body: priority: expected"),
        (b'{"prompt": {}, "priority": 1e13}', "body: priority: expected"),
        (b'{"prompt": {}, "priority": 1' + b"0" * 400 + b"}", "body: "),
        (b'{"prompt": {}, "id": "../x"}', "body: id: expected"),
        (b'{"prompt": {}, "targets": [1]}', "body: targets[0]: expected `str`, got `int`"),
        (b'{"prompt": ' + b"[" * 70 + b"]" * 70 + b"}", "nested deeper than"),
        (b'{"prompt": {}, "webhook": "file:///etc/passwd"}', "body: webhook: expected"),
        (b'{"prompt": {}, "title": "\xff"}', "the body is not JSON"),
    ],
)
def test_a_body_that_is_wrong_is_refused_with_a_sentence(
    place: Place, body: bytes, message: str
) -> None:
    async def main(client: Client) -> None:
        status, answer = await client.refused("POST", "/api/v1/jobs", data=body)
        assert status == 400
        assert message in answer["error"]["message"]
        assert len(client.serving.queue) == 0

    serve(place, main)


def test_more_than_a_graph_needs_is_refused(place: Place) -> None:
    async def main(client: Client) -> None:
        status, body = await client.refused("POST", "/api/v1/jobs", json={"prompt": chain(12)})
        assert (status, body["error"]["type"]) == (413, "too_large")
        prompt = {"1": entry("Total", values=[1] * 6), "2": entry("Show", value=link("1"))}
        status, body = await client.refused("POST", "/api/v1/validate", json={"prompt": prompt})
        assert status == 413
        assert "node 1: input 'values' has 6 items" in body["error"]["message"]

    serve(place, main, limits=Limits(nodes=10, list_items=5))


def test_an_id_is_taken_once(place: Place) -> None:
    async def main(client: Client) -> None:
        await submit(client, chain(3), id="mine")
        status, body = await client.refused(
            "POST", "/api/v1/jobs", json={"prompt": chain(3), "id": "mine"}
        )
        assert (status, body["error"]["type"]) == (409, "conflict")
        assert (await client.get("/api/v1/jobs"))["total"] == 1

    serve(place, main)


def test_when_too_many_wait_a_job_is_refused_for_now(place: Place) -> None:
    async def main(client: Client) -> None:
        await client.post("/api/v1/queue/pause")
        await submit(client, chain(3))
        status, body = await client.refused("POST", "/api/v1/jobs", json={"prompt": chain(3)})
        assert (status, body["error"]["type"]) == (429, "too_many")

    serve(place, main, limits=Limits(pending_jobs=1))


# The queue


def test_waiting_jobs_are_ordered_moved_held_back_and_let_go(place: Place) -> None:
    async def main(client: Client) -> None:
        await client.post("/api/v1/queue/pause")
        for name in "abcd":
            await submit(client, chain(3), id=name)

        async def order() -> list[str]:
            return [job["id"] for job in (await client.get("/api/v1/queue"))["waiting"]]

        assert await order() == ["a", "b", "c", "d"]
        job = await client.post("/api/v1/jobs/d/front")
        assert (job["position"], job["status"]) == (0, "pending")
        assert await order() == ["d", "a", "b", "c"]
        await client.json("PATCH", "/api/v1/jobs/c", json={"before": "a", "title": "third"})
        assert await order() == ["d", "c", "a", "b"]
        assert (await client.get("/api/v1/jobs/c"))["title"] == "third"
        job = await client.json("PATCH", "/api/v1/jobs/d", json={"priority": 99.5})
        assert (job["priority"], job["position"]) == (99.5, 3)
        assert await order() == ["c", "a", "b", "d"]
        await submit(client, chain(3), id="e", front=True)
        await submit(client, chain(3), id="f", priority=3.5)
        assert await order() == ["e", "c", "a", "b", "f", "d"]
        job = await client.post("/api/v1/jobs/a/pause")
        assert job["status"] == "paused"
        await client.post("/api/v1/queue/resume")
        for name in "bcdef":
            assert (await client.ended(name))["status"] == "done"
        assert (await client.get("/api/v1/jobs/a"))["status"] == "paused"
        state = await client.get("/api/v1/queue")
        assert (state["waiting_total"], state["waiting"][0]["status"]) == (1, "paused")
        await client.post("/api/v1/jobs/a/resume")
        assert (await client.ended("a"))["status"] == "done"

    serve(place, main, jobs_at_once=1)


def test_what_has_ended_can_be_moved_no_more(place: Place) -> None:
    async def main(client: Client) -> None:
        id_ = await submit(client, chain(3))
        await client.ended(id_)
        for what in ("pause", "resume", "front", "cancel"):
            status, _ = await client.refused("POST", f"/api/v1/jobs/{id_}/{what}")
            assert status == 409
        status, _ = await client.refused("PATCH", f"/api/v1/jobs/{id_}", json={"priority": 1})
        assert status == 409
        job = await client.json("PATCH", f"/api/v1/jobs/{id_}", json={"title": "kept"})
        assert job["title"] == "kept"

    serve(place, main)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""), ("DELETE", ""), ("PATCH", ""), ("GET", "/prompt"), ("GET", "/workflow"),
        ("POST", "/cancel"), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/front"),
        ("POST", "/retry"),
    ],
)  # fmt: skip
def test_a_job_that_never_was_is_not_found(place: Place, method: str, path: str) -> None:
    async def main(client: Client) -> None:
        how: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
        status, body = await client.refused(method, f"/api/v1/jobs/nobody{path}", **how)
        assert (status, body["error"]["type"]) == (404, "not_found")

    serve(place, main)


def test_a_running_job_tells_how_far_it_is_and_is_cancelled(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = {
            "1": entry("Steps", total=1_000_000, pause_at=3),
            "2": entry("Show", value=link("1")),
        }
        id_ = await submit(client, prompt)

        async def steps() -> bool:
            job = await client.get(f"/api/v1/jobs/{id_}")
            nodes = (job["progress"] or {"running": []})["running"]
            return any(node["total"] == 1_000_000 for node in nodes)

        await until(steps)
        job = await client.get(f"/api/v1/jobs/{id_}")
        (node,) = job["progress"]["running"]
        assert (node["node"], node["drawn"], node["class_type"]) == ("1", "1", "Steps")
        assert (job["progress"]["wanted"], job["progress"]["done"]) == (2, 0)
        health = await client.get("/health")
        (running,) = health["running"]
        assert running["id"] == id_
        assert [node["class_type"] for node in running["nodes"]] == ["Steps"]
        await client.post(f"/api/v1/jobs/{id_}/cancel")
        notes().gate("gate").set()
        assert (await client.ended(id_))["status"] == "cancelled"

    serve(place, main)


def test_all_that_wait_or_run_are_cancelled_at_once(place: Place) -> None:
    async def main(client: Client) -> None:
        running = await submit(
            client, {"1": entry("HoldAsync", value=1), "2": entry("Show", value=link("1"))}
        )
        await client.status(running, "running")
        waiting = [await submit(client, chain(3)) for _ in range(2)]
        found = await client.post("/api/v1/jobs/cancel", {"running": False})
        assert found == {"waiting": 2, "running": 0}
        for id_ in waiting:
            assert (await client.get(f"/api/v1/jobs/{id_}"))["status"] == "cancelled"
        async with client.http.post("/api/v1/jobs/cancel") as answer:  # no body at all
            assert await answer.json() == {"waiting": 0, "running": 1}
        assert (await client.ended(running))["status"] == "cancelled"

    serve(place, main, jobs_at_once=1)


def test_retrying_goes_on_from_where_it_failed(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = {
            "1": entry("Add", a=1, b=2),
            "2": entry("FailAt", value=link("1"), at=3),
            "3": entry("Show", value=link("2")),
        }
        id_ = await submit(client, prompt, title="again", priority=7)
        job = await client.ended(id_)
        assert job["status"] == "failed"
        assert (job["failure"]["node"], job["failure"]["code"]) == ("2", "node_failed")
        assert job["failure"]["class_type"] == "FailAt"
        assert "traceback" not in job["failure"]
        notes().WORLD["cured"] = True
        del notes().CALLS[:]
        second = await client.post(f"/api/v1/jobs/{id_}/retry")
        assert second["id"] != id_
        assert second["title"] == "again"
        job = await client.ended(second["id"])
        assert job["status"] == "done"
        assert job["cached"] == ["1"]
        assert job["executed"] == ["2", "3"]
        assert notes().CALLS == ["FailAt(3)", "Show(3)"]

    serve(place, main)


def test_tracebacks_are_for_servers_that_debug(place: Place) -> None:
    async def main(client: Client) -> None:
        id_ = await submit(client, {"1": entry("Fail"), "2": entry("Show", value=link("1"))})
        failure = (await client.ended(id_))["failure"]
        assert any("a plain error" in line for line in failure["traceback"])

    serve(place, main, debug=True)


def test_estimates_part_waiting_from_running(place: Place) -> None:
    async def main(client: Client) -> None:
        queue = client.serving.queue
        await client.post("/api/v1/queue/pause")
        for name in "abc":
            await submit(client, chain(3), id=name)
        for waiting in queue.waiting():
            waiting.seconds = 4.0
        job = await client.get("/api/v1/jobs/b")
        assert job["estimate"] == {"seconds_waiting": None, "seconds_running": 4.0}
        queue.paused = False  # without beginning anything
        found = [(await client.get(f"/api/v1/jobs/{name}"))["estimate"] for name in "abc"]
        assert [each["seconds_waiting"] for each in found] == [0.0, 4.0, 8.0]
        queue.paused = True
        listed = (await client.get("/api/v1/jobs?sort=arrival&order=oldest"))["jobs"]
        assert [job["position"] for job in listed] == [0, 1, 2]

    serve(place, main, jobs_at_once=1)


# History


def test_jobs_are_listed_searched_sorted_and_paged(place: Place) -> None:
    async def main(client: Client) -> None:
        for number in range(5):
            text = f"song number{number}"
            title = "Ünïcode 100%_" if number == 3 else ""
            id_ = await submit(
                client, {"1": entry("SaveText", text=text)}, id=f"j{number}", title=title
            )
            await client.ended(id_)
        await client.ended(
            await submit(
                client, {"1": entry("Fail"), "2": entry("Show", value=link("1"))}, id="bad"
            )
        )

        async def ids(query: str) -> list[str]:
            return [job["id"] for job in (await client.get(f"/api/v1/jobs?{query}"))["jobs"]]

        assert await ids("") == ["bad", "j4", "j3", "j2", "j1", "j0"]
        assert await ids("order=oldest&limit=2&offset=1") == ["j1", "j2"]
        assert await ids("text=NUMBER3+song") == ["j3"]
        assert await ids("text=100%25_") == ["j3"]
        assert await ids("text=100x") == []
        assert await ids("status=failed") == ["bad"]
        assert await ids("status=failed,done&sort=end&order=oldest&limit=1") == ["j0"]
        assert await ids("status=") == await ids("")
        assert await ids("client=nobody") == []
        page = await client.get("/api/v1/jobs?limit=2")
        assert (page["total"], page["offset"], page["limit"]) == (6, 0, 2)

    serve(place, main)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=501", "limit"), ("limit=many", "limit"),
        ("offset=-1", "offset"), ("status=gone", "status"), ("sort=size", "sort"),
        ("limit=1" + "0" * 400, "limit"), ("text=" + "x" * 501, "text"),
    ],
)  # fmt: skip
def test_a_query_that_is_wrong_names_its_field(place: Place, query: str, field: str) -> None:
    async def main(client: Client) -> None:
        status, body = await client.refused("GET", f"/api/v1/jobs?{query}")
        assert status == 400
        assert body["error"]["message"].startswith(f"query: {field}")

    serve(place, main)


def test_ended_jobs_are_forgotten_and_running_ones_are_not(place: Place) -> None:
    async def main(client: Client) -> None:
        ended = await submit(client, chain(3))
        await client.ended(ended)
        running = await submit(client, held())
        await client.status(running, "running")
        status, _ = await client.refused("DELETE", f"/api/v1/jobs/{running}")
        assert status == 409
        status, _ = await client.refused("POST", f"/api/v1/jobs/{running}/retry")
        assert status == 409
        await client.json("DELETE", f"/api/v1/jobs/{ended}")
        status, _ = await client.refused("GET", f"/api/v1/jobs/{ended}")
        assert status == 404
        await client.json("DELETE", "/api/v1/history")
        assert (await client.get(f"/api/v1/jobs/{running}"))["status"] == "running"
        notes().gate("gate").set()
        await client.ended(running)
        await client.json("DELETE", "/api/v1/history")
        assert (await client.get("/api/v1/jobs"))["total"] == 0

    serve(place, main)


def test_history_and_the_paused_queue_outlive_the_server(place: Place) -> None:
    async def before(client: Client) -> None:
        await client.ended(await submit(client, chain(3), id="ended"))
        await client.post("/api/v1/queue/pause")
        await submit(client, chain(4), id="waits")

    async def after(client: Client) -> None:
        assert (await client.get("/api/v1/jobs/ended"))["status"] == "done"
        assert (await client.get("/api/v1/jobs/waits"))["position"] == 0
        assert (await client.get("/api/v1/queue"))["paused"] is True
        await client.post("/api/v1/queue/resume")
        assert (await client.ended("waits"))["cached"] == ["0", "1"]

    serve(place, before)
    serve(place, after)


# Graphs


def test_a_graph_is_checked_without_being_run(place: Place) -> None:
    async def main(client: Client) -> None:
        found = await client.post("/api/v1/validate", {"prompt": chain(3)})
        assert found == {
            "valid": True,
            "problems": [],
            "notes": [],
            "sinks": ["2"],
            "runnable": ["2"],
        }
        prompt = chain(3) | {"x": entry("Clamp", value=99), "y": entry("Show", value=link("x"))}
        found = await client.post("/api/v1/validate", {"prompt": prompt})
        assert (found["valid"], found["runnable"]) == (False, ["2"])
        assert [p["code"] for p in found["problems"]] == ["out_of_range"]
        found = await client.post("/api/v1/validate", {"prompt": {}})
        assert (found["valid"], found["runnable"]) == (False, [])
        assert notes().CALLS == []
        status, body = await client.refused(
            "POST", "/api/v1/convert", json={"workflow": {"nodes": 1}}
        )
        assert (status, body["error"]["type"]) == (400, "bad_workflow")

    serve(place, main)


def test_a_plan_tells_what_would_run_and_runs_nothing(place: Place) -> None:
    async def main(client: Client) -> None:
        await client.ended(await submit(client, chain(4)))
        calls = len(notes().CALLS)
        prompt = chain(4)
        prompt["2"]["inputs"]["b"] = 5
        found = await client.post("/api/v1/plan", {"prompt": prompt})
        assert {node["node"]: node["state"] for node in found["nodes"]} == {
            "0": "known",
            "1": "known",
            "2": "runs",
            "3": "depends",
        }
        assert (found["known"], found["runs"], found["depends"]) == (2, 1, 1)
        runs = next(node for node in found["nodes"] if node["node"] == "2")
        assert (runs["reason"], runs["calls"], runs["class_type"]) == ("input b changed", 1, "Add")
        assert found["seconds"] is not None
        assert runs["seconds"] is not None
        records = (await client.get("/api/v1/cache"))["records"]
        assert found == await client.post("/api/v1/plan", {"prompt": prompt})
        assert (await client.get("/api/v1/cache"))["records"] == records
        assert len(notes().CALLS) == calls
        assert (await client.get("/api/v1/jobs"))["total"] == 1
        known = await client.post("/api/v1/plan", {"prompt": chain(4)})
        assert (known["runs"], known["depends"], known["seconds"]) == (0, 0, 0)

    serve(place, main)


# Nodes, engines, cache, workflows


def test_nodes_and_engines_are_described(place: Place) -> None:
    async def main(client: Client) -> None:
        nodes = (await client.get("/api/v1/nodes"))["nodes"]
        assert len(nodes) == len(client.serving.catalogue.nodes)
        found = (await client.get("/api/v1/nodes?text=TWO+numbers+adds&category=test"))["nodes"]
        assert [node["name"] for node in found] == ["Add"]
        assert (await client.get("/api/v1/nodes?category=tes"))["nodes"] == []
        add = await client.get("/api/v1/nodes/Add")
        assert [(port["name"], port["type"], port["default"]) for port in add["inputs"]] == [
            ("a", "INT", None),
            ("b", "INT", 1),
        ]
        clamp = await client.get("/api/v1/nodes/Clamp")
        widget = clamp["inputs"][0]["widget"]
        assert (widget["kind"], widget["min"], widget["max"]) == ("number", 0, 10)
        status, _ = await client.refused("GET", "/api/v1/nodes/Nothing")
        assert status == 404
        engines = (await client.get("/api/v1/engines"))["engines"]
        missing = [engine for engine in engines if not engine["available"]]
        assert missing
        assert all(engine["missing"] for engine in missing)
        assert {engine["node"] for engine in engines} == {"Multiply"}

    serve(place, main)


def test_the_cache_is_told_of_and_trimmed(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = {"1": entry("Tone", frames=40_000), "2": entry("Show", value=link("1"))}
        await client.ended(await submit(client, prompt))
        before = await client.get("/api/v1/cache")
        assert before["size_bytes"] > 160_000
        assert before["records"] == 2
        assert before["folder"] == str(place.folder / "cache")
        found = await client.post("/api/v1/cache/trim", {"limit_bytes": 1000})
        assert found == {"freed_bytes": before["size_bytes"], "size_bytes": 0}
        plan = await client.post("/api/v1/plan", {"prompt": prompt})
        assert plan["runs"] == 0  # its digest is known still
        status, _ = await client.refused("POST", "/api/v1/cache/trim", json={"limit_bytes": -1})
        assert status == 400

    serve(place, main)


def test_workflows_are_listed_and_read_by_name_only(place: Place) -> None:
    async def main(client: Client) -> None:
        listed = (await client.get("/api/v1/workflows"))["workflows"]
        assert ("shipped", "lofi-tape.json") in {(w["source"], w["name"]) for w in listed}
        found = await client.get("/api/v1/workflows/shipped/lofi-tape.json")
        assert "nodes" in found
        async with client.http.post(
            "/userdata/workflows%2Fmine%2Fa%20b.json", data=b'{"nodes": []}'
        ) as answer:
            assert answer.status == 200
        listed = (await client.get("/api/v1/workflows"))["workflows"]
        assert [w["name"] for w in listed if w["source"] == "saved"] == ["mine/a b.json"]
        assert await client.get("/api/v1/workflows/saved/mine/a%20b.json") == {"nodes": []}
        for path in ("shipped/no.json", "elsewhere/x.json"):
            status, _ = await client.refused("GET", f"/api/v1/workflows/{path}")
            assert status == 404
        for path in ("shipped/..%2Fpyproject.toml", "saved/%2Fetc%2Fpasswd"):
            status, _ = await client.refused("GET", f"/api/v1/workflows/{path}")
            assert status == 400

    serve(place, main)


# Files


def test_files_are_listed_newest_first_looked_at_and_deleted(place: Place) -> None:
    soundfile.write(place.folders.output / "tone.wav", np.zeros((4800, 2)), 48_000)
    (place.folders.output / "sub").mkdir()
    (place.folders.output / "sub" / "ä b.txt").write_text("hello")
    (place.folders.output / ".hidden").write_text("no")

    async def main(client: Client) -> None:
        page = await client.get("/api/v1/files/output")
        assert page["total"] == 2
        assert {file["name"] for file in page["files"]} == {"tone.wav", "sub/ä b.txt"}
        only = await client.get("/api/v1/files/output?kind=audio,image")
        assert [file["name"] for file in only["files"]] == ["tone.wav"]
        assert (await client.get("/api/v1/files/output?text=Ä"))["total"] == 1
        assert (await client.get("/api/v1/files/output?offset=2"))["files"] == []
        facts = await client.get("/api/v1/files/output/tone.wav")
        assert (facts["kind"], facts["channels"], facts["rate_hz"]) == ("audio", 2, 48_000)
        assert facts["seconds"] == pytest.approx(0.1)
        assert facts["carries"] == []
        for path in ("sub/%C3%A4%20b.txt", "sub%2F%C3%A4%20b.txt"):
            facts = await client.get(f"/api/v1/files/output/{path}")
            assert (facts["name"], facts["size_bytes"]) == ("sub/ä b.txt", 5)
        await client.json("DELETE", "/api/v1/files/output/sub/%C3%A4%20b.txt")
        assert not (place.folders.output / "sub" / "ä b.txt").exists()
        status, _ = await client.refused("DELETE", "/api/v1/files/output/sub")
        assert status == 404

    serve(place, main)


@pytest.mark.parametrize("what", ["files", "thumbnails", "peaks", "carried"])
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("output/..%2Fuser%2Fjobs.sqlite", 400), ("output/%2Fetc%2Fpasswd", 400),
        ("output/..%252Fx", 400), ("output/a%00.wav", 400), ("output/CON", 400),
        ("output/link.wav", 400), ("output/.part.wav", 400), ("nowhere/a.wav", 404),
        ("output/missing.wav", 404), ("output/" + "x" * 2_000, 400),
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_folders(
    place: Place, what: str, path: str, expected: int
) -> None:
    secret = place.folder / "secret.wav"
    soundfile.write(secret, np.zeros(100), 8_000)
    (place.folders.output / "link.wav").symlink_to(secret)
    (place.folders.output / ".part.wav").write_bytes(b"x")

    async def main(client: Client) -> None:
        status, _ = await client.refused("GET", f"/api/v1/{what}/{path}")
        assert status == expected

    serve(place, main)


def test_a_sound_has_a_waveform_and_a_picture_of_it(place: Place) -> None:
    samples = np.linspace(-1, 1, 8_000)
    soundfile.write(place.folders.output / "ramp.wav", samples, 8_000, subtype="FLOAT")

    async def main(client: Client) -> None:
        peaks = await client.get("/api/v1/peaks/output/ramp.wav?points=4")
        assert (peaks["seconds"], peaks["rate_hz"], peaks["channels"]) == (1.0, 8_000, 1)
        assert peaks["peaks"] == [
            [-1.0, pytest.approx(-0.5, abs=0.001)],
            [pytest.approx(-0.5, abs=0.001), pytest.approx(0.0, abs=0.001)],
            [pytest.approx(0.0, abs=0.001), pytest.approx(0.5, abs=0.001)],
            [pytest.approx(0.5, abs=0.001), 1.0],
        ]
        answer, data = await client.raw("GET", "/api/v1/thumbnails/output/ramp.wav?size=64")
        assert (answer.status, answer.content_type) == (200, "image/webp")
        assert data[8:12] == b"WEBP"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        # Written anew under the same name: not the old one from memory.
        soundfile.write(place.folders.output / "ramp.wav", samples[:80], 8_000, subtype="FLOAT")
        assert (await client.get("/api/v1/peaks/output/ramp.wav?points=1"))["seconds"] == 0.01

    serve(place, main)


def test_a_file_of_another_kind_has_no_waveform(place: Place) -> None:
    (place.folders.output / "text.txt").write_text("hello")
    (place.folders.output / "broken.wav").write_bytes(b"RIFF....WAVEnothing")
    (place.folders.output / "broken.png").write_bytes(b"\x89PNG nothing")

    async def main(client: Client) -> None:
        for what in ("peaks", "thumbnails"):
            for name in ("text.txt", "broken.wav", "broken.png"):
                status, _ = await client.refused("GET", f"/api/v1/{what}/output/{name}")
                assert status == 415, (what, name)
        status, _ = await client.refused("GET", "/api/v1/carried/output/broken.wav")
        assert status == 404

    serve(place, main)


@pytest.mark.parametrize(
    ("text", "status"),
    [('"\\ud800"', 415), ('{"1": "\\udc00"}', 415), ("{", 415), ("", 404), ('{"1": [NaN]}', 200)],
)
def test_what_a_picture_carries_is_given_as_json_or_not_at_all(
    place: Place, text: str, status: int
) -> None:
    said = PngInfo()
    said.add_text("prompt", text)
    Image.new("RGB", (2, 2)).save(place.folders.output / "a.png", pnginfo=said)

    async def main(client: Client) -> None:
        answer, data = await client.raw("GET", "/api/v1/carried/output/a.png")
        assert answer.status == status, data
        if status == 200:  # JSON has no NaN: ComfyUI writes it all the same
            assert json.loads(data) == {"prompt": {"1": [None]}, "workflow": None}

    serve(place, main)


# Events


async def events_in(stream: StreamReader) -> AsyncIterator[tuple[str, str, Any]]:
    """Id, name and data of each event of a stream."""
    facts: dict[str, str] = {}
    async for line in stream:
        text = line.decode().rstrip("\n")
        if not text:
            if "event" in facts:
                yield facts.get("id", ""), facts["event"], json.loads(facts["data"])
            facts = {}
        elif not text.startswith(":"):
            key, _, value = text.partition(": ")
            facts[key] = value


@asynccontextmanager
async def following(
    client: Client, query: str = "", **headers: str
) -> AsyncIterator[AsyncIterator[tuple[str, str, Any]]]:
    """The events of a stream."""
    async with client.http.get(f"/api/v1/events?{query}", headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        yield events_in(answer.content)


async def collect(
    stream: AsyncIterator[tuple[str, str, Any]], until_name: str
) -> list[tuple[str, str, Any]]:
    found = []
    async for event in stream:
        found.append(event)
        if event[1] == until_name:
            break
    return found


def test_the_stream_tells_what_happens_to_a_job_in_order(place: Place) -> None:
    async def main(client: Client) -> None:
        async with following(client) as stream:
            first = await anext(stream)
            assert (first[1], first[2]["running"], first[2]["waiting"]) == ("queue", [], 0)
            id_ = await submit(client, chain(3))
            found = [each for each in await collect(stream, "finished") if each[1] != "queue"]
            assert [(name, data.get("node")) for _, name, data in found] == [
                ("started", None),
                ("node_started", "0"),
                ("node_done", "0"),
                ("node_started", "1"),
                ("node_done", "1"),
                ("node_started", "2"),
                ("node_done", "2"),
                ("finished", None),
            ]
            assert {data["job"] for *_, data in found} == {id_}
            assert all(data["event"] == name for _, name, data in found)
            queue = await collect(stream, "queue")
            assert queue[-1][2]["running"] == []

    serve(place, main)


def test_a_stream_may_follow_one_job_or_one_client(place: Place) -> None:
    async def main(client: Client) -> None:
        await client.post("/api/v1/queue/pause")
        mine = await submit(client, chain(3), client="me")
        other = await submit(client, chain(4), client="you")
        async with (
            following(client, f"job={other}") as of_job,
            following(client, "client=me") as me,
        ):
            first = await anext(of_job)
            assert (first[1], first[2]["id"], first[2]["status"]) == ("job", other, "pending")
            await client.post("/api/v1/queue/resume")
            jobs = {data["job"] for _, name, data in await collect(of_job, "finished")
                    if name not in ("queue", "job")}  # fmt: skip
            assert jobs == {other}
            jobs = {data["job"] for _, name, data in await collect(me, "finished")
                    if name not in ("queue", "job")}  # fmt: skip
            assert jobs == {mine}
        async with following(client, f"job={other}") as stream:
            assert (await anext(stream))[2]["status"] == "done"
        status, _ = await client.refused("GET", "/api/v1/events?job=nobody")
        assert status == 404

    serve(place, main, jobs_at_once=1)


def test_a_client_that_comes_back_is_told_what_it_missed(place: Place) -> None:
    async def main(client: Client) -> None:
        async with following(client) as stream:
            first = await submit(client, chain(3))
            found = await collect(stream, "finished")
        last = found[-1][0]
        assert last
        second = await submit(client, chain(4))
        await client.ended(second)
        async with following(client, **{"Last-Event-ID": last}) as stream:
            missed = [each for each in await collect(stream, "finished") if each[1] != "queue"]
        assert {data["job"] for *_, data in missed} == {second} != {first}
        assert missed[0][1] == "started"
        for strange in ("0-1", "nonsense", f"{last.partition('-')[0]}-{'9' * 400}"):
            async with following(client, f"last_event_id={strange}") as stream:
                name = (await anext(stream))[1]
                assert name == ("queue" if strange.endswith("9") else "missed")

    serve(place, main)


def test_a_job_that_is_cancelled_while_it_waits_is_told_of(place: Place) -> None:
    async def main(client: Client) -> None:
        await client.post("/api/v1/queue/pause")
        id_ = await submit(client, chain(3))
        async with following(client, f"job={id_}") as stream:
            await client.post(f"/api/v1/jobs/{id_}/cancel")
            *_, last = await collect(stream, "finished")
            assert last[2]["status"] == "cancelled"

    serve(place, main)


def test_too_many_streams_are_refused_and_closed_ones_make_room(place: Place) -> None:
    async def main(client: Client) -> None:
        async with following(client), following(client):
            status, body = await client.refused("GET", "/api/v1/events")
            assert (status, body["error"]["type"]) == (429, "too_many")

        async def room() -> bool:
            async with client.http.get("/api/v1/events") as answer:
                return answer.status == 200

        await until(room)
        answer, _ = await client.raw("HEAD", "/api/v1/events")
        assert answer.status == 200

    serve(place, main, limits=Limits(sockets=2))


def test_the_server_stops_although_somebody_follows(place: Place) -> None:
    async def go() -> None:
        async with asyncio.timeout(20):
            async with place.server() as client:
                answer = await client.http.get("/api/v1/events")
                await answer.content.readline()
                await client.http.server.close()
                answer.close()

    asyncio.run(go())


def test_a_slow_reader_gets_the_latest_and_is_told_what_it_missed() -> None:
    listener = Listener("", "")
    listener.add(1, b"a")
    for step in range(1000):
        listener.add(("job", "node"), b"%d" % step)
    listener.add(2, b"b")
    assert listener.take() == b"a999b"
    assert listener.take() == b""
    for number in range(3):
        listener.add(number, b"x" * (600 << 10))
    assert listener.take().startswith(b"event: missed\ndata: {")
    listener.add(9, b"again")
    assert listener.take() == b"again"


def test_a_reader_that_takes_nothing_is_let_go(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchbay.api.v1.events._PATIENCE_SECONDS", 0.05)

    async def main(client: Client) -> None:
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", client.http.port))
        reader.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        feed = client.http.app[DESK].feed
        with reader:

            async def listens() -> bool:
                return len(feed) == 1

            async def has_left() -> bool:
                await client.ended(await submit(client, chain(2_000, start=len(notes().CALLS))))
                return len(feed) == 0

            await until(listens)
            await until(has_left)

    serve(place, main)


# Health and who may see what


def test_health_tells_a_stranger_only_that_the_server_is_there(place: Place) -> None:
    async def main(client: Client) -> None:
        access = client.serving.access
        for path in ("/health", "/api/health"):
            body = await client.get(path)
            assert set(body) == {"status", "version", "uptime_seconds"}
        token = access.make("guest", Role.VIEW)
        seen = await client.get("/health", headers={"Authorization": f"Bearer {token}"})
        assert (seen["status"], seen["running"], seen["waiting"]) == ("ok", [], 0)
        assert seen["models"] == []

    serve(place, main, hosts=("studio.example",), host="0.0.0.0")


def test_each_role_may_do_what_it_may(place: Place) -> None:
    async def main(client: Client) -> None:
        access = client.serving.access
        view, run, admin = (
            {"Authorization": f"Bearer {access.make(role.word, role)}"} for role in Role
        )
        status, _ = await client.refused("GET", "/api/v1/jobs")
        assert status == 401
        assert (await client.get("/api/v1/jobs", headers=view))["total"] == 0
        assert (await client.get("/api/v1/cache", headers=run))["folder"] is None
        assert (await client.get("/api/v1/cache", headers=admin))["folder"] is not None
        body = {"json": {"prompt": chain(3)}}
        status, _ = await client.refused("POST", "/api/v1/jobs", headers=view, **body)
        assert status == 403
        await client.json("POST", "/api/v1/jobs", headers=run, **body)
        for method, path in (
            ("GET", "/api/v1/settings/webhook-secret"),
            ("DELETE", "/api/v1/history"),
            ("POST", "/api/v1/cache/trim"),
        ):
            status, _ = await client.refused(method, path, headers=run)
            assert status == 403, path
        secret = await client.get("/api/v1/settings/webhook-secret", headers=admin)
        assert len(secret["secret"]) == 64

    serve(place, main, host="0.0.0.0")
