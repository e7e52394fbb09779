"""The server that is fuzzed, and what can be seen of it from outside."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psutil

from benchmarks.serving.process import Own
from benchmarks.serving.prompts import small
from tests.fuzz.media import upload, whole_files
from tests.fuzz.speech import PATIENCE_SECONDS, Step, ask, json_request, request

_HEALTHY_SECONDS = 2.0
_TRACEBACK = "Traceback (most recent call last)"
_TRACE_BEGINS = re.compile(f"(?={re.escape(_TRACEBACK)})")


@dataclass(frozen=True, slots=True)
class Size:
    """What a process holds of the machine."""

    memory_bytes: int
    open_files: int
    threads: int


class Target:
    """A server at an address. Of one that is not ours, memory, files and log cannot be seen."""

    def __init__(self, url: str, pid: int | None = None, log: Path | None = None) -> None:
        parts = urlsplit(url)
        self.url = url
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._process = psutil.Process(pid) if pid is not None else None
        self._log = log
        self._seen: set[str] = set()

    def prepare(self, held: bool) -> None:
        """Puts there what cases name: files, a job that has ended, one that waits if jobs are to
        be held. What is there already is no harm."""
        files = whole_files()
        for name, data in (("fuzz.png", files[0]), ("fuzz.wav", files[7]), ("broken.png", b"a")):
            ask(self.address, upload(name, data))
        ask(self.address, request("POST", "/userdata/workflows%2Fa.json", b"{}"))
        self._post("/api/v1/queue/resume")
        self._order("ended")
        end = time.perf_counter() + PATIENCE_SECONDS
        while not self._get("/history/ended"):
            if time.perf_counter() > end:
                raise TimeoutError("a small job did not end")
        if held:
            self._post("/api/v1/queue/pause")
            self._order("waiting")

    def size(self) -> Size | None:
        if self._process is None:
            return None
        with self._process.oneshot():
            memory = self._process.memory_info().rss
            return Size(memory, self._process.num_fds(), self._process.num_threads())

    def troubles(self) -> list[str]:
        """A traceback from the log or the error output for each last line that was not seen yet."""
        entries = self._get("/internal/logs/raw")["entries"]
        texts = [f"{entry['t']} {entry['m']}" for entry in entries]
        if self._log is not None:
            texts += _TRACE_BEGINS.split(self._log.read_text(errors="replace"))
        found = {text.rstrip().rpartition("\n")[2]: text for text in texts if _TRACEBACK in text}
        new = [text for last, text in found.items() if last not in self._seen]
        self._seen.update(found)
        return new

    def clear(self) -> None:
        """Ends all jobs, waits until none runs, and forgets them. Raises TimeoutError."""
        self._post("/api/v1/jobs/cancel")
        end = time.perf_counter() + PATIENCE_SECONDS
        while self.health()["running"]:
            if time.perf_counter() > end:
                raise TimeoutError("jobs that were cancelled still run")
        ask(self.address, request("DELETE", "/api/v1/history"))

    def health(self) -> dict[str, Any]:
        """Raises TimeoutError when it takes long."""
        answer = ask(self.address, request("GET", "/health"))
        if answer.seconds > _HEALTHY_SECONDS:
            raise TimeoutError(f"/health took {answer.seconds:.1f} s")
        found: dict[str, Any] = msgspec.json.decode(answer.body)
        return found

    def _order(self, id_: str) -> None:
        body = msgspec.json.encode({"prompt": small(1), "prompt_id": id_, "client_id": "fuzz"})
        ask(self.address, json_request("POST", "/prompt", body))

    def _get(self, path: str) -> Any:
        return msgspec.json.decode(ask(self.address, request("GET", path)).body)

    def _post(self, path: str) -> None:
        step: Step = json_request("POST", path, b"{}")
        answer = ask(self.address, step)
        assert answer.status == 200, (path, answer)


@contextlib.contextmanager
def own_target(folder: Path) -> Iterator[Target]:
    """A server of ours, with folders of its own that go with it."""
    server = Own(folder)
    server.start()
    try:
        yield Target(server.url, _listener(server.port), folder / "log.txt")
    finally:
        server.stop()


def _listener(port: int) -> int:
    """The process that listens; only looked for among those we started."""
    for child in psutil.Process().children(recursive=True):
        for one in child.net_connections("tcp"):
            if one.status == psutil.CONN_LISTEN and one.laddr.port == port:
                return child.pid
    raise RuntimeError(f"nothing of ours listens on port {port}")
