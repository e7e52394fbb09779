"""What clients send to `POST /prompt`, right and wrong, by a name for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.machine import Prompt, entry, link


def _ending(node: Mapping[str, Any]) -> Prompt:
    """A node under the id 1 that is shown."""
    return {"1": dict(node), "2": entry("Show", value=link("1"))}


def _sent(prompt: Any, **more: Any) -> dict[str, Any]:
    return {"prompt": prompt, **more}


GOOD = _ending(entry("Number", value=1))
DRAWN = {
    "id": "a0000000-0000-4000-8000-000000000001",
    "nodes": [
        {
            "id": 1, "type": "Number", "mode": 0, "order": 0, "pos": [0, 0], "size": [200, 100],
            "inputs": [], "outputs": [{"name": "int", "type": "INT", "links": [1]}],
            "properties": {}, "widgets_values": [5],
        },
        {
            "id": 2, "type": "Show", "mode": 0, "order": 1, "pos": [300, 0], "size": [200, 100],
            "inputs": [{"name": "value", "type": "*", "link": 1}], "outputs": [],
            "properties": {}, "widgets_values": [],
        },
    ],
    "links": [[1, 1, 0, 2, 0, "INT"]],
    "groups": [], "config": {}, "extra": {}, "version": 0.4,
}  # fmt: skip

TAKEN: Mapping[str, Any] = {
    "good": _sent(GOOD),
    "good, all fields": _sent(
        GOOD, client_id="me", number=-2.5, front=False,
        extra_data={"extra_pnginfo": {"workflow": {"id": "w"}}}, unknown_field=[1],
    ),
    "good, number as text": _sent(GOOD, number="7"),
    "good, texts for numbers": _sent(_ending(entry("Number", value="3"))),
    "good, one of two outputs": _sent(
        {**GOOD, "3": entry("Show", value=link("4")), "4": entry("Add", b=1)}
    ),
    "good, unknown inputs": _sent(_ending(entry("Number", value=1, colour=2))),
    "good, some outputs wanted": _sent(
        {**GOOD, "3": entry("Show", value=5)}, partial_execution_targets=["2"]
    ),
    "good, but for a node that is none": _sent({**GOOD, "3": "Number"}),
    "good, but for a node without class_type": _sent({**GOOD, "3": {"inputs": {}}}),
    "good, but for an unknown class": _sent({**GOOD, "3": entry("Numbre", value=1)}),
    "good, a saved workflow": {"workflow": DRAWN},
    "good, a saved workflow as prompt": _sent(DRAWN),
}  # fmt: skip

REFUSED: Mapping[str, Any] = {
    # The body
    "malformed": b'{"prompt": {',
    "no text": b"\xff\xfe",
    "empty": b"",
    "an array": [1],
    "null": b"null",
    "nested too deep": b"[" * 100_000,
    "no prompt": {},
    "client_id a number": _sent(GOOD, client_id=5),
    "client_id too long": _sent(GOOD, client_id="x" * 3_000),
    "prompt_id a list": _sent(GOOD, prompt_id=[1]),
    "prompt_id with control characters": _sent(GOOD, prompt_id="a\nb"),
    "number a word": _sent(GOOD, number="soon"),
    "number too large": _sent(GOOD, number=1e300),
    "number not finite": b'{"prompt": {}, "number": NaN}',
    "extra_data a list": _sent(GOOD, extra_data=[1]),
    "targets a text": _sent(GOOD, partial_execution_targets="2"),
    "targets none": _sent(GOOD, partial_execution_targets=[]),
    "targets unknown": _sent(GOOD, partial_execution_targets=["77"]),
    "workflow a text": {"workflow": "nodes"},
    "workflow empty": {"workflow": {}},
    # The prompt
    "prompt null": _sent(None),
    "prompt a list": _sent([GOOD]),
    "prompt empty": _sent({}),
    "no outputs": _sent({"1": entry("Number", value=1)}),
    "node a text": _sent({**GOOD, "1": "Number"}),
    "no class_type": _sent({**GOOD, "1": {"inputs": {}}}),
    "unknown class": _sent(_ending(entry("Numbre", value=1))),
    "inputs a list": _sent(_ending({"class_type": "Number", "inputs": [1]})),
    "cycle": _sent(_ending(entry("Add", a=link("1"), b=1))),
    # Its inputs
    "required_input_missing": _sent(_ending(entry("Add", b=1))),
    "bad_linked_input": _sent(_ending(entry("Add", a=["3", 0, 1], b=1))),
    "link to nowhere": _sent(_ending(entry("Add", a=link("9"), b=1))),
    "slot that is not": _sent({**GOOD, "2": entry("Show", value=link("1", 4))}),
    "return_type_mismatch": _sent(
        {"1": entry("Tone", pitch=1), "2": entry("Add", a=link("1"), b=1),
         "3": entry("Show", value=link("2"))},
    ),
    "invalid_input_type": _sent(_ending(entry("Number", value="much"))),
    "value_smaller_than_min": _sent(_ending(entry("Clamp", value=-1))),
    "value_bigger_than_max": _sent(_ending(entry("Clamp", value=11))),
    "value_not_in_list": _sent(_ending(entry("Wrong", kind="kind"))),
    "several errors": _sent(
        {"1": entry("Clamp", value=11), "2": entry("Add", b="x"),
         "3": entry("Show", value=link("1")), "4": entry("Show", value=link("2"))},
    ),
}  # fmt: skip
