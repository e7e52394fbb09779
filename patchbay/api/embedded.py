"""The workflow or prompt in a file, whatever kind of file it is.

Pictures carry them as ComfyUI and its packs write them: PNG in texts of their names, WEBP and
JPEG in Exif texts that begin with `workflow:` or `prompt:`; sounds and films in their tags, some
packs' films in the comment.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from aiohttp import web

from patchbay import chunks, tags, workflow
from patchbay.api.replies import decoded
from patchbay.errors import FileError

Source = Literal["workflow", "prompt", "media"]
_HEAD_BYTES = 16
_BLANK = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_KEYS = ("workflow", "prompt")
# In these, some packs keep an object with both.
_COMMENTS = ("comment", "description")
_MOST_EXIF_BYTES = 64 << 20
_USER_COMMENT = 0x9286  # Exif 2.32, 4.6.5: eight bytes name the encoding of the rest
_EXIF_TABLE = 0x8769
_SOUND_OR_FILM = (b"RIFF", b"fLaC", b"OggS", b"ID3", b"\x1aE\xdf\xa3", b"FORM", b"caff")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: a workflow, or else a prompt. `damaged` says what else there was."""

    source: Source
    workflow: dict[str, Any] | None = None
    prompt: dict[str, Any] | None = None
    damaged: str = ""


def is_text(head: bytes) -> bool:
    """Whether a file that begins so can only be JSON."""
    rest = head.removeprefix(_BOM).lstrip(_BLANK)
    return not rest or rest[:1] in b'{["'


def find(path: Path, depth: int) -> Found:
    """The graph in a file; JSON nested deeper than `depth` is refused.

    Raises HTTPBadRequest for JSON that is damaged or no graph, HTTPUnsupportedMediaType for
    any other file without one.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if is_text(head):
        return _of_json(path.read_bytes(), depth)
    return _of_texts(_texts_of(path, head), depth)


def _of_json(data: bytes, depth: int) -> Found:
    if not data.removeprefix(_BOM).strip(_BLANK):
        raise web.HTTPBadRequest(text="the file is empty: choose another")
    value = parsed(data, depth)
    if workflow.is_workflow(value):
        return Found("workflow", workflow=value)
    if workflow.is_prompt(value):
        return Found("prompt", prompt=value)
    drawn = _drawn_in(value)
    if drawn is not None:
        return Found("workflow", workflow=drawn)
    prompt = value.get("prompt") if isinstance(value, dict) else None
    if workflow.is_prompt(prompt):
        return Found("prompt", prompt=prompt)
    raise web.HTTPBadRequest(
        text="the file is JSON, but no graph: a workflow has a list of nodes, a prompt is an "
        "object of nodes with a class_type each"
    )


def _drawn_in(value: Any) -> dict[str, Any] | None:
    """The workflow that goes along with a prompt in a request to `/prompt`, or in one of ours."""
    for key in ("extra_data", "extra_pnginfo", "workflow"):
        inner = value.get(key) if isinstance(value, dict) else None
        if isinstance(inner, dict) and workflow.is_workflow(inner):
            return inner
        value = inner if isinstance(inner, dict) else value
    return None


def _of_texts(texts: Mapping[str, str], depth: int) -> Found:
    found: dict[str, dict[str, Any]] = {}
    damaged = ""
    checks: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        ("workflow", workflow.is_workflow),
        ("prompt", workflow.is_prompt),
    )
    for key, is_one in checks:
        if not texts.get(key):
            continue
        try:
            value = parsed(texts[key].encode(errors="replace"), depth)
        except web.HTTPBadRequest as error:
            damaged = f"the {key} in the file is damaged: {error.text}"
            continue
        if is_one(value):
            found[key] = value
        else:
            damaged = damaged or f"what the file calls its {key} is none"
    if found:
        return Found("media", found.get("workflow"), found.get("prompt"), damaged)
    raise web.HTTPUnsupportedMediaType(
        text=damaged
        or "the file carries neither a workflow nor a prompt: choose one that Patchbay or ComfyUI "
        "saved, and that no other program has written since"
    )


def parsed(data: bytes, depth: int) -> Any:
    """JSON as files have it: what JSON cannot hold but Python writes, such as NaN, becomes null.
    Raises HTTPBadRequest."""

    def decode(_: Any) -> Any:
        return json.loads(data.decode("utf-8-sig"), parse_constant=lambda _: None)

    return decoded(data, depth, decode)


def as_json(value: Any) -> bytes:
    """The JSON of something that was parsed here, whole numbers of any length included."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except ValueError:
        value = _finite(value)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair, which JSON may hold and UTF-8 may not, is written as \udxxx.
    return text.encode("utf-8", "backslashreplace")


def _finite(value: Any) -> Any:
    """Without numbers such as 1e999, which JSON can write and nobody can hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list) else value


def _texts_of(path: Path, head: bytes) -> dict[str, str]:
    """The texts of a file that is not JSON, by their names in small letters. Raises
    HTTPUnsupportedMediaType for a file of no known kind."""
    try:
        if head.startswith(b"\xff\xd8\xff"):
            return _of_exif(path, _exif_of_jpeg)
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _of_exif(path, _exif_of_webp)
        mpeg = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0
        boxes = head[4:8] in (b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip")
        if head[:8] == chunks.PNG_HEAD or mpeg or boxes or head.startswith(_SOUND_OR_FILM):
            found = {name.lower(): text for name, text in tags.read(path).items()}
            return _with_comments(found)
    except FileError as error:
        raise web.HTTPUnsupportedMediaType(text=error.message) from error
    raise web.HTTPUnsupportedMediaType(
        text="the file is of no kind that carries a workflow: give JSON, PNG, WEBP, JPEG, WAV, "
        "FLAC, MP3, Ogg, MP4 or WebM"
    )


def _with_comments(texts: dict[str, str]) -> dict[str, str]:
    """With what a comment holds, if that is an object of a prompt and a workflow."""
    for name in _COMMENTS:
        text = texts.get(name, "")
        if text.lstrip()[:1] != "{":
            continue
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for key in _KEYS:
            inner = value.get(key) if isinstance(value, dict) else None
            if inner:
                texts.setdefault(key, inner if isinstance(inner, str) else json.dumps(inner))
    return texts


def _of_exif(path: Path, find_in: Callable[[BinaryIO], bytes]) -> dict[str, str]:
    from PIL import Image

    with path.open("rb") as file:
        data = find_in(file)
    if not data:
        return {}
    exif = Image.Exif()
    try:
        exif.load(data)
        values = [*exif.values(), *exif.get_ifd(_EXIF_TABLE).values()]
        comment = exif.get_ifd(_EXIF_TABLE).get(_USER_COMMENT)
    except Exception:  # Pillow raises anything on damaged Exif
        return {}
    texts: dict[str, str] = {}
    for value in values:
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        key, _, rest = text.partition(":")
        if key.strip().lower() in _KEYS:
            texts.setdefault(key.strip().lower(), rest.strip("\0 "))
    if isinstance(comment, bytes):
        texts.setdefault("comment", _user_comment(comment))
    return _with_comments(texts)


def _user_comment(data: bytes) -> str:
    if data[:8] == b"UNICODE\0":
        encoding = "utf-16-le" if data[9:10] == b"\0" else "utf-16-be"
        return data[8:].decode(encoding, "replace")
    return (
        data[8:].decode("utf-8", "replace")
        if data[:5] == b"ASCII"
        else data.decode("utf-8", "replace")
    )


def _exif_of_webp(file: BinaryIO) -> bytes:
    """The chunk EXIF (Google, "WebP Container Specification")."""
    for name, length in _riff_parts(file):
        if name == b"EXIF" and length <= _MOST_EXIF_BYTES:
            return file.read(length)
    return b""


def _riff_parts(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Name and length of each part; the file stands at its first byte."""
    at = 12
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        yield name, length
        at += 8 + length + length % 2


def _exif_of_jpeg(file: BinaryIO) -> bytes:
    """The segment APP1 that begins with `Exif` (CIPA DC-008, 4.5.2); it lies before the picture."""
    file.seek(2)
    while True:
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xD9, 0xDA):
            return b""
        data = file.read(max(0, int.from_bytes(head[2:]) - 2))
        if head[1] == 0xE1 and data.startswith(b"Exif\0\0"):
            return data
