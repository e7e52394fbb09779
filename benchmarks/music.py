"""How fast the embedded engines play, beside real time."""

from __future__ import annotations

import importlib
import time
from typing import Any

from benchmarks.report import Report
from patchbay import packs

_SECONDS = 30


def measure(report: Report) -> None:
    """Processor time of the synthesiser and of each ambience, on one core."""
    report.heading("playing, beside real time (processor time, one core)")
    catalogue = packs.load_all()
    synth = _beside(catalogue, "MusicGenChunk", "synth")
    lexicon = _beside(catalogue, "LLMPlanner", "lexicon")
    recipe = lexicon.plan("studying late in a snowy cabin", 1)
    bars = synth.bars_in(recipe, _SECONDS)
    synth.play(recipe, 0, 0, 1)  # loads scipy
    spent = min(_spent(lambda seed=seed: synth.play(recipe, seed, 0, bars)) for seed in range(3))
    length = synth.bar_frames(recipe, 0, bars, 48_000) / 48_000
    report.at_least("synth", length / spent, 50, "times real time")
    ambience = _beside(catalogue, "AmbienceMix", "ambience")
    for kind in ambience.KINDS:
        spent = _spent(lambda kind=kind: list(ambience.blocks(kind, _SECONDS * 48_000, 48_000, 1)))
        report.fact(f"{kind}: {_SECONDS / spent:.0f} times real time")


def _spent(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _beside(catalogue: packs.Catalogue, node: str, name: str) -> Any:
    """A module or package that lies beside a node's file in its pack."""
    module = catalogue.specs[node].run.__module__
    return importlib.import_module(f"{module.rpartition('.')[0]}.{name}")
