"""How long it takes before anything happens, and what a tape costs in memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import Report
from patchbay.packs import shipped

_REPEATS = 5
_TEN_MINUTES = 600


def measure(report: Report) -> None:
    """Import, a cached tape from the shell, and the memory of a ten-minute tape."""
    report.heading("starting")
    report.at_most(
        "import patchbay", _least([sys.executable, "-c", "import patchbay"], {}), 0.3, "s"
    )
    with tempfile.TemporaryDirectory() as folder:
        run = [
            sys.executable,
            "-m",
            "patchbay.cli",
            "run",
            str(shipped("workflows") / "lofi-tape.json"),
        ]
        run += ["--output", f"{folder}/out", "--cache", f"{folder}/cache", "--quiet"]
        cold = _once(run, {})[0]
        report.fact(f"the tape, cold: {cold:.1f} s")
        report.at_most("the tape, cached, from the shell", _least(run, {}), 1.0, "s")
    report.heading("a ten-minute tape")
    _ten_minutes(report)


def _ten_minutes(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = _long_tape(Path(folder))
        run = [sys.executable, "-m", "patchbay.cli", "run", str(path)]
        run += ["--output", f"{folder}/out", "--cache", f"{folder}/cache", "--json"]
        seconds, out, peak = _once(run, {})
        outcome = json.loads(out)
        assert outcome["status"] == "done", outcome["problems"]
        report.fact(f"made in {seconds:.1f} s: {_TEN_MINUTES / seconds:.0f} times real time")
        report.at_most("peak memory", peak / 1024, 600, "MB")


def _long_tape(folder: Path) -> Path:
    """The first workflow as a prompt whose Continue nodes make it ten minutes long."""
    convert = [
        sys.executable,
        "-m",
        "patchbay.cli",
        "convert",
        str(shipped("workflows") / "lofi-tape.json"),
    ]
    prompt = json.loads(subprocess.run(convert, check=True, capture_output=True, text=True).stdout)
    longer = [node for node in prompt.values() if node["class_type"] == "Continue"]
    for node in longer:
        node["inputs"]["seconds"] = (_TEN_MINUTES - 30) / len(longer)
    path = folder / "ten-minutes.json"
    path.write_text(json.dumps(prompt))
    return path


def _least(command: list[str], environment: dict[str, str]) -> float:
    return min(_once(command, environment)[0] for _ in range(_REPEATS))


def _once(command: list[str], environment: dict[str, str]) -> tuple[float, str, int]:
    """Wall seconds, what it printed, and its peak memory in KB."""
    began = time.perf_counter()
    timed = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert timed.stdout is not None
    assert timed.stderr is not None
    out, errors = timed.stdout.read(), timed.stderr.read()
    _, status, usage = os.wait4(timed.pid, 0)
    timed.returncode = os.waitstatus_to_exitcode(status)
    if timed.returncode:
        raise RuntimeError(f"{command}: {errors[-500:]}")
    return time.perf_counter() - began, out, usage.ru_maxrss
