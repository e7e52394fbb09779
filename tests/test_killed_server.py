"""A real server, killed: no job that it accepted is lost, none ends wrongly, and nothing that was
finished is done again. Stopped, it ends soon and keeps its queue."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

KILLS = 10
STEPS = 8
PATIENCE_SECONDS = 60.0
# What a server may take to stop is three seconds, of which its running nodes have two to notice;
# twice that on a machine that is busy with other tests.
GRACE_SECONDS = 6.0

PACK = '''
import asyncio, os, time
from patchbay import Context, node

def journal(*words):
    """One line, whole or not at all, whatever becomes of the process."""
    line = " ".join(map(str, (os.getpid(), *words))) + "\\n"
    file = os.open(os.environ["TEST_JOURNAL"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, line.encode())
    os.close(file)

@node(resource="cpu")
def journal_step(value: int, job: str, step: int, seconds: float) -> int:
    journal(job, step)
    time.sleep(seconds)
    return value * 3 + step

@node(resource="cpu", sink=True)
def journal_save(value: int, job: str, ctx: Context) -> None:
    journal(job, "save")
    with ctx.saving("result-" + job, ".txt", "texts") as path:
        path.write_text(str(value))

@node(resource="cpu", sink=True)
def polite(ctx: Context) -> None:
    journal("polite")
    for step in range(100_000):
        ctx.progress(step, 100_000)
        time.sleep(0.01)

@node(resource="cpu", sink=True)
def deaf_cpu() -> None:
    journal("deaf")
    time.sleep(3600)

@node(resource="gpu", sink=True)
def deaf_gpu() -> None:
    journal("deaf")
    time.sleep(3600)

@node(resource="io", sink=True)
def deaf_io() -> None:
    journal("deaf")
    time.sleep(3600)

@node(resource="io", sink=True)
async def deaf_async() -> None:
    journal("deaf")
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass
'''


@dataclass
class Home:
    """The folders of a server, and its nodes' journal."""

    folder: Path
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "pack").mkdir()
        (self.folder / "pack" / "journal.py").write_text(PACK)

    @property
    def journal(self) -> list[list[str]]:
        path = self.folder / "journal"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def begin(self) -> subprocess.Popen[str]:
        """Starts a server; whoever reads its first line knows that it listens."""
        words = [
            sys.executable, "-m", "patchbay.cli", "serve", "--port", "0", "--jobs", "2",
            "--packs", str(self.folder / "pack"),
        ]  # fmt: skip
        folders = {"CACHE": "cache", "USER": "user", "INPUT": "input", "OUTPUT": "output"}
        env = {
            **os.environ,
            **{f"PATCHBAY_{name}": str(self.folder / each) for name, each in folders.items()},
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "TEST_JOURNAL": str(self.folder / "journal"),
        }
        process = subprocess.Popen(
            words, env=env, cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
            text=True, encoding="utf-8",
        )  # fmt: skip
        self.processes.append(process)
        return process

    def start(self) -> Server:
        process = self.begin()
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line)
            if "listening on " in line:
                return Server(process, line.split("listening on ")[1].split()[0])
        raise AssertionError(f"the server ended by itself: {''.join(said)}")

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            assert process.stderr is not None
            process.stderr.close()


@dataclass(frozen=True)
class Server:
    """A process that serves."""

    process: subprocess.Popen[str]
    url: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def job(self, id_: str) -> Any:
        return self.ask("GET", f"/api/v1/jobs/{id_}")

    def ended(self, ids: list[str]) -> dict[str, Any]:
        """The jobs once all have ended."""
        until = time.monotonic() + PATIENCE_SECONDS
        found = {}
        for id_ in ids:
            while (job := self.job(id_))["status"] not in ("done", "failed", "cancelled"):
                assert time.monotonic() < until, f"{id_} does not end: {job}"
                time.sleep(0.02)
            found[id_] = job
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """The exit code, which must be there soon."""
        self.process.terminate()
        return self.process.wait(GRACE_SECONDS)


@contextmanager
def home_in(folder: Path) -> Iterator[Home]:
    folder.mkdir(exist_ok=True)
    found = Home(folder)
    try:
        yield found
    finally:
        found.end()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with home_in(tmp_path / "home") as found:
        yield found


def song(name: str) -> dict[str, Any]:
    """A chain of steps that know whose they are, and its result in a file."""
    given: Any = len(name)
    prompt = {}
    for step in range(STEPS):
        inputs = {"value": given, "job": name, "step": step, "seconds": 0.03}
        prompt[str(step)] = {"class_type": "JournalStep", "inputs": inputs}
        given = [str(step), 0]
    save = {"class_type": "JournalSave", "inputs": {"value": given, "job": name}}
    return {**prompt, "save": save}


def submit(server: Server, name: str) -> str:
    body = {"prompt": song(name), "prompt_id": name, "client_id": "test"}
    answer = server.ask("POST", "/prompt", body)
    return str(answer["prompt_id"])


def results(home: Home, jobs: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """How each job ended and what the files hold that it shows."""
    return {
        name: (
            job["status"],
            [(home.folder / "output" / file["name"]).read_text() for file in job["files"]],
        )
        for name, job in jobs.items()
    }


def repeated(journal: list[list[str]]) -> list[tuple[str, str]]:
    """The steps that were done again although the process that did them had gone on from them."""
    wrong: list[tuple[str, str]] = []
    finished: set[tuple[str, str]] = set()
    last: dict[tuple[str, str], str] = {}  # by process and job
    for process, job, step in journal:
        if (job, step) in finished:
            wrong.append((job, step))
        before = last.get((process, job))
        if before is not None:
            finished.add((job, before))
        last[process, job] = step
    return wrong


def test_a_server_killed_ten_times_in_a_row_loses_no_job_and_ends_none_wrongly(
    tmp_path: Path,
) -> None:
    seeded = random.Random(3)
    names: list[str] = []
    with home_in(tmp_path / "killed") as home:
        for kill in range(KILLS):
            server = home.start()
            for _ in range(4 if kill == 0 else 1):
                names.append(submit(server, f"song{len(names)}"))
            time.sleep(seeded.uniform(0.0, 0.4))
            server.kill()
        server = home.start()
        jobs = server.ended(names)
        listed = server.ask("GET", "/api/v1/jobs?limit=100")
        history = server.ask("GET", "/history")
        killed = results(home, jobs)
        journal = home.journal
        assert server.stop() == 0
    with home_in(tmp_path / "undisturbed") as other:
        server = other.start()
        for name in names:
            submit(server, name)
        undisturbed = results(other, server.ended(names))
        once = other.journal
        server.kill()
    assert {job["id"] for job in listed["jobs"]} == set(names) == set(history)
    assert listed["total"] == len(names)
    assert killed == undisturbed
    assert {status for status, _ in undisturbed.values()} == {"done"}
    assert repeated(journal) == []
    assert {(job, step) for _, job, step in journal} == {(job, step) for _, job, step in once}
    assert len(once) == len(names) * (STEPS + 1)
    # At most two jobs ran when it was killed, each in one step.
    assert len(once) <= len(journal) <= len(once) + 2 * KILLS
    assert sum(job["attempts"] for job in jobs.values()) > len(names), "no kill met a running job"


def test_a_server_killed_while_it_starts_starts_again(home: Home) -> None:
    server = home.start()
    names = [submit(server, f"song{number}") for number in range(3)]
    server.kill()
    seeded = random.Random(5)
    for _ in range(4):
        process = home.begin()
        time.sleep(seeded.uniform(0.1, 0.8))
        process.kill()
        process.wait()
    server = home.start()
    assert {job["status"] for job in server.ended(names).values()} == {"done"}
    assert repeated(home.journal) == []
    server.kill()


def test_a_server_that_is_stopped_puts_back_what_runs_and_goes_on_with_the_next_start(
    home: Home,
) -> None:
    server = home.start()
    prompt = {"1": {"class_type": "Polite", "inputs": {}}}
    server.ask("POST", "/prompt", {"prompt": prompt, "prompt_id": "polite"})
    wait_for(home, ["polite"])
    server.ask("POST", "/api/v1/queue/pause")
    submit(server, "song")
    assert server.stop() == 0
    server = home.start()
    assert server.ask("GET", "/api/v1/queue")["paused"] is True
    polite, waits = server.job("polite"), server.job("song")
    assert (polite["status"], polite["attempts"]) == ("pending", 0)
    assert waits["status"] == "pending"
    server.ask("POST", "/api/v1/jobs/polite/cancel")
    server.ask("POST", "/api/v1/queue/resume")
    assert server.ended(["song"])["song"]["status"] == "done"
    assert server.stop() == 0


@pytest.mark.parametrize("name", ["DeafCpu", "DeafGpu", "DeafIo", "DeafAsync"])
def test_a_node_that_ignores_everything_does_not_hold_the_process(home: Home, name: str) -> None:
    server = home.start()
    prompt = {"1": {"class_type": name, "inputs": {}}}
    server.ask("POST", "/prompt", {"prompt": prompt, "prompt_id": "deaf"})
    wait_for(home, ["deaf"])
    server.ask("POST", "/api/v1/queue/pause")
    assert server.stop() == 0
    server = home.start()
    assert server.job("deaf")["status"] == "pending"
    server.kill()


def test_a_second_server_for_the_same_folder_refuses_in_a_sentence(home: Home) -> None:
    server = home.start()
    second = home.begin()
    assert second.stderr is not None
    said = second.stderr.read()
    assert second.wait(PATIENCE_SECONDS) == 2
    assert said == (
        f"patchbay: the folder {home.folder / 'user'} is in use: process {server.process.pid} "
        "serves from it; stop that one, or choose another folder with --user\n"
    )
    assert server.ask("GET", "/health")["status"] == "ok"
    server.kill()
    assert home.start().stop() == 0, "a lock was left behind"


def wait_for(home: Home, words: list[str]) -> None:
    """Until a node has begun."""
    until = time.monotonic() + PATIENCE_SECONDS
    while words not in [line[1:] for line in home.journal]:
        assert time.monotonic() < until
        time.sleep(0.01)
