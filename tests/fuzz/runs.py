"""Small graphs that are sound, or nearly, and are run to their end."""

from __future__ import annotations

import time
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.fuzz.known import small_prompts
from tests.fuzz.speech import (
    PATIENCE_SECONDS,
    Answer,
    Case,
    SilentError,
    ask,
    json_request,
    request,
)
from tests.fuzz.trees import Pairs, Tree, at, changed, encode, paths, put, tree_of

# Small enough that a loop or a pause made of them is soon over.
_NUMBERS: st.SearchStrategy[Tree] = st.one_of(
    st.integers(-3, 5), st.sampled_from([0.0, 0.01, -0.5, 1e-320, -0.0, True, False])
)
_TEXTS: st.SearchStrategy[Tree] = st.one_of(
    st.sampled_from(
        [
            "",
            "{a}",
            "{b:.3f}",
            "{a:>9}",
            "{",
            "{}",
            "{a.b}",
            "{a!r:{b}}",
            "{d}",
            "loop",
            "other",
            "\x00",
            "é",
        ]
    ),
    st.text(max_size=5),
)
_SMALL: st.SearchStrategy[Tree] = st.one_of(
    _NUMBERS,
    _TEXTS,
    st.none(),
    st.builds(
        lambda node, slot: [node, slot], st.sampled_from(["1", "2", "3", "9"]), st.integers(0, 1)
    ),
    st.lists(_NUMBERS, max_size=4),
)
_CLASSES: st.SearchStrategy[Tree] = st.sampled_from(
    ["BenchAdd", "BenchNumber", "ShowValue", "Text", "Toggle", "Switch", "List", "CountItems",
     "Pick",
     "TextTemplate", "LoopValue", "NumberRange", "TextLines", "Integer", "Decimal", "BenchShow"]
)  # fmt: skip
_PROMPTS = tuple(map(tree_of, small_prompts()))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One graph, with other values or wires."""
    graph = draw(st.sampled_from(_PROMPTS))
    for _ in range(draw(st.integers(0, 2))):
        places = [path for path in paths(graph) if _is_value(graph, path)]
        path = places[draw(st.integers(0, len(places) - 1))]
        # An entry is (class_type, inputs); its class is at 0.
        graph = put(graph, path, draw(_CLASSES if len(path) == 2 else _SMALL))
    if draw(st.integers(0, 9)) == 0:
        graph = draw(changed(graph, _SMALL))
    body = encode(Pairs((("prompt", graph),)))
    return Case((json_request("POST", "/prompt", body),), follow=True)


def _is_value(graph: Tree, path: tuple[int, ...]) -> bool:
    """A class, a literal or a link; not what holds them."""
    if len(path) == 2:
        return path[1] == 0
    return len(path) == 3 and not isinstance(at(graph, path), Pairs)


def await_end(address: tuple[str, int], answer: Answer) -> str | None:
    """What is wrong with the job that was taken, once it has ended. Raises SilentError."""
    if answer.status != 200:
        return None
    id_ = msgspec.json.decode(answer.body)["prompt_id"]
    end = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < end:
        history: Any = msgspec.json.decode(ask(address, request("GET", f"/history/{id_}")).body)
        if id_ in history:
            return _wrong_with(history[id_])
    raise SilentError(f"job {id_} did not end")


def _wrong_with(entry: dict[str, Any]) -> str | None:
    if entry["status"]["completed"]:
        return None
    kinds = [kind for kind, _ in entry["status"]["messages"]]
    if kinds[-1] not in ("execution_error", "execution_interrupted"):
        return f"a job that failed ends with {kinds[-1]}"
    facts = entry["status"]["messages"][-1][1]
    if not facts.get("exception_message"):
        return f"a job that failed says nothing of it: {facts}"
    return None
