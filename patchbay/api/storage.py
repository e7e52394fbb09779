"""Files written whole or not at all, beside their place until they are done."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from blake3 import blake3

from patchbay.api.paths import open_file
from patchbay.files import claim, remove_left_over

_STEM = "upload"  # of files that are not done; hidden, so that no request can name one
_CHUNK_BYTES = 1 << 20


@contextlib.contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A path in `folder` to write to. What is still there at the end is removed; so is what a
    process left that was killed."""
    folder.mkdir(parents=True, exist_ok=True)
    remove_left_over(folder, _STEM)
    part = folder / f".{_STEM}.{os.getpid()}-{secrets.randbits(64)}.part"
    try:
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def write(path: Path, data: bytes, *, replace: bool = True) -> None:
    """Raises FileExistsError when something is there and is not to be replaced, OSError when the
    disk does not take it; then all is as before."""
    with unfinished(path.parent) as part:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # a rename may reach the disk before the bytes it names
        if replace:
            part.replace(path)
        else:
            claim(part, path)


def settle(root: Path, part: Path, target: Path, digest: bytes, *, replace: bool) -> Path:
    """Moves a finished file to its place and gives where it is then.

    Unless it may replace what is there, a file of the same content is used in its stead, and
    beside one of other content it gets a number: `take (1).wav`.
    """
    with unfinished(target.parent) as beside:
        shutil.move(part, beside)  # to another disk too: a name is only ever claimed on one
        if replace:
            beside.replace(target)
            return target
        for path in _candidates(target):
            try:
                claim(beside, path)
            except FileExistsError:
                if _digest_if_size(root, path, beside.stat().st_size) != digest:
                    continue
            return path
    raise AssertionError("numbers do not end")


def _candidates(target: Path) -> Iterator[Path]:
    yield target
    for number in count(1):
        yield target.with_name(f"{target.stem} ({number}){target.suffix}")


def _digest_if_size(root: Path, path: Path, size_bytes: int) -> bytes | None:
    """The digest of a file of this size; None for anything else that may be there."""
    try:
        with open_file(root, path) as file:
            if os.fstat(file.fileno()).st_size != size_bytes:
                return None
            hasher = blake3()
            while chunk := file.read(_CHUNK_BYTES):
                hasher.update(chunk)
            return hasher.digest()
    except OSError:
        return None
