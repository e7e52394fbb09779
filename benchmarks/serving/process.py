"""The process of a server: started, stopped, and what it takes of the machine."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil

_PACK = Path(__file__).parent.parent / "pack"
_PATIENCE_SECONDS = 60
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Own:
    """A server of ours, with folders that outlive its process so that it can be started again."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", "patchbay.cli", "serve", "--port", str(self.port)]
        for option in ("cache", "output", "input", "user"):
            (folder / option).mkdir(parents=True)
            self._command += [f"--{option}", str(folder / option)]
        self._command += ["--packs", str(_PACK)]
        self._log = folder / "log.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Seconds from exec to the first answer of GET /system_stats. Raises RuntimeError."""
        with self._log.open("ab") as log:
            began = time.perf_counter()
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        while not _answers(f"{self.url}/system_stats"):
            code = self._process.poll()
            if code is not None or time.perf_counter() - began > _PATIENCE_SECONDS:
                said = self._log.read_text(errors="replace")[-2_000:]
                raise RuntimeError(f"the server did not start (exit code {code}):\n{said}")
            time.sleep(0.005)
        return time.perf_counter() - began

    def stop(self) -> None:
        """Asks it to end, as Ctrl-C does, and waits until it has."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


class Meter:
    """Processor time and memory of the process that serves a URL; of nothing when it is not on
    this machine, or not ours to look at."""

    def __init__(self, url: str) -> None:
        self._process = _serving(url)

    @property
    def here(self) -> bool:
        """Whether there is anything to measure."""
        return self._process is not None

    def seconds(self) -> float:
        """Processor time so far, of all its threads."""
        if self._process is None:
            return 0.0
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def memory_bytes(self) -> int:
        """Resident memory."""
        return 0 if self._process is None else int(self._process.memory_info().rss)

    def has_torch(self) -> bool:
        """Whether a library of torch is mapped into the process."""
        maps = [] if self._process is None else self._process.memory_maps()
        return any("/torch/" in region.path for region in maps)


def _serving(url: str) -> psutil.Process | None:
    parts = urlsplit(url)
    if parts.hostname not in _LOOPBACK:
        return None
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # on macOS only root may look
        return None
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN and connection.pid is not None
        if listens and getattr(connection.laddr, "port", 0) == (parts.port or 80):
            return psutil.Process(connection.pid)
    return None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
