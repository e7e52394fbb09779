"""What the editor asks of the server: all nodes at once, files opened, nothing ever lost."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from yarl import URL

from patchbay import packs, tags
from patchbay.api import saving, versions
from patchbay.api.serving import Limits
from patchbay.api.v1 import drafts
from patchbay.api.versions import History
from patchbay.commands import browser
from patchbay.litegraph import about, picture
from patchbay.packs import Catalogue
from tests.golden import openapi
from tests.machine import catalogue_of
from tests.serving import Client, Place

ROOT = Path(__file__).parent.parent
WORKFLOWS = Path(__file__).parent / "workflows"
Main = Callable[[Client], Coroutine[Any, Any, None]]
Json = dict[str, Any]

NODES = """
from pathlib import Path
from typing import Annotated
from patchbay import Audio, Engine, Many, Number, Seed, node

def lacks():
    return None if Path({flag!r}).exists() else "the weights are missing: get them"

@node(category="test", aliases=("Sine",), renamed={{"pitch": "frequency"}})
def tone(frequency: Annotated[float, Number(20, 20_000)] = 440.0, seed: Seed = 0) -> Audio:
    "A tone."
    raise NotImplementedError

@node(category="test")
def gain(audio: Audio, db: Annotated[float, Number(-60, 24)] = 0.0) -> Audio:
    "Louder."
    raise NotImplementedError

@node(category="test", engines=(Engine("plain", "Plays.", print, "MIT", True, find=lacks),))
def play(engine: Engine, words: str = "") -> Audio:
    "Plays."
    raise NotImplementedError

@node(category="test", sink=True, deprecated="use another")
def save(audio: Audio, prefix: str = "x") -> None:
    "Saves."
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "nodes"
    folder.mkdir()
    (folder / "all.py").write_text(NODES.format(flag=str(tmp_path / "weights")))
    catalogue = catalogue_of(packs.load(folder))
    assert not catalogue.problems
    return Place(tmp_path, catalogue)


def serve(place: Place, main: Main, **options: Any) -> None:
    """Runs a coroutine against a server of its own."""

    async def go() -> None:
        async with place.server(**options) as client:
            await asyncio.wait_for(main(client), 120)

    asyncio.run(go())


def drawn(type_: str, *values: Any, id_: int = 1, **more: Any) -> Json:
    return {"id": id_, "type": type_, "widgets_values": list(values), **more}


def workflow_of(*nodes: Json, **more: Any) -> Json:
    return {"last_node_id": 9, "nodes": list(nodes), "links": [], "version": 0.4, **more}


PROMPT = {
    "3": {"class_type": "Tone", "inputs": {"frequency": 220.0, "seed": 3}},
    "7": {"class_type": "Save", "inputs": {"audio": ["3", 0], "prefix": "take"}},
}


async def opened(client: Client, data: bytes) -> Json:
    found: Json = await client.json("POST", "/api/v1/open", data=data)
    return found


async def refusal(client: Client, data: bytes) -> tuple[int, str]:
    status, body = await client.refused("POST", "/api/v1/open", data=data)
    message: str = body["error"]["message"]
    assert message[:1].islower() or message[:1] == "$", message
    return status, message


def widgets(node: Json) -> Any:
    return node["properties"]["patchbay"]["widgets"]


# All nodes at once


def test_all_nodes_come_in_one_answer_that_says_when_it_has_changed(place: Place) -> None:
    async def main(client: Client) -> None:
        answer, body = await client.raw("GET", "/api/v1/specs")
        specs = json.loads(body)
        nodes = {node["name"]: node for node in specs["nodes"]}
        assert list(nodes) == ["Gain", "Play", "Save", "Tone"]
        for name, node in nodes.items():
            assert node == await client.get(f"/api/v1/nodes/{name}")
        tone, play = nodes["Tone"], nodes["Play"]
        assert (tone["aliases"], tone["renamed"]) == (["Sine"], {"pitch": "frequency"})
        assert (tone["engine_input"], play["engine_input"]) == (None, "engine")
        assert nodes["Save"]["deprecated"] == "use another"
        (engine,) = play["engines"]
        assert (engine["licence"], engine["available"]) == ("MIT", False)
        tag = answer.headers["ETag"]
        asked = {"If-None-Match": tag}
        answer, body = await client.raw("GET", "/api/v1/specs", headers=asked)
        assert (answer.status, body, answer.headers["ETag"]) == (304, b"", tag)
        (place.folder / "weights").touch()
        answer, body = await client.raw("GET", "/api/v1/specs", headers=asked)
        assert (answer.status, answer.headers["ETag"] != tag) == (200, True)
        (play,) = (node for node in json.loads(body)["nodes"] if node["name"] == "Play")
        assert play["engines"][0]["available"] is True

    serve(place, main)


def test_all_nodes_come_packed_if_that_is_taken(place: Place) -> None:
    async def main(client: Client) -> None:
        get = client.http.session.get
        url = client.http.make_url("/api/v1/specs")
        bodies = {}
        for accepted, encoding in (("gzip", "gzip"), ("identity", None), ("gzip;q=0", None)):
            # aiohttp's client unpacks by itself, so that the length is what tells
            async with get(url, headers={"Accept-Encoding": accepted}) as answer:
                assert answer.headers.get("Content-Encoding") == encoding
                assert answer.headers["Vary"] == "Accept-Encoding"
                bodies[accepted] = await answer.read(), int(answer.headers["Content-Length"])
        assert len({body for body, _ in bodies.values()}) == 1
        body, length = bodies["gzip"]
        assert length == len(gzip.compress(body, 6)) < len(body) / 2

    serve(place, main)


def test_five_hundred_nodes_come_within_fifty_milliseconds(place: Place) -> None:
    spec = place.catalogue.specs["Play"]
    many = {f"Play{n:03}": replace(spec, name=f"Play{n:03}", doc=spec.doc * 60) for n in range(500)}
    place.catalogue = Catalogue((), many, ())

    async def main(client: Client) -> None:
        taken = []
        for _ in range(6):
            began = time.perf_counter()
            _, body = await client.raw("GET", "/api/v1/specs")
            taken.append(time.perf_counter() - began)
        assert len(json.loads(body)["nodes"]) == 500
        assert min(taken[1:]) < 0.05

    serve(place, main)


# Opening files


def test_a_workflow_is_opened_as_it_is_with_its_values_by_name(place: Place) -> None:
    tone = drawn("Tone", 330.5, 7, "randomize", color="#222", properties={"ver": "1"}, odd=[1.0])
    strange = drawn("Stranger", 1, "fixed", {"deep": None}, id_=2, properties={"cnr_id": "far"})
    note = drawn("MarkdownNote", "# words", id_=3)
    given = workflow_of(tone, strange, note, extra={"ds": {"scale": 0.7}}, floatingLinks=[])

    async def main(client: Client) -> None:
        found = await opened(client, json.dumps(given).encode())
        assert (found["source"], found["laid_out"]) == ("workflow", False)
        assert found["unknown"] == ["Stranger"]
        named = {"ver": "1", "patchbay": {"widgets": {"frequency": 330.5, "seed": 7}}}
        assert found["workflow"] == {
            **given,
            "nodes": [{**tone, "properties": named}, strange, note],
        }
        assert list(found["workflow"]) == list(given)  # the order of keys is kept too
        (problem,) = (note for note in found["notes"] if note["code"] == "unknown_node")
        assert (problem["node"], problem["details"]["packs"]) == ("2", [{"cnr_id": "far"}])
        again = await opened(client, json.dumps(found["workflow"]).encode())
        assert again["workflow"] == found["workflow"]

    serve(place, main)


@pytest.mark.parametrize(
    ("node", "more", "named"),
    [
        (drawn("Sine", 100, 7, "fixed"), {}, {"frequency": 100, "seed": 7}),
        (drawn("Tone"), {}, {}),
        ({"id": 1, "type": "Tone", "widgets_values": {"pitch": 5, "x": 1}}, {}, {"frequency": 5}),
        (
            drawn("Tone", 9, 9, "fixed", properties={"patchbay": {"widgets": {"pitch": 5}}}),
            {},
            {"frequency": 5},
        ),
        (
            drawn("Tone", 9, 8, "fixed", properties={"patchbay": {"widgets": {"frequency": 5}}}),
            {"extra": {"frontendVersion": "1.45"}},
            {"frequency": 9, "seed": 8},
        ),
        (drawn("Tone", 9, None, 8, "increment"), {}, {"frequency": 9, "seed": 8}),
        (drawn("Tone", 9, 2**64, "fixed"), {}, {"frequency": 9, "seed": 2**64}),
    ],
)
def test_values_are_named_whatever_form_they_have(
    place: Place, node: Json, more: Json, named: Json
) -> None:
    async def main(client: Client) -> None:
        found = await opened(client, json.dumps(workflow_of(node, **more)).encode())
        assert widgets(found["workflow"]["nodes"][0]) == named

    serve(place, main)


def test_a_seeds_control_is_told_where_its_place_does_not(place: Place) -> None:
    plain = drawn("Tone", 9, 8, "increment")
    surplus = drawn("Tone", 9, None, 8, "increment", id_=2)

    async def main(client: Client) -> None:
        found = await opened(client, json.dumps(workflow_of(plain, surplus)).encode())
        first, second = (n["properties"]["patchbay"] for n in found["workflow"]["nodes"])
        assert "controls" not in first
        assert second["controls"] == {"seed": "increment"}

    serve(place, main)


def test_values_in_subgraphs_and_of_their_instances_are_named(place: Place) -> None:
    given = json.loads((WORKFLOWS / "nested.json").read_text())

    async def main(client: Client) -> None:
        found = await opened(client, json.dumps(given).encode())
        assert found["unknown"] == ["Mix"]
        instance = found["workflow"]["nodes"][1]
        assert widgets(instance) == {"db": -12}
        outer, inner = found["workflow"]["definitions"]["subgraphs"]
        assert [widgets(node) for node in outer["nodes"][:2]] == [{"db": 2}, {"db": -3}]
        assert [widgets(n) for n in inner["nodes"]] == [
            {"db": 1.5}, {"db": 9}, {"frequency": 1, "seed": 2},
        ]  # fmt: skip
        assert outer["nodes"][2] == given["definitions"]["subgraphs"][0]["nodes"][2]
        prompts = [
            (await client.post("/api/v1/convert", {"workflow": each}))["prompt"]
            for each in (given, found["workflow"])
        ]
        assert prompts[0] == prompts[1]
        # ComfyUI's editor then changes the instance's value, by place: that is newer
        instance["widgets_values"] = [-20]
        found["workflow"]["extra"] = {"frontendVersion": "1.45"}
        changed = await opened(client, json.dumps(found["workflow"]).encode())
        assert widgets(changed["workflow"]["nodes"][1]) == {"db": -20}

    serve(place, main)


def test_every_form_of_workflow_opens_and_means_the_same_afterwards(place: Place) -> None:
    async def main(client: Client) -> None:
        for path in sorted(WORKFLOWS.glob("*.json")):
            given = json.loads(path.read_text())
            found = await opened(client, path.read_bytes())
            prompts = [
                (await client.post("/api/v1/convert", {"workflow": each}))["prompt"]
                for each in (given, found["workflow"])
            ]
            assert prompts[0] == prompts[1], path.name

    serve(place, main)


def test_a_prompt_is_drawn(place: Place) -> None:
    async def main(client: Client) -> None:
        body = {"prompt": PROMPT, "client_id": "x"}
        with_nan = json.dumps(
            PROMPT | {"9": {"class_type": "X", "inputs": {}, "is": [float("nan")]}}
        )
        for data in (json.dumps(PROMPT), json.dumps(body), "\ufeff " + with_nan):
            found = await opened(client, data.encode())
            assert (found["source"], found["laid_out"]) == ("prompt", True)
            tone, save = found["workflow"]["nodes"][:2]
            assert (tone["id"], save["id"]) == (3, 7)
            assert widgets(tone) == {"frequency": 220.0, "seed": 3}
            assert tone["pos"][0] + tone["size"][0] < save["pos"][0]
        assert found["unknown"] == ["X"]
        both = body | {
            "extra_data": {"extra_pnginfo": {"workflow": workflow_of(drawn("Save", "y"))}}
        }
        found = await opened(client, json.dumps(both).encode())
        assert (found["source"], found["laid_out"]) == ("workflow", False)

    serve(place, main)


def media(folder: Path, name: str, texts: dict[str, str]) -> bytes:
    """A file of this name's kind that carries texts as such files do."""
    path = folder / name
    kind = path.suffix
    if kind in (".wav", ".flac", ".mp3", ".ogg"):
        soundfile.write(path, np.zeros((800, 1)), 8_000)
        tags.write(path, texts)
    elif kind == ".png":
        info = PngInfo()
        for key, text in texts.items():
            info.add_itxt(key, text)
        Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    elif kind in (".webp", ".jpg"):
        exif = Image.Exif()
        for tag, (key, text) in zip((0x010F, 0x0110), texts.items(), strict=False):
            exif[tag] = f"{key}:{text}"
        Image.new("RGB", (8, 8)).save(path, exif=exif)
    else:
        options = {"movflags": "use_metadata_tags"} if kind == ".mp4" else {}
        codec = "libvpx" if kind == ".webm" else "mpeg4"
        with av.open(str(path), "w", options=options) as container:
            container.metadata.update(texts)
            stream: Any = container.add_stream(codec, rate=5)
            stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
            for packet in stream.encode(av.VideoFrame(16, 16, "yuv420p")):
                container.mux(packet)
            container.mux(stream.encode(None))
    return path.read_bytes()


KINDS = (
    "a.png",
    "a.webp",
    "a.jpg",
    "a.wav",
    "a.flac",
    "a.mp3",
    "a.ogg",
    "a.mp4",
    "a.webm",
    "a.mkv",
)


@pytest.mark.parametrize("name", KINDS)
def test_media_open_with_the_workflow_or_prompt_that_they_carry(
    place: Place, tmp_path: Path, name: str
) -> None:
    given = workflow_of(drawn("Tone", 330, 7, "fixed", title="Höhe"))
    texts = {"workflow": json.dumps(given, ensure_ascii=name.endswith((".webp", ".jpg")))}

    async def main(client: Client) -> None:
        both = texts | {"prompt": json.dumps(PROMPT)}
        found = await opened(client, media(tmp_path, name, both))
        assert (found["source"], found["laid_out"], found["notes"]) == ("media", False, [])
        assert found["workflow"]["nodes"][0]["title"] == "Höhe"
        assert widgets(found["workflow"]["nodes"][0]) == {"frequency": 330, "seed": 7}
        found = await opened(client, media(tmp_path, name, {"prompt": json.dumps(PROMPT)}))
        assert (found["source"], found["laid_out"]) == ("media", True)
        damaged = {"workflow": '{"nodes": [', "prompt": json.dumps(PROMPT)}
        found = await opened(client, media(tmp_path, name, damaged))
        assert (found["laid_out"], [n["code"] for n in found["notes"]]) == (True, ["bad_file"])
        status, message = await refusal(client, media(tmp_path, name, {}))
        assert (status, "neither a workflow nor a prompt" in message) == (415, True)
        status, message = await refusal(client, media(tmp_path, name, {"workflow": "{"}))
        assert (status, "the workflow in the file is damaged" in message) == (415, True)
        whole = media(tmp_path, name, texts)
        for end in range(0, len(whole), max(1, len(whole) // 12)):
            async with client.http.post("/api/v1/open", data=whole[:end]) as answer:
                assert answer.status in (200, 400, 415), end

    serve(place, main)
    assert list(place.folders.temp.iterdir()) == []


def test_a_comment_with_both_is_read_too(place: Place, tmp_path: Path) -> None:
    """As packs for films write it, and cameras' software for pictures."""
    comment = json.dumps(
        {"prompt": json.dumps(PROMPT), "workflow": workflow_of(drawn("Save", "y"))}
    )
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + comment.encode("utf-16-le")
    Image.new("RGB", (8, 8)).save(tmp_path / "b.jpg", exif=exif)

    async def main(client: Client) -> None:
        for data in (
            media(tmp_path, "a.mp4", {"comment": comment}),
            (tmp_path / "b.jpg").read_bytes(),
        ):
            found = await opened(client, data)
            assert (found["source"], found["workflow"]["nodes"][0]["type"]) == ("media", "Save")

    serve(place, main)


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 400, "the file is empty"),
        (b" \n\xef", 415, "no kind that carries"),
        (b'{"nodes": [', 400, "not JSON"),
        (b'{"a": 1}', 400, "no graph"),
        (b"[1, 2]", 400, "no graph"),
        (b'"text"', 400, "no graph"),
        (b'{"nodes": [5]}', 400, "$.nodes[0]"),
        (b'{"nodes": [{"id": 1}]}', 400, "$.nodes[0].type"),
        (b'{"nodes": [], "definitions": {"subgraphs": 5}}', 400, "$.definitions.subgraphs"),
        (b'{"1": {"class_type": 5}}', 400, "class_type"),
        (b"[" * 100_000, 400, "nested deeper"),
        (b'{"nodes":' + b"[" * 80 + b"]" * 80 + b"}", 400, "nested deeper"),
        (b"GIF89a", 415, "no kind that carries"),
        (b"\x00" * 100, 415, "no kind that carries"),
        (b"<html>", 415, "no kind that carries"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, 415, "neither"),
        (b"RIFF\xff\xff\xff\xffWEBPEXIF\xff\xff\xff\x7f", 415, "neither"),
        (b"\xff\xd8\xff\xe1\x00\x01", 415, "neither"),
        (b"\xff\xd8\xff\xe1\x00\x40Exif\0\0II*\0" + b"\xff" * 90, 415, "neither"),
        (b"fLaC" + b"\xff" * 90, 415, "neither"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_words(
    place: Place, data: bytes, status: int, words: str
) -> None:
    async def main(client: Client) -> None:
        found, message = await refusal(client, data)
        assert (found, words in message) == (status, True), message

    serve(place, main)


def test_odd_workflows_open_with_notes(place: Place) -> None:
    one, same = drawn("Tone", id_=1), drawn("Gain", id_=1)
    to_nowhere = {"name": "audio", "type": "AUDIO", "link": 99}
    odd = drawn("Save", "x", id_=4, mode=77, inputs=[to_nowhere])

    async def main(client: Client) -> None:
        found = await opened(client, json.dumps(workflow_of(one, same, odd)).encode())
        codes = {note["code"] for note in found["notes"]}
        assert {"duplicate_id", "unknown_mode", "link_to_nowhere"} <= codes
        assert [node["id"] for node in found["workflow"]["nodes"]] == [1, 1, 4]
        assert found["workflow"]["nodes"][2]["inputs"] == [to_nowhere]
        huge = (
            b'{"nodes": [{"id": 1, "type": "X", "n": 1e999, "i": 1'
            + b"0" * 30
            + b', "s": "\\ud800"}]}'
        )
        node = (await opened(client, huge))["workflow"]["nodes"][0]
        assert (node["n"], node["i"], node["s"]) == (None, 10**30, "\ud800")

    serve(place, main)


def test_large_files_are_refused_and_long_graphs_too(place: Place, tmp_path: Path) -> None:
    limits = Limits(body_bytes=2_000, upload_bytes=20_000, nodes=3)

    async def main(client: Client) -> None:
        text = json.dumps(workflow_of(drawn("Tone"), extra={"long": "x" * 3_000})).encode()
        status, message = await refusal(client, text)
        assert (status, "2000 is the most" in message) == (413, True)
        carries = media(tmp_path, "a.wav", {"workflow": text.decode()})
        assert 2_000 < len(carries) < 20_000
        assert (await opened(client, carries))["source"] == "media"
        status, message = await refusal(client, carries + bytes(20_000))
        assert (status, "20000 is the most" in message) == (413, True)
        four = workflow_of(*(drawn("Tone", id_=n) for n in range(4)))
        assert (await refusal(client, json.dumps(four).encode()))[0] == 413

    serve(place, main, limits=limits)
    assert list(place.folders.temp.iterdir()) == []


# Versions and locking


async def save(client: Client, name: str, content: Json, **headers: str) -> tuple[int, str]:
    """Saves a workflow as ComfyUI's clients do; the status and the new ETag."""
    path = "/userdata/" + f"workflows/{name}".replace("/", "%2F")
    data = json.dumps(content).encode()
    names = {key.replace("_", "-"): value for key, value in headers.items()}
    async with client.http.session.post(url_of(client, path), data=data, headers=names) as answer:
        return answer.status, answer.headers.get("ETag", "")


def url_of(client: Client, path: str) -> URL:
    """A path as it stands: nothing tidies it up on the way."""
    return URL(str(client.http.make_url("/")).rstrip("/") + path, encoded=True)


def test_the_last_fifty_different_versions_are_kept(place: Place) -> None:
    async def main(client: Client) -> None:
        for number in range(60):
            await save(client, "songs/a.json", workflow_of(drawn("Tone", number)))
        await save(client, "songs/a.json", workflow_of(drawn("Tone", 59)))
        found = (await client.get("/api/v1/versions/songs/a.json"))["versions"]
        assert [version["number"] for version in found] == list(range(60, 10, -1))
        assert {version["nodes"] for version in found} == {1}
        oldest = await client.get("/api/v1/versions/songs%2Fa.json/11")
        assert oldest == workflow_of(drawn("Tone", 10))
        # what comes again is the newest, and not there twice
        await save(client, "songs/a.json", workflow_of(drawn("Tone", 30)))
        again = (await client.get("/api/v1/versions/songs/a.json"))["versions"]
        assert [v["number"] for v in again] == [61, *(n for n in range(60, 10, -1) if n != 31)]
        assert again[0]["revision"] == next(v for v in found if v["number"] == 31)["revision"]
        assert (await client.refused("GET", "/api/v1/versions/songs/a.json/31"))[0] == 404
        assert (await client.refused("GET", "/api/v1/versions/other.json"))[0] == 404

    serve(place, main)


def test_a_version_that_came_from_elsewhere_is_kept_before_it_is_replaced(place: Place) -> None:
    async def main(client: Client) -> None:
        folder = client.serving.options.user_folder / "users" / "default" / "workflows"
        folder.mkdir(parents=True)
        (folder / "a.json").write_text('{"nodes": [], "by": "another program"}')
        await save(client, "a.json", workflow_of())
        assert len((await client.get("/api/v1/versions/a.json"))["versions"]) == 2
        first = await client.get("/api/v1/versions/a.json/1")
        assert first == {"nodes": [], "by": "another program"}

    serve(place, main)


def test_versions_outlive_the_workflow_and_follow_its_name(place: Place) -> None:
    async def main(client: Client) -> None:
        for number in (1, 2):
            await save(client, "a.json", workflow_of(drawn("Tone", number)))
        await save(client, "b.json", workflow_of(drawn("Tone", 9)))
        move = url_of(client, "/userdata/workflows%2Fa.json/move/workflows%2Fdeep%2Fc.json")
        async with client.http.session.post(move) as answer:
            assert answer.status == 200
        assert (await client.refused("GET", "/api/v1/versions/a.json"))[0] == 404
        found = await client.get("/api/v1/versions/deep/c.json")
        assert [version["number"] for version in found["versions"]] == [2, 1]
        move = url_of(client, "/userdata/workflows%2Fb.json/move/workflows%2Fdeep%2Fc.json")
        async with client.http.session.post(move) as answer:
            assert answer.status == 200
        found = await client.get("/api/v1/versions/deep/c.json")
        assert [version["number"] for version in found["versions"]] == [3, 2, 1]
        async with client.http.session.delete(
            url_of(client, "/userdata/workflows%2Fdeep%2Fc.json")
        ) as answer:
            assert answer.status == 204
        (entry,) = (await client.get("/api/v1/versions"))["workflows"]
        assert (entry["name"], entry["exists"], entry["versions"]) == ("deep/c.json", False, 3)
        assert await client.get("/api/v1/versions/deep/c.json/3") == workflow_of(drawn("Tone", 9))

    serve(place, main)


def test_only_workflows_have_versions(place: Place) -> None:
    async def main(client: Client) -> None:
        for path in ("workflows%2F.index.json", "workflows%2Fa.txt", "a.json", "user.css"):
            async with client.http.session.post(
                url_of(client, f"/userdata/{path}"), data=b"{}"
            ) as answer:
                assert answer.status == 200
        assert await client.get("/api/v1/versions") == {"workflows": []}

    serve(place, main)


@pytest.mark.parametrize(
    "name", ["../a.json", "..%2f..%2fa.json", "%2e%2e/a.json", "x/%2e%2e%2f/a.json", ".a.json",
             "..%5ca.json", "con.json", "a.json/../../1"]
)  # fmt: skip
def test_no_version_is_read_from_elsewhere(place: Place, name: str) -> None:
    async def main(client: Client) -> None:
        for path in (f"/api/v1/versions/{name}", f"/api/v1/versions/{name}/1"):
            async with client.http.session.get(url_of(client, path)) as answer:
                assert answer.status in (400, 404), path

    serve(place, main)


def test_versions_are_bounded_in_bytes_and_the_newest_is_always_kept(tmp_path: Path) -> None:
    history = History(tmp_path / "h", most_bytes=2_500)
    for size in (1_000, 1_001, 1_002, 9_000):
        history.keep(b"x" * size)
    assert [version.size_bytes for version in history.versions()] == [9_000]
    history.keep(b"y" * 100)
    history.keep(b"z" * 100)
    assert [version.number for version in history.versions()] == [6, 5]
    assert sorted(path.name[:8] for path in (tmp_path / "h").iterdir()) == ["00000005", "00000006"]


def test_a_full_disk_keeps_nobody_from_saving(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(self: History, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(versions.History, "keep", full)

    async def main(client: Client) -> None:
        assert (await save(client, "a.json", workflow_of()))[0] == 200
        stored = await client.get("/api/v1/workflows/saved/a.json")
        assert stored == workflow_of()

    serve(place, main)
    assert "no version of workflow 'a.json' could be kept" in caplog.text


def test_two_tabs_do_not_overwrite_each_other(place: Place) -> None:
    one, two, three = (workflow_of(drawn("Tone", n)) for n in (1, 2, 3))

    async def main(client: Client) -> None:
        url = url_of(client, "/userdata/workflows%2Fa.json")
        assert (await save(client, "a.json", one, If_None_Match="*"))[0] == 200
        assert (await save(client, "a.json", two, If_None_Match="*"))[0] == 409
        answer, body = await client.raw("GET", url.raw_path)
        tag = answer.headers["ETag"]
        assert json.loads(body) == one
        status, new = await save(client, "a.json", two, If_Match=tag)
        assert (status, new != tag) == (200, True)
        answer, _ = await client.raw("HEAD", url.raw_path)
        assert answer.headers["ETag"] == new
        # the other tab still has the first
        data = json.dumps(three).encode()
        async with client.http.session.post(url, data=data, headers={"If-Match": tag}) as answer:
            error = (await answer.json())["error"]
            assert (answer.status, error["type"]) == (409, "conflict")
            assert "saved by someone else" in error["message"]
            assert error["extra_info"]["revision"] == new.strip('"')
        assert await client.get("/api/v1/workflows/saved/a.json") == two
        for method, path in (
            ("DELETE", url), ("POST", url_of(client, f"{url.raw_path}/move/b.json")),
        ):  # fmt: skip
            async with client.http.session.request(
                method, path, headers={"If-Match": tag}
            ) as answer:
                assert answer.status == 409
        # who sends nothing writes as ever; who has the same content too
        assert (await save(client, "a.json", three))[0] == 200
        assert (await save(client, "a.json", two))[0] == 200
        assert (await save(client, "a.json", three, If_Match=f'"other", {new}'))[0] == 200
        assert (await save(client, "a.json", three, If_Match="*"))[0] == 200
        async with client.http.session.delete(url) as answer:
            assert answer.status == 204
        assert (await save(client, "a.json", three, If_Match=new))[0] == 409
        assert (await save(client, "a.json", three, If_Match="*"))[0] == 409

    serve(place, main)


def test_of_many_tabs_that_save_at_once_one_wins(place: Place) -> None:
    async def main(client: Client) -> None:
        _, tag = await save(client, "a.json", workflow_of())
        found = await asyncio.gather(
            *(
                save(client, "a.json", workflow_of(drawn("Tone", n)), If_Match=tag)
                for n in range(12)
            )
        )
        assert sorted(status for status, _ in found) == [200, *[409] * 11]

    serve(place, main)


def test_a_condition_is_as_the_header_says() -> None:
    condition = saving.Condition(("a", "b"))
    condition.check("x", "a")
    assert saving.Condition() == saving.Condition(None, absent=False)
    with pytest.raises(Exception, match="was renamed or removed"):
        condition.check("x", None)


# Drafts


def test_what_is_in_a_tab_survives_the_server(place: Place) -> None:
    body = {
        "workflow": workflow_of(drawn("Tone", 1)),
        "name": "a.json",
        "base": "abc",
        "title": "A",
    }

    async def first(client: Client) -> None:
        draft = await client.json("PUT", "/api/v1/drafts/tab-1", json=body)
        assert draft["nodes"] == 1
        assert (draft["id"], draft["name"], draft["base"]) == ("tab-1", "a.json", "abc")
        changed = body | {"workflow": workflow_of(drawn("Tone", 2), drawn("Gain", id_=2))}
        await client.json("PUT", "/api/v1/drafts/tab-1", json=changed)
        await client.json("PUT", "/api/v1/drafts/tab-2", json={"workflow": {}})

    async def second(client: Client) -> None:
        listed = (await client.get("/api/v1/drafts"))["drafts"]
        assert [draft["id"] for draft in listed] == ["tab-2", "tab-1"]
        draft = await client.get("/api/v1/drafts/tab-1")
        assert (draft["nodes"], draft["title"], draft["base"]) == (2, "A", "abc")
        assert draft["workflow"]["nodes"][0]["widgets_values"] == [2]
        found = (await client.get("/api/v1/drafts/tab-1/versions"))["versions"]
        assert [(version["number"], version["nodes"]) for version in found] == [(2, 2), (1, 1)]
        assert await client.get("/api/v1/drafts/tab-1/versions/1") == body["workflow"]
        await client.json("DELETE", "/api/v1/drafts/tab-1")
        for path in ("tab-1", "tab-1/versions", "tab-1/versions/1", "tab-2/versions/9"):
            assert (await client.refused("GET", f"/api/v1/drafts/{path}"))[0] == 404
        assert (await client.refused("DELETE", "/api/v1/drafts/tab-1"))[0] == 404
        assert (await client.get("/api/v1/workflows"))["workflows"][-1]["source"] == "shipped"

    serve(place, first)
    serve(place, second)


def test_a_draft_whose_facts_are_damaged_is_still_there(place: Place) -> None:
    async def main(client: Client) -> None:
        body = {"workflow": workflow_of(), "name": "a.json"}
        await client.json("PUT", "/api/v1/drafts/tab", json=body)
        folder = client.serving.options.user_folder / "drafts"
        (folder / "tab" / "draft.json").write_text("{")
        (folder / "stray").write_text("no draft")
        (draft,) = (await client.get("/api/v1/drafts"))["drafts"]
        assert (draft["id"], draft["name"]) == ("tab", "")

    serve(place, main)


def test_drafts_are_bounded_in_number(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_MOST", 3)

    async def main(client: Client) -> None:
        for number in range(5):
            body = {"workflow": workflow_of(drawn("Tone", number))}
            await client.json("PUT", f"/api/v1/drafts/tab{number}", json=body)
            folder = client.serving.options.user_folder / "drafts" / f"tab{number}"
            for path in folder.iterdir():  # the clock of the disk may be coarse
                os.utime(path, (1_000 + number, 1_000 + number))
        listed = (await client.get("/api/v1/drafts"))["drafts"]
        assert [draft["id"] for draft in listed] == ["tab4", "tab3", "tab2"]

    serve(place, main)


@pytest.mark.parametrize(
    "id_", [".x", "..", "a%2Fb", "a%5Cb", "%2e%2e%2fx", "a b", "é", "x" * 101, "con"]
)
def test_a_draft_has_a_plain_id(place: Place, id_: str) -> None:
    async def main(client: Client) -> None:
        url = url_of(client, f"/api/v1/drafts/{id_}")
        async with client.http.session.put(url, json={"workflow": {}}) as answer:
            assert answer.status in (400, 404, 405)
        folder = client.serving.options.user_folder / "drafts"
        assert not folder.exists() or not list(folder.iterdir())

    serve(place, main)


# Pictures of workflows


def test_the_gallery_has_titles_descriptions_and_pictures(place: Place) -> None:
    async def main(client: Client) -> None:
        note = drawn("Note", "**Take** it. It is `good`. " + "Long. " * 90)
        own = {"patchbay": {"title": "My <own> title", "description": "Mine."}}
        await save(client, "deep/my_first-song.json", workflow_of(note, drawn("Tone")))
        await save(client, "b.json", workflow_of(extra=own))
        (client.serving.options.user_folder / "users/default/workflows/broken.json").write_text("{")
        listed = {one["name"]: one for one in (await client.get("/api/v1/workflows"))["workflows"]}
        tape, mine = listed["lofi-tape.json"], listed["deep/my_first-song.json"]
        assert (tape["title"], tape["nodes"]) == ("Lofi tape", 9)
        assert tape["description"].startswith("A tape from one sentence. Change the sentence")
        assert (mine["title"], mine["nodes"]) == ("My first song", 2)
        assert mine["description"].startswith("Take it. It is good. Long.")
        assert len(mine["description"]) <= 200
        assert (listed["b.json"]["title"], listed["b.json"]["description"]) == (
            "My <own> title", "Mine.",
        )  # fmt: skip
        assert listed["broken.json"]["title"] == "Broken"
        for one in (tape, mine, listed["b.json"]):
            answer, body = await client.raw("GET", one["picture_url"] + "?theme=dark")
            assert (answer.status, answer.content_type) == (200, "image/svg+xml")
            assert answer.headers["Content-Security-Policy"].startswith(
                "sandbox; default-src 'none'"
            )
            assert ET.fromstring(body).tag == "{http://www.w3.org/2000/svg}svg"
            assert b"prefers-color-scheme" not in body
        assert (await client.refused("GET", listed["broken.json"]["picture_url"]))[0] == 404
        gone = "/api/v1/workflows/saved/gone.json/picture"
        assert (await client.refused("GET", gone))[0] == 404
        assert (await client.refused("GET", f"{tape['picture_url']}?theme=pink"))[0] == 400

    serve(place, main)


def test_a_picture_shows_nodes_and_links_where_they_lie() -> None:
    nodes = [
        drawn("Tone", pos=[0, 0], size=[200, 100], title="First", outputs=[{"type": "AUDIO"}]),
        drawn("Save", id_=2, pos={"0": 300, "1": 50}, size=[200, 100], flags={"collapsed": True}),
    ]
    named = {"origin_id": 1, "origin_slot": 0, "target_id": 2, "target_slot": 0, "type": "AUDIO"}
    for link in ([1, 1, 0, 2, 0, "AUDIO"], {"id": 1, **named}):
        text = picture.svg(workflow_of(*nodes, links=[link]))
        assert 'd="M200 14 C250 14 250 44 300 44"' in text
        assert 'stroke="#2f9d94"' in text
    assert ">First</text>" in text
    assert 'viewBox="-30 -60 560 190"' in text


@pytest.mark.parametrize(
    "hostile",
    [
        drawn("X", title="</text><script>alert(1)</script>", color='red" onload="alert(1)'),
        drawn(
            "X", title='"><image href="//evil.example"/>', pos=["a", None], size=[float("inf"), -5]
        ),
        drawn("X", title="\x00\x1b\ud800\uffff", pos=[1e300, -1e300], size="big", inputs=[None, 5]),
        {"id": [], "type": {}, "pos": [True, False], "outputs": [{"type": []}], "flags": []},
        drawn("X" * 100_000, size=[1e9, 1e9], inputs=[{"widget": {}}] * 100_000),
    ],
)
def test_a_hostile_workflow_makes_a_harmless_picture(hostile: Json) -> None:
    links = [[1, 1, 10**400, 1, 0, []], [1], {}, None, [1, {}, 0, 1, 0, "AUDIO"]]
    groups = [
        {"bounding": "x", "title": "<b>", "color": "url(//evil)"},
        5,
        {"bounding": [None] * 9},
    ]
    text = picture.svg(workflow_of(hostile, links=links, groups=groups))
    assert len(text) < 60_000
    root = ET.fromstring(text.encode())
    allowed = {"svg", "style", "rect", "text", "g", "path", "circle"}
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= allowed
    for element in root.iter():
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
    assert "evil" not in "".join(element.get("style", "") for element in root.iter())
    assert about.about(workflow_of(hostile, extra=[], definitions=[]), "a.json").nodes == 1


# The contract, and the browser


def test_the_editors_client_knows_the_server_as_it_is() -> None:
    """Else: python -m tests.golden.openapi (make api), and look at what git shows."""
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.made()


@pytest.mark.parametrize(
    ("environ", "platform", "has_one"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"DISPLAY": ""}, "linux", False),
        ({"BROWSER": "firefox"}, "linux", True),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "1 2 3 4"}, "darwin", False),
    ],
)
def test_a_page_is_only_shown_where_someone_sees_it(
    environ: dict[str, str], platform: str, has_one: bool
) -> None:
    assert browser.has_display(environ, platform) is has_one


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the stand-in for a browser is a shell script")
@pytest.mark.parametrize("seen", [True, False])
def test_serve_opens_the_browser_on_a_workflow(tmp_path: Path, seen: bool) -> None:
    script, told = tmp_path / "browser", tmp_path / "told"
    script.write_text(f'#!/bin/sh\necho "$1" > {told}.part && mv {told}.part {told}\n')
    script.chmod(0o755)
    kept = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    }
    environ = kept | ({"BROWSER": f"{script} %s"} if seen else {})
    command = [sys.executable, "-m", "patchbay.cli", "serve", "--port", "0", "--open", "lofi-tape"]
    folders = ["--user", str(tmp_path / "u"), "--cache", str(tmp_path / "c")]
    with subprocess.Popen(
        [*command, *folders], cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        page = said.split("listening on ")[1].split(" ")[0] + "/?workflow=shipped%2Flofi-tape.json"
        try:
            if seen:
                deadline = time.monotonic() + 60
                while not told.exists() and time.monotonic() < deadline:
                    time.sleep(0.01)
                assert told.read_text().strip() == page
            else:
                expected = f"patchbay: there is no display here: open {page} in a browser\n"
                assert process.stderr.readline() == expected
        finally:
            process.terminate()
            process.stderr.read()


def test_serve_opens_no_workflow_that_is_not_there(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "patchbay.cli", "serve", "--port", "0", "--open", "no/such"]
    done = subprocess.run(
        [*command, "--user", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "there is no workflow 'no/such' to open" in done.stderr
