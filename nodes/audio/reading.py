"""Sound out of files: libsndfile reads what it can, FFmpeg the rest."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from patchbay import Audio, FileError, tags

Progress = Callable[[float, float], None]
Samples = NDArray[np.float32]

_MOST_CHANNELS = 8
_BLOCK_FRAMES = 1 << 16
_MOST_WAV_BYTES = (1 << 32) - 512
_SAMPLE_BYTES = {"PCM_U8": 1, "PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}
# Films and AAC speak of a length that is off by what their encoder puts before and behind.
_CODEC_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Part:
    """What is wanted of a file: from `start_seconds`, for `seconds`, None meaning to the end."""

    start_seconds: float = 0.0
    seconds: float | None = None


def read(path: Path, part: Part, progress: Progress) -> Audio:
    """The sound in a file, at its own rate, with its own channels. Raises FileError.

    Refused are files without sound, with more than 8 channels or with samples that are no
    numbers, and what is cut short before the end of the part.
    """
    if path.stat().st_size == 0:
        raise FileError(f"file {path.name} is empty (0 bytes): save or copy it again")
    file = _opened(path)
    if file is None:
        return _decoded(path, part, progress)
    with file:
        return _read(path, file, part, progress)


def _opened(path: Path) -> Any:
    """The file opened by libsndfile, or None for FFmpeg to try."""
    import soundfile

    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError:
        return None
    # libsndfile leaves the surround channels of Ogg in an order of their own.
    if file.format == "OGG" and file.channels > 2:
        file.close()
        return None
    return file


def _read(path: Path, file: Any, part: Part, progress: Progress) -> Audio:
    """What libsndfile has opened."""
    import soundfile

    _check_channels(path, file.channels)
    rate_hz, there = int(file.samplerate), int(file.frames)
    if not there:
        raise FileError(f"file {path.name} holds no sound (0 frames): record or export it again")
    promised = max(there, _promised_frames(path, file))
    start, end = _bounds(path, part, rate_hz, promised)
    if end > there:
        raise _cut_short(path, there / rate_hz, promised / rate_hz, part)
    samples = np.empty((file.channels, end - start), np.float32)
    done = 0
    while done < samples.shape[1]:
        wanted = min(_BLOCK_FRAMES, samples.shape[1] - done)
        try:
            if not done:
                file.seek(start)
            block = file.read(wanted, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            block = np.empty((0, 0), np.float32)
        if not len(block):
            raise _cut_short(path, (start + done) / rate_hz, promised / rate_hz, part)
        _check_numbers(path, block, (start + done) / rate_hz, rate_hz)
        samples[:, done : done + len(block)] = block.T
        done += len(block)
        progress(done, samples.shape[1])
    return Audio.trusted(samples, rate_hz)


def _decoded(path: Path, part: Part, progress: Progress) -> Audio:
    """What FFmpeg makes of the file."""
    import av

    try:
        with tags.opened(path) as container:
            if not container.streams.audio:
                raise FileError(f"file {path.name} holds no sound: choose another")
            stream = container.streams.audio[0]
            if stream.codec_context is None:
                raise FileError(f"file {path.name} holds sound of a kind that cannot be read")
            _check_channels(path, stream.channels)
            rate_hz = stream.rate
            promised = _length_seconds(container, stream)
            blocks = []
            for block in _packed(container, stream):
                blocks.append(block)
                progress(len(blocks), len(blocks) + 1)
    except (av.FFmpegError, RuntimeError) as error:
        raise FileError(
            f"file {path.name} cannot be read as sound: choose WAV, FLAC, MP3, Ogg, AIFF or M4A, "
            "or export it again"
        ) from error
    samples = np.concatenate(blocks, axis=1) if blocks else np.empty((1, 0), np.float32)
    if not samples.shape[1]:
        raise FileError(f"file {path.name} holds no sound (0 frames): record or export it again")
    there = samples.shape[1]
    complete = promised - there / rate_hz <= _CODEC_SECONDS
    start, end = _bounds(path, part, rate_hz, there if complete else int(promised * rate_hz))
    if end > there:
        raise _cut_short(path, there / rate_hz, promised, part)
    _check_numbers(path, samples[:, start:end].T, start / rate_hz, rate_hz)
    return Audio.trusted(samples[:, start:end], rate_hz)


def _packed(container: Any, stream: Any) -> Iterator[Samples]:
    """Blocks (channels, frames). One plane for all channels: PyAV knows only eight planes."""
    import av

    to_float = av.AudioResampler(format="flt", layout=stream.layout, rate=stream.rate)
    for frame in itertools.chain(container.decode(stream), (None,)):
        for piece in to_float.resample(frame):
            packed: Any = piece.to_ndarray()
            yield packed.reshape(piece.samples, -1).T


def _length_seconds(container: Any, stream: Any) -> float:
    """How long the file says it is; 0 where that would be a guess."""
    exact = "mov" in container.format.name and stream.duration is not None
    return float(stream.duration * stream.time_base) if exact else 0.0


def _bounds(path: Path, part: Part, rate_hz: int, frames: int) -> tuple[int, int]:
    start = round(part.start_seconds * rate_hz)
    if start >= frames:
        raise FileError(
            f"start {part.start_seconds:g} s: file {path.name} ends after {frames / rate_hz:.3f} s",
            input="start_seconds",
        )
    if part.seconds is None:
        return start, frames
    return start, min(start + max(round(part.seconds * rate_hz), 1), frames)


def _promised_frames(path: Path, file: Any) -> int:
    """How many frames the head of a WAV file speaks of; 0 where it does not know.

    libsndfile takes what is there of a file that was cut short, without a word.
    """
    each = _SAMPLE_BYTES.get(file.subtype, 0) * int(file.channels)
    if file.format not in ("WAV", "WAVEX") or not each:
        return 0
    with path.open("rb") as raw:
        raw.seek(12)
        while len(head := raw.read(8)) == 8:
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                # Who writes into a pipe does not know the length: the largest number stands there.
                return 0 if length > _MOST_WAV_BYTES else length // each
            raw.seek(length + length % 2, 1)
    return 0


def _check_channels(path: Path, channels: int) -> None:
    if channels > _MOST_CHANNELS:
        raise FileError(
            f"file {path.name} has {channels} channels: sound here has 1 to {_MOST_CHANNELS}; "
            "export fewer of them"
        )


def _check_numbers(path: Path, block: Samples, from_seconds: float, rate_hz: int) -> None:
    fine = np.isfinite(block).all(axis=1)
    if not fine.all():
        at = from_seconds + int(np.argmin(fine)) / rate_hz
        raise FileError(
            f"file {path.name} has a sample that is no number (NaN or infinite) at {at:.3f} s: "
            "export it again, or save it as 24 bits in the program that made it"
        )


def _cut_short(path: Path, there: float, promised: float, part: Part) -> FileError:
    left = max(there - part.start_seconds, 0.0)
    return FileError(
        f"file {path.name} is cut short: {there:.3f} of {promised:.3f} s are there; copy it again, "
        f"or set duration_seconds to {int(left * 1000) / 1000:g} or less to use those"
    )
