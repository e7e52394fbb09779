"""A long sound that lies in the cache is read in pieces and never held whole."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from patchbay import Audio, codecs, sound
from patchbay.types import SocketType

RATE_HZ = 48_000
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def mapped_bytes() -> int:
    """How much of this process's memory is pages of files."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssFile"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no RssFile in /proc/self/status")


def stored(folder: Path, seconds: float) -> Audio:
    """A sound as it comes out of the cache: a view of a mapped file."""
    wave = np.sin(np.arange(round(seconds * RATE_HZ), dtype=np.float32) / 50)
    encoded = codecs.encode(Audio(np.tile(wave * np.float32(0.1), (2, 1)), RATE_HZ))
    assert encoded is not None
    path = folder / "sound"
    path.write_bytes(encoded.joined())
    audio = codecs.decode_file(SocketType("AUDIO"), str(path))
    assert isinstance(audio, Audio)
    return audio


WAYS: dict[str, Callable[[Audio], object]] = {
    "peak": lambda audio: audio.peak,
    "loudness": sound.loudness,
    "true peak": sound.true_peak_db,
    "joined": lambda audio: sound.joined([audio, audio], 1.0),
    "trimmed": lambda audio: sound.trimmed(audio, 0.5),
    "faded": lambda audio: sound.faded(audio, 1.0, 1.0),
    "mixed": lambda audio: sound.mixed([audio, audio]),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_read_of_a_mapped_file_is_let_go(tmp_path: Path, way: str) -> None:
    audio = stored(tmp_path, 60)
    WAYS[way](sound.trimmed(audio, 0.0, 1.0))  # whatever it imports counts once
    before = mapped_bytes()
    WAYS[way](audio)
    assert mapped_bytes() - before < audio.samples.nbytes / 4


def test_a_sound_reads_the_same_after_it_was_let_go(tmp_path: Path) -> None:
    audio = stored(tmp_path, 1)
    copy = audio.samples.copy()
    audio.let_go()
    assert np.array_equal(audio.samples, copy)
    Audio(copy, RATE_HZ).let_go()
