"""A server of the routes for files alone, and the plainest of clients: a socket."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from patchbay.api import folders, guarding, site, uploads, userdata, users, view
from patchbay.api.access import Access
from patchbay.api.serving import SERVING, Limits, Options, Serving
from patchbay.files import Folders
from patchbay.packs import Catalogue, Pack

_MODULES = (folders, site, uploads, userdata, users, view)


@dataclass(frozen=True)
class Answer:
    """What came back, byte for byte. `headers` have their names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def message(self) -> str:
        """What the error says."""
        return str(self.json["error"]["message"])


@dataclass
class Files:
    """A running server and its folders."""

    folders: Folders
    user: Path  # the user's own files
    options: Options
    port: int = 0

    async def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends the path as it stands: nothing tidies it up on the way."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        return await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def raw(self, request: bytes) -> Answer:
        """Sends bytes, and reads until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            with contextlib.suppress(ConnectionError):  # it may answer and close before the end
                writer.write(request)
                await writer.drain()
            data = await asyncio.wait_for(reader.read(), 30)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        return answer_of(data)

    async def upload(
        self, data: bytes, name: str = "a.bin", path: str = "/upload/image", **fields: str
    ) -> Answer:
        """Uploads a file, its text fields after it."""
        return await self.send_form([("image", name, data), *_texts(fields)], path)

    async def send_form(
        self, parts: list[tuple[str, str | None, bytes]], path: str = "/upload/image"
    ) -> Answer:
        """Sends a form of fields; one with a file's name is a file."""
        return await self.ask(path, "POST", form_of(parts), FORM)


FORM = {"Content-Type": "multipart/form-data; boundary=edge"}


def _texts(fields: Mapping[str, str]) -> list[tuple[str, str | None, bytes]]:
    return [(name, None, text.encode()) for name, text in fields.items()]


def form_of(parts: list[tuple[str, str | None, bytes]]) -> bytes:
    """The bytes of a form."""
    body = b""
    for field_name, file_name, data in parts:
        head = f'Content-Disposition: form-data; name="{field_name}"'
        if file_name is not None:
            head += f'; filename="{file_name}"'
        body += b"--edge\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return body + b"--edge--\r\n"


def answer_of(data: bytes) -> Answer:
    """The first answer in what a server sent, its body whole or in chunks."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    headers = {name.lower(): value for name, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    return Answer(int(first.split(" ")[1]), headers, body)


def _joined(data: bytes) -> bytes:
    whole = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        length = int(size, 16)
        whole, data = whole + data[:length], data[length + 2 :]
    return whole


@contextlib.asynccontextmanager
async def serving(
    folder: Path, limits: Limits | None = None, packs: tuple[Pack, ...] = (), **options: Any
) -> AsyncIterator[Files]:
    """A server with its folders below `folder`."""
    asked = Options(folder / "user", limits=limits or Limits(), **options)
    files = Files(
        Folders(folder / "input", folder / "output", folder / "temp"),
        folder / "user" / "users" / "default",
        asked,
    )
    for path in (files.folders.input, files.folders.output, files.folders.temp):
        path.mkdir(exist_ok=True)
    app = web.Application(
        middlewares=guarding.middlewares(),
        handler_args={"max_line_size": 16_384, "max_field_size": 16_384},
    )
    nothing = cast(Any, None)
    parts = cast(Any, SimpleNamespace(folders=files.folders))
    access = Access(folder / "user", asked.host, asked.hosts)
    catalogue = Catalogue(packs, {}, ())
    app[SERVING] = Serving(asked, parts, catalogue, nothing, nothing, access, nothing, time.time())
    app.on_response_prepare.append(guarding.finish)
    for module in _MODULES:
        routes = module.routes()
        app.add_routes(routes)
        app.add_routes(
            [web.RouteDef(r.method, f"/api{r.path}", r.handler, r.kwargs) for r in routes]
        )
    for module in (folders, site):
        app.add_routes(module.plain_routes())
    async with TestServer(app) as server:
        files.port = server.port or 0
        yield files


def served(folder: Path, work: Callable[[Files], Awaitable[None]], **how: Any) -> None:
    """Does some work with a server."""

    async def main() -> None:
        async with serving(folder, **how) as files:
            await work(files)

    asyncio.run(main())
