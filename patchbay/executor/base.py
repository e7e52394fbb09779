"""The seam for where code runs, and what a running call may ask for."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any, Literal, Protocol

from patchbay import digest
from patchbay.errors import (
    CancelledError,
    OutputError,
)
from patchbay.files import Folders
from patchbay.types import (
    Call,
    NodeId,
    Provenance,
    Result,
    SavedFile,
    Value,
)


class Cancel:
    """A wish to stop, which running calls look at; setting it again does nothing."""

    __slots__ = ("_wished",)

    def __init__(self) -> None:
        self._wished = False

    def set(self) -> None:
        self._wished = True

    def __bool__(self) -> bool:
        return self._wished


class Surroundings(Protocol):
    """What a run lends to the contexts of its calls."""

    folders: Folders
    models: Any

    def scratch(self) -> Path:
        """A new empty folder."""

    def report(self, context: CallContext, done: float, total: float, preview: Any) -> None:
        """Passes on how far a call is. From any thread."""

    def provenance(self, node: NodeId) -> Provenance:
        """How what a node was given came to be."""


class CallContext:
    """What one call may ask of the engine; see `patchbay.context.Context`."""

    __slots__ = (
        "_around",
        "_cancel",
        "_scratch",
        "began",
        "drawn",
        "files",
        "last",
        "may_save",
        "node",
        "sounded",
        "ui",
        "urgency",
    )

    def __init__(
        self,
        around: Surroundings,
        cancel: Cancel,
        node: NodeId,
        drawn: NodeId,
        urgency: float = 0.0,
    ) -> None:
        self._around = around
        self._cancel = cancel
        self._scratch: Path | None = None
        self.node = node
        self.drawn = drawn
        self.urgency = urgency
        self.began = self.last = self.sounded = 0.0
        self.ui: dict[str, list[Any]] = {}
        self.files: list[SavedFile] = []
        self.may_save = False

    @property
    def cancelled(self) -> bool:
        return bool(self._cancel)

    @property
    def models(self) -> Any:
        return self._around.models

    @property
    def scratch(self) -> Path:
        if self._scratch is None:
            self._scratch = self._around.scratch()
        return self._scratch

    @property
    def provenance(self) -> Provenance:
        return self._around.provenance(self.node)

    def progress(self, done: float, total: float, preview: Any = None) -> None:
        if self._cancel:
            raise CancelledError("stopped as asked")
        self._around.report(self, done, total, preview)

    def say(self, text: str) -> None:
        self.show("notes", text)

    def show(self, kind: str, item: Any) -> None:
        if not digest.is_plain(item):
            raise OutputError(f"a node can show JSON values only, not a {type(item).__name__}")
        self.ui.setdefault(kind, []).append(item)

    def saving(
        self, prefix: str, suffix: str, kind: str, folder: Literal["output", "temp"] = "output"
    ) -> contextlib.AbstractContextManager[Path]:
        if folder == "output" and not self.may_save:
            raise OutputError("only a node declared with sink=True may write to the output folder")
        return self._around.folders.saving(prefix, suffix, kind, folder, self._saved)

    def end(self) -> None:
        """Removes the scratch folder."""
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def _saved(self, file: SavedFile) -> None:
        self.files.append(file)
        folder, _, name = file.name.rpartition("/")
        self.show(file.kind, {"filename": name, "subfolder": folder, "type": file.folder})


class Executor(Protocol):
    """Runs calls. Raises NodeError, LostError or CancelledError; nothing else leaves it."""

    def now(self, call: Call, context: CallContext) -> Result | None:
        """The result of a trivial call, made on the spot; None when it has to be awaited."""

    async def run(self, call: Call, context: CallContext) -> Result:
        """The result of a call, once it has been admitted and run."""

    def holds(self, value: Value) -> bool:
        """Whether this opaque value is alive here."""

    async def close(self) -> None:
        """Ends what still runs and lets go of everything."""
