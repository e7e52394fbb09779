"""The folders that nodes read from and write to, and the one place that decides on paths."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from patchbay.errors import FileError, InputError, OutputError
from patchbay.types import SavedFile

FolderName = Literal["output", "temp"]
_NAME_BYTES = 180  # below every file system's 255, with room for a number and a suffix
_DATE_FIELDS = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S",
}  # fmt: skip
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"|?*\\]')


@dataclass(frozen=True, slots=True)
class Folders:
    """Where nodes find files and leave them. `confined` keeps reading inside `input`, as for
    people who reach Patchbay over a network."""

    input: Path
    output: Path
    temp: Path
    confined: bool = False

    def to_read(self, name: str) -> Path:
        """The file that an input names. Raises FileError when there is none to be read."""
        if not name.strip():
            raise FileError("no file is named: give a path")
        path = inside(self.input, name) if self.confined else self._anywhere(name)
        try:
            is_folder, exists = path.is_dir(), path.exists()
        except (OSError, ValueError) as error:
            raise FileError(f"file {name[:80]!r} cannot be looked for: {error}") from error
        if is_folder:
            raise FileError(f"file {name!r} is a folder: name a file in it")
        if not exists:
            raise FileError(f"file {name!r} is not there: looked for {path}")
        if not os.access(path, os.R_OK):
            raise FileError(f"file {name!r} may not be read: change its permissions")
        return path

    def of(self, folder: FolderName) -> Path:
        """The folder by its name."""
        return self.output if folder == "output" else self.temp

    def holds(self, file: SavedFile) -> bool:
        """Whether a file that was saved earlier is still there, as large as it was."""
        try:
            return (self.of(file.folder) / file.name).stat().st_size == file.size_bytes
        except OSError:
            return False

    @contextlib.contextmanager
    def saving(
        self, prefix: str, suffix: str, kind: str, folder: FolderName, done: Callable[..., None]
    ) -> Iterator[Path]:
        """A path beside the final one; it gets its number and name when the block ends well."""
        root = self.of(folder)
        base = inside(root, _dated(prefix).strip() or "patchbay")
        stem = _FORBIDDEN.sub("_", base.name).encode()[:_NAME_BYTES].decode(errors="ignore")
        part = base.parent / f".{stem}.{os.getpid()}-{time.monotonic_ns()}{suffix}"
        try:
            base.parent.mkdir(parents=True, exist_ok=True)
            _remove_left_over(base.parent, stem)
            yield part
            size = part.stat().st_size
            target = _numbered(part, base.parent, stem, suffix)
        except OSError as error:
            raise OutputError(
                f"{folder} folder {base.parent}: {error.strerror or error}: free some space, "
                "change its permissions, or choose another with --output"
            ) from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
        done(SavedFile(folder, target.relative_to(root).as_posix(), size, kind))

    def _anywhere(self, name: str) -> Path:
        path = Path(name).expanduser()
        return path if path.is_absolute() else self.input / path


def inside(root: Path, name: str) -> Path:
    """The path `name` below `root`. Raises InputError when it would lie anywhere else."""
    if "\x00" in name or Path(name).is_absolute() or ".." in Path(name.replace("\\", "/")).parts:
        raise InputError(f"name {name!r} leaves its folder: use a plain name such as takes/piano")
    path = root / name
    if not path.resolve().is_relative_to(root.resolve()):
        raise InputError(f"name {name!r} leads out of its folder through a link")
    return path


def _dated(prefix: str) -> str:
    now = time.localtime()
    for name, form in _DATE_FIELDS.items():
        prefix = prefix.replace(f"%{name}%", time.strftime(form, now))
    return prefix


def _remove_left_over(folder: Path, stem: str) -> None:
    """Removes the unfinished files of this name that a process left when it was killed."""
    pattern = re.compile(r"\." + re.escape(stem) + r"\.(\d+)-\d+\.")
    for entry in list(os.scandir(folder)):
        match = pattern.match(entry.name)
        if match and not alive(int(match[1])):
            with contextlib.suppress(OSError):
                os.unlink(entry.path)


def alive(pid: int) -> bool:
    """Whether a process with this id runs, as far as one may know."""
    if os.name == "nt":  # there, signal 0 is Ctrl-C
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _numbered(part: Path, folder: Path, stem: str, suffix: str) -> Path:
    """Gives the finished file the next free number; never replaces a file."""
    pattern = re.compile(re.escape(stem) + r"_(\d+)_" + re.escape(suffix) + "$")
    taken = (pattern.match(entry.name) for entry in os.scandir(folder))
    number = max((int(match[1]) for match in taken if match), default=0) + 1
    while True:
        target = folder / f"{stem}_{number:05}_{suffix}"
        try:
            os.link(part, target)
            return target
        except FileExistsError:
            number += 1
        except OSError:  # a file system without hard links
            if not target.exists():
                part.replace(target)
                return target
            number += 1
