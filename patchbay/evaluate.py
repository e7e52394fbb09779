"""One node's step: from the values at its inputs to calls with keys, and back to its outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from patchbay import codecs, digest, mapping
from patchbay.errors import EngineError, FileError, InputError
from patchbay.executor.calls import FILE, SUBGRAPH, encoded_inputs, payload_of
from patchbay.files import Folders
from patchbay.hints import Subgraph
from patchbay.links import links_of, port_of
from patchbay.store import Store
from patchbay.types import (
    Batch,
    Call,
    Engine,
    Given,
    Link,
    Node,
    NodeSpec,
    Port,
    Result,
    Value,
)


class Planned(Struct, frozen=True, gc=False):
    """A call that a node wants made, and what its key is the hash of.

    `blocked` is the value that keeps it from being made, if one does.
    """

    call: Call
    material: bytes
    blocked: Value | None


class Evaluator:
    """Turns nodes into calls, and literals and files into values."""

    def __init__(self, store: Store, folders: Folders) -> None:
        self._store = store
        self._folders = folders
        self._literals: dict[tuple[type, Any], Value] = {}
        self._prefixes: dict[tuple[str, ...], bytes] = {}
        self._found: dict[int, str | None] = {}

    def engine(self, node: Node) -> Engine:
        """The engine that works for this node: the one named, or for auto the first that can.

        Raises EngineError when it cannot work here, saying what is missing.
        """
        spec = node.spec
        asked = node.inputs.get(spec.engine or "", "auto")
        if isinstance(asked, (Link, Given)):
            raise EngineError("choose its engine by hand, not by a link")
        missing = []
        for engine in spec.engines:
            if asked not in ("auto", engine.name):
                continue
            reason = self._missing(engine)
            if reason is None:
                return engine
            missing.append(f"{engine.name}: {reason}")
        raise EngineError("no engine can work here. " + "; ".join(missing))

    def _missing(self, engine: Engine) -> str | None:
        known = self._found
        if id(engine) not in known:
            known[id(engine)] = engine.find()
        return known[id(engine)]

    def literal(self, node: Node, port: Port | None, value: Any) -> Batch:
        """A literal as values; a file's are named by the file's content. Raises FileError."""
        if port is not None and port.many:
            return tuple(self._literal(item) for item in value)
        if port is not None and port.form == "file":
            return (self._file(node, port, value),)
        return (self._literal(value),)

    def _literal(self, value: Any) -> Value:
        kind = type(value)
        if kind not in (str, int, float, bool):
            return self._stored(value)
        found = self._literals.get((kind, value))
        # 0.0 and -0.0 are equal but not the same; the bytes of a long text may be trimmed.
        if found is None or value == 0 or found.inline is None:
            found = self._literals[kind, value] = self._stored(value)
        return found

    def _stored(self, value: Any) -> Value:
        encoded = codecs.encode(value)
        if encoded is None:
            raise InputError(f"a {type(value).__name__} is no literal: link it from another node")
        return self._store.put(value, encoded)

    def _file(self, node: Node, port: Port, name: Any) -> Value:
        try:
            path = self._folders.to_read(str(name))
            content = self._store.file_digest(path)
        except FileError as error:
            raise FileError(f"input {port.name!r}: {error.message}", input=port.name) from error
        # The name is part of the value: a node may show it, or choose a reader by its suffix.
        inline = digest.canonical(str(path))
        name_and_content = digest.canonical([path.name, content])
        return Value(FILE, digest.of_bytes(b"file" + name_and_content), inline)

    def subgraph(self, body: Subgraph) -> Batch:
        """A part of the graph as a value."""
        nodes = {
            id_: {
                "class_type": entry["class_type"],
                "inputs": encoded_inputs(entry["inputs"], self._store),
            }
            for id_, entry in body.nodes.items()
        }
        data = digest.canonical([nodes, [body.output.node, body.output.slot]])
        return (Value(SUBGRAPH, digest.of_bytes(b"subgraph" + data), data),)

    def calls(
        self, node: Node, batches: dict[str, Batch], engine: Engine | None, job: str
    ) -> list[Planned]:
        """The calls of a node whose inputs are known, each with its key. Those of a node that is
        not pure have keys of their own in each job."""
        spec = node.spec
        name, revision = (engine.name, engine.revision) if engine else ("", "")
        prefix = self._prefix(spec, name, revision)
        return [
            self._planned(node, row, index, prefix, name, job)
            for index, row in enumerate(mapping.rows(spec, _merged(spec, batches)))
        ]

    def _planned(
        self, node: Node, row: dict[str, Batch], index: int, prefix: bytes, engine: str, job: str
    ) -> Planned:
        spec = node.spec
        fingerprint: Any = None
        if spec.fingerprint is not None:
            fingerprint = self._fingerprint(node, row)
        if not spec.pure:
            fingerprint = [job, node.id, index]
        blocked = None
        for batch in row.values():
            for value in batch:
                if value.type == codecs.BLOCKED:
                    blocked = value
        key, material = digest.of_call(prefix, row, fingerprint)
        call = Call(key, spec.pack, spec.name, spec.version, engine, row, node.id, index)
        return Planned(call, material, blocked)

    def _prefix(self, spec: NodeSpec, engine: str, revision: str) -> bytes:
        key = (spec.pack, spec.name, spec.version, engine, revision)
        found = self._prefixes.get(key)
        if found is None:
            found = self._prefixes[key] = digest.of_spec(spec, engine, revision)
        return found

    def _fingerprint(self, node: Node, row: Mapping[str, Batch]) -> Any:
        """What the node says of the world outside."""
        spec = node.spec
        assert spec.fingerprint is not None
        given = {
            name: payload_of(spec.ports[name], batch[0], self._store)
            for name, batch in row.items()
            if name in spec.fingerprint_inputs and batch
        }
        return spec.fingerprint(**given)

    def files(self, node: Node, port: Port, batch: Batch) -> Batch:
        """What a link brings to an input that takes files: the names become files."""
        return tuple(
            value
            if value.type in (FILE, codecs.BLOCKED)
            else self._file(node, port, self._store.load(value))
            for value in batch
        )

    def blocked(self, node: Node, because: Value) -> Result:
        """The result of a call that is not made."""
        return Result(tuple((because,) for _ in node.spec.outputs), {}, 0.0)


def joined(results: Sequence[Result], outputs: int) -> tuple[Batch, ...]:
    """The outputs of a node from those of its calls, in order."""
    if len(results) == 1:
        return results[0].outputs
    return tuple(
        tuple(value for result in results for value in result.outputs[slot])
        for slot in range(outputs)
    )


def body_of(start: Link, find: Callable[[str], Node]) -> Subgraph:
    """The nodes that lead to an output, as a prompt has them."""
    nodes: dict[str, dict[str, Any]] = {}
    pending = [start.node]
    while pending:
        id_ = pending.pop()
        if id_ in nodes:
            continue
        node = find(id_)
        inputs = {
            # A literal list must not be taken for a link.
            name: {"__value__": value} if isinstance(value, list) else value
            for name, value in node.inputs.items()
        }
        nodes[id_] = {"class_type": node.spec.name, "inputs": inputs}
        for value in node.inputs.values():
            link = links_of(value)
            if link is not None:
                pending.append(link.node)
    return Subgraph(nodes, start)


def _merged(spec: NodeSpec, batches: dict[str, Batch]) -> dict[str, Batch]:
    """Joins `tracks`, `tracks.2`, `tracks.3` … for an input that takes many."""
    if batches.keys() <= spec.ports.keys():
        return batches
    merged: dict[str, list[Value]] = {}
    for name in sorted(batches, key=_natural):
        port = port_of(spec, name)
        merged.setdefault(name if port is None else port.name, []).extend(batches[name])
    return {name: tuple(values) for name, values in merged.items()}


def _natural(name: str) -> tuple[str, int]:
    base, _, number = name.rpartition(".")
    return (base, int(number)) if base and number.isdigit() else (name, 0)
