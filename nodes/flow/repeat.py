"""Repeat: a value fed through a part of the graph again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from patchbay import Body, Expand, Number, Outer, node

from .rounds import Rounds

_MOST_ROUNDS = 10_000


@node(category="flow/loop", resource="inline", expands=True)
def repeat(
    start: Any,
    body: Body,
    times: Annotated[int, Number(0, _MOST_ROUNDS)] = 2,
    name: str = "loop",
) -> Any | Expand:
    """Feeds a value through a part of the graph again and again.

    Every round is kept by itself: one round more runs one round.

    start: what the first round begins with.
    body: the end of the part to repeat, which begins at a LoopValue node.
    times: how many rounds; with 0 the start is given as it is.
    name: the name of the LoopValue nodes that belong to it.
    """
    rounds = Rounds(body, name)
    rounds.check(times, "times")
    nodes: dict[str, Mapping[str, Any]] = {}
    value: Any = Outer("start")
    for index in range(times):
        nodes.update(rounds.nodes(index, value))
        value = rounds.output(index)
    return Expand(nodes, (value,))
