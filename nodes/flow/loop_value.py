"""LoopValue: where a round of a loop begins."""

from __future__ import annotations

from typing import Any, NamedTuple

from patchbay import Blocked, node


class Round(NamedTuple):
    """What a round of a loop begins with.

    value: in Repeat what the round before gave, in ForEach the item.
    number: the number of the round, from 0.
    """

    value: Any
    number: int


@node(category="flow/loop", resource="inline")
def loop_value(name: str = "loop") -> Round | Blocked:
    """Where a round of Repeat or ForEach begins: link what is to be repeated after this node.

    What follows it runs inside the loop only.

    name: which loop it belongs to, when one lies inside another.
    """
    return Blocked(f"it runs inside the loop {name!r}")
