"""The files of the input folder that a client may choose from, looked through when they change."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# What one look may cost, whatever folder a user names: about 50 ms.
MOST_ENTRIES = 10_000
MOST_FOLDERS = 500
MOST_NAMES = 2_000  # of one combo
# The coarsest clock of a file system in use (FAT) counts in steps of two seconds: what changed
# later than that before a look may change again without the time of its folder changing.
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Listing:
    """The files below a folder, and when each of its folders had last changed."""

    folder: str
    times: Mapping[str, int]  # relative name -> nanoseconds since the epoch
    stamps: Mapping[str, int]
    settled: bool

    @property
    def fresh(self) -> bool:
        """Whether it would be the same now, as far as the folders' times tell."""
        found = (_time_of(os.path.join(self.folder, name)) for name in self.stamps)
        return self.settled and all(map(int.__eq__, found, self.stamps.values()))

    def names(self, accept: tuple[str, ...]) -> list[str]:
        """The files that end in one of `accept`, or all, sorted; if too many, the newest."""
        suffixes = tuple(suffix.lower() for suffix in accept)
        names = [name for name in self.times if not accept or name.lower().endswith(suffixes)]
        if len(names) > MOST_NAMES:
            names = sorted(names, key=self.times.__getitem__, reverse=True)[:MOST_NAMES]
        return sorted(names, key=lambda name: (name.casefold(), name))


def look(folder: Path, *, confined: bool) -> Listing:
    """The files below a folder, those nearest to its top first while there is room.

    Hidden ones and names that are no text are left out; if `confined` so are links, which may
    lead out of the folder.
    """
    walk = _Walk(str(folder), confined)
    began = time.time_ns()
    walk.run()
    newest = max(walk.stamps.values(), default=0)
    return Listing(walk.folder, walk.times, walk.stamps, newest < began - _SETTLED_NS)


@dataclass
class _Walk:
    folder: str
    confined: bool
    times: dict[str, int] = field(default_factory=dict)
    stamps: dict[str, int] = field(default_factory=dict)
    looked: int = 0
    _pending: deque[str] = field(default_factory=lambda: deque([""]))
    _seen: set[str] = field(default_factory=set)

    def run(self) -> None:
        while self._pending and self.looked < MOST_ENTRIES and len(self.stamps) < MOST_FOLDERS:
            name = self._pending.popleft()
            path = os.path.join(self.folder, name)
            real = os.path.realpath(path)
            if real not in self._seen:  # a link may lead back
                self._seen.add(real)
                self.stamps[name] = _time_of(path)
                for entry in _entries(path):
                    self.looked += 1
                    if self.looked > MOST_ENTRIES:
                        return
                    self._take(entry, f"{name}/{entry.name}" if name else entry.name)

    def _take(self, entry: os.DirEntry[str], name: str) -> None:
        if entry.name.startswith("."):
            return
        follow = not self.confined
        try:
            name.encode()
            if entry.is_dir(follow_symlinks=follow):
                self._pending.append(name)
            elif entry.is_file(follow_symlinks=follow):
                self.times[name] = entry.stat(follow_symlinks=follow).st_mtime_ns
        except (OSError, UnicodeEncodeError):  # gone since, or bytes that no JSON can hold
            return


def _entries(path: str) -> Iterator[os.DirEntry[str]]:
    """What lies in a folder; nothing if it may not be read."""
    try:
        with os.scandir(path) as entries:
            yield from entries
    except OSError:
        return


def _time_of(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return -1
