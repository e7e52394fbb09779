"""The embedded music engine: what its musicians promise, measured in the sound."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from patchbay import Audio, InputError, Recipe, Section

FOLDER = Path(__file__).parents[2] / "nodes" / "music" / "synth"
RATE = 48_000
LOW_RATE = 16_000
FORM = (Section("intro", 4, 0.2), Section("verse", 8, 0.6), Section("chorus", 8, 0.95))
FULL = (Section("chorus", 8, 0.9),)
BAND = ("electric piano", "bass", "drums", "vibraphone", "soft pad")
SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
}
INSTRUMENTS = (
    "electric piano", "piano", "guitar", "vibraphone", "soft pad", "strings", "bass", "drums",
    "flute", "music box", "synth lead",
)  # fmt: skip


def _loaded() -> ModuleType:
    name = "_music_synth_under_test"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            name, FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
        )
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


synth = _loaded()


def _recipe(**changes: Any) -> Recipe:
    plain: dict[str, Any] = {
        "title": "Rain on the tram",
        "mood": "cozy",
        "bpm": 82.0,
        "tonic": "Eb",
        "mode": "major",
        "instruments": BAND,
        "sections": FORM,
        "ambience": "none",
        "prompt": "",
        "swing": 0.5,
    }
    return Recipe(**{**plain, **changes})


def _play(recipe: Recipe, seed: int, start_bar: int, bars: int, **options: Any) -> Audio:
    audio: Audio = synth.play(recipe, seed, start_bar, bars, **options)
    return audio


def _alike(one: NDArray[Any], other: NDArray[Any]) -> float:
    """The smaller of both channels' correlations."""
    return min(float(np.corrcoef(a, b)[0, 1]) for a, b in zip(one, other, strict=True))


def _decibels(power: float) -> float:
    return 10.0 * float(np.log10(max(power, 1e-12)))


def _digest(audio: Audio) -> str:
    return sha256(audio.samples.tobytes()).hexdigest()


def test_it_gives_stereo_of_exactly_the_bars_asked_for() -> None:
    recipe = _recipe(bpm=83.7)
    audio = _play(recipe, 1, 3, 2)
    ends = [round(bar * 240 / 83.7 * RATE) for bar in (3, 5)]
    assert audio.samples.shape == (2, ends[1] - ends[0])
    assert audio.samples.dtype == np.float32
    assert audio.rate_hz == RATE
    assert synth.bar_frames(recipe, 3, 2, RATE) == ends[1] - ends[0]


def test_bars_in_counts_whole_bars_and_never_none() -> None:
    recipe = _recipe(bpm=80.0)
    assert synth.bars_in(recipe, 30.0) == 10
    assert synth.bars_in(recipe, 29.9) == 9
    assert synth.bars_in(recipe, 0.1) == 1


def test_what_cannot_be_played_is_refused_with_the_remedy() -> None:
    with pytest.raises(InputError, match="play 1 bar or more"):
        _play(_recipe(), 1, 0, 0)


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    here = _digest(_play(_recipe(), 5, 4, 1, rate_hz=LOW_RATE))
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('t', {str(Path(__file__))!r})\n"
        "t = importlib.util.module_from_spec(spec); spec.loader.exec_module(t)\n"
        "print(t._digest(t._play(t._recipe(), 5, 4, 1, rate_hz=t.LOW_RATE)))"
    )
    root = str(FOLDER.parents[2])
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert there.stdout.strip() == here


def test_another_seed_is_another_piece() -> None:
    one, other = (_play(_recipe(), seed, 4, 2, rate_hz=LOW_RATE) for seed in (1, 2))
    assert abs(_alike(one.samples, other.samples)) < 0.6


@pytest.mark.parametrize(("bpm", "start"), [(82.0, 8), (77.3, 9), (40.0, 3)])
def test_a_bar_sounds_the_same_whatever_range_it_is_asked_for_in(bpm: float, start: int) -> None:
    recipe = _recipe(bpm=bpm, mood="dreamy", instruments=("piano", "strings", "bass", "drums"))
    long = _play(recipe, 3, start - 3, 5, rate_hz=LOW_RATE).samples
    short = _play(recipe, 3, start, 2, rate_hz=LOW_RATE).samples
    assert _alike(long[:, -short.shape[1] :], short) > 0.9999


def test_the_thousandth_bar_is_as_stable_and_as_loud_as_the_first() -> None:
    recipe = _recipe()
    near = _play(recipe, 3, 999, 2).samples
    there = _play(recipe, 3, 1000, 1).samples
    assert _alike(near[:, -there.shape[1] :], there) > 0.9999
    early = _play(recipe, 3, 12, 1).samples
    assert abs(_decibels(float(np.mean(there**2))) - _decibels(float(np.mean(early**2)))) < 4


@pytest.mark.parametrize("bars", [1, 4])
def test_a_loop_follows_itself_without_click_or_gap(bars: int) -> None:
    # At 32 kHz both ways are taken: 1 bar has an even number of frames, 4 bars an odd one.
    loop = _play(_recipe(bpm=77.3), 2, 8, bars, loop=True, rate_hz=32_000).samples
    frames = loop.shape[1]
    bend = np.abs(np.diff(np.concatenate([loop, loop], axis=1), 2, axis=1))
    assert bend[:, frames - 40 : frames + 40].max() <= np.quantile(bend, 0.9995)
    quiet = min(float(np.mean(loop[:, -1600:] ** 2)), float(np.mean(loop[:, :1600] ** 2)))
    assert _decibels(quiet) > -40


def test_what_rings_over_the_end_of_a_loop_is_heard_at_its_beginning() -> None:
    recipe = _recipe(instruments=("soft pad",), sections=FULL)
    straight = _play(recipe, 2, 0, 2, rate_hz=LOW_RATE).samples
    loop = _play(recipe, 2, 0, 2, rate_hz=LOW_RATE, loop=True).samples
    first = slice(0, LOW_RATE // 20)
    assert np.mean(loop[:, first] ** 2) > 10 * np.mean(straight[:, first] ** 2)


@pytest.mark.parametrize(("bpm", "mood"), [(72.0, "calm"), (82.0, "cozy"), (96.0, "energetic")])
def test_the_beat_is_the_recipes(bpm: float, mood: str) -> None:
    recipe = _recipe(bpm=bpm, mood=mood, sections=FULL)
    found = _tempo(_play(recipe, 4, 0, 10, rate_hz=LOW_RATE))
    assert min(abs(found * octave / bpm - 1.0) for octave in (0.5, 1.0, 2.0)) < 0.02


def _tempo(audio: Audio) -> float:
    """The tempo in 40 to 200 beats a minute whose multiples explain the onsets best."""
    hop = audio.rate_hz // 100
    mono = np.diff(audio.samples.mean(axis=0))
    frames = mono[: mono.size // hop * hop].reshape(-1, hop)
    onset = np.maximum(np.diff(np.log10(np.mean(frames**2, axis=1) + 1e-6)), 0.0)
    onset -= onset.mean()
    spectrum = np.abs(np.fft.rfft(onset, 4 * onset.size)) ** 2
    likeness = np.fft.irfft(spectrum)[: onset.size]
    tempi = np.arange(40.0, 200.0, 0.25)
    lags = 6000.0 / tempi[:, None] * np.arange(1, 13)
    comb = np.interp(lags, np.arange(likeness.size), likeness).sum(axis=1)
    return float(tempi[np.argmax(comb)])


@pytest.mark.parametrize(
    ("tonic", "mode"),
    [("C", "major"), ("F#", "minor"), ("D", "dorian"), ("G", "mixolydian"), ("Bb", "lydian")],
)
def test_the_notes_belong_to_the_key(tonic: str, mode: str) -> None:
    recipe = _recipe(
        tonic=tonic, mode=mode, instruments=("piano", "flute"), sections=FULL, mood="focused"
    )
    chroma = _chroma(_play(recipe, 6, 0, 8, rate_hz=LOW_RATE))
    names = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    fits = [
        sum(chroma[(root + step) % 12] for step in SCALES[mode]) / chroma.sum()
        for root in range(12)
    ]
    assert names[int(np.argmax(fits))] == tonic
    assert max(fits) > 0.85


def _chroma(audio: Audio) -> NDArray[np.float64]:
    """Power in each pitch class from 130 to 1000 Hz."""
    size = 1 << 14
    mono = audio.samples.mean(axis=0)
    windows = np.lib.stride_tricks.sliding_window_view(mono, size)[:: size // 2]
    power = (np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) ** 2).sum(axis=0)
    hertz = np.fft.rfftfreq(size, 1.0 / audio.rate_hz)
    heard = (hertz > 130.0) & (hertz < 1000.0)
    classes = np.round(69 + 12 * np.log2(hertz[heard] / 440.0)).astype(int) % 12
    return np.asarray(np.bincount(classes, weights=power[heard], minlength=12), dtype=np.float64)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_an_instrument_that_is_named_is_heard(instrument: str) -> None:
    base = "piano" if instrument != "piano" else "electric piano"
    without = _play(_recipe(instruments=(base,), sections=FULL), 1, 0, 4, rate_hz=LOW_RATE)
    named = _recipe(instruments=(base, instrument), sections=FULL)
    alone = _recipe(instruments=(instrument,), sections=(Section("verse", 8, 0.0),))
    added = _play(named, 1, 0, 4, rate_hz=LOW_RATE)
    assert _alike(without.samples, added.samples) < 0.97
    assert _decibels(float(np.mean(_play(alone, 1, 0, 4, rate_hz=LOW_RATE).samples ** 2))) > -38


@pytest.mark.slow
def test_ten_chunks_in_a_row_keep_their_loudness() -> None:
    meter = pyloudnorm.Meter(LOW_RATE)
    recipe = _recipe(sections=(*FORM, Section("break", 4, 0.3)))
    bars = synth.bars_in(recipe, 30.0)
    chunks = [_play(recipe, 9, index * bars, bars, rate_hz=LOW_RATE) for index in range(10)]
    loudness = [meter.integrated_loudness(chunk.samples.T) for chunk in chunks]
    assert max(loudness) - min(loudness) < 2.0
    assert all(-18.5 < value < -15.5 for value in loudness)
    assert max(chunk.peak for chunk in chunks) < 0.95


def test_bare_and_full_sections_are_within_four_decibels() -> None:
    meter = pyloudnorm.Meter(LOW_RATE)
    recipe = _recipe(sections=(Section("verse", 6, 0.1), Section("chorus", 6, 1.0)))
    wave = _play(recipe, 9, 0, 12, rate_hz=LOW_RATE).samples
    bare, full = (meter.integrated_loudness(half.T) for half in np.array_split(wave, 2, axis=1))
    assert bare - 1.0 < full < bare + 4.0


@pytest.mark.parametrize("mood", ["calm", "dark", "energetic"])
def test_the_mix_is_clean_mono_compatible_and_rolled_off(mood: str) -> None:
    wave = _play(_recipe(mood=mood, sections=FULL), 8, 0, 6).samples.astype(np.float64)
    assert np.abs(wave).max() < 0.95
    assert np.abs(wave.mean(axis=1)).max() < 1e-3
    mono = float(np.mean(wave.mean(axis=0) ** 2))
    assert _decibels(mono) > _decibels(float(np.mean(wave**2))) - 2.0
    power = np.abs(np.fft.rfft(wave.mean(axis=0))) ** 2
    hertz = np.fft.rfftfreq(wave.shape[1], 1.0 / RATE)
    lows, mids, highs = (
        power[(hertz >= low) & (hertz < high)].sum()
        for low, high in ((40, 250), (250, 4000), (11_000, 20_000))
    )
    assert 0.2 < lows / mids < 8.0
    assert _decibels(highs / mids) < -18.0


@pytest.mark.parametrize("changes", [{"bpm": 40.0}, {"bpm": 200.0}, {"swing": 0.0}, {"swing": 1.0}])
def test_the_extremes_of_a_recipe_are_played(changes: dict[str, Any]) -> None:
    audio = _play(_recipe(**changes), 1, 1000, 1, rate_hz=LOW_RATE)
    assert audio.frames == synth.bar_frames(_recipe(**changes), 1000, 1, LOW_RATE)
    assert 0.05 < audio.peak < 0.95


def test_swing_moves_the_off_beats() -> None:
    straight, swung = (
        _play(_recipe(instruments=("drums",), sections=FULL, swing=swing), 1, 0, 2)
        for swing in (0.0, 1.0)
    )
    assert _alike(straight.samples, swung.samples) < 0.9


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100])
def test_any_usual_rate_is_played(rate_hz: int) -> None:
    audio = _play(_recipe(), 1, 4, 1, rate_hz=rate_hz)
    assert audio.rate_hz == rate_hz
    assert audio.peak > 0.1


def test_progress_is_told_and_may_cancel() -> None:
    told: list[tuple[int, int]] = []
    _play(_recipe(), 1, 0, 1, rate_hz=LOW_RATE, progress=lambda *step: told.append(step))
    assert len(told) >= 3
    assert told[-1][0] == told[-1][1]

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _play(_recipe(), 1, 0, 1, rate_hz=LOW_RATE, progress=stop)


def test_after_its_last_section_the_piece_goes_on_with_the_body_varied() -> None:
    recipe = _recipe(sections=(*FORM, Section("outro", 4, 0.2)))
    score = sys.modules[synth.__name__ + ".score"].Score(recipe, 3)
    names = [score.measure(bar).place.section.name for bar in (0, 4, 12, 20, 24, 32, 40)]
    assert names == ["intro", "verse", "chorus", "outro", "verse", "chorus", "verse"]
    verses = [[score.bar(start + bar) for bar in range(8)] for start in (4, 24, 40)]
    assert all(one != other for one, other in pairwise(verses))


def test_voices_move_little_from_chord_to_chord() -> None:
    score = sys.modules[synth.__name__ + ".score"].Score(_recipe(sections=FULL), 3)
    chords = [stretch.voicing for bar in range(8) for stretch in score.measure(bar).stretches]
    moves = [
        abs(after - before)
        for one, other in pairwise(chords)
        for before, after in zip(one, other, strict=True)
    ]
    assert np.mean(moves) < 2.5
    assert all(52 <= pitch <= 74 for chord in chords for pitch in chord)
