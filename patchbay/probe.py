"""What a file is: its kind, how long a sound is, how large a picture."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Literal

from patchbay import tags
from patchbay.errors import FileError

Kind = Literal["audio", "image", "video", "text", "other"]
_KINDS: dict[Kind, tuple[str, ...]] = {
    "audio": (
        ".wav", ".flac", ".mp3", ".ogg", ".opus", ".oga", ".aif", ".aiff", ".m4a", ".aac", ".caf",
        ".w64", ".au",
    ),
    "image": (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"),
    "video": (".mp4", ".webm", ".mov", ".mkv", ".avi", ".m4v"),
    "text": (".txt", ".json", ".md", ".csv", ".srt", ".vtt"),
}  # fmt: skip
_BY_SUFFIX: dict[str, Kind] = {s: kind for kind, suffixes in _KINDS.items() for s in suffixes}


@dataclass(frozen=True, slots=True)
class Facts:
    """What could be learnt from a file's head; None for what it does not have or tell."""

    kind: Kind
    seconds: float | None = None
    rate_hz: int | None = None
    channels: int | None = None
    width: int | None = None
    height: int | None = None
    frames_per_second: float | None = None
    title: str = ""
    carries: tuple[Literal["prompt", "workflow"], ...] = ()


def kind_of(path: PurePath) -> Kind:
    """What a file is by the end of its name."""
    return _BY_SUFFIX.get(path.suffix.lower(), "other")


def facts_of(path: Path) -> Facts:
    """What a file says of itself; a damaged one says nothing but its kind. Only heads are read.
    Raises FileError when it may not be read."""
    kind = kind_of(path)
    found: dict[str, Any] = {}
    if kind == "image":
        found = _of_picture(path)
    elif kind in ("audio", "video"):
        found = _of_media(path)
    texts = tags.read(path) if kind in ("audio", "image", "video") else {}
    carries = tuple(key for key in ("prompt", "workflow") if texts.get(key))
    title = str(found.pop("title", "")) or texts.get("title", "")
    return Facts(kind, **found, title=title[:200], carries=carries)  # type: ignore[arg-type]


def carried(path: Path) -> dict[str, Any]:
    """The `prompt` and `workflow` that a file carries, as they were saved; {} if neither.
    Raises FileError."""
    found = {}
    for key in ("prompt", "workflow"):
        text = tags.read(path).get(key)
        if text:
            try:
                found[key] = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise FileError(f"the {key} in file {path.name} is damaged") from error
    return found


def _of_picture(path: Path) -> dict[str, Any]:
    from PIL import Image

    with (
        suppress(OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError),
        Image.open(path) as image,
    ):
        return {"width": image.width, "height": image.height}
    return {}


def _of_media(path: Path) -> dict[str, Any]:
    import av

    found: dict[str, Any] = {}
    with (
        suppress(av.FFmpegError, ValueError, RuntimeError, OSError),
        tags.opened(path) as container,
    ):
        if container.duration is not None:
            found["seconds"] = container.duration / av.time_base
        # A stream that nothing here can decode has no codec, and tells nothing of itself.
        if (stream := next(iter(container.streams.audio), None)) and stream.codec_context:
            found |= {"rate_hz": stream.rate, "channels": stream.channels}
        if (picture := next(iter(container.streams.video), None)) and picture.codec_context:
            found |= {"width": picture.width, "height": picture.height}
            if picture.average_rate:
                found["frames_per_second"] = float(picture.average_rate)
    return found
