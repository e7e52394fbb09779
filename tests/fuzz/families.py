"""The kinds of cases, each with its share of all."""

from __future__ import annotations

import re
import shlex

from hypothesis.strategies import SearchStrategy

from tests.fuzz import addresses, bodies, forms, frames, known, media, prompts, runs, streams
from tests.fuzz.campaign import Family
from tests.fuzz.checks import wrong_with
from tests.fuzz.speech import Case, ask
from tests.fuzz.target import Target

_RUN = re.compile(rb"(?s)(.{1,6}?)\1{60,}")
_EMPTY = "b''"


def wire_families(target: Target, given: known.Known) -> list[Family]:
    """Those whose cases are bytes."""
    return [
        family_of(target, "prompts", 34, prompts.cases(given)),
        family_of(target, "bodies", 14, bodies.cases(given)),
        family_of(target, "addresses", 16, addresses.cases(given)),
        family_of(target, "forms", 9, forms.cases()),
        family_of(target, "media", 5, media.cases()),
        family_of(target, "frames", 6, frames.cases()),
        family_of(target, "streams", 6, streams.cases()),
        family_of(target, "runs", 4, runs.cases(), held=False),
    ]


def family_of(
    target: Target, name: str, share: int, cases: SearchStrategy[Case], held: bool = True
) -> Family:
    """Cases that are sent as they are."""
    return Family(
        name,
        share,
        cases,
        lambda case: _attempt(target, case),
        lambda case: recipe(target, case),
        held,
    )


def _attempt(target: Target, case: Case) -> list[tuple[int, float]]:
    """Sends the steps of a case, and looks at every answer."""
    found = []
    for step in case.steps:
        answer = ask(target.address, step)
        wrong = wrong_with(step, answer)
        if wrong is None and case.follow:
            wrong = runs.await_end(target.address, answer)
        assert wrong is None, f"{step.line}: {wrong}"
        found.append((answer.status, answer.seconds))
    return found


def recipe(target: Target, case: Case) -> str:
    """A command for each step that does it again."""
    host, port = target.address
    return "\n".join(
        f"python -c {shlex.quote(_script(step.data))} | nc {host} {port}" for step in case.steps
    )


def _script(data: bytes) -> str:
    """Prints the bytes; what is repeated often is written short."""
    pieces, done = [], 0
    for run in _RUN.finditer(data):
        piece = run[1]
        pieces += [repr(data[done : run.start()]), f"{piece!r} * {len(run[0]) // len(piece)}"]
        done = run.end()
    pieces.append(repr(data[done:]))
    return f"import sys; sys.stdout.buffer.write({' + '.join(p for p in pieces if p != _EMPTY)})"
