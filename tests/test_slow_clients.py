"""Clients that take their time, take up connections, or do not speak HTTP."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from patchbay.api.runner import _from_afar
from patchbay.api.serving import Limits, Patience
from patchbay.packs import Catalogue
from tests.machine import notes
from tests.serving import PATIENCE_SECONDS, Client, Place, until

PROMPT = b"POST /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 60\r\n\r\n"


@pytest.fixture
def place(tmp_path: Path, catalogue: Catalogue) -> Place:
    notes().reset()
    return Place(tmp_path, catalogue)


def serve(
    place: Place,
    main: Callable[[Client], Awaitable[None]],
    *,
    connections: int = 1_000,
    body_bytes: int = 1 << 20,
    **patience: float,
) -> None:
    """Runs a coroutine against a server of its own."""

    async def go() -> None:
        how = {
            "limits": Limits(body_bytes=body_bytes),
            "patience": Patience(**{"lingering": 0.05, **patience}),
        }
        async with place.server(connections=connections, **how) as client:
            await main(client)

    asyncio.run(go())


class Wire:
    """One connection, of which every byte is ours."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, client: Client) -> Wire:
        return cls(*await asyncio.open_connection("127.0.0.1", client.http.port))

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def end(self) -> bytes:
        """What is heard until the server ends the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""
            finally:
                self.writer.close()

    async def answer(self) -> tuple[bytes, bytes]:
        """The next answer, which has a Content-Length: its head and its body."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            size = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            return head, await self.reader.readexactly(int(size))


async def none_of(client: Client) -> bool:
    """Whether the server has no connection left."""
    runner = client.http.server.runner
    assert runner is not None
    assert runner.server is not None
    return not runner.server.connections


def error_in(answer: bytes) -> tuple[str, str]:
    """The status line and the message of an answer that refuses."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.partition(b"\r\n")[0].decode(), msgspec.json.decode(body)["error"]["message"]


# Requests that do not come


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_a_connection_without_a_request_is_ended(place: Place, said: bytes) -> None:
    async def main(client: Client) -> None:
        wire = await Wire.to(client)
        wire.say(said)
        assert await wire.end() == b""

    serve(place, main, request=0.05)


def test_a_connection_that_has_asked_may_wait(place: Place) -> None:
    """The time is for the first request only; a browser keeps connections for the next."""

    async def main(client: Client) -> None:
        wire = await Wire.to(client)
        wire.say(b"GET /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        await wire.answer()
        idle = await Wire.to(client)
        assert await idle.end() == b""  # so long it was
        wire.say(b"GET /prompt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        head, _ = await wire.answer()
        assert head.startswith(b"HTTP/1.1 200 ")
        wire.writer.close()

    serve(place, main, request=0.2)


def test_a_socket_and_a_stream_of_events_stay_open(place: Place) -> None:
    async def main(client: Client) -> None:
        async with (
            client.http.ws_connect("/ws?clientId=me") as ws,
            client.http.get("/api/v1/events") as events,
        ):
            idle = await Wire.to(client)
            assert await idle.end() == b""
            await ws.receive_json()
            await ws.ping()
            assert not ws.closed
            assert events.status == 200
            assert not events.content.at_eof()

    serve(place, main, request=0.2, body=0.05)


# Bodies that stop coming


def test_a_body_that_stops_coming_is_given_up(place: Place) -> None:
    async def main(client: Client) -> None:
        wire = await Wire.to(client)
        wire.say(PROMPT + b"{")
        status, message = error_in(await wire.end())
        assert status == "HTTP/1.1 408 Request Timeout"
        assert message == "nothing more of the body came for 0.05 s"

    serve(place, main, body=0.05)


def test_an_upload_that_stops_coming_leaves_nothing(place: Place) -> None:
    async def main(client: Client) -> None:
        wire = await Wire.to(client)
        part = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nabc'
        head = b"POST /upload/image HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
        wire.say(head + b"Content-Type: multipart/form-data; boundary=x\r\n\r\n" + part)
        status, _ = error_in(await wire.end())
        assert status == "HTTP/1.1 408 Request Timeout"
        assert not [path for path in place.folders.input.rglob("*") if path.is_file()]

    serve(place, main, body=0.05)


def test_a_body_that_comes_slowly_is_taken(place: Place) -> None:
    """All of it takes longer than a pause may last."""

    async def main(client: Client) -> None:
        wire = await Wire.to(client)
        body = b'{"prompt": {}}'.ljust(60)
        began = time.monotonic()
        wire.say(PROMPT)
        for byte in body:
            await asyncio.sleep(0.01)  # a slow client
            wire.say(bytes([byte]))
        _, answer = await wire.answer()
        wire.writer.close()
        assert time.monotonic() - began > 0.5
        assert msgspec.json.decode(answer)["error"]["type"] == "prompt_no_outputs"

    serve(place, main, body=0.5)


def test_a_client_that_sends_too_much_hears_so_soon(place: Place) -> None:
    """It is told, and its connection ended soon after, although the rest never comes."""

    async def main(client: Client) -> None:
        wire = await Wire.to(client)
        wire.say(PROMPT.replace(b"60", b"1000000") + b"x" * 2_000)
        head, body = await wire.answer()
        assert head.startswith(b"HTTP/1.1 413 ")
        assert msgspec.json.decode(body)["error"]["type"] == "too_large"
        began = time.monotonic()
        await wire.end()
        assert time.monotonic() - began < 5

    serve(place, main, body_bytes=1_000)


# Answers that nobody reads


def test_a_client_that_does_not_read_is_given_up(place: Place) -> None:
    (place.folders.output / "long.bin").write_bytes(bytes(32 << 20))

    async def main(client: Client) -> None:
        one = socket.create_connection(("127.0.0.1", client.http.port or 0))
        with one:
            one.sendall(b"GET /view?filename=long.bin HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            await until(lambda: none_of(client))

    serve(place, main, unread=0.05)


def test_a_client_that_reads_slowly_gets_everything(place: Place) -> None:
    data = bytes(range(256)) * (1 << 14)
    (place.folders.output / "long.bin").write_bytes(data)

    async def main(client: Client) -> None:
        async with client.http.get("/view?filename=long.bin") as answer:
            got = b""
            while chunk := await answer.content.read(1 << 18):
                await asyncio.sleep(0.02)  # a slow client
                got += chunk
            assert got == data

    serve(place, main, unread=0.5)


def test_a_client_that_goes_away_is_no_error(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in the middle of a file, nor while a socket answers its pings."""
    (place.folders.output / "long.bin").write_bytes(bytes(32 << 20))
    host = b"Host: 127.0.0.1\r\n"
    upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    key = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    ping = b"\x89\xfd\0\0\0\0" + b"x" * 125
    said = (
        b"GET /view?filename=long.bin HTTP/1.1\r\n" + host + b"\r\n",
        b"GET /ws HTTP/1.1\r\n" + host + upgrade + key + b"\r\n" + ping * 100_000,
    )

    async def main(client: Client) -> None:
        for each in said:
            wire = await Wire.to(client)
            wire.say(each)
            await wire.reader.read(1)
            wire.writer.transport.abort()
            await until(lambda: none_of(client))

    serve(place, main)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


# Too many connections


def test_more_connections_than_there_is_room_for_are_refused(place: Place) -> None:
    async def main(client: Client) -> None:
        wires = [await Wire.to(client) for _ in range(4)]
        refused = await Wire.to(client)
        assert (await refused.end()).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        for wire in wires:
            wire.writer.close()
        await until(lambda: none_of(client))
        assert await client.get("/prompt") == {"exec_info": {"queue_remaining": 0}}

    serve(place, main, connections=4)


@pytest.mark.parametrize(
    ("peer", "whose"),
    [
        (("127.0.0.1", 1), ""),
        (("127.9.9.9", 1), ""),
        (("::1", 1, 0, 0), ""),
        (None, ""),  # a Unix socket
        (("192.168.1.7", 1), "192.168.1.7"),
        (("2001:db8:1:2:3:4:5:6", 1, 0, 0), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 1, 0, 2), "fe80::/64"),
    ],
)
def test_strangers_are_counted_by_address_and_households(peer: Any, whose: str) -> None:
    assert _from_afar(peer) == whose


# What is no HTTP


@pytest.mark.parametrize(
    "said",
    [
        b"GET /\xff HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"POST /prompt HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 20_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x00\x01hello\r\n\r\n",
        b"\x00\x1b[2J\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_as_everything_else_is(place: Place, said: bytes) -> None:
    async def main(client: Client) -> None:
        wire = await Wire.to(client)
        wire.say(said)
        answer = await wire.end()
        status, message = error_in(answer)
        assert status.endswith(" 400 Bad Request")
        assert message.startswith("this is not HTTP as taken here: ")
        assert message.isprintable()
        head = answer.partition(b"\r\n\r\n")[0].decode()
        assert "\r\nServer: patchbay\r\n" in head
        assert "\r\nX-Content-Type-Options: nosniff\r\n" in head
        assert "aiohttp" not in head

    serve(place, main)


def test_no_answer_says_what_the_server_is_made_of(place: Place) -> None:
    async def main(client: Client) -> None:
        for path in ("/prompt", "/nothing", "/api/v1/health", "/view?filename=x"):
            answer, _ = await client.raw("GET", path)
            assert answer.headers.getall("Server") == ["patchbay"]

    serve(place, main)


def test_what_is_no_http_is_one_line_in_the_log(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """However often it comes: the log keeps 1,000 lines, and others' must not be pushed out."""

    async def main(client: Client) -> None:
        for _ in range(20):
            wire = await Wire.to(client)
            wire.say(b"\x1b[2J\r\n\r\n")
            await wire.end()

    serve(place, main)
    lines = [record for record in caplog.records if "was refused" in record.getMessage()]
    assert 1 <= len(lines) <= 5
    assert all(record.exc_info is None for record in caplog.records)
    assert all(record.getMessage().isprintable() for record in lines)


def test_an_expectation_that_is_not_known_is_refused_in_json(place: Place) -> None:
    async def main(client: Client) -> None:
        how = {"headers": {"Expect": "miracles"}, "data": b"{}"}
        status, body = await client.refused("POST", "/prompt", **how)
        assert (status, body["error"]["message"]) == (417, "Unknown Expect: miracles")

    serve(place, main)


@pytest.mark.parametrize("encoding", ["foo", "gzip", "gzip, foo", "compress", "\u00e9"])
@pytest.mark.parametrize("path", ["/prompt", "/userdata/a.txt", "/upload/image"])
def test_a_body_that_is_encoded_is_refused(place: Place, path: str, encoding: str) -> None:
    async def main(client: Client) -> None:
        kind = "multipart/form-data; boundary=x"
        how = {"headers": {"Content-Encoding": encoding, "Content-Type": kind}, "data": b"x"}
        status, body = await client.refused("POST", path, **how)
        assert status == 415
        assert body["error"]["message"].endswith(": send it as it is")

    serve(place, main)
