"""Bytes for values and back, with nothing lost and nothing that other tools cannot read."""

from __future__ import annotations

import contextlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from patchbay import Audio, Depth, Image, Mask, Recipe, Section, codecs
from patchbay.errors import LostError
from patchbay.types import SocketType

RECIPE = Recipe(
    "snow", "calm", 80.5, "Eb", "minor", ("piano", "bass"),
    (Section("intro", 4, 0.25), Section("verse", 8, 1.0)), "rain", "soft", 0.5,
)  # fmt: skip


def encoded(payload: Any) -> codecs.Encoded:
    found = codecs.encode(payload)
    assert found is not None
    return found


def back(payload: Any) -> Any:
    kept = encoded(payload)
    return codecs.decode(kept.type, kept.joined())


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (True, "BOOLEAN"),
        (3, "INT"),
        (2**70, "INT"),
        (-0.0, "FLOAT"),
        (math.inf, "FLOAT"),
        ("é\ud800", "STRING"),
        (None, "NONE"),
        ([1, "a", None], "JSON"),
        ({"a": {"b": [1.5]}}, "JSON"),
        (RECIPE, "RECIPE"),
    ],
)
def test_a_plain_value_comes_back_as_it_was(value: Any, type_: str) -> None:
    assert encoded(value).type == type_
    assert repr(back(value)) == repr(value)


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 8), st.integers(0, 50)),
        elements=st.floats(-2, 2, width=32),
    ),
    st.integers(1, 400_000),
)
def test_sound_comes_back_to_the_last_bit(samples: Any, rate_hz: int) -> None:
    audio = back(Audio(samples, rate_hz))
    assert audio.rate_hz == rate_hz
    assert audio.samples.dtype == np.float32
    assert audio.samples.tobytes() == samples.tobytes()
    assert audio.samples.shape == samples.shape


@pytest.mark.parametrize(
    "value",
    [
        Image(np.arange(2 * 3 * 4 * 4, dtype=np.uint8).reshape(2, 3, 4, 4)),
        Image(np.zeros((0, 3, 4, 3), np.uint8)),
        Mask(np.linspace(0, 1, 24, dtype=np.float32).reshape(2, 3, 4)),
        Depth(np.linspace(0, 1, 24, dtype=np.float32).reshape(2, 3, 4)),
    ],
)
def test_pictures_come_back_as_they_were(value: Any) -> None:
    name = "pixels" if isinstance(value, Image) else "values"
    one, other = getattr(value, name), getattr(back(value), name)
    assert type(back(value)) is type(value)
    assert np.array_equal(one, other)
    assert one.dtype == other.dtype


def test_the_same_numbers_of_two_types_have_their_own_bytes() -> None:
    values = np.zeros((1, 2, 2), np.float32)
    assert encoded(Mask(values)).joined() != encoded(Depth(values)).joined()


def test_sound_at_another_rate_has_its_own_bytes() -> None:
    samples = np.zeros((1, 4), np.float32)
    assert encoded(Audio(samples, 8_000)).joined() != encoded(Audio(samples, 8_001)).joined()


def test_equal_sounds_have_equal_bytes_however_they_lie_in_memory() -> None:
    samples = np.arange(12, dtype=np.float32).reshape(2, 6) / np.float32(12)
    turned = np.asfortranarray(samples)
    strided = np.repeat(samples, 2, axis=1)[:, ::2]
    forms = {encoded(Audio(form, 8_000)).joined() for form in (samples, turned, strided)}
    assert len(forms) == 1


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", 1j, [object()], {1: 2}, len])
def test_what_has_no_codec_stays_opaque(value: Any) -> None:
    assert codecs.encode(value) is None


def test_a_numpy_scalar_is_a_plain_value() -> None:
    assert encoded(np.int64(3)) == encoded(3)
    assert encoded(np.float64(0.5)) == encoded(0.5)


def test_the_file_is_one_that_safetensors_can_read() -> None:
    data = encoded(Audio(np.array([[0.5, -0.5]], np.float32), 8_000)).joined()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    assert (8 + length) % 64 == 0
    assert header == {
        "__metadata__": {"format": "patchbay-1", "rate_hz": "8000", "type": "AUDIO"},
        "samples": {"data_offsets": [0, 8], "dtype": "F32", "shape": [1, 2]},
    }
    assert data[8 + length :] == np.array([0.5, -0.5], "<f4").tobytes()


def test_a_large_sound_is_not_copied_to_be_stored() -> None:
    audio = Audio(np.zeros((2, 10_000), np.float32), 8_000)
    body = encoded(audio).buffers[-1]
    assert np.shares_memory(np.frombuffer(body, np.float32), audio.samples)


def test_a_sound_from_a_file_is_mapped_and_cannot_be_written(tmp_path: Path) -> None:
    audio = Audio(np.ones((2, 10_000), np.float32), 8_000)
    path = tmp_path / "value"
    path.write_bytes(encoded(audio).joined())
    read = codecs.decode_file(SocketType("AUDIO"), str(path))
    assert read == audio
    assert not read.samples.flags.writeable
    assert not read.samples.flags.owndata


@given(st.sampled_from(["AUDIO", "IMAGE", "RECIPE", "JSON", "INT"]), st.binary(max_size=100))
def test_bytes_that_make_no_sense_are_a_loss_and_no_crash(type_: str, data: bytes) -> None:
    with contextlib.suppress(LostError):
        codecs.decode(SocketType(type_), data)


@pytest.mark.parametrize("cut", [0, 1, 8, 20, 64, 100, 150])
def test_a_sound_that_was_cut_short_is_a_loss(cut: int) -> None:
    data = encoded(Audio(np.ones((1, 16), np.float32), 8_000)).joined()
    with pytest.raises(LostError):
        codecs.decode(SocketType("AUDIO"), data[:cut])


def test_a_value_of_another_type_is_a_loss() -> None:
    with pytest.raises(LostError):
        codecs.decode(SocketType("RECIPE"), encoded({"title": "x"}).joined())


def test_how_much_memory_a_value_takes_is_known() -> None:
    assert codecs.size_in_memory(Audio(np.ones((2, 1_000), np.float32), 8_000)) == 8_000
    assert codecs.size_in_memory("text") < 1_000
