"""The last different states of a workflow or a draft: plain files, one each, in a folder.

A file's name says it all: its number, how many nodes it has, and the digest of its content.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from blake3 import blake3
from msgspec import Raw, Struct

from patchbay.api import storage

MOST = 50
_FILE = re.compile(r"(\d{8})-(\d{1,7})-([0-9a-f]{32})\.json", re.ASCII)
_NAME = "name.txt"
_MOST_NODES = 9_999_999


@dataclass(frozen=True, slots=True)
class Version:
    """One state. `digest` names its content."""

    number: int
    time: float  # seconds since the epoch, when it was last kept
    size_bytes: int
    nodes: int
    digest: str

    @property
    def file(self) -> str:
        return f"{self.number:08}-{self.nodes}-{self.digest}.json"


@dataclass(frozen=True, slots=True)
class History:
    """A folder of versions. Who writes to it sees to it that nobody else does at that time."""

    folder: Path
    most_bytes: int  # of all versions; the newest is kept however large it is

    def versions(self) -> list[Version]:
        """Those that are there, newest first; none where there is no such folder."""
        return sorted(self._found(), key=lambda version: -version.number)

    def read(self, number: int) -> bytes:
        """The content of a version. Raises FileNotFoundError."""
        for version in self._found():
            if version.number == number:
                return (self.folder / version.file).read_bytes()
        raise FileNotFoundError(f"there is no version {number}")

    def keep(self, data: bytes) -> Version:
        """Makes this content the newest version, and forgets the oldest where there are too many.
        Content that is there already is not kept twice. Raises OSError."""
        before = self.versions()
        digest = digest_of(data)
        same = next((version for version in before if version.digest == digest), None)
        number = before[0].number + 1 if before else 1
        if same is not None:
            number = same.number if same is before[0] else number
            kept = Version(number, same.time, same.size_bytes, same.nodes, digest)
            (self.folder / same.file).rename(self.folder / kept.file)
            os.utime(self.folder / kept.file)
        else:
            kept = Version(number, 0.0, len(data), min(nodes_of(data), _MOST_NODES), digest)
            storage.write(self.folder / kept.file, data)
        self._forget([version for version in before if version.digest != digest], len(data))
        return kept

    def holds(self, digest: str) -> bool:
        """Whether one of the versions has this content."""
        return any(version.digest == digest for version in self._found())

    def _forget(self, older: list[Version], size_bytes: int) -> None:
        for place, version in enumerate(older, start=1):
            size_bytes += version.size_bytes
            if place >= MOST or size_bytes > self.most_bytes:
                (self.folder / version.file).unlink(missing_ok=True)

    def _found(self) -> Iterator[Version]:
        try:
            entries = list(os.scandir(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            return
        for entry in entries:
            match = _FILE.fullmatch(entry.name)
            if match is not None:
                state = entry.stat()
                number, nodes = int(match[1]), int(match[2])
                yield Version(number, state.st_mtime, state.st_size, nodes, match[3])


@dataclass(frozen=True, slots=True)
class Histories:
    """The versions of many workflows, each in a folder that is named by the digest of its name:
    names may be longer than a folder's, and differ in what a system does not tell apart."""

    root: Path
    most_bytes: int  # of each

    def of(self, name: str) -> History:
        folder = blake3(name.encode(errors="surrogatepass")).hexdigest(length=16)
        return History(self.root / folder, self.most_bytes)

    def keep(self, name: str, data: bytes) -> None:
        """Raises OSError."""
        history = self.of(name)
        history.keep(data)
        told = history.folder / _NAME
        if not told.exists():
            storage.write(told, name.encode(errors="surrogatepass"))

    def move(self, name: str, new_name: str) -> None:
        """Gives a workflow's versions to its new name, after those that it has."""
        history, new = self.of(name), self.of(new_name)
        if not history.folder.is_dir():
            return
        if new.folder.is_dir():
            for version in reversed(history.versions()):
                self.keep(new_name, history.read(version.number))
            shutil.rmtree(history.folder)
        else:
            history.folder.rename(new.folder)
            storage.write(new.folder / _NAME, new_name.encode(errors="surrogatepass"))

    def all(self) -> dict[str, History]:
        """Every workflow that has versions, also those that are gone."""
        found: dict[str, History] = {}
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            try:
                name = (folder / _NAME).read_text("utf-8", "surrogatepass")
            except OSError:
                continue
            found[name] = History(folder, self.most_bytes)
        return found


class _Sheet(Struct):
    nodes: list[Raw] = []


class _Definitions(Struct):
    subgraphs: list[_Sheet] = []


class _Counted(_Sheet):
    definitions: _Definitions | None = None


_COUNTED = msgspec.json.Decoder(_Counted)


def nodes_of(data: bytes) -> int:
    """How many nodes a saved workflow has, with those in subgraphs; 0 for anything else."""
    try:
        found: Any = _COUNTED.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return 0
    inner = found.definitions.subgraphs if found.definitions is not None else []
    return len(found.nodes) + sum(len(sheet.nodes) for sheet in inner)


def digest_of(data: bytes) -> str:
    """What names this content, here and as its ETag."""
    return blake3(data).hexdigest(length=16)
