"""Saved workflows: what is read, how it is flattened, and how prompts are drawn and written."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from patchbay.errors import WorkflowError
from patchbay.types import NodeSpec, Port, SocketType, Widget
from patchbay.workflow import Converted, dumps, is_prompt, is_workflow, prompt_of, workflow_of

FILES = Path(__file__).parent / "workflows"
INNER = "33333333-3333-4333-8333-333333333333"
OUTER = "44444444-4444-4444-8444-444444444444"


def port(name: str, kind: str, widget: Widget | None = None, **more: Any) -> Port:
    return Port(name, SocketType(kind), widget=widget, **more)


def spec(name: str, inputs: list[Port], outputs: list[Port], **more: Any) -> NodeSpec:
    common: dict[str, Any] = {
        "category": "",
        "doc": "",
        "version": "1",
        "pack": "test",
        "file": "",
        "line": 1,
    }
    return NodeSpec(
        name=name,
        title=f"{name} title",
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        run=lambda: None,
        **(common | more),
    )


AUDIO = port("audio", "AUDIO")
IMAGE = port("image", "IMAGE")
NUMBER = Widget("number")
LINE = Widget("text")
VOICE = Widget("choice", choices=("bass", "alto"))
SEED = port("seed", "INT", Widget("seed"), default=0)
ALL = (
    spec("Tone", [port("frequency", "FLOAT", NUMBER, default=440.0), SEED], [AUDIO]),
    spec("Gain", [AUDIO, port("db", "FLOAT", NUMBER, default=0.0)], [AUDIO], aliases=("Volume",)),
    spec("Mix", [port("tracks", "AUDIO", many=True)], [AUDIO]),
    spec("Load", [port("path", "STRING", Widget("file"), form="file")], [AUDIO]),
    spec("LoadSome", [port("path", "STRING", Widget("file")), port("x", "INT", NUMBER)], [AUDIO]),
    spec(
        "Say",
        [port("text", "STRING", Widget("text", multiline=True)), port("voice", "COMBO", VOICE)],
        [AUDIO],
        migrations={"words": "text"},
    ),
    spec("Sum", [port("a", "INT", NUMBER), port("b", "INT", NUMBER)], [port("sum", "INT")]),
    spec("Forced", [port("count", "INT"), port("title", "STRING", LINE)], [AUDIO]),
    spec("Blend", [IMAGE, port("mask", "MASK")], [port("image", "IMAGE"), port("mask", "MASK")]),
    spec("Any", [port("first", "*"), port("second", "*")], [port("out", "*")]),
    spec("Save", [AUDIO, port("name", "STRING", LINE)], [], sink=True),
    spec("Show", [IMAGE], [], sink=True),
    spec("Loose", [port("x", "FLOAT", NUMBER)], [AUDIO], keywords=True),
)
SPECS = {one.name: one for one in ALL}


def file(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FILES / f"{name}.json").read_text())
    return data


def takes(name: str, kind: Any, link: Any = None, *, widget: bool = False) -> dict[str, Any]:
    shown = {"widget": {"name": name}} if widget else {}
    return {"name": name, "type": kind, "link": link} | shown


def gives(kind: Any, *links: Any) -> dict[str, Any]:
    return {"name": str(kind), "type": kind, "links": list(links)}


def drawn(
    id: Any,  # noqa: A002
    kind: str,
    inputs: Sequence[dict[str, Any]] = (),
    outputs: Sequence[dict[str, Any]] = (),
    **more: Any,
) -> dict[str, Any]:
    return {"id": id, "type": kind, "inputs": [*inputs], "outputs": [*outputs], "mode": 0} | more


def sheet(nodes: list[dict[str, Any]], *links: Any, **more: Any) -> dict[str, Any]:
    return {"version": 0.4, "nodes": nodes, "links": list(links)} | more


def definition(name: str, nodes: list[dict[str, Any]], *links: Any, **more: Any) -> dict[str, Any]:
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
    wires = [dict(zip(keys, link, strict=True)) for link in links]
    ends = {"inputNode": {"id": -10}, "outputNode": {"id": -20}}
    return {"id": name, "name": "inner", "nodes": nodes, "links": wires} | ends | more


def inputs_of(converted: Converted, node: str) -> dict[str, Any]:
    inputs: dict[str, Any] = converted.prompt[node]["inputs"]
    return inputs


def values_read(kind: str, values: Any, **more: Any) -> dict[str, Any]:
    """The inputs of a lone node with these `widgets_values`."""
    return inputs_of(prompt_of(sheet([drawn(1, kind, widgets_values=values, **more)]), SPECS), "1")


def meaning(prompt: dict[str, Any]) -> dict[str, Any]:
    return {id_: (entry["class_type"], entry["inputs"]) for id_, entry in prompt.items()}


def chain(*between: dict[str, Any]) -> Converted:
    """Tone 1 → the given nodes → Save 9, by links 1, 2, …; each node takes and gives one."""
    count = len(between)
    nodes = [drawn(1, "Tone", [], [gives("AUDIO", 1)]), *between]
    links = [[n + 1, n + 1, 0, n + 2, 0, "AUDIO"] for n in range(count)]
    links.append([count + 1, count + 1, 0, 9, 0, "AUDIO"])
    nodes.append(drawn(9, "Save", [takes("audio", "AUDIO", count + 1)], widgets_values=["x"]))
    return prompt_of(sheet(nodes, *links), SPECS)


# --- telling apart -----


def test_workflows_and_prompts_are_told_apart() -> None:
    prompt = {"1": {"class_type": "Tone", "inputs": {}}}
    assert is_workflow(file("flat"))
    assert is_workflow(file("schema1"))
    assert not is_workflow(prompt)
    assert is_prompt(prompt)
    assert not is_prompt(file("flat"))
    others: list[Any] = [{}, [], "x", None, 3, {"nodes": 3}]
    for neither in others:
        assert not is_workflow(neither)
        assert not is_prompt(neither)


def test_a_prompt_given_as_a_workflow_is_refused_by_its_name() -> None:
    with pytest.raises(WorkflowError, match="this is a prompt"):
        prompt_of({"1": {"class_type": "Tone", "inputs": {}}}, SPECS)


# --- both schema versions -----


def test_a_flat_workflow_of_schema_0_4_becomes_a_prompt() -> None:
    converted = prompt_of(file("flat"), SPECS)
    assert converted.problems == ()
    assert converted.prompt == {
        "1": {
            "class_type": "Tone",
            "inputs": {"frequency": 440, "seed": 7},
            "_meta": {"title": "Tone title"},
        },
        "3": {
            "class_type": "Gain",
            "inputs": {"audio": ["1", 0], "db": -6.5},
            "_meta": {"title": "Louder"},
        },
        "4": {
            "class_type": "Save",
            "inputs": {"audio": ["3", 0], "name": "mix"},
            "_meta": {"title": "Save title"},
        },
    }


def test_a_workflow_of_schema_1_becomes_a_prompt() -> None:
    converted = prompt_of(file("schema1"), SPECS)
    assert meaning(converted.prompt) == {
        "1": ("Tone", {"frequency": 220, "seed": 5}),
        "5:1": ("Gain", {"audio": ["1", 0], "db": 4.0}),
        "4": ("Save", {"audio": ["5:1", 0], "name": "mix"}),
    }


def test_slots_ids_and_types_of_old_forms_are_read() -> None:
    nodes = [
        drawn("a", "Tone", [], [gives(["x", "y"], "7")]),
        drawn(2.0, "Any", [takes("first", 0, "7"), takes("second", -1)], [gives(0, 8)]),
        drawn(3, "Save", [takes("audio", "AUDIO", 8.0)], pos={"0": 1, "1": 2}, size={"0": 3}),
    ]
    links = [["7", "a", "0", 2, "0", ["x"]], {"id": 8, "origin_id": 2, "origin_slot": 0}]
    links[1] |= {"target_id": 3, "target_slot": "0", "type": 0}  # type: ignore[operator]
    converted = prompt_of(sheet(nodes, *links, None), SPECS)
    assert inputs_of(converted, "2") == {"first": ["a", 0]}
    assert inputs_of(converted, "3")["audio"] == ["2", 0]


# --- widget values -----


@pytest.mark.parametrize(
    ("kind", "values", "read"),
    [
        ("Tone", [220, 3, "randomize"], {"frequency": 220, "seed": 3}),
        ("Tone", [220, 3], {"frequency": 220, "seed": 3}),
        ("Tone", [220], {"frequency": 220}),
        ("Tone", [220, 3, "fixed", "left over"], {"frequency": 220, "seed": 3}),
        ("Tone", [None, 220, 3, "fixed"], {"frequency": 220, "seed": 3}),
        ("Tone", [None, 3, "fixed"], {"seed": 3}),
        ("Load", ["a.wav"], {"path": "a.wav"}),
        ("Load", ["a.wav", "image"], {"path": "a.wav"}),
        ("Load", ["a.wav", None, ""], {"path": "a.wav"}),
        ("LoadSome", ["a.wav", "image", 4], {"path": "a.wav", "x": 4}),
        ("LoadSome", ["a.wav", 4, "image"], {"path": "a.wav", "x": 4}),
        ("LoadSome", ["a.wav", 4], {"path": "a.wav", "x": 4}),
        ("Say", ["fixed", "alto"], {"text": "fixed", "voice": "alto"}),
        ("Say", ["hello", "alto", "fixed", ""], {"text": "hello", "voice": "alto"}),
        ("Say", ["hello", "gone.bin"], {"text": "hello", "voice": "gone.bin"}),
        ("Forced", [3, "x"], {"title": "x"}),
        ("Forced", ["x"], {"title": "x"}),
    ],
)
def test_values_are_read_by_position(kind: str, values: Any, read: dict[str, Any]) -> None:
    assert values_read(kind, values) == read


def test_values_are_read_by_name() -> None:
    given = {"frequency": 220, "seed": 3, "videopreview": {"hidden": False}}
    assert values_read("Tone", given) == {"frequency": 220, "seed": 3}


def test_undeclared_names_are_kept_for_a_node_that_takes_any() -> None:
    assert values_read("Loose", {"x": 1, "extra": 2}) == {"x": 1, "extra": 2}


def test_patchbays_named_values_win_over_positions() -> None:
    named = {"patchbay": {"widgets": {"seed": 9}}}
    assert values_read("Tone", [1.0, 2, "fixed"], properties=named) == {"seed": 9}


def test_what_comfyuis_editor_changed_since_wins_over_named_values() -> None:
    properties = {"patchbay": {"widgets": {"frequency": 100.0, "seed": 9}}}
    nodes = [drawn(1, "Tone", widgets_values=[100.0, 12, "fixed"], properties=properties)]
    saved = sheet(nodes, extra={"frontendVersion": "1.27.10"})
    assert inputs_of(prompt_of(saved, SPECS), "1") == {"frequency": 100.0, "seed": 12}


def test_a_list_as_a_value_is_wrapped() -> None:
    assert values_read("Say", [["a", "b"], "alto"])["text"] == {"__value__": ["a", "b"]}


def test_a_required_input_without_default_or_value_gets_what_the_editor_shows() -> None:
    assert values_read("Say", None) == {"text": "", "voice": "bass"}


def test_an_alias_becomes_the_current_name_and_a_renamed_input_follows() -> None:
    assert prompt_of(sheet([drawn(1, "Volume")]), SPECS).prompt["1"]["class_type"] == "Gain"
    assert values_read("Say", {"words": "hi", "voice": "alto"}) == {"text": "hi", "voice": "alto"}


def test_a_widget_turned_into_an_input_is_matched_by_name_not_by_slot() -> None:
    nodes = [
        drawn(1, "Sum", [], [gives("INT", 1)], widgets_values=[1, 2]),
        drawn(2, "Sum", [takes("b", "INT", 1, widget=True)], widgets_values=[3, 4]),
    ]
    converted = prompt_of(sheet(nodes, [1, 1, 0, 2, 77, "INT"]), SPECS)
    assert inputs_of(converted, "2") == {"a": 3, "b": ["1", 0]}


def test_an_old_inputs_link_follows_the_migration() -> None:
    nodes = [
        drawn(1, "Tone", [], [gives("STRING", 1)]),
        drawn(2, "Say", [takes("words", "STRING", 1)], widgets_values=["", "alto"]),
    ]
    converted = prompt_of(sheet(nodes, [1, 1, 0, 2, 0, "STRING"]), SPECS)
    assert inputs_of(converted, "2") == {"text": ["1", 0], "voice": "alto"}


# --- nodes of the editor only -----


def test_reroutes_are_followed_and_notes_dropped() -> None:
    converted = prompt_of(file("flat"), SPECS)
    reasons = {(one.type, one.reason) for one in converted.dropped}
    assert reasons == {(n, "virtual") for n in ("Reroute", "Note", "MarkdownNote", "PrimitiveNode")}


def test_a_primitive_sets_the_value_also_through_a_reroute() -> None:
    nodes = [
        drawn(1, "PrimitiveNode", [], [gives("INT", 1)], widgets_values=[42, "fixed"]),
        drawn(2, "Reroute", [takes("", "*", 1)], [gives("*", 2)]),
        drawn(3, "Sum", [takes("a", "INT", 2, widget=True)], widgets_values=[1, 2]),
    ]
    links = ([1, 1, 0, 2, 0, "*"], [2, 2, 0, 3, 0, "INT"])
    assert inputs_of(prompt_of(sheet(nodes, *links), SPECS), "3") == {"a": 42, "b": 2}


def test_a_primitive_without_a_value_leaves_the_widgets_own() -> None:
    nodes = [
        drawn(1, "PrimitiveNode", [], [gives("INT", 1)]),
        drawn(3, "Sum", [takes("a", "INT", 1, widget=True)], widgets_values=[1, 2]),
    ]
    saved = sheet(nodes, [1, 1, 0, 3, 0, "INT"])
    assert inputs_of(prompt_of(saved, SPECS), "3") == {"a": 1, "b": 2}


def test_an_unconnected_reroute_leaves_the_input_out() -> None:
    reroute = drawn(2, "Reroute", [takes("", "*")], [gives("*", 2)])
    assert inputs_of(chain(reroute), "9") == {"name": "x"}


# --- mute and bypass -----


def test_a_muted_node_is_dropped_and_links_to_it_are_cut() -> None:
    gain = drawn(2, "Gain", [takes("audio", "AUDIO", 1)], [gives("AUDIO", 2)], mode=2)
    converted = chain(gain)
    assert set(converted.prompt) == {"1", "9"}
    assert inputs_of(converted, "9") == {"name": "x"}
    assert [(one.node, one.reason) for one in converted.dropped] == [("2", "muted")]


def test_a_widget_linked_to_a_muted_node_is_missing_not_its_old_value() -> None:
    nodes = [
        drawn(1, "Sum", [], [gives("INT", 1)], widgets_values=[1, 2], mode=2),
        drawn(2, "Sum", [takes("a", "INT", 1, widget=True)], widgets_values=[3, 4]),
    ]
    assert inputs_of(prompt_of(sheet(nodes, [1, 1, 0, 2, 0, "INT"]), SPECS), "2") == {"b": 4}


def test_a_bypassed_node_is_bridged() -> None:
    gain = drawn(2, "Gain", [takes("audio", "AUDIO", 1)], [gives("AUDIO", 2)], mode=4)
    assert inputs_of(chain(gain), "9")["audio"] == ["1", 0]


def test_bypassed_nodes_in_a_row_are_bridged_even_of_an_unknown_type() -> None:
    one = drawn(2, "Nobody", [takes("audio", "AUDIO", 1)], [gives("AUDIO", 2)], mode=4)
    two = drawn(3, "Gain", [takes("audio", "AUDIO", 2)], [gives("AUDIO", 3)], mode=4)
    converted = chain(one, two)
    assert inputs_of(converted, "9")["audio"] == ["1", 0]
    assert converted.problems == ()


def bypassed(inputs: list[str], output: str, slot: int, wanted: str) -> Any:
    """What a sink wanting `wanted` gets through output `slot` of a bypassed node: its input's name.

    Input number n of the bypassed node is linked to output n of node 1.
    """
    sockets = [takes(f"in{n}", kind, n + 1) for n, kind in enumerate(inputs)]
    outputs = [gives("X")] * slot + [gives(output, 99)]
    nodes = [
        drawn(1, "Any", [], [gives(kind, n + 1) for n, kind in enumerate(inputs)]),
        drawn(2, "Any", sockets, outputs, mode=4),
        drawn(3, "Show", [takes("image", wanted, 99)]),
    ]
    links = [[n + 1, 1, n, 2, n, kind] for n, kind in enumerate(inputs)]
    converted = prompt_of(sheet(nodes, *links, [99, 2, slot, 3, 0, wanted]), SPECS)
    link = inputs_of(converted, "3").get("image")
    return None if link is None else f"in{link[1]}"


@pytest.mark.parametrize(
    ("inputs", "output", "slot", "wanted", "expected"),
    [
        (["IMAGE", "IMAGE"], "IMAGE", 1, "IMAGE", "in1"),  # the same slot
        (["MASK", "IMAGE"], "IMAGE", 0, "IMAGE", "in1"),  # the first of the type
        (["MASK", "IMAGE,MASK", "IMAGE"], "IMAGE", 5, "IMAGE", "in2"),  # equal before near
        (["MASK", "IMAGE,AUDIO"], "IMAGE", 5, "IMAGE", "in1"),  # near
        (["MASK", "image"], "IMAGE", 0, "IMAGE", "in1"),  # whatever the case
        (["MASK", "*"], "IMAGE", 0, "IMAGE", "in1"),
        (["MASK", "AUDIO"], "IMAGE", 0, "IMAGE", None),  # none fits
    ],
)
def test_a_bypass_takes_the_input_that_matches(
    inputs: list[str], output: str, slot: int, wanted: str, expected: str | None
) -> None:
    assert bypassed(inputs, output, slot, wanted) == expected


def test_a_bypass_to_any_type_takes_the_same_slot_else_the_first() -> None:
    def through(slot: int) -> Any:
        nodes = [
            drawn(1, "Blend", [], [gives("IMAGE", 1), gives("MASK", 2)]),
            drawn(2, "Any", [takes("a", "IMAGE", 1), takes("b", "MASK", 2)], mode=4),
            drawn(3, "Any", [takes("first", "*", 3)]),
        ]
        links = ([1, 1, 0, 2, 0, ""], [2, 1, 1, 2, 1, ""], [3, 2, slot, 3, 0, ""])
        return inputs_of(prompt_of(sheet(nodes, *links), SPECS), "3")["first"]

    assert through(1) == ["1", 1]
    assert through(7) == ["1", 0]


def test_an_unknown_mode_counts_as_always_and_is_noted() -> None:
    converted = prompt_of(sheet([drawn(1, "Tone", mode=17), drawn(2, "Tone", mode="4")]), SPECS)
    assert set(converted.prompt) == {"1"}
    assert [note.code for note in converted.notes] == ["unknown_mode"]


# --- subgraphs -----


def test_nested_subgraphs_are_opened_with_ids_by_path_and_promoted_values() -> None:
    converted = prompt_of(file("nested"), SPECS)
    assert meaning(converted.prompt) == {
        "1": ("Tone", {"frequency": 440, "seed": 7}),
        "5:1:1": ("Gain", {"audio": ["1", 0], "db": -12.0}),  # set on the outermost instance
        "5:2:1": ("Gain", {"audio": ["1", 0], "db": -3.0}),  # set on the instance inside
        "5:3": ("Mix", {"tracks": ["5:1:1", 0], "tracks.2": ["5:2:1", 0]}),
        "4": ("Save", {"audio": ["5:3", 0], "name": "mix"}),
    }


@pytest.mark.parametrize(("mode", "audio"), [(2, None), (4, ["1", 0])])
def test_a_muted_instance_drops_its_nodes_and_a_bypassed_one_is_bridged(
    mode: int, audio: Any
) -> None:
    saved = file("nested")
    instance = next(node for node in saved["nodes"] if node["id"] == 5)
    instance["mode"] = mode
    converted = prompt_of(saved, SPECS)
    assert set(converted.prompt) == {"1", "4"}
    assert inputs_of(converted, "4").get("audio") == audio


def seeded(instance: dict[str, Any], *, inner_link: bool = False) -> dict[str, Any]:
    """The inputs of the Tone inside an instance with these fields; its seed may be a socket."""
    socket = takes("seed", "INT", 1, widget=True)
    tone = drawn(3, "Tone", [socket] if inner_link else [], widgets_values=[5.0, 6, "fixed"])
    wires = [(1, -10, 0, 3, 0, "INT")] if inner_link else []
    slots = [{"name": "seed", "type": "INT", "linkIds": [1]}] if inner_link else []
    inner = definition(INNER, [tone], *wires, inputs=slots)
    saved = sheet([drawn(7, INNER, **instance)], definitions={"subgraphs": [inner]})
    return inputs_of(prompt_of(saved, SPECS), "7:3")


def test_proxy_widgets_set_values_inside() -> None:
    pairs = [["3", "seed"], ["3", "control_after_generate"], [3, "frequency"]]
    given = {"properties": {"proxyWidgets": pairs}, "widgets_values": [11, "fixed", 12.5]}
    assert seeded(given) == {"frequency": 12.5, "seed": 11}
    given = {"properties": {"proxyWidgets": pairs}, "widgets_values": []}
    assert seeded(given) == {"frequency": 5.0, "seed": 6}
    given = {"properties": {"proxyWidgets": json.dumps(pairs)}, "widgets_values": [11]}
    assert seeded(given) == {"frequency": 5.0, "seed": 11}


def test_proxy_widgets_of_the_instance_itself_are_its_promoted_inputs() -> None:
    given = {"properties": {"proxyWidgets": [["-1", "seed"]]}, "widgets_values": [11]}
    assert seeded(given, inner_link=True)["seed"] == 11


def test_proxy_widgets_may_carry_their_value() -> None:
    pairs = [["3", "seed", None, {"value": 13}]]
    assert seeded({"properties": {"proxyWidgets": pairs}, "widgets_values": []})["seed"] == 13


def test_promoted_values_are_read_by_position_with_a_control_or_by_name() -> None:
    assert seeded({"widgets_values": [11]}, inner_link=True)["seed"] == 11
    assert seeded({"widgets_values": [11, "randomize"]}, inner_link=True)["seed"] == 11
    assert seeded({"widgets_values": {"seed": 11}}, inner_link=True)["seed"] == 11
    named = {"patchbay": {"widgets": {"seed": 11}}}
    assert seeded({"properties": named}, inner_link=True)["seed"] == 11
    assert seeded({}, inner_link=True)["seed"] == 6


def test_a_widget_shown_through_two_subgraphs_is_set_by_the_outermost() -> None:
    inner = definition(INNER, [drawn(3, "Tone", widgets_values=[5.0, 6, "fixed"])])
    pairs: dict[str, Any] = {"properties": {"proxyWidgets": [["3", "seed"]]}}
    outer = definition(OUTER, [drawn(2, INNER, widgets_values=[8], **pairs)])
    shown: dict[str, Any] = {"properties": {"proxyWidgets": [["2", "seed"], ["2:3", "frequency"]]}}
    nodes = [drawn(1, OUTER, widgets_values=[9, 1.5], **shown)]
    saved = sheet(nodes, definitions={"subgraphs": [inner, outer]})
    assert inputs_of(prompt_of(saved, SPECS), "1:2:3") == {"frequency": 1.5, "seed": 9}


def test_a_linked_promoted_widget_gets_the_link() -> None:
    tone = drawn(3, "Tone", [takes("seed", "INT", 1, widget=True)], widgets_values=[5.0, 6])
    slots = [{"name": "seed", "type": "INT", "linkIds": [1]}]
    inner = definition(INNER, [tone], (1, -10, 0, 3, 0, "INT"), inputs=slots)
    nodes = [
        drawn(1, "Sum", [], [gives("INT", 5)], widgets_values=[1, 2]),
        drawn(7, INNER, [takes("seed", "INT", 5, widget=True)], widgets_values=[11]),
    ]
    definitions = {"subgraphs": [inner]}
    saved = sheet(nodes, [5, 1, 0, 7, 0, "INT"], definitions=definitions)
    assert inputs_of(prompt_of(saved, SPECS), "7:3")["seed"] == ["1", 0]


def test_an_instances_sockets_are_matched_by_name_when_some_are_missing() -> None:
    mix = drawn(3, "Mix", [takes("tracks", "AUDIO", 1), takes("tracks.2", "AUDIO", 2)])
    slots = [{"name": "left", "type": "AUDIO"}, {"name": "right", "type": "AUDIO"}]
    wires = [(1, -10, 0, 3, 0, "AUDIO"), (2, -10, 1, 3, 1, "AUDIO")]
    inner = definition(INNER, [mix], *wires, inputs=slots)
    nodes = [
        drawn(1, "Tone", [], [gives("AUDIO", 5)]),
        drawn(7, INNER, [takes("right", "AUDIO", 5)]),
    ]
    saved = sheet(nodes, [5, 1, 0, 7, 0, "AUDIO"], definitions={"subgraphs": [inner]})
    assert inputs_of(prompt_of(saved, SPECS), "7:3") == {"tracks.2": ["1", 0]}


def test_a_wire_straight_through_a_subgraph_leads_to_its_origin() -> None:
    slot = [{"name": "audio", "type": "AUDIO", "linkIds": [1]}]
    inner = definition(INNER, [], (1, -10, 0, -20, 0, "AUDIO"), inputs=slot, outputs=slot)
    nodes = [
        drawn(1, "Tone", [], [gives("AUDIO", 5)]),
        drawn(7, INNER, [takes("audio", "AUDIO", 5)], [gives("AUDIO", 6)]),
        drawn(8, "Save", [takes("audio", "AUDIO", 6)], widgets_values=["x"]),
    ]
    links = ([5, 1, 0, 7, 0, "AUDIO"], [6, 7, 0, 8, 0, "AUDIO"])
    saved = sheet(nodes, *links, definitions={"subgraphs": [inner]})
    assert inputs_of(prompt_of(saved, SPECS), "8")["audio"] == ["1", 0]


def test_a_subgraph_that_contains_itself_is_refused_by_name() -> None:
    one = definition(INNER, [drawn(1, OUTER)]) | {"name": "hen"}
    two = definition(OUTER, [drawn(1, INNER)]) | {"name": "egg"}
    saved = sheet([drawn(1, INNER)], definitions={"subgraphs": [one, two]})
    with pytest.raises(WorkflowError, match=r"'hen' contains itself \(hen > egg > hen\)"):
        prompt_of(saved, SPECS)


@pytest.mark.slow
def test_subgraphs_that_would_open_into_millions_of_nodes_are_refused() -> None:
    names = [f"{n:08}-0000-4000-8000-000000000000" for n in range(40)]
    doubling = [
        definition(name, [drawn(1, below), drawn(2, below)])
        for name, below in zip(names, [*names[1:], "Tone"], strict=True)
    ]
    with pytest.raises(WorkflowError, match="more than 250000 nodes"):
        prompt_of(sheet([drawn(1, names[0])], definitions={"subgraphs": doubling}), SPECS)


def test_subgraphs_may_lie_a_thousand_deep() -> None:
    names = [f"{n:08}-0000-4000-8000-000000000000" for n in range(1000)]
    slot = [{"name": "audio", "type": "AUDIO"}]
    wires = [(1, -10, 0, 1, 0, "AUDIO"), (2, 1, 0, -20, 0, "AUDIO")]
    nested = []
    for name, below in zip(names, [*names[1:], "Gain"], strict=True):
        node = drawn(1, below, [takes("audio", "AUDIO", 1)], [gives("AUDIO", 2)])
        nested.append(definition(name, [node], *wires, inputs=slot, outputs=slot))
    nodes = [
        drawn(1, "Tone", [], [gives("AUDIO", 1)]),
        drawn(2, names[0], [takes("audio", "AUDIO", 1)], [gives("AUDIO", 2)]),
        drawn(3, "Save", [takes("audio", "AUDIO", 2)]),
    ]
    links = ([1, 1, 0, 2, 0, ""], [2, 2, 0, 3, 0, ""])
    converted = prompt_of(sheet(nodes, *links, definitions={"subgraphs": nested}), SPECS)
    deep = "2:" + "1:" * 999 + "1"
    assert inputs_of(converted, deep) == {"audio": ["1", 0]}
    assert inputs_of(converted, "3")["audio"] == [deep, 0]


# --- legacy group nodes -----


@pytest.mark.parametrize("mark", ["workflow>", "workflow/"])
def test_a_legacy_group_node_is_opened_and_its_values_shared_out(mark: str) -> None:
    saved = file("group")
    next(node for node in saved["nodes"] if node["id"] == 9)["type"] = f"{mark}Pair"
    converted = prompt_of(saved, SPECS)
    assert converted.problems == ()
    assert meaning(converted.prompt) == {
        "1": ("Tone", {"frequency": 440, "seed": 7}),
        "9:0": ("Tone", {"frequency": 200, "seed": 2}),
        "9:1": ("Gain", {"audio": ["9:0", 0], "db": -1.0}),
        "9:3": ("Mix", {"tracks": ["9:1", 0], "tracks.2": ["1", 0]}),
        "4": ("Save", {"audio": ["9:3", 0], "name": "wet"}),
        "5": ("Save", {"audio": ["9:1", 0], "name": "dry"}),
    }


def test_a_group_nodes_values_are_read_when_the_content_has_none() -> None:
    saved = file("group")
    for node in saved["extra"]["groupNodes"]["Pair"]["nodes"]:
        node.pop("widgets_values", None)
    converted = prompt_of(saved, SPECS)
    assert inputs_of(converted, "9:0") == {"frequency": 200, "seed": 2}
    assert inputs_of(converted, "9:1")["db"] == -1.0


def test_a_group_node_without_content_is_an_unknown_node() -> None:
    saved = file("group") | {"extra": {}}
    problems = prompt_of(saved, SPECS).problems
    assert [problem.node for problem in problems] == ["9"]
    assert "no subgraph of that name" in problems[0].message


# --- what is wrong with a file -----


def test_every_unknown_node_is_reported_with_its_nearest_names_and_its_pack() -> None:
    converted = prompt_of(file("unknown"), SPECS)
    first, second = converted.problems
    assert first.code == second.code == "unknown_node"
    assert first.node == "1"
    assert first.message == (
        "node 1 'My gain': no node type 'Gaim' is known here; nearest are 'Gain'; "
        "install pack 'far-pack' (1.2.3), where the file says it is from"
    )
    assert first.details == {
        "title": "My gain",
        "class_type": "Gaim",
        "nearest": ["Gain"],
        "packs": [{"cnr_id": "far-pack", "ver": "1.2.3"}],
        "known_as": "Gaim",
    }
    assert second.details["packs"] == [{"aux_id": "someone/near-pack", "ver": "abc123"}]
    assert inputs_of(converted, "2") == {"audio": ["1", 0], "seed": 4, "depth": 0.5}
    assert inputs_of(converted, "3") == {"audio": ["2", 0], "name": "x"}


def test_a_muted_unknown_node_is_no_problem() -> None:
    assert prompt_of(sheet([drawn(1, "Nobody", mode=2)]), SPECS).problems == ()


def test_a_link_to_nowhere_is_left_out_and_noted() -> None:
    nodes = [
        drawn(1, "Gain", [takes("audio", "AUDIO", 5)], widgets_values=[1.0]),
        drawn(2, "Gain", [takes("audio", "AUDIO", 6)], widgets_values=[1.0]),
    ]
    converted = prompt_of(sheet(nodes, [5, 99, 0, 1, 0, "AUDIO"]), SPECS)
    assert meaning(converted.prompt) == {"1": ("Gain", {"db": 1.0}), "2": ("Gain", {"db": 1.0})}
    assert [(note.code, note.node, note.input) for note in converted.notes] == [
        ("link_to_nowhere", "1", "audio"),
        ("link_to_nowhere", "2", "audio"),
    ]


def test_reroutes_in_a_circle_are_a_problem_not_a_hang() -> None:
    nodes = [
        drawn(1, "Reroute", [takes("", "*", 1)], [gives("*", 1, 2)]),
        drawn(2, "Gain", [takes("audio", "AUDIO", 2)]),
    ]
    converted = prompt_of(sheet(nodes, [1, 1, 0, 1, 0, "*"], [2, 1, 0, 2, 0, "AUDIO"]), SPECS)
    assert [(problem.code, problem.node) for problem in converted.problems] == [("link_loop", "2")]


def test_a_second_node_of_one_id_gets_a_fresh_id() -> None:
    nodes = [
        drawn(3, "Tone", [], [gives("AUDIO", 1)], widgets_values=[1.0, 2]),
        drawn(3, "Gain", [takes("audio", "AUDIO", 1)], widgets_values=[1.0]),
    ]
    converted = prompt_of(sheet(nodes, [1, 3, 0, 3, 0, "AUDIO"]), SPECS)
    assert converted.prompt["4"]["inputs"] == {"audio": ["3", 0], "db": 1.0}
    assert [note.code for note in converted.notes] == ["duplicate_id"]


def test_ids_that_meet_only_when_opened_are_a_problem() -> None:
    inner = definition(INNER, [drawn(3, "Tone")])
    nodes = [drawn(5, INNER), drawn("5:3", "Gain")]
    converted = prompt_of(sheet(nodes, definitions={"subgraphs": [inner]}), SPECS)
    assert [problem.code for problem in converted.problems] == ["duplicate_id"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], r"^\$: expected a saved workflow"),
        ("nodes", r"^\$: expected a saved workflow"),
        ({}, r"^\$\.nodes: expected a list of nodes, got nothing"),
        ({"nodes": [3]}, r"^\$\.nodes\[0\]: expected an object, got the number 3"),
        ({"nodes": [{"type": "A"}]}, r"^\$\.nodes\[0\]\.id: expected an id"),
        ({"nodes": [{"id": 1}]}, r"^\$\.nodes\[0\]\.type: expected the name of a node type"),
        (
            sheet([drawn(1, "A"), drawn(2, "A", [{"name": 3, "type": "X"}])]),
            r"^\$\.nodes\[1\]\.inputs\[0\]\.name: expected a text, got the number 3",
        ),
        (
            sheet([drawn(1, "A", widgets_values="x")]),
            r"^\$\.nodes\[0\]\.widgets_values: expected a list or an object",
        ),
        (sheet([], [1, 2, 3]), r"^\$\.links\[0\]: expected a link .* got a list of 3"),
        (sheet([], [1, 2, "x", 3, 0]), r"^\$\.links\[0\]\[2\]: expected a whole number"),
        (sheet([], definitions={"subgraphs": 3}), r"^\$\.definitions\.subgraphs: expected a list"),
        (
            sheet([], extra={"groupNodes": {"my group": 3}}),
            r'^\$\.extra\.groupNodes\["my group"\]: expected a group node',
        ),
    ],
)
def test_a_wrong_shape_is_refused_with_its_path_and_what_was_expected(
    data: Any, words: str
) -> None:
    with pytest.raises(WorkflowError, match=words):
        prompt_of(data, SPECS)


# --- prompts drawn as workflows -----

PROMPT: dict[str, Any] = {
    "3": {"class_type": "Tone", "inputs": {"seed": 7}, "_meta": {"title": "Bell"}},
    "5:3": {"class_type": "Mix", "inputs": {"tracks": ["3", 0], "tracks.2": ["10", 0]}},
    "10": {"class_type": "Far", "inputs": {"b": 1, "a": {"__value__": [1]}, "c": ["3", 0]}},
    "11": {"class_type": "Save", "inputs": {"audio": ["5:3", 0], "name": "x"}},
}


def test_a_prompt_is_drawn_with_kept_ids_names_positions_and_links() -> None:
    drawing = workflow_of(PROMPT, SPECS)
    nodes = {node["id"]: node for node in drawing["nodes"]}
    assert [*nodes] == [3, 10, 11, 12]  # whole-number ids kept, 5:3 got a fresh one
    assert nodes[3]["widgets_values"] == [440.0, 7, "fixed"]
    assert nodes[3]["properties"]["patchbay"] == {"widgets": {"seed": 7}}
    assert nodes[3]["title"] == "Bell"
    assert [(socket["name"], socket["link"]) for socket in nodes[12]["inputs"]] == [
        ("tracks", 3),
        ("tracks.2", 4),
    ]
    assert nodes[11]["inputs"][1] == {
        "name": "name",
        "type": "STRING",
        "link": None,
        "widget": {"name": "name"},
    }
    assert drawing["links"] == [
        [1, 3, 0, 10, 2, "AUDIO"],
        [2, 12, 0, 11, 0, "AUDIO"],
        [3, 3, 0, 12, 0, "AUDIO"],
        [4, 10, 0, 12, 1, "AUDIO"],
    ]
    assert nodes[3]["outputs"] == [{"name": "audio", "type": "AUDIO", "links": [1, 3]}]
    assert drawing["last_node_id"] == 12
    assert drawing["last_link_id"] == 4
    order = [node["order"] for node in drawing["nodes"]]
    assert order == [0, 1, 3, 2]


def test_a_prompt_drawn_and_read_again_means_the_same() -> None:
    again = prompt_of(workflow_of(PROMPT, SPECS), SPECS).prompt
    assert meaning(again) == {
        "3": ("Tone", {"seed": 7}),
        "12": ("Mix", {"tracks": ["3", 0], "tracks.2": ["10", 0]}),
        "10": ("Far", {"b": 1, "a": {"__value__": [1]}, "c": ["3", 0]}),
        "11": ("Save", {"audio": ["12", 0], "name": "x"}),
    }
    assert workflow_of(again, SPECS) == workflow_of(again, SPECS)
    assert prompt_of(workflow_of(again, SPECS), SPECS).prompt == again


def test_positions_alone_carry_the_values_for_comfyuis_editor() -> None:
    prompt = {"1": {"class_type": "Say", "inputs": {"text": "hi", "voice": "alto"}}}
    drawing = workflow_of(prompt, SPECS)
    del drawing["nodes"][0]["properties"]["patchbay"]
    assert inputs_of(prompt_of(drawing, SPECS), "1") == {"text": "hi", "voice": "alto"}


def test_null_and_odd_literals_survive_being_drawn() -> None:
    inputs = {"text": None, "voice": {"__value__": {"__value__": 1}}, "audio": [1, 2, 3]}
    again = prompt_of(
        workflow_of({"1": {"class_type": "Say", "inputs": inputs}}, SPECS), SPECS
    ).prompt
    assert again["1"]["inputs"] == inputs | {"audio": {"__value__": [1, 2, 3]}}


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ([], r"^\$: expected a prompt"),
        ({"1": 3}, r"^\$\[\"1\"\]: expected a node with class_type"),
        ({"1": {"inputs": {}}}, r"class_type: expected the name of a node type"),
        ({"1": {"class_type": "A", "inputs": 3}}, r"inputs: expected an object"),
        ({"1": {"class_type": "A", "inputs": {"x": ["1", 10**9]}}}, "numbered 0 to 255"),
    ],
)
def test_what_is_no_prompt_is_not_drawn(prompt: Any, words: str) -> None:
    with pytest.raises(WorkflowError, match=words):
        workflow_of(prompt, SPECS)


# --- the text -----


def test_the_text_holds_the_same_data_sorted_and_ends_with_a_newline() -> None:
    for path in sorted(FILES.glob("*.json")):
        data = json.loads(path.read_text())
        assert json.loads(dumps(data)) == data
        assert dumps(data) == path.read_text(), "our own files are written by dumps"
    shuffled = dict(reversed(workflow_of(PROMPT, SPECS).items()))
    assert dumps(shuffled) == dumps(workflow_of(PROMPT, SPECS))
    assert dumps(shuffled).endswith("}\n")


def test_moving_a_node_changes_one_line() -> None:
    drawing = workflow_of(PROMPT, SPECS)
    before = dumps(drawing).splitlines()
    drawing["nodes"][1]["pos"] = [777, 888]
    after = dumps(drawing).splitlines()
    changed = [line for line, old in zip(after, before, strict=True) if line != old]
    assert changed == ['   "pos": [777, 888],']


def test_what_json_cannot_hold_is_refused() -> None:
    for value in (float("nan"), object(), {"nodes": [{"widgets_values": [float("inf")]}]}):
        with pytest.raises(WorkflowError, match="cannot be written as JSON"):
            dumps({"x": value})
    with pytest.raises(WorkflowError, match="not a text"):
        dumps({1: 2})  # type: ignore[dict-item]


def test_half_a_surrogate_pair_can_still_be_written_as_utf_8() -> None:
    assert json.loads(dumps({"x": "\ud800"}).encode()) == {"x": "\ud800"}


def test_a_whole_float_is_written_as_the_editor_writes_it() -> None:
    line = dumps({"x": [30.0, -6.0, -0.0, 0.5, 2.0**53 - 1, 2.0**53, 1e16, 2**64, True]})
    values = [part.strip(" ,") for part in line.splitlines()[2:-2]]
    wanted = ["30", "-6", "0", "0.5", "9007199254740991", "9007199254740992.0", "1e+16"]
    assert values == [*wanted, "18446744073709551616", "true"]
    assert '{"deep": [1, {"er": 2}]}' in dumps({"y": {"deep": [1.0, {"er": 2.0}]}})


# --- size -----


@pytest.mark.slow
def test_a_chain_of_twenty_thousand_nodes_is_drawn_and_read() -> None:
    count = 20_000
    prompt: dict[str, Any] = {"0": {"class_type": "Tone", "inputs": {"seed": 1}}}
    for n in range(1, count):
        prompt[str(n)] = {"class_type": "Gain", "inputs": {"audio": [str(n - 1), 0], "db": 1.0}}
    started = time.monotonic()
    again = prompt_of(workflow_of(prompt, SPECS), SPECS).prompt
    assert meaning(again) == meaning(prompt)
    assert time.monotonic() - started < 20


def test_a_chain_of_twenty_thousand_reroutes_is_walked_once() -> None:
    count = 20_000
    nodes = [drawn(0, "Tone", [], [gives("AUDIO", 1)])]
    links = []
    for n in range(1, count):
        nodes.append(drawn(n, "Reroute", [takes("", "*", n)], [gives("*", n + 1)]))
        links.append([n, n - 1, 0, n, 0, "AUDIO"])
        if n % 10 == 0:
            nodes.append(drawn(count + n, "Gain", [takes("audio", "AUDIO", count + n)]))
            links.append([count + n, n, 0, count + n, 0, "AUDIO"])
    started = time.monotonic()
    converted = prompt_of(sheet(nodes, *links), SPECS)
    assert all(
        entry["inputs"]["audio"] == ["0", 0]
        for entry in converted.prompt.values()
        if entry["class_type"] == "Gain"
    )
    assert time.monotonic() - started < 10
