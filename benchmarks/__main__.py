"""Runs all benchmarks, or those named: `python -m benchmarks graphs storing`.

`serving` alone takes options of its own: `python -m benchmarks serving --help`.
"""

from __future__ import annotations

import sys

from benchmarks import graphs, music, serving, starting, storing
from benchmarks.report import Report

ALL = {
    "graphs": graphs,
    "storing": storing,
    "music": music,
    "starting": starting,
    "serving": serving,
}


def main() -> int:
    """Prints the report; 1 when a promise does not hold."""
    if sys.argv[1:2] == ["serving"]:
        return serving.main(sys.argv[2:])
    report = Report()
    for name in sys.argv[1:] or ALL:
        ALL[name].measure(report)
    print(f"\n{report.failed} promise(s) did not hold" if report.failed else "\nall promises hold")
    return bool(report.failed)


if __name__ == "__main__":
    sys.exit(main())
