"""Runs all benchmarks, or those named: `python -m benchmarks graphs storing`."""

from __future__ import annotations

import sys

from benchmarks import graphs, music, starting, storing
from benchmarks.report import Report

ALL = {"graphs": graphs, "storing": storing, "music": music, "starting": starting}


def main() -> int:
    """Prints the report; 1 when a promise does not hold."""
    report = Report()
    for name in sys.argv[1:] or ALL:
        ALL[name].measure(report)
    print(f"\n{report.failed} promise(s) did not hold" if report.failed else "\nall promises hold")
    return bool(report.failed)


if __name__ == "__main__":
    sys.exit(main())
