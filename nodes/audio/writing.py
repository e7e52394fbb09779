"""Sound into WAV, FLAC, MP3 and Opus files, block by block: a long tape is never copied whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from patchbay import Audio, InputError, sound

FileFormat = Literal["flac", "wav", "mp3", "opus"]
Bits = Literal["16", "24", "32"]
Progress = Callable[[float, float], None]

# Where a sound that would clip is turned down to.
_HIGHEST_DB = -0.1
_BLOCK_FRAMES = 1 << 16
# WAV counts its bytes in 32 bits; the rest is room for heads and tags.
_MOST_WAV_BYTES = (1 << 32) - (32 << 20)
_MP3_RATES_HZ = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
# FLAC's frames hold rates above 65,535 Hz in tens (RFC 9639, section 9.1.2).
_FLAC_ANY_HZ, _FLAC_TENS_HZ = 65_535, 655_350


@dataclass(frozen=True, slots=True)
class Plan:
    """How a sound goes into a file: what it became, its gain, and what the user should know."""

    audio: Audio
    file_format: FileFormat
    bits: int
    gain_db: float
    notes: tuple[str, ...]


def planned(audio: Audio, file_format: FileFormat, bits: int) -> Plan:
    """Fits a sound to a format. Raises InputError for what the format cannot hold."""
    notes = []
    if file_format == "flac" and bits == 32:
        bits = 24
        notes.append("flac holds at most 24 bits: saved with 24")
    if file_format in ("mp3", "opus"):
        if audio.channels > 2:
            raise InputError(
                f"{audio.channels} channels in {file_format}: choose flac or wav, or put Channels "
                "before this node",
                input="file_format",
            )
        rate_hz = _lossy_rate(audio.rate_hz, file_format)
        if rate_hz != audio.rate_hz:
            notes.append(f"{file_format}: resampled from {audio.rate_hz} Hz to {rate_hz} Hz")
            audio = sound.resampled(audio, rate_hz)
    if file_format == "wav" and audio.frames * audio.channels * bits // 8 > _MOST_WAV_BYTES:
        raise InputError(
            f"{audio.seconds / 3600:.1f} hours of sound in wav, which ends at 4 GB: choose flac",
            input="file_format",
        )
    if file_format == "flac" and not _flac_knows(audio.rate_hz):
        raise InputError(
            f"sample rate {audio.rate_hz} Hz in flac, which does not know it: choose wav",
            input="file_format",
        )
    gain_db, note = _headroom(audio, file_format == "wav" and bits == 32)
    return Plan(audio, file_format, bits, gain_db, (*notes, *note))


def write(path: Path, plan: Plan, bitrate_kbps: int, progress: Progress) -> None:
    """Writes the file; `progress` is told frames and may raise to stop."""
    if plan.file_format in ("mp3", "opus"):
        _write_lossy(path, plan, bitrate_kbps, progress)
    else:
        _write_exact(path, plan, progress)


def _write_exact(path: Path, plan: Plan, progress: Progress) -> None:
    import soundfile

    audio, bits = plan.audio, plan.bits
    subtype = "FLOAT" if bits == 32 else f"PCM_{bits}"
    dither = bits == 16 and not _on_grid(plan)
    # The same noise every time: the same sound gives the same file.
    random = np.random.Generator(np.random.SFC64(0)) if dither else None
    with soundfile.SoundFile(
        path, "w", audio.rate_hz, audio.channels, subtype, format=plan.file_format.upper()
    ) as file:
        for block in _blocks(plan, progress):
            file.write(block.T if bits == 32 else _whole(block, bits, random).T)


def _write_lossy(path: Path, plan: Plan, bitrate_kbps: int, progress: Progress) -> None:
    import av

    audio = plan.audio
    codec, container = {"mp3": ("libmp3lame", "mp3"), "opus": ("libopus", "ogg")}[plan.file_format]
    # LAME's fifth grade sounds like its third at these rates and takes half the time.
    options = {"compression_level": "5"} if plan.file_format == "mp3" else {}
    layout = "mono" if audio.channels == 1 else "stereo"
    with av.open(str(path), "w", format=container, options={"fflags": "+bitexact"}) as file:
        stream: Any = file.add_stream(codec, rate=audio.rate_hz, layout=layout, options=options)
        stream.bit_rate = bitrate_kbps * 1000
        at = 0
        for block in _blocks(plan, progress):
            packed = np.ascontiguousarray(block.T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
            frame.sample_rate, frame.pts = audio.rate_hz, at
            at += block.shape[1]
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _blocks(plan: Plan, progress: Progress) -> Iterator[NDArray[np.float32]]:
    done = 0
    gain = np.float32(10 ** (plan.gain_db / 20))
    for block in plan.audio.blocks(_BLOCK_FRAMES):
        yield block * gain if plan.gain_db else block
        done += block.shape[1]
        progress(done, plan.audio.frames)


def _whole(
    block: NDArray[np.float32], bits: int, random: np.random.Generator | None
) -> NDArray[np.int16] | NDArray[np.int32]:
    """Whole steps of 16 or 24 bits, the latter in the upper part of 32.

    At 16 bits with triangular dither of ±1 step, which turns distortion into an even hiss:
    S. Lipshitz, R. Wannamaker, J. Vanderkooy, "Quantization and dither", JAES 40 (1992). At 24
    bits the noise of any converter does that.
    """
    full = np.float32(1 << (bits - 1))
    steps = block * full
    if random is not None:
        steps += random.random(block.shape, np.float32) - random.random(block.shape, np.float32)
    np.clip(np.rint(steps, out=steps), -full, full - 1, out=steps)
    return steps.astype(np.int16) if bits == 16 else steps.astype(np.int32) << 8


def _on_grid(plan: Plan) -> bool:
    """Whether every sample is a whole step of 16 bits, as in a CD or in silence."""
    if plan.gain_db:
        return False
    for block in plan.audio.blocks(_BLOCK_FRAMES):
        steps = block * np.float32(1 << 15)
        if not np.array_equal(steps, np.rint(steps)):
            return False
    return True


def _headroom(audio: Audio, floating: bool) -> tuple[float, tuple[str, ...]]:
    """The gain in dB that keeps a sound from clipping, and a note when it is not 0."""
    peak = audio.peak
    if peak <= 1:
        return 0.0, ()
    above_db = 20 * log10(peak)
    if floating:
        return 0.0, (f"the peak is {above_db:.1f} dB above full scale, kept as 32-bit float",)
    down_db = above_db - _HIGHEST_DB
    return -down_db, (
        f"the peak is {above_db:.1f} dB above full scale: the whole was turned down by "
        f"{down_db:.1f} dB so that nothing clips; put Normalize before this node to choose how",
    )


def _flac_knows(rate_hz: int) -> bool:
    return rate_hz <= _FLAC_ANY_HZ or (rate_hz <= _FLAC_TENS_HZ and rate_hz % 10 == 0)


def _lossy_rate(rate_hz: int, file_format: FileFormat) -> int:
    """The rate to encode at: Opus knows 48 kHz inside whatever it is given."""
    if file_format == "opus":
        return 48_000
    return next((rate for rate in _MP3_RATES_HZ if rate >= rate_hz), _MP3_RATES_HZ[-1])
