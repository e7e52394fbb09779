"""The sockets: who hears of which job, and what a client gets that comes back."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from aiohttp import web

from patchbay.api.away import Away
from patchbay.api.connection import LARGEST_FRAME, Connection
from patchbay.api.log import Line
from patchbay.api.native import native_json
from patchbay.comfy import messages
from patchbay.comfy.messages import Message, Picture
from patchbay.comfy.translator import Translator
from patchbay.comfy.wire import LONGEST_TEXT
from patchbay.events import Event, Finished, NodeProgress, NodeStarted, Started
from patchbay.jobs.queue import Active, Queue
from patchbay.media import Image

_PREVIEW_SECONDS = 0.1  # between two pictures of one node
# What all hear of a job that is nobody's.
_BROADCAST = ("progress_state", "progress", "preview", "text", "blocked")
# How far what a native message says is overtaken by the next of its kind; see `Outbox`.
_NATIVE_KINDS = {NodeProgress: "patchbay.progress", NodeStarted: "patchbay.step"}


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
        self._connections: dict[str, set[Connection]] = {}
        self._translators: dict[str, Translator] = {}
        self._away = Away()
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
        return sum(map(len, self._connections.values()))

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Speaks with one client until either has enough."""
        # Uncompressed: what is sent here is small, and pictures are compressed already.
        ws = web.WebSocketResponse(max_msg_size=LARGEST_FRAME, compress=False)
        await ws.prepare(request)
        sid = request.query.get("clientId", "")[:LONGEST_TEXT] or uuid.uuid4().hex
        transport = request.transport
        here = Connection(sid, ws, transport if isinstance(transport, asyncio.Transport) else None)
        self._connections.setdefault(sid, set()).add(here)
        try:
            self._greet(here)
            await here.talk(self._flags)
        finally:
            self._leave(here)
        return ws

    def send(self, message: Message, client: str | None = None) -> None:
        """Sends to the sockets of a client, or to all."""
        found = self._all() if client is None else self._connections.get(client, ())
        for connection in found:
            connection.send(message)

    def subscribe_logs(self, client: str, enabled: bool) -> None:
        """Sends the log to a client's sockets from now on, or no more."""
        for connection in self._connections.get(client, ()):
            connection.logs = enabled

    def tell_log(self, lines: Sequence[Line]) -> None:
        """Passes lines of the log to those who asked for them."""
        told = [connection for connection in self._all() if connection.logs]
        if told:
            message = messages.message("logs", {"entries": lines, "size": None})
            for connection in told:
                connection.send(message)

    async def close(self) -> None:
        """Says goodbye to everyone, at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*(connection.close() for connection in list(self._all())))

    def _all(self) -> Iterable[Connection]:
        return (each for theirs in self._connections.values() for each in theirs)

    def _greet(self, connection: Connection) -> None:
        """Tells a new socket where things stand, and what ended while its client was away.

        That comes first: a client that waits for the queue to be empty would go before it heard
        how its job went.
        """
        found = self._away.take(connection.sid)
        found.append(messages.status(len(self._queue), connection.sid))
        for active in self._queue.active.values():
            translator = self._translators.get(active.id)
            if translator is not None and active.client == connection.sid:
                found += translator.again()
        for message in found:
            connection.send(message)

    def _leave(self, connection: Connection) -> None:
        theirs = self._connections[connection.sid]
        theirs.discard(connection)
        if not theirs:
            del self._connections[connection.sid]

    # What the queue tells

    def _changed(self) -> None:
        self.send(messages.status(len(self._queue)))

    def _heard(self, active: Active, event: Event) -> None:
        if type(event) is Started:
            self._translators[active.id] = Translator(active, self._debug)
        translator = self._translators.get(active.id)
        if translator is None:
            return
        found = translator.hear(event)
        self._pass_on(active, found)
        if isinstance(event, NodeProgress) and isinstance(event.preview, Image):
            self._show(active, event)
        self._tell_natively(active, event)
        if type(event) is Finished:
            self._end(active, translator, found)
        elif translator.waiting and active.id not in self._due:
            self._due.add(active.id)
            asyncio.get_running_loop().call_soon(self._tell_rest, active)

    def _end(self, active: Active, translator: Translator, last: Sequence[Message]) -> None:
        """The queue is told to be shorter before the client is told that its job has ended."""
        del self._translators[active.id]
        self._due.discard(active.id)
        self._last_picture = {k: v for k, v in self._last_picture.items() if k[0] != active.id}
        self._changed()
        self._pass_on(active, [translator.end()])
        if active.client is not None and active.client not in self._connections:
            self._away.keep(active.client, active.id, translator.story(last))

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

    def _pass_on(self, active: Active, found: Sequence[Message]) -> None:
        """To the client whose job it is; of a job that is nobody's, all hear the essentials, and
        of an interruption always."""
        for message in found:
            if message.type == "execution_interrupted":
                self.send(message)
            elif active.client is not None:
                self.send(message, active.client)
            elif message.type in _BROADCAST:
                self.send(message)

    def _tell_natively(self, active: Active, event: Event) -> None:
        theirs = self._all() if active.client is None else self._connections.get(active.client, ())
        native = [connection for connection in theirs if connection.native]
        if native:
            kind = _NATIVE_KINDS.get(type(event), "patchbay")
            told = native_json(event, traceback=self._debug)
            message = messages.message("patchbay", told, active.id, kind)
            for connection in native:
                connection.send(message)

    def _show(self, active: Active, event: NodeProgress) -> None:
        """Sends a picture of what is being made, not too often, made off the loop's thread."""
        client = active.client
        if not self._connections or (client is not None and client not in self._connections):
            return
        key, now = (active.id, event.node), time.monotonic()
        if now - self._last_picture.get(key, 0.0) < _PREVIEW_SECONDS and event.done < event.total:
            return
        self._last_picture[key] = now
        picture = Picture(event.preview, event.node, event.drawn, active.id)
        task = asyncio.get_running_loop().create_task(self._send_picture(picture, client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send_picture(self, picture: Picture, client: str | None) -> None:
        made = await asyncio.to_thread(messages.picture_frames, picture)
        if picture.job in self._queue.active:
            self.send(made, client)
