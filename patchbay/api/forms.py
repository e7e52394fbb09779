"""A multipart form with one file, which goes to the disk as it comes in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from aiohttp import BodyPartReader, MultipartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError
from blake3 import blake3

from patchbay.api.paths import disk_errors
from patchbay.api.replies import arriving
from patchbay.api.serving import SERVING
from patchbay.api.storage import unfinished

_CHUNK_BYTES = 1 << 16
_BATCH_BYTES = 1 << 20  # what is collected before a thread is asked to write it
_FIELD_BYTES = 1 << 16
_MOST_FIELDS = 64
# Around the file: the other fields, and what separates them.
_FORM_BYTES = _FIELD_BYTES * 4
# What aiohttp raises on a form that is none, or ends too early.
_MALFORMED = (
    ValueError, LookupError, RuntimeError, AssertionError, Warning, HttpProcessingError,
    ConnectionError, web.RequestPayloadError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Received:
    """The file of a form: what its sender calls it, where it lies for now."""

    name: str
    path: Path
    size_bytes: int
    digest: bytes


@dataclass(slots=True)
class Form:
    """The text fields of a form, and its file if it has one."""

    fields: dict[str, str] = field(default_factory=dict)
    file: Received | None = None


@contextlib.asynccontextmanager
async def received(
    request: web.Request, name: str, home: Callable[[Form], Path]
) -> AsyncIterator[Form]:
    """The form that a request sends, with the file in its field `name`, in a folder that `home`
    chooses by the fields that came before it. The file is gone after the block, unless moved.

    Raises HTTPBadRequest for what is no such form, HTTPRequestEntityTooLarge,
    HTTPInsufficientStorage, HTTPUnsupportedMediaType, HTTPRequestTimeout.
    """
    most = request.app[SERVING].options.limits.upload_bytes
    if (request.content_length or 0) > most + _FORM_BYTES:
        raise _too_large(most, request.content_length or 0)
    if request.content_type != "multipart/form-data":
        raise web.HTTPBadRequest(text="the body is no form: send it as multipart/form-data")
    async with contextlib.AsyncExitStack() as stack:
        try:
            async with arriving(request) as clock:
                form = await _read(request, name, home, stack, clock)
        except _MALFORMED as error:
            # What was sent may be in the error's words, and need not be Unicode.
            message = f"the form is malformed, or ends too early: {str(error)[:200]!a}"
            raise web.HTTPBadRequest(text=message) from error
        yield form


async def _read(
    request: web.Request,
    name: str,
    home: Callable[[Form], Path],
    stack: contextlib.AsyncExitStack,
    clock: Callable[[], None],
) -> Form:
    form = Form()
    reader = await request.multipart()
    for _ in range(_MOST_FIELDS):
        part = await reader.next()
        clock()
        if part is None:
            return form
        if isinstance(part, MultipartReader):
            raise web.HTTPBadRequest(text="the form has a form in it: send one file")
        if hdrs.CONTENT_ENCODING in part.headers:  # RFC 7578 knows none for a part
            raise web.HTTPBadRequest(text="a part of the form is encoded: send it as it is")
        if part.name == name and part.filename:
            if form.file is not None:
                raise web.HTTPBadRequest(text="the form has several files: send one at a time")
            form.file = await _store(request, part, home(form), stack, clock)
        else:
            form.fields[part.name or ""] = await _text(part, clock)
    raise web.HTTPBadRequest(text=f"the form has more than {_MOST_FIELDS} fields")


async def _text(part: BodyPartReader, clock: Callable[[], None]) -> str:
    data = bytearray()
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        clock()
        data += chunk
        if len(data) > _FIELD_BYTES:
            raise _too_large(_FIELD_BYTES, len(data))
    return data.decode()


async def _store(
    request: web.Request,
    part: BodyPartReader,
    folder: Path,
    stack: contextlib.AsyncExitStack,
    clock: Callable[[], None],
) -> Received:
    most = request.app[SERVING].options.limits.upload_bytes
    hasher = blake3()
    size = 0
    with disk_errors("the upload"):
        path = await asyncio.to_thread(_entered, stack, folder)
        with path.open("xb") as file:
            async for data in _batches(part, clock):
                size += len(data)
                if size > most:
                    raise _too_large(most, size)
                await asyncio.to_thread(_add, file, hasher, data)
    return Received(part.filename or "", path, size, hasher.digest())


def _entered(stack: contextlib.AsyncExitStack, folder: Path) -> Path:
    """A path for the upload, until the stack is left: in a thread, since a large file takes its
    time to be removed."""
    place = unfinished(folder)
    path = place.__enter__()
    stack.push_async_callback(asyncio.to_thread, place.__exit__, None, None, None)
    return path


async def _batches(part: BodyPartReader, clock: Callable[[], None]) -> AsyncIterator[bytes]:
    """The part's content, in pieces that are worth a thread's while."""
    batch = bytearray()
    while chunk := await part.read_chunk(_CHUNK_BYTES):
        clock()
        async for piece in part.decode_iter(chunk):
            batch += piece
        if len(batch) >= _BATCH_BYTES:
            yield bytes(batch)
            batch.clear()
    yield bytes(batch)


def _add(file: BinaryIO, hasher: blake3, data: bytes) -> None:
    file.write(data)
    hasher.update(data)


def _too_large(most: int, actual: int) -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(
        max_size=most,
        actual_size=actual,
        text=f"{actual} bytes are too many: {most} is the most taken here",
    )
