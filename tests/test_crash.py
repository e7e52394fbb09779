"""What survives `kill -9`: all that was finished, and nothing that is half done."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from patchbay.live import Live
from patchbay.store import Store
from tests.machine import Machine, Prompt, entry, link, notes

STEPS = 40
KILLS = 9
ROOT = Path(__file__).parent.parent

# Runs `long_work` in a process of its own and prints each call as it begins. With a number it
# kills itself at that event (a file opened, renamed, linked or removed, a folder made …), which
# may be anywhere in the engine; 0 runs to the end.
CHILD = """
    import os, signal, sys
    from pathlib import Path
    from tests.machine import Machine, load_pack, notes
    from tests.test_crash import long_work

    class Printing(list):
        def append(self, call):
            os.write(1, f"{call}\\n".encode())

    machine = Machine(Path(sys.argv[1]), load_pack())
    notes().CALLS = Printing()
    left = int(sys.argv[2])

    def count(event, arguments):
        global left
        if event == "open" or event.startswith(("os.", "shutil.", "tempfile.", "sqlite3.")):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    if left:
        sys.addaudithook(count)
    ran = machine.run(long_work(), live_bytes=0)
    assert ran.status == "done", ran.messages
    assert not ran.warnings, ran.warnings
"""


def long_work() -> Prompt:
    """A chain of steps in worker threads, each with a large value, a list beside it, and two
    files to save."""
    prompt: Prompt = {
        "0": entry("Tone", pitch=0),
        "list": entry("Count", upto=4),
        "heavy": entry("Heavy", value=link("list")),
        "total": entry("Total", values=link("heavy")),
        "early": entry("SaveText", text=link("total"), prefix="early"),
    }
    for i in range(1, STEPS + 1):
        prompt[str(i)] = entry("Step", audio=link(str(i - 1)), index=i)
    prompt["level"] = entry("Level", audio=link(str(STEPS)))
    prompt["late"] = entry("SaveText", text=link("level"), prefix="takes/late")
    return prompt


def child(folder: Path, kill_at: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(CHILD), str(folder), str(kill_at)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def calls_of(process: subprocess.Popen[str], kill_after: int = 0) -> list[str]:
    """The calls of a process, which is killed after so many of them."""
    assert process.stdout is not None
    assert process.stderr is not None
    calls: list[str] = []
    for line in process.stdout:
        calls.append(line.strip())
        if len(calls) == kill_after:
            process.kill()
    errors = process.stderr.read()
    process.wait(timeout=120)
    process.stdout.close()
    process.stderr.close()
    assert process.returncode in (0, -signal.SIGKILL), errors
    return calls


def recorded_steps(cache: Path) -> set[str]:
    """The steps that the cache knows, each with its value whole."""
    steps = set()
    with contextlib.closing(Store(cache, warn=pytest.fail, live=Live(0))) as store:
        for _, result in store.records.all_results():
            assert result is not None
            for value in (value for batch in result.outputs for value in batch):
                payload = store.load(value)  # a record without its bytes would raise here
                if value.type == "AUDIO":
                    steps.add(f"Step({round(float(payload.samples[0, 0]) * 100)})")
    return steps


def check_saved(machine: Machine) -> None:
    """Every file that can be seen in the output folder is whole."""
    whole = {"early": "12", "late": str(STEPS)}
    for path in machine.folders.output.glob("**/*"):
        if path.is_file() and not path.name.startswith("."):
            assert path.read_text() == whole[path.name.partition("_")[0]]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_that_is_killed_again_and_again_gets_to_its_end(machine: Machine, seed: int) -> None:
    """Each process goes on where the one before was killed: what was recorded is not run again,
    what was not is, and what is there is right."""
    rng = random.Random(seed)
    folder = machine.cache.parent
    known: set[str] = set()
    ran: set[str] = set()
    for kill in range(KILLS):
        by_itself = kill % 3 != 2
        process = child(folder, rng.randrange(1, 25) if by_itself else 0)
        calls = set(calls_of(process, 0 if by_itself else rng.randrange(1, 4)))
        assert process.returncode == -signal.SIGKILL, "it ended before it was killed: more steps"
        assert not calls & known, "what was recorded ran again"
        known_before, known = known, recorded_steps(machine.cache)
        assert known >= known_before, "a record was lost"
        ran |= calls
        check_saved(machine)
    last = child(folder)
    calls = set(calls_of(last))
    assert last.returncode == 0
    assert not calls & known
    assert ran | calls >= {f"Step({i})" for i in range(1, STEPS + 1)}
    check_saved(machine)
    assert {name.partition("_")[0] for name in machine.outputs() if name[0] != "."} == {
        "early",
        "late",
    }
    assert not list(machine.cache.glob("v1/scratch/*")), "left over from the dead"
    assert calls_of(child(folder)) == []


def test_what_is_finished_is_on_disk_before_anything_is_waited_for(machine: Machine) -> None:
    prompt = {
        "n": entry("Heavy", value=3),
        "hold": entry("Hold", value=link("n")),
        "show": entry("Show", value=link("hold")),
    }
    with machine.session() as session:

        async def main() -> int:
            going = asyncio.create_task(session.start(prompt).go())
            assert await asyncio.to_thread(notes().gate("gate reached").wait, 60)
            for _ in range(10):  # the run goes on to where it waits
                await asyncio.sleep(0)
            with contextlib.closing(Store(machine.cache, warn=pytest.fail)) as other:
                count = other.records.count()
            notes().gate("gate").set()
            await going
            return count

        assert session.go(main) == 1
