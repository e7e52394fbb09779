"""What hashes promise: different values never share bytes, equal ones always do, everywhere."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from patchbay import digest
from patchbay.errors import UnstableError
from patchbay.types import Batch, Key, SocketType, Value

ROOT = Path(__file__).parent.parent

DIFFERENT: list[Any] = [
    None, True, False, 0, 1, -1, 10, 1.0, 0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324,
    2**64, -(2**64), "", "1", "True", "None", "a", "ab", "\x00", "é", "e\u0301", "\ud800",
    b"", b"1", b"a", [], [[]], [None], [1], ["1"], [True], [1.0], ["ab"], ["a", "b"], ["a", ["b"]],
    [["a"], "b"], [[], []], {}, {"a": 1}, {"a": "1"}, {"b": 1}, {"a": 1, "b": 2}, {"a": [1, 2]},
    {"a": {"b": 1}}, [{"a": 1}, {"b": 1}], [{"a": 1, "b": 1}], ["a", 1, "b", 2],
]  # fmt: skip

# NaN is equal to itself here, which a plain comparison would not say.
json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=[]))
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_no_two_different_values_share_bytes() -> None:
    for one, other in itertools.combinations(DIFFERENT, 2):
        assert digest.canonical(one) != digest.canonical(other), (one, other)


@given(json_like, json_like)
def test_values_share_bytes_only_when_they_look_the_same(one: Any, other: Any) -> None:
    same = digest.canonical(one) == digest.canonical(other)
    assert same == (ordered(one) == ordered(other))


def ordered(value: Any) -> str:
    """A text that is the same for equal values only: types told apart, mappings sorted."""
    if isinstance(value, list):
        return f"[{', '.join(map(ordered, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{k!r}: {ordered(value[k])}' for k in sorted(value))}}}"
    return repr(value)


@given(json_like)
def test_a_value_can_be_read_back_from_its_bytes(value: Any) -> None:
    read = digest.parse(digest.canonical(value))
    assert ordered(read) == ordered(value)
    assert digest.canonical(read) == digest.canonical(value)


@given(st.binary(max_size=60))
@settings(max_examples=300)
def test_bytes_that_are_no_value_are_refused(data: bytes) -> None:
    try:
        value = digest.parse(data)
    except ValueError:
        return
    assert ordered(digest.parse(digest.canonical(value))) == ordered(value)


@given(json_like, st.data())
def test_bytes_that_were_cut_short_are_refused(value: Any, data: st.DataObject) -> None:
    whole = digest.canonical(value)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ValueError, match="canonical"):
        digest.parse(whole[:cut])


def test_every_nan_is_the_same() -> None:
    other = -math.nan
    assert digest.canonical(math.nan) == digest.canonical(other)


def test_the_order_of_a_mapping_does_not_matter() -> None:
    assert digest.canonical({"a": 1, "b": 2}) == digest.canonical({"b": 2, "a": 1})


def test_a_tuple_is_a_list() -> None:
    assert digest.canonical((1, (2,))) == digest.canonical([1, [2]])


@pytest.mark.parametrize(
    ("number", "plain"),
    [(np.int64(3), 3), (np.float32(0.5), 0.5), (np.bool_(True), True), (np.str_("a"), "a")],
)
def test_a_numpy_scalar_is_the_plain_one(number: Any, plain: Any) -> None:
    assert digest.canonical(number) == digest.canonical(plain)


ARRAYS: list[NDArray[Any]] = [
    np.zeros(0, np.float32),
    np.zeros((0, 2), np.float32),
    np.zeros(4, np.float32),
    np.zeros(4, np.float64),
    np.zeros(4, np.int32),
    np.zeros((2, 2), np.float32),
    np.zeros((1, 4), np.float32),
    np.zeros((4, 1), np.float32),
    np.array(0.0, np.float32),
]


def test_arrays_carry_their_shape_and_dtype() -> None:
    for one, other in itertools.combinations(ARRAYS, 2):
        assert digest.canonical(one) != digest.canonical(other), (one, other)


def test_how_an_array_lies_in_memory_does_not_matter() -> None:
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    turned = np.asfortranarray(array)
    swapped = array.astype(array.dtype.newbyteorder(">"))
    strided = np.repeat(array, 2, axis=1)[:, ::2]
    forms = {digest.canonical(form) for form in (array, turned, swapped, strided)}
    assert len(forms) == 1


def test_an_array_is_not_the_list_of_its_items() -> None:
    assert digest.canonical(np.array([1, 2])) != digest.canonical([1, 2])


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, {1: "a"}, np.array([object()]), [object()], {"a": object()}, 1j, range(3)],
)
def test_what_has_no_stable_bytes_is_refused(value: Any) -> None:
    with pytest.raises(UnstableError):
        digest.canonical(value)


def test_a_value_that_is_nested_too_deep_is_refused_with_a_remedy() -> None:
    value: Any = 1
    for _ in range(digest.MAX_DEPTH + 1):
        value = [value]
    with pytest.raises(UnstableError, match="flatten it"):
        digest.canonical(value)
    assert digest.canonical(value[0][0])


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(UnstableError):
        digest.canonical(value)


# Keys


def batch(*contents: bytes) -> Batch:
    return tuple(Value(SocketType("INT"), digest.of_bytes(content)) for content in contents)


def test_a_key_tells_inputs_apart() -> None:
    one, two = b"one", b"two"
    keys = {
        digest.of_call(b"p", {})[0],
        digest.of_call(b"p", {"a": batch(one)})[0],
        digest.of_call(b"p", {"b": batch(one)})[0],
        digest.of_call(b"p", {"a": batch(two)})[0],
        digest.of_call(b"p", {"a": batch(one, two)})[0],
        digest.of_call(b"p", {"a": batch(two, one)})[0],
        digest.of_call(b"p", {"a": batch(one), "b": batch(two)})[0],
        digest.of_call(b"p", {"a": ()})[0],
        digest.of_call(b"p", {"a": batch(one)}, "fingerprint")[0],
        digest.of_call(b"p", {"a": batch(one)}, ["fingerprint"])[0],
        digest.of_call(b"q", {"a": batch(one)})[0],
    }
    assert len(keys) == 11


def test_a_key_does_not_depend_on_the_order_of_inputs() -> None:
    one, two = batch(b"one"), batch(b"two")
    assert digest.of_call(b"p", {"a": one, "b": two}) == digest.of_call(b"p", {"b": two, "a": one})


@given(
    st.dictionaries(st.text(max_size=5), st.lists(st.binary(max_size=5), max_size=4)),
    st.none() | json_like,
)
def test_what_a_key_was_made_from_can_be_read_back(
    contents: dict[str, list[bytes]], fingerprint: Any
) -> None:
    code = ["pack", "Node", "1", "engine", "2"]
    parts = digest.canonical(code)
    prefix = digest.FORMAT + len(parts).to_bytes(4, "big") + parts
    inputs = {name: batch(*items) for name, items in contents.items()}
    _, material = digest.of_call(prefix, inputs, fingerprint)
    read_code, read_inputs, read_fingerprint = digest.parts_of_call(material)
    assert read_code == code
    assert read_inputs == {name: tuple(v.digest for v in given) for name, given in inputs.items()}
    expected = b"" if fingerprint is None else digest.canonical(fingerprint)
    assert read_fingerprint == expected


def test_opaque_values_are_named_by_call_slot_and_index() -> None:
    one, two = Key(bytes(32)), Key(b"1" * 32)
    names = {digest.of_opaque(key, s, i) for key in (one, two) for s in (0, 1) for i in (0, 1)}
    assert len(names) == 8
    assert digest.of_opaque(one, 0, 0) == digest.of_opaque(one, 0, 0)


PROGRAM = """
import tempfile
from pathlib import Path
from tests.machine import Machine, entry, link, load_pack
machine = Machine(Path(tempfile.mkdtemp()), load_pack())
prompt = {
    "a": entry("Answer", nodes={"n": entry("Number", value=1)}, gives={"b": 1, "a": [1.5, None]}),
    "r": entry("MakeRecipe"),
    "t": entry("Tone"),
    "k": entry("KindOf", value=link("r")),
    "l": entry("Level", audio=link("t")),
    "show": entry("Show", value=link("a")),
    "x": entry("Show", value=link("k")),
    "y": entry("Show", value=link("l")),
}
machine.run(prompt)
with machine.session() as session:
    for key in sorted(key.hex() for key, _ in session.store.records.all_results()):
        print(key)
"""


@pytest.mark.slow
def test_keys_are_the_same_in_every_process() -> None:
    said = set()
    for seed in ("0", "1", "424242"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        said.add(done.stdout)
    assert len(said) == 1
    assert len(said.pop().splitlines()) == 8


# The bytes themselves: they may change only together with digest.FORMAT.


def test_the_encoding_has_not_changed() -> None:
    value = {"b": [1, 1.5, True, None, "é", b"\x00"], "a": {}}
    assert digest.FORMAT == b"patchbay-1:"
    assert digest.canonical(value).hex() == (
        "64000000027300000001616400000000730000000162"
        "6c00000006690000000131663ff8000000000000546e7300000002c3a9790000000100"
    )
