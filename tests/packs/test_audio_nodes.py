"""What the nodes of the audio pack promise."""

from __future__ import annotations

import json
from math import inf, log10
from pathlib import Path
from typing import Any

import av
import numpy as np
import pyloudnorm
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from patchbay import Audio, FileError, InputError, sound, tags
from patchbay.errors import CancelledError
from patchbay.types import Engine, Provenance
from tests.machine import Machine, entry, link
from tests.packs.bench import Bench

RATE_HZ = 48_000


def noise(
    seconds: float = 0.5, channels: int = 2, rate_hz: int = RATE_HZ, level: float = 0.1
) -> Audio:
    random = np.random.default_rng(5)
    samples = random.normal(0, level, (channels, max(round(seconds * rate_hz), 1)))
    return Audio(np.clip(samples, -1, 1).astype(np.float32), rate_hz)


def sine(level_db: float, seconds: float = 2.0, channels: int = 2, hz: float = 997.0) -> Audio:
    wave = 10 ** (level_db / 20) * np.sin(
        2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    )
    return Audio(np.tile(wave.astype(np.float32), (channels, 1)), RATE_HZ)


EMPTY = Audio(np.zeros((2, 0), np.float32), RATE_HZ)
SOUNDS = {
    "one frame": noise(0, 1),
    "mono": noise(channels=1),
    "8 channels": noise(channels=8),
    "8 kHz": noise(rate_hz=8000),
    "silence": sound.silence(0.5, RATE_HZ),
    "full scale": sine(0, 0.5),
}
NODES: dict[str, dict[str, Any]] = {
    "Gain": {"audio": ..., "db": -3.0},
    "Trim": {"audio": ...},
    "Fade": {"audio": ..., "in_seconds": 0.1, "out_seconds": 0.1},
    "Resample": {"audio": ..., "rate_hz": 44_100},
    "Channels": {"audio": ..., "layout": "5.1"},
    "Normalize": {"audio": ...},
    "Crossfade": {"first": ..., "second": noise(), "seconds": 0.2},
    "MixAudio": {"tracks": [..., noise()]},
    "JoinAudio": {"sounds": [..., noise()], "crossfade_seconds": 0.1},
    "AmbienceMix": {"music": ..., "kind": "rain"},
}
SINKS: dict[str, dict[str, Any]] = {
    "AudioInfo": {"audio": ...}, "SaveAudio": {"audio": ...}, "PreviewAudio": {"audio": ...},
}  # fmt: skip


def inputs(given: dict[str, Any], audio: Audio) -> dict[str, Any]:
    """The inputs with the sound in place of the dots."""
    put = {
        k: [audio if x is ... else x for x in v] if isinstance(v, list) else v
        for k, v in given.items()
    }
    return {name: audio if value is ... else value for name, value in put.items()}


# All nodes.


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("name", NODES)
def test_every_node_takes_every_kind_of_sound(bench: Bench, name: str, kind: str) -> None:
    audio = SOUNDS[kind]
    before = audio.samples.copy()
    result = bench.call(name, **inputs(NODES[name], audio))
    assert isinstance(result, Audio)
    assert result.frames > 0
    assert np.isfinite(result.samples).all()
    assert not result.samples.flags.writeable
    assert np.array_equal(audio.samples, before)


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("name", SINKS)
def test_every_sink_takes_every_kind_of_sound(bench: Bench, name: str, kind: str) -> None:
    audio = SOUNDS[kind]
    bench.call(name, **inputs(SINKS[name], audio))
    assert bench.facts["seconds"] == pytest.approx(audio.seconds, abs=1e-3)
    json.dumps(bench.ui, allow_nan=False)
    if name != "AudioInfo":
        assert soundfile.info(bench.saved).frames == audio.frames


@pytest.mark.parametrize("name", [*NODES, *SINKS])
def test_every_node_says_which_input_is_empty(bench: Bench, name: str) -> None:
    given = NODES.get(name) or SINKS[name]
    with pytest.raises(InputError, match=r"is empty \(0 frames\): give it a sound") as error:
        bench.call(name, **inputs(given, EMPTY))
    assert error.value.details["input"] in given


# Level.


def test_six_decibels_double_the_amplitude(bench: Bench) -> None:
    audio = noise()
    result = bench.call("Gain", audio=audio, db=20 * log10(2))
    assert np.allclose(result.samples, 2 * audio.samples)
    assert bench.call("Gain", audio=audio, db=0.0) is audio


def test_gain_clips_nothing_and_says_when_full_scale_is_passed(bench: Bench) -> None:
    result = bench.call("Gain", audio=sine(-6), db=12.0)
    assert result.peak == pytest.approx(10 ** (6 / 20), rel=1e-3)
    assert "6.0 dB above full scale" in bench.notes


@pytest.mark.parametrize("target_lufs", [-23.0, -16.0])
def test_normalize_reaches_the_target_as_another_meter_reads_it(
    bench: Bench, target_lufs: float
) -> None:
    result = bench.call("Normalize", audio=noise(4, level=0.02), target_lufs=target_lufs)
    meter = pyloudnorm.Meter(RATE_HZ)
    assert meter.integrated_loudness(result.samples.T.astype(float)) == pytest.approx(
        target_lufs, abs=0.1
    )
    assert f"to {target_lufs:.1f} LUFS" in bench.notes


def test_a_stereo_sine_at_minus_23_dbfs_is_left_at_minus_23_lufs(bench: Bench) -> None:
    """EBU Tech 3341, case 1."""
    audio = sine(-23, 5, hz=1000.0)
    result = bench.call("Normalize", audio=audio, target_lufs=-23.0)
    assert np.allclose(result.samples, audio.samples, rtol=0.01)


def test_normalize_holds_peaks_or_turns_the_whole_down(bench: Bench) -> None:
    loud = np.array(noise(3, level=0.02).samples)
    loud[:, 70_000] = 0.9
    audio = Audio(loud, RATE_HZ)
    held = bench.call("Normalize", audio=audio, target_lufs=-14.0, ceiling_db=-1.0)
    assert sound.true_peak_db(held) <= -0.9
    assert sound.loudness(held) == pytest.approx(-14, abs=0.5)
    assert "peaks are held at -1 dBTP" in bench.notes
    down = bench.call("Normalize", audio=audio, target_lufs=-14.0, limiting=False)
    assert sound.true_peak_db(down) == pytest.approx(-1, abs=0.1)
    assert "more would pass -1 dBTP" in bench.notes


def test_silence_stays_silent_and_is_called_so(bench: Bench) -> None:
    audio = SOUNDS["silence"]
    assert bench.call("Normalize", audio=audio) is audio
    assert "silent" in bench.notes


# Time, rate, channels.


def test_trim_keeps_the_part_between_two_moments(bench: Bench) -> None:
    audio = noise(2)
    result = bench.call("Trim", audio=audio, start_seconds=0.5, end_seconds=1.25)
    assert np.array_equal(result.samples, audio.samples[:, 24_000:60_000])
    rest = bench.call("Trim", audio=audio, start_seconds=1.5)
    assert np.array_equal(rest.samples, audio.samples[:, 72_000:])
    with pytest.raises(InputError, match="start before the end of this sound of 2 s"):
        bench.call("Trim", audio=audio, start_seconds=2.0)
    with pytest.raises(InputError, match="set the end behind the start"):
        bench.call("Trim", audio=audio, start_seconds=1.0, end_seconds=0.5)


def test_fade_begins_and_ends_in_silence(bench: Bench) -> None:
    result = bench.call("Fade", audio=sine(0, 1), in_seconds=0.2, out_seconds=0.2)
    assert np.abs(result.samples[:, [0, -1]]).max() < 1e-3


def test_resample_keeps_the_length_and_the_pitch(bench: Bench) -> None:
    result = bench.call("Resample", audio=sine(-6, 2), rate_hz=16_000)
    assert (result.rate_hz, result.frames) == (16_000, 32_000)
    spectrum = np.abs(np.fft.rfft(result.samples[0]))
    assert np.argmax(spectrum) / 2 == pytest.approx(997, abs=0.5)


def test_channels_fold_spread_and_choose(bench: Bench) -> None:
    stereo = Audio(np.array([[0.5] * 9, [-0.25] * 9], np.float32), RATE_HZ)
    assert bench.call("Channels", audio=stereo, layout="mono").samples[0, 0] == 0.125
    assert bench.call("Channels", audio=stereo, layout="left").samples.tolist() == [[0.5] * 9]
    assert bench.call("Channels", audio=stereo, layout="right").samples.tolist() == [[-0.25] * 9]
    assert bench.call("Channels", audio=stereo, layout="7.1").channels == 8
    loud = Audio(np.ones((8, 9), np.float32), RATE_HZ)
    assert bench.call("Channels", audio=loud, layout="stereo").peak > 1
    assert "passes full scale" in bench.notes


# Several sounds.


def test_a_crossfade_is_as_long_as_both_less_itself(bench: Bench) -> None:
    first, second = noise(2, 1), noise(3, 2, 8000)
    result = bench.call("Crossfade", first=first, second=second, seconds=1.0)
    assert (result.seconds, result.rate_hz, result.channels) == (4.0, RATE_HZ, 2)
    assert "resampled from 8000 Hz to 48000 Hz" in bench.notes
    assert "from 1 to 2 channels" in bench.notes
    bench.call("Crossfade", first=noise(0.5), second=second, seconds=1.0)
    assert "takes 0.5 s" in bench.notes


def test_joined_sounds_follow_each_other_exactly(bench: Bench) -> None:
    parts = [noise(0.1), noise(0.2, level=0.2), noise(0.3)]
    result = bench.call("JoinAudio", sounds=parts)
    expected = np.concatenate([part.samples for part in parts], axis=1)
    assert np.array_equal(result.samples, expected)
    faded = bench.call("JoinAudio", sounds=parts, crossfade_seconds=0.05)
    assert faded.seconds == pytest.approx(0.5)
    with pytest.raises(InputError, match="0 sounds"):
        bench.call("JoinAudio", sounds=[])


def test_mixing_adds_tracks_with_their_gains(bench: Bench) -> None:
    one, two = noise(0.2), noise(0.1, level=0.2)
    result = bench.call("MixAudio", tracks=[one, two], gains_db=[-6.0])
    expected = one.samples * 10 ** (-6 / 20)
    expected[:, : two.frames] += two.samples
    assert np.allclose(result.samples, expected, atol=1e-6)
    with pytest.raises(InputError, match="2 gains for 1 tracks"):
        bench.call("MixAudio", tracks=[one], gains_db=[0.0, 1.0])
    bench.call("MixAudio", tracks=[sine(0), sine(0)])
    assert "6.0 dB above full scale" in bench.notes


def test_an_ambience_has_the_level_asked_for_relative_to_the_music(bench: Bench) -> None:
    silent_then_loud = np.array(sine(-20, 12).samples)
    music = Audio(silent_then_loud, RATE_HZ)
    result = bench.call(
        "AmbienceMix", music=music, kind="rain", level_lu=-10.0, fade_in_seconds=0.0,
        fade_out_seconds=0.0,
    )  # fmt: skip
    rain = Audio(result.samples - music.samples, RATE_HZ)
    assert sound.loudness(rain) - sound.loudness(music) == pytest.approx(-10, abs=2.0)
    assert "rain, -10 LU" in bench.notes
    assert bench.progress[-1] == (music.frames, music.frames)


def test_the_ambience_of_a_recipe_is_taken_and_its_absence_is_said(bench: Bench) -> None:
    recipe = bench.call("LLMPlanner", text="rain on the window").recipe
    music = noise(1)
    bench.call("AmbienceMix", music=music, recipe=recipe)
    assert recipe.ambience in bench.notes
    plain = bench.call("EditRecipe", recipe=recipe, ambience="none")
    assert bench.call("AmbienceMix", music=music, recipe=plain) is music
    assert "stays as it is" in bench.notes
    with pytest.raises(InputError, match="link one, or choose a place"):
        bench.call("AmbienceMix", music=music)


def test_info_measures_what_the_standards_say(bench: Bench) -> None:
    found = bench.call("AudioInfo", audio=sine(-23, 5, hz=1000.0))
    assert found.loudness_lufs == pytest.approx(-23, abs=0.1)  # EBU Tech 3341, case 1
    assert found.true_peak_db == pytest.approx(-23, abs=0.2)
    assert (found.seconds, found.rate_hz, found.channels) == (5.0, RATE_HZ, 2)
    assert bench.call("AudioInfo", audio=SOUNDS["silence"])[:2] == (-70, -120)
    assert bench.facts["loudness_lufs"] is None


# Saving and loading.


def load(bench: Bench, path: Path, **given: Any) -> Audio:
    audio = bench.call("LoadAudio", audio=path, **given)
    assert isinstance(audio, Audio)
    return audio


def save(bench: Bench, audio: Audio, **given: Any) -> Path:
    bench.call("SaveAudio", audio=audio, **given)
    return bench.saved


@pytest.mark.parametrize("channels", [1, 2, 8])
@pytest.mark.parametrize(
    ("file_format", "bits", "subtype", "error"),
    [
        ("wav", "16", "PCM_16", 1.5 / 2**15), ("wav", "24", "PCM_24", 0.5 / 2**23),
        ("wav", "32", "FLOAT", 0.0), ("flac", "16", "PCM_16", 1.5 / 2**15),
        ("flac", "24", "PCM_24", 0.5 / 2**23),
    ],
)  # fmt: skip
def test_what_is_saved_exactly_comes_back_within_a_step(
    bench: Bench, file_format: str, bits: str, subtype: str, error: float, channels: int
) -> None:
    audio = noise(1.5, channels, 44_100)
    path = save(bench, audio, file_format=file_format, bits=bits)
    assert soundfile.info(path).subtype == subtype
    back = load(bench, path)
    assert (back.rate_hz, back.channels, back.frames) == (44_100, channels, audio.frames)
    assert np.abs(back.samples - audio.samples).max() <= error


@pytest.mark.parametrize("bits", ["16", "24", "32"])
def test_saving_what_was_loaded_changes_nothing(bench: Bench, bits: str) -> None:
    first = save(bench, noise(0.5), file_format="wav", bits=bits)
    audio = load(bench, first)
    assert load(bench, save(bench, audio, file_format="wav", bits=bits)) == audio


@pytest.mark.parametrize("file_format", ["mp3", "opus"])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_saved_small_comes_back_alike_and_as_long(
    bench: Bench, file_format: str, channels: int
) -> None:
    audio = sine(-12, 2, channels)
    path = save(bench, audio, file_format=file_format)
    assert path.stat().st_size < audio.samples.nbytes / 4
    back = load(bench, path)
    assert (back.rate_hz, back.channels, back.frames) == (RATE_HZ, channels, audio.frames)
    middle = slice(RATE_HZ // 2, -RATE_HZ // 2)
    ours, theirs = audio.samples[0, middle], back.samples[0, middle]
    assert np.corrcoef(ours, theirs)[0, 1] > 0.999


@pytest.mark.parametrize(("file_format", "rate_hz", "saved_hz"), [
    ("opus", 44_100, 48_000), ("opus", 8000, 48_000), ("mp3", 96_000, 48_000),
    ("mp3", 9000, 11_025), ("mp3", 8000, 8000),
])  # fmt: skip
def test_a_rate_that_a_format_does_not_know_is_resampled_and_said(
    bench: Bench, file_format: str, rate_hz: int, saved_hz: int
) -> None:
    path = save(bench, noise(1, 2, rate_hz), file_format=file_format)
    said = f"{file_format}: resampled from {rate_hz} Hz to {saved_hz} Hz" in bench.notes
    assert said is (rate_hz != saved_hz)
    assert load(bench, path).rate_hz == saved_hz


def test_a_higher_bitrate_makes_a_larger_file(bench: Bench) -> None:
    for file_format in ("mp3", "opus"):
        small = save(bench, noise(2), file_format=file_format, bitrate_kbps=64)
        large = save(bench, noise(2), file_format=file_format, bitrate_kbps=256)
        assert large.stat().st_size > 2 * small.stat().st_size


def test_flac_with_32_bits_is_saved_with_24_and_said(bench: Bench) -> None:
    path = save(bench, noise(), bits="32")
    assert soundfile.info(path).subtype == "PCM_24"
    assert "at most 24 bits" in bench.notes


@pytest.mark.parametrize("file_format", ["mp3", "opus"])
def test_surround_in_a_small_format_is_refused_with_what_to_do(
    bench: Bench, file_format: str
) -> None:
    with pytest.raises(InputError, match=r"8 channels in .*choose flac or wav, or put Channels"):
        save(bench, noise(channels=8), file_format=file_format)
    assert not list(bench.folders.output.glob("*"))


@pytest.mark.parametrize(("file_format", "bits"), [("wav", "16"), ("wav", "24"), ("flac", "24")])
def test_nothing_clips_and_the_change_is_said(bench: Bench, file_format: str, bits: str) -> None:
    audio = sine(6)
    path = save(bench, audio, file_format=file_format, bits=bits)
    assert "6.0 dB above full scale: the whole was turned down by 6.1 dB" in bench.notes
    assert bench.facts["loudness_lufs"] == pytest.approx(-0.1, abs=0.15)
    back = load(bench, path)
    assert back.peak == pytest.approx(10 ** (-0.1 / 20), abs=1e-3)
    scale = back.peak / audio.peak
    assert np.abs(back.samples - audio.samples * scale).max() < 2e-4


def test_32_bit_wav_keeps_what_is_above_full_scale(bench: Bench) -> None:
    audio = sine(6)
    path = save(bench, audio, file_format="wav", bits="32")
    assert "kept as 32-bit float" in bench.notes
    assert load(bench, path) == audio


def test_sixteen_bits_are_dithered_and_the_same_every_time(bench: Bench) -> None:
    """A sine far under one step stays audible in the spectrum, without harmonics."""
    audio = sine(-100, 4, 1, hz=1000.0)
    first = save(bench, audio, file_format="wav", bits="16")
    assert first.read_bytes() == save(bench, audio, file_format="wav", bits="16").read_bytes()
    spectrum = np.abs(np.fft.rfft(load(bench, first).samples[0] * np.hanning(4 * RATE_HZ)))
    floor = np.median(spectrum)
    assert spectrum[4000] > 10 * floor
    assert spectrum[12_000] < 6 * floor


def test_digital_silence_stays_digital_silence(bench: Bench) -> None:
    path = save(bench, SOUNDS["silence"], file_format="wav", bits="16")
    assert not load(bench, path).samples.any()
    assert bench.notes == ""


@pytest.mark.parametrize("file_format", ["wav", "flac", "mp3", "opus"])
def test_a_file_carries_its_prompt_workflow_and_licences(bench: Bench, file_format: str) -> None:
    strict = Engine("musicgen", "", print, licence="CC-BY-NC-4.0", commercial=False)
    bench.made = Provenance({"1": {"class_type": "A"}}, {"nodes": [1]}, (strict,))
    found = tags.read(save(bench, noise(), file_format=file_format, filename_prefix="t/take"))
    assert json.loads(found["prompt"]) == {"1": {"class_type": "A"}}
    assert json.loads(found["workflow"]) == {"nodes": [1]}
    assert json.loads(found["patchbay"])["engines"][0]["licence"] == "CC-BY-NC-4.0"
    assert found["license"] == "not for commercial use: musicgen (CC-BY-NC-4.0)"
    assert (found["title"], found["artist"]) == ("take", "Patchbay")


def test_a_workflow_too_large_for_a_tag_loses_the_tag_but_not_the_sound(bench: Bench) -> None:
    bench.made = Provenance({"1": {"text": "x" * (16 << 20)}}, None, ())
    path = save(bench, noise())
    assert "saved without tags" in bench.notes
    assert load(bench, path).frames == noise().frames


def test_files_are_numbered_and_previews_lie_elsewhere(bench: Bench) -> None:
    names = [save(bench, noise(), filename_prefix="takes/piano").name for _ in range(2)]
    assert names == ["piano_00001_.flac", "piano_00002_.flac"]
    bench.call("PreviewAudio", audio=noise())
    assert bench.saved.is_relative_to(bench.folders.temp)
    assert bench.ui["audio"][0]["type"] == "temp"
    with pytest.raises(InputError, match="leaves its folder"):
        save(bench, noise(), filename_prefix="../out")


def test_saving_tells_how_far_it_is_and_stops_when_asked(bench: Bench) -> None:
    save(bench, noise(5))
    done, total = bench.progress[-1]
    assert done == total == 5 * RATE_HZ
    bench.cancel.set()
    with pytest.raises(CancelledError):
        save(bench, noise(5))
    assert len(list(bench.folders.output.iterdir())) == 1


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    frames=st.integers(1, 3000), channels=st.integers(1, 8), rate_hz=st.integers(1, 200_000),
    kind=st.sampled_from([("wav", "16"), ("wav", "24"), ("wav", "32"), ("flac", "24")]),
)  # fmt: skip
def test_any_length_rate_and_number_of_channels_comes_back(
    bench: Bench, frames: int, channels: int, rate_hz: int, kind: tuple[str, str]
) -> None:
    random = np.random.default_rng(frames)
    samples = random.uniform(-1, 1, (channels, frames)).astype(np.float32)
    audio = Audio(samples, rate_hz)
    if kind[0] == "flac" and rate_hz > 65_535:
        rate_hz = rate_hz // 10 * 10
        audio = Audio(samples, rate_hz)
    back = load(bench, save(bench, audio, file_format=kind[0], bits=kind[1]))
    assert (back.rate_hz, back.samples.shape) == (rate_hz, samples.shape)
    assert np.abs(back.samples - samples).max() <= 2 / 2**15


# Loading.


def written(folder: Path, name: str, samples: NDArray[Any], subtype: str = "PCM_16") -> Path:
    path = folder / name
    soundfile.write(path, samples, RATE_HZ, subtype)
    return path


def test_a_part_of_a_file_is_loaded(bench: Bench, tmp_path: Path) -> None:
    audio = noise(3, 1)
    path = written(tmp_path, "a.wav", audio.samples.T, "FLOAT")
    part = load(bench, path, start_seconds=1.0, duration_seconds=0.5)
    assert np.array_equal(part.samples, audio.samples[:, 48_000:72_000])
    assert load(bench, path, start_seconds=2.5, duration_seconds=9.0).seconds == 0.5
    with pytest.raises(FileError, match=r"start 3 s: file a.wav ends after 3.000 s"):
        load(bench, path, start_seconds=3.0)


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.mka", "aac"), ("a.aac", "aac")])
def test_what_libsndfile_cannot_read_ffmpeg_does(
    bench: Bench, tmp_path: Path, name: str, codec: str
) -> None:
    audio = sine(-12, 2)
    path = tmp_path / name
    encode(path, codec, audio)
    back = load(bench, path)
    assert (back.rate_hz, back.channels) == (RATE_HZ, 2)
    assert back.seconds == pytest.approx(2, abs=0.1)
    assert back.peak == pytest.approx(audio.peak, rel=0.2)
    assert load(bench, path, start_seconds=0.5, duration_seconds=1.0).frames == RATE_HZ


def encode(path: Path, codec: str, audio: Audio) -> None:
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(codec, rate=audio.rate_hz, layout="stereo")
        packed = np.ascontiguousarray(audio.samples.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate = audio.rate_hz
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def test_eight_channels_come_through_ffmpeg_in_order(bench: Bench, tmp_path: Path) -> None:
    levels = np.arange(1, 9, dtype=np.float32)[:, None] / 16
    surround = np.ascontiguousarray((levels * np.ones((8, 4800), np.float32)).T)
    path = written(tmp_path, "a.wav", surround, "FLOAT")
    copied = tmp_path / "a.mka"
    with av.open(str(path)) as source, av.open(str(copied), "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert np.array_equal(load(bench, copied).samples, surround.T)


def test_what_cannot_be_loaded_says_why_and_what_to_do(bench: Bench, tmp_path: Path) -> None:
    empty, text, no_frames = tmp_path / "empty.wav", tmp_path / "text.mp3", tmp_path / "none.wav"
    empty.touch()
    text.write_text("this is no sound" * 100)
    written(tmp_path, "none.wav", np.zeros((0, 2)))
    many = written(tmp_path, "many.wav", np.zeros((10, 12)))
    with pytest.raises(FileError, match=r"empty.wav is empty \(0 bytes\): save or copy"):
        load(bench, empty)
    with pytest.raises(FileError, match=r"text.mp3 cannot be read as sound: choose WAV"):
        load(bench, text)
    with pytest.raises(FileError, match=r"none.wav holds no sound \(0 frames\)"):
        load(bench, no_frames)
    with pytest.raises(FileError, match="12 channels: sound here has 1 to 8"):
        load(bench, many)


@pytest.mark.parametrize("bad", [np.nan, inf])
def test_a_sample_that_is_no_number_is_refused_with_its_place(
    bench: Bench, tmp_path: Path, bad: float
) -> None:
    samples = np.zeros((RATE_HZ, 2))
    samples[12_000, 1] = bad
    path = written(tmp_path, "nan.wav", samples, "FLOAT")
    with pytest.raises(FileError, match=r"NaN or infinite\) at 0.250 s: export it again"):
        load(bench, path)


@pytest.mark.parametrize(("name", "subtype"), [("a.wav", "PCM_24"), ("a.flac", "PCM_16")])
def test_a_file_cut_short_is_refused_but_what_is_there_can_be_used(
    bench: Bench, tmp_path: Path, name: str, subtype: str
) -> None:
    audio = noise(4)
    path = written(tmp_path, name, audio.samples.T, subtype)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(FileError, match=r"is cut short: [12]\.\d+ of 4.000 s are there") as error:
        load(bench, path)
    offered = float(error.value.message.split("duration_seconds to ")[1].split()[0])
    assert 1 < offered < 2.1
    assert load(bench, path, duration_seconds=offered).seconds == pytest.approx(offered)


def test_a_wav_file_of_unknown_length_from_a_pipe_is_loaded(bench: Bench, tmp_path: Path) -> None:
    path = written(tmp_path, "pipe.wav", noise(1).samples.T)
    data = bytearray(path.read_bytes())
    at = data.index(b"data")
    data[4:8] = data[at + 4 : at + 8] = b"\xff" * 4
    path.write_bytes(data)
    assert load(bench, path).seconds == 1


# Whole graphs.


def test_a_missing_file_is_named_before_anything_runs(studio: Machine) -> None:
    ran = studio.run(
        {
            "1": entry("LoadAudio", audio="nowhere.wav"),
            "2": entry("SaveAudio", audio=link("1")),
        }
    )
    assert ran.status == "failed"
    assert "nowhere.wav" in ran.messages[0]
    assert "is not there" in ran.messages[0]


def test_a_saved_file_knows_the_graph_and_the_engines_that_made_it(studio: Machine) -> None:
    prompt = {
        "plan": entry("LLMPlanner", text="calm piano"),
        "play": entry("MusicGenChunk", recipe=link("plan"), seconds=8.0),
        "soft": entry("Gain", audio=link("play"), db=-6.0),
        "save": entry("SaveAudio", audio=link("soft"), file_format="wav", bits="16"),
    }
    ran = studio.run(prompt, extra={"prompt": prompt, "workflow": {"nodes": []}})
    assert ran.status == "done", ran.messages
    found = tags.read(studio.folders.output / ran.outcome.files[0].name)
    assert json.loads(found["prompt"]) == prompt
    names = [engine["name"] for engine in json.loads(found["patchbay"])["engines"]]
    assert names == ["lexicon", "synth"]
    assert found["license"].startswith("commercial use permitted")
