"""Random graphs with lists, choices, expansions, blocked values and failures, against a naive
evaluator; and random losses of stored values.

The evaluator says in the plainest way what ought to happen: it recurses, keeps everything in
dictionaries, and knows nothing of levels, waiting, threads or bytes.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchbay.events import NodeFailed, NodeSkipped
from tests.machine import Machine, Prompt, Ran, entry, link, load_pack, notes
from tests.test_run import check_story

BAD = 13  # the number that FailAt cannot do


@dataclass
class StoppedError(Exception):
    """The node has no outputs: it failed, or something that it needs did."""

    failed: bool


class Blocked(str):
    """What stands for a value that was blocked: its reason."""

    __slots__ = ()


@dataclass
class Naive:
    """What a run of this prompt gives; `known` are the calls of earlier runs, with their
    results."""

    prompt: Prompt
    known: dict[tuple[Any, ...], list[Any]]
    calls: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, list[Any] | StoppedError] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)  # nodes none of whose calls may be made

    def outputs(self, id_: str) -> list[Any]:
        """The list at a node's output. Raises StoppedError."""
        if id_ not in self.outcomes:
            try:
                self.outcomes[id_] = self.run(id_)
            except StoppedError as stopped:
                self.outcomes[id_] = stopped
        outcome = self.outcomes[id_]
        if isinstance(outcome, StoppedError):
            raise StoppedError(failed=False)
        return outcome

    def run(self, id_: str) -> list[Any]:
        class_, inputs = self.prompt[id_]["class_type"], self.prompt[id_]["inputs"]
        if class_ == "Pick":
            inputs = {n: inputs[n] for n in ("first", "a" if inputs["first"] else "b")}
        values = {name: self.given(value) for name, value in inputs.items()}
        rows = self.rows(class_, values)
        if rows and all(self.is_blocked(row) for row in rows):
            self.blocked.add(id_)
        results: list[Any] = []
        failed = False
        for row in rows:
            try:
                results += self.result(class_, row)
            except StoppedError:
                failed = True
                if class_ in INLINE:
                    break  # a failure on the spot keeps the later items from being tried
        if failed:
            raise StoppedError(failed=True)
        return results

    def rows(self, class_: str, values: dict[str, list[Any]]) -> list[dict[str, Any]]:
        if class_ == "Total":
            return [{"values": [value for name in sorted(values) for value in values[name]]}]
        size = max(map(len, values.values())) if all(values.values()) else 0
        return [{n: v[min(i, len(v) - 1)] for n, v in values.items()} for i in range(size)]

    def is_blocked(self, row: dict[str, Any]) -> bool:
        return any(isinstance(value, Blocked) for value in flat(row))

    def given(self, value: Any) -> list[Any]:
        return self.outputs(value[0]) if isinstance(value, list) else [value]

    def result(self, class_: str, row: dict[str, Any]) -> list[Any]:
        if self.is_blocked(row):
            return [[value for value in flat(row) if isinstance(value, Blocked)][-1]]
        key = (class_, *sorted((name, repr(value)) for name, value in row.items()))
        if key not in self.known:
            self.calls[f"{class_}({', '.join(map(repr, noted(class_, row)))})"] += 1
            if class_ == "FailAt" and row["value"] == BAD:
                raise StoppedError(failed=True)
            self.known[key] = RESULTS[class_](row)
        if class_ == "AddIfOdd" and row["value"] % 2:
            return self.result("Add", {"a": row["value"], "b": 1})
        return list(self.known[key])


def flat(row: dict[str, Any]) -> list[Any]:
    """All values of a call, in the order of their inputs' names."""
    lists = [row[name] if isinstance(row[name], list) else [row[name]] for name in sorted(row)]
    return [value for values in lists for value in values]


def noted(class_: str, row: dict[str, Any]) -> list[Any]:
    """What the node notes of its call."""
    if class_ == "Pick":
        return [row["a"] if row["first"] else row["b"]]
    return [row["value"]] if class_ == "FailAt" else flat(row)


INLINE = {"FailAt"}
RESULTS: dict[str, Callable[[dict[str, Any]], list[Any]]] = {
    "AddIfOdd": lambda row: [row["value"]],
    "Positive": lambda row: [
        row["value"] if row["value"] > 0 else Blocked(f"{row['value']} is not positive")
    ],
    "Number": lambda row: [row["value"]],
    "Add": lambda row: [row["a"] + row["b"]],
    "Total": lambda row: [sum(row["values"])],
    "Count": lambda row: list(range(row["upto"])),
    "Sign": lambda row: [(row["value"] > 0) - (row["value"] < 0)],
    "Heavy": lambda row: [2 * row["value"]],
    "FailAt": lambda row: [row["value"]],
    "Pick": lambda row: [row["a"] if row["first"] else row["b"]],
    "Show": lambda row: [row["value"]],
}


KINDS = [
    "Number", "Add", "Total", "Count", "FailAt", "Pick", "Sign", "Heavy", "AddIfOdd", "Positive",
]  # fmt: skip


@st.composite
def prompts(draw: st.DrawFn) -> Prompt:
    """A graph in which each node may use those before it."""
    prompt: Prompt = {"0": entry("Number", value=draw(st.integers(-2, 14)))}
    for i in range(1, draw(st.integers(2, 14))):
        id_ = str(i)
        source = st.integers(0, i - 1).map(lambda n: link(str(n)))
        number = st.integers(-2, 14)
        kind = draw(st.sampled_from(KINDS))
        if kind == "Number":
            inputs: dict[str, Any] = {"value": draw(number)}
        elif kind == "Add":
            inputs = {"a": draw(source), "b": draw(source | number)}
        elif kind == "Total":
            size = draw(st.integers(1, 3))
            inputs = {f"values.{n}": draw(source) for n in range(size)}
        elif kind == "Count":
            inputs = {"upto": draw(st.integers(0, 3))}
        elif kind == "FailAt":
            inputs = {"value": draw(source), "at": BAD}
        elif kind == "Pick":
            inputs = {"first": draw(st.booleans()), "a": draw(source), "b": draw(source)}
        else:
            inputs = {"value": draw(source)}
        prompt[id_] = entry(kind, **inputs)
    for n in range(draw(st.integers(1, 3))):
        target = draw(st.integers(0, len(prompt) - 1 - n))
        prompt[f"s{n}"] = entry("Show", value=link(str(target)))
    return prompt


@st.composite
def edited(draw: st.DrawFn) -> tuple[Prompt, Prompt]:
    """A graph, and the same with one number changed."""
    prompt = draw(prompts())
    numbers = [id_ for id_, node in prompt.items() if node["class_type"] == "Number"]
    changed = dict(prompt)
    changed[draw(st.sampled_from(numbers))] = entry("Number", value=draw(st.integers(-2, 14)))
    return prompt, changed


def compare(ran: Ran, naive: Naive) -> None:
    sinks = [id_ for id_, node in naive.prompt.items() if node["class_type"] == "Show"]
    for id_ in sinks:
        try:
            expected: tuple[list[Any], ...] = (naive.outputs(id_),)
        except StoppedError:
            expected = ()
        assert ran.values[id_] == expected, id_
    assert Counter(ran.calls) == naive.calls
    stopped = {id_: o for id_, o in naive.outcomes.items() if isinstance(o, StoppedError)}
    skipped = {id_ for id_, o in stopped.items() if not o.failed}
    assert set(ran.nodes(NodeFailed)) == set(stopped) - skipped
    assert set(ran.nodes(NodeSkipped)) == skipped | naive.blocked
    assert ran.status == ("failed" if stopped else "done")
    check_story(ran.events)


@pytest.mark.slow
@given(edited())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_run_gives_what_a_naive_evaluator_gives(pair: tuple[Prompt, Prompt]) -> None:
    """First cold, then cached, then with one number changed: the same values, failures and skips,
    and exactly the calls that had to run."""
    catalogue = load_pack()
    notes().reset()
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder), catalogue)
        known: dict[tuple[Any, ...], list[Any]] = {}
        for prompt in (pair[0], pair[0], pair[1]):
            compare(machine.run(prompt), Naive(prompt, known))
        assert machine.warnings == []


@st.composite
def sounds(draw: st.DrawFn) -> Prompt:
    """A graph of large values, each made of those before it, with a number taken from some."""
    prompt: Prompt = {"0": entry("Tone", pitch=draw(st.integers(1, 3)))}
    for i in range(1, draw(st.integers(2, 8))):
        source = link(str(draw(st.integers(0, i - 1))))
        prompt[str(i)] = entry("Louder", audio=source, factor=draw(st.integers(1, 3)))
    for n in range(draw(st.integers(1, 3))):
        source = link(str(draw(st.integers(0, len(prompt) - 1 - 2 * n))))
        prompt[f"l{n}"] = entry("Level", audio=source)
        prompt[f"s{n}"] = entry("Show", value=link(f"l{n}"))
    return prompt


@pytest.mark.slow
@given(sounds(), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_values_that_vanish_are_made_again_only_if_they_are_needed(
    prompt: Prompt, data: st.DataObject
) -> None:
    """Any of the files may be gone, at any time; what is asked for afterwards is right, and each
    value is made at most once more."""
    catalogue = load_pack()
    notes().reset()
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder), catalogue)
        first = machine.run(prompt)
        for path in machine.value_files():
            if data.draw(st.booleans()):
                path.unlink()
        assert machine.run(prompt).calls == []
        for n in range(3):
            if f"l{n}" in prompt:
                audio = prompt[f"l{n}"]["inputs"]["audio"]
                prompt[f"l{n}"] = entry("Levels", sounds=audio)
        again = machine.run(prompt, live_bytes=0)
        assert again.messages == []
        assert again.values == first.values
        assert max(Counter(again.calls).values()) <= max(Counter(first.calls).values()) + 1
        assert machine.warnings == []
