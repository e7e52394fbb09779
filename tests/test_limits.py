"""What one request or one job may take of the server, and what is said to more."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from patchbay.api.serving import Limits
from patchbay.packs import Catalogue
from tests.machine import Machine, entry, link, notes
from tests.serving import Client, Place


@pytest.fixture
def place(tmp_path: Path, catalogue: Catalogue) -> Place:
    notes().reset()
    return Place(tmp_path, catalogue)


def serve(place: Place, main: Callable[[Client], Awaitable[None]], **limits: Any) -> None:
    """Runs a coroutine against a server of its own."""

    async def go() -> None:
        async with place.server(limits=Limits(**limits)) as client:
            await main(client)

    asyncio.run(go())


# Bodies


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5_000, "-" + "9" * 5_000])
@pytest.mark.parametrize("path", ["/prompt", "/api/v1/jobs", "/api/v1/validate", "/queue"])
def test_a_number_too_large_for_anyone_is_refused(place: Place, path: str, number: str) -> None:
    """JSON allows it, and a decoder that leaves the prompt raw passes over it."""
    body = f'{{"prompt": {{"1": {{"class_type": "Show", "inputs": {{"value": {number}}}}}}}}}'

    async def main(client: Client) -> None:
        status, answer = await client.refused("POST", path, data=body.encode())
        assert status == 400
        assert "out of range" in answer["error"]["message"]

    serve(place, main)


def test_what_is_no_json_inside_a_prompt_is_refused(place: Place) -> None:
    async def main(client: Client) -> None:
        for body in (b'{"prompt": {"1": }}', b'{"prompt": [1,', b'{"prompt": nul}', b'{"prompt":}'):
            status, answer = await client.refused("POST", "/prompt", data=body)
            assert status == 400
            assert answer["error"]["message"].startswith("the body is not JSON: ")

    serve(place, main)


def test_a_compressed_body_is_not_undone(place: Place) -> None:
    """50 MB of spaces make 50 kB."""
    bomb = zlib.compress(b" " * (50 << 20))

    async def main(client: Client) -> None:
        headers = {"Content-Encoding": "deflate"}
        status, answer = await client.refused("POST", "/prompt", data=bomb, headers=headers)
        assert status == 415
        assert answer["error"]["message"] == "the body is encoded as 'deflate': send it as it is"

    serve(place, main)


@pytest.mark.parametrize("nodes", [10, 2_000])
def test_a_prompt_is_judged_alike_in_and_out_of_a_thread(place: Place, nodes: int) -> None:
    prompt = {str(i): entry("Show", value=link("x")) for i in range(nodes)}

    async def main(client: Client) -> None:
        status, answer = await client.refused("POST", "/prompt", json={"prompt": prompt})
        assert status == 400
        assert answer["error"]["type"] == "prompt_outputs_failed_validation"
        assert list(answer["node_errors"]) == list(prompt)
        sound = {str(i): entry("Show", value=i) for i in range(nodes)}
        accepted = await client.post("/prompt", {"prompt": sound})
        assert accepted["node_errors"] == {}
        numbers = (await client.ended(accepted["prompt_id"]))["status"]
        assert numbers == "done"

    serve(place, main)


def test_others_are_answered_while_a_large_prompt_is_judged(place: Place) -> None:
    prompt = {str(i): entry("Show", value=link("x")) for i in range(20_000)}
    body = msgspec.json.encode({"prompt": prompt})

    async def main(client: Client) -> None:
        judged = asyncio.create_task(client.refused("POST", "/prompt", data=io.BytesIO(body)))
        answered = 0
        while not judged.done():
            await client.get("/prompt")
            answered += 1
        assert (await judged)[0] == 400
        assert answered > 5

    serve(place, main)


def test_others_are_answered_while_a_small_workflow_is_opened(place: Place) -> None:
    """Each of its subgraphs holds the next one twice: 10 kB stand for 8,192 nodes."""
    ids = [f"{i:08d}-1111-4111-8111-111111111111" for i in range(13)]
    shown = {**drawing(3, "Show"), "inputs": [{"name": "value", "type": "*", "link": 1}]}
    nodes = [drawing(1, ids[0]), drawing(2, "Number"), shown]
    drawn = {"nodes": nodes, "links": [[1, 2, 0, 3, 0, "*"]], "version": 0.4}
    drawn["definitions"] = {
        "subgraphs": [
            {"id": id_, "name": "s", "links": [], "nodes": [drawing(1, kind), drawing(2, kind)]}
            for id_, kind in zip(ids, [*ids[1:], "Number"], strict=True)
        ]
    }

    async def main(client: Client) -> None:
        for name in ("workflow", "prompt"):
            body = msgspec.json.encode({name: drawn})
            assert len(body) < 10_000
            judged = asyncio.create_task(client.refused("POST", "/prompt", data=body))
            answered = 0
            while not judged.done():
                await client.get("/prompt")
                answered += 1
            status, answer = await judged
            assert (status, answer["error"]["type"]) == (413, "too_large")
            assert answer["error"]["message"].startswith("the prompt has 8194 nodes: ")
            assert answered > 5

    serve(place, main, nodes=8_000)


def drawing(id_: int, kind: str) -> dict[str, Any]:
    """A node of a saved workflow."""
    return {"id": id_, "type": kind, "inputs": [], "outputs": [], "widgets_values": [1]}


def test_an_encoded_part_of_a_form_is_refused(place: Place) -> None:
    """It would be kept as something else than was sent, and may be a bomb."""
    head = (
        'Content-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Encoding: gzip'
    )
    body = (
        b"--x\r\n" + head.encode() + b"\r\n\r\n" + zlib.compress(bytes(1 << 20)) + b"\r\n--x--\r\n"
    )

    async def main(client: Client) -> None:
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        status, answer = await client.refused("POST", "/upload/image", data=body, headers=headers)
        assert status == 400
        assert answer["error"]["message"] == "a part of the form is encoded: send it as it is"
        assert not [path for path in place.folders.input.rglob("*") if path.is_file()]

    serve(place, main)


# Files that are open at once


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
@pytest.mark.parametrize(("soft", "hard", "most"), [(64, 256, 256), (256, 256, 256)])
def test_as_many_files_may_be_open_as_the_system_allows(soft: int, hard: int, most: int) -> None:
    code = (
        "import resource\n"
        "from patchbay.commands import serve\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        "print(serve._most_files(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(most), str(most)]


# Expansions


def test_of_an_expansion_in_which_all_is_wrong_some_is_told(machine: Machine) -> None:
    nodes = {str(i): {"class_type": "Add", "inputs": {"a": "x"}} for i in range(1_000)}
    ran = machine.run(
        {
            "x": entry(
                "Answer", nodes={"__value__": nodes}, gives={"__value__": {"link": ["0", 0]}}
            ),
            "s": entry("Show", value=link("x")),
        }
    )
    (problem,) = ran.outcome.problems
    assert problem.code == "bad_expansion"
    assert problem.message.count("is not a whole number") == 10
    assert problem.message.endswith("; and 990 more")
