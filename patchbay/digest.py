"""Every recipe for a hash, over one canonical encoding.

The encoding is tagged and length-prefixed, so that no two different values share bytes: `1`,
`1.0`, `True` and `"1"` differ, `["ab"]` and `["a", "b"]` differ, arrays carry dtype and shape.
Plain values can be read back. What has no stable bytes is refused.
"""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from blake3 import blake3

from patchbay.errors import UnstableError
from patchbay.types import Batch, Digest, Key, NodeSpec

FORMAT = b"patchbay-1:"
MAX_DEPTH = 200
_LENGTH = struct.Struct(">I")
_DOUBLE = struct.Struct(">d")
_ONE = _LENGTH.pack(32)


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON-like value, of `bytes` or of an array. Raises UnstableError."""
    kind = type(value)
    if kind is int:  # most values of most graphs are numbers and short texts
        digits = b"%d" % value
        return b"i" + _LENGTH.pack(len(digits)) + digits
    if kind is str:
        text: bytes = value.encode("utf-8", "surrogatepass")
        return b"s" + _LENGTH.pack(len(text)) + text
    parts: list[bytes] = []
    _write(value, parts.append, 0)
    return b"".join(parts)


def parse(data: bytes) -> Any:
    """The value whose `canonical` form is `data`; tuples come back as lists.

    Raises ValueError when it is not such a form.
    """
    try:
        value, end = _read(memoryview(data), 0)
    except (IndexError, struct.error) as error:
        raise ValueError(f"not a canonical value: {error}") from error
    if end != len(data):
        raise ValueError(f"not a canonical value: {len(data) - end} bytes too many")
    return value


def of_bytes(data: bytes) -> Digest:
    """The digest of a value, from its encoded bytes."""
    return Digest(blake3(data).digest())


def of_call(
    prefix: bytes, inputs: Mapping[str, Batch], fingerprint: Any = None
) -> tuple[Key, bytes]:
    """A call's key, and the bytes it is the hash of.

    `prefix` comes from `of_spec`. Nothing says where the call came from, so that equal work has
    one key wherever it stands.
    """
    parts = [prefix]
    for name in sorted(inputs):
        batch = inputs[name]
        if len(batch) == 1:
            parts += (_head(name), _ONE, batch[0].digest)
        else:
            parts += (_head(name), _LENGTH.pack(32 * len(batch)))
            parts += [value.digest for value in batch]
    if fingerprint is not None:
        parts += (b"\xff\xff\xff\xff", canonical(fingerprint))
    material = b"".join(parts)
    return Key(blake3(material).digest()), material


def of_spec(spec: NodeSpec, engine: str, revision: str) -> bytes:
    """The part of a key that says which code works: node, version, engine, its revision."""
    parts = canonical([spec.pack, spec.name, spec.version, engine, revision])
    return FORMAT + _LENGTH.pack(len(parts)) + parts


def parts_of_call(material: bytes) -> tuple[list[str], dict[str, tuple[Digest, ...]], bytes]:
    """What `of_call` hashed: the code's part, the inputs' digests, the fingerprint's bytes."""
    start = len(FORMAT)
    (length,) = _LENGTH.unpack_from(material, start)
    position = start + 4 + length
    code = parse(material[start + 4 : position])
    inputs: dict[str, tuple[Digest, ...]] = {}
    while position < len(material):
        (length,) = _LENGTH.unpack_from(material, position)
        if length == 0xFFFFFFFF:
            return code, inputs, material[position + 4 :]
        name = material[position + 4 : position + 4 + length].decode()
        position += 4 + length
        (length,) = _LENGTH.unpack_from(material, position)
        joined = material[position + 4 : position + 4 + length]
        inputs[name] = tuple(Digest(joined[i : i + 32]) for i in range(0, len(joined), 32))
        position += 4 + length
    return code, inputs, b""


def of_opaque(key: Key, slot: int, index: int) -> Digest:
    """The digest of a value that has no bytes: the call that makes it, and which one it is."""
    return Digest(blake3(b"opaque" + key + _LENGTH.pack(slot) + _LENGTH.pack(index)).digest())


def of_text(*texts: str) -> str:
    """A short hexadecimal name for some texts, such as a node's sources."""
    return blake3(canonical(list(texts))).hexdigest()[:16]


@functools.lru_cache(maxsize=4096)
def _head(name: str) -> bytes:
    encoded = name.encode()
    return _LENGTH.pack(len(encoded)) + encoded


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether the value is a JSON-like scalar, list or mapping, to its full depth, and not nested
    deeper than MAX_DEPTH."""
    if value is None or type(value) in (bool, int, float, str):
        return True
    if depth >= MAX_DEPTH:
        return False
    if isinstance(value, (list, tuple)):
        return all(is_plain(item, depth + 1) for item in value)
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and is_plain(item, depth + 1) for key, item in value.items()
        )
    return False


def _write(value: Any, put: Any, depth: int) -> None:
    kind = type(value)
    if kind is str:
        data = value.encode("utf-8", "surrogatepass")
        put(b"s" + _LENGTH.pack(len(data)) + data)
    elif kind is bool:
        put(b"T" if value else b"F")
    elif kind is int:
        data = b"%d" % value
        put(b"i" + _LENGTH.pack(len(data)) + data)
    elif kind is float:
        # Every NaN is the same NaN; -0.0 and 0.0 differ, since 1/x does.
        put(b"f" + (_DOUBLE.pack(math.nan if math.isnan(value) else value)))
    elif value is None:
        put(b"n")
    elif depth >= MAX_DEPTH:
        raise UnstableError(f"a value is nested more than {MAX_DEPTH} deep: flatten it")
    elif isinstance(value, (list, tuple)):
        put(b"l" + _LENGTH.pack(len(value)))
        for item in value:
            _write(item, put, depth + 1)
    elif isinstance(value, Mapping):
        _write_mapping(value, put, depth)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        put(b"y" + _LENGTH.pack(len(data)) + data)
    elif isinstance(value, np.generic):
        _write(value.item(), put, depth)
    elif isinstance(value, np.ndarray):
        _write_array(value, put)
    else:
        raise UnstableError(
            f"a {kind.__module__}.{kind.__qualname__} has no stable bytes: give it a codec, or "
            "pass what it is made from"
        )


def _write_mapping(value: Mapping[Any, Any], put: Any, depth: int) -> None:
    put(b"d" + _LENGTH.pack(len(value)))
    for key in value:
        if not isinstance(key, str):
            raise UnstableError(f"the key {key!r} of a mapping is not text: use text keys")
    for key in sorted(value):
        _write(str(key), put, depth)
        _write(value[key], put, depth + 1)


def _write_array(value: np.ndarray[Any, Any], put: Any) -> None:
    if value.dtype.hasobject:
        raise UnstableError("an array of Python objects has no stable bytes: use a number dtype")
    little = value.astype(value.dtype.newbyteorder("<"), copy=False)
    data = np.ascontiguousarray(little).tobytes()
    put(b"a")
    _write([little.dtype.str, list(value.shape)], put, 0)
    put(struct.pack(">Q", len(data)) + data)


def _read(data: memoryview, at: int) -> tuple[Any, int]:
    tag = chr(data[at])
    at += 1
    if tag in "TF":
        return tag == "T", at
    if tag == "n":
        return None, at
    if tag == "f":
        return _DOUBLE.unpack_from(data, at)[0], at + 8
    (length,) = _LENGTH.unpack_from(data, at)
    at += 4
    if tag in "siy":
        body = bytes(data[at : at + length])
        if len(body) != length:
            raise ValueError("not a canonical value: cut short")
        return _leaf(tag, body), at + length
    if tag == "l":
        items = []
        for _ in range(length):
            item, at = _read(data, at)
            items.append(item)
        return items, at
    if tag == "d":
        mapping = {}
        for _ in range(length):
            key, at = _read(data, at)
            mapping[key], at = _read(data, at)
        return mapping, at
    raise ValueError(f"not a canonical value: unknown tag {tag!r}")


def _leaf(tag: str, body: bytes) -> Any:
    if tag == "s":
        return body.decode("utf-8", "surrogatepass")
    return int(body) if tag == "i" else body
