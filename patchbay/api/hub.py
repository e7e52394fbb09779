"""The sockets: who hears of which job, and what a client gets that comes back."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from patchbay.api.log import Line
from patchbay.api.native import native_json
from patchbay.api.outbox import Outbox
from patchbay.comfy import messages
from patchbay.comfy.messages import Message, Picture, Translator
from patchbay.events import Event, Finished, NodeProgress, Started
from patchbay.jobs.queue import Active, Queue
from patchbay.media import Image

_LARGEST_FRAME = 1 << 20  # clients send a word or two
_REMEMBERED_SECONDS = 600.0  # how long a client may be away and still be told what ended
_REMEMBERED = 1_000
_PREVIEW_SECONDS = 0.1  # between two pictures of one node
# What a client that was away is told when it comes back, besides that the job ended.
_TOLD_LATER = (
    "execution_start", "execution_cached", "executed", "execution_success", "execution_error",
    "execution_interrupted",
)  # fmt: skip
# What all hear of a job that is nobody's.
_BROADCAST = ("progress_state", "progress")


@dataclass(eq=False)
class Socket:
    """One connection. `sid` is the client's id; several connections may share one."""

    sid: str
    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    outbox: Outbox = field(default_factory=Outbox)
    previews_with_facts: bool = False
    native: bool = False  # also gets Patchbay's own events
    logs: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def send(self, message: Message) -> None:
        """Puts a message in line; a socket that cannot even take the latest state is closed."""
        self.outbox.add(message)
        self.wake.set()
        if self.outbox.overflowed and self.transport is not None:
            self.transport.abort()


class Hub:
    """All sockets. Used from the loop's thread."""

    def __init__(self, queue: Queue, *, max_upload_bytes: int, debug: bool) -> None:
        self._queue = queue
        self._debug = debug
        self._flags = {
            "supports_preview_metadata": True,
            "max_upload_size": max_upload_bytes,
            "patchbay_events": True,
        }
        self._sockets: dict[str, set[Socket]] = {}
        self._translators: dict[str, Translator] = {}
        self._away: OrderedDict[str, tuple[float, list[Message]]] = OrderedDict()
        self._due: set[str] = set()
        self._last_picture: dict[tuple[str, str], float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        queue.listeners.heard.append(self._heard)
        queue.listeners.changed.append(self._changed)

    @property
    def features(self) -> dict[str, Any]:
        """What this server can do, as clients ask before they connect."""
        return self._flags

    def __len__(self) -> int:
        return sum(map(len, self._sockets.values()))

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speaks with one client until either has enough."""
        # Uncompressed: what is sent here is small, and pictures are compressed already.
        ws = web.WebSocketResponse(max_msg_size=_LARGEST_FRAME, compress=False)
        await ws.prepare(request)
        sid = request.query.get("clientId", "")[:200] or uuid.uuid4().hex
        transport = request.transport
        socket = Socket(sid, ws, transport if isinstance(transport, asyncio.Transport) else None)
        self._sockets.setdefault(socket.sid, set()).add(socket)
        self._greet(socket)
        writer = asyncio.get_running_loop().create_task(self._write(socket))
        try:
            await self._listen(socket)
        finally:
            writer.cancel()
            self._leave(socket)
        return ws

    def send(self, message: Message, client: str | None = None) -> None:
        """Sends to the sockets of a client, or to all."""
        found = self._all() if client is None else self._sockets.get(client, ())
        for socket in found:
            socket.send(message)

    def subscribe_logs(self, client: str, enabled: bool) -> None:
        """Sends the log to a client's sockets from now on, or no more."""
        for socket in self._sockets.get(client, ()):
            socket.logs = enabled

    def tell_log(self, lines: Sequence[Line]) -> None:
        """Passes lines of the log to those who asked for them."""
        told = [socket for socket in self._all() if socket.logs]
        if told:
            message = messages.message("logs", {"entries": lines, "size": None})
            for socket in told:
                socket.send(message)

    async def close(self) -> None:
        """Says goodbye to everyone."""
        for socket in list(self._all()):
            await socket.ws.close(code=WSCloseCode.GOING_AWAY, message=b"the server stops")
        for task in self._tasks:
            task.cancel()

    def _all(self) -> Iterable[Socket]:
        return (socket for sockets in self._sockets.values() for socket in sockets)

    def _greet(self, socket: Socket) -> None:
        """Tells a new socket where things stand, and what ended while its client was away."""
        socket.send(messages.status(len(self._queue), socket.sid))
        at, missed = self._away.pop(socket.sid, (0.0, []))
        if time.monotonic() - at < _REMEMBERED_SECONDS:
            for message in missed:
                socket.send(message)
        for active in self._queue.active.values():
            translator = self._translators.get(active.id)
            if translator is not None and active.client == socket.sid:
                for message in translator.again():
                    socket.send(message)

    async def _listen(self, socket: Socket) -> None:
        """Reads what the client says; only its first words are looked at."""
        first = True
        async for frame in socket.ws:
            if frame.type is WSMsgType.TEXT and first:
                first = False
                self._read_flags(socket, frame.data)

    def _read_flags(self, socket: Socket, text: str) -> None:
        try:
            said = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError, ValueError):
            return
        if not isinstance(said, dict) or said.get("type") != "feature_flags":
            return
        flags = said.get("data")
        if isinstance(flags, dict):
            socket.previews_with_facts = flags.get("supports_preview_metadata") is True
            socket.native = flags.get("patchbay_events") is True
        socket.send(messages.message("feature_flags", self._flags))

    async def _write(self, socket: Socket) -> None:
        """Sends what waits, as fast as the client takes it."""
        outbox, ws = socket.outbox, socket.ws
        try:
            while True:
                while outbox:
                    message = outbox.take()
                    if message.text:
                        await ws.send_frame(message.data, WSMsgType.TEXT)
                    elif message.plain is not None and not socket.previews_with_facts:
                        await ws.send_bytes(message.plain)
                    else:
                        await ws.send_bytes(message.data)
                socket.wake.clear()
                await socket.wake.wait()
        except (ConnectionError, RuntimeError):  # it has gone; the reader notices too
            pass

    def _leave(self, socket: Socket) -> None:
        sockets = self._sockets[socket.sid]
        sockets.discard(socket)
        if not sockets:
            del self._sockets[socket.sid]
            if any(active.client == socket.sid for active in self._queue.active.values()) or any(
                waiting.client == socket.sid for waiting in self._queue.waiting()
            ):
                self._away[socket.sid] = (time.monotonic(), [])
                while len(self._away) > _REMEMBERED:
                    self._away.popitem(last=False)

    # What the queue tells

    def _changed(self) -> None:
        self.send(messages.status(len(self._queue)))

    def _heard(self, active: Active, event: Event) -> None:
        if type(event) is Started:
            self._translators[active.id] = Translator(active, self._debug)
        translator = self._translators.get(active.id)
        if translator is None:
            return
        self._pass_on(active, translator.hear(event))
        if isinstance(event, NodeProgress) and isinstance(event.preview, Image):
            self._show(active, event)
        self._tell_natively(active, event)
        if type(event) is Finished:
            del self._translators[active.id]
            self._due.discard(active.id)
            self._last_picture = {k: v for k, v in self._last_picture.items() if k[0] != active.id}
            self.send(messages.status(len(self._queue)))
            self._pass_on(active, [translator.end()])
        elif translator.waiting and active.id not in self._due:
            self._due.add(active.id)
            asyncio.get_running_loop().call_soon(self._tell_rest, active)

    def _tell_rest(self, active: Active) -> None:
        """What gathered in a turn of the loop, and what was owed."""
        self._due.discard(active.id)
        translator = self._translators.get(active.id)
        if translator is None:
            return
        self._pass_on(active, translator.rest())
        if translator.waiting:
            self._due.add(active.id)
            asyncio.get_running_loop().call_later(0.05, self._tell_rest, active)

    def _pass_on(self, active: Active, found: list[Message]) -> None:
        """To the client whose job it is; of a job that is nobody's, all hear the essentials."""
        client = active.client
        for message in found:
            last = message.type == "executing" and b'"node":null' in message.data
            if message.type == "execution_interrupted":
                self.send(message)
            elif client is None:
                blocked = b'"ExecutionBlocked"' in message.data
                if message.type in _BROADCAST or not message.text or blocked:
                    self.send(message)
            else:
                for socket in self._sockets.get(client, ()):
                    socket.send(message)
            if (
                client is not None
                and client in self._away
                and (last or message.type in _TOLD_LATER)
            ):
                self._away[client][1].append(message)

    def _tell_natively(self, active: Active, event: Event) -> None:
        native = [socket for socket in self._all_of(active) if socket.native]
        if native:
            kind = "patchbay.progress" if isinstance(event, NodeProgress) else "patchbay"
            message = messages.message("patchbay", native_json(event), active.id)
            message.type = kind
            for socket in native:
                socket.send(message)

    def _all_of(self, active: Active) -> Iterable[Socket]:
        return self._all() if active.client is None else self._sockets.get(active.client, ())

    def _show(self, active: Active, event: NodeProgress) -> None:
        """Sends a picture of what is being made, not too often, made off the loop's thread."""
        if not self._sockets or (active.client is not None and active.client not in self._sockets):
            return
        key, now = (active.id, event.node), time.monotonic()
        if now - self._last_picture.get(key, 0.0) < _PREVIEW_SECONDS and event.done < event.total:
            return
        self._last_picture[key] = now
        picture = Picture(event.preview, event.node, event.drawn, active.id)
        task = asyncio.get_running_loop().create_task(self._send_picture(picture, active.client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_picture(self, picture: Picture, client: str | None) -> None:
        made = await asyncio.to_thread(messages.picture_frames, picture)
        if picture.job in self._queue.active:
            self.send(made, client)
