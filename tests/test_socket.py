"""The socket: who hears what, coming back, slow clients, and what nobody should send."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from patchbay import packs, run
from patchbay.api import connection, outbox
from patchbay.api.serving import Limits
from patchbay.packs import Catalogue
from tests.listening import FLAGS, Listener, Raw, listen, types
from tests.machine import Prompt, catalogue_of, chain, entry, link, notes
from tests.serving import Client, Place, until

Work = Callable[[Client], Awaitable[None]]
SHOWING = '''
"""Nodes that show something while they work."""

import numpy as np

from patchbay import Context, Image, node


@node(category="test", resource="cpu")
def paint(ctx: Context, size: int = 1024) -> int:
    """Shows a red picture while it works."""
    ctx.progress(0.5, 1, preview=Image(np.full((1, size, size // 2, 3), (255, 0, 0), np.uint8)))
    return size


@node(category="test", resource="cpu")
def chatter(ctx: Context, times: int = 10, size: int = 10) -> int:
    """Shows long texts."""
    for step in range(times):
        ctx.progress(step + 1, times, preview=f"{step}".rjust(size))
    return times
'''


@pytest.fixture(scope="module")
def showing(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Catalogue:
    """The test nodes, and two that show something."""
    folder = tmp_path_factory.mktemp("packs") / "showing"
    folder.mkdir()
    (folder / "showing.py").write_text(SHOWING)
    return catalogue_of(*catalogue.packs, packs.load(folder))


def connected(folder: Path, catalogue: Catalogue, work: Work, **options: Any) -> None:
    """Does some work with a server."""
    notes().reset()

    async def main() -> None:
        async with Place(folder, catalogue).server(**options) as client:
            await work(client)

    asyncio.run(main())


async def send(client: Client, id_: str, prompt: Prompt, whose: str | None = "me") -> None:
    body: dict[str, Any] = {"prompt": prompt, "prompt_id": id_}
    await client.post("/prompt", body | ({"client_id": whose} if whose else {}))


def held(at: str = "gate") -> Prompt:
    """A number and what is shown of it, a node that waits at a gate, and the end."""
    return {
        "1": entry("Number", value=3),
        "2": entry("Remark", value=link("1")),
        "3": entry("Hold", value=link("2"), at=at),
        "4": entry("SaveText", text=link("3")),
    }


async def reached(at: str = "gate") -> None:
    await asyncio.to_thread(notes().wait_at, f"{at} reached")


def open_gate(at: str = "gate") -> None:
    notes().gate(at).set()


# Coming and coming back


def test_who_names_no_id_is_given_one_that_works(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        listener = await listen(client)
        sid = listener.heard[0]["data"]["sid"]
        assert len(sid) == 32
        assert int(sid, 16)
        await send(client, "a", chain(3), sid)
        assert "executing" in types(await listener.until_end("a"))
        other = await listen(client, "")
        assert other.heard[0]["data"]["sid"] not in ("", sid)

    connected(tmp_path, catalogue, work)


def test_a_long_id_is_the_same_for_the_socket_and_for_the_prompt(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        id_ = "é" * 2_000
        listener = await listen(client, id_)
        assert listener.heard[0]["data"]["sid"] == id_
        await send(client, "a", chain(3), id_)
        await listener.until_end("a")

    connected(tmp_path, catalogue, work)


def test_who_comes_back_gets_the_state_again(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        first = await listen(client, "me")
        await send(client, "a", held())
        await reached()
        await first.close()
        second = await listen(client, "me")
        heard = await second.until(lambda each: each["type"] == "executing")
        assert types(heard) == [
            "execution_start", "execution_cached", "executed", "progress_state", "executing",
        ]  # fmt: skip
        assert heard[2]["data"]["output"] == {"notes": ["it is 3"], "numbers": [3]}
        assert heard[3]["data"]["nodes"]["3"]["state"] == "running"
        assert heard[4]["data"] == {"prompt_id": "a", "node": "3", "display_node": "3"}
        open_gate()
        rest = await second.until_end("a")
        assert types(rest).count("executed") == 1
        assert "execution_success" in types(rest)

    connected(tmp_path, catalogue, work)


def test_who_was_away_at_the_end_is_told_of_it_once(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        first = await listen(client, "me")
        await send(client, "a", held())
        await reached()
        await first.close()
        await until(lambda: _is(len(client.serving.hub) == 0))
        open_gate()
        await client.ended("a")
        second = await listen(client, "me")
        assert types(second.heard) == [
            "execution_start", "execution_cached", "executed", "executed", "execution_success",
            "executing", "status",
        ]  # fmt: skip
        assert [each["data"]["node"] for each in second.heard[2:4]] == ["2", "4"]
        third = await listen(client, "me")
        assert types(third.heard) == ["status"]
        await send(client, "b", chain(3))
        heard = await third.until_end("b")
        assert "a" not in {each["data"].get("prompt_id") for each in heard}

    connected(tmp_path, catalogue, work)


@pytest.mark.parametrize(
    ("node", "end"), [("Number", "execution_success"), ("Fail", "execution_error")]
)
def test_who_queues_first_and_listens_then_misses_no_end(
    tmp_path: Path, catalogue: Catalogue, node: str, end: str
) -> None:
    async def work(client: Client) -> None:
        await send(client, "a", {"1": entry(node, value=1), "2": entry("Show", value=link("1"))})
        await client.ended("a")
        listener = await listen(client, "me")
        assert types(listener.heard)[-3:] == [end, "executing", "status"]

    connected(tmp_path, catalogue, work)


async def _is(true: bool) -> bool:
    return true


# Whose events they are


def test_events_reach_the_client_whose_job_it_is_and_nobody_else(
    tmp_path: Path, showing: Catalogue
) -> None:
    prompt = {
        "1": entry("Chatter", times=3),
        "2": entry("Paint"),
        "3": entry("SaveText", text=link("1")),
        "4": entry("Show", value=link("2")),
    }

    async def work(client: Client) -> None:
        mine, other = await listen(client, "me"), await listen(client, "other")
        await send(client, "a", prompt)
        await mine.until_end("a")
        await send(client, "b", chain(3), "other")
        heard = await other.until_end("b")
        assert {each["data"].get("prompt_id", "b") for each in heard} == {"b"}

    connected(tmp_path, showing, work)


def test_two_sockets_of_one_client_hear_the_same(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        one, two = await listen(client, "me"), await listen(client, "me")
        await send(client, "a", held())
        await reached()
        late = await listen(client, "me")
        open_gate()
        heard = await one.until_end("a")
        assert heard == await two.until_end("a")
        assert [each["data"]["node"] for each in heard if each["type"] == "executed"] == ["2", "4"]
        # What the third was told when it came has taken nothing from the first.
        states = [each["data"]["nodes"] for each in heard if each["type"] == "progress_state"]
        ended = [id_ for nodes in states for id_ in nodes if nodes[id_]["state"] == "finished"]
        assert ended == ["1", "2", "3", "4"]
        await late.until_end("a")
        await one.close()
        await send(client, "b", chain(3))
        await two.until_end("b")

    connected(tmp_path, catalogue, work)


def test_an_interruption_is_told_to_everybody(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        other = await listen(client, "other")
        prompt = {"1": entry("HoldAsync", value=1), "2": entry("Show", value=link("1"))}
        await send(client, "a", prompt)
        await reached()
        await client.raw("POST", "/interrupt")
        heard = await other.until(lambda each: each["type"] == "execution_interrupted")
        assert heard[-1]["data"]["node_id"] == "1"
        assert heard[-1]["data"]["node_type"] == "HoldAsync"

    connected(tmp_path, catalogue, work)


def test_progress_of_a_call_that_two_jobs_share_reaches_both(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_PROGRESS_SECONDS", 0.0)

    def prompt(id_: str) -> Prompt:
        steps = entry("Steps", total=3, pause_at=1)
        return {id_: steps, "end": entry("Show", value=link(id_))}

    async def work(client: Client) -> None:
        one, two = await listen(client, "one"), await listen(client, "two")
        await send(client, "a", prompt("5"), "one")
        await asyncio.to_thread(notes().wait_at, "paused")
        await send(client, "b", prompt("6"), "two")
        await two.until(lambda each: each["type"] == "executing")
        open_gate()
        told = [await one.until_end("a"), await two.until_end("b")]
        last = [[e["data"] for e in heard if e["type"] == "progress"][-1] for heard in told]
        assert last[0] == {"prompt_id": "a", "value": 2, "max": 3, "node": "5"}
        assert last[1] == {"prompt_id": "b", "value": 2, "max": 3, "node": "6"}
        assert notes().CALLS.count("step(2)") == 1

    connected(tmp_path, catalogue, work)


def test_patchbays_own_events_are_for_who_asks(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        plain, native = await listen(client, "me"), await listen(client, "me")
        asked = {"type": "feature_flags", "data": {"patchbay_events": True}}
        await native.socket.send_str(json.dumps(asked))
        assert (await native.next())["type"] == "feature_flags"
        await send(client, "a", chain(3))
        assert "patchbay" not in types(await plain.until_end("a"))
        heard = await native.until_end("a")
        own = [each["data"]["event"] for each in heard if each["type"] == "patchbay"]
        assert own[0] == "started"
        assert own.count("node_done") == 3

    connected(tmp_path, catalogue, work)


# First words, and previews


def test_only_the_first_text_is_heard(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        first, late = await listen(client, "me"), await listen(client, "me")
        await first.socket.send_str(json.dumps(FLAGS))
        told = await first.next()
        assert told["type"] == "feature_flags"
        assert told["data"] == await client.get("/features")
        await late.socket.send_str('{"type": "hello"}')
        for listener in (first, late):
            await listener.socket.send_str(json.dumps(FLAGS))
        await send(client, "a", chain(3))
        for listener in (first, late):
            assert "feature_flags" not in types(await listener.until_end("a"))

    connected(tmp_path, catalogue, work)


def test_a_picture_is_shown_as_the_client_can_take_it(tmp_path: Path, showing: Catalogue) -> None:
    prompt = {"7": entry("Paint", size=1_024), "8": entry("HoldAsync", value=link("7")),
              "9": entry("Show", value=link("8"))}  # fmt: skip

    async def work(client: Client) -> None:
        plain, knowing = await listen(client, "me"), await listen(client, "me")
        await knowing.socket.send_str(json.dumps(FLAGS))
        await send(client, "a", prompt)
        found = [
            (await listener.until(lambda each: each["type"] in (1, 4)))[-1]
            for listener in (plain, knowing)
        ]
        open_gate()
        assert found[0]["type"] == 1
        assert found[0]["format"] == 1
        assert found[1]["type"] == 4
        assert found[1]["facts"] == {
            "node_id": "7", "prompt_id": "a", "display_node_id": "7", "parent_node_id": None,
            "real_node_id": "7", "image_type": "image/jpeg",
        }  # fmt: skip
        assert found[0]["picture"] == found[1]["picture"]
        picture = Image.open(io.BytesIO(found[0]["picture"]))
        assert (picture.format, picture.size) == ("JPEG", (256, 512))
        pixel = picture.convert("RGB").getpixel((100, 100))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 240
        assert pixel[1] < 20
        heard = await plain.until_end("a")
        values = [each["data"] for each in plain.heard if each["type"] == "progress"]
        assert values == [{"prompt_id": "a", "value": 0.5, "max": 1, "node": "7"}]
        assert heard

    connected(tmp_path, showing, work)


# What nobody should send


@pytest.mark.parametrize(
    ("first", "payload", "code"),
    [
        (0x81, b"{", None),  # no JSON
        (0x81, b"[" * 10_000, None),  # nested too deep
        (0x81, b"\xc3\x28", 1007),  # no UTF-8
        (0x82, os.urandom(1_000), None),
        (0x82, bytes(2 << 20), 1009),  # too large
        (0xF1, b"x", 1002),  # reserved bits
        (0x83, b"x", 1002),  # no kind of frame
        (0x80, b"x", 1002),  # goes on with what never began
        (0x89, b"x" * 126, 1002),  # a ping too long
        (0x88, b"x", 1002),  # half of a code
    ],
)
def test_garbage_harms_nobody(
    tmp_path: Path, catalogue: Catalogue, first: int, payload: bytes, code: int | None
) -> None:
    async def work(client: Client) -> None:
        good = await listen(client, "good")
        raw = await Raw.open(client.http.port or 0)
        raw.send(first, payload)
        if code is not None:
            # Of one that still sends, the system may lose what it is told at the end.
            assert await raw.closed() in ((code, 0) if code == 1009 else (code,))
        else:
            await send(client, "b", chain(3), "raw")
            while b'"node":null' not in (await raw.frame())[1]:
                pass
        await send(client, "a", chain(3), "good")
        await good.until_end("a")
        raw.close()
        await until(lambda: _is(len(client.serving.hub) == 1))

    connected(tmp_path, catalogue, work)


def test_first_words_may_come_in_pieces_with_pings_between(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    async def work(client: Client) -> None:
        raw = await Raw.open(client.http.port or 0)
        words = json.dumps(FLAGS).encode()
        raw.send(0x01, words[:10])
        raw.send(0x89, b"there?")
        raw.send(0x00, words[10:20])
        raw.send(0x80, words[20:])
        frames = [await raw.frame() for _ in range(3)]
        assert (10, b"there?") in frames
        assert json.loads(frames[-1][1])["type"] == "feature_flags"
        raw.close()

    connected(tmp_path, catalogue, work)


def test_a_socket_may_end_in_the_middle_of_a_frame(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        for part in (
            b"\x81",
            b"\x81\xfe",
            b"\x81\xfe\xff\xff" + bytes(100),
            b"\x01\x81" + bytes(5),
        ):
            raw = await Raw.open(client.http.port or 0)
            raw.writer.write(part)
            await raw.writer.drain()
            raw.writer.close()
        await until(lambda: _is(len(client.serving.hub) == 0))

    connected(tmp_path, catalogue, work)


def test_a_plain_request_is_told_what_the_socket_is(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        status, body = await client.refused("GET", "/ws?clientId=me")
        assert status == 400
        assert "WebSocket" in body["error"]["message"]
        half = {"Upgrade": "websocket", "Connection": "Upgrade"}
        assert (await client.refused("GET", "/ws", headers=half))[0] == 400
        assert len(client.serving.hub) == 0

    connected(tmp_path, catalogue, work)


# Many, slow and deaf ones


def test_two_hundred_come_and_go_without_a_trace(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        for turn in range(4):
            polite = [await listen(client, f"{turn} {number}") for number in range(25)]
            killed = [
                await Raw.open(client.http.port or 0, f"{turn}-{number}") for number in range(25)
            ]
            assert len(client.serving.hub) == 50
            await send(client, f"{turn}", chain(4), f"{turn} 0")
            for listener, raw in zip(polite, killed, strict=True):
                await listener.close()
                raw.close()
            await until(lambda: _is(len(client.serving.hub) == 0))
        await client.ended("3")
        await until(lambda: _is(not any(map(_writes, asyncio.all_tasks()))))

    connected(tmp_path, catalogue, work)


def _writes(task: asyncio.Task[Any]) -> bool:
    return "Connection._write" in repr(task.get_coro())


def test_no_more_sockets_are_opened_than_is_set(tmp_path: Path, catalogue: Catalogue) -> None:
    async def work(client: Client) -> None:
        one, _two = await listen(client, "one"), await listen(client, "two")
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await listen(client, "three")
        assert refused.value.status == 503
        await one.close()
        await until(lambda: _is(len(client.serving.hub) == 1))
        await listen(client, "three")

    connected(tmp_path, catalogue, work, limits=replace(Limits(), sockets=2))


def test_a_client_that_reads_slowly_misses_nothing(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "SOFT_BYTES", 10_000)
    length = 3_000

    async def work(client: Client) -> None:
        listener = await listen(client, "me")
        await send(client, "a", chain(length))
        await client.ended("a")
        heard = await listener.until_end("a")
        begun = [each["data"]["node"] for each in heard if each["type"] == "executing"]
        assert begun == [*map(str, range(length)), None]

    connected(tmp_path, catalogue, work)


def test_a_deaf_client_is_told_where_things_stand(
    tmp_path: Path, showing: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "STALLED_SECONDS", 0.0)
    times, size = 400, 100_000  # more than any system keeps on its way
    prompt = {
        "1": entry("Remark", value=1),
        "2": entry("Chatter", times=times, size=size),
        "3": entry("SaveText", text=link("2")),
        "4": entry("Show", value=link("1")),
    }

    async def work(client: Client) -> None:
        raw = await Raw.open(client.http.port or 0, "deaf")
        await send(client, "a", prompt, "deaf")
        await client.ended("a")
        (there,) = client.serving.hub._connections["deaf"]
        assert there.outbox.dropped > 100
        assert there.outbox.size_bytes < 4 << 20
        texts: list[int] = []
        heard: list[Any] = []
        while not heard or heard[-1] != {"node": None, "prompt_id": "a"}:
            kind, payload = await raw.frame()
            if kind == 2:
                texts.append(int(payload[-10:]))
            else:
                heard.append(json.loads(payload)["data"])
        raw.close()
        assert texts[-1] == times - 1
        assert texts == sorted(texts)
        assert len(texts) < times - 100
        outputs = {each["node"] for each in heard if each.get("output")}
        assert outputs == {"1", "3"}

    connected(tmp_path, showing, work)


def test_a_client_for_which_even_the_state_is_too_much_is_cut_off(
    tmp_path: Path, showing: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "STALLED_SECONDS", 0.0)
    monkeypatch.setattr(outbox, "LEFT_BYTES", 50_000)
    prompt = {"1": entry("Chatter", times=200, size=100_000), "2": entry("Show", value=link("1"))}

    async def work(client: Client) -> None:
        raw = await Raw.open(client.http.port or 0, "deaf")
        await send(client, "a", prompt, "deaf")
        assert (await client.ended("a"))["status"] == "done"
        await until(lambda: _is(len(client.serving.hub) == 0))
        raw.close()
        back = await listen(client, "deaf")
        assert "execution_success" in types(back.heard)

    connected(tmp_path, showing, work)


def test_a_server_that_stops_does_not_wait_for_deaf_clients(
    tmp_path: Path, showing: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_GOODBYE_SECONDS", 0.05)
    prompt = {"1": entry("Chatter", times=200, size=100_000), "2": entry("Show", value=link("1"))}

    async def work(client: Client) -> None:
        sockets = [await Raw.open(client.http.port or 0, "deaf") for _ in range(20)]
        polite = await listen(client, "polite")
        await send(client, "a", prompt, "deaf")
        await client.ended("a")
        async with asyncio.timeout(5):
            await asyncio.gather(client.serving.hub.close(), _farewell(polite))
        for raw in sockets:
            raw.close()

    connected(tmp_path, showing, work)


async def _farewell(listener: Listener) -> None:
    frame = await listener.socket.receive()
    while frame.type is aiohttp.WSMsgType.TEXT:
        frame = await listener.socket.receive()
    assert (frame.type, frame.data) == (aiohttp.WSMsgType.CLOSE, 1001)
