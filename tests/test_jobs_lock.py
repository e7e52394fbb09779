"""Only one process serves from a folder, and one that was killed keeps nobody out."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchbay.errors import StoreError
from patchbay.jobs.lock import Lock

# Takes the lock, says how that went, and holds it until it is killed or its input ends.
HOLDER = """
import sys
from pathlib import Path
from patchbay.errors import StoreError
from patchbay.jobs.lock import Lock
sys.stdin.readline()
try:
    lock = Lock(Path(sys.argv[1]))
    print("has it", flush=True)
except StoreError as error:
    print(error.message, flush=True)
sys.stdin.read()
"""


class Holder:
    """Another process that wants the lock."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs.lock"


@pytest.fixture
def holders(path: Path) -> Iterator[list[Holder]]:
    found = [Holder(path) for _ in range(4)]
    yield found
    for holder in found:
        holder.kill()


def test_a_second_process_is_refused_and_told_who_has_it(path: Path, holders: list[Holder]) -> None:
    holders[0].go()
    assert holders[0].answer() == "has it"
    pid = holders[0].process.pid
    with pytest.raises(StoreError) as caught:
        Lock(path)
    assert caught.value.message == (
        f"the folder {path.parent} is in use: process {pid} serves from it; stop that one, or "
        "choose another folder with --user"
    )


def test_a_process_that_was_killed_leaves_no_lock(path: Path, holders: list[Holder]) -> None:
    for holder in holders:
        holder.go()
        assert holder.answer() == "has it"
        holder.kill()
    Lock(path).close()


def test_of_several_that_start_at_once_one_gets_it(holders: list[Holder]) -> None:
    for holder in holders:
        holder.go()
    answers = [holder.answer() for holder in holders]
    assert answers.count("has it") == 1, answers
    assert sum("is in use: " in answer for answer in answers) == 3, answers


def test_within_one_process_there_is_one_as_well(path: Path) -> None:
    first = Lock(path)
    with pytest.raises(StoreError, match="is in use: another process serves from it"):
        Lock(path)
    first.close()
    Lock(path).close()


def test_a_lock_that_cannot_be_made_is_named(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"what a full disk left" * 50)
    with pytest.raises(StoreError, match=r"jobs.lock: file is not a database.*remove jobs.lock if"):
        Lock(path)
    with pytest.raises(StoreError, match=r"the folder .* cannot be used .*--user"):
        Lock(tmp_path / "nowhere" / "jobs.lock")
