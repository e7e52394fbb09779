"""Random graphs, drawn in every way an editor could, mean what they meant before."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchbay.errors import WorkflowError
from patchbay.types import NodeSpec, Port, SocketType, Widget
from patchbay.workflow import Converted, dumps, prompt_of, workflow_of

FILES = sorted((Path(__file__).parent / "workflows").glob("*.json"))
SEEDS = st.integers(0, 2**40)
MANY = settings(deadline=None, max_examples=250, suppress_health_check=list(HealthCheck))

INT = Widget("number")


def port(name: str, kind: str, widget: Widget | None = None, **more: Any) -> Port:
    return Port(name, SocketType(kind), widget=widget, **more)


def spec(name: str, inputs: list[Port], outputs: list[Port]) -> NodeSpec:
    fixed: dict[str, Any] = {"version": "1", "pack": "test", "file": "", "line": 1}
    return NodeSpec(
        name=name,
        title=name,
        category="",
        doc="",
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        run=lambda: None,
        **fixed,
    )


ALL = (
    spec("Count", [port("n", "INT", INT), port("seed", "INT", Widget("seed"))], [port("n", "INT")]),
    spec(
        "Tone", [port("hz", "INT", INT), port("name", "STRING", Widget("text"))], [port("a", "A")]
    ),
    spec("Gain", [port("a", "A"), port("db", "INT", INT)], [port("a", "A")]),
    spec("Split", [port("a", "A")], [port("left", "A"), port("n", "INT"), port("right", "A")]),
    spec("Mix", [port("tracks", "A", many=True), port("n", "INT", INT)], [port("a", "A")]),
)
SPECS = {one.name: one for one in ALL}

Prompt = dict[str, dict[str, Any]]


def graph(random: Random, count: int) -> Prompt:
    """A prompt without circles whose widgets all have a value or a link."""
    prompt: Prompt = {}
    for n in range(1, count + 1):
        kind = random.choice(ALL)
        inputs: dict[str, Any] = {}
        for one in kind.inputs:
            names = [one.name]
            if one.many:
                names += [f"{one.name}.{k}" for k in range(2, random.randint(2, 5))]
            for name in names:
                link = some_link(random, prompt, one.type)
                if link is not None and (one.widget is None or random.random() < 0.4):
                    inputs[name] = link
                elif one.widget is not None:
                    text = one.type == "STRING"
                    inputs[name] = (
                        random.choice(["", "fixed", "x"]) if text else random.randint(0, 9)
                    )
        prompt[str(n)] = {"class_type": kind.name, "inputs": inputs}
    return prompt


def some_link(random: Random, prompt: Prompt, kind: str) -> list[Any] | None:
    ends = [
        [node, slot]
        for node, entry in prompt.items()
        for slot, output in enumerate(SPECS[entry["class_type"]].outputs)
        if output.type == kind
    ]
    return random.choice(ends) if ends and random.random() < 0.9 else None


@dataclass
class Sheet:
    """One sheet while it is being drawn: number 0 is the workflow, others are subgraphs."""

    parent: int
    instance: dict[str, Any]
    nodes: list[dict[str, Any]] = field(default_factory=list)
    links: list[list[Any]] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    outputs: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class End:
    """Where a wire comes from, within one sheet."""

    node: Any
    slot: int
    kind: str


class Artist:
    """Draws a prompt with subgraphs, reroutes, bypassed nodes, primitives, notes, muted nodes."""

    def __init__(self, random: Random, prompt: Prompt) -> None:
        self.random = random
        self.prompt = prompt
        self.next_id = 1000
        self.sheets = [Sheet(0, {})]
        for n in range(1, random.randint(1, 5)):
            self.add_sheet(n)
        self.home = {node: random.randrange(len(self.sheets)) for node in prompt}

    def fresh(self) -> int:
        self.next_id += 1
        return self.next_id

    def node(self, kind: str, **more: Any) -> dict[str, Any]:
        return {"id": self.fresh(), "type": kind, "mode": 0, "inputs": [], "outputs": []} | more

    def add_sheet(self, n: int) -> None:
        parent = self.random.randrange(n)
        instance = self.node(f"sheet-{n}", widgets_values=[])
        self.sheets.append(Sheet(parent, instance))
        self.sheets[parent].nodes.append(instance)

    def draw(self) -> dict[str, Any]:
        for node, entry in self.prompt.items():
            self.draw_node(node, entry)
        for node, entry in self.prompt.items():
            for name in sorted(entry["inputs"], key=lambda _: self.random.random()):
                self.draw_input(node, name, entry["inputs"][name])
        for sheet in self.sheets:
            self.clutter(sheet)
        return self.saved()

    def draw_node(self, node: str, entry: dict[str, Any]) -> None:
        kind = SPECS[entry["class_type"]]
        outputs = [{"name": out.name, "type": out.type, "links": []} for out in kind.outputs]
        drawn = self.node(kind.name, outputs=outputs) | {"id": int(node)}
        self.sheets[self.home[node]].nodes.append(drawn)
        values: dict[str, Any] = {}
        for one in kind.inputs:
            if one.widget is not None:
                given = entry["inputs"][one.name]
                values[one.name] = 77 if isinstance(given, list) else given
                if one.widget.kind == "seed":
                    values["control"] = self.random.choice(["fixed", "randomize"])
        by_name = self.random.random() < 0.2
        drawn["widgets_values"] = values if by_name else list(values.values())

    def draw_input(self, node: str, name: str, value: Any) -> None:
        home = self.home[node]
        kind = SPECS[self.prompt[node]["class_type"]].ports[name.partition(".")[0]]
        widget = kind.widget is not None
        if isinstance(value, list):
            origin = SPECS[self.prompt[value[0]]["class_type"]].outputs[value[1]]
            end = End(int(value[0]), value[1], origin.type)
            end = self.carry(end, self.home[value[0]], home, name, widget)
        elif self.random.random() < 0.2:
            primitive = self.node("PrimitiveNode", widgets_values=[value, "fixed"])
            self.sheets[home].nodes.append(primitive)
            end = self.detour(self.sheets[home], End(primitive["id"], 0, kind.type))
        elif home and self.random.random() < 0.3:
            end = self.promote(home, name, kind.type, value)
        else:
            return
        self.connect(self.sheets[home], end, self.drawn(home, int(node)), name, widget)
        drawn = self.drawn(home, int(node))
        if isinstance(value, list) or not isinstance(drawn["widgets_values"], list):
            return
        self.spoil(drawn, name)

    def spoil(self, drawn: dict[str, Any], name: str) -> None:
        """Sets a widget's own value wrong where something else is to decide it."""
        ports = [one for one in SPECS[drawn["type"]].inputs if one.widget is not None]
        place = 0
        for one in ports:
            if one.name == name:
                drawn["widgets_values"][place] = "wrong" if one.type == "STRING" else 99
            place += 2 if one.widget is not None and one.widget.kind == "seed" else 1

    def drawn(self, home: int, node: int) -> dict[str, Any]:
        return next(one for one in self.sheets[home].nodes if one["id"] == node)

    def promote(self, home: int, name: str, kind: str, value: Any) -> End:
        """A widget shown on the instance, with its value there."""
        sheet = self.sheets[home]
        sheet.inputs.append({"name": f"shown {len(sheet.inputs)}", "type": kind, "value": value})
        return End(-10, len(sheet.inputs) - 1, kind)

    def carry(self, end: End, origin: int, home: int, name: str, widget: bool) -> End:
        """The wire's end within the sheet `home`, through the borders between."""
        up, down = self.path(origin), self.path(home)
        while up and down and up[-1] == down[-1]:
            up.pop()
            down.pop()
        for number in up:
            sheet = self.sheets[number]
            end = self.detour(sheet, end)
            slot = len(sheet.outputs)
            sheet.outputs.append({"name": f"out {slot}", "type": end.kind})
            self.link(sheet, end, -20, slot)
            sheet.instance["outputs"].append({"name": f"out {slot}", "type": end.kind})
            end = End(sheet.instance["id"], slot, end.kind)
        for number in reversed(down):
            sheet = self.sheets[number]
            end = self.detour(self.sheets[sheet.parent], end, widget)
            slot = len(sheet.inputs)
            shown: dict[str, Any] = {"name": f"in {slot}", "type": end.kind}
            sheet.inputs.append(shown | ({"value": 55} if widget else {}))
            outer = self.sheets[sheet.parent]
            self.connect(outer, end, sheet.instance, shown["name"], widget)
            end = End(-10, slot, end.kind)
        return self.detour(self.sheets[home], end, widget)

    def path(self, number: int) -> list[int]:
        path = []
        while number:
            path.append(number)
            number = self.sheets[number].parent
        return path

    def detour(self, sheet: Sheet, end: End, widget: bool = False) -> End:
        """Nodes on the way; none where a sheet's input leads to a widget, which would hide it."""
        while self.random.random() < 0.25 and not (widget and end.node == -10):
            output = {"name": "", "type": end.kind, "links": []}
            if self.random.random() < 0.5:
                between = self.node("Reroute", outputs=[output], mode=self.random.choice([0, 0, 4]))
                self.connect(sheet, end, between, "", False, "*")
            else:
                other = "INT" if end.kind == "A" else "A"
                between = self.node("Nobody's", outputs=[output], mode=4)
                if self.random.random() < 0.5:
                    between["inputs"].append({"name": "no", "type": other, "link": None})
                self.connect(sheet, end, between, "yes", False)
            sheet.nodes.append(between)
            end = End(between["id"], 0, end.kind)
        return end

    def connect(
        self,
        sheet: Sheet,
        end: End,
        node: dict[str, Any],
        name: str,
        widget: bool,
        kind: str = "",
    ) -> None:
        socket: dict[str, Any] = {"name": name, "type": kind or end.kind}
        if widget:
            socket["widget"] = {"name": name}
        node["inputs"].append(socket)
        socket["link"] = self.link(sheet, end, node["id"], self.random.randint(0, 3))

    def link(self, sheet: Sheet, end: End, node: int, slot: int) -> int:
        sheet.links.append([self.fresh(), end.node, end.slot, node, slot, end.kind])
        return int(sheet.links[-1][0])

    def clutter(self, sheet: Sheet) -> None:
        if self.random.random() < 0.3:
            sheet.nodes.append(self.node("Note", widgets_values=["words"]))
        if self.random.random() < 0.3:
            sheet.nodes.append(self.node("Tone", widgets_values=[1, "x"], mode=2))
        self.random.shuffle(sheet.nodes)
        self.random.shuffle(sheet.links)

    def saved(self) -> dict[str, Any]:
        """The file, at random in either schema, with or without proxies on the instances."""
        definitions = []
        for number, sheet in enumerate(self.sheets[1:], 1):
            shown = [slot for slot in sheet.inputs if "value" in slot]
            sheet.instance["widgets_values"] = [slot["value"] for slot in shown]
            if self.random.random() < 0.5:
                proxies = [["-1", slot["name"]] for slot in shown]
                sheet.instance["properties"] = {"proxyWidgets": proxies}
            slots = [{"name": slot["name"], "type": slot["type"]} for slot in sheet.inputs]
            definitions.append(
                {"id": f"sheet-{number}", "nodes": sheet.nodes, "links": self.objects(sheet.links)}
                | {"inputs": slots, "outputs": sheet.outputs, "name": f"sheet {number}"}
            )
        root = self.sheets[0]
        newer = self.random.random() < 0.5
        links = self.objects(root.links) if newer else root.links
        saved = {"version": 1 if newer else 0.4, "nodes": root.nodes, "links": links}
        return saved | {"definitions": {"subgraphs": definitions}}

    def objects(self, links: list[list[Any]]) -> list[dict[str, Any]]:
        keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")
        return [dict(zip(keys, link, strict=True)) for link in links]


def plain(prompt: Prompt) -> Prompt:
    """Without titles, every id without the instances it lies in."""

    def own(value: Any) -> Any:
        return [value[0].rpartition(":")[2], value[1]] if isinstance(value, list) else value

    return {
        node.rpartition(":")[2]: {
            "class_type": entry["class_type"],
            "inputs": {name: own(value) for name, value in entry["inputs"].items()},
        }
        for node, entry in prompt.items()
    }


@MANY
@given(SEEDS, st.integers(1, 14))
def test_a_graph_drawn_with_subgraphs_reroutes_and_bypasses_is_still_that_graph(
    seed: int, count: int
) -> None:
    random = Random(seed)
    truth = graph(random, count)
    saved = json.loads(json.dumps(Artist(random, truth).draw()))
    converted = prompt_of(saved, SPECS)
    assert converted.problems == ()
    assert plain(converted.prompt) == truth
    assert json.loads(dumps(saved)) == saved


@MANY
@given(SEEDS, st.integers(1, 14), st.booleans())
def test_drawing_a_prompt_keeps_its_meaning_and_is_done_once(
    seed: int, count: int, layout: bool
) -> None:
    random = Random(seed)
    truth = graph(random, count)
    drawing = workflow_of(truth, SPECS, layout=layout)
    assert json.loads(dumps(drawing)) == drawing
    again = prompt_of(drawing, SPECS).prompt
    assert plain(again) == truth
    assert workflow_of(again, SPECS, layout=layout) == drawing
    for node in drawing["nodes"]:
        del node["properties"]["patchbay"]
    assert plain(prompt_of(drawing, SPECS).prompt) == truth


@MANY
@given(SEEDS, st.integers(1, 10))
def test_unknown_nodes_keep_their_values_and_links_through_a_drawing(seed: int, count: int) -> None:
    random = Random(seed)
    truth = graph(random, count)
    again = prompt_of(workflow_of(truth, {}), {})
    assert plain(again.prompt) == truth
    assert len(again.problems) == count


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([-1, -10, -20, 2, 4, 10**30, "5:3", "-10", "Reroute", "*", "", "1e9"])
    | st.floats()
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=5,
)


def places(data: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys."""
    found: list[tuple[Any, Any]] = []
    pending = [data]
    while pending:
        at = pending.pop()
        keys = list(at) if isinstance(at, dict) else range(len(at))
        for key in keys:
            found.append((at, key))
            if isinstance(at[key], dict | list):
                pending.append(at[key])
    return found


def damaged(data: Any, random: Random, junk: list[Any]) -> Any:
    """The data with a few places replaced, taken out, doubled or exchanged."""
    broken = copy.deepcopy(data)
    for piece in junk:
        spots = places(broken)
        if not spots:
            break
        at, key = random.choice(spots)
        action = random.randrange(4)
        if action == 0:
            at[key] = copy.deepcopy(piece)
        elif action == 1:
            del at[key]
        elif action == 2 and isinstance(at, list):
            at.append(copy.deepcopy(at[key]))
        else:
            other, place = random.choice(spots)
            at[key] = copy.deepcopy(other[place])
    return broken


@pytest.mark.slow
@settings(MANY, max_examples=1500)
@given(
    st.sampled_from([json.loads(path.read_text()) for path in FILES]),
    SEEDS,
    st.lists(JUNK, min_size=1, max_size=4),
)
def test_a_damaged_file_is_converted_or_refused_never_a_crash(
    data: Any, seed: int, junk: list[Any]
) -> None:
    broken = damaged(data, Random(seed), junk)
    try:
        converted = prompt_of(broken, SPECS)
    except WorkflowError:
        return
    assert isinstance(converted, Converted)
    with suppress(WorkflowError):  # damage may have left a link to output 256
        workflow_of(converted.prompt, SPECS)


@MANY
@given(JUNK | st.fixed_dictionaries({"nodes": st.lists(JUNK), "links": JUNK, "extra": JUNK}))
def test_any_json_is_converted_or_refused_never_a_crash(data: Any) -> None:
    with suppress(WorkflowError):
        prompt_of(data, SPECS)


@settings(MANY, max_examples=500)
@given(SEEDS, st.lists(JUNK, min_size=1, max_size=3))
def test_a_damaged_prompt_is_drawn_or_refused_never_a_crash(seed: int, junk: list[Any]) -> None:
    random = Random(seed)
    broken = damaged(graph(random, 5), random, junk)
    try:
        drawing = workflow_of(broken, SPECS)
    except WorkflowError:
        return
    prompt_of(drawing, SPECS)
