"""Damaged pictures, sounds and films: uploaded, then looked at in every way the server offers."""

from __future__ import annotations

import functools
import io
import struct
import zlib

import av
import numpy as np
import soundfile
from hypothesis import strategies as st
from PIL import Image

from tests.fuzz.odd import VALUES
from tests.fuzz.speech import Case, Step, request
from tests.fuzz.trees import damaged, encode

_EXTENSIONS = (
    "png",
    "jpg",
    "webp",
    "gif",
    "tiff",
    "wav",
    "flac",
    "ogg",
    "mp3",
    "mp4",
    "mkv",
    "txt",
    "svg",
)
_AFTER_HEAD = 8 + 25  # a PNG's signature and its first chunk
_LOOKS = (
    "/view?filename={name}&type=input",
    "/view?filename={name}&type=input&preview=webp;80",
    "/view?filename={name}&type=input&channel=a",
    "/api/v1/thumbnails/input/{name}?size=64",
    "/api/v1/peaks/input/{name}?points=9",
    "/api/v1/carried/input/{name}",
    "/api/v1/files/input/{name}",
)


@functools.cache
def whole_files() -> tuple[bytes, ...]:
    """Small files that are in order."""
    return (*_pictures(), *_sounds(), _film(), *_liars())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """An upload, and some looks at it. The name may say something else than the content."""
    data = draw(st.one_of(st.sampled_from(whole_files()), _telling()))
    for _ in range(draw(st.integers(0, 3))):
        data = draw(st.one_of(damaged(data), _overwritten(data)))
    name = "broken." + draw(st.sampled_from(_EXTENSIONS))
    looks = draw(st.lists(st.sampled_from(_LOOKS), min_size=1, max_size=3, unique=True))
    steps = [request("GET", look.format(name=name)) for look in looks]
    return Case((upload(name, data), *steps))


def upload(name: str, data: bytes) -> Step:
    """Puts a file into the input folder, in the stead of what is there."""
    parts = (("overwrite", "", b"true"), ("image", f'; filename="{name}"', data))
    body = b"".join(
        b'--fuzz\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        % (field.encode(), more.encode(), value)
        for field, more, value in parts
    )
    headers: tuple[tuple[str, str | bytes], ...] = (
        ("Content-Type", "multipart/form-data; boundary=fuzz"),
    )
    return request("POST", "/upload/image", body + b"--fuzz--\r\n", headers)


@st.composite
def _telling(draw: st.DrawFn) -> bytes:
    """A picture that says of itself how it was made, in the texts that a PNG may hold."""
    key = draw(st.sampled_from(["prompt", "workflow", "title"]))
    text = encode(draw(VALUES))[:5_000]
    chunk = _chunk(b"tEXt", key.encode() + b"\x00" + text)
    head = whole_files()[0]
    return head[:_AFTER_HEAD] + chunk + head[_AFTER_HEAD:]


@st.composite
def _overwritten(draw: st.DrawFn, data: bytes) -> bytes:
    """The head of a file is where its sizes stand."""
    place = draw(st.integers(0, min(len(data), 120)))
    new = draw(
        st.sampled_from([b"\xff" * 4, b"\x00" * 4, b"\x7f\xff\xff\xff", b"\x80", b"\xff\xff"])
    )
    return data[:place] + new + data[place + len(new) :]


def _pictures() -> list[bytes]:
    pixels = np.arange(24 * 16 * 3, dtype=np.uint8).reshape(16, 24, 3)
    picture = Image.fromarray(pixels)
    found = []
    for form in ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"):
        data = io.BytesIO()
        picture.save(data, form)
        found.append(data.getvalue())
    data = io.BytesIO()
    picture.convert("RGBA").save(data, "PNG")
    return [*found, data.getvalue()]


def _sounds() -> list[bytes]:
    samples = np.sin(np.arange(2_000) / 7).astype(np.float32)
    found = []
    for form, subtype in (
        ("WAV", "PCM_16"),
        ("WAV", "FLOAT"),
        ("FLAC", "PCM_16"),
        ("OGG", "VORBIS"),
        ("MP3", None),
    ):
        data = io.BytesIO()
        soundfile.write(data, samples, 8_000, format=form, subtype=subtype)
        found.append(data.getvalue())
    return found


def _film() -> bytes:
    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for shade in (0, 128, 255):
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), shade, np.uint8))
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return data.getvalue()


def _liars() -> list[bytes]:
    """Files that claim to be gigantic, and are right in everything else."""
    head = struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 2, 0, 0, 0)
    chunks = b"".join(_chunk(kind, data) for kind, data in ((b"IHDR", head), (b"IEND", b"")))
    rate, channels, size = 2**32 - 1, 65_535, 2**32 - 1
    form = struct.pack("<HHIIHH", 1, channels, rate, 0, 0, 64)
    wave = b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", len(form)) + form
    return [b"\x89PNG\r\n\x1a\n" + chunks, wave + b"data" + struct.pack("<I", size) + b"\x00" * 64]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
