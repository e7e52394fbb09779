"""What valid requests are made of: the graphs of the repository, small ones that run in no time,
and the routes that the server itself names."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.serving import prompts
from tests.fuzz.speech import ask, json_request, request
from tests.fuzz.trees import Tree, tree_of

_ROOT = Path(__file__).parents[2]
_PLACE = "{"


@dataclass(frozen=True, slots=True)
class Route:
    """A method and the pattern of a path."""

    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a server takes."""

    prompts: tuple[Tree, ...]
    workflows: tuple[Tree, ...]
    routes: tuple[Route, ...]
    document: dict[str, Any]


def known_of(address: tuple[str, int]) -> Known:
    """Asks a server for its routes, and to turn the shipped workflows into prompts."""
    document = _json(ask(address, request("GET", "/api/v1/openapi.json")).body)
    files = [*(_ROOT / "workflows").glob("*.json"), *(_ROOT / "tests/workflows").glob("*.json")]
    workflows = [json.loads(path.read_text("utf-8")) for path in sorted(files)]
    found = list(small_prompts())
    for drawn in workflows:
        body = msgspec.json.encode({"workflow": drawn})
        answer = _json(ask(address, json_request("POST", "/api/v1/convert", body)).body)
        if answer.get("prompt"):
            found.append(answer["prompt"])
    assert len(found) > len(small_prompts()), "no workflow could be turned into a prompt"
    return Known(
        tuple(map(tree_of, found)),
        tuple(map(tree_of, workflows)),
        tuple(_routes(document)),
        document,
    )


def small_prompts() -> list[prompts.Prompt]:
    """Graphs that take some milliseconds to run, with every kind of node that steers a run."""
    show = {"class_type": "ShowValue", "inputs": {"value": ["9", 0]}}
    loop = {"class_type": "LoopValue", "inputs": {"name": "loop"}}
    add = {"class_type": "BenchAdd", "inputs": {"a": ["2", 0], "b": 1}}
    template = {"template": "{a} and {b}", "a": "x", "b": ["1", 0]}
    return [
        prompts.wide(8, 1),
        prompts.chain(6, 2),
        prompts.sinks(4, 3),
        prompts.sleeping(2, 0.01, 4),
        prompts.stepping(3, 0.001, 5),
        {
            "1": {"class_type": "BenchNumber", "inputs": {"value": 4}},
            "2": loop,
            "3": add,
            "9": {
                "class_type": "Repeat",
                "inputs": {"start": ["1", 0], "body": ["3", 0], "times": 3},
            },
            "10": show,
        },
        {
            "1": {"class_type": "NumberRange", "inputs": {"start": 0.0, "step": 0.5, "count": 4}},
            "2": loop,
            "3": {"class_type": "TextTemplate", "inputs": {"template": "<{a}>", "a": ["2", 0]}},
            "9": {"class_type": "ForEach", "inputs": {"items": ["1", 0], "body": ["3", 0]}},
            "10": show,
        },
        {
            "1": {"class_type": "Text", "inputs": {"value": "a\nb"}},
            "2": {"class_type": "Toggle", "inputs": {"value": True}},
            "3": {"class_type": "TextTemplate", "inputs": template},
            "9": {"class_type": "Switch", "inputs": {"if_true": ["3", 0], "on": ["2", 0]}},
            "10": show,
        },
    ]


def _routes(document: dict[str, Any]) -> list[Route]:
    own = itertools.chain.from_iterable(
        (Route(method.upper(), path) for method in methods)
        for path, methods in document["paths"].items()
    )
    other = (Route(one["method"], one["path"]) for one in document["x-routes"])
    # HTTP cannot be broken by what is behind an upgrade; the sockets have cases of their own.
    return [route for route in (*own, *other) if route.path != "/ws"]


def _json(data: bytes) -> Any:
    return msgspec.json.decode(data)
