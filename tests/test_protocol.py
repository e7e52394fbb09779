"""ComfyUI's protocol as its clients see it: the golden files, and every route there is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from patchbay.packs import Catalogue
from tests.golden import conversation, registry
from tests.golden.requests import DRAWN, GOOD
from tests.listening import listen
from tests.machine import entry, link, notes
from tests.serving import Client, Place

Work = Callable[[Client], Awaitable[None]]


def spoken(folder: Path, catalogue: Catalogue, work: Work, **options: Any) -> None:
    """Does some work with a server of the test nodes."""
    notes().reset()

    async def main() -> None:
        async with Place(folder, catalogue).server(**options) as client:
            await work(client)

    asyncio.run(main())


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_what_clients_hear_and_are_answered_is_as_the_golden_files_say(prefix: str) -> None:
    found = {name: registry.text_of(value) for name, value in conversation.made(prefix).items()}
    kept = registry.read("protocol")
    assert found.keys() == kept.keys()
    changed = [name for name in kept if found[name] != kept[name]]
    assert not changed, "look at `python -m tests.golden protocol; git diff tests/golden`"


# Every route of the protocol, with what a frontend sends, and the status of the answer.
ROUTES: tuple[tuple[str, str, Any, int], ...] = (
    ("GET", "/prompt", None, 200),
    ("POST", "/prompt", {"prompt": GOOD}, 200),
    ("GET", "/queue", None, 200),
    ("POST", "/queue", {"clear": True}, 200),
    ("POST", "/interrupt", None, 200),
    ("POST", "/interrupt", {"prompt_id": "none"}, 200),
    ("POST", "/free", {"unload_models": True, "free_memory": True}, 200),
    ("GET", "/history", None, 200),
    ("GET", "/history?max_items=200", None, 200),
    ("GET", "/history/none", None, 200),
    ("POST", "/history", {"clear": True}, 200),
    ("GET", "/object_info", None, 200),
    ("GET", "/object_info/Number", None, 200),
    ("GET", "/system_stats", None, 200),
    ("GET", "/features", None, 200),
    ("GET", "/embeddings", None, 200),
    ("GET", "/models", None, 200),
    ("GET", "/models/checkpoints", None, 200),
    ("GET", "/models/nonsense", None, 404),
    ("GET", "/experiment/models", None, 200),
    ("GET", "/experiment/models/loras", None, 200),
    ("GET", "/experiment/models/preview/loras/0/a.safetensors", None, 404),
    ("GET", "/view_metadata/loras?filename=a.safetensors", None, 404),
    ("GET", "/extensions", None, 200),
    ("GET", "/users", None, 200),
    ("POST", "/users", {"username": "me"}, 400),
    ("GET", "/settings", None, 200),
    ("POST", "/settings", {"Comfy.ColorPalette": "dark"}, 200),
    ("GET", "/settings/Comfy.ColorPalette", None, 200),
    ("POST", "/settings/Comfy.ColorPalette", "light", 200),
    ("GET", "/userdata?dir=none", None, 404),
    ("POST", "/userdata/workflows%2Fa.json?overwrite=true", {"nodes": []}, 200),
    ("GET", "/userdata?dir=workflows&recurse=true&split=false&full_info=true", None, 200),
    ("GET", "/v2/userdata?path=workflows", None, 200),
    ("GET", "/userdata/workflows%2Fa.json", None, 200),
    ("POST", "/userdata/workflows%2Fa.json/move/workflows%2Fb.json", None, 200),
    ("DELETE", "/userdata/workflows%2Fb.json", None, 204),
    ("GET", "/userdata/user.css", None, 404),
    ("GET", "/i18n", None, 200),
    ("GET", "/workflow_templates", None, 200),
    ("GET", "/global_subgraphs", None, 200),
    ("GET", "/jobs?status=pending,in_progress&limit=200&offset=0", None, 200),
    ("GET", "/jobs?status=unheard", None, 400),
    ("GET", "/jobs/none", None, 404),
    ("GET", "/view?type=input&filename=none.png&subfolder=", None, 404),
    ("GET", "/view", None, 404),
    ("POST", "/upload/image", None, 400),
    ("POST", "/upload/mask", None, 400),
    ("GET", "/ws", None, 400),
)
# Those that are not also below /api.
PLAIN: tuple[tuple[str, str, Any, int], ...] = (
    ("GET", "/", None, 200),
    ("GET", "/user.css", None, 200),
    ("GET", "/extensions/none/a.js", None, 404),
    ("GET", "/internal/logs", None, 200),
    ("GET", "/internal/logs/raw", None, 200),
    ("PATCH", "/internal/logs/subscribe", {"clientId": "me", "enabled": True}, 200),
    ("GET", "/internal/folder_paths", None, 200),
    ("GET", "/internal/files/input", None, 200),
    ("GET", "/internal/files/output", None, 200),
    ("GET", "/internal/files/temp", None, 200),
    ("GET", "/internal/files/nonsense", None, 400),
)


def test_every_route_is_there_with_and_without_its_prefix(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        for prefix in ("", "/api"):
            for method, path, body, expected in ROUTES if prefix else (*ROUTES, *PLAIN):
                data = None if body is None else json.dumps(body).encode()
                answer, found = await client.raw(method, prefix + path, data=data)
                assert answer.status == expected, (method, prefix + path, found)
                if expected >= 400:
                    assert set(json.loads(found)["error"]) == {
                        "type", "message", "details", "extra_info",
                    }, path  # fmt: skip

    spoken(tmp_path, catalogue, work)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_an_unknown_route_is_answered_in_json(
    tmp_path: Path, catalogue: Catalogue, method: str
) -> None:
    async def work(client: Client) -> None:
        for path in ("/api/nothing", "/api", "/api/", "/api/prompt/3", "/api/api/prompt"):
            status, body = await client.refused(method, path)
            assert (status, body["error"]["type"]) == (404, "not_found"), path
            assert body["node_errors"] == {}

    spoken(tmp_path, catalogue, work)


def test_the_facts_of_the_system_have_the_protocols_names(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        stats = await client.get("/system_stats")
        assert set(stats["system"]) == {
            "os", "ram_total", "ram_free", "comfyui_version", "required_frontend_version",
            "installed_templates_version", "required_templates_version", "python_version",
            "pytorch_version", "embedded_python", "argv", "patchbay_version",
        }  # fmt: skip
        assert set(stats["devices"][0]) == {
            "name", "type", "index", "vram_total", "vram_free", "torch_vram_total",
            "torch_vram_free",
        }  # fmt: skip
        features = await client.get("/features")
        assert features["supports_preview_metadata"] is True
        assert features["max_upload_size"] == client.serving.options.limits.upload_bytes

    spoken(tmp_path, catalogue, work)


def test_a_body_is_json_whatever_its_content_type_says(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        body = json.dumps({"prompt": GOOD}).encode()
        for kind in ("application/x-www-form-urlencoded", "text/plain", "image/png"):
            answer, _ = await client.raw(
                "POST", "/prompt", data=body, headers={"Content-Type": kind}
            )
            assert answer.status == 200

    spoken(tmp_path, catalogue, work)


def test_a_saved_workflow_is_run_and_kept_with_the_job(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        for body in ({"workflow": DRAWN}, {"prompt": DRAWN}):
            id_ = (await client.post("/prompt", body))["prompt_id"]
            await client.ended(id_)
            _, _, prompt, extra, targets = (await client.get(f"/history/{id_}"))[id_]["prompt"]
            assert prompt["1"]["class_type"] == "Number"
            assert prompt["1"]["inputs"] == {"value": 5}
            assert prompt["2"]["inputs"] == {"value": ["1", 0]}
            assert targets == ["2"]
            assert extra["extra_pnginfo"]["workflow"] == DRAWN
            found = await client.get(f"/jobs/{id_}")
            assert found["workflow_id"] == DRAWN["id"]

    spoken(tmp_path, catalogue, work)


def test_smaller_numbers_run_first_and_front_comes_before_all(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        held = {"1": entry("HoldAsync", value=1), "2": entry("Show", value=link("1"))}
        await client.post("/prompt", {"prompt": held, "prompt_id": "held"})
        others: dict[str, dict[str, Any]] = {
            "second": {"number": 2.5},
            "last": {},
            "first": {"front": True},
            "mine": {"number": 2},
        }
        for id_, more in others.items():
            await client.post("/prompt", {"prompt": GOOD, "prompt_id": id_, **more})
        queue = await client.get("/queue")
        assert [item[1] for item in queue["queue_running"]] == ["held"]
        assert [item[1] for item in queue["queue_pending"]] == ["first", "mine", "second", "last"]
        assert [type(item[0]) for item in queue["queue_pending"]] == [int, int, float, int]
        assert queue["queue_pending"][0][0] < 0
        notes().gate("gate").set()
        await client.ended("last")

    spoken(tmp_path, catalogue, work, jobs_at_once=1)


def test_secrets_reach_neither_the_queue_nor_the_history(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        held = {"1": entry("HoldAsync", value=1), "2": entry("Show", value=link("1"))}
        extra = {"api_key_comfy_org": "hush", "auth_token_comfy_org": "hush", "kept": 1}
        await client.post("/prompt", {"prompt": held, "prompt_id": "a", "extra_data": extra})
        await client.status("a", "running")
        seen = [await client.get("/queue"), await client.get("/jobs/a")]
        notes().gate("gate").set()
        await client.ended("a")
        seen += [await client.get("/history"), await client.get("/jobs")]
        assert '"kept"' in json.dumps(seen)
        assert "hush" not in json.dumps(seen)

    spoken(tmp_path, catalogue, work)


def test_interrupting_another_job_than_the_one_that_runs_does_nothing(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        held = {"1": entry("HoldAsync", value=1), "2": entry("Show", value=link("1"))}
        await client.post("/prompt", {"prompt": held, "prompt_id": "a"})
        await client.status("a", "running")
        for body in ({"prompt_id": "b"}, {"prompt_id": 7}, {"prompt_id": ["a"]}):
            assert (await client.raw("POST", "/interrupt", json=body))[0].status == 200
        notes().gate("gate").set()
        assert (await client.ended("a"))["status"] == "done"

    spoken(tmp_path, catalogue, work)


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b"[]", b'{"prompt_id": null}'])
def test_an_interrupt_that_names_no_job_ends_all_that_run_and_none_that_waits(
    tmp_path: Path, catalogue: Catalogue, body: bytes
) -> None:
    async def work(client: Client) -> None:
        for id_ in ("a", "b", "c"):
            held = {"1": entry("HoldAsync", value=1, at=id_), "2": entry("Show", value=link("1"))}
            await client.post("/prompt", {"prompt": held, "prompt_id": id_})
        await client.status("b", "running")
        assert (await client.raw("POST", "/interrupt", data=body))[0].status == 200
        assert [(await client.ended(id_))["status"] for id_ in ("a", "b")] == ["cancelled"] * 2
        notes().gate("c").set()
        assert (await client.ended("c"))["status"] == "done"

    spoken(tmp_path, catalogue, work, jobs_at_once=2)


def test_the_history_is_paged_as_the_protocol_says(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        ids = [f"job {number}" for number in range(5)]
        for id_ in ids:
            await client.post("/prompt", {"prompt": GOOD, "prompt_id": id_})
            await client.ended(id_)
        for query, expected in {
            "": ids,
            "?max_items=2": ids[3:],
            "?max_items=0": [],
            "?max_items=2&offset=0": ids[:2],
            "?max_items=2&offset=3": ids[3:],
            "?offset=4": ids[4:],
            "?max_items=2&offset=5": [],
            "?offset=-1": ids,
        }.items():
            assert list(await client.get(f"/history{query}")) == expected, query
        for query in ("?max_items=two", "?offset=1.5"):
            assert (await client.refused("GET", f"/history{query}"))[0] == 400
        await client.raw("POST", "/history", json={"delete": [ids[1], "never was"]})
        assert list(await client.get("/history")) == [ids[0], *ids[2:]]
        await client.raw("POST", "/history", json={"clear": True})
        assert await client.get("/history") == {}

    spoken(tmp_path, catalogue, work)


def test_a_traceback_is_told_only_where_it_was_asked_for(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    prompt = {"1": entry("Fail", value=1), "2": entry("Show", value=link("1"))}
    for debug in (False, True):

        async def work(client: Client, debug: bool = debug) -> None:
            listener = await listen(client, "me")
            await client.post("/prompt", {"prompt": prompt, "prompt_id": "a", "client_id": "me"})
            heard = await listener.until_end("a")
            told = next(each["data"] for each in heard if each["type"] == "execution_error")
            kept = (await client.get("/history/a"))["a"]["status"]["messages"][-1][1]
            for error in (told, kept):
                assert bool(error["traceback"]) is debug
                assert all(isinstance(line, str) for line in error["traceback"])
                assert error["exception_type"] == "node_failed"

        spoken(tmp_path / str(debug), catalogue, work, debug=debug)
