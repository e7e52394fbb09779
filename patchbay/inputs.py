"""What stands at a node's inputs, and waiting for what does not yet."""

from __future__ import annotations

from patchbay import codecs, mapping
from patchbay.errors import InputError, StoreError
from patchbay.evaluate import body_of
from patchbay.links import port_of
from patchbay.parts import Parts
from patchbay.schedule import Level, Schedule, State
from patchbay.types import Batch, Given, Link, Node, NodeId, Value

# A value that was made again and is still not there would be made for ever.
_MOST_TRIES = 3


class Inputs:
    """The inputs of one run's nodes."""

    def __init__(self, schedule: Schedule, parts: Parts) -> None:
        self._schedule = schedule
        self._parts = parts
        self._tries: dict[NodeId, int] = {}

    def batches(self, state: State) -> dict[str, Batch]:
        """What stands at the node's inputs by now. Raises FileError, InputError."""
        node = state.node
        spec, schedule, evaluator = node.spec, self._schedule, self._parts.evaluator
        batches: dict[str, Batch] = {}
        for name, value in node.inputs.items():
            kind = type(value)
            port = spec.ports.get(name) or port_of(spec, name)
            if kind is Link:
                if port is not None and port.form == "body":
                    batches[name] = evaluator.subgraph(body_of(value, self._find_node))
                elif port is None or not port.lazy or name in state.asked:
                    batches[name] = schedule.batch(value)
            elif kind is Given:
                batches[name] = value.batch
            elif value is not None and name != spec.engine:
                batches[name] = evaluator.literal(node, port, value)
        return batches

    def read_early(self, state: State, batches: dict[str, Batch]) -> bool:
        """Whether what has to be read before there is a key is at hand: names of files that come
        through a link, and what a fingerprint is made from. If not, the node waits for it."""
        spec = state.node.spec
        files = [port for port in spec.inputs if port.form == "file" and port.name in batches]
        early = {*spec.fingerprint_inputs, *(port.name for port in files)}
        if not self.at_hand(state, [{n: b for n, b in batches.items() if n in early}]):
            return False
        for port in files:
            batches[port.name] = self._parts.evaluator.files(state.node, port, batches[port.name])
        return True

    def _find_node(self, id_: str) -> Node:
        return self._schedule[NodeId(id_)].node

    def ask_for_lazy(self, state: State) -> bool:
        """Whether every lazy input that the node needs is there; if not, it waits for them."""
        spec = state.node.spec
        assert spec.needs is not None
        batches = {
            name: batch for name, batch in self.batches(state).items() if name in spec.needs_inputs
        }
        if not self.at_hand(state, [batches]):
            return False
        asked: set[str] = set()
        for row in mapping.rows(spec, batches):
            if any(value.type == codecs.BLOCKED for batch in row.values() for value in batch):
                continue
            given = {name: self._parts.store.load(batch[0]) for name, batch in row.items()}
            asked.update(spec.needs(**given))
        for name in asked:
            port = spec.ports.get(name)
            if port is None or not port.lazy:
                raise InputError(f"it asks for {name!r}, which is none of its lazy inputs")
        state.asked = frozenset(asked)
        sources = {
            link.node: Level.DIGEST
            for name in asked
            if type(link := state.node.inputs.get(name)) is Link
            and self._schedule[link.node].reached < Level.DIGEST
        }
        if sources:
            self._schedule.wait(state, sources)
        return not sources

    def at_hand(self, state: State, rows: list[dict[str, Batch]]) -> bool:
        """Whether the payloads of these inputs can be had; if not, the node waits for them."""
        lost: dict[NodeId, Level] = {}
        for row in rows:
            for name, batch in row.items():
                for value in batch:
                    if value.inline is None and not self._parts.has(value):
                        lost[self._origin(state, name, value)] = Level.PAYLOAD
        if not lost:
            return True
        if self.tried_enough(state):
            raise StoreError(
                "what it needs was made again and is still not there: declare the node before it "
                "with pure=False if it gives another value each time; otherwise check the disk"
            )
        for id_ in lost:
            self._schedule.lose(id_)
        self._schedule.wait(state, lost)
        return False

    def tried_enough(self, state: State) -> bool:
        """Counts a try to have what the node needs; any of its values may be lost now and then,
        but not for ever."""
        id_ = state.node.id
        tries = self._tries[id_] = self._tries.get(id_, 0) + 1
        given = sum(len(batch) for batch in self.batches(state).values())
        return tries > _MOST_TRIES * (1 + given)

    def _origin(self, state: State, name: str, lost: Value) -> NodeId:
        """The node that can make a lost value of this input again."""
        for given, value in state.node.inputs.items():
            if given != name and given.rpartition(".")[0] != name:
                continue
            if type(value) is Link and lost in self._schedule.batch(value):
                return value.node
            if type(value) is Given and value.origin is not None and lost in value.batch:
                return value.origin.node
        raise StoreError(
            f"the value of input {name!r} is gone from the cache and cannot be made again here: "
            "run with --no-cache once"
        )
