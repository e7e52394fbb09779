"""How nodes are described to ComfyUI's clients, and what is told of them besides."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import assume, given
from hypothesis import strategies as st

from patchbay import (
    Audio,
    AudioFile,
    Body,
    Engine,
    Expand,
    File,
    Lazy,
    Many,
    Number,
    Seed,
    Socket,
    Text,
    node,
)
from patchbay.api import nodes
from patchbay.api.serving import SERVING, Options, Serving
from patchbay.comfy import listing
from patchbay.comfy.catalogue import Descriptions, Engines
from patchbay.comfy.info import SAFE, SOCKETS, info_of
from patchbay.comfy.listing import look
from patchbay.files import Folders
from patchbay.graph import validate
from patchbay.literals import converted
from patchbay.node import declared
from patchbay.packs import Catalogue, Pack, load_all
from patchbay.parts import Parts
from patchbay.signature import spec_of
from patchbay.types import NodeSpec, Port, SocketType, Widget
from tests.golden import registry
from tests.machine import load_pack

# PROTOCOL.md, section 5: the options that ComfyUI's editor knows, and what it takes for each.
OPTIONS: Mapping[str, tuple[type, ...]] = {
    "default": (int, float, str, bool),
    "min": (int, float),
    "max": (int, float),
    "step": (int, float),
    "round": (bool,),
    "display": (str,),
    "control_after_generate": (bool,),
    "multiline": (bool,),
    "placeholder": (str,),
    "image_upload": (bool,),
    "video_upload": (bool,),
    "audio_upload": (bool,),
    "file_upload": (bool,),
    "forceInput": (bool,),
    "widgetType": (str,),
    "tooltip": (str,),
    "lazy": (bool,),
    "patchbay": (dict,),
}
WIDGETS = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}
OLD = (1_000_000_000, 1_000_000_000)  # seconds: long settled


def spec(function: Callable[..., Any], name: str = "") -> NodeSpec:
    """The spec of a function as a node."""
    declaration = declared(function) or declared(node(function))
    assert declaration is not None
    return spec_of(declaration, "mine", "1")


def info(
    function: Callable[..., Any] | NodeSpec,
    files: tuple[str, ...] = (),
    missing: Callable[[Engine], str | None] = lambda engine: None,
) -> dict[str, Any]:
    """How a node is described, as a client reads it."""
    found = function if isinstance(function, NodeSpec) else spec(function)
    made = info_of(found, "custom_nodes.mine", lambda accept: list(files), missing)
    return cast(dict[str, Any], json.loads(json.dumps(made, allow_nan=False)))


def inputs(described: Mapping[str, Any]) -> dict[str, Any]:
    """All inputs of a description by name, without our own facts."""
    groups = described["input"]
    found = {**groups["required"], **groups["optional"]}
    for entry in found.values():
        entry[1] = {name: value for name, value in entry[1].items() if name != "patchbay"}
    return found


def catalogue(*specs: NodeSpec) -> Catalogue:
    """A catalogue of these nodes."""
    names = {name: s for s in specs for name in (s.name, *s.aliases)}
    return Catalogue((Pack("mine", Path("mine"), specs, ()),), names, ())


def folders(tmp_path: Path, *, confined: bool = False) -> Folders:
    """Folders of which only the one for input is looked at."""
    return Folders(tmp_path / "input", tmp_path / "output", tmp_path / "temp", confined)


def touch(path: Path, when: tuple[int, int] | None = None) -> None:
    """An empty file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    if when is not None:
        os.utime(path, when)


def settle(folder: Path) -> None:
    """Makes every folder as old as a folder is that nobody has changed for a while."""
    for inner in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        os.utime(inner, OLD)


def check(described: Mapping[str, Any], of: NodeSpec) -> None:
    """What holds for the description of any node."""
    groups = described["input"]
    assert set(groups) == {"required", "optional", "hidden"}
    assert described["input_order"] == {group: list(named) for group, named in groups.items()}
    for port in of.inputs:
        assert (port.name in groups["required"]) == port.required
        assert (port.name in groups["optional"]) != port.required
    further = {n for g in groups.values() for n in g} - set(of.ports)
    assert all(name.rpartition(".")[0] in of.ports for name in further)
    for name, entry in {**groups["required"], **groups["optional"]}.items():
        port = of.ports.get(name) or of.ports[name.rpartition(".")[0]]
        check_input(entry, port)
    count = len(of.outputs)
    assert [len(described[key]) for key in ("output", "output_is_list", "output_name")] == [
        count
    ] * 3
    assert len(described.get("output_tooltips", [""] * count)) == count
    check_numbers(described)


def check_input(entry: Any, port: Port) -> None:
    """What holds for any input."""
    type_, options = entry
    for name, value in options.items():
        assert isinstance(value, OPTIONS[name]), f"{name}: {value!r}"
    assert options.get("display", "number") in ("number", "slider")
    combo = isinstance(type_, list)
    assert all(isinstance(choice, str) for choice in type_) if combo else type_ == port.type
    made = combo or type_ in WIDGETS or "widgetType" in options
    has_widget = port.widget is not None and not port.many and port.form != "body"
    assert (made and not options.get("forceInput", False)) == has_widget
    if combo:
        assert port.widget is not None
        assert type_ == list(port.widget.choices) or port.widget.kind == "file"
    default = options.get("default")
    if default is not None:
        assert converted(port, default)[1] == ""
    if "min" in options:
        assert options["min"] <= (0 if default is None else default) <= options["max"]
        assert options["step"] > 0


def check_numbers(value: Any) -> None:
    """JavaScript reads every number as it was meant."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            check_numbers(item)
    elif isinstance(value, int):
        assert -SAFE <= value <= SAFE
    elif isinstance(value, float):
        assert math.isfinite(value)


# The built-in nodes


def test_built_in_nodes_are_described_as_the_golden_files_say() -> None:
    made = {
        name: registry.text_of(value) for name, value in registry.GOLDENS["object_info"]().items()
    }
    kept = registry.read("object_info")
    changed = [name for name in {**kept, **made} if kept.get(name) != made.get(name)]
    assert not changed, "look at `python -m tests.golden object_info; git diff tests/golden`"


@pytest.fixture(scope="module")
def known() -> list[NodeSpec]:
    """The built-in nodes, and the test nodes, which are odder."""
    return [*load_all().nodes, *load_pack().nodes]


def test_every_description_keeps_its_promises(known: list[NodeSpec]) -> None:
    assert len(known) > 40
    for each in known:
        check(info(each), each)


def test_what_the_editor_fills_in_is_accepted(known: list[NodeSpec]) -> None:
    """A prompt with each widget at its first value and no link lacks only links."""
    first = {"INT": 0, "FLOAT": 0, "STRING": "", "BOOLEAN": False}
    for each in known:
        described = inputs(info(each, files=("a.wav",)))
        values = {}
        for name, (type_, options) in described.items():
            if isinstance(type_, list):
                values[name] = options.get("default", type_[0])
            elif type_ in first and "forceInput" not in options:
                values[name] = options.get("default", first[type_])
        checked = validate({"1": {"class_type": each.name, "inputs": values}}, {each.name: each})
        needs_link = {port.name for port in each.inputs if port.required} - set(values)
        found = {(p.code, p.input) for p in checked.problems if p.code != "no_sink"}
        assert found == {("missing_input", name) for name in needs_link}


def test_widgets_come_in_the_order_in_which_saved_values_are_read(known: list[NodeSpec]) -> None:
    """The editor makes those of required inputs first; positions in a saved file follow it."""
    for each in known:
        shown = [port for port in each.inputs if port.widget is not None]
        assert shown == sorted(shown, key=lambda port: not port.required), each.name


def test_a_node_of_ours_and_one_of_someone_else_tell_where_they_come_from(tmp_path: Path) -> None:
    ours = load_all()
    described = json.loads(Descriptions(ours, folders(tmp_path), Engines()).current().whole)
    assert {name: d["python_module"] for name, d in described.items()} == {
        each.name: f"nodes.{each.pack}" for each in ours.nodes
    }
    theirs = json.loads(Descriptions(load_pack(), folders(tmp_path), Engines()).current().whole)
    assert {d["python_module"] for d in theirs.values()} == {"custom_nodes.pack"}


# Inputs, one kind at a time


def test_numbers_have_their_range_step_and_unit() -> None:
    def louder(
        db: Annotated[float, Number(-60, 24, 0.1, unit="dB", slider=True)] = 0.0,
        rate_hz: Annotated[int, Number(1000, 384_000, unit="Hz")] = 48_000,
    ) -> float:
        """Louder.

        db: how much.
        """
        return db * rate_hz

    described = info(louder)
    assert described["input"]["optional"]["db"] == [
        "FLOAT",
        {
            "default": 0.0,
            "min": -60.0,
            "max": 24.0,
            "step": 0.1,
            "round": False,
            "display": "slider",
            "tooltip": "how much. Unit: dB.",
            "patchbay": {"kind": "slider", "unit": "dB", "help": "how much."},
        },
    ]
    assert described["input"]["optional"]["rate_hz"] == [
        "INT",
        {
            "default": 48_000,
            "min": 1000,
            "max": 384_000,
            "step": 1,
            "display": "number",
            "tooltip": "Unit: Hz.",
            "patchbay": {"kind": "number", "unit": "Hz"},
        },
    ]


def test_numbers_without_a_range_get_the_widest_and_not_the_editors() -> None:
    def plain(whole: int, decimal: float, endless: Annotated[float, Number(0, math.inf)]) -> int:
        return whole

    found = inputs(info(plain))
    ends = {name: (options["min"], options["max"]) for name, (_, options) in found.items()}
    assert ends == {"whole": (-SAFE, SAFE), "decimal": (-SAFE, SAFE), "endless": (0, SAFE)}


def test_whole_numbers_beyond_javascripts_are_held_back() -> None:
    def large(number: Annotated[int, Number(-(2**63), 2**64 - 1, 2**60)] = 2**62) -> int:
        return number

    found = inputs(info(large))["number"][1]
    assert (found["min"], found["default"], found["max"]) == (-SAFE, SAFE, SAFE)
    assert found["step"] == SAFE


def test_a_range_without_zero_gives_its_nearest_end_to_begin_with() -> None:
    def ends(
        above: Annotated[int, Number(8, 16)],
        below: Annotated[float, Number(-60, -6)],
        around: Annotated[int, Number(-1, 1)],
    ) -> int:
        return above

    found = {name: options.get("default") for name, (_, options) in inputs(info(ends)).items()}
    assert found == {"above": 8, "below": -6.0, "around": None}


def test_bounds_of_a_whole_number_are_whole_and_a_step_is_never_zero() -> None:
    def odd(
        whole: Annotated[int, Number(0.5, 7.5, 0.25)] = 1,
        decimal: Annotated[float, Number(0, 1, 0)] = 0.5,
    ) -> float:
        return decimal

    found = inputs(info(odd))
    assert [found["whole"][1][key] for key in ("min", "max", "step")] == [1, 7, 1]
    assert found["decimal"][1]["step"] == 0.01


def test_only_a_seed_is_changed_after_each_run() -> None:
    def dice(start: Seed = 3, seed: int = 0, noise_seed: int = 0, sides: int = 6) -> int:
        return seed

    found = {name: o.get("control_after_generate") for name, (_, o) in inputs(info(dice)).items()}
    assert found == {"start": True, "seed": False, "noise_seed": False, "sides": None}
    start = inputs(info(dice))["start"][1]
    assert (start["default"], start["min"], start["max"]) == (3, 0, SAFE)


def test_texts_toggles_and_choices() -> None:
    def words(
        text: Annotated[str, Text(multiline=True, placeholder="a cabin")],
        on: bool,
        kind: Literal["rain", "ocean"] = "ocean",
        name: str = "loop",
    ) -> str:
        return text

    assert inputs(info(words)) == {
        "text": ["STRING", {"multiline": True, "placeholder": "a cabin"}],
        "on": ["BOOLEAN", {}],
        "kind": [["rain", "ocean"], {"default": "ocean"}],
        "name": ["STRING", {"default": "loop"}],
    }


def test_what_is_only_linked_is_a_socket() -> None:
    class Model: ...

    def _needed() -> list[str]:
        return []

    @node(needs=_needed)
    def linked(
        audio: Audio,
        anything: Any,
        either: Audio | str,
        model: Annotated[object, Socket("MODEL")],
        body: Body,
        later: Lazy[Any],
        table: dict[str, Any],
        maybe: Audio | None = None,
    ) -> Any:
        return audio

    described = info(linked)
    assert list(described["input"]["required"]) == [
        "audio", "anything", "either", "model", "body", "table",
    ]  # fmt: skip
    assert described["input"]["required"]["body"][1]["patchbay"] == {"form": "body"}
    assert inputs(described) == {
        "audio": ["AUDIO", {}],
        "anything": ["*", {}],
        "either": ["AUDIO,STRING", {}],
        "model": ["MODEL", {}],
        "body": ["*", {}],
        "table": ["JSON", {}],
        "later": ["*", {"lazy": True}],
        "maybe": ["AUDIO", {}],
    }


def test_a_list_is_linked_by_further_sockets_that_a_prompt_may_use() -> None:
    @node(sink=True)
    def mix(tracks: Many[Audio], gains: Many[float] = (1.5,), loud: bool = True) -> None:
        """Mixes.

        tracks: the sounds.
        """

    described = info(mix)
    order = [f"tracks.{n}" for n in range(2, SOCKETS + 1)]
    order += ["gains", *(f"gains.{n}" for n in range(2, SOCKETS + 1)), "loud"]
    assert described["input_order"] == {"required": ["tracks"], "optional": order, "hidden": []}
    optional = described["input"]["optional"]
    assert described["input"]["required"]["tracks"][1]["patchbay"]["many"] is True
    assert optional["tracks.8"] == [
        "AUDIO",
        {"tooltip": "the sounds.", "patchbay": {"further": "tracks"}},
    ]
    assert optional["gains"] == [
        "FLOAT",
        {"forceInput": True, "patchbay": {"many": True, "default": [1.5]}},
    ]
    source = _source()
    links: dict[str, Any] = {name: ["1", 0] for name in ("tracks", "tracks.8")}
    prompt = {
        "1": {"class_type": source.name, "inputs": {}},
        "2": {"class_type": "Mix", "inputs": links},
    }
    assert validate(prompt, {source.name: source, "Mix": spec(mix)}).problems == ()


def _source() -> NodeSpec:
    def silence() -> Audio:
        raise NotImplementedError

    return spec(silence)


def test_a_widget_on_a_type_of_several_names_the_widget() -> None:
    port = Port("x", SocketType("INT,FLOAT"), widget=Widget("number", 0, 9, 1), default=2)
    any_port = Port("y", SocketType("*"), widget=Widget("text"))
    found = inputs(info(_with(port, any_port)))
    assert found["x"][0] == "INT,FLOAT"
    assert found["x"][1]["widgetType"] == "FLOAT"
    assert found["y"] == ["*", {"widgetType": "STRING"}]


def _with(*ports: Port) -> NodeSpec:
    base = _source()
    return NodeSpec(
        "Odd", "Odd", "odd", "", ports, (), base.run, "1", "mine", base.file, base.line, sink=True
    )


class Both(NamedTuple):
    """Two.

    loud: the louder.
    """

    loud: Audio
    all: Many[str]


def test_outputs_and_the_node_itself() -> None:
    @node(category="a/b", title="Split it", sink=True, deprecated="use Split", aliases=("Old",))
    def split(audio: Audio) -> Both | Expand:
        """Splits."""
        raise NotImplementedError

    described = info(split)
    del described["input"], described["input_order"]
    assert described == {
        "output": ["AUDIO", "STRING"],
        "output_is_list": [False, True],
        "output_name": ["loud", "all"],
        "name": "Split",
        "display_name": "Split it",
        "description": "Splits.",
        "python_module": "custom_nodes.mine",
        "category": "a/b",
        "output_node": True,
        "output_tooltips": ["the louder.", ""],
        "deprecated": True,
        "patchbay": {
            "pack": "mine",
            "version": "1",
            "pure": True,
            "resource": "cpu",
            "expands": False,
            "engine": None,
            "engines": [],
            "aliases": ["Old"],
            "migrations": {},
            "deprecated": "use Split",
        },
    }


ENDS = st.none() | st.floats(allow_nan=False) | st.integers(-(2**70), 2**70)
KINDS: Mapping[str, tuple[str, ...]] = {
    "INT": ("number", "slider", "seed"),
    "FLOAT": ("number", "slider"),
    "INT,FLOAT": ("number",),
    "STRING": ("text", "file", "colour"),
    "BOOLEAN": ("toggle",),
    "AUDIO": (),
    "*": (),
}


@st.composite
def widgets(draw: st.DrawFn, type_: str) -> Widget | None:
    """A widget for inputs of this type, with a range that holds a number for JavaScript."""
    if not KINDS[type_] or draw(st.booleans()):
        return None
    low, high = draw(ENDS), draw(ENDS)
    least = -SAFE if low is None else max(-SAFE, low)
    most = SAFE if high is None else min(SAFE, high)
    assume(math.isfinite(least) and math.isfinite(most) and math.ceil(least) <= math.floor(most))
    kind = cast(Any, draw(st.sampled_from(KINDS[type_])))
    if type_ in ("STRING", "BOOLEAN"):
        return Widget(kind, accept=(".wav",), multiline=draw(st.booleans()))
    return Widget(kind, low, high, draw(ENDS), draw(st.text(max_size=3)))


@st.composite
def ports(draw: st.DrawFn, name: str) -> Port:
    """An input as nobody would write it, with a default that fits if it has one."""
    type_ = draw(st.sampled_from(list(KINDS)))
    port = Port(
        name,
        SocketType(type_),
        draw(st.text(max_size=5)),
        required=draw(st.booleans()),
        lazy=draw(st.booleans()),
        many=draw(st.booleans()),
        widget=draw(widgets(type_)),
    )
    default = draw(st.booleans() | st.integers() | st.floats() | st.text(max_size=3))
    value, wrong = converted(port, default)
    return port if wrong else replace(port, default=value)


@given(ports("a"), ports("seed"))
def test_any_node_is_described_so_that_any_client_can_read_it(first: Port, second: Port) -> None:
    odd = _with(first, second)
    check(info(odd), odd)


# Files


def test_a_file_is_chosen_among_those_that_fit(tmp_path: Path) -> None:
    @node(name="LoadAudio")
    def load_audio(audio: AudioFile) -> Audio:
        raise NotImplementedError

    @node(name="Other")
    def other(
        audio: AudioFile,
        voice: AudioFile,
        picture: Annotated[Path, File((".PNG", ".wav"))],
        film: Annotated[Path, File((".mp4",))],
        any_file: Path,
        table: Annotated[Path, File((".csv",))] = Path("tables/a.csv"),
    ) -> Audio:
        raise NotImplementedError

    for name in ("b.wav", "A.FLAC", "deep/er/c.mp3", "d.png", "e.csv", "film.mp4", ".hid.wav"):
        touch(tmp_path / "input" / name)
    touch(tmp_path / "input" / ".hidden" / "f.wav")
    made = Descriptions(catalogue(spec(load_audio), spec(other)), folders(tmp_path), Engines())
    found = json.loads(made.current().whole)
    sounds = ["A.FLAC", "b.wav", "deep/er/c.mp3"]
    assert inputs(found["LoadAudio"]) == {"audio": [sounds, {"audio_upload": True}]}
    assert inputs(found["Other"]) == {
        "audio": [sounds, {}],  # ComfyUI's button would fail without LoadAudio's player
        "voice": [sounds, {"audio_upload": True}],
        "picture": [["b.wav", "d.png"], {"image_upload": True}],
        "film": [["film.mp4"], {"video_upload": True}],
        "any_file": [
            ["A.FLAC", "b.wav", "d.png", "deep/er/c.mp3", "e.csv", "film.mp4"],
            {"file_upload": True},
        ],
        "table": [["e.csv"], {"default": "tables/a.csv", "file_upload": True}],
    }
    check(found["Other"], spec(other))


def test_a_file_that_is_not_listed_is_accepted_all_the_same() -> None:
    @node(sink=True)
    def play(audio: AudioFile) -> None: ...

    prompt = {"1": {"class_type": "Play", "inputs": {"audio": "/elsewhere/a.wav"}}}
    assert validate(prompt, {"Play": spec(play)}).problems == ()


def test_links_out_of_the_folder_are_not_listed_to_strangers(tmp_path: Path) -> None:
    touch(tmp_path / "secret" / "key.wav")
    touch(tmp_path / "input" / "mine.wav")
    (tmp_path / "input" / "file.wav").symlink_to(tmp_path / "secret" / "key.wav")
    (tmp_path / "input" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "input" / "broken.wav").symlink_to(tmp_path / "nowhere")
    assert look(tmp_path / "input", confined=True).names(()) == ["mine.wav"]
    assert look(tmp_path / "input", confined=False).names(()) == [
        "file.wav", "folder/key.wav", "mine.wav",
    ]  # fmt: skip


def test_a_link_that_leads_back_ends(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "b.wav")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert look(tmp_path, confined=False).names(()) == ["a/b.wav"]


def test_a_folder_that_is_not_there_has_no_files_until_it_is(tmp_path: Path) -> None:
    found = look(tmp_path / "input", confined=False)
    assert found.names(()) == []
    assert found.fresh
    touch(tmp_path / "input" / "a.wav")
    assert not found.fresh


@pytest.mark.skipif(os.name == "nt", reason="names there are text")
def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path / "input" / "gööd 音.wav")
    try:
        touch(tmp_path / "input" / os.fsdecode(b"bad\xff.wav"))
    except OSError:
        pytest.skip("this file system takes text only")
    assert look(tmp_path / "input", confined=False).names((".wav",)) == ["gööd 音.wav"]


def test_what_is_no_file_is_not_listed(tmp_path: Path) -> None:
    touch(tmp_path / "a.wav")
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(tmp_path / "pipe.wav")
    assert look(tmp_path, confined=False).names(()) == ["a.wav"]


def test_of_too_many_files_the_newest_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        touch(tmp_path / f"{number}.wav", (0, 1000 + (number * 5) % 6))  # 0 5 4 3 2 1
    touch(tmp_path / "new.txt")
    monkeypatch.setattr(listing, "MOST_NAMES", 3)
    assert look(tmp_path, confined=False).names((".wav",)) == ["1.wav", "2.wav", "3.wav"]


def test_a_look_is_bounded_and_what_lies_near_the_top_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path / "top.wav")
    for number in range(20):
        touch(tmp_path / "deep" / f"{number}.wav")
        touch(tmp_path / "deep" / f"{number}" / "deeper.wav")
    monkeypatch.setattr(listing, "MOST_ENTRIES", 10)
    names = look(tmp_path, confined=False).names(())
    assert "top.wav" in names
    assert len(names) <= 10
    monkeypatch.setattr(listing, "MOST_ENTRIES", 10_000)
    monkeypatch.setattr(listing, "MOST_FOLDERS", 3)
    assert len(look(tmp_path, confined=False).stamps) == 3


def test_the_folder_is_looked_through_again_only_when_it_changed(tmp_path: Path) -> None:
    def load(audio: AudioFile) -> Audio:
        raise NotImplementedError

    touch(tmp_path / "input" / "deep" / "a.wav")
    settle(tmp_path / "input")
    made = Descriptions(catalogue(spec(load)), folders(tmp_path), Engines())
    first = made.current()
    assert made.current() is first
    touch(tmp_path / "input" / "deep" / "b.wav")
    second = json.loads(made.current().whole)
    assert inputs(second["Load"])["audio"][0] == ["deep/a.wav", "deep/b.wav"]
    (tmp_path / "input" / "deep" / "a.wav").unlink()
    third = json.loads(made.current().whole)
    assert inputs(third["Load"])["audio"][0] == ["deep/b.wav"]


def test_a_folder_that_changed_a_moment_ago_is_not_trusted(tmp_path: Path) -> None:
    """Its time may stay the same when it changes once more within one tick of the clock."""
    touch(tmp_path / "a.wav")
    assert not look(tmp_path, confined=False).fresh
    settle(tmp_path)
    assert look(tmp_path, confined=False).fresh


def test_without_a_node_that_reads_files_no_folder_is_looked_at(tmp_path: Path) -> None:
    made = Descriptions(catalogue(_source()), folders(tmp_path), Engines())
    first = made.current()
    touch(tmp_path / "input" / "a.wav")
    assert made.current() is first


# Engines


def engine(name: str, find: Callable[[], str | None]) -> Engine:
    return Engine(
        name,
        "plays",
        lambda: None,
        "MIT",
        False,
        cost="slow",
        needs="4 GB",
        source="here",
        find=find,
    )


def test_engines_tell_what_they_permit_and_what_they_lack() -> None:
    one = engine("here", lambda: None)
    two = engine("gone", lambda: "install torch")

    @node(engines=(one, two))
    def play(engine: Engine, seconds: float = 1.0) -> Audio:
        raise NotImplementedError

    described = info(play, missing=Engines().missing)
    assert inputs(described)["engine"][0] == ["auto", "here", "gone"]
    assert described["patchbay"]["engine"] == "engine"
    facts = {
        "licence": "MIT", "commercial": False, "cost": "slow", "needs": "4 GB", "source": "here",
        "doc": "plays",
    }  # fmt: skip
    assert described["patchbay"]["engines"] == [
        {"name": "here", "available": True, "missing": None} | facts,
        {"name": "gone", "available": False, "missing": "install torch"} | facts,
    ]


def test_an_engine_is_looked_for_once(tmp_path: Path) -> None:
    calls: list[str] = []
    slow = engine("slow", lambda: calls.append("found"))

    @node(engines=(slow,))
    def first(engine: Engine, audio: AudioFile) -> Audio:
        raise NotImplementedError

    @node(engines=(slow,))
    def second(engine: Engine) -> Audio:
        raise NotImplementedError

    engines = Engines()
    made = Descriptions(catalogue(spec(first), spec(second)), folders(tmp_path), engines)
    made.current()
    touch(tmp_path / "input" / "a.wav")
    made.current()
    Descriptions(catalogue(spec(second)), folders(tmp_path), engines).current()
    assert calls == ["found"]


def test_an_engine_that_cannot_be_looked_for_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> str | None:
        raise OSError("no libcuda")

    found = Engines()
    odd = engine("odd", broken)
    with caplog.at_level(logging.WARNING):
        missing = [found.missing(odd), found.missing(odd)]
    assert missing == ["it cannot tell whether it works here: OSError: no libcuda"] * 2
    assert [record.getMessage() for record in caplog.records] == [
        "engine odd cannot say whether it works"
    ]


# A node that cannot be described


def test_a_node_that_cannot_be_described_is_left_out_and_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nan = _with(Port("x", SocketType("FLOAT"), widget=Widget("number", min=math.nan)))

    def load(audio: AudioFile) -> Audio:
        raise NotImplementedError

    made = Descriptions(catalogue(nan, spec(load)), folders(tmp_path), Engines())
    with caplog.at_level(logging.WARNING):
        assert list(json.loads(made.current().whole)) == ["Load"]
        touch(tmp_path / "input" / "a.wav")
        assert list(json.loads(made.current().whole)) == ["Load"]
        assert made.one("Odd") == b"{}"
    assert [record.getMessage() for record in caplog.records] == [
        "node Odd cannot be described: a bound of its range is no number"
    ]


@pytest.mark.parametrize("default", [object(), "\ud800"])
def test_a_default_that_no_json_can_hold_costs_only_its_node(tmp_path: Path, default: Any) -> None:
    odd = _with(Port("x", SocketType("*"), default=default))
    made = Descriptions(catalogue(odd, _source()), folders(tmp_path), Engines()).current()
    assert list(json.loads(made.whole)) == ["Silence"]


# The routes


def serve(
    found: Catalogue, places: Folders, visit: Callable[[TestClient[Any, Any]], Awaitable[None]]
) -> None:
    """Visits a server that has only these routes, and `/ping`."""
    nothing = cast(Any, None)
    parts = Parts(nothing, nothing, found.specs, places, nothing)
    serving = Serving(Options(places.temp), parts, found, nothing, nothing, nothing, nothing, 0.0)

    async def ping(request: web.Request) -> web.StreamResponse:
        return web.Response(text="pong")

    async def main() -> None:
        app = web.Application()
        app[SERVING] = serving
        app.add_routes([*nodes.routes(), web.get("/ping", ping)])
        async with TestClient(TestServer(app)) as client:
            await visit(client)

    asyncio.run(main())


async def read(client: TestClient[Any, Any], path: str) -> Any:
    reply = await client.get(path)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(await reply.read())


def test_all_nodes_and_each_by_its_names(tmp_path: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        whole = await read(client, "/object_info")
        assert set(whole) == {each.name for each in load_all().nodes}
        assert await read(client, "/object_info/Gain") == {"Gain": whole["Gain"]}
        assert await read(client, "/object_info/PrimitiveInt") == {"PrimitiveInt": whole["Integer"]}
        for unknown in ("Nothing", "gain", "%2e%2e%2fGain", "a%00b", "%ff"):
            assert await read(client, f"/object_info/{unknown}") == {}

    serve(load_all(), folders(tmp_path), visit)


def test_a_node_may_have_any_name(tmp_path: Path) -> None:
    @node(name='Füß/€ "1"')
    def odd() -> int:
        return 1

    async def visit(client: TestClient[Any, Any]) -> None:
        found = await read(client, "/object_info/F%C3%BC%C3%9F%2F%E2%82%AC%20%221%22")
        assert list(found) == ['Füß/€ "1"']
        assert found == await read(client, "/object_info")

    serve(catalogue(spec(odd)), folders(tmp_path), visit)


def test_a_file_that_was_just_uploaded_is_listed(tmp_path: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        touch(tmp_path / "input" / "a.wav")
        found = await read(client, "/object_info/LoadAudio")
        assert inputs(found["LoadAudio"])["audio"][0] == ["a.wav"]
        touch(tmp_path / "input" / "b.wav")
        found = await read(client, "/object_info/LoadAudio")
        assert inputs(found["LoadAudio"])["audio"][0] == ["a.wav", "b.wav"]

    serve(load_all(), folders(tmp_path), visit)


def test_while_an_engine_is_looked_for_the_server_answers(tmp_path: Path) -> None:
    begun, go = threading.Event(), threading.Event()
    calls: list[str] = []

    def find() -> str | None:
        calls.append("find")
        begun.set()
        assert go.wait(20)
        return None

    slow = engine("slow", find)

    @node(engines=(slow,))
    def play(engine: Engine) -> Audio:
        raise NotImplementedError

    async def visit(client: TestClient[Any, Any]) -> None:
        asked = [asyncio.create_task(read(client, "/object_info")) for _ in range(20)]
        while not begun.is_set():
            assert await (await client.get("/ping")).text() == "pong"
        assert await (await client.get("/ping")).text() == "pong"
        assert await asyncio.to_thread(lambda: "a thread is free") == "a thread is free"
        go.set()
        found = await asyncio.gather(*asked)
        assert [list(each) for each in found] == [["Play"]] * 20
        assert found[0]["Play"]["patchbay"]["engines"][0]["missing"] is None
        assert calls == ["find"]

    serve(catalogue(spec(play)), folders(tmp_path), visit)


def test_other_nodes_are_described_when_the_catalogue_is_another(tmp_path: Path) -> None:
    async def visit(client: TestClient[Any, Any]) -> None:
        assert client.app is not None
        assert list(await read(client, "/object_info")) == ["Silence"]
        client.app[SERVING].catalogue = catalogue(_with())
        assert list(await read(client, "/object_info")) == ["Odd"]

    serve(catalogue(_source()), folders(tmp_path), visit)
