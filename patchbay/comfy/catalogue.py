"""All nodes described and encoded, again only when the files to choose from have changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from patchbay.comfy.info import info_of
from patchbay.comfy.listing import Listing, look
from patchbay.files import Folders
from patchbay.packs import Catalogue, shipped
from patchbay.types import Engine, NodeSpec

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Descriptions as JSON: of all nodes in one object, and of each by its name."""

    whole: bytes
    each: Mapping[str, bytes]


class Engines:
    """What each engine lacks here. It is asked once: to look may take seconds."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Engine, str | None]] = {}

    def missing(self, engine: Engine) -> str | None:
        """One sentence on what is missing, or None when the engine works here."""
        found = self._found.get(id(engine))
        if found is None:
            found = self._found[id(engine)] = (engine, _missing(engine))
        return found[1]


class Descriptions:
    """The nodes of a catalogue, described for clients. For one thread at a time."""

    def __init__(self, catalogue: Catalogue, folders: Folders, engines: Engines) -> None:
        self.catalogue = catalogue
        self.folders = folders
        self._engines = engines
        self._builtin = shipped("nodes").resolve()
        self._takes_files = any(p.form == "file" for spec in catalogue.nodes for p in spec.inputs)
        self._listing: Listing | None = None
        self._encoded: Encoded | None = None
        self._failed: set[str] = set()

    def current(self) -> Encoded:
        """The descriptions as of now. It reads the input folder and may ask engines: call it off
        the loop.

        A node that cannot be described is left out and logged, once.
        """
        if self._encoded is not None and (self._listing is None or self._listing.fresh):
            return self._encoded
        if self._takes_files:
            self._listing = look(self.folders.input, confined=self.folders.confined)
        each: dict[str, bytes] = {}
        for spec in self.catalogue.nodes:
            info = self._info(spec)
            if info is not None:
                each[spec.name] = info
        entries = (entry(name, info) for name, info in each.items())
        self._encoded = Encoded(b"{" + b",".join(entries) + b"}", each)
        return self._encoded

    def one(self, name: str) -> bytes:
        """An object with the node of that name, present or former; empty if there is none."""
        spec = self.catalogue.specs.get(name)
        info = self.current().each.get(spec.name) if spec else None
        return b"{}" if info is None else b"{" + entry(name, info) + b"}"

    def _info(self, spec: NodeSpec) -> bytes | None:
        try:
            info = info_of(spec, self._module(spec), self._files, self._engines.missing)
            return msgspec.json.encode(info)
        except Exception as error:
            if spec.name not in self._failed:
                self._failed.add(spec.name)
                _LOG.warning("node %s cannot be described: %s", spec.name, error, exc_info=error)
            return None

    def _files(self, accept: tuple[str, ...]) -> list[str]:
        return self._listing.names(accept) if self._listing else []

    def _module(self, spec: NodeSpec) -> str:
        ours = Path(spec.file).is_relative_to(self._builtin)
        return f"{'nodes' if ours else 'custom_nodes'}.{spec.pack}"


def entry(name: str, info: bytes) -> bytes:
    """A member of a JSON object."""
    return msgspec.json.encode(name) + b":" + info


def _missing(engine: Engine) -> str | None:
    try:
        found = engine.find()
    except Exception as error:
        _LOG.warning("engine %s cannot say whether it works", engine.name, exc_info=error)
        return f"it cannot tell whether it works here: {type(error).__name__}: {error}"
    return None if found is None else str(found)
