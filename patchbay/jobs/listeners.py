"""Whom the queue tells what happens. Nobody who stumbles over it keeps the others from hearing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from patchbay.events import Event
from patchbay.jobs.active import Active
from patchbay.jobs.records import Ended, Status

Heard = Callable[[Active, Event], None]
EndHeard = Callable[[str, str, Status, Ended], None]


@dataclass(slots=True)
class Listeners:
    """`heard` hears every event of jobs that run, `changed` that jobs came, began to run, moved or
    were taken out, `ended` of each end once it is kept: the job's id, its webhook, how it ended
    and what came of it."""

    warn: Callable[[str], None]
    heard: list[Heard] = field(default_factory=list)
    changed: list[Callable[[], None]] = field(default_factory=list)
    ended: list[EndHeard] = field(default_factory=list)

    def tell(self, active: Active, event: Event) -> None:
        for hear in self.heard:
            try:
                hear(active, event)
            except Exception as error:  # a listener's bug must not stop the queue
                self._complain(error)

    def tell_change(self) -> None:
        for hear in self.changed:
            try:
                hear()
            except Exception as error:
                self._complain(error)

    def tell_end(self, id_: str, webhook: str, status: Status, ended: Ended) -> None:
        for hear in self.ended:
            try:
                hear(id_, webhook, status, ended)
            except Exception as error:
                self._complain(error)

    def _complain(self, error: Exception) -> None:
        self.warn(f"a listener of the queue failed: {type(error).__name__}: {error}")
