"""How long jobs will wait and run, from how long their nodes took before."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

from patchbay.estimates import Estimates
from patchbay.types import Graph


def expected_seconds(graph: Graph, estimates: Estimates) -> float | None:
    """How long a graph may run if nothing of it is known; None when no node of it ever ran."""
    known: dict[str, float | None] = {}
    total = 0.0
    for node in graph.nodes.values():
        name = node.spec.path
        if name not in known:
            known[name] = estimates.of_node(node.spec)
        total += known[name] or 0.0
    return total if any(seconds is not None for seconds in known.values()) else None


def waits(running: Iterable[float], waiting: Sequence[float | None], at_once: int) -> list[float]:
    """How many seconds each waiting job waits, in order, when each takes the first free place.

    `running` is what those that run still need; a job of unknown length counts as no time.
    """
    free = sorted(running)[-at_once:]
    free += [0.0] * (at_once - len(free))
    heapq.heapify(free)
    found = []
    for seconds in waiting:
        begin = heapq.heappop(free)
        found.append(begin)
        heapq.heappush(free, begin + (seconds or 0.0))
    return found
