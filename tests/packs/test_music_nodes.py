"""What the nodes of the music pack promise."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from patchbay import Audio, Expand, InputError, Recipe, Section, sound, tags
from patchbay.events import NodeCached, NodeStarted
from patchbay.types import NodeId
from tests.machine import Machine, Prompt, Ran, entry, link
from tests.packs.bench import Bench

RATE_HZ = 48_000
RECIPE = Recipe(
    "Night", "cozy", 80.0, "Eb", "major", ("electric piano", "bass", "drums"),
    (Section("intro", 2, 0.2), Section("verse", 8, 0.5), Section("chorus", 4, 0.9)),
    "fireplace", "slow electric piano", 0.6,
)  # fmt: skip
BAR_SECONDS = 3.0


def at(bpm: float) -> Recipe:
    return Recipe(
        "Night", "cozy", bpm, "Eb", "major", ("piano",), (Section("verse", 8, 0.5),), "none", ""
    )


def tone(seconds: float, channels: int = 1, rate_hz: int = RATE_HZ, level: float = 0.1) -> Audio:
    time = np.arange(max(round(seconds * rate_hz), 1)) / rate_hz
    wave = (level * np.sin(2 * np.pi * 220 * time)).astype(np.float32)
    return Audio(np.tile(wave, (channels, 1)), rate_hz)


# The beginning.


@pytest.mark.parametrize("bpm", [40.0, 80.0, 97.3, 200.0])
def test_a_chunk_is_whole_bars_and_no_longer_than_asked(bench: Bench, bpm: float) -> None:
    audio = bench.call("MusicGenChunk", recipe=at(bpm), seconds=13.0)
    bar = 240 / bpm
    bars = max(int(13 / bar), 1)
    assert audio.frames == round(bars * bar * RATE_HZ)
    assert audio.seconds <= 13
    assert f"{bars} bars" in bench.notes
    assert (audio.channels, audio.rate_hz) == (2, RATE_HZ)
    assert bench.progress[-1][0] == bench.progress[-1][1]


def test_a_bar_longer_than_asked_is_still_a_bar(bench: Bench) -> None:
    assert bench.call("MusicGenChunk", recipe=at(40.0), seconds=4.0).seconds == 6.0


def test_the_end_of_a_loop_leads_back_to_its_beginning(bench: Bench) -> None:
    audio = bench.call("MusicGenChunk", recipe=RECIPE, seconds=12.0, loop=True)
    twice = Audio(np.tile(audio.samples, 2), RATE_HZ)
    found = sound.seam(twice, audio.frames)
    assert found.step <= found.usual_step


# What is heard before it is done.


def test_a_tape_is_heard_from_its_beginning_and_each_chunk_in_its_place(bench: Bench) -> None:
    before = tone(30.0)
    bench.call("Continue", audio=before, recipe=RECIPE)
    (first,) = bench.shown
    assert np.shares_memory(first.samples, before.samples)
    chunk = bench.call(
        "ContinueChunk", tail=before, recipe=RECIPE, start_bar=10, bars=1, overlap_seconds=1.5
    )
    shown = bench.shown[-1]
    assert (shown.rate_hz, shown.start_seconds) == (RATE_HZ, 28.5)
    assert np.array_equal(shown.samples, chunk.samples)


def test_a_place_is_heard_while_it_is_laid_under_the_music(bench: Bench) -> None:
    music = tone(20.0, 2)
    result = bench.call("AmbienceMix", music=music, kind="rain")
    assert len(bench.shown) > 1
    assert bench.shown[-1].samples.shape == result.samples.shape
    assert all(np.shares_memory(each.samples, result.samples) for each in bench.shown)


def test_what_is_saved_is_heard_before_it_is(bench: Bench) -> None:
    sound_ = tone(2.0)
    for name in ("SaveAudio", "PreviewAudio"):
        bench.call(name, audio=sound_)
        assert np.shares_memory(bench.shown[-1].samples, sound_.samples)


# The chunk plan. `Continue` is asked directly: what it answers with is what will run.


def expansion(bench: Bench, before: Audio, **given: Any) -> Expand:
    answer = bench.call("Continue", audio=before, **{"recipe": RECIPE, **given})
    assert isinstance(answer, Expand)
    return answer


def chunks_of(answer: Expand) -> list[dict[str, Any]]:
    entries = answer.nodes.values()
    return [dict(e["inputs"]) for e in entries if e["class_type"] == "ContinueChunk"]


def tails_of(answer: Expand) -> list[float]:
    entries = answer.nodes.values()
    return [e["inputs"]["seconds"] for e in entries if e["class_type"] == "TailOf"]


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    bpm=st.floats(40, 200), before=st.floats(0.0001, 40), seconds=st.floats(1, 4000),
    window=st.floats(8, 60), tail=st.floats(1, 30), beats=st.floats(0, 16),
)  # fmt: skip
def test_no_chunk_asks_for_more_than_the_window_and_all_follow_each_other(
    bench: Bench, bpm: float, before: float, seconds: float, window: float, tail: float,
    beats: float,
) -> None:  # fmt: skip
    bar = 240 / bpm
    assume(window >= max(tail, beats * bar / 4) + bar)
    audio = Audio(np.zeros((1, max(round(before * 1000), 1)), np.float32), 1000)
    answer = expansion(
        bench, audio, recipe=at(bpm), seconds=seconds, window_seconds=window,
        tail_seconds=tail, crossfade_beats=beats,
    )  # fmt: skip
    chunks = chunks_of(answer)
    for heard, chunk in zip(tails_of(answer), chunks, strict=True):
        assert heard + chunk["bars"] * bar <= window + 1e-6
        assert 0 <= chunk["overlap_seconds"] <= heard <= audio.seconds
    starts = [chunk["start_bar"] for chunk in chunks]
    each = chunks[0]["bars"]
    assert starts == list(range(starts[0], starts[0] + each * len(chunks), each))
    joined = answer.nodes["joined"]["inputs"]
    added = joined["end_seconds"] - audio.seconds
    assert added == pytest.approx(max(1, round(seconds / bar)) * bar)
    assert each * (len(chunks) - 1) * bar < added <= each * len(chunks) * bar + 1e-6


def test_a_longer_wish_has_the_same_chunks_and_some_more(bench: Bench) -> None:
    before = tone(30)
    short = chunks_of(expansion(bench, before, seconds=100.0))
    long = chunks_of(expansion(bench, before, seconds=1000.0))
    assert long[: len(short)] == short
    assert len(long) > len(short)


def test_a_window_that_holds_no_bar_is_refused_with_one_that_does(bench: Bench) -> None:
    with pytest.raises(InputError, match=r"bar at 40 bpm lasts 6.00 s.* to 12 or more"):
        expansion(bench, tone(30), recipe=at(40.0), window_seconds=10.0)
    assert expansion(bench, tone(30), recipe=at(40.0), window_seconds=12.0)


def test_nothing_cannot_be_continued(bench: Bench) -> None:
    with pytest.raises(InputError, match="nothing to continue; begin with MusicGenChunk"):
        expansion(bench, Audio(np.zeros((2, 0), np.float32), RATE_HZ))


@pytest.mark.parametrize(
    ("seconds", "start_bar"), [(0.1, 1), (3.0, 1), (3.004, 1), (2.9, 1), (3.1, 2), (31.0, 11)]
)
def test_the_next_bar_follows_what_came_before_on_the_grid_or_off(
    bench: Bench, seconds: float, start_bar: int
) -> None:
    assert chunks_of(expansion(bench, tone(seconds)))[0]["start_bar"] == start_bar


# One chunk and its parts.


def test_a_tail_is_the_end_and_no_more_than_there_is(bench: Bench) -> None:
    audio = tone(10, 2)
    assert np.array_equal(
        bench.call("TailOf", audio=audio, seconds=6.0).samples, audio.samples[:, -6 * RATE_HZ :]
    )
    assert bench.call("TailOf", audio=tone(0), seconds=6.0).frames == 1


@pytest.mark.parametrize("rate_hz", [4000, 8000, 44_100, 96_000])
def test_a_chunk_is_as_long_as_its_bars_and_overlap(bench: Bench, rate_hz: int) -> None:
    chunk = bench.call(
        "ContinueChunk", tail=tone(6, rate_hz=rate_hz), recipe=RECIPE, start_bar=4, bars=2,
        overlap_seconds=1.5,
    )  # fmt: skip
    assert chunk.rate_hz == min(max(rate_hz, 8000), 48_000)
    assert chunk.seconds == pytest.approx(2 * BAR_SECONDS + 1.5, abs=1e-4)


@pytest.mark.parametrize("level_lufs", [-26.0, -16.0, -9.0])
def test_a_chunk_has_the_level_of_the_first_and_does_not_clip(
    bench: Bench, level_lufs: float
) -> None:
    chunk = bench.call(
        "ContinueChunk", tail=tone(6), recipe=RECIPE, start_bar=4, bars=4, level_lufs=level_lufs
    )
    assert sound.loudness(chunk) == pytest.approx(level_lufs, abs=0.6)
    assert chunk.peak <= 1


def test_after_silence_a_chunk_keeps_its_own_level(bench: Bench) -> None:
    given = {"recipe": RECIPE, "start_bar": 4, "bars": 1}
    silent = expansion(bench, sound.silence(6, RATE_HZ))
    assert chunks_of(silent)[0]["level_lufs"] == -70
    chunk = bench.call("ContinueChunk", tail=sound.silence(6, RATE_HZ), **given)
    assert sound.loudness(chunk) > -30


def test_parts_are_joined_as_crossfades_one_after_the_other(bench: Bench) -> None:
    random = np.random.default_rng(3)
    parts = [Audio(random.normal(0, 0.1, (2, n)).astype(np.float32), 8000) for n in (8000, 6000, 9)]
    joined = bench.call("JoinChunks", audio=parts[0], chunks=parts[1:], overlap_seconds=0.25)
    pair = sound.crossfaded(parts[0], parts[1], 2000)
    expected = sound.crossfaded(pair, parts[2], 9)
    assert np.array_equal(joined.samples, expected.samples)
    cut = bench.call(
        "JoinChunks", audio=parts[0], chunks=parts[1:], overlap_seconds=0.25, end_seconds=1.2
    )
    assert np.array_equal(cut.samples, joined.samples[:, :9600])


# Tapes.


def tape(seconds: float, seed: int = 1, **more: Any) -> Prompt:
    return {
        "plan": entry("LLMPlanner", text="studying late in a snowy cabin, 80 bpm", seed=1),
        "start": entry("MusicGenChunk", recipe=link("plan"), seconds=9.0, seed=1),
        "go on": entry(
            "Continue", audio=link("start"), recipe=link("plan"), seconds=seconds, seed=seed,
            window_seconds=12.0, tail_seconds=3.0, **more,
        ),
        "info": entry("AudioInfo", audio=link("go on")),
    }  # fmt: skip


def run(studio: Machine, prompt: Prompt, *targets: str) -> Ran:
    ran = studio.run(prompt, targets=targets)
    assert ran.status == "done", ran.messages
    return ran


def played(ran: Ran) -> list[str]:
    """The nodes that made music in this run."""
    return [n for n in ran.nodes(NodeStarted) if n == "start" or n.startswith("go on.0.chunk")]


@pytest.mark.slow
def test_making_a_tape_longer_makes_only_the_new_chunks(studio: Machine) -> None:
    first = run(studio, tape(27.0))
    assert played(first) == ["start", *(f"go on.0.chunk {i}" for i in (1, 2, 3))]
    longer = run(studio, tape(36.0))
    assert played(longer) == ["go on.0.chunk 4"]
    shorter = run(studio, tape(18.0))
    assert played(shorter) == []
    again = run(studio, tape(27.0))
    assert played(again) == []
    assert set(again.nodes(NodeStarted)) == set()
    assert "go on.0.chunk 3" in again.nodes(NodeCached)


@pytest.mark.slow
def test_another_seed_of_continue_leaves_the_beginning(studio: Machine) -> None:
    run(studio, tape(9.0))
    other = run(studio, tape(9.0, seed=2))
    assert played(other) == ["go on.0.chunk 1"]


@pytest.mark.slow
def test_a_tape_is_as_long_as_asked_to_the_bar(studio: Machine) -> None:
    ran = run(studio, tape(25.0), "go on")
    audio = ran.value("go on")
    assert audio.frames == round((9 + 24) * RATE_HZ)


@pytest.mark.slow
def test_the_same_seed_goes_on_as_if_it_had_never_stopped(studio: Machine) -> None:
    """The synth plays bar 4 the same in one piece and continued, up to the matched level."""
    prompt = tape(9.0)
    prompt["whole"] = entry("MusicGenChunk", recipe=link("plan"), seconds=18.0, seed=1)
    ran = run(studio, prompt, "go on", "whole")
    joined, whole = ran.value("go on").samples, ran.value("whole").samples
    assert joined.shape == whole.shape
    for start in range(0, joined.shape[1] - RATE_HZ, RATE_HZ):
        ours, theirs = (a[:, start : start + RATE_HZ].ravel() for a in (joined, whole))
        assert np.corrcoef(ours, theirs)[0, 1] > 0.99


@pytest.mark.slow
def test_ten_chunks_neither_drift_nor_click(studio: Machine) -> None:
    """±1 LU and no step above the 99.9th percentile, with MusicGen's window of 30 s."""
    prompt = tape(300.0)
    prompt["start"]["inputs"]["seconds"] = 30.0
    prompt["go on"]["inputs"] |= {"window_seconds": 30.0, "tail_seconds": 6.0, "seed": 7}
    ran = run(studio, prompt, "go on")
    audio = ran.value("go on")
    bar = 240 / 80
    chunk_bars = int((30 - 6) / bar)
    joins = [round((30 + i * chunk_bars * bar) * RATE_HZ) for i in range(12)]
    assert audio.seconds == 330
    first = sound.loudness(sound.trimmed(audio, 0, 30))
    for start, end in zip(joins, [*joins[1:], audio.frames], strict=True):
        part = Audio(audio.samples[:, start:end], RATE_HZ)
        assert sound.loudness(part) == pytest.approx(first, abs=1.0)
    overlap = round(2 * 60 / 80 * RATE_HZ)
    for join in joins:
        for frame in (join - overlap, join - overlap // 2, join):
            found = sound.seam(audio, frame)
            assert found.step <= found.usual_step


@pytest.mark.slow
def test_continues_can_be_chained_and_end_where_one_would(studio: Machine) -> None:
    prompt = tape(9.0)
    prompt["more"] = {**prompt["go on"], "inputs": {**prompt["go on"]["inputs"]}}
    prompt["more"]["inputs"] |= {"audio": link("go on"), "seconds": 9.0}
    ran = run(studio, prompt, "more")
    audio = ran.value("more")
    assert audio.seconds == 27
    found = sound.seam(audio, 18 * RATE_HZ)
    assert found.step <= found.usual_step
    chunks = [n for n in ran.nodes(NodeStarted) if "chunk" in n]
    assert chunks == ["go on.0.chunk 1", "more.0.chunk 1"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seconds", "channels", "rate_hz", "level"),
    [
        (7.7, 1, 44_100, 0.3), (7.7, 8, 48_000, 0.1), (5.0, 2, 8000, 0.1), (0.0, 1, 48_000, 0.1),
        (5.0, 2, 48_000, 0.0), (5.0, 1, 96_000, 0.1),
    ],
)  # fmt: skip
def test_a_recording_of_ones_own_is_continued_from_its_end(
    studio: Machine, seconds: float, channels: int, rate_hz: int, level: float
) -> None:
    recording = tone(seconds, channels, rate_hz, level)
    path = studio.folders.input / "own.wav"
    soundfile.write(path, recording.samples.T, rate_hz, "FLOAT")
    prompt = tape(6.0)
    prompt["start"] = entry("LoadAudio", audio="own.wav")
    ran = run(studio, prompt, "go on")
    audio = ran.value("go on")
    assert audio.rate_hz == max(rate_hz, 8000)
    assert audio.channels == max(channels, 2)
    assert audio.seconds == pytest.approx(recording.seconds + 6, abs=2e-4)
    overlap = min(round(1.5 * rate_hz), recording.frames)
    kept = recording.frames - overlap
    assert np.allclose(audio.samples[0, :kept], recording.samples[0, :kept], atol=1e-6)
    assert audio.samples[0, -rate_hz:].any()


@pytest.mark.slow
def test_a_tape_of_the_whole_chain_is_saved_with_its_engines(studio: Machine) -> None:
    prompt = tape(9.0)
    del prompt["info"]
    prompt["place"] = entry("AmbienceMix", music=link("go on"), recipe=link("plan"))
    prompt["save"] = entry("SaveAudio", audio=link("place"), filename_prefix="tape")
    ran = studio.run(prompt, extra={"prompt": prompt})
    assert ran.status == "done", ran.messages
    path = studio.folders.output / ran.outcome.files[0].name
    assert soundfile.info(path).frames == 18 * RATE_HZ
    made = json.loads(tags.read(path)["patchbay"])
    assert [engine["name"] for engine in made["engines"]] == ["lexicon", "synth"]
    assert made["licence"] == "commercial use permitted: lexicon (Apache-2.0), synth (Apache-2.0)"
    assert ran.outcome.outputs[NodeId("save")]["facts"][0]["seconds"] == 18
