"""Measures any server that speaks ComfyUI's protocol, ours or another:
`python -m benchmarks serving --url http://127.0.0.1:8188`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from benchmarks.report import Report
from benchmarks.serving import crowd, figures, restarts, shapes, waiting
from benchmarks.serving.client import RefusedError
from benchmarks.serving.figures import Figure
from benchmarks.serving.process import Meter
from benchmarks.serving.prompts import salts
from benchmarks.serving.session import Session

_PARTS = {"shapes": shapes.measure, "waiting": waiting.measure, "crowd": crowd.measure}
_MOST = 20_000
# A ComfyUI took four minutes for 5,000 nodes.
_PATIENCE_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What to measure. Without `url` a server of ours is started, and started again."""

    url: str = ""
    most: int = _MOST
    parts: Sequence[str] = tuple(_PARTS)


def measure(report: Report, choice: Choice | None = None) -> list[Figure]:
    """Prints a row for each figure as it is known, and gives them all."""
    choice = choice or Choice()
    taken: list[Figure] = []

    def tell(figure: Figure) -> None:
        taken.append(figure)
        report.failed += figures.holds(figure) is False
        report.fact(figures.row(figure))

    report.heading(f"a server by its protocol, beside {figures.SOURCE}")
    report.fact(figures.heading())
    if choice.url:
        session = _session(choice, choice.url, tell)
        restarts.measure_idle(session)
        asyncio.run(_measure_parts(session, choice.parts))
        return taken
    with tempfile.TemporaryDirectory() as folder:
        own, ready = restarts.started(Path(folder))
        try:
            tell(ready)
            session = _session(choice, own.url, tell)
            restarts.measure_idle(session)
            asyncio.run(_measure_parts(session, choice.parts))
            restarts.measure_again(session, own)
        finally:
            own.stop()
    if choice == Choice():
        for name in figures.PROMISES.keys() - {figure.name for figure in taken}:
            tell(Figure(name, None, "", "was not measured"))
    return taken


def main(arguments: Sequence[str]) -> int:
    """`python -m benchmarks serving …`; 1 when a promise does not hold, 2 when there is
    no server to measure."""
    parser = argparse.ArgumentParser("python -m benchmarks serving", description=__doc__)
    parser.add_argument("--url", default="", help="a server that runs (default: start our own)")
    parser.add_argument("--json", action="store_true", help="print JSON, the table to stderr")
    parser.add_argument("--most", type=int, default=_MOST, help="nodes of the largest graph")
    parser.add_argument("--only", nargs="+", choices=_PARTS, help="these parts alone")
    given = parser.parse_args(arguments)
    report = Report()
    table = contextlib.redirect_stdout(sys.stderr) if given.json else contextlib.nullcontext()
    try:
        with table:
            taken = measure(report, Choice(given.url, given.most, given.only or tuple(_PARTS)))
    except (RefusedError, aiohttp.ClientConnectionError, RuntimeError) as error:
        print(f"cannot be measured: {error}", file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps([figures.as_json(figure) for figure in taken], indent=2))
    return bool(report.failed)


def _session(choice: Choice, url: str, tell: Callable[[Figure], None]) -> Session:
    return Session(url, tell, salts(), Meter(url), choice.most, _PATIENCE_SECONDS, [])


async def _measure_parts(session: Session, parts: Sequence[str]) -> None:
    async with session.client() as client:
        if len(await client.get("/object_info/BenchSteps")) < len("BenchSteps"):
            raise RefusedError(
                "the server lacks the nodes it is measured with: start a Patchbay with"
                " --packs benchmarks/pack, put benchmarks/comfyui_pack into a ComfyUI"
            )
    for part in parts:
        await _PARTS[part](session)
    if session.meter.here:
        memory = session.meter.memory_bytes() / 1e6
        session.tell(Figure("memory after all of that", memory, "MB"))
