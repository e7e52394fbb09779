"""Bytes for values and back: canonical bytes for plain values, safetensors files for arrays.

The layout of a file with arrays is that of safetensors 0.4 (eight bytes of header length, a JSON
header, raw little-endian data), so that other tools can open it; it is written here because the
library copies the arrays on the way in and out, and these are mapped.
Source: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from patchbay import digest
from patchbay.errors import LostError
from patchbay.media import Audio, Depth, Image, Mask
from patchbay.recipe import Recipe
from patchbay.types import SocketType

BLOCKED = SocketType("BLOCKED")
Buffers = tuple[bytes | memoryview, ...]
_PLAIN = {
    bool: SocketType("BOOLEAN"),
    int: SocketType("INT"),
    float: SocketType("FLOAT"),
    str: SocketType("STRING"),
    type(None): SocketType("NONE"),
    list: SocketType("JSON"),
    tuple: SocketType("JSON"),
    dict: SocketType("JSON"),
}
_DTYPES: Mapping[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "U8": np.dtype("u1"),
}
_DTYPE_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
# Data starts on a cache line, so that vector instructions work on the mapped array as it lies.
_ALIGNMENT = 64


class Encoded(msgspec.Struct, frozen=True):
    """A value as bytes: `buffers` one after the other."""

    type: SocketType
    buffers: Buffers
    size_bytes: int

    def joined(self) -> bytes:
        return b"".join(self.buffers)


@dataclass(frozen=True, slots=True)
class _ArrayCodec:
    """How one class of media becomes named arrays with a few facts, and back."""

    socket: SocketType
    cls: type[Any]
    arrays: Callable[[Any], Mapping[str, NDArray[Any]]]
    facts: Callable[[Any], Mapping[str, str]]
    make: Callable[[Mapping[str, NDArray[Any]], Mapping[str, str]], Any]


_ARRAYS = (
    _ArrayCodec(
        SocketType("AUDIO"),
        Audio,
        lambda audio: {"samples": audio.samples},
        lambda audio: {"rate_hz": str(audio.rate_hz)},
        lambda arrays, facts: Audio.trusted(arrays["samples"], int(facts["rate_hz"])),
    ),
    _ArrayCodec(
        SocketType("IMAGE"),
        Image,
        lambda image: {"pixels": image.pixels},
        lambda image: {},
        lambda arrays, facts: Image(arrays["pixels"]),
    ),
    _ArrayCodec(
        SocketType("MASK"),
        Mask,
        lambda mask: {"values": mask.values},
        lambda mask: {},
        lambda arrays, facts: Mask(arrays["values"]),
    ),
    _ArrayCodec(
        SocketType("DEPTH"),
        Depth,
        lambda depth: {"values": depth.values},
        lambda depth: {},
        lambda arrays, facts: Depth(arrays["values"]),
    ),
)
_ARRAY_BY_CLASS = {codec.cls: codec for codec in _ARRAYS}
_ARRAY_BY_TYPE = {codec.socket: codec for codec in _ARRAYS}
_RECORD_BY_CLASS: dict[type, SocketType] = {Recipe: SocketType("RECIPE")}
_RECORD_BY_TYPE = {type_: cls for cls, type_ in _RECORD_BY_CLASS.items()}


def encode(payload: Any) -> Encoded | None:
    """The value's bytes, or None for one that has no codec and so stays opaque."""
    kind = type(payload)
    plain = _PLAIN.get(kind)
    if plain is not None:
        if kind in (list, tuple, dict) and not digest.is_plain(payload):
            return None
        data = digest.canonical(payload)
        return Encoded(plain, (data,), len(data))
    if (codec := _ARRAY_BY_CLASS.get(kind)) is not None:
        buffers = _array_buffers(codec, payload)
        return Encoded(codec.socket, buffers, sum(memoryview(part).nbytes for part in buffers))
    if (record := _RECORD_BY_CLASS.get(kind)) is not None:
        data = digest.canonical([record, msgspec.to_builtins(payload)])
        return Encoded(record, (data,), len(data))
    if isinstance(payload, np.generic):
        return encode(payload.item())
    return None


def decode(type_: SocketType, data: bytes | mmap.mmap) -> Any:
    """The value with these bytes; arrays are views of `data`. Raises LostError for damage."""
    try:
        if (codec := _ARRAY_BY_TYPE.get(type_)) is not None:
            return codec.make(*_parse_arrays(data))
        value = digest.parse(bytes(data))
        if (record := _RECORD_BY_TYPE.get(type_)) is not None:
            return msgspec.convert(value[1], record)
        return value
    except (ValueError, LookupError, TypeError, msgspec.ValidationError) as error:
        raise LostError(f"a stored {type_} cannot be read: {error}") from error


def decode_file(type_: SocketType, path: str) -> Any:
    """The value in this file; arrays are mapped, so that only what is touched is read."""
    with open(path, "rb") as file:
        if type_ in _ARRAY_BY_TYPE:
            return decode(type_, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return decode(type_, file.read())


def has_codec(type_: SocketType) -> bool:
    """Whether values of this socket type are stored, and so are of one Python class."""
    return type_ in _ARRAY_BY_TYPE or type_ in _RECORD_BY_TYPE or type_ in _PLAIN.values()


def size_in_memory(payload: Any) -> int:
    """About how many bytes a decoded value holds."""
    codec = _ARRAY_BY_CLASS.get(type(payload))
    if codec is None:
        return 64
    return sum(array.nbytes for array in codec.arrays(payload).values())


def _array_buffers(codec: _ArrayCodec, payload: Any) -> Buffers:
    header: dict[str, Any] = {
        "__metadata__": {"format": "patchbay-1", "type": codec.socket, **codec.facts(payload)}
    }
    bodies: list[memoryview] = []
    offset = 0
    for name, array in sorted(codec.arrays(payload).items()):
        little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
        header[name] = {
            "dtype": _DTYPE_NAMES[little.dtype],
            "shape": list(little.shape),
            "data_offsets": [offset, offset + little.nbytes],
        }
        offset += little.nbytes
        bodies.append(little.reshape(-1).view(np.uint8).data)
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    return (len(text).to_bytes(8, "little") + text, *bodies)


def _parse_arrays(data: bytes | mmap.mmap) -> tuple[dict[str, NDArray[Any]], Mapping[str, str]]:
    length = int.from_bytes(data[:8], "little")
    if length > len(data) - 8:
        raise ValueError("its header is cut short")
    header: Mapping[str, Any] = json.loads(data[8 : 8 + length])
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        shape: Sequence[int] = entry["shape"]
        dtype = _DTYPES[entry["dtype"]]
        count = (end - start) // dtype.itemsize
        flat = np.frombuffer(data, dtype, count, 8 + length + start)
        arrays[name] = flat.reshape(shape)
    return arrays, header["__metadata__"]
