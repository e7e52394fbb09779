"""A client's socket in tests: keeps what it hears, in order, as plain values."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.serving import PATIENCE_SECONDS, Client

FLAGS = {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
Heard = dict[str, Any]


class Listener:
    """Reads from a socket only when asked to."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[Heard] = []

    async def next(self) -> Heard:
        """The next message: a JSON text as it is, a binary frame as what it says."""
        frame = await self.socket.receive(timeout=PATIENCE_SECONDS)
        if frame.type is WSMsgType.TEXT:
            found: Heard = json.loads(frame.data)
        else:
            assert frame.type is WSMsgType.BINARY, frame
            found = of_binary(frame.data)
        self.heard.append(found)
        return found

    async def until(self, true: Callable[[Heard], bool]) -> list[Heard]:
        """What it hears up to a message that is so, that one included."""
        found = [await self.next()]
        while not true(found[-1]):
            found.append(await self.next())
        return found

    async def until_end(self, job: str) -> list[Heard]:
        """What it hears until the job has ended."""
        return await self.until(lambda heard: is_end(heard, job))

    async def close(self) -> None:
        await self.socket.close()


async def listen(client: Client, id_: str | None = None, path: str = "/ws") -> Listener:
    """A socket under a client's id that has been greeted."""
    query = {} if id_ is None else {"clientId": id_}
    listener = Listener(await client.http.ws_connect(path, params=query, max_msg_size=0))
    await listener.until(lambda heard: heard["type"] == "status")
    return listener


def is_end(heard: Heard, job: str) -> bool:
    """Whether this is the very last message of a job."""
    data = heard.get("data")
    return heard["type"] == "executing" and data == {"node": None, "prompt_id": job}


def of_binary(data: bytes) -> Heard:
    """A binary frame by the protocol's layout."""
    kind, number = struct.unpack(">II", data[:8])
    rest = data[8:]
    if kind == 1:
        return {"type": 1, "format": number, "picture": rest}
    if kind == 3:
        return {"type": 3, "node": rest[:number].decode(), "text": rest[number:].decode()}
    assert kind == 4, kind
    return {"type": 4, "facts": json.loads(rest[:number]), "picture": rest[number:]}


def types(heard: list[Heard]) -> list[Any]:
    """What the messages are, by name or number."""
    return [each["type"] for each in heard]


class Raw:
    """A socket spoken byte by byte, for what no library would send."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int, id_: str = "raw") -> Raw:
        """Shakes hands; nothing is read after that unless asked for."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4_096)
        writer.write(
            f"GET /ws?clientId={id_} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        return cls(reader, writer)

    def send(self, first: int, payload: bytes = b"", *, masked: bool = True) -> None:
        """A frame by its first byte: the end mark, three reserved bits, the kind (RFC 6455)."""
        size = len(payload)
        mask = 128 if masked else 0
        if size < 126:
            head = bytes([first, mask | size])
        elif size < 1 << 16:
            head = bytes([first, mask | 126]) + struct.pack(">H", size)
        else:
            head = bytes([first, mask | 127]) + struct.pack(">Q", size)
        # A mask of zeros changes nothing.
        self.writer.write(head + (bytes(4) if masked else b"") + payload)

    async def frame(self) -> tuple[int, bytes]:
        """The kind and the payload of the next frame."""
        first, second = await self._exactly(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack(">H", await self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self._exactly(8))
        return first & 15, await self._exactly(size)

    async def closed(self) -> int:
        """The code that the server closes with; 0 if it says nothing."""
        try:
            while True:
                kind, payload = await self.frame()
                if kind == 8:
                    return int.from_bytes(payload[:2])
        except (ConnectionError, asyncio.IncompleteReadError):
            return 0

    def close(self) -> None:
        self.writer.transport.abort()

    async def _exactly(self, size: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(size), PATIENCE_SECONDS)
