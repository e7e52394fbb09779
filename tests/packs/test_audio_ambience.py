"""What the ambience engine promises: endless, calm, repeatable places, level with each other."""

from __future__ import annotations

import sys
import tracemalloc
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from patchbay import Audio, InputError, sound

_FOLDER = Path(__file__).parents[2] / "nodes" / "audio" / "ambience"
_NAME = "_test_audio_ambience"
# Half the tests listen at this rate: quick, and all that tells the kinds apart lies under 8 kHz.
LOW_HZ = 16_000
SECONDS = 90


def _loaded() -> ModuleType:
    spec = spec_from_file_location(
        _NAME, _FOLDER / "__init__.py", submodule_search_locations=[str(_FOLDER)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[_NAME] = module
    spec.loader.exec_module(module)
    return module


ambience: Any = _loaded()
mixed_with: Any = import_module(f"{_NAME}.mix").mixed_with
KINDS = ("rain", "ocean", "crickets", "cafe", "fireplace", "vinyl")


@cache
def place(
    kind: str, seconds: int, rate_hz: int = LOW_HZ, seed: int = 4, channels: int = 2
) -> Audio:
    parts = ambience.blocks(kind, seconds * rate_hz, rate_hz, seed, channels=channels)
    return Audio(np.concatenate(list(parts), axis=1), rate_hz)


def octaves_db(audio: Audio) -> dict[int, float]:
    """The part of each octave in all energy, by its middle in Hz."""
    power = np.abs(np.fft.rfft(audio.samples.astype(np.float64))).sum(axis=0) ** 2
    pitch = np.fft.rfftfreq(audio.frames, 1 / audio.rate_hz)
    middles = (63, 125, 250, 500, 1000, 2000, 4000)
    parts = {m: power[(pitch >= m / 2**0.5) & (pitch < m * 2**0.5)].sum() for m in middles}
    return {middle: float(10 * np.log10(part / power.sum())) for middle, part in parts.items()}


def repetition(signal: NDArray[np.float64], first_lag: int) -> float:
    """The highest autocorrelation at any lag from `first_lag` to four fifths of the signal."""
    signal = signal - signal.mean()
    spectrum = np.abs(np.fft.rfft(signal, 2 * signal.size)) ** 2
    products = np.fft.irfft(spectrum)[: signal.size]
    scale = signal.size / np.arange(signal.size, 0, -1)
    return float((products * scale / products[0])[first_lag : signal.size * 4 // 5].max())


def peakedness(audio: Audio) -> float:
    """The kurtosis of the highs: 3 is steady noise, more is single events."""
    highs = np.diff(audio.samples[0].astype(np.float64))
    return float(np.mean(highs**4) / np.mean(highs**2) ** 2)


def test_the_kinds_are_these() -> None:
    assert ambience.KINDS == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_is_the_same_place_and_another_is_not(kind: str) -> None:
    first = list(ambience.blocks(kind, 40_000, LOW_HZ, 7))
    again = list(ambience.blocks(kind, 40_000, LOW_HZ, 7))
    other = list(ambience.blocks(kind, 40_000, LOW_HZ, 8))
    assert np.array_equal(np.concatenate(first, 1), np.concatenate(again, 1))
    correlation = np.corrcoef(np.concatenate(first, 1)[0], np.concatenate(other, 1)[0])[0, 1]
    assert abs(correlation) < 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_of_any_size_are_the_same_sound_and_more_frames_only_go_on(kind: str) -> None:
    small = list(ambience.blocks(kind, 50_000, LOW_HZ, 1, block_frames=1000))
    large = list(ambience.blocks(kind, 60_001, LOW_HZ, 1, block_frames=65_536))
    assert [part.shape for part in small] == [(2, 1000)] * 50
    assert [part.shape for part in large] == [(2, 60_001)]
    assert np.array_equal(np.concatenate(small, axis=1), large[0][:, :50_000])


@pytest.mark.parametrize("kind", KINDS)
def test_neither_the_wave_nor_the_loudness_repeats_in_a_minute_and_a_half(kind: str) -> None:
    channel = place(kind, SECONDS).samples[0].astype(np.float64)
    assert repetition(channel, LOW_HZ) < 0.2
    frames = channel[: channel.size // 160 * 160].reshape(-1, 160)
    envelope = np.log(np.sqrt((frames**2).mean(axis=1)) + 1e-6)
    assert repetition(envelope, 200) < 0.6


def test_the_measure_of_repetition_would_notice_a_loop() -> None:
    part = place("rain", SECONDS).samples[0, : 30 * LOW_HZ].astype(np.float64)
    assert repetition(np.tile(part, 3), LOW_HZ) > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_about_as_loud_without_clipping_or_offset(kind: str) -> None:
    audio = place(kind, SECONDS)
    assert sound.loudness(audio) == pytest.approx(-30, abs=1)
    assert audio.peak < 0.9
    assert np.abs(audio.samples.mean(axis=1)).max() < 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_other_rates_and_channels_are_as_loud(kind: str) -> None:
    for rate_hz, channels in ((8000, 1), (8000, 8), (48_000, 2)):
        audio = place(kind, 20, rate_hz, 5, channels)
        assert audio.channels == channels
        assert sound.loudness(audio) == pytest.approx(-30, abs=2)


@pytest.mark.parametrize("kind", KINDS)
def test_seconds_join_without_a_step(kind: str) -> None:
    steps = np.abs(np.diff(place(kind, SECONDS).samples, axis=1))
    assert steps[:, LOW_HZ - 1 :: LOW_HZ].mean() < 1.5 * steps.mean()


@pytest.mark.parametrize("kind", KINDS)
def test_loudspeaker_pairs_have_places_of_their_own_and_the_bass_is_silent(kind: str) -> None:
    samples = place(kind, 20, 8000, 5, 8).samples
    assert not samples[[2, 3]].any()
    assert np.abs(np.corrcoef(samples[[0, 4, 6]]) - np.eye(3)).max() < 0.15


def test_rain_is_broad_and_has_drops() -> None:
    octaves = octaves_db(place("rain", SECONDS))
    assert min(octaves[middle] for middle in (500, 1000, 2000, 4000)) > -15
    assert octaves[63] < -15
    assert peakedness(place("rain", SECONDS)) > 3.5


def test_waves_come_every_six_to_twelve_seconds_and_hiss_after_they_rumble() -> None:
    from scipy.signal import find_peaks

    audio = place("ocean", SECONDS)
    levels = sound.short_term(audio, 2.0)
    peaks = find_peaks(levels, prominence=2)[0]
    gaps = np.diff(peaks) * 0.1
    assert 6 < gaps.mean() < 12
    assert gaps.std() > 0.5
    assert 6 < np.percentile(levels, 95) - np.percentile(levels, 5) < 18
    bands = []
    for low_hz, high_hz in ((50, 200), (3000, 7000)):
        spectrum = np.fft.rfft(audio.samples[0].astype(np.float64))
        pitch = np.fft.rfftfreq(audio.frames, 1 / LOW_HZ)
        spectrum[(pitch < low_hz) | (pitch > high_hz)] = 0
        power = np.fft.irfft(spectrum) ** 2
        bands.append(power.reshape(2 * SECONDS, -1).mean(axis=1) ** 0.5)
    rumble, hiss = (band - band.mean() for band in bands)
    delays = [float(rumble[: 2 * SECONDS - lag] @ hiss[lag:]) for lag in range(12)]
    assert 0.5 <= 0.5 * int(np.argmax(delays)) <= 4


def test_crickets_sing_between_two_and_a_half_and_six_kilohertz_in_pulses() -> None:
    audio = place("crickets", 20, 48_000, 5)
    power = np.abs(np.fft.rfft(audio.samples.astype(np.float64))).sum(axis=0) ** 2
    pitch = np.fft.rfftfreq(audio.frames, 1 / audio.rate_hz)
    assert power[(pitch > 2500) & (pitch < 6000)].sum() > 0.85 * power.sum()
    # No single tone stands: the loudest 20 Hz hold less than a fifth of it.
    width = round(20 * audio.seconds)
    assert np.convolve(power, np.ones(width)).max() < 0.2 * power.sum()
    assert peakedness(audio) > 5


def test_the_cafe_has_the_spectrum_and_the_syllables_of_speech() -> None:
    audio = place("cafe", SECONDS)
    octaves = octaves_db(audio)
    assert octaves[500] == max(octaves.values())
    assert octaves[4000] < -12
    frames = audio.samples[0].reshape(-1, LOW_HZ // 50).astype(np.float64)
    envelope = np.sqrt((frames**2).mean(axis=1))
    modulation = np.abs(np.fft.rfft(envelope - envelope.mean())) ** 2
    pace = np.fft.rfftfreq(envelope.size, 1 / 50)
    slow = modulation[(pace > 0.5) & (pace < 8)].mean()
    assert slow > 2 * modulation[pace > 12].mean()


def test_the_fire_roars_low_and_crackles_in_bursts() -> None:
    audio = place("fireplace", SECONDS)
    octaves = octaves_db(audio)
    assert max(octaves[63], octaves[125]) > octaves[2000]
    assert peakedness(audio) > 20
    counts = loud_events(audio)
    assert 0.5 < counts.mean() < 30
    assert counts.var() > 1.5 * counts.mean()


def test_the_record_ticks_at_random_and_not_once_a_turn() -> None:
    audio = place("vinyl", SECONDS)
    counts = loud_events(audio)
    assert 2 < counts.mean() < 40
    assert peakedness(audio) > 20
    frames = audio.samples[0].reshape(-1, 160).astype(np.float64)
    envelope = np.log((frames**2).mean(axis=1) + 1e-9)
    turn = 180
    assert np.corrcoef(envelope[:-turn], envelope[turn:])[0, 1] < 0.1


def loud_events(audio: Audio) -> NDArray[np.float64]:
    """How many stretches of 10 ms in each second have highs over eight times the usual."""
    highs = np.abs(np.diff(audio.samples[0], append=0)).reshape(-1, audio.rate_hz // 100)
    peaks = highs.max(axis=1)
    loud = (peaks > 8 * np.median(highs)).astype(np.float64)
    return np.asarray(loud.reshape(-1, 100).sum(axis=1))


def test_hours_need_no_more_memory_than_seconds() -> None:
    def most(seconds: int) -> int:
        tracemalloc.start()
        for _ in islice(ambience.blocks("fireplace", 3600 * 8000, 8000, 1), seconds // 8):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    most(8)
    assert most(40) < 1.1 * most(16)


def test_bad_requests_say_what_to_choose() -> None:
    for arguments, message in (
        (("snow", 10, 8000, 1), "kind 'snow': choose rain, ocean"),
        (("rain", 10, 100, 1), "sample rate 100 Hz"),
        (("rain", -1, 8000, 1), "-1 frames"),
    ):
        with pytest.raises(InputError, match=message):
            ambience.blocks(*arguments)
    with pytest.raises(InputError, match="9 channels"):
        ambience.blocks("rain", 10, 8000, 1, channels=9)
    assert list(ambience.blocks("rain", 0, 8000, 1)) == []
    assert next(ambience.blocks("rain", 10, 8000, -5)).shape == (2, 10)


# The mix.


def music(seconds: float, channels: int = 2, rate_hz: int = LOW_HZ, level: float = 0.1) -> Audio:
    samples = np.random.default_rng(1).normal(0, level, (channels, round(seconds * rate_hz)))
    return Audio(samples.astype(np.float32), rate_hz)


@pytest.mark.parametrize(("channels", "rate_hz"), [(1, LOW_HZ), (2, LOW_HZ), (8, 8000)])
def test_the_ambience_lies_as_far_under_the_music_as_asked(channels: int, rate_hz: int) -> None:
    given = music(30, channels, rate_hz)
    result = mixed_with(given, "rain", -14, 3, fade_in_seconds=1, fade_out_seconds=1)
    assert (result.channels, result.rate_hz, result.frames) == (channels, rate_hz, given.frames)
    added = Audio(result.samples - given.samples, rate_hz)
    assert sound.loudness(added) == pytest.approx(sound.loudness(given) - 14, abs=1.5)
    assert np.abs(added.samples[:, :20]).max() < 1e-4
    assert np.abs(added.samples[:, -20:]).max() < 1e-4


def test_silent_music_counts_as_minus_23_lufs() -> None:
    result = mixed_with(sound.silence(30, LOW_HZ), "vinyl", -7, 3)
    assert sound.loudness(result) == pytest.approx(-30, abs=1.5)


def test_the_ambience_can_outlast_the_music() -> None:
    given = music(2)
    result = mixed_with(given, "cafe", 0, 1, fade_out_seconds=1, tail_seconds=3)
    assert result.frames == 5 * LOW_HZ
    assert sound.loudness(sound.trimmed(result, 2.2, 3.8)) > -40
    assert mixed_with(music(0), "cafe", tail_seconds=0.5).frames == LOW_HZ // 2
    assert mixed_with(music(0), "cafe").frames == 0


def test_only_a_mix_that_would_pass_minus_one_decibel_is_limited() -> None:
    loud = mixed_with(music(3, level=0.5), "rain", -3)
    assert sound.true_peak_db(loud) == pytest.approx(-1, abs=0.1)
    quiet = music(3, level=0.01)
    added = mixed_with(quiet, "rain", -80).samples - quiet.samples
    assert np.abs(added).max() < 1e-5


def test_the_mix_needs_one_array_of_its_size() -> None:
    given = music(60, 8, 8000, 0.5)
    mixed_with(music(2, 8, 8000), "vinyl")
    tracemalloc.start()
    result = mixed_with(given, "vinyl")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < result.samples.nbytes + 14e6


def test_bad_mixes_say_what_to_set() -> None:
    with pytest.raises(InputError, match="level nan LU"):
        mixed_with(music(1), "rain", float("nan"))
    with pytest.raises(InputError, match=r"-1 s: set fades"):
        mixed_with(music(1), "rain", fade_in_seconds=-1)
    with pytest.raises(InputError, match="kind 'wind'"):
        mixed_with(music(1), "wind")
