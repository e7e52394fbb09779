"""The user's files as they are written: not over what somebody else has written meanwhile, and a
workflow not without keeping what was there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

from patchbay.api import storage
from patchbay.api.paths import open_file
from patchbay.api.versions import Histories, digest_of
from patchbay.errors import ConflictError
from patchbay.files import claim

_WORKFLOWS = "workflows"
MOST_BYTES = 128 << 20  # of the versions of one workflow
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so of a file before it is changed (RFC 9110, 13.1): it has one of these
    revisions, `*` standing for any; or it is not there. Neither: nothing must."""

    revisions: tuple[str, ...] | None = None
    absent: bool = False

    @classmethod
    def of(cls, request: web.Request) -> Condition:
        match = request.if_match if hdrs.IF_MATCH in request.headers else None
        none = request.if_none_match or ()
        revisions = None if match is None else tuple(tag.value for tag in match)
        return cls(revisions, any(tag.value == "*" for tag in none))

    def check(self, name: str, revision: str | None) -> None:
        """Raises ConflictError, with the file's revision as a detail; None says it is not there."""
        if self.absent and revision is not None:
            message = f"file {name!r} is there already: choose another name, or open it first"
            raise ConflictError(message, revision=revision)
        wanted = self.revisions
        if wanted is None or revision in wanted or (revision is not None and "*" in wanted):
            return
        if revision is None:
            message = f"file {name!r} was renamed or removed since it was opened: save it anew"
        else:
            message = (
                f"file {name!r} was saved by someone else since it was opened, perhaps in another "
                "tab: look at what is there now, or save under another name"
            )
        raise ConflictError(message, revision=revision)


@dataclass(frozen=True, slots=True)
class Saving:
    """Writes below `root`. Who calls it sees to it that nobody else does at that time."""

    root: Path
    versions: Path

    @property
    def histories(self) -> Histories:
        return Histories(self.versions, MOST_BYTES)

    def write(self, path: Path, data: bytes, condition: Condition, *, replace: bool) -> None:
        """Raises ConflictError, and what `storage.write` does."""
        name = self._workflow(path)
        if name is not None or condition != Condition():
            before = self._content(path)
            condition.check(path.name, None if before is None else digest_of(before))
            if name is not None and before is not None and before != data:
                self._keep(name, before)
        storage.write(path, data, replace=replace)
        if name is not None:
            self._keep(name, data)

    def delete(self, path: Path, condition: Condition) -> None:
        """Raises ConflictError, and OSError where there is no plain file."""
        content = self._checked(path, condition)
        name = self._workflow(path)
        if name is not None:
            self._keep(name, content)
        path.unlink()

    def move(self, source: Path, target: Path, condition: Condition, *, replace: bool) -> None:
        """Raises as `delete` does, and FileExistsError."""
        content = self._checked(source, condition)
        old, new = self._workflow(source), self._workflow(target)
        replaced = self._content(target) if new is not None and replace else None
        if new is not None and replaced is not None and source != target:
            self._keep(new, replaced)
        target.parent.mkdir(parents=True, exist_ok=True)
        if replace:
            source.replace(target)
        else:
            claim(source, target)
        if old is not None and new is not None and old != new:
            self._follow(old, new)
        elif new is not None:
            self._keep(new, content)

    def _checked(self, path: Path, condition: Condition) -> bytes:
        content = self._content(path)
        if content is None and condition != Condition():
            condition.check(path.name, None)
        if content is None:
            open_file(self.root, path).close()  # raises what is wrong with it
            raise FileNotFoundError(str(path))
        condition.check(path.name, digest_of(content))
        return content

    def _content(self, path: Path) -> bytes | None:
        try:
            with open_file(self.root, path) as file:
                return file.read()
        except OSError:
            return None

    def _workflow(self, path: Path) -> str | None:
        """Its name among the saved workflows; None if it is none."""
        parts = path.relative_to(self.root).parts
        hidden = any(part.startswith(".") for part in parts)
        if len(parts) < 2 or parts[0] != _WORKFLOWS or hidden or path.suffix.lower() != ".json":
            return None
        return "/".join(parts[1:])

    def _keep(self, name: str, data: bytes) -> None:
        """That no version can be kept, on a full disk, must not keep anyone from saving."""
        try:
            history = self.histories.of(name)
            newest = next(iter(history.versions()), None)
            if newest is None or newest.digest != digest_of(data):
                self.histories.keep(name, data)
        except OSError as error:
            _log.warning("no version of workflow %r could be kept: %s", name, error)

    def _follow(self, old: str, new: str) -> None:
        try:
            self.histories.move(old, new)
        except OSError as error:
            _log.warning("the versions of workflow %r could not be renamed: %s", old, error)
