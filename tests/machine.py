"""Runs a prompt in a test and says what came of it: the outcome, the events, which calls ran."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from patchbay import graph, packs
from patchbay.evaluate import Evaluator
from patchbay.events import Event, Listener
from patchbay.executor.local import Local
from patchbay.files import Folders
from patchbay.live import Live
from patchbay.packs import Catalogue, Pack
from patchbay.parts import Parts
from patchbay.run import Run
from patchbay.store import Store
from patchbay.types import Graph, Job, JobId, Node, NodeId, Outcome

PACK = Path(__file__).parent / "pack"
# Only a broken engine ever needs so long: a run that hangs fails its test instead of all tests.
PATIENCE_SECONDS = 120.0

Prompt = dict[str, Any]
E = TypeVar("E", bound=Event)
T = TypeVar("T")


def entry(class_type: str, **inputs: Any) -> dict[str, Any]:
    """A node of a prompt; `link` gives what to write for a linked input."""
    return {"class_type": class_type, "inputs": inputs}


def link(id_: str, slot: int = 0) -> list[Any]:
    """A link to an output."""
    return [id_, slot]


def chain(length: int, *, start: int = 1) -> Prompt:
    """A number, `length - 2` times one more, and a sink: nodes "0" to `length - 1`."""
    prompt = {"0": entry("Number", value=start)}
    for i in range(1, length - 1):
        prompt[str(i)] = entry("Add", a=link(str(i - 1)), b=1)
    prompt[str(length - 1)] = entry("Show", value=link(str(length - 2)))
    return prompt


def catalogue_of(*loaded: Pack) -> Catalogue:
    """A catalogue of these packs alone."""
    specs = {spec.name: spec for pack in loaded for spec in pack.specs}
    for spec in list(specs.values()):
        for alias in spec.aliases:
            specs.setdefault(alias, spec)
    return Catalogue(loaded, specs, tuple(p for pack in loaded for p in pack.problems))


@functools.cache
def load_pack() -> Catalogue:
    """The nodes of `tests/pack`, loaded once: they share their notes with the tests."""
    return catalogue_of(packs.load(PACK))


def notes() -> Any:
    """The module in which the test nodes leave what they did."""
    name = next(n for n in sys.modules if n.startswith("patchbay_packs.pack_") and "_notes" in n)
    return sys.modules[name]


@dataclass(frozen=True)
class Ran:
    """One run: `calls` are the node functions that were called, such as `Add(1, 2)`, in order;
    `values` the decoded outputs of the targets; `warnings` what the store said."""

    outcome: Outcome
    events: tuple[Event, ...]
    calls: list[str]
    values: Mapping[str, tuple[list[Any], ...]]
    warnings: tuple[str, ...]

    @property
    def status(self) -> str:
        return self.outcome.status

    def value(self, id_: str) -> Any:
        """The first value of a target's first output."""
        return self.values[id_][0][0]

    def of(self, kind: type[E]) -> list[E]:
        """The events of this class."""
        return [event for event in self.events if isinstance(event, kind)]

    def nodes(self, kind: type[Any]) -> list[str]:
        """The nodes that had an event of this class, in order."""
        return [event.node for event in self.of(kind)]

    @property
    def messages(self) -> list[str]:
        """What the user reads of what went wrong."""
        return [problem.message for problem in self.outcome.problems]


class Session:
    """One process's parts: several runs may share them, one after the other or at once."""

    def __init__(self, store: Store, catalogue: Catalogue, folders: Folders, cores: int) -> None:
        self.store = store
        executor = Local(store, catalogue.named, cores=cores)
        self.parts = Parts(store, executor, catalogue.specs, folders, Evaluator(store, folders))
        self.events: dict[str, list[Event]] = {}

    def start(
        self,
        prompt: Mapping[str, Any],
        *,
        targets: Sequence[str] = (),
        job: str = "job",
        listen: Listener | None = None,
        explaining: bool = False,
        extra: Mapping[str, Any] | None = None,
    ) -> Run:
        """A run of a prompt that has no problems; nothing happens before its `go`."""
        events = self.events[job] = []
        wanted = tuple(NodeId(id_) for id_ in targets)
        listeners = (events.append,) if listen is None else (events.append, listen)
        made = Job(JobId(job), 0, self.graph(prompt), wanted, None, extra or {})
        return Run(made, self.parts, listeners=listeners, explaining=explaining)

    def go(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Runs a coroutine in an event loop of its own, and closes the executor after it."""

        async def guarded() -> T:
            try:
                return await asyncio.wait_for(main(), PATIENCE_SECONDS)
            finally:
                await self.parts.executor.close()

        return asyncio.run(guarded())

    def graph(self, prompt: Mapping[str, Any]) -> Graph:
        """The prompt as a graph, which must have no problems."""
        checked = graph.validate(prompt, self.parts.specs)
        problems = [p for p in checked.problems if p.code != "no_sink"]
        assert not problems, [problem.message for problem in problems]
        return checked.graph

    def node(self, prompt: Mapping[str, Any], id_: str) -> Node:
        return self.graph(prompt).nodes[NodeId(id_)]

    def values(self, outcome: Outcome) -> dict[str, tuple[list[Any], ...]]:
        """The decoded outputs of the targets."""
        return {
            id_: tuple([self.store.load(value) for value in batch] for batch in outputs)
            for id_, outputs in outcome.values.items()
        }


class Machine:
    """A cache folder, an output folder and the test nodes. Every `run` is like a new process:
    nothing is left in memory from the one before, only what the cache holds."""

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.cache = folder / "cache"
        self.folders = Folders(folder / "input", folder / "output", folder / "temp")
        self.folders.input.mkdir(parents=True, exist_ok=True)
        self.catalogue = catalogue
        self.warnings: list[str] = []

    @contextlib.contextmanager
    def session(
        self, *, live_bytes: int = 64 << 20, limit_bytes: int | None = None, cores: int = 2
    ) -> Iterator[Session]:
        """What a process holds from its start to its end."""
        store = Store(
            self.cache, warn=self.warnings.append, limit_bytes=limit_bytes, live=Live(live_bytes)
        )
        try:
            yield Session(store, self.catalogue, self.folders, cores)
        finally:
            store.close()

    def run(
        self,
        prompt: Mapping[str, Any],
        *,
        live_bytes: int = 64 << 20,
        limit_bytes: int | None = None,
        cores: int = 2,
        **how: Any,
    ) -> Ran:
        """Runs a prompt as a process of its own would; `how` is what `Session.start` takes."""
        warned = len(self.warnings)
        with self.session(live_bytes=live_bytes, limit_bytes=limit_bytes, cores=cores) as session:
            ran = drive(session, lambda: session.start(prompt, **how))
        return Ran(ran.outcome, ran.events, ran.calls, ran.values, tuple(self.warnings[warned:]))

    def value_files(self) -> list[Path]:
        """The files of stored values."""
        return sorted((self.cache / "v1" / "values").glob("??/*"))

    def outputs(self) -> list[str]:
        """The names of the files in the output folder, hidden ones too."""
        return sorted(path.name for path in self.folders.output.glob("**/*") if path.is_file())


def drive(session: Session, make: Callable[[], Run]) -> Ran:
    """Makes a run inside an event loop of its own and takes it to its end."""
    calls: list[str] = notes().CALLS
    before = len(calls)

    async def main() -> Outcome:
        return await make().go()

    outcome = session.go(main)
    events = tuple(session.events[outcome.id])
    return Ran(outcome, events, calls[before:], session.values(outcome), ())
