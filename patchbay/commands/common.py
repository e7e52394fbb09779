"""What several commands share: exit codes, options, printing problems."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import msgspec

from patchbay import assemble, packs
from patchbay.assemble import Settings
from patchbay.packs import Catalogue
from patchbay.types import Problem

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


def add_packs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--packs",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="also load the nodes in this folder; only name code that you trust, it runs as you",
    )


def add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache",
        metavar="DIR",
        type=Path,
        help="where results are kept (or PATCHBAY_CACHE; otherwise the user's cache folder)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for scripts")


def settings_of(arguments: argparse.Namespace) -> Settings:
    return Settings(
        getattr(arguments, "cache", None),
        getattr(arguments, "input", None),
        getattr(arguments, "output", None),
        getattr(arguments, "cache_limit", None),
    )


def catalogue_of(arguments: argparse.Namespace) -> Catalogue:
    """All nodes at hand; what is wrong with a pack is said and does not stop anything."""
    catalogue = packs.load_all(assemble.pack_folders(arguments.packs))
    for problem in catalogue.problems:
        warn(problem.message)
    return catalogue


def warn(message: str) -> None:
    print(f"patchbay: {message}", file=sys.stderr)


def counted(number: int, thing: str) -> str:
    """A number of things, such as "1 problem" or "3 problems"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def print_problems(problems: Iterable[Problem], out: TextIO | None = None) -> None:
    for problem in problems:
        print(f"  {problem.message}", file=out or sys.stderr)


def print_json(data: Any) -> None:
    print(json.dumps(msgspec.to_builtins(data, enc_hook=_json_form), indent=2, ensure_ascii=False))


def _json_form(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return repr(value)
