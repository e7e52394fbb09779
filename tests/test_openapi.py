"""The OpenAPI document says what the server does, no more and no less."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from patchbay import tags
from patchbay.api.v1 import openapi
from patchbay.api.v1.operations import PREFIX, Operation, errors_of
from patchbay.api.v1.routes import operations
from patchbay.packs import Catalogue
from tests.machine import chain, entry, link, notes
from tests.serving import Client, Place

OPERATIONS = operations()
DOCUMENT = openapi.document(OPERATIONS)


def walk(value: Any) -> list[dict[str, Any]]:
    """Every object inside."""
    found = []
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            found.append(each)
            pending += each.values()
        elif isinstance(each, list):
            pending += each
    return found


def described(operation: Operation[Any]) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][operation.template][operation.method.lower()]
    return found


def test_the_document_has_every_route_and_no_other(tmp_path: Path, catalogue: Catalogue) -> None:
    async def main() -> set[tuple[str, str]]:
        async with Place(tmp_path, catalogue).server() as client:
            app = client.http.app
            assert app is not None
            return {
                (route.method, route.resource.canonical)
                for route in app.router.routes()
                if route.resource is not None and route.resource.canonical.startswith(PREFIX)
                if route.method != "HEAD"
            }

    told = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    assert asyncio.run(main()) == told


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    used = {found["$ref"] for found in walk(DOCUMENT) if "$ref" in found}
    assert {ref.removeprefix("#/components/schemas/") for ref in used} == set(schemas)


def test_every_operation_has_a_name_of_its_own_and_words() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert sorted(names) == sorted(set(names))
    for operation in OPERATIONS:
        facts = described(operation)
        assert re.fullmatch(r"[A-Z][^\n]{5,120}[^.]", facts["summary"]), facts["summary"]
        assert facts["tags"][0] in {tag["name"] for tag in DOCUMENT["tags"]}
        places = {p["name"] for p in facts.get("parameters", []) if p["in"] == "path"}
        assert places == set(re.findall(r"\{(\w+)\}", operation.template))
        assert set(facts["responses"]) == {
            str(operation.status),
            *(str(status) for status in errors_of(operation)),
        }


def test_every_schema_says_what_it_is() -> None:
    for name, facts in DOCUMENT["components"]["schemas"].items():
        assert facts.get("description"), name


def test_the_document_is_valid_openapi() -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(DOCUMENT)


def test_all_answers_are_as_the_document_says(tmp_path: Path, catalogue: Catalogue) -> None:
    """A tour of all operations, each answer held against its schema."""
    jsonschema = pytest.importorskip("jsonschema")
    notes().reset()
    place = Place(tmp_path, catalogue)
    for name in ("tone.wav", "told.wav"):
        soundfile.write(place.folders.output / name, np.zeros(800), 8_000)
    tags.write(place.folders.output / "told.wav", {"prompt": "{}"})
    Image.new("RGB", (3, 2)).save(place.folders.output / "dot.png")
    toured: set[str] = set()

    def check(operation: Operation[Any], status: int, content_type: str, data: Any) -> None:
        facts = described(operation)["responses"][str(status)]
        content = facts.get("content", {})
        assert content_type in content or (status == 204 and not content), (operation.name, status)
        schema = content.get(content_type, {}).get("schema")
        if schema and content_type == "application/json":
            whole = {**schema, "components": DOCUMENT["components"]}
            jsonschema.Draft202012Validator(whole).validate(data)
        if status < 400:
            toured.add(operation.name)

    async def main() -> None:
        async with place.server() as client:
            await client.post("/userdata/workflows%2Fkept.json", {"nodes": []})
            for name, status, path, body in tour():
                operation = next(each for each in OPERATIONS if each.name == name)
                how = {} if body is None else {"json": body}
                async with client.http.request(operation.method, path, **how) as answer:
                    json = answer.content_type == "application/json"
                    if answer.content_type == "text/event-stream":
                        data: Any = await answer.content.readany()
                    else:
                        data = await answer.json() if json else await answer.read()
                    assert answer.status == status, (name, data)
                    check(operation, status, answer.content_type, data)
                await _settle(client, path)

    asyncio.run(main())
    assert toured == {operation.name for operation in OPERATIONS}


async def _settle(client: Client, path: str) -> None:
    """Waits for what was just ordered, unless the queue is paused; a node that is to be heard at
    work is let go on once it was."""
    if path.endswith("/jobs?growing"):
        await notes().stay_at("grown 1")
    if path.endswith("/previews/1"):
        notes().gate("grow 1").set()
    queue = client.serving.queue
    while len(queue) and not queue.paused and path.endswith(("/jobs", "/retry", "/resume")):
        await asyncio.sleep(0.002)


def tour() -> list[tuple[str, int, str, Any]]:
    """Operation, expected status, path and body of each request."""
    api = PREFIX
    bad = {"prompt": {"1": {"class_type": "Nowhere"}}}
    growing = {"1": entry("Grow", seconds=1), "2": entry("ListenTo", audio=link("1"))}
    return [
        ("get_root", 200, api, None),
        ("get_openapi", 200, f"{api}/openapi.json", None),
        ("submit_job", 201, f"{api}/jobs", {"prompt": chain(4), "id": "one"}),
        ("submit_job", 400, f"{api}/jobs", bad),
        ("submit_job", 400, f"{api}/jobs", {"nonsense": 1}),
        ("submit_job", 409, f"{api}/jobs", {"prompt": chain(4), "id": "one"}),
        ("get_job", 200, f"{api}/jobs/one", None),
        ("get_job", 404, f"{api}/jobs/none", None),
        ("list_jobs", 200, f"{api}/jobs", None),
        ("list_jobs", 400, f"{api}/jobs?limit=0", None),
        ("get_job_prompt", 200, f"{api}/jobs/one/prompt", None),
        ("get_job_workflow", 200, f"{api}/jobs/one/workflow", None),
        ("retry_job", 201, f"{api}/jobs/one/retry", None),
        ("submit_job", 201, f"{api}/jobs?growing", {"prompt": growing, "id": "sung"}),
        ("get_preview", 404, f"{api}/jobs/sung/previews/2", None),
        ("get_preview", 200, f"{api}/jobs/sung/previews/1", None),
        ("cancel_job", 409, f"{api}/jobs/one/cancel", None),
        ("pause_queue", 200, f"{api}/queue/pause", None),
        ("submit_job", 201, f"{api}/jobs", {"prompt": chain(5), "id": "two"}),
        ("submit_job", 201, f"{api}/jobs", {"prompt": chain(5), "id": "three"}),
        ("get_queue", 200, f"{api}/queue", None),
        ("retry_job", 409, f"{api}/jobs/two/retry", None),
        ("forget_job", 409, f"{api}/jobs/two", None),
        ("pause_job", 200, f"{api}/jobs/two/pause", None),
        ("resume_job", 200, f"{api}/jobs/two/resume", None),
        ("move_to_front", 200, f"{api}/jobs/three/front", None),
        ("change_job", 200, f"{api}/jobs/three", {"priority": 4, "title": "t"}),
        ("change_job", 409, f"{api}/jobs/one", {"priority": 4}),
        ("cancel_job", 200, f"{api}/jobs/two/cancel", None),
        ("cancel_jobs", 200, f"{api}/jobs/cancel", {}),
        ("resume_queue", 200, f"{api}/queue/resume", None),
        ("follow_events", 200, f"{api}/events", None),
        ("follow_events", 404, f"{api}/events?job=none", None),
        ("validate", 200, f"{api}/validate", bad),
        ("plan", 200, f"{api}/plan", {"prompt": chain(6)}),
        ("plan", 400, f"{api}/plan", bad),
        ("convert", 200, f"{api}/convert", {"prompt": chain(3)}),
        ("list_nodes", 200, f"{api}/nodes", None),
        ("get_node", 200, f"{api}/nodes/Multiply", None),
        ("get_node", 404, f"{api}/nodes/None", None),
        ("list_engines", 200, f"{api}/engines", None),
        ("get_cache", 200, f"{api}/cache", None),
        ("trim_cache", 200, f"{api}/cache/trim", {"limit_bytes": 0}),
        ("list_workflows", 200, f"{api}/workflows", None),
        ("get_workflow", 200, f"{api}/workflows/shipped/lofi-tape.json", None),
        ("get_workflow_picture", 200, f"{api}/workflows/shipped/lofi-tape.json/picture", None),
        ("get_specs", 200, f"{api}/specs", None),
        ("open_file", 200, f"{api}/open", chain(3)),
        ("open_file", 400, f"{api}/open", {}),
        ("keep_draft", 200, f"{api}/drafts/tab", {"workflow": {"nodes": []}, "name": "a.json"}),
        ("keep_draft", 400, f"{api}/drafts/tab", {"workflow": []}),
        ("list_drafts", 200, f"{api}/drafts", None),
        ("get_draft", 200, f"{api}/drafts/tab", None),
        ("list_draft_versions", 200, f"{api}/drafts/tab/versions", None),
        ("get_draft_version", 200, f"{api}/drafts/tab/versions/1", None),
        ("get_draft_version", 404, f"{api}/drafts/tab/versions/2", None),
        ("forget_draft", 204, f"{api}/drafts/tab", None),
        ("get_draft", 404, f"{api}/drafts/tab", None),
        ("list_histories", 200, f"{api}/versions", None),
        ("list_versions", 200, f"{api}/versions/kept.json", None),
        ("get_version", 200, f"{api}/versions/kept.json/1", None),
        ("get_version", 404, f"{api}/versions/kept.json/2", None),
        ("get_tile_facts", 200, f"{api}/tiles/output/dot.png", None),
        ("get_tile", 200, f"{api}/tiles/output/dot.png/0/0/0", None),
        ("get_tile", 404, f"{api}/tiles/output/dot.png/1/0/0", None),
        ("get_tile", 415, f"{api}/tiles/output/tone.wav/0/0/0", None),
        ("list_files", 200, f"{api}/files/output", None),
        ("list_files", 404, f"{api}/files/elsewhere", None),
        ("get_file", 200, f"{api}/files/output/tone.wav", None),
        ("get_thumbnail", 200, f"{api}/thumbnails/output/tone.wav", None),
        ("get_peaks", 200, f"{api}/peaks/output/tone.wav", None),
        ("get_carried", 404, f"{api}/carried/output/tone.wav", None),
        ("get_carried", 200, f"{api}/carried/output/told.wav", None),
        ("delete_file", 204, f"{api}/files/output/tone.wav", None),
        ("get_webhook_secret", 200, f"{api}/settings/webhook-secret", None),
        ("renew_webhook_secret", 200, f"{api}/settings/webhook-secret", None),
        ("forget_job", 204, f"{api}/jobs/one", None),
        ("clear_history", 204, f"{api}/history", None),
    ]


def test_the_page_runs_no_script_but_its_own(tmp_path: Path, catalogue: Catalogue) -> None:
    async def main() -> None:
        async with Place(tmp_path, catalogue).server() as client:
            answer, page = await client.raw("GET", "/docs")
            assert answer.content_type == "text/html"
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert re.findall(rb"<script[^>]*>", page) == [
                b'<script src="/docs/api.js" type="module">'
            ]
            assert not re.findall(rb"https?://|\son\w+=|<style", page)
            for path, kind in (("/docs/api.js", "text/javascript"), ("/docs/api.css", "text/css")):
                answer, data = await client.raw("GET", path)
                assert (answer.status, answer.content_type) == (200, kind)
                assert not re.findall(rb"https?://|innerHTML|eval\(", data)

    asyncio.run(main())


def test_the_other_routes_are_listed_once_each(tmp_path: Path, catalogue: Catalogue) -> None:
    async def main() -> list[dict[str, str]]:
        async with Place(tmp_path, catalogue).server() as client:
            found = await client.get(f"{PREFIX}/openapi.json")
            routes: list[dict[str, str]] = found["x-routes"]
            return routes

    listed = [(route["method"], route["path"]) for route in asyncio.run(main())]
    assert len(listed) == len(set(listed))
    assert {("POST", "/prompt"), ("GET", "/queue"), ("GET", "/health")} <= set(listed)
    assert not any(path.startswith("/api") for _, path in listed)
