"""`patchbay doctor`: what works here, and what the rest would need."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import patchbay
from patchbay import assemble, packs
from patchbay.commands import common
from patchbay.executor.local import cores_here
from patchbay.packs import Catalogue
from patchbay.types import Engine

_LIBRARIES = ("numpy", "scipy", "soundfile", "soxr", "av", "blake3", "msgspec", "rich")
_OPTIONAL = ("torch", "transformers", "diffusers", "faster-whisper")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `advice` is what to do when it is not `good`."""

    topic: str
    good: bool
    text: str
    advice: str = ""


def add(commands: Any) -> None:
    """Describes the arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "doctor",
        help="say what works here and what the rest needs",
        description="Looks at the installation, the cache folder, the packs and the engines, and "
        "says what works here and what the rest needs. Exit codes: 0 well, 1 something is wrong.",
    )
    common.add_cache(parser)
    common.add_json(parser)
    common.add_packs(parser)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Prints the findings; the exit code."""
    catalogue = packs.load_all(assemble.pack_folders(arguments.packs))
    findings = [
        *_installation(),
        _cache(common.settings_of(arguments).cache_folder),
        *_packs(catalogue),
        *_engines(catalogue),
    ]
    if arguments.json:
        common.print_json(findings)
    else:
        topic = ""
        for finding in findings:
            if finding.topic != topic:
                topic = finding.topic
                print(f"\n{topic}")
            print(f"  {'✓' if finding.good else '·'} {finding.text}")
            if finding.advice:
                print(f"      {finding.advice}")
    wrong = any(not f.good for f in findings if f.topic in ("cache", "packs", "installation"))
    return common.FAILED if wrong else common.DONE


def _installation() -> list[Finding]:
    findings = [
        Finding(
            "installation",
            True,
            f"Patchbay {patchbay.__version__} on Python {platform.python_version()}, "
            f"{platform.system()} {platform.machine()}, {cores_here()} cores",
        )
    ]
    for name in _LIBRARIES:
        version = _version(name)
        advice = "" if version else f"install Patchbay again: {sys.executable} -m pip install ."
        findings.append(
            Finding("installation", bool(version), f"{name} {version or 'missing'}", advice)
        )
    here = [f"{name} {version}" for name in _OPTIONAL if (version := _version(name))]
    text = ", ".join(here) if here else "no neural libraries: the embedded engines do the work"
    findings.append(Finding("installation", True, text))
    return findings


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _cache(folder: Path) -> Finding:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = assemble.shown_size(shutil.disk_usage(existing).free)
    if not os.access(existing, os.W_OK) or not existing.is_dir():
        text = f"{folder} cannot be written: nothing is kept from run to run"
        return Finding("cache", False, text, "choose another with --cache or PATCHBAY_CACHE")
    return Finding("cache", True, f"{folder}, {free} free on its disk")


def _packs(catalogue: Catalogue) -> list[Finding]:
    findings = [
        Finding("packs", not pack.problems, f"{pack.name}: {len(pack.specs)} nodes")
        for pack in catalogue.packs
    ]
    return findings + [
        Finding("packs", False, problem.message, "the other nodes work; mend or remove this file")
        for problem in catalogue.problems
    ]


def _engines(catalogue: Catalogue) -> list[Finding]:
    """Each engine once, with the nodes that it works for."""
    nodes: dict[Engine, list[str]] = {}
    for spec in catalogue.nodes:
        for engine in spec.engines:
            nodes.setdefault(engine, []).append(spec.name)
    findings = []
    for engine, names in nodes.items():
        missing = engine.find()
        use = "commercial use allowed" if engine.commercial else "no commercial use"
        text = f"{engine.name} for {', '.join(names)}: {engine.doc} ({engine.licence}, {use})"
        findings.append(Finding("engines", missing is None, text, missing or ""))
    return findings
