"""A client of ComfyUI's protocol that costs little: it counts what it hears and notes times."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from benchmarks.serving.prompts import Prompt

# Frames that say where a job stands are short; the rest is counted, not read.
_SHORT_BYTES = 400
_ERROR = "execution_error"


class RefusedError(Exception):
    """The server did not accept a prompt: its status and the beginning of its answer."""


class FailedError(Exception):
    """A prompt that was accepted did not end well or not in time."""


class _Data(msgspec.Struct):
    prompt_id: str = ""
    node: str | msgspec.UnsetType | None = msgspec.UNSET


class _Frame(msgspec.Struct):
    type: str
    data: _Data


class _Accepted(msgspec.Struct):
    prompt_id: str


_frame = msgspec.json.Decoder(_Frame)
_accepted = msgspec.json.Decoder(_Accepted)


@dataclass
class Heard:
    """What the socket said of one job. Times are those of `time.perf_counter`."""

    first: float = 0.0
    progressed: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: float = 0.0
    nodes: int = 0
    error: str = ""
    ended: float = 0.0
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Watched:
    """One job from sending it to its last event; `nodes` is how many were said to run."""

    id: str
    answered_seconds: float
    first_seconds: float
    seconds: float
    nodes: int
    messages: int
    size_bytes: int


class Client:
    """Posts prompts under a client id of its own, with a socket that listens."""

    def __init__(self, url: str, patience_seconds: float, connections: int = 16) -> None:
        self.url = url.rstrip("/")
        self.id = uuid.uuid4().hex
        self.messages = 0
        self.size_bytes = 0
        self.ended: list[str] = []
        self._patience = patience_seconds
        self._connections = connections
        self._heard: defaultdict[str, Heard] = defaultdict(Heard)

    async def __aenter__(self) -> Client:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections + 1),
            timeout=aiohttp.ClientTimeout(total=self._patience),
        )
        try:
            # A ComfyUI's messages grow with the graph; some pass aiohttp's limit of 4 MB.
            self._socket = await self._session.ws_connect(
                f"{self.url}/ws?clientId={self.id}", max_msg_size=0
            )
        except aiohttp.ClientError:
            await self._session.close()
            raise
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._session.close()

    def body(self, prompt: Prompt, *, heard: bool = True) -> bytes:
        """What is posted for a prompt, so that making it is not measured."""
        return msgspec.json.encode({"prompt": prompt} | ({"client_id": self.id} if heard else {}))

    async def submit(self, body: bytes) -> str:
        """The id under which the prompt was accepted. Raises RefusedError."""
        async with self._session.post(f"{self.url}/prompt", data=body) as answer:
            data = await answer.read()
            if answer.status != 200:
                raise RefusedError(f"{answer.status}: {data[:200].decode(errors='replace')}")
        return _accepted.decode(data).prompt_id

    async def watch(self, body: bytes) -> Watched:
        """Posts a prompt and listens until it is over. Raises RefusedError and FailedError."""
        messages, size_bytes = self.messages, self.size_bytes
        sent = time.perf_counter()
        id_ = await self.submit(body)
        answered = time.perf_counter() - sent
        heard = await self.end_of(id_)
        return Watched(
            id_,
            answered,
            heard.first - sent,
            heard.ended - sent,
            heard.nodes,
            self.messages - messages,
            self.size_bytes - size_bytes,
        )

    async def end_of(self, id_: str) -> Heard:
        """What was heard of a job, once it is over. Raises FailedError if it failed."""
        heard = self._heard[id_]
        try:
            async with asyncio.timeout(self._patience):
                await heard.over.wait()
        except TimeoutError:
            raise FailedError(f"not over after {self._patience:g} s") from None
        if heard.error:
            raise FailedError(heard.error)
        self.ended.append(id_)
        return heard

    async def progress_of(self, id_: str) -> None:
        """Returns when the job's node has reported a step. Raises FailedError."""
        try:
            async with asyncio.timeout(self._patience):
                await self._heard[id_].progressed.wait()
        except TimeoutError:
            raise FailedError("no progress was reported") from None

    async def post(self, path: str, data: Any) -> None:
        """Posts JSON and lets the answer be."""
        async with self._session.post(self.url + path, json=data) as answer:
            await answer.read()

    async def get(self, path: str) -> bytes:
        """The body of the answer. Raises RefusedError unless that is a 200."""
        async with self._session.get(self.url + path) as answer:
            data = await answer.read()
            if answer.status != 200:
                raise RefusedError(f"GET {path}: {answer.status}")
            return data

    async def _read(self) -> None:
        async for message in self._socket:
            self.messages += 1
            if message.type is not aiohttp.WSMsgType.TEXT:
                self.size_bytes += len(message.data)
                continue
            text: str = message.data
            self.size_bytes += len(text) if text.isascii() else len(text.encode())
            if len(text) < _SHORT_BYTES or _ERROR in text[:40]:
                self._note(text)
        for heard in self._heard.values():
            if not heard.over.is_set():
                heard.error = "the socket was closed"
                heard.over.set()

    def _note(self, text: str) -> None:
        now = time.perf_counter()
        frame = _frame.decode(text)
        if not frame.data.prompt_id:
            return
        heard = self._heard[frame.data.prompt_id]
        heard.first = heard.first or now
        if frame.type == "executing" and frame.data.node is None:
            heard.ended = now
            heard.over.set()
        elif frame.type == "executing":
            heard.nodes += 1
        elif frame.type == "progress":
            heard.progressed.set()
        elif frame.type == "execution_interrupted":
            heard.stopped = now
        elif frame.type == _ERROR:
            heard.error = text[:600]
