"""Puts the parts together for a process that runs graphs: the command line, later the server."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from patchbay.errors import UsageError
from patchbay.evaluate import Evaluator
from patchbay.executor.local import Local
from patchbay.files import Folders
from patchbay.packs import Catalogue
from patchbay.parts import Parts
from patchbay.store import Store

# Room for a few hours of stereo takes; `--cache-limit` and PATCHBAY_CACHE_LIMIT change it.
DEFAULT_LIMIT = "20G"
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a process keeps and finds things; None takes what the environment or platform says."""

    cache: Path | None = None
    input: Path | None = None
    output: Path | None = None
    limit: str | None = None

    @property
    def cache_folder(self) -> Path:
        chosen = self.cache or os.environ.get("PATCHBAY_CACHE")
        return Path(chosen or platformdirs.user_cache_dir("patchbay", appauthor=False))

    @property
    def limit_bytes(self) -> int:
        return size_of(self.limit or os.environ.get("PATCHBAY_CACHE_LIMIT") or DEFAULT_LIMIT)


def open_store(settings: Settings, warn: Callable[[str], None]) -> Store:
    """The cache that the settings name. Raises StoreError."""
    return Store(settings.cache_folder, warn=warn, limit_bytes=settings.limit_bytes)


def parts_for(
    settings: Settings, store: Store, catalogue: Catalogue, *, confined: bool = False
) -> Parts:
    """What runs need, with an executor for this process. `confined` keeps nodes from reading
    files outside the input folder."""
    # A large graph is many small records that live as long as its run: with the interpreter's
    # usual thresholds the collector walks them again and again (a tenth of a run of 20,000 nodes).
    gc.set_threshold(50_000, 20, 50)
    folders = Folders(
        (settings.input or Path.cwd()).absolute(),
        (settings.output or Path("output")).absolute(),
        store.folder / "temp",
        confined,
    )
    executor = Local(store, catalogue.named)
    return Parts(store, executor, catalogue.specs, folders, Evaluator(store, folders))


def size_of(text: str) -> int:
    """A number of bytes written as 500M or 20G. Raises UsageError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", text, re.IGNORECASE)
    if match is None:
        raise UsageError(f"size {text!r}: write a number with K, M, G or T, such as 20G")
    return int(float(match[1]) * _UNITS[match[2].upper()])


def shown_size(size_bytes: float) -> str:
    """A number of bytes for people, such as 1.5 GB."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if size_bytes < 1024:
            return f"{size_bytes:.0f} {unit}" if unit == "bytes" else f"{size_bytes:.1f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f} TB"


def pack_folders(given: Sequence[Path]) -> list[Path]:
    """The packs to load besides those that come with Patchbay: only what the user names."""
    named = os.environ.get("PATCHBAY_PACKS", "")
    return [*(Path(part) for part in named.split(os.pathsep) if part), *given]
