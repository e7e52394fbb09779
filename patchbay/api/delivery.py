"""A file as an answer: whole or in ranges, under headers that let nothing in it run."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path, PurePath
from typing import BinaryIO
from urllib.parse import quote

from aiohttp import ETag, web

from patchbay.api.paths import disk_errors, open_file
from patchbay.api.serving import SERVING

_CHUNK_BYTES = 1 << 18
OCTETS = "application/octet-stream"
# What a browser may show by itself. None of these types can run anything; all others, such as
# pages, scripts, styles, SVG and XML, are handed over as bytes to be saved. A table of our own:
# the system's differs from machine to machine.
_SHOWN = {
    ".aac": "audio/aac", ".aif": "audio/aiff", ".aiff": "audio/aiff", ".flac": "audio/flac",
    ".m4a": "audio/mp4", ".mka": "audio/x-matroska", ".mp3": "audio/mpeg", ".oga": "audio/ogg",
    ".ogg": "audio/ogg", ".opus": "audio/ogg", ".wav": "audio/wav", ".weba": "audio/webm",
    ".avif": "image/avif", ".bmp": "image/bmp", ".gif": "image/gif", ".ico": "image/x-icon",
    ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".jxl": "image/jxl", ".png": "image/png",
    ".tif": "image/tiff", ".tiff": "image/tiff", ".webp": "image/webp",
    ".avi": "video/x-msvideo", ".m4v": "video/mp4", ".mkv": "video/x-matroska",
    ".mov": "video/quicktime", ".mp4": "video/mp4", ".ogv": "video/ogg", ".webm": "video/webm",
    ".json": "application/json", ".csv": "text/plain; charset=utf-8",
    ".lrc": "text/plain; charset=utf-8", ".md": "text/plain; charset=utf-8",
    ".srt": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
}  # fmt: skip
_SANDBOX = "sandbox; default-src 'none'"
# A browser shows a sound or a picture in a page of its own making, which loads it once more.
_PLAYER = "; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
_RANGE = re.compile(r"bytes *= *(\d{0,99}) *- *(\d{0,99}) *", re.ASCII | re.IGNORECASE)
_SAFE_NAME = re.compile(r"[\w .,()+@#&=!~^{}\[\]$'-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _State:
    """What a file is at the moment it is sent."""

    size: int
    tag: str
    modified: int  # whole seconds since the epoch, as HTTP tells times

    @classmethod
    def of(cls, file: BinaryIO, tag: str) -> _State:
        state = os.fstat(file.fileno())
        tag = tag or f"{state.st_mtime_ns:x}-{state.st_size:x}"
        return cls(state.st_size, tag, int(state.st_mtime))


def user_headers(request: web.Request, name: str, content_type: str = "") -> dict[str, str]:
    """The headers for a file that somebody uploaded or a node made, whatever is in it.

    The sandbox keeps a page, should a browser take the file for one, from running anything and
    from being of our origin.
    """
    shown = content_type or _SHOWN.get(PurePath(name).suffix.lower(), "")
    headers = {
        "Content-Type": shown or OCTETS,
        "Content-Disposition": disposition("inline" if shown else "attachment", name),
        "Content-Security-Policy": _SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }
    if shown.startswith(("audio/", "image/", "video/")):
        headers["Content-Security-Policy"] += _PLAYER
    if request.app[SERVING].options.origins:  # pages from elsewhere, which the user has allowed
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return headers


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition for any name (RFC 6266): in ASCII, and once more in full where that
    loses something."""
    if _SAFE_NAME.fullmatch(name):
        return f'{kind}; filename="{name}"'
    plain = "".join(c if _SAFE_NAME.fullmatch(c) else "_" for c in name)
    full = quote(name.encode(errors="replace"), safe="")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{full}"


async def deliver(
    request: web.Request,
    root: Path,
    path: Path,
    headers: Mapping[str, str],
    tag_of: Callable[[BinaryIO], str] | None = None,
) -> web.StreamResponse:
    """The file at a path that was decided on. Raises HTTPNotFound where there is none.

    `tag_of` gives the ETag of what is in the file; without it, it follows from time and size.
    """
    with disk_errors(f"file {path.name!r}"):
        file = await asyncio.to_thread(open_file, root, path)
    with file:
        tag = await asyncio.to_thread(tag_of, file) if tag_of else ""
        return await _answer(request, file, _State.of(file, tag), headers)


async def _answer(
    request: web.Request, file: BinaryIO, state: _State, headers: Mapping[str, str]
) -> web.StreamResponse:
    facts = {
        "ETag": f'"{state.tag}"',
        "Last-Modified": formatdate(state.modified, usegmt=True),
        "Accept-Ranges": "bytes",
    }
    if early := _status_unless(request, state):
        return web.Response(status=early, headers=facts)
    span = asked = _asked(request, state)
    if asked is None:
        span = range(state.size)
    elif asked:
        facts["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{state.size}"
    else:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{state.size}"})
    assert span is not None
    response = web.StreamResponse(status=200 if asked is None else 206, headers=headers)
    response.headers.update(facts)
    response.content_length = len(span)
    # A client that goes away in the middle is no error.
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        if request.method != "HEAD":
            await _copy(request, response, file, span)
    return response


async def _copy(
    request: web.Request, response: web.StreamResponse, file: BinaryIO, span: range
) -> None:
    left = len(span)
    await asyncio.to_thread(file.seek, span.start)
    while left:
        chunk = await asyncio.to_thread(file.read, min(left, _CHUNK_BYTES))
        if not chunk:  # it was cut short meanwhile: the client must not wait for the rest
            if request.transport is not None:
                request.transport.abort()
            return
        await response.write(chunk)
        left -= len(chunk)


def _status_unless(request: web.Request, state: _State) -> int:
    """412 or 304 where the request's conditions ask for no file, else 0 (RFC 9110, 13.2.2)."""
    if (match := request.if_match) is not None:
        if not _tagged(match, state, weak=False):
            return 412
    elif (since := request.if_unmodified_since) is not None and state.modified > since.timestamp():
        return 412
    if (none_match := request.if_none_match) is not None:
        return 304 if _tagged(none_match, state, weak=True) else 0
    since = request.if_modified_since
    return 304 if since is not None and state.modified <= since.timestamp() else 0


def _tagged(tags: tuple[ETag, ...], state: _State, *, weak: bool) -> bool:
    return any(
        tag.value == "*" or (tag.value == state.tag and (weak or not tag.is_weak)) for tag in tags
    )


def _asked(request: web.Request, state: _State) -> range | None:
    """The bytes that the request wants: none that are there if the range is empty, all where it
    is None. Several ranges at once, and what is no range, are answered with the whole file, as
    RFC 9110 (14.2) allows."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or request.method != "GET" or not _still_valid(request, state):
        return None
    first, last = match[1], match[2]
    if not first:
        return range(max(0, state.size - int(last)), state.size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, state.size) if last else state.size)


def _still_valid(request: web.Request, state: _State) -> bool:
    """Whether what the client has of the file is of the one that is there now (If-Range)."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition:
        return True
    if condition.endswith('"'):
        return condition == f'"{state.tag}"'
    since = request.if_range
    return since is not None and state.modified == since.timestamp()
