"""A PNG picture's rows as they come: however large it is, only a strip of it is in memory.

Source: W3C, "Portable Network Graphics (PNG) Specification", third edition. What has to be done
byte by byte, the undoing of filters, is left to Pillow: each strip is handed over as a small PNG
that begins with the last row of the strip before.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from patchbay.chunks import PNG_HEAD
from patchbay.errors import FileError

Pixels = NDArray[np.uint8]

_ROWS = 32  # of a strip: 10 MB of a picture that is 100,000 pixels wide
_PIECE_BYTES = 1 << 16
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_AS_8_BITS = {1: _GREY, 2: _GREY_ALPHA, 3: _RGB, 4: _RGBA}
_MOST_HEAD_BYTES = 1 << 20  # of a palette or a list of transparent colours


@dataclass(frozen=True, slots=True)
class Header:
    """How a PNG's pixels lie. `palette` and `clear` are its chunks PLTE and tRNS."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool
    palette: bytes
    clear: bytes

    @property
    def channels(self) -> int:
        return _CHANNELS[self.colour]

    @property
    def row_bytes(self) -> int:
        return (self.width * self.channels * self.depth + 7) // 8

    @property
    def alpha(self) -> bool:
        """Whether its pixels have four channels here, else three."""
        return self.colour in (_GREY_ALPHA, _RGBA) or bool(self.clear)


def header_of(file: BinaryIO) -> Header:
    """What stands before the pixels; the file stands at the first chunk of them after that.
    Raises FileError."""
    file.seek(0)
    if file.read(8) != PNG_HEAD:
        raise FileError("it is no PNG file")
    parts: dict[bytes, bytes] = {}
    while True:
        place = file.tell()
        head = file.read(8)
        if len(head) < 8:
            raise FileError("the picture is cut short: it has no pixels")
        length, name = struct.unpack(">I4s", head)
        if name == b"IDAT":
            file.seek(place)
            return _header(parts)
        if name in (b"IHDR", b"PLTE", b"tRNS") and length <= _MOST_HEAD_BYTES:
            parts[name] = file.read(length)
            file.seek(4, io.SEEK_CUR)
        else:
            file.seek(length + 4, io.SEEK_CUR)


def _header(parts: dict[bytes, bytes]) -> Header:
    try:
        width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    except (KeyError, struct.error) as error:
        raise FileError("the picture's head is damaged") from error
    header = Header(
        width, height, depth, colour, bool(interlaced), parts.get(b"PLTE", b""),
        parts.get(b"tRNS", b""),
    )  # fmt: skip
    wrong = colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16)
    deep = {_PALETTE: depth > 8, _GREY: False}.get(colour, depth < 8)
    if wrong or deep or not width or not height or (colour == _PALETTE and not header.palette):
        raise FileError("the picture's head is damaged")
    return header


def strips(file: BinaryIO, header: Header, stopped: Callable[[], bool]) -> Iterator[Pixels]:
    """The pixels from the top, some rows at a time, of shape (rows, width, 3 or 4).

    Raises FileError for one that is damaged, interlaced, or when `stopped` says so.
    """
    if header.interlaced:
        raise FileError("the picture is interlaced, and cannot be read in strips")
    data = _inflated(file)
    before: Pixels | None = None
    left = header.height
    while left:
        if stopped():
            raise FileError("the server stops")
        rows = min(_ROWS, left)
        raw = data.read(rows * (header.row_bytes + 1))
        if len(raw) < rows * (header.row_bytes + 1):
            done = header.height - left
            raise FileError(f"the picture is cut short: it ends after {done} of its rows")
        plain = _unfiltered(np.frombuffer(raw, np.uint8).reshape(rows, -1), header, before)
        before = plain[-1:].copy()
        yield _pixels(plain, header)
        left -= rows


class _inflated:  # noqa: N801  # it is read like a file
    """What the chunks IDAT hold, unpacked as far as it is asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unpack = zlib.decompressobj()
        self._chunk_left = 0
        self._ended = False

    def read(self, size: int) -> bytes:
        """So many bytes, or fewer at the end."""
        parts: list[bytes] = []
        try:
            while size and not self._unpack.eof:
                packed = self._unpack.unconsumed_tail or self._packed()
                part = self._unpack.decompress(packed, size)
                if not packed and not part:
                    break
                parts.append(part)
                size -= len(part)
        except zlib.error as error:
            raise FileError("the picture is damaged") from error
        return b"".join(parts)

    def _packed(self) -> bytes:
        while not self._chunk_left and not self._ended:
            head = self._file.read(8)
            length, name = struct.unpack(">I4s", head) if len(head) == 8 else (0, b"")
            self._ended = name != b"IDAT"
            self._chunk_left = 0 if self._ended else length
            if not self._ended and not length:
                self._file.seek(4, io.SEEK_CUR)
        if self._ended:
            return b""
        data = self._file.read(min(_PIECE_BYTES, self._chunk_left))
        self._chunk_left -= len(data)
        if not data:
            self._ended = True
        elif not self._chunk_left:
            self._file.seek(4, io.SEEK_CUR)
        return data


def _unfiltered(raw: Pixels, header: Header, before: Pixels | None) -> Pixels:
    """Rows of bytes as they were before filtering; of 16 bits only the upper 8.

    A filter looks back by whole pixels, byte by byte: each of a pixel's bytes is filtered for
    itself, so that some may be left out, and bits smaller than a byte are filtered as bytes.
    """
    rows = len(raw)
    kinds, body = raw[:, :1], raw[:, 1:]
    channels = header.channels if header.depth >= 8 else 1
    if header.depth == 16:
        body = body.reshape(rows, -1, 2)[:, :, 0]
    above = np.zeros_like(body[:1]) if before is None else before
    whole = np.concatenate([np.zeros((1, 1), np.uint8), kinds]), np.concatenate([above, body])
    data = np.concatenate(whole, axis=1).tobytes()
    return _decoded(data, body.shape[1] // channels, rows + 1, channels)[1:]


def _decoded(data: bytes, width: int, height: int, channels: int) -> Pixels:
    from PIL.PngImagePlugin import PngImageFile

    head = struct.pack(">IIBBBBB", width, height, 8, _AS_8_BITS[channels], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(data, 0)), (b"IEND", b""))
    made = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    try:
        with PngImageFile(io.BytesIO(PNG_HEAD + made)) as image:
            image.load()
            return np.asarray(image).reshape(height, width * channels)
    except (OSError, ValueError, SyntaxError) as error:
        raise FileError("the picture is damaged") from error


def _pixels(plain: Pixels, header: Header) -> Pixels:
    rows, width = len(plain), header.width
    if header.depth < 8:
        bits = np.unpackbits(plain, axis=1).reshape(rows, -1, header.depth)
        weights = (1 << np.arange(header.depth)[::-1]).astype(np.uint8)
        plain = (bits * weights).sum(axis=2, dtype=np.uint8)[:, :width]
        if header.colour == _GREY:
            plain = plain * np.uint8(255 // ((1 << header.depth) - 1))
    if header.colour == _PALETTE:
        return _colours(header)[plain.reshape(rows, width)]
    pixels = plain.reshape(rows, width, header.channels)
    if header.colour in (_GREY, _GREY_ALPHA):
        grey = np.repeat(pixels[:, :, :1], 3, axis=2)
        pixels = np.concatenate([grey, pixels[:, :, 1:]], axis=2)
    if header.clear and header.colour in (_GREY, _RGB):
        same = (pixels == _clear_colour(header)).all(axis=2, keepdims=True)
        pixels = np.concatenate([pixels, np.where(same, 0, 255).astype(np.uint8)], axis=2)
    return pixels


def _colours(header: Header) -> Pixels:
    """The palette, 256 colours of three or four channels; what it lacks is black."""
    given = np.frombuffer(header.palette[: len(header.palette) // 3 * 3], np.uint8).reshape(-1, 3)
    found: Any = np.zeros((256, 4 if header.clear else 3), np.uint8)
    found[: len(given[:256]), :3] = given[:256]
    if header.clear:
        alpha = np.frombuffer(header.clear[:256], np.uint8)
        found[:, 3] = 255
        found[: len(alpha), 3] = alpha
    return np.asarray(found, np.uint8)


def _clear_colour(header: Header) -> Pixels:
    """The one colour that is transparent, in three channels of 8 bits."""
    values = np.frombuffer(header.clear[:6].ljust(6, b"\0"), ">u2")
    if header.depth == 16:
        values = values >> 8
    elif header.depth < 8:
        values = values * (255 // ((1 << header.depth) - 1))
    return np.asarray(values if header.colour == _RGB else [values[0]] * 3).astype(np.uint8)
