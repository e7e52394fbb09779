"""How long it takes before anything happens, and what a tape costs in memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Report
from patchbay.packs import shipped

_REPEATS = 5
_TEN_MINUTES = 600
_PATCHBAY = [sys.executable, "-m", "patchbay.cli"]


def measure(report: Report) -> None:
    """Import, a cached tape from the shell, and the memory of a ten-minute tape."""
    report.heading("starting")
    importing = _least([sys.executable, "-c", "import patchbay"])
    report.at_most("import patchbay", importing, 0.3, "s")
    with tempfile.TemporaryDirectory() as folder:
        run = [*_PATCHBAY, "run", str(shipped("workflows") / "lofi-tape.json")]
        run += ["--output", f"{folder}/out", "--cache", f"{folder}/cache", "--quiet"]
        cold = _once(run)
        report.fact(f"the tape, cold: {cold:.1f} s")
        report.at_most("the tape, cached, from the shell", _least(run), 1.0, "s")
    report.heading("a ten-minute tape")
    _ten_minutes(report)


# Prints its own peak at the end: what the system counts for a child begins with its parent's.
_WITH_PEAK = """
import sys
from patchbay.cli import main
code = main(sys.argv[1:])
status = open("/proc/self/status").read()
print(status.partition("VmHWM:")[2].split()[0], file=sys.stderr)
sys.exit(code)
"""


def _ten_minutes(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, "-c", _WITH_PEAK, "run", str(_long_tape(Path(folder)))]
        run += ["--output", f"{folder}/out", "--cache", f"{folder}/cache", "--json"]
        began = time.perf_counter()
        ended = subprocess.run(run, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        outcome = json.loads(ended.stdout)
        assert outcome["status"] == "done", outcome["problems"]
        report.fact(f"made in {seconds:.1f} s: {_TEN_MINUTES / seconds:.0f} times real time")
        report.at_most("peak memory", int(ended.stderr.split()[-1]) / 1024, 600, "MB")


def _long_tape(folder: Path) -> Path:
    """The first workflow as a prompt whose Continue nodes make it ten minutes long."""
    convert = [*_PATCHBAY, "convert", str(shipped("workflows") / "lofi-tape.json")]
    prompt = json.loads(subprocess.run(convert, check=True, capture_output=True, text=True).stdout)
    longer = [node for node in prompt.values() if node["class_type"] == "Continue"]
    for node in longer:
        node["inputs"]["seconds"] = (_TEN_MINUTES - 30) / len(longer)
    path = folder / "ten-minutes.json"
    path.write_text(json.dumps(prompt))
    return path


def _least(command: list[str]) -> float:
    return min(_once(command) for _ in range(_REPEATS))


def _once(command: list[str]) -> float:
    """Wall seconds."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began
