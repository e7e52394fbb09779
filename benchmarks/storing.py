"""Hashing and storing a large sound, beside writing the same bytes and hashing them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from blake3 import blake3

from benchmarks.report import Report
from patchbay import Audio, codecs
from patchbay.store import Store

_BYTES = 512 << 20
_REPEATS = 3


def measure(report: Report) -> None:
    """Stores 512 MB of noise."""
    report.heading("storing a 512 MB sound")
    rng = np.random.default_rng(0)
    samples = rng.random((2, _BYTES // 8), np.float32)
    audio = Audio(samples, 48_000)
    with tempfile.TemporaryDirectory() as folder:
        limit = _least(lambda: _write_and_hash(samples, Path(folder) / "plain"))
        ours = _least(lambda: _store(audio, Path(folder)))
    report.fact(f"write and hash with BLAKE3: {limit:.2f} s; store: {ours:.2f} s")
    report.at_most("store / write and hash", ours / limit, 1.5, "times")


def _least(work: Callable[[], None]) -> float:
    best = float("inf")
    for _ in range(_REPEATS):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def _write_and_hash(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]], path: Path) -> None:
    data = samples.reshape(-1).view(np.uint8).data
    with path.open("wb") as file:
        file.write(data)
    blake3(data, max_threads=blake3.AUTO).digest()
    path.unlink()


def _store(audio: Audio, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as cache:
        store = Store(Path(cache), warn=print)
        encoded = codecs.encode(audio)
        assert encoded is not None
        store.put(audio, encoded)
        store.close()
