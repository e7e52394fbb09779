"""A script written only with what a client library of ComfyUI offers: it uploads a recording, lets
`lofi-tape.json` go on from it, follows the progress, downloads the result and listens to it."""

from __future__ import annotations

import asyncio
import io
import json
import re
import wave
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from aiohttp import FormData

from patchbay import packs
from tests.serving import Place

ROOT = Path(__file__).parent.parent
TAPE = ROOT / "workflows" / "lofi-tape.json"
RATE_HZ = 44_100
SECONDS = 3
MORE_SECONDS = 10  # by each of the two nodes that go on


def recording() -> bytes:
    """A chord, as a WAV file."""
    at = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    sound = sum(0.2 * np.sin(2 * np.pi * pitch * at) for pitch in (220.0, 261.6, 329.6))
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.asarray(32_767 * sound, "<i2").tobytes())
    return data.getvalue()


def changed(name: str) -> Any:
    """The saved workflow with the recording for its first bars, shorter, and saved as WAV."""
    workflow = json.loads(TAPE.read_text(encoding="utf-8"))
    nodes = {node["title"]: node for node in workflow["nodes"]}
    first = nodes["First bars"]
    first |= {"type": "LoadAudio", "inputs": [], "properties": {}, "widgets_values": [name, 0, 0]}
    workflow["links"] = [link for link in workflow["links"] if link[3] != first["id"]]
    for title, values in {
        "Go on": {"seconds": MORE_SECONDS},
        "And on": {"seconds": MORE_SECONDS},
        "Tape": {"filename_prefix": "continued", "file_format": "wav", "bits": "16"},
    }.items():
        nodes[title]["properties"]["patchbay"]["widgets"] |= values
    return workflow


async def script(session: aiohttp.ClientSession, url: str) -> tuple[list[Any], Any, bytes]:
    """What it heard, the history's entry, and the sound that it got."""
    form = FormData({"subfolder": "takes"})
    form.add_field("image", recording(), filename="take.wav")
    async with session.post(f"{url}/upload/image", data=form) as answer:
        sent = await answer.json()
    heard = []
    async with session.ws_connect(f"{url}/ws?clientId=script") as socket:
        body = {"workflow": changed(f"{sent['subfolder']}/{sent['name']}"), "client_id": "script"}
        async with session.post(f"{url}/prompt", json=body) as answer:
            job = (await answer.json())["prompt_id"]
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                heard.append(json.loads(frame.data))
                if heard[-1]["data"] == {"node": None, "prompt_id": job}:
                    break
    async with session.get(f"{url}/history/{job}") as answer:
        entry = (await answer.json())[job]
    items = [item for shown in entry["outputs"].values() for item in shown.get("audio", ())]
    async with session.get(f"{url}/view", params=items[0]) as answer:
        assert answer.status == 200
        return heard, entry, await answer.read()


@pytest.mark.slow
def test_a_clients_script_makes_a_tape_of_a_recording(tmp_path: Path) -> None:
    async def main() -> tuple[list[Any], Any, bytes]:
        async with Place(tmp_path, packs.load_all()).server() as client:
            url = str(client.http.make_url("")).rstrip("/")
            async with aiohttp.ClientSession() as session:
                return await script(session, url)

    heard, entry, sound = asyncio.run(main())
    assert entry["status"]["status_str"] == "success"
    kinds = {message["type"] for message in heard}
    assert {"execution_start", "executing", "progress", "progress_state", "executed"} <= kinds
    begun = {m["data"]["display_node"] for m in heard[:-1] if m["type"] == "executing"}
    assert begun == {"1", "2", "3", "4", "5", "6", "7", "8"}
    for message in heard:
        if message["type"] == "progress":
            assert 0 <= message["data"]["value"] <= message["data"]["max"]
    assert heard[-3]["type"] == "execution_success"
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getsampwidth(), file.getframerate()) == (2, RATE_HZ)
        data = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
        samples = data.reshape(-1, file.getnchannels()) / 32_768
    seconds = len(samples) / RATE_HZ
    assert SECONDS + 2 * MORE_SECONDS <= seconds <= SECONDS + 2 * MORE_SECONDS + 10
    assert np.abs(samples).max() < 1.0
    # It is heard from the beginning to the last seconds, which fade.
    for start in range(0, len(samples) - 8 * RATE_HZ, RATE_HZ):
        assert np.abs(samples[start : start + RATE_HZ]).max() > 0.01, start / RATE_HZ


def test_the_scripts_in_the_documentation_are_whole() -> None:
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    scripts = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(scripts) == 2
    for number, source in enumerate(scripts):
        compile(source, f"script {number}", "exec")
    titles = {node.get("title") for node in json.loads(TAPE.read_text(encoding="utf-8"))["nodes"]}
    assert {"First bars", "Go on", "And on", "Tape"} <= titles
