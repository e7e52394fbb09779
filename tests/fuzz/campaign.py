"""Many cases of many kinds against one server, in rounds, with a look at the server between."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.speech import GarbledError, SilentError
from tests.fuzz.target import Size, Target

ROUNDS = 5  # the first is for warming up: memory is measured from its end
# Not a leak but caches that fill, and an allocator that keeps a heap for each thread: 10,000 cases
# take some 20 MiB after the first round, 40,000 up to 48, and the last 8,000 of those hardly one.
MOST_GROWTH_BYTES = 64 << 20
_MOST_MORE_FILES = 24  # connections of the tables, one a thread, are made as they are needed
_SHRINKING_SECONDS = 20.0
_WRONG = (AssertionError, SilentError, GarbledError, OSError)


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of cases. `attempt` sends one, gives statuses and seconds, and raises what is wrong;
    `held`: what it orders is not run."""

    name: str
    share: int  # of a hundred cases
    cases: st.SearchStrategy[Any]
    attempt: Callable[[Any], list[tuple[int, float]]]
    recipe: Callable[[Any], str]
    held: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be, with what shows it."""

    family: str
    what: str
    recipe: str


@dataclass(slots=True)
class Tally:
    """What became of the cases of a family."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slowest_seconds: float = 0.0
    slowest: Any = None
    seconds: float = 0.0


@dataclass(slots=True)
class Report:
    """What a campaign found."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)  # at the start, then after each round

    @property
    def cases(self) -> int:
        return sum(tally.cases for tally in self.tallies.values())


def run(
    target: Target, families: Sequence[Family], count: int, seed_: int, say: Callable[[str], None]
) -> Report:
    """Sends `count` cases, give or take a few, and tells what they led to. The same seed sends the
    same cases."""
    report = Report({family.name: Tally() for family in families})
    _measure(target, report)
    whole = sum(family.share for family in families)
    for number in range(ROUNDS):
        for family in families:
            most = max(1, count * family.share // whole // ROUNDS)
            report.findings += _batch(target, family, most, seed_ * ROUNDS + number, report)
        _measure(target, report)
        told = f"{report.cases} cases, {len(report.findings)} findings"
        say(f"round {number + 1} of {ROUNDS}: {told}")
    report.findings += _growth(report.sizes)
    return report


def _batch(
    target: Target, family: Family, most: int, seed_: int, report: Report
) -> Iterator[Finding]:
    """Cases of one kind, and a look at the server after them."""
    try:
        target.prepare(family.held)
        finding = _hunt(family, most, seed_, report.tallies[family.name])
        if finding is not None:
            yield finding
        target.clear()
        for text in target.troubles():
            yield Finding("log", text, f"somewhere in {family.name}, seed {seed_}")
    except _WRONG as error:
        yield Finding(family.name, f"the server is not well: {error!r}", f"seed {seed_}")


def _hunt(family: Family, most: int, seed_: int, tally: Tally) -> Finding | None:
    """Sends cases until one fails; that is made as small as it can be within some seconds."""
    trial = _Trial(family, tally)

    @seed(seed_)
    @settings(
        max_examples=most, database=None, deadline=None, phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
        verbosity=Verbosity.quiet,
    )  # fmt: skip
    @given(family.cases)
    def hunt(case: Any) -> None:
        trial.send(case)

    began = time.monotonic()
    try:
        hunt()
    except Exception as error:  # a failed case, or hypothesis that cannot make sense of them
        if not trial.failed:
            return Finding(family.name, f"the cases cannot be made: {error!r}", f"seed {seed_}")
    finally:
        tally.seconds += time.monotonic() - began
    return trial.smallest()


class _Trial:
    """Sends cases; after one has failed, smaller ones for a while."""

    def __init__(self, family: Family, tally: Tally) -> None:
        self._family = family
        self._tally = tally
        self._end = math.inf  # of making it smaller
        self.failed: dict[str, str] = {}  # what is wrong, by recipe
        self._last = ""

    def send(self, case: Any) -> None:
        """Raises AssertionError when something is wrong with the answers."""
        recipe = self._family.recipe(case) if self.failed else ""
        # A case that failed before has failed again: it need not do so twice to be a finding.
        wrong = self.failed.get(recipe) or self._wrong_with(case)
        if wrong is not None:
            self._last = recipe or self._family.recipe(case)
            self.failed[self._last] = wrong
            # From this one line: what is raised elsewhere is another failure to hypothesis.
            raise AssertionError(wrong)

    def _wrong_with(self, case: Any) -> str | None:
        if time.monotonic() > self._end:
            return None
        self._tally.cases += 1
        try:
            self._count(case, self._family.attempt(case))
        except _WRONG as error:
            self._end = min(self._end, time.monotonic() + _SHRINKING_SECONDS)
            return str(error) or repr(error)
        return None

    def _count(self, case: Any, answers: list[tuple[int, float]]) -> None:
        for status, seconds in answers:
            self._tally.statuses[status] += 1
            if seconds > self._tally.slowest_seconds:
                self._tally.slowest_seconds, self._tally.slowest = seconds, case

    def smallest(self) -> Finding | None:
        """What hypothesis showed last: the simplest case that it could find."""
        if not self.failed:
            return None
        return Finding(self._family.name, self.failed[self._last], self._last)


def _measure(target: Target, report: Report) -> None:
    size = target.size()
    if size is not None:
        report.sizes.append(size)


def _growth(sizes: Sequence[Size]) -> Iterator[Finding]:
    """What the server holds on to after it had warmed up."""
    if len(sizes) < 3:
        return
    warm, end = sizes[1], sizes[-1]
    more_bytes = end.memory_bytes - warm.memory_bytes
    if more_bytes > MOST_GROWTH_BYTES:
        yield Finding(
            "memory", f"it grew by {more_bytes >> 20} MiB after the first round", str(sizes)
        )
    more_files = end.open_files - warm.open_files
    if more_files > _MOST_MORE_FILES:
        yield Finding("files", f"{more_files} more are open than after the first round", str(sizes))
