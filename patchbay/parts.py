"""What runs share in a process: the cache, the executor, the nodes, the calls on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from patchbay.evaluate import Evaluator
from patchbay.executor.base import Cancel, Executor
from patchbay.files import Folders
from patchbay.store import Store
from patchbay.types import Key, NodeId, NodeSpec, Result, Value

# Takes how much is done, of how much, the seconds left, and a preview.
Progress = Callable[[float, float, float | None, Any], None]


@dataclass(slots=True, eq=False)
class Flight:
    """A call on its way, and the runs that wait for it, each with what hears of its progress for
    their nodes. When the last of them is cancelled, so is the call."""

    task: asyncio.Future[Result]
    cancel: Cancel
    interruptible: bool
    riders: dict[object, dict[NodeId, Progress]] = field(default_factory=dict)

    def join(self, run: object, node: NodeId, hear: Progress) -> None:
        """A node of this run waits too."""
        self.riders.setdefault(run, {})[node] = hear

    def tell(self, done: float, total: float, left: float | None, preview: Any) -> None:
        """How far the call is, to all that wait for it."""
        for nodes in list(self.riders.values()):
            for hear in list(nodes.values()):
                hear(done, total, left, preview)

    def leave(self, run: object) -> None:
        """This run waits no longer."""
        self.riders.pop(run, None)
        if not self.riders:
            self.cancel.set()
            if self.interruptible:
                self.task.cancel()


@dataclass
class Parts:
    """What runs share: one of each for a process. `flights` are the calls running now."""

    store: Store
    executor: Executor
    specs: Mapping[str, NodeSpec]
    folders: Folders
    evaluator: Evaluator
    flights: dict[Key, Flight] = field(default_factory=dict)

    def has(self, value: Value) -> bool:
        """Whether the value's payload can be had without running anything."""
        if value.opaque:
            return self.executor.holds(value)
        return value.inline is not None or self.store.has(value)
