"""All nodes in one text, made once and again only when something about them has changed."""

from __future__ import annotations

import gzip
import threading
from dataclasses import dataclass

import msgspec
from blake3 import blake3

from patchbay.api.v1 import schemas
from patchbay.api.v1.given import shown
from patchbay.api.v1.nodes import described, engines_of
from patchbay.packs import Catalogue

_LEVEL = 6  # a hundredth of a second for 500 nodes, a tenth of their size


@dataclass(frozen=True, slots=True)
class Text:
    """The JSON of `schemas.Specs`; `tag` is another whenever that is."""

    plain: bytes
    packed: bytes  # by gzip
    tag: str


@dataclass(frozen=True, slots=True)
class _State:
    """What the text was made from. Engines are looked at each time: weights may have come, or a
    library gone, while the server runs."""

    catalogue: Catalogue
    engines: list[schemas.Engine]


class Library:
    """Makes the text. From any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._state: _State | None = None
        self._text = Text(b"", b"", "")

    def text(self, catalogue: Catalogue) -> Text:
        """All nodes as they are now. Engines look for what they need, which may take a while."""
        with self._turn:
            engines = engines_of(catalogue.nodes)
            before = self._state
            if before is None or before.catalogue is not catalogue or before.engines != engines:
                self._text = _text(catalogue, engines)
                self._state = _State(catalogue, engines)
            return self._text


def _text(catalogue: Catalogue, engines: list[schemas.Engine]) -> Text:
    by_node: dict[str, list[schemas.Engine]] = {}
    for engine in engines:
        by_node.setdefault(engine.node, []).append(engine)
    nodes = [described(spec, by_node.get(spec.name, [])) for spec in catalogue.nodes]
    specs = schemas.Specs(nodes=nodes, problems=shown(catalogue.problems))
    plain = msgspec.json.encode(specs, enc_hook=repr)
    return Text(plain, gzip.compress(plain, _LEVEL, mtime=0), blake3(plain).hexdigest(length=16))
