"""`python -m tests.fuzz`: fuzzes a server of its own, or the one at --url, and exits with 1 if
anything was found. Never aim it at a server whose files, queue or history anyone needs."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.campaign import Family, Report, run
from tests.fuzz.contract import Contract
from tests.fuzz.families import wire_families
from tests.fuzz.known import known_of
from tests.fuzz.target import Target, own_target

_SLOW_SECONDS = 1.0  # what is slower is shown


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="about how many are sent")
    parser.add_argument("--seed", type=int, default=0, help="the same one sends the same cases")
    parser.add_argument("--url", help="a server that runs; its queue and history are cleared")
    parser.add_argument("--only", nargs="*", help="names of the kinds of cases to send")
    arguments = parser.parse_args()
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        target = _target(arguments.url, stack)
        families = _families(target, stack)
        chosen = [family for family in families if family.name in (arguments.only or [family.name])]
        report = run(target, chosen, arguments.cases, arguments.seed, _say)
        _show(report, chosen, time.monotonic() - began)
    return 1 if report.findings else 0


def _target(url: str | None, stack: contextlib.ExitStack) -> Target:
    if url is None:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="patchbay-fuzz-"))
        return stack.enter_context(own_target(Path(folder)))
    return Target(url)


def _families(target: Target, stack: contextlib.ExitStack) -> list[Family]:
    given = known_of(target.address)
    families = wire_families(target, given)
    try:
        contract = Contract(target, given.document)
    except ModuleNotFoundError as error:
        _say(f"{error}: what the OpenAPI document promises is not tried (pip install -e '.[dev]')")
        return families
    stack.callback(contract.close)
    return [*families, contract.family()]


def _show(report: Report, families: list[Family], seconds: float) -> None:
    for finding in report.findings:
        _say(f"\n== {finding.family}: {finding.what}\n{finding.recipe}")
    _say(f"\n{report.cases} cases in {seconds:.0f} s, {len(report.findings)} findings")
    for family in families:
        tally = report.tallies[family.name]
        statuses = ", ".join(f"{status} × {n}" for status, n in sorted(tally.statuses.items()))
        slowest = f"slowest answer {tally.slowest_seconds * 1000:4.0f} ms"
        _say(
            f"{family.name:10} {tally.cases:6} cases {tally.seconds:4.0f} s, {slowest}; {statuses}"
        )
        if tally.slowest_seconds > _SLOW_SECONDS:
            _say(f"           {family.recipe(tally.slowest)[:2_000]}")
    for size in report.sizes:
        mebibytes = size.memory_bytes / (1 << 20)
        _say(f"{mebibytes:6.1f} MiB, {size.open_files} open files, {size.threads} threads")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
