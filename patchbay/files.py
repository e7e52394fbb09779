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

from patchbay import names
from patchbay.errors import FileError, InputError, OutputError
from patchbay.names import FolderName, Mention
from patchbay.types import SavedFile

_DATE_FIELDS = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Folders:
    """Where nodes find files and leave them. `confined` keeps reading inside `input`, as for
    people who reach Patchbay over a network."""

    input: Path
    output: Path
    temp: Path
    confined: bool = False

    def to_read(self, name: str) -> Path:
        """The file that an input names, in the input folder unless it ends in `[output]` or
        `[temp]`. Raises FileError when there is none to be read."""
        if not name.strip():
            raise FileError("no file is named: give a path")
        mention = Mention.of(name)
        root = self.of(mention.folder or "input")
        path = inside(root, mention.name) if self.confined else self._anywhere(root, mention.name)
        try:
            is_folder, exists = path.is_dir(), path.exists()
        except (OSError, ValueError) as error:
            raise FileError(f"file {name[:80]!r} cannot be looked for: {error}") from error
        if is_folder:
            raise FileError(f"file {name!r} is a folder: name a file in it")
        if not exists:
            # People who come over a network need not know where on the machine the folder is.
            where = f"it in the {mention.folder or 'input'} folder" if self.confined else path
            raise FileError(f"file {name!r} is not there: looked for {where}")
        if self.confined and not path.is_file():  # a pipe would keep its reader waiting for ever
            raise FileError(f"file {name!r} is a device or a pipe: name a plain file")
        if not os.access(path, os.R_OK):
            raise FileError(f"file {name!r} may not be read: change its permissions")
        return path

    def of(self, folder: FolderName) -> Path:
        """The folder by its name."""
        if folder == "input":
            return self.input
        return self.output if folder == "output" else self.temp

    def holds(self, file: SavedFile) -> bool:
        """Whether a file that was saved earlier is still there, as large as it was."""
        try:
            return (self.of(file.folder) / file.name).stat().st_size == file.size_bytes
        except OSError:
            return False

    @contextlib.contextmanager
    def saving(
        self,
        prefix: str,
        suffix: str,
        kind: str,
        folder: Literal["output", "temp"],
        done: Callable[..., None],
    ) -> Iterator[Path]:
        """A path beside the final one; it gets its number and name when the block ends well."""
        root = self.of(folder)
        base = names.cleaned(_dated(prefix))
        home, stem = inside(root, f"{base}_00001_{suffix}").parent, base.rpartition("/")[2]
        part = home / f".{stem}.{os.getpid()}-{time.monotonic_ns()}{suffix}"
        try:
            home.mkdir(parents=True, exist_ok=True)
            remove_left_over(home, stem)
            yield part
            size = part.stat().st_size
            target = _numbered(part, home, stem, suffix)
        except OSError as error:
            raise OutputError(
                f"{folder} folder {home}: {error.strerror or error}: free some space, "
                "change its permissions, or choose another with --output"
            ) from error
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
        done(SavedFile(folder, target.relative_to(root).as_posix(), size, kind))

    def _anywhere(self, root: Path, name: str) -> Path:
        path = Path(name).expanduser()
        return path if path.is_absolute() else root / path


def inside(root: Path, name: str) -> Path:
    """The path `name` below `root`, or `root` itself where it names nothing; a backslash parts
    folders as a slash does. The one function that decides on paths.

    Raises InputError when it would lie anywhere else, also on another system or through a link,
    and for names that a system cannot keep or takes for something other than a file.
    """
    parts = names.parts(name)
    path = root.joinpath(*parts)
    try:
        within = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError) as error:  # links in a circle, a path too long to look for
        raise InputError(f"name {name[:80]!r} cannot be looked for: use another") from error
    if not within:
        raise InputError(f"name {name[:80]!r} leads out of its folder through a link")
    return path


def _dated(prefix: str) -> str:
    now = time.localtime()
    for name, form in _DATE_FIELDS.items():
        prefix = prefix.replace(f"%{name}%", time.strftime(form, now))
    return prefix


def remove_left_over(folder: Path, stem: str) -> None:
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
            claim(part, target)
            return target
        except FileExistsError:
            number += 1


def claim(part: Path, target: Path) -> None:
    """Gives a finished file its name, in the same folder. Raises FileExistsError when something
    has that name: nothing is ever replaced, whoever else is at it."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: hold the name with an empty file
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            part.replace(target)
        except OSError:
            target.unlink()
            raise
    else:
        part.unlink()
