"""Which calls a node makes of lists, as pure records."""

from __future__ import annotations

from patchbay import mapping
from patchbay.digest import of_bytes
from patchbay.packs import Catalogue
from patchbay.types import Batch, SocketType, Value


def batch(*names: str) -> Batch:
    return tuple(Value(SocketType("INT"), of_bytes(name.encode())) for name in names)


def test_single_values_make_one_call(catalogue: Catalogue) -> None:
    inputs = {"a": batch("1"), "b": batch("2")}
    assert mapping.rows(catalogue.specs["Add"], inputs) == [inputs]


def test_no_inputs_make_one_call(catalogue: Catalogue) -> None:
    assert mapping.rows(catalogue.specs["Number"], {}) == [{}]


def test_lists_of_one_length_go_in_step(catalogue: Catalogue) -> None:
    rows = mapping.rows(catalogue.specs["Add"], {"a": batch("1", "2"), "b": batch("3", "4")})
    assert rows == [{"a": batch("1"), "b": batch("3")}, {"a": batch("2"), "b": batch("4")}]


def test_a_shorter_list_repeats_its_last_value(catalogue: Catalogue) -> None:
    rows = mapping.rows(catalogue.specs["Add"], {"a": batch("1", "2", "3"), "b": batch("4", "5")})
    assert [row["b"] for row in rows] == [batch("4"), batch("5"), batch("5")]


def test_an_empty_list_makes_no_call_however_long_the_others_are(catalogue: Catalogue) -> None:
    assert mapping.rows(catalogue.specs["Add"], {"a": batch("1", "2"), "b": ()}) == []


def test_an_input_that_takes_many_gets_its_whole_list(catalogue: Catalogue) -> None:
    rows = mapping.rows(catalogue.specs["Total"], {"values": batch("1", "2", "3")})
    assert rows == [{"values": batch("1", "2", "3")}]


def test_an_input_that_takes_many_may_be_empty(catalogue: Catalogue) -> None:
    assert mapping.rows(catalogue.specs["Total"], {"values": ()}) == [{"values": ()}]


def test_each_call_gets_the_whole_list_beside_its_own_item(catalogue: Catalogue) -> None:
    inputs = {"value": batch("1", "2"), "values": batch("7", "8", "9")}
    rows = mapping.rows(catalogue.specs["Answer"], inputs)
    assert rows == [
        {"value": batch("1"), "values": batch("7", "8", "9")},
        {"value": batch("2"), "values": batch("7", "8", "9")},
    ]
