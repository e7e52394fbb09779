"""One client's socket: reads its first words, sends it what waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from patchbay.api.outbox import Outbox
from patchbay.comfy import messages
from patchbay.comfy.messages import Message

LARGEST_FRAME = 1 << 20  # clients send a word or two
_GOODBYE_SECONDS = 1.0  # for a client to answer that it has heard


@dataclass(eq=False)
class Connection:
    """A socket that is open. `sid` is the client's id; several connections may share one."""

    sid: str
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    outbox: Outbox = field(default_factory=Outbox)
    previews_with_facts: bool = False
    native: bool = False  # also gets Patchbay's own events
    logs: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, message: Message) -> None:
        """Puts a message in line; a client for which even the latest state is too much is cut off,
        and gets the state anew when it comes back."""
        self.outbox.add(message)
        self._wake.set()
        if self.outbox.overflowed:
            self.abort()

    def abort(self) -> None:
        """Ends the connection now, whatever is on its way."""
        if self.transport is not None:
            self.transport.abort()

    async def talk(self, features: Mapping[str, Any]) -> None:
        """Reads and writes until either side has enough."""
        writer = asyncio.get_running_loop().create_task(self._write())
        try:
            await self._read(features)
        finally:
            writer.cancel()

    async def close(self) -> None:
        """Says goodbye; one who does not listen is not waited for."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self.ws.close(code=WSCloseCode.GOING_AWAY, message=b"the server stops")
        self.abort()

    async def _read(self, features: Mapping[str, Any]) -> None:
        """Reads what the client says; only its first words are looked at."""
        first = True
        async for frame in self.ws:
            if frame.type is WSMsgType.TEXT and first:
                first = False
                self._read_flags(frame.data, features)

    def _read_flags(self, text: str, features: Mapping[str, Any]) -> None:
        try:
            said = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, ValueError):
            return
        if not isinstance(said, dict) or said.get("type") != "feature_flags":
            return
        flags = said.get("data")
        if isinstance(flags, dict):
            self.previews_with_facts = flags.get("supports_preview_metadata") is True
            self.native = flags.get("patchbay_events") is True
        self.send(messages.message("feature_flags", features))

    async def _write(self) -> None:
        """Sends what waits, as fast as the client takes it."""
        outbox, ws = self.outbox, self.ws
        # It has gone: the reader notices too.
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                while outbox:
                    message = outbox.take()
                    data = message.data
                    if message.plain is not None and not self.previews_with_facts:
                        data = message.plain
                    kind = WSMsgType.TEXT if message.text else WSMsgType.BINARY
                    await ws.send_frame(data, kind)
                self._wake.clear()
                await self._wake.wait()
