"""Graphs of trivial nodes over HTTP, with a socket listening: what a node costs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.serving.client import Client, FailedError, RefusedError, Watched
from benchmarks.serving.figures import Figure
from benchmarks.serving.prompts import Shape, chain, sinks, small, wide
from benchmarks.serving.session import Session

# What a ComfyUI was measured with, and what is promised beyond it.
_COUNTS: Mapping[Shape, Sequence[int]] = {
    wide: (1_000, 5_000, 20_000),
    chain: (500, 1_000, 5_000, 20_000),
    sinks: (1_000,),
}
_REPEATS = 5
_LONG_SECONDS = 30.0
_MILLISECONDS = "ms a node"


@dataclass(frozen=True, slots=True)
class Pair:
    """One graph run twice, and the server's processor time for each."""

    cold: Watched
    cached: Watched
    cold_cpu: float
    cached_cpu: float


async def measure(session: Session) -> None:
    """Every shape in every size, then a prompt of five nodes."""
    async with session.client() as client:
        for shape in _COUNTS:
            await _measure_shape(session, client, shape)
        await _tell_first(session, client)


async def _measure_shape(session: Session, client: Client, shape: Shape) -> None:
    """Stops at the first size that the server does not run."""
    costs: dict[int, tuple[float, float]] = {}
    ends = False
    for count in _COUNTS[shape]:
        if count <= session.most and not ends:
            try:
                pairs = await _pairs(session, client, shape, count)
                costs[count] = _tell(session, shape, count, pairs)
            except (RefusedError, FailedError) as error:
                session.failed(f"{shape.__name__} of {count:,}, cold", _MILLISECONDS, error)
                ends = True
    _tell_growth(session, shape, costs)
    if shape is chain and (ends or session.most >= max(_COUNTS[chain])):
        longest = max(costs, default=0)
        session.tell(Figure("longest chain that runs", longest, "nodes", "of those tried"))


async def _pairs(session: Session, client: Client, shape: Shape, count: int) -> list[Pair]:
    began = time.perf_counter()
    pairs: list[Pair] = []
    while len(pairs) < _REPEATS and time.perf_counter() - began < _LONG_SECONDS:
        body = client.body(shape(count, next(session.salts)))
        start = session.meter.seconds()
        cold = await client.watch(body)
        middle = session.meter.seconds()
        cached = await client.watch(body)
        pairs.append(Pair(cold, cached, middle - start, session.meter.seconds() - middle))
    return pairs


def _tell(session: Session, shape: Shape, count: int, pairs: Sequence[Pair]) -> tuple[float, float]:
    """Gives the cold and the cached cost, in milliseconds a node."""
    name = f"{shape.__name__} of {count:,}"
    each = 1e3 / count
    cold = median(pair.cold.seconds for pair in pairs) * each
    cached = median(pair.cached.seconds for pair in pairs) * each
    for kind, value, spent in (
        ("cold", cold, median(pair.cold_cpu for pair in pairs)),
        ("cached", cached, median(pair.cached_cpu for pair in pairs)),
    ):
        note = f"{value / each:.3g} s" + (f", cpu {spent:.3g} s" if session.meter.here else "")
        session.tell(Figure(f"{name}, {kind}", value, _MILLISECONDS, note))
    size = median(pair.cold.size_bytes for pair in pairs) / count
    messages = median(pair.cold.messages for pair in pairs)
    session.tell(Figure(f"{name}, traffic", size, "bytes a node", f"{messages:,.0f} messages"))
    if shape is wide and count == 5_000:
        answered = [run.answered_seconds for pair in pairs for run in (pair.cold, pair.cached)]
        value = median(answered) * 1e3
        note = f"median of {len(answered)}, worst {max(answered) * 1e3:.3g} ms"
        session.tell(Figure("POST /prompt of 5,000 nodes", value, "ms", note))
    return cold, cached


def _tell_growth(session: Session, shape: Shape, costs: dict[int, tuple[float, float]]) -> None:
    if 20_000 not in costs:
        return
    for index, kind in enumerate(("cold", "cached")):
        growth = costs[20_000][index] / costs[1_000][index]
        name = f"{shape.__name__}, {kind}: 20,000 / 1,000 nodes"
        session.tell(Figure(name, growth, "times"))


async def _tell_first(session: Session, client: Client) -> None:
    """When a small prompt, sent to a server that does nothing, is first heard of."""
    runs = [await client.watch(client.body(small(next(session.salts)))) for _ in range(25)]
    first = median(run.first_seconds for run in runs) * 1e3
    worst = max(run.first_seconds for run in runs) * 1e3
    answer = median(run.answered_seconds for run in runs) * 1e3
    note = f"median of {len(runs)}, worst {worst:.3g} ms; answered after {answer:.3g} ms"
    session.tell(Figure("first event after sending a prompt", first, "ms", note))
    whole = median(run.seconds for run in runs) * 1e3
    session.tell(Figure("a five-node prompt, whole", whole, "ms"))
