"""Which file a request means: every path that one may read or write is decided here."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from aiohttp import web

from patchbay import names
from patchbay.api.serving import SERVING
from patchbay.errors import InputError
from patchbay.files import inside

# O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
_TO_READ = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)
_TO_PASS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_DIRECTORY", "O_PATH", "O_CLOEXEC")
)
_DEEPEST = 32  # folders in folders that a listing shows
_MOST_LISTED = 100_000


def decide(
    request: web.Request,
    root: Path,
    name: str,
    refusal: type[web.HTTPClientError] = web.HTTPBadRequest,
    *,
    within: Path | None = None,
    hidden: bool = False,
) -> Path:
    """The path that a request means by `name`, below `root`. Nothing need be there yet.

    `within` is a folder below `root`, decided on before, that the name is relative to and may
    not climb out of. `hidden` allows names that begin with a dot: where the server keeps none of
    its own. What is refused is raised as `refusal`, with a sentence that says why.
    """
    above = () if within is None else within.relative_to(root).parts
    try:
        whole = "/".join((*above, *names.parts(name)))
        path = inside(root, whole)
    except InputError as error:
        raise refusal(text=error.message) from error
    most = request.app[SERVING].options.limits.name_bytes
    if (size := len(whole.encode())) > most:
        raise refusal(text=f"the name has {size} bytes: use {most} at most")
    parts = path.relative_to(root).parts
    if len(parts) == len(above):
        raise refusal(text="no file is named: give a name")
    if not hidden and any(part.startswith(".") for part in parts):
        raise refusal(text=f"name {name!r} is hidden: use one that does not begin with a dot")
    return path


def subfolder_of(
    request: web.Request, root: Path, name: str, refusal: type[web.HTTPClientError]
) -> Path:
    """The folder that a request means by its `subfolder`, which may be empty."""
    return root if name in ("", ".", "./") else decide(request, root, name, refusal)


def folder_of(request: web.Request, name: str) -> Path:
    """The input, output or temp folder. Raises HTTPBadRequest."""
    folder = names.folder_name(name)
    if folder is None:
        message = f"type {name[:40]!r} is no folder: use input, output or temp"
        raise web.HTTPBadRequest(text=message)
    return request.app[SERVING].parts.folders.of(folder)


def open_file(root: Path, path: Path) -> BinaryIO:
    """The plain file at a path that was decided on, to be read.

    Raises OSError where there is none. No link is followed that was put there since.
    """
    top = root.resolve()
    real = path.resolve(strict=True)
    if not real.is_relative_to(top):
        raise FileNotFoundError(errno.ENOENT, "it leads out of its folder", str(path))
    descriptor = _opened(top, real)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FileNotFoundError(errno.ENOENT, "it is no plain file", str(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _opened(top: Path, real: Path) -> int:
    if os.open not in os.supports_dir_fd:
        return os.open(real, _TO_READ)
    *above, last = real.relative_to(top).parts or (".",)
    folder = os.open(top, _TO_PASS)
    try:
        for part in above:
            inner = os.open(part, _TO_PASS, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(last, _TO_READ, dir_fd=folder)
    finally:
        os.close(folder)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file or folder in a listing. `name` is its path below the folder listed."""

    name: str
    is_folder: bool
    size_bytes: int
    modified: float  # seconds since the epoch
    created: float

    @classmethod
    def of(cls, name: str, state: os.stat_result) -> Listed:
        created = getattr(state, "st_birthtime", state.st_ctime)
        is_folder = stat.S_ISDIR(state.st_mode)
        return cls(name, is_folder, state.st_size, state.st_mtime, created)


def listing(root: Path, *, deep: bool) -> list[Listed]:
    """What lies in a folder and may be asked for by name: no hidden files, no links that lead
    out, no pipes. Empty where there is no such folder. Raises OSError when it cannot be read."""
    found: list[Listed] = []
    pending = [(root, "", 0)] if root.is_dir() else []
    top = root.resolve()
    while pending and len(found) < _MOST_LISTED:
        folder, prefix, depth = pending.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if (one := _listed(top, prefix, entry)) is not None:
                    found.append(one)
                    if one.is_folder and deep and depth < _DEEPEST and not entry.is_symlink():
                        pending.append((folder / entry.name, f"{one.name}/", depth + 1))
    return sorted(found, key=lambda one: one.name)


def _listed(top: Path, prefix: str, entry: os.DirEntry[str]) -> Listed | None:
    try:
        names.parts(entry.name)
        if entry.name.startswith(".") or "\\" in entry.name:
            return None
        if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(top):
            return None
        state = entry.stat()
    except (InputError, OSError, RuntimeError):
        return None
    if not stat.S_ISDIR(state.st_mode) and not stat.S_ISREG(state.st_mode):
        return None
    return Listed.of(prefix + entry.name, state)


@contextlib.contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turns what the disk says about a file that a request named into an answer."""
    try:
        yield
    except ConnectionError:  # an OSError too, but the client's
        raise
    except FileNotFoundError as error:
        raise web.HTTPNotFound(text=f"{what} is not there") from error
    except FileExistsError as error:
        raise web.HTTPConflict(text=f"{what}: something of this name is there already") from error
    except OSError as error:
        message = f"{what}: {error.strerror or type(error).__name__}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise web.HTTPInsufficientStorage(text=f"{message}: free some space") from error
        if isinstance(error, PermissionError):
            raise web.HTTPForbidden(text=f"{message}: change its permissions") from error
        raise web.HTTPBadRequest(text=f"{message}: use another name") from error
