"""What runs share in a process: the cache, the executor, the nodes, the calls on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from patchbay.evaluate import Evaluator
from patchbay.executor.base import Cancel, Executor
from patchbay.files import Folders
from patchbay.store import Store
from patchbay.types import Key, NodeSpec, Result, Value


@dataclass(slots=True, eq=False)
class Flight:
    """A call on its way, and the runs that wait for it. When the last of them is cancelled, so is
    the call."""

    task: asyncio.Future[Result]
    cancel: Cancel
    interruptible: bool
    riders: set[object] = field(default_factory=set)

    def leave(self, run: object) -> None:
        """This run waits no longer."""
        self.riders.discard(run)
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
