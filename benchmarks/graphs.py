"""Graphs of trivial nodes: what the engine itself costs, beside Dask and a bare loop."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.report import Report
from patchbay import assemble, graph, packs
from patchbay.assemble import Settings
from patchbay.events import Event, NodeStarted
from patchbay.run import Run
from patchbay.types import Job, JobId

_PACK = Path(__file__).parent / "pack"
Prompt = dict[str, Any]
# Other work on the machine only ever adds time, so the least of several is the truest.
_REPEATS = 5


def chain(count: int, last: int = 1) -> Prompt:
    """Each node after the one before it; `last` is added by the last."""
    prompt: Prompt = {"0": {"class_type": "Start", "inputs": {"value": 0}}}
    for index in range(1, count - 1):
        by = last if index == count - 2 else 1
        inputs = {"value": [str(index - 1), 0], "by": by}
        prompt[str(index)] = {"class_type": "Step", "inputs": inputs}
    end = str(count - 1)
    prompt[end] = {"class_type": "Finish", "inputs": {"value": [str(count - 2), 0]}}
    return prompt


def wide(count: int, last: int = 1) -> Prompt:
    """All nodes side by side into one; `last` is given by the last."""
    leaves = count - 2
    prompt: Prompt = {
        str(index): {"class_type": "Start", "inputs": {"value": index}} for index in range(leaves)
    }
    prompt[str(leaves - 1)]["inputs"]["value"] = leaves + last
    links = {f"values.{index + 1}": [str(index), 0] for index in range(1, leaves)}
    prompt["all"] = {"class_type": "Gather", "inputs": {"values": ["0", 0], **links}}
    prompt["end"] = {"class_type": "Finish", "inputs": {"value": ["all", 0]}}
    return prompt


def measure(report: Report) -> None:
    """Cold and cached runs of chains and fans, and a run that changes one leaf."""
    report.heading("graphs of trivial nodes: plan, keys, durable records, events (µs a node)")
    catalogue = packs.load_all([_PACK])
    for shape in (chain, wide):
        costs = {}
        for count in (10, 1_000, 5_000, 20_000):
            cold, cached, leaf, ran = _runs(shape, count, catalogue)
            costs[count] = (cold, cached)
            name = f"{shape.__name__} of {count:,}"
            if count in (1_000, 5_000):
                report.at_most(f"{name}, cold", cold, 100, "µs")
                report.at_most(f"{name}, cached", cached, 25, "µs")
                peer, loop = _dask(shape, count), _loop(count)
                report.at_most(f"{name}, cold / Dask {peer:.0f} µs", cold / peer, 0.5, "times")
                report.at_most(f"{name}, cached / Dask", cached / peer, 0.5, "times")
                report.fact(f"{name}, a bare Python loop: {loop:.2f} µs")
            else:
                report.fact(f"{name}: cold {cold:.0f}, cached {cached:.0f}")
            report.fact(f"{name}, one leaf changed: {leaf:.1f} µs a node, {ran} nodes ran")
        for index, kind in enumerate(("cold", "cached")):
            growth = costs[20_000][index] / costs[1_000][index]
            report.at_most(f"{shape.__name__}, {kind}: 20,000 / 1,000 nodes", growth, 1.5, "times")


def _runs(
    shape: Callable[..., Prompt], count: int, catalogue: packs.Catalogue
) -> tuple[float, float, float, int]:
    best = [float("inf")] * 3
    ran = 0
    for _ in range(_REPEATS if count < 20_000 else 2):
        with tempfile.TemporaryDirectory() as folder:
            for index, prompt in enumerate((shape(count), shape(count), shape(count, 7))):
                seconds, ran = _run(prompt, Path(folder), catalogue)
                best[index] = min(best[index], seconds / count * 1e6)
    return best[0], best[1], best[2], ran


def _run(prompt: Prompt, folder: Path, catalogue: packs.Catalogue) -> tuple[float, int]:
    """Seconds from an open cache to a closed one, and how many nodes ran."""
    checked = graph.validate(prompt, catalogue.specs)
    assert not checked.problems, checked.problems[:3]
    ran = 0

    def listen(event: Event) -> None:
        nonlocal ran
        ran += isinstance(event, NodeStarted)

    store = assemble.open_store(Settings(cache=folder), print)
    store.limit_bytes = None

    async def go() -> float:
        parts = assemble.parts_for(Settings(), store, catalogue)
        began = time.perf_counter()
        run = Run(Job(JobId("bench"), 0, checked.graph), parts, listeners=(listen,))
        outcome = await run.go()
        assert outcome.status == "done", outcome.problems
        return time.perf_counter() - began

    seconds = asyncio.run(go())
    began = time.perf_counter()
    store.close()
    return seconds + time.perf_counter() - began, ran


def _dask(shape: Callable[..., Prompt], count: int) -> float:
    """Dask's threaded scheduler on the same graph: no keys, no records, no events."""
    from dask.threaded import get

    def start(value: int) -> int:
        return value

    def step(value: int, by: int) -> int:
        return value + by

    tasks: dict[str, Any] = {}
    if shape is chain:
        tasks["0"] = (start, 0)
        for index in range(1, count - 1):
            tasks[str(index)] = (step, str(index - 1), 1)
        tasks["end"] = (int, str(count - 2))
    else:
        for index in range(count - 2):
            tasks[str(index)] = (start, index)
        tasks["all"] = (sum, [str(index) for index in range(count - 2)])
        tasks["end"] = (int, "all")
    best = float("inf")
    for _ in range(_REPEATS):
        began = time.perf_counter()
        get(tasks, "end")
        best = min(best, time.perf_counter() - began)
    return best / count * 1e6


def _loop(count: int) -> float:
    """The limit: the same additions with nothing around them."""

    def step(value: int, by: int) -> int:
        return value + by

    began = time.perf_counter()
    value = 0
    for _ in range(count):
        value = step(value, 1)
    return (time.perf_counter() - began) / count * 1e6
