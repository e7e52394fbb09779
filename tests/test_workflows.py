"""The workflows that come with Patchbay: each is valid, is saved as we save, and runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from patchbay import documents, graph, packs, workflow

ROOT = Path(__file__).parent.parent
ALL = sorted((ROOT / "workflows").glob("*.json"))
TAPE = ROOT / "workflows" / "lofi-tape.json"


def patchbay(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "patchbay.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def run_tape(folder: Path, *words: str) -> Any:
    child = patchbay("run", str(TAPE), "--json", *tape_folders(folder), *words)
    out, err = child.communicate(timeout=300)
    assert child.returncode == 0, err
    return json.loads(out)


def tape_folders(folder: Path) -> list[str]:
    return ["--output", str(folder / "output"), "--cache", str(folder / "cache")]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_shipped_workflow_is_valid_and_saved_as_we_save(path: Path) -> None:
    specs = packs.load_all().specs
    document = documents.read(str(path), specs)
    assert document.problems == ()
    assert graph.validate(document.prompt, specs).problems == ()
    text = path.read_text(encoding="utf-8")
    assert workflow.dumps(json.loads(text)) == text


@pytest.mark.slow
def test_the_tape_is_made_once_also_when_its_first_run_is_killed(tmp_path: Path) -> None:
    killed = patchbay("run", str(TAPE), *tape_folders(tmp_path))
    assert killed.stderr is not None
    assert killed.stdout is not None
    with killed.stderr, killed.stdout:
        for line in killed.stderr:
            if "And on" in line and "running" in line:
                break
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert not list((tmp_path / "output").glob("*.flac"))

    second = run_tape(tmp_path)
    states = {node["title"]: node["state"] for node in second["nodes"].values()}
    assert states["First bars"] == "cached"
    assert states["Go on"] == "cached"
    assert states["Tape"] == "done"
    assert len(second["files"]) == 1

    third = run_tape(tmp_path)
    assert {node["state"] for node in third["nodes"].values()} == {"cached"}
    assert third["files"] == second["files"]


def test_a_workflow_that_was_changed_by_hand_keeps_its_looks() -> None:
    specs = packs.load_all().specs
    document = documents.read(str(TAPE), specs)
    assert document.workflow is not None
    drawn = workflow.redrawn(document.prompt, specs, document.workflow)
    assert drawn["groups"] == document.workflow["groups"]
    kinds = sorted(node["type"] for node in document.workflow["nodes"])
    assert sorted(node["type"] for node in drawn["nodes"]) == kinds
    assert workflow.prompt_of(drawn, specs).prompt == document.prompt
