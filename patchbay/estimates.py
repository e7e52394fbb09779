"""How long things took before, and so about how long they will take."""

from __future__ import annotations

from collections.abc import Iterable

from patchbay.records import Records
from patchbay.schedule import Schedule
from patchbay.types import NodeId, NodeSpec

_WORTH_ORDERING_SECONDS = 0.01


class Estimates:
    """Mean times from the records of earlier calls."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def of_call(self, spec: NodeSpec, engine: str) -> float | None:
        """Seconds of one call by this engine ("" for none); None when it never ran."""
        return self._records.mean_seconds(spec.path, engine)

    def of_node(self, spec: NodeSpec) -> float | None:
        """Seconds of one call by the slowest engine that ever ran it."""
        known = [self.of_call(spec, engine.name) for engine in spec.engines]
        known.append(self.of_call(spec, ""))
        return max((seconds for seconds in known if seconds is not None), default=None)

    def urge(self, schedule: Schedule) -> None:
        """Puts the longest remaining path first, where there is anything worth ordering."""
        specs: Iterable[NodeSpec] = {id(s.node.spec): s.node.spec for s in schedule}.values()
        means = {spec.name: self.of_node(spec) or 0.0 for spec in specs}
        if max(means.values(), default=0.0) > _WORTH_ORDERING_SECONDS:
            seconds: dict[NodeId, float] = {s.node.id: means[s.node.spec.name] for s in schedule}
            schedule.urge(seconds)
