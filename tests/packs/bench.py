"""Calls a built-in node by itself, with a real context, and whole graphs of built-in nodes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patchbay.executor.base import CallContext, Cancel
from patchbay.files import Folders
from patchbay.packs import Catalogue
from patchbay.types import Engine, NodeId, NodeSpec, Provenance, SavedFile


class Bench:
    """What a run lends to a node: folders, and a place for what it says and saves."""

    models: Any = None

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folders = Folders(folder / "input", folder / "output", folder / "temp")
        self.catalogue = catalogue
        self.made = Provenance({"1": {"class_type": "Test", "inputs": {}}}, {"nodes": []}, ())
        self.progress: list[tuple[float, float]] = []
        self.shown: list[Any] = []  # with its progress
        self.cancel = Cancel()
        self.ui: dict[str, list[Any]] = {}
        self.files: list[SavedFile] = []

    def scratch(self) -> Path:
        return self.folders.temp

    def report(self, context: CallContext, done: float, total: float, preview: Any) -> None:
        self.progress.append((done, total))
        if preview is not None:
            self.shown.append(preview)

    def provenance(self, node: NodeId) -> Provenance:
        return self.made

    def spec(self, name: str) -> NodeSpec:
        return self.catalogue.specs[name]

    def engine(self, name: str) -> Engine:
        """The node's first engine."""
        return self.spec(name).engines[0]

    def call(self, name: str, **given: Any) -> Any:
        """What the node gives; inputs that are not named have their defaults."""
        spec = self.spec(name)
        filled = {p.name: p.default for p in spec.inputs if p.name not in given}
        for port in spec.inputs:
            if port.many and filled.get(port.name, 0) is None:
                filled[port.name] = []
        if spec.engine is not None:
            filled[spec.engine] = spec.engines[0]
        with self._context(spec) as context:
            return spec.run(**filled, **given, **context)

    @property
    def notes(self) -> str:
        """What the last call said."""
        return "; ".join(self.ui.get("notes", []))

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ui["facts"][0]
        return found

    @property
    def saved(self) -> Path:
        """The last file that was saved."""
        file = self.files[-1]
        return self.folders.of(file.folder) / file.name

    @contextmanager
    def _context(self, spec: NodeSpec) -> Iterator[dict[str, Any]]:
        context = CallContext(self, self.cancel, NodeId("1"), NodeId("1"))
        context.may_save = spec.sink
        try:
            yield {} if spec.context is None else {spec.context: context}
        finally:
            self.ui, self.files = context.ui, context.files
            context.end()
