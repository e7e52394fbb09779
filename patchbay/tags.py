"""What a file says of itself: how it came to be, so that it can be made again.

The keys `prompt` and `workflow` hold JSON, as ComfyUI writes them; `patchbay` holds the version,
and the engines with their licences. The other keys are those that players show.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patchbay import chunks
from patchbay.errors import FileError
from patchbay.types import Engine, Provenance

FORMAT = 1
# FLAC holds a block of texts of up to 16 MB, and it has to share that with nothing.
MOST_BYTES = 15 << 20
# What FFmpeg may take a file for: nothing that would make it open another one, as playlists do.
READERS = "wav,w64,flac,ogg,mp3,aac,mov,matroska,webm,aiff,caf,au,avi"
_CONTAINERS = {b"fLaC": "flac", b"OggS": "ogg", b"ID3": "mp3"}
# Written by every FFmpeg anew; keeping it would say that the last one did the encoding.
_NOT_KEPT = frozenset({"encoder"})


def of(provenance: Provenance, version: str, title: str = "") -> dict[str, str]:
    """The tags for a file of this provenance; `version` is that of Patchbay."""
    engines = [
        {
            "name": engine.name,
            "licence": engine.licence,
            "commercial": engine.commercial,
            "source": engine.source,
        }
        for engine in provenance.engines
    ]
    terms = statement(provenance.engines)
    made = {"format": FORMAT, "version": version, "engines": engines, "licence": terms}
    found = {"patchbay": _json(made), "artist": "Patchbay", "title": title, "license": terms}
    if provenance.prompt:
        found["prompt"] = _json(provenance.prompt)
    if provenance.workflow:
        found["workflow"] = _json(provenance.workflow)
    if engines:
        found["comment"] = f"made with Patchbay: {terms}"
    return {name: text for name, text in found.items() if text}


def statement(engines: tuple[Engine, ...]) -> str:
    """What may be done with something that these engines made: the strictest of their terms."""
    if not engines:
        return ""
    strict = [engine for engine in engines if not engine.commercial]
    named = ", ".join(f"{engine.name} ({engine.licence})" for engine in strict or engines)
    return f"not for commercial use: {named}" if strict else f"commercial use permitted: {named}"


def write(path: Path, tags: Mapping[str, str]) -> None:
    """Adds texts to a WAV, FLAC, MP3 or Ogg file, which is replaced at once or not at all.

    The sound is copied as it lies there, not encoded again. Texts of other names stay. Raises
    FileError for any other file, for damage, and for texts of over 15 MB.
    """
    size = sum(len(name) + len(text.encode("utf-8", "replace")) for name, text in tags.items())
    if size > MOST_BYTES:
        raise FileError(f"tags of {size} bytes: keep them under {MOST_BYTES}", size_bytes=size)
    head = _head(path)
    kept = {name: text for name, text in read(path).items() if name not in _NOT_KEPT}
    texts = {**kept, **tags}
    with _beside(path) as part:
        if head[:4] == b"RIFF":
            with path.open("rb") as source, part.open("wb") as target:
                chunks.write_riff(source, target, chunks.id3(texts))
        else:
            _remux(path, part, _container(path, head), texts)


def read(path: Path) -> dict[str, str]:
    """The texts in a sound, film or PNG file; none for what is damaged or of another kind.

    Only heads and texts are read, however long the file is. Raises FileError when there is no
    such file or it may not be read.
    """
    head = _head(path)
    if head == chunks.PNG_HEAD:
        with path.open("rb") as file:
            return chunks.png_texts(file)
    import av

    try:
        with opened(path) as container:
            found = dict(container.metadata)
            for stream in container.streams:  # Ogg keeps its texts with the stream
                found = {**stream.metadata, **found}
    except (av.FFmpegError, ValueError, RuntimeError):
        return {}
    return {name: text for name, text in found.items() if len(text) <= chunks.MOST_TEXT_BYTES}


def opened(path: Path) -> Any:
    """The file as an av container to read from; only formats of sound and film are tried, so that
    no playlist can lead to another file. Raises av.FFmpegError."""
    import av

    options: dict[str, Any] = {"options": {"format_whitelist": READERS}}
    if int(av.__version__.partition(".")[0]) < 19:  # later ones never stumble over a text
        options["metadata_errors"] = "replace"
    return av.open(str(path), **options)


def _remux(path: Path, part: Path, container: str, texts: Mapping[str, str]) -> None:
    import av

    try:
        with (
            opened(path) as source,
            av.open(str(part), "w", format=container, options={"fflags": "+bitexact"}) as target,
        ):
            sound = source.streams.audio[0]
            copied = target.add_stream_from_template(sound)
            target.metadata.update(texts)
            for packet in source.demux(sound):
                if packet.dts is not None:  # the last one only says that there are no more
                    packet.stream = copied
                    target.mux(packet)
    except (av.FFmpegError, IndexError) as error:
        raise FileError(f"file {path.name} cannot be given tags: {error}") from error


def _container(path: Path, head: bytes) -> str:
    for magic, name in _CONTAINERS.items():
        if head.startswith(magic):
            return name
    if head[:1] == b"\xff" and head[1:2] and head[1] & 0xE0 == 0xE0:  # an MPEG frame, no tag yet
        return "mp3"
    raise FileError(f"file {path.name} cannot be given tags: give WAV, FLAC, MP3 or Ogg")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(chunks.PNG_HEAD))
    except OSError as error:
        raise FileError(f"file {path}: {(error.strerror or str(error)).lower()}") from error


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its place when the block ends well."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
