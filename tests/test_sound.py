"""What `patchbay.sound` promises, against the numbers of the standards it follows."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from math import inf, log10

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from patchbay import sound
from patchbay.channels import LAYOUTS
from patchbay.errors import InputError, MediaError
from patchbay.loudness import k_weighting
from patchbay.media import Audio

RATE_HZ = 48_000


def sine(
    level_db: float,
    seconds: float,
    *,
    rate_hz: int = RATE_HZ,
    frequency_hz: float = 1000.0,
    degrees: float = 0.0,
) -> NDArray[np.float64]:
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = np.sin(2 * np.pi * frequency_hz * time + np.radians(degrees))
    return np.asarray(10 ** (level_db / 20) * wave)


def stereo(*parts: NDArray[np.float64], rate_hz: int = RATE_HZ) -> Audio:
    return Audio(np.tile(np.concatenate(parts).astype(np.float32), (2, 1)), rate_hz)


def noise(seconds: float, *, channels: int = 2, level: float = 0.1, seed: int = 0) -> Audio:
    frames = round(seconds * RATE_HZ)
    samples = np.random.default_rng(seed).normal(0, level, (channels, frames))
    return Audio(samples.astype(np.float32), RATE_HZ)


def tone(seconds: float, channels: int = 1, rate_hz: int = RATE_HZ) -> Audio:
    wave = sine(-12, seconds, rate_hz=rate_hz, frequency_hz=440)
    return Audio(np.tile(wave.astype(np.float32), (channels, 1)), rate_hz)


# Loudness. The numbered cases are the signals of EBU Tech 3341 (2016), table 1, each ±0.1 LU.


@pytest.mark.parametrize("rate_hz", [8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("level_db", [-23.0, -33.0])
def test_a_sine_reads_its_level_at_any_rate_as_in_tech_3341_cases_1_and_2(
    rate_hz: int, level_db: float
) -> None:
    audio = stereo(sine(level_db, 5, rate_hz=rate_hz), rate_hz=rate_hz)
    assert sound.loudness(audio) == pytest.approx(level_db, abs=0.1)


def test_quiet_parts_are_gated_as_in_tech_3341_case_3() -> None:
    audio = stereo(sine(-36, 10), sine(-23, 60), sine(-36, 10))
    assert sound.loudness(audio) == pytest.approx(-23, abs=0.1)


def test_near_silence_does_not_move_the_gate_as_in_tech_3341_case_4() -> None:
    quiet, low = sine(-72, 10), sine(-36, 10)
    audio = stereo(quiet, low, sine(-23, 60), low, quiet)
    assert sound.loudness(audio) == pytest.approx(-23, abs=0.1)


def test_louder_and_softer_parts_average_by_power_as_in_tech_3341_case_5() -> None:
    audio = stereo(sine(-26, 20), sine(-20, 20.1), sine(-26, 20))
    assert sound.loudness(audio) == pytest.approx(-23, abs=0.1)


def test_surround_channels_weigh_more_as_in_tech_3341_case_6() -> None:
    levels = [-28.0, -28.0, -24.0, -30.0, -30.0]
    samples = np.stack([sine(level, 20) for level in levels]).astype(np.float32)
    assert sound.loudness(Audio(samples, RATE_HZ)) == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("channels", [6, 7, 8])
def test_the_low_frequency_channel_is_not_heard_and_the_back_weighs_less_than_the_side(
    channels: int,
) -> None:
    expected = {"bass": -inf, "left side": -26 + 1.5, "left back": -26.0, "back centre": -26.0}
    for index, name in enumerate(LAYOUTS[channels]):
        if name not in expected:
            continue
        samples = np.zeros((channels, RATE_HZ), np.float32)
        samples[index] = sine(-23, 1)
        assert sound.loudness(Audio(samples, RATE_HZ)) == pytest.approx(expected[name], abs=0.1)


def test_the_k_weighting_at_48_khz_is_the_table_of_bs_1770() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285]
    shelf += [1.0, -1.69065929318241, 0.73248077421585]
    cut = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    assert np.allclose(k_weighting(48_000), [shelf, cut], atol=1e-9, rtol=0)


@pytest.mark.parametrize("channels", [1, 2, 5])
def test_loudness_agrees_with_pyloudnorm(channels: int) -> None:
    audio = noise(8, channels=channels)
    swell = np.linspace(0, 1, audio.frames, dtype=np.float32) ** 2
    audio = Audio(audio.samples * swell, RATE_HZ)
    other = pyloudnorm.Meter(RATE_HZ).integrated_loudness(audio.samples.T.astype(float))
    assert sound.loudness(audio) == pytest.approx(other, abs=0.1)


def test_silence_and_no_frames_are_infinitely_quiet() -> None:
    for audio in (sound.silence(2, RATE_HZ), sound.silence(0, RATE_HZ)):
        assert sound.loudness(audio) == -inf
        assert sound.true_peak_db(audio) == -inf
        assert set(sound.short_term(audio)) == {-inf}


def test_sound_under_four_tenths_of_a_second_is_one_block() -> None:
    assert sound.loudness(stereo(sine(-23, 0.2))) == pytest.approx(-23, abs=0.2)


def test_short_term_follows_the_level_and_counts_whole_windows() -> None:
    levels = sound.short_term(stereo(sine(-30, 6), sine(-20, 6)))
    assert levels.shape == (91,)
    assert levels[0] == pytest.approx(-30, abs=0.1)
    assert levels[-1] == pytest.approx(-20, abs=0.1)
    with pytest.raises(InputError, match=r"hop 4.0 s"):
        sound.short_term(stereo(sine(-30, 1)), 3.0, 4.0)


# True peak. The numbered cases are those of EBU Tech 3341 (2016): +0.2, -0.4 dB.


@pytest.mark.parametrize(
    ("case", "part", "degrees", "amplitude"),
    [(15, 4, 0, 0.5), (16, 4, 45, 0.5), (17, 6, 60, 0.5), (18, 8, 67.5, 0.5), (19, 4, 45, 1.41)],
)
def test_peaks_between_samples_are_seen_as_in_tech_3341(
    case: int, part: int, degrees: float, amplitude: float
) -> None:
    level_db = 20 * log10(amplitude)
    wave = sine(level_db, 0.5, frequency_hz=RATE_HZ / part, degrees=degrees)
    audio = sound.faded(stereo(wave), 0.01, 0.01)
    assert level_db - 0.4 <= sound.true_peak_db(audio) <= level_db + 0.2, case


def test_the_true_peak_is_found_wherever_it_lies_between_blocks() -> None:
    pulse = np.sinc(0.9 * (np.arange(-200, 200) - 0.5))
    for at in (200, 65_536, 65_537, 131_071, 150_000 - 200):
        samples = np.zeros((1, 150_000), np.float32)
        samples[0, at - 200 : at + 200] = pulse
        assert sound.true_peak_db(Audio(samples, RATE_HZ)) == pytest.approx(0, abs=0.05)


# The limiter.


def exact_peak_db(audio: Audio) -> float:
    """The peak of sixteen times as many points, by a Fourier transform: no filter of ours."""
    samples = np.pad(audio.samples.astype(np.float64), ((0, 0), (2048, 2048)))
    points = np.fft.irfft(np.fft.rfft(samples), 16 * samples.shape[1])
    return 20 * log10(float(np.abs(points).max()) * 16)


def as_converted(wave: NDArray[np.float64], rate_hz: int) -> Audio:
    """Without what lies over 0.45 of the rate, as sound from any converter or resampler is."""
    spectrum = np.fft.rfft(wave)
    spectrum[..., round(0.9 * spectrum.shape[-1]) :] = 0
    return Audio(np.fft.irfft(spectrum, wave.shape[-1]).astype(np.float32), rate_hz)


@pytest.mark.parametrize("rate_hz", [8000, 44_100, 48_000])
def test_the_limiter_holds_the_true_peak_of_any_signal(rate_hz: int) -> None:
    random = np.random.default_rng(7)
    frames = 2 * rate_hz
    clicks = np.zeros((2, frames))
    clicks[:, random.integers(0, frames, 40)] = random.normal(0, 3, 40)
    square = 1.5 * np.sign(np.sin(2 * np.pi * 61 * np.arange(frames) / rate_hz))
    diagonal = 2 * np.sin(np.pi / 2 * np.arange(frames) + np.pi / 4) * np.hanning(frames)
    for wave in (random.normal(0, 0.7, (2, frames)), clicks, square, diagonal):
        result = sound.limited(as_converted(wave, rate_hz), -1.0)
        assert -1.6 < sound.true_peak_db(result) <= -1 + 0.1
        assert exact_peak_db(result) <= -1 + 0.1


def test_the_limiter_gives_back_what_is_under_the_ceiling() -> None:
    audio = noise(1, level=0.05)
    assert sound.limited(audio) is audio
    assert sound.limited(sound.silence(0, RATE_HZ)).frames == 0


def test_the_limiter_bends_smoothly_and_leaves_what_is_far_from_a_peak() -> None:
    wave = sine(-12, 3, frequency_hz=200)
    wave[RATE_HZ] = 2.0
    audio = Audio(wave.astype(np.float32), RATE_HZ)
    result = sound.limited(audio)
    assert np.array_equal(result.samples[:, : RATE_HZ - 480], audio.samples[:, : RATE_HZ - 480])
    assert np.array_equal(result.samples[:, 2 * RATE_HZ :], audio.samples[:, 2 * RATE_HZ :])
    heard = np.abs(audio.samples[0]) > 0.05
    gain_db = 20 * np.log10(result.samples[0, heard] / audio.samples[0, heard])
    assert gain_db.min() == pytest.approx(-7, abs=0.3)
    assert np.abs(np.diff(gain_db)).max() < 0.7


# Rate, channels, length.


@pytest.mark.parametrize("rate_hz", [8000, 44_100, 96_000])
def test_resampling_keeps_duration_level_and_frequency(rate_hz: int) -> None:
    result = sound.resampled(tone(8.0, 2), rate_hz)
    assert (result.rate_hz, result.frames) == (rate_hz, 8 * rate_hz)
    expected = sine(-12, 8, rate_hz=rate_hz, frequency_hz=440)
    middle = slice(rate_hz, 7 * rate_hz)
    assert np.abs(result.samples[:, middle] - expected[middle]).max() < 1e-3


def test_resampling_to_the_same_rate_and_of_nothing_changes_nothing() -> None:
    audio = tone(0.1)
    assert sound.resampled(audio, RATE_HZ) is audio
    assert sound.resampled(sound.silence(0, RATE_HZ), 8000).frames == 0
    assert sound.resampled(sound.silence(1 / RATE_HZ, RATE_HZ), 96_000).frames == 2
    with pytest.raises(InputError, match="0 Hz"):
        sound.resampled(audio, 0)


def test_mono_is_copied_and_stereo_averaged() -> None:
    mono = tone(0.01)
    eight = sound.with_channels(mono, 8)
    assert all(np.array_equal(channel, mono.samples[0]) for channel in eight.samples)
    assert np.allclose(sound.with_channels(eight, 1).samples, mono.samples)
    assert sound.with_channels(mono, 1) is mono
    two = Audio(np.array([[0.5], [-0.25]], np.float32), RATE_HZ)
    assert sound.with_channels(two, 1).samples.item() == 0.125
    with pytest.raises(InputError, match="9 channels"):
        sound.with_channels(mono, 9)


def test_surround_folds_to_stereo_as_in_bs_775() -> None:
    result = sound.with_channels(Audio(np.eye(6, dtype=np.float32), RATE_HZ), 2).samples
    half = 0.7071
    assert np.allclose(result[0], [1, 0, half, 0, half, 0], atol=1e-4)
    assert np.allclose(result[1], [0, 1, half, 0, 0, half], atol=1e-4)


def test_every_loudspeaker_but_the_bass_stays_heard_in_every_layout() -> None:
    for given, names in LAYOUTS.items():
        audio = Audio(np.eye(given, dtype=np.float32), RATE_HZ)
        for wanted, others in LAYOUTS.items():
            heard = sound.with_channels(audio, wanted).samples.sum(axis=0)
            kept = [name != "bass" or name in others for name in names]
            assert np.array_equal(heard > 0, kept), (given, wanted)


def test_trimming_takes_seconds_and_says_when_nothing_is_left() -> None:
    audio = noise(2)
    assert sound.trimmed(audio, 0.5, 1.25).frames == 36_000
    assert np.array_equal(sound.trimmed(audio, 1).samples, audio.samples[:, RATE_HZ:])
    assert sound.trimmed(audio, 0, 99).frames == audio.frames
    for start, end in ((2.0, None), (1.5, 1.0)):
        with pytest.raises(InputError, match="start before the end"):
            sound.trimmed(audio, start, end)


def test_fades_begin_and_end_in_silence_and_leave_the_middle() -> None:
    audio = Audio(np.ones((2, RATE_HZ), np.float32), RATE_HZ)
    for curve, middle in (("smooth", 0.5), ("linear", 0.5), ("equal power", 0.5**0.5)):
        result = sound.faded(audio, 0.25, 0.5, curve).samples[0]  # type: ignore[arg-type]  # names
        assert result[0] < 1e-3
        assert result[-1] < 1e-3
        assert result[6000] == pytest.approx(middle, abs=1e-3)
        assert result[36_000] == pytest.approx(middle, abs=1e-3)
        assert np.all(result[12_000:24_000] == 1)
    assert sound.faded(audio) is audio
    assert sound.faded(audio, 99, 99).frames == audio.frames
    with pytest.raises(InputError, match=r"-1 s"):
        sound.faded(audio, -1)


# Joining and mixing.


def test_a_matched_crossfade_of_unrelated_sounds_keeps_the_power() -> None:
    first, second = noise(6, seed=1), noise(6, seed=2)
    result = sound.crossfaded(first, second, 2 * RATE_HZ)
    assert result.frames == 10 * RATE_HZ
    levels = sound.short_term(result, 0.4)
    assert levels.max() - levels.min() < 0.6


def test_a_matched_crossfade_of_a_sound_with_itself_is_that_sound() -> None:
    audio = noise(4)
    first, second = sound.trimmed(audio, 0, 3), sound.trimmed(audio, 1)
    result = sound.crossfaded(first, second, 2 * RATE_HZ)
    assert np.allclose(result.samples, audio.samples, atol=1e-6)


def test_a_matched_crossfade_of_half_related_sounds_keeps_the_power() -> None:
    common, first, second = (noise(4, seed=seed).samples for seed in (1, 2, 3))
    one, two = (Audio((common + own) * 0.5**0.5, RATE_HZ) for own in (first, second))
    levels = sound.short_term(sound.crossfaded(one, two, 4 * RATE_HZ), 0.4)
    assert levels.max() - levels.min() < 0.6
    dip = sound.short_term(sound.crossfaded(one, two, 4 * RATE_HZ, "linear"), 0.4)
    assert dip.max() - dip.min() > 1.0


def test_explicit_curves_are_equal_power_and_equal_gain() -> None:
    one = Audio(np.array([[1.0] * 999, [0.0] * 999], np.float32), RATE_HZ)
    two = Audio(one.samples[::-1], RATE_HZ)
    power = sound.crossfaded(one, two, 999, "equal power").samples
    assert np.allclose((power**2).sum(axis=0), 1, atol=1e-6)
    assert np.allclose(sound.crossfaded(one, two, 999, "linear").samples.sum(axis=0), 1, atol=1e-6)


def test_a_crossfade_of_no_frames_puts_one_after_the_other() -> None:
    one, two = noise(0.1, seed=1), noise(0.2, seed=2)
    expected = np.concatenate((one.samples, two.samples), axis=1)
    assert np.array_equal(sound.crossfaded(one, two, 0).samples, expected)


def test_a_crossfade_of_sounds_that_do_not_fit_says_why() -> None:
    with pytest.raises(InputError, match="bring both to one rate"):
        sound.crossfaded(tone(1), tone(1, rate_hz=8000), 10)
    with pytest.raises(InputError, match="set 0 to 48000"):
        sound.crossfaded(tone(1), tone(2), 48_001)
    with pytest.raises(InputError, match="choose matched"):
        sound.crossfaded(tone(1), tone(2), 10, "wave")  # type: ignore[arg-type]  # on purpose


def test_mixing_takes_the_highest_rate_most_channels_and_longest_length() -> None:
    result = sound.mixed([tone(1, 1, 8000), tone(2, 2), tone(0.5, 6)])
    assert (result.rate_hz, result.channels, result.frames) == (RATE_HZ, 6, 2 * RATE_HZ)


def test_mixing_adds_with_gains_in_decibels() -> None:
    one, two = noise(1, seed=1), noise(0.5, seed=2)
    result = sound.mixed([one, two], [0.0, -20.0])
    half = two.frames
    assert np.allclose(result.samples[:, :half], one.samples[:, :half] + 0.1 * two.samples)
    assert np.array_equal(result.samples[:, half:], one.samples[:, half:])
    with pytest.raises(InputError, match="1 tracks, 2 gains"):
        sound.mixed([one], [0, 0])
    with pytest.raises(InputError, match="0 tracks"):
        sound.mixed([])


# Seams.


def test_a_good_join_is_usual_and_a_bad_one_is_not() -> None:
    air = np.random.default_rng(1).normal(0, 0.01, 8 * RATE_HZ)
    music = stereo(sine(-20, 8, frequency_hz=220) + air)
    good = sound.seam(music, 4 * RATE_HZ)
    assert good.step <= good.usual_step
    assert abs(good.level_change_lu) < 0.2
    assert good.spectrum_change_db < 3 * good.usual_spectrum_change_db
    bad = music.samples.copy()
    bad[:, 4 * RATE_HZ :] = 0.25 * noise(4, level=1.0).samples
    measured = sound.seam(Audio(bad, RATE_HZ), 4 * RATE_HZ)
    assert measured.level_change_lu > 3
    assert measured.spectrum_change_db > 3 * measured.usual_spectrum_change_db


def test_a_click_is_a_step_over_the_usual() -> None:
    samples = tone(4).samples.copy()
    samples[:, 96_000:] += 0.3
    measured = sound.seam(Audio(samples, RATE_HZ), 96_000)
    assert measured.step > 10 * measured.usual_step
    assert sound.seam(sound.silence(1, 8000, 8), 4000).level_change_lu == 0
    for frame in (0, 192_000):
        with pytest.raises(InputError, match="inside the sound"):
            sound.seam(Audio(samples, RATE_HZ), frame)


# Everything.


@pytest.mark.parametrize("channels", [1, 8])
@pytest.mark.parametrize("seconds", [0.0, 1 / 8000, 0.3])
def test_low_rates_few_frames_and_many_channels_work(channels: int, seconds: float) -> None:
    audio = tone(seconds, channels, 8000)
    for change in _CHANGES.values():
        assert change(audio).samples.dtype == np.float32
    assert sound.loudness(audio) <= 0
    assert sound.true_peak_db(audio) <= 0


def test_bad_values_say_what_to_set() -> None:
    with pytest.raises(InputError, match="ceiling nan"):
        sound.limited(tone(1), float("nan"))
    with pytest.raises(InputError, match=r"seconds -1 s"):
        sound.silence(-1, RATE_HZ)
    with pytest.raises(MediaError, match="sample rate 0"):
        sound.silence(1, 0)


_CHANGES: dict[str, Callable[[Audio], Audio]] = {
    "limited": lambda audio: sound.limited(audio, -20),
    "resampled": lambda audio: sound.resampled(audio, 48_001),
    "with_channels": lambda audio: sound.with_channels(audio, 3),
    "faded": lambda audio: sound.faded(audio, 20, 20),
    "mixed": lambda audio: sound.mixed([audio, audio]),
}


@pytest.mark.parametrize("name", _CHANGES)
def test_one_copy_of_a_long_sound_is_made_and_no_more(name: str) -> None:
    audio = noise(60, channels=2)
    tracemalloc.start()
    result = _CHANGES[name](audio)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < result.samples.nbytes + 14e6
