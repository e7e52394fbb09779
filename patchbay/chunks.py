"""Texts inside WAV and PNG files, written and read by their published layouts.

Sources: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF);
ID3v2.4.0 (id3.org); W3C, "Portable Network Graphics (PNG) Specification", third edition.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from patchbay.errors import FileError

PNG_HEAD = b"\x89PNG\r\n\x1a\n"

# A text longer than this is no workflow that anyone drew; it is left out rather than held.
MOST_TEXT_BYTES = 64 << 20
_MOST_RIFF_BYTES = (1 << 32) - 1
_MOST_ID3_BYTES = (1 << 28) - 1
# The frames that players show; any other text has a frame with a name of its own.
_ID3_FRAMES = {"title": b"TIT2", "artist": b"TPE1", "comment": b"COMM"}
_ID3_CHUNKS = (b"id3 ", b"ID3 ")


def id3(tags: Mapping[str, str]) -> bytes:
    """The texts as an ID3v2.4 tag, in UTF-8. Raises FileError over 256 MB."""
    frames = b"".join(_id3_frame(name, text.replace("\0", "")) for name, text in tags.items())
    if len(frames) > _MOST_ID3_BYTES:
        raise FileError(f"tags of {len(frames)} bytes: keep them under {_MOST_ID3_BYTES}")
    return b"ID3\x04\x00\x00" + _seven_bits(len(frames)) + frames


def write_riff(source: BinaryIO, target: BinaryIO, tag: bytes) -> None:
    """A copy of a WAV file, byte for byte, whose only ID3 chunk is `tag`, at its end.

    Raises FileError for a file that is no WAV file, is cut short, or would pass 4 GB.
    """
    size = os.fstat(source.fileno()).st_size
    target.write(source.read(12))
    for name, start, length in riff_chunks(source, size):
        if name in _ID3_CHUNKS:
            continue
        source.seek(start)
        target.write(name + struct.pack("<I", length))
        _copy(source, target, length)
        target.write(b"\0" * (length % 2))
    target.write(b"id3 " + struct.pack("<I", len(tag)) + tag + b"\0" * (len(tag) % 2))
    end = target.tell()
    if end - 8 > _MOST_RIFF_BYTES:
        raise FileError(f"the file would take {end} bytes: WAV ends at 4 GB, use FLAC")
    target.seek(4)
    target.write(struct.pack("<I", end - 8))


def riff_chunks(file: BinaryIO, size_bytes: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and length of each chunk of a WAV file. Raises FileError."""
    file.seek(0)
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise FileError("it is no WAV file")
    at = 12
    while at + 8 <= size_bytes:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if at + 8 + length > size_bytes:
            raise FileError(
                f"its part {name.decode('latin-1')!r} of {length} bytes is cut short after "
                f"{size_bytes - at - 8}: copy the file again"
            )
        yield name, at + 8, length
        at += 8 + length + length % 2


def png_texts(file: BinaryIO) -> dict[str, str]:
    """The texts of a PNG file by their keywords, as far as it can be read."""
    file.seek(len(PNG_HEAD))
    texts: dict[str, str] = {}
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            break
        if kind not in (b"tEXt", b"zTXt", b"iTXt") or length > MOST_TEXT_BYTES:
            file.seek(length + 4, os.SEEK_CUR)
            continue
        data = file.read(length)
        (check,) = struct.unpack(">I", file.read(4).rjust(4, b"\0"))
        if zlib.crc32(kind + data) == check:
            keyword, _, rest = data.partition(b"\0")
            text = _png_text(kind, rest)
            if text is not None:
                texts[keyword.decode("latin-1")] = text
    return texts


def _png_text(kind: bytes, data: bytes) -> str | None:
    if kind == b"tEXt":
        return data.decode("latin-1")
    if kind == b"zTXt":
        plain = _inflated(data[1:])
        return None if plain is None else plain.decode("latin-1")
    packed, fields = data[:1] == b"\x01", data[2:].split(b"\0", 2)
    body = fields[2] if len(fields) == 3 else b""
    unpacked = _inflated(body) if packed else body
    return None if unpacked is None else unpacked.decode("utf-8", "replace")


def _inflated(data: bytes) -> bytes | None:
    """At most `MOST_TEXT_BYTES` of what was compressed; None when there is more, or damage."""
    inflate = zlib.decompressobj()
    try:
        plain = inflate.decompress(data, MOST_TEXT_BYTES)
    except zlib.error:
        return None
    return plain if inflate.eof else None


def _id3_frame(name: str, text: str) -> bytes:
    kind = _ID3_FRAMES.get(name, b"TXXX")
    described = {b"TXXX": name.encode() + b"\0", b"COMM": b"eng\0"}.get(kind, b"")
    data = b"\x03" + described + text.encode("utf-8", "replace")
    return kind + _seven_bits(len(data)) + b"\0\0" + data


def _seven_bits(number: int) -> bytes:
    """28 bits as four bytes whose highest bit is never set."""
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length:
        part = source.read(min(length, 1 << 20))
        if not part:
            raise FileError("the file became shorter while it was read")
        target.write(part)
        length -= len(part)
