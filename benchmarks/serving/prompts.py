"""The graphs that a server is measured with: shapes that a ComfyUI can run too."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator
from typing import Any

Prompt = dict[str, Any]
Shape = Callable[[int, int], Prompt]

# More than any graph has nodes, so that no two graphs with different salts share a literal.
_SPACE = 100_000
_SALTS = 1_000_000


def salts() -> Iterator[int]:
    """Numbers that no graph was made with yet, on a server that may have been measured before."""
    start = secrets.randbelow(_SALTS)
    for count in itertools.count(start):
        yield count % _SALTS * _SPACE


def wide(nodes: int, salt: int) -> Prompt:
    """Half of the nodes are numbers, all ready at once; they are added in pairs into one sink.

    `nodes` is even and at least 4.
    """
    prompt: Prompt = {}
    level = [_put(prompt, "BenchNumber", value=salt + index) for index in range(nodes // 2)]
    while len(level) > 1:
        odd = level[len(level) & ~1 :]
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [_put(prompt, "BenchAdd", a=a, b=b) for a, b in pairs] + odd
    _put(prompt, "BenchShow", value=level[0])
    return prompt


def chain(nodes: int, salt: int) -> Prompt:
    """Each node after the one before it; `nodes` is at least 2."""
    prompt: Prompt = {}
    last = _put(prompt, "BenchNumber", value=salt)
    for _ in range(nodes - 2):
        last = _put(prompt, "BenchAdd", a=last, b=1)
    _put(prompt, "BenchShow", value=last)
    return prompt


def sinks(nodes: int, salt: int) -> Prompt:
    """Half of the nodes are numbers, and each has a sink of its own. `nodes` is even."""
    prompt: Prompt = {}
    for index in range(nodes // 2):
        _put(prompt, "BenchShow", value=_put(prompt, "BenchNumber", value=salt + index))
    return prompt


def small(salt: int) -> Prompt:
    """Five nodes, as many people's prompts have."""
    return chain(5, salt)


def sleeping(branches: int, seconds: float, salt: int) -> Prompt:
    """Branches that each sleep in a node that does not look up, added into one sink."""
    prompt: Prompt = {}
    total: Any = 0
    for index in range(branches):
        branch = _put(prompt, "BenchSleep", value=salt + index, seconds=seconds)
        total = _put(prompt, "BenchAdd", a=total, b=branch)
    _put(prompt, "BenchShow", value=total)
    return prompt


def stepping(steps: int, seconds: float, salt: int) -> Prompt:
    """One node that reports `steps` steps of so many seconds each, and a sink."""
    prompt: Prompt = {}
    node = _put(prompt, "BenchSteps", value=salt, steps=steps, seconds=seconds)
    _put(prompt, "BenchShow", value=node)
    return prompt


def _put(prompt: Prompt, kind: str, **inputs: Any) -> list[Any]:
    """Adds a node; gives the link to its first output."""
    id_ = str(len(prompt) + 1)
    prompt[id_] = {"class_type": kind, "inputs": inputs}
    return [id_, 0]
