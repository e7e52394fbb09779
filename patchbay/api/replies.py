"""Answers in JSON, errors in one shape, and request bodies read within their limits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import msgspec
import numpy as np
from aiohttp import hdrs, web
from msgspec import Raw

from patchbay.api.serving import SERVING
from patchbay.errors import PatchbayError

T = TypeVar("T")
JSON_TYPE = "application/json"
_DEPTH = np.zeros(256, np.int8)
_DEPTH[[ord("["), ord("{")]] = 1
_DEPTH[[ord("]"), ord("}")]] = -1
# A body above this takes a millisecond or more to read and check: not on the loop's thread.
LARGE_BYTES = 1 << 16
_ENCODINGS = ("", "identity")  # nothing is unpacked: no client packs what it sends
# An error's HTTP status by its code; everything else that a client may have done is a 400.
_STATUS = {
    "not_found": 404,
    "forbidden": 403,
    "unauthorized": 401,
    "too_large": 413,
    "too_many": 429,
    "conflict": 409,
}


def reply(data: Any, status: int = 200) -> web.Response:
    """`data`, made of plain values and msgspec's structs, as JSON."""
    body = msgspec.json.encode(data, enc_hook=_plain)
    return web.Response(body=body, status=status, content_type=JSON_TYPE, charset="utf-8")


def error_reply(status: int, code: str, message: str, **details: Any) -> web.Response:
    """An error as every route gives it, also those that ComfyUI answers with plain text."""
    return reply({"error": error_of(code, message, **details), "node_errors": {}}, status)


def error_of(code: str, message: str, **details: Any) -> dict[str, Any]:
    """The error object of ComfyUI's protocol."""
    return {"type": code, "message": message, "details": "", "extra_info": details}


def status_of(error: PatchbayError) -> int:
    """The HTTP status for an error that a request led to."""
    return _STATUS.get(error.code, 400)


async def json_of(request: web.Request, *, empty: Any = ...) -> Any:
    """The request's body as JSON, whatever its Content-Type says. `empty` stands for no body.

    Raises HTTPBadRequest and HTTPRequestEntityTooLarge, with a sentence as their text.
    """
    limits = request.app[SERVING].options.limits
    data = await body_of(request, limits.body_bytes)
    if not data.strip() and empty is not ...:
        return empty
    return await aside(len(data), decoded, data, limits.json_depth, msgspec.json.decode)


async def checked_json(request: web.Request, decoder: msgspec.json.Decoder[T]) -> T:
    """The request's body by a decoder that may leave parts of it raw. Raises as `json_of` does."""
    limits = request.app[SERVING].options.limits
    data = await body_of(request, limits.body_bytes)
    return await aside(len(data), _checked, data, limits.json_depth, decoder)


def _checked(data: bytes, depth: int, decoder: msgspec.json.Decoder[T]) -> T:
    decoded(data, depth, lambda _: None)
    return decoded(data, 0, decoder.decode)


async def aside(size: int, work: Callable[..., T], *given: Any) -> T:
    """What `work` gives: in a thread if it is about so many bytes that the loop should not wait."""
    return await asyncio.to_thread(work, *given) if size >= LARGE_BYTES else work(*given)


def decoded(data: bytes | Raw, depth: int, decode: Callable[[bytes | Raw], T]) -> T:
    """What the JSON says; nested deeper than `depth` it is refused, which 0 does not look at.

    Raises HTTPBadRequest.
    """
    try:
        if depth and _may_be_deep(data, depth) and _deeper(msgspec.json.decode(data), depth):
            raise web.HTTPBadRequest(text=_too_deep(depth))
        return decode(data)
    except RecursionError as error:
        raise web.HTTPBadRequest(text=_too_deep(depth or 1_000)) from error
    except (msgspec.ValidationError, OverflowError) as error:
        raise web.HTTPBadRequest(text=f"the body cannot be read: {error}") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise web.HTTPBadRequest(text=f"the body is not JSON: {error}") from error


async def object_of(request: web.Request, *, empty: Any = ...) -> dict[str, Any]:
    """The request's body as a JSON object. Raises as `json_of` does."""
    data = await json_of(request, empty=empty)
    if not isinstance(data, dict):
        raise web.HTTPBadRequest(text="the body is JSON, but not an object")
    return data


async def body_of(request: web.Request, most_bytes: int) -> bytes:
    """The request's body. Raises HTTPRequestEntityTooLarge, HTTPUnsupportedMediaType,
    HTTPRequestTimeout."""
    parts: list[bytes] = []
    size = 0
    async with arriving(request) as clock:
        async for chunk in request.content.iter_any():
            size += len(chunk)
            if size > most_bytes:
                raise web.HTTPRequestEntityTooLarge(max_size=most_bytes, actual_size=size)
            parts.append(chunk)
            clock()
    return b"".join(parts)


@contextlib.asynccontextmanager
async def arriving(request: web.Request) -> AsyncIterator[Callable[[], None]]:
    """While a body comes in: what is given is to be called whenever some of it has come.

    Raises HTTPRequestTimeout when none comes for long, and HTTPUnsupportedMediaType for a body
    in a form that is not undone by then.
    """
    encoding = request.headers.get(hdrs.CONTENT_ENCODING, "").strip().lower()
    if encoding not in _ENCODINGS:
        message = f"the body is encoded as {encoding[:40]!a}: send it as it is"
        raise web.HTTPUnsupportedMediaType(text=message)
    seconds = request.app[SERVING].options.patience.body
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds) as timeout:
            yield lambda: timeout.reschedule(loop.time() + seconds)
    except TimeoutError as error:
        message = f"nothing more of the body came for {seconds:g} s"
        raise web.HTTPRequestTimeout(text=message) from error


def _too_deep(most: int) -> str:
    return f"the JSON is nested deeper than {most}: make it flatter"


def _may_be_deep(data: bytes, most: int) -> bool:
    """A quick look: brackets inside text count too, so that a yes is not the last word."""
    if data.count(b"[") + data.count(b"{") <= most:
        return False
    steps = _DEPTH[np.frombuffer(data, np.uint8)]
    return int(np.cumsum(steps, dtype=np.int32).max()) > most


def _deeper(data: Any, most: int) -> bool:
    level = [data]
    for _ in range(most + 1):
        level = [
            inner
            for item in level
            if isinstance(item, (dict, list))
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


def whole(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    """A whole number from the query, held between `low` and `high`. Raises HTTPBadRequest."""
    text = request.query.get(name, "")
    if not text:
        return default
    try:
        number = int(text[:32])
    except ValueError as error:
        message = f"query {name}={text[:40]!r}: give a whole number"
        raise web.HTTPBadRequest(text=message) from error
    return max(low, min(high, number))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    return repr(value)
