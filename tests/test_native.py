"""Patchbay's own events on the wire."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from patchbay import events
from patchbay.api.native import name_of, native_json
from patchbay.events import Event, NodeEvent, NodeFailed, NodeProgress
from patchbay.jobs.growing import Sounds
from patchbay.media import Audio, Image
from patchbay.types import JobId, NodeId

GIVEN: dict[str, Any] = {
    "job": JobId("j"), "at": 1.5, "node": NodeId("5.0.a"), "drawn": NodeId("5"), "ahead": 2,
    "nodes": (NodeId("5"),), "ui": {"text": ["la"]}, "calls": 3, "reason": "no record",
    "engine": "synth", "seconds_left": 2.0, "done": 1.0, "total": 4.0, "preview": None,
    "seconds": 0.5, "code": "node_failed", "message": "no", "input": "a", "traceback": "x\ny",
    "because": NodeId("4"), "status": "done",
}  # fmt: skip
KINDS = [
    kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind not in (Event, NodeEvent)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_an_event_is_told_whole_but_for_its_traceback(kind: type[Event]) -> None:
    fields = {name: GIVEN[name] for name in kind.__struct_fields__}
    event = kind(**fields)
    found = native_json(event)
    assert found.pop("event") == name_of(event)
    fields.pop("traceback", None)
    assert found == fields
    assert msgspec.json.encode(found)


def test_a_traceback_is_for_who_asks_for_it() -> None:
    event = NodeFailed(**{name: GIVEN[name] for name in NodeFailed.__struct_fields__})
    assert native_json(event, traceback=True)["traceback"] == ["x", "y"]


def progress(preview: Any) -> Any:
    given = {name: GIVEN[name] for name in NodeProgress.__struct_fields__}
    return native_json(NodeProgress(**given | {"preview": preview}))["preview"]


def test_a_preview_of_a_sound_is_its_waveform_and_where_it_is_heard() -> None:
    samples = np.zeros((2, 8_000), np.float32)
    samples[1, 4_000:] = -0.5
    found = progress(Sounds().add("5", Audio(samples, 8_000)))
    assert (found["kind"], found["seconds"], len(found["peaks"])) == ("sound", 1.0, 200)
    assert found["peaks"][0] == [0.0, 0.0]
    assert found["peaks"][-1] == [-0.5, 0.0]
    assert found["url"] == "/api/v1/jobs/j/previews/5?take=1"
    assert progress(Sounds().add("5", Audio(samples[:, :0], 8_000)))["peaks"] == []


def test_a_preview_of_a_text_is_the_text_and_of_a_picture_only_that_there_is_one() -> None:
    assert progress("la" * 10_000) == {"kind": "text", "text": "la" * 5_000}
    assert progress(Image(np.zeros((4, 4, 3), np.uint8))) == {"kind": "image"}
