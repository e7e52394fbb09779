"""Nodes that answer with more nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from patchbay import Audio, Body, Expand, Link, Many, NodeId, Outer, node

from ._notes import note


@node(category="test", resource="inline", expands=True)
def answer(
    nodes: dict[str, Any], gives: Any, value: int = 0, values: Many[int] = (), sound: Any = None
) -> Any | Expand:
    """Answers with whatever nodes a test wants.

    nodes: as in a prompt; `{"outer": "value"}` stands for what this node was given.
    gives: `{"link": ["id", 0]}`, `{"outer": "value"}` or a plain value.
    """
    note("Answer", value)
    return Expand({id_: _entry(entry) for id_, entry in nodes.items()}, (_given(gives),))


@node(category="test", resource="inline", expands=True)
def add_if_odd(value: int) -> int | Expand:
    """Gives an even number as it is, and adds one to an odd number by a node of its own."""
    note("AddIfOdd", value)
    if value % 2 == 0:
        return value
    nodes = {"add": {"class_type": "Add", "inputs": {"a": Outer("value"), "b": 1}}}
    return Expand(nodes, (Link(NodeId("add"), 0),))


@node(category="test", resource="inline", expands=True)
def add_often(value: int, times: int) -> int | Expand:
    """Adds one `times` times, each time by an expansion inside the one before."""
    note("AddOften", value, times)
    if times == 0:
        return value
    nodes = {
        "add": {"class_type": "Add", "inputs": {"a": Outer("value"), "b": 1}},
        "rest": {"class_type": "AddOften", "inputs": {"value": ["add", 0], "times": times - 1}},
    }
    return Expand(nodes, (Link(NodeId("rest"), 0),))


@node(category="test", resource="inline", expands=True)
def long_chain(value: int, nodes: int) -> int | Expand:
    """Adds one `nodes` times, by one long chain."""
    note("LongChain", nodes)
    chain = {
        str(i): {"class_type": "Add", "inputs": {"a": [str(i - 1), 0] if i else Outer("value")}}
        for i in range(nodes)
    }
    return Expand(chain, (Link(NodeId(str(nodes - 1)), 0),))


@node(category="test", resource="inline", expands=True)
def give_sound(pitch: int) -> object | Expand:
    """Answers with a sound that is no node's output."""
    note("GiveSound", pitch)
    return Expand({}, (Audio(np.full((1, 4_000), pitch / 100, np.float32), 8_000),))


@node(category="test", resource="inline", expands=True)
def tone_if_odd(pitch: int) -> Audio | Expand:
    """Gives a sound itself, or for an odd pitch by a node of its own."""
    note("ToneIfOdd", pitch)
    if pitch % 2 == 0:
        return Audio(np.full((1, 4_000), pitch / 100, np.float32), 8_000)
    return Expand(
        {"tone": {"class_type": "Tone", "inputs": {"pitch": pitch}}}, (Link(NodeId("tone"), 0),)
    )


@node(category="test", resource="inline", expands=True)
def use_sound(pitch: int) -> int | Expand:
    """Answers with a node that is given a sound as it is."""
    note("UseSound", pitch)
    sound = Audio(np.full((1, 4_000), pitch / 100, np.float32), 8_000)
    return Expand(
        {"level": {"class_type": "Level", "inputs": {"audio": sound}}},
        (Link(NodeId("level"), 0),),
    )


@node(category="test", resource="inline", expands=True)
def give_two() -> int | Expand:
    """Answers with more outputs than it has."""
    return Expand({}, (1, 2))


@node(category="test", resource="inline")
def undeclared() -> Any:
    """Expands without having said so."""
    return Expand({}, (1,))


@node(category="test", resource="inline")
def describe(body: Body) -> str:
    """Names the nodes of the part of the graph that leads here; none of them is run."""
    names = sorted(entry["class_type"] for entry in body.nodes.values())
    note("Describe", names)
    return " ".join(names)


@node(category="test", resource="inline", expands=True)
def again(body: Body, times: int = 2) -> Any | Expand:
    """Gives what the body gives, made `times` times under other names."""
    note("Again", times)
    nodes: dict[str, Mapping[str, Any]] = {}
    for index in range(times):
        for id_, entry in body.nodes.items():
            inputs = {
                name: Link(NodeId(f"{index} {given.node}"), given.slot)
                if isinstance(given, Link) and given.node in body.nodes
                else given
                for name, given in entry["inputs"].items()
            }
            nodes[f"{index} {id_}"] = {"class_type": entry["class_type"], "inputs": inputs}
    end = body.output
    return Expand(nodes, (Link(NodeId(f"{times - 1} {end.node}"), end.slot),))


def _entry(entry: Any) -> Any:
    if not isinstance(entry, Mapping) or "inputs" not in entry:
        return entry
    return {**entry, "inputs": {name: _given(value) for name, value in entry["inputs"].items()}}


def _given(value: Any) -> Any:
    if isinstance(value, Mapping) and set(value) == {"outer"}:
        return Outer(value["outer"])
    if isinstance(value, Mapping) and set(value) == {"link"}:
        return Link(NodeId(value["link"][0]), value["link"][1])
    return value


@node(category="test", resource="inline", expands=True)
def never_end(value: int = 0) -> int | Expand:
    """Answers with itself."""
    nodes = {"again": {"class_type": "NeverEnd", "inputs": {"value": value + 1}}}
    return Expand(nodes, (Link(NodeId("again"), 0),))
