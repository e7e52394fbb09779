"""Messages of ComfyUI's socket as frames: JSON text, pictures and text in binary."""

from __future__ import annotations

import io
import struct
from typing import Any

import msgspec
from msgspec import Struct

_PREVIEW, _TEXT, _PREVIEW_WITH_FACTS = 1, 3, 4  # kinds of binary frames
_JPEG = 1
_PREVIEW_PIXELS = 512  # the longer side


class Message(Struct):
    """One frame. `type` says what may overtake it: the protocol's own word, but "end" for the
    last of a job. Text is JSON; `plain` is what a client gets that cannot read `data`."""

    type: str
    data: bytes
    job: str = ""
    text: bool = True
    plain: bytes | None = None


class Picture(Struct):
    """A preview that has yet to be made into frames: off the loop's thread."""

    image: Any
    node: str
    drawn: str
    job: str


def message(type_: str, data: Any, job: str = "", kind: str = "") -> Message:
    """A text frame; `kind` is the message's `type` here if not that on the wire."""
    return Message(kind or type_, msgspec.json.encode({"type": type_, "data": data}), job)


def status(queue_remaining: int, sid: str | None = None) -> Message:
    """How many jobs wait or run; `sid` tells a new socket its name."""
    data: dict[str, Any] = {"status": {"exec_info": {"queue_remaining": queue_remaining}}}
    if sid is not None:
        data["sid"] = sid
    return message("status", data)


def text_frame(node: str, text: str, job: str) -> Message:
    """A text that a node shows while it works."""
    name = node.encode()
    head = struct.pack(">II", _TEXT, len(name)) + name
    return Message("text", head + text.encode("utf-8", "replace"), job, False)


def picture_frames(picture: Picture) -> Message:
    """A preview as JPEG in both of the protocol's binary forms. Takes milliseconds."""
    from PIL import Image

    made = Image.fromarray(picture.image.pixels[0][..., :3])
    made.thumbnail((_PREVIEW_PIXELS, _PREVIEW_PIXELS))
    out = io.BytesIO()
    made.save(out, "JPEG", quality=85)
    data = out.getvalue()
    facts = msgspec.json.encode(
        {
            "node_id": picture.node,
            "prompt_id": picture.job,
            "display_node_id": picture.drawn,
            "parent_node_id": parent_of(picture.node, picture.drawn),
            "real_node_id": picture.drawn,
            "image_type": "image/jpeg",
        }
    )
    head = struct.pack(">II", _PREVIEW_WITH_FACTS, len(facts))
    plain = struct.pack(">II", _PREVIEW, _JPEG) + data
    return Message("preview", head + facts + data, picture.job, False, plain)


def failure(error: dict[str, Any] | None, executed: list[str], debug: bool) -> dict[str, Any]:
    """What execution_error says of the node that failed first; with its traceback if asked for."""
    known = error or {}
    return {
        "node_id": known.get("drawn", ""),
        "node_type": known.get("class", ""),
        "executed": executed,
        "exception_message": known.get("message", ""),
        "exception_type": known.get("code", ""),
        "traceback": known.get("traceback", []) if debug else [],
        "current_inputs": {},
        "current_outputs": [],
    }


def parent_of(node: str, drawn: str) -> str | None:
    """The node on the user's canvas that a node of an expansion belongs to."""
    return None if node == drawn else drawn


def shown_number(number: float) -> int | float:
    """A number as a person writes it: whole ones without a point."""
    return int(number) if float(number).is_integer() else number


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
