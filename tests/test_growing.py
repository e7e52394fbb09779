"""Sound that is heard while it is made: put together, kept no longer than needed, served."""

from __future__ import annotations

import asyncio
import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from patchbay import Audio, MediaError, SoFar
from patchbay.events import NodeProgress
from patchbay.jobs import growing
from patchbay.jobs.growing import Grown, Sounds
from patchbay.packs import Catalogue
from tests.listening import FLAGS, Heard, Listener, listen
from tests.machine import Machine, entry, link, notes
from tests.pack.sounding import RATE_HZ, ramp
from tests.serving import Client, Place, until

GATES = ("grow 0", "grow 1", "grow 2")


def read(data: bytes) -> tuple[int, NDArray[np.int16]]:
    """The rate and the samples (frames, channels) of a file of sound."""
    with wave.open(io.BytesIO(data)) as file:
        assert file.getsampwidth() == 2
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return file.getframerate(), frames.reshape(-1, file.getnchannels())


def grown(*pieces: tuple[float, int]) -> Grown:
    """A sound whose frames say where they stand, of stretches from a second on for some frames."""
    sounds = Sounds()
    for start, frames in pieces:
        sounds.add("1", SoFar(ramp(round(start * RATE_HZ), frames), RATE_HZ, start))
    found = sounds.listen("1")
    assert found is not None
    return found


# What is shown


@pytest.mark.parametrize(
    ("samples", "rate_hz", "start"),
    [
        (np.zeros((2, 4)), 8_000, 0.0),
        (np.zeros(4, np.float32), 8_000, 0.0),
        (np.zeros((9, 4), np.float32), 8_000, 0.0),
        (np.zeros((2, 4), np.float32), 0, 0.0),
        (np.zeros((2, 4), np.float32), 8_000, -1.0),
        (np.zeros((2, 4), np.float32), 8_000, float("nan")),
    ],
)
def test_what_is_no_sound_cannot_be_shown_as_one(samples: Any, rate_hz: int, start: float) -> None:
    with pytest.raises(MediaError):
        SoFar(samples, rate_hz, start)


def test_a_view_of_a_sound_in_the_making_is_not_copied() -> None:
    samples = np.zeros((2, 100), np.float32)
    shown = SoFar(samples[:, :50], 8_000)
    assert np.shares_memory(shown.samples, samples)
    sounds = Sounds()
    assert np.shares_memory(sounds.add("1", shown).pieces[0].samples, samples)


# How it is put together


def test_pieces_become_one_sound() -> None:
    whole = grown((0, 8_000), (1, 8_000), (1.5, 8_000))
    assert (whole.seconds, whole.channels) == (2.5, 1)
    rate, frames = read(whole.wav(0, 10))
    assert (rate, len(frames)) == (RATE_HZ, 20_000)
    assert frames[:, 0].tolist() == list(range(20_000))


def test_any_part_can_be_heard() -> None:
    whole = grown((0, 8_000), (0.75, 8_000))
    for start, seconds in [(0.0, 0.5), (0.5, 1.0), (0.7505, 0.25), (1.7, 10)]:
        first = round(start * RATE_HZ)
        last = min(first + round(seconds * RATE_HZ), 14_000)
        assert read(whole.wav(start, seconds))[1][:, 0].tolist() == list(range(first, last))
    assert whole.wav(1.75, 1) == b""


def test_one_piece_goes_over_into_the_next_without_a_step() -> None:
    sounds = Sounds()
    sounds.add("1", SoFar(np.full((1, 1_000), 0.5, np.float32), RATE_HZ))
    whole = sounds.add("1", SoFar(np.full((1, 1_000), -0.5, np.float32), RATE_HZ, 500 / RATE_HZ))
    frames = read(whole.wav(0, 1))[1][:, 0].astype(int)
    assert (frames[499], frames[580]) == (round(0.5 * 32_767), -round(0.5 * 32_767))
    assert np.abs(np.diff(frames)).max() < 32_767 / 79
    within = read(whole.wav(540 / RATE_HZ, 1))[1][:, 0]
    assert within.tolist() == frames[540:].tolist()


def test_a_node_that_shows_all_each_time_has_one_piece() -> None:
    whole = grown((0, 4_000), (0, 8_000), (0, 12_000))
    assert (whole.take, len(whole.pieces), whole.frames) == (1, 1, 12_000)


@pytest.mark.parametrize(
    ("start", "frames", "rate_hz"), [(0, 100, RATE_HZ), (2, 8_000, RATE_HZ), (1, 100, 16_000)]
)
def test_what_does_not_go_on_from_before_is_another_take(
    start: float, frames: int, rate_hz: int
) -> None:
    sounds = Sounds()
    sounds.add("1", SoFar(ramp(0, 8_000), RATE_HZ))
    other = sounds.add("1", SoFar(ramp(0, frames), rate_hz, start))
    assert (other.take, other.frames, len(other.pieces)) == (2, frames, 1)


def test_no_more_is_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MOST_KEPT_BYTES", 3 * 4 * RATE_HZ)
    sounds = Sounds()
    for second in range(10):
        sounds.add("1", SoFar(ramp(0, RATE_HZ), RATE_HZ, second))
    whole = sounds.listen("1")
    assert whole is not None
    assert whole.seconds == 4


def test_a_file_has_a_size_that_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "_MOST_WAV_BYTES", 1_000)
    assert len(grown((0, 8_000)).wav(0, 600)) == 1_000 + 44


def test_what_is_not_finite_or_too_loud_is_still_a_file() -> None:
    samples = np.array([[np.nan, np.inf, -np.inf, 7, -7]], np.float32)
    sounds = Sounds()
    whole = sounds.add("1", SoFar(samples, RATE_HZ))
    assert read(whole.wav(0, 1))[1][:, 0].tolist() == [0, 32_767, -32_767, 32_767, -32_767]
    assert np.isfinite(whole.peaks(3)).all()


def test_a_waveform_has_a_pair_for_each_stretch() -> None:
    whole = grown((0, 8_000), (1, 8_000))
    assert whole.peaks(2) == [[0.0, 0.2441], [0.2441, 0.4883]]
    assert grown((0, 0)).peaks(10) == []
    long = np.zeros((2, 1_000_000), np.float32)
    long[:, 500_000:] = -0.5
    found = Sounds().add("1", Audio(long, RATE_HZ)).peaks(200)
    assert [found[0], found[-1], len(found)] == [[0.0, 0.0], [-0.5, -0.5], 200]


def test_only_a_sound_that_is_listened_to_outlives_its_node() -> None:
    sounds = Sounds()
    for node in "ab":
        sounds.add(node, SoFar(ramp(0, 10), RATE_HZ))
    assert sounds.listen("a") is not None
    sounds.end("a")
    sounds.end("b")
    assert sounds.listen("b") is None
    assert sounds.listen("a") is not None
    sounds.add("c", SoFar(ramp(0, 10), RATE_HZ))
    assert sounds.listen("c") is not None
    assert sounds.listen("a") is None


def test_a_sound_is_shown_no_more_often_than_one_can_look(machine: Machine) -> None:
    ran = machine.run({"1": entry("Chatter", times=50), "2": entry("ListenTo", audio=link("1"))})
    shown = [event for event in ran.of(NodeProgress) if event.preview is not None]
    assert [shown[0].done, shown[-1].done] == [1, 50]
    assert len(shown) < 25


# How it is served


@pytest.fixture
def place(tmp_path: Path, catalogue: Catalogue) -> Place:
    notes().reset()
    return Place(tmp_path, catalogue)


async def started(client: Client, node: str) -> tuple[str, Listener]:
    """A job of this node, and a socket that hears of it."""
    listener = await listen(client, "me")
    await listener.socket.send_json(
        {**FLAGS, "data": {**FLAGS["data"], "patchbay_events": True}}  # type: ignore[dict-item]
    )
    prompt = {"1": entry(node), "2": entry("ListenTo", audio=link("1"))}
    job = await client.post("/api/v1/jobs", {"prompt": prompt, "client": "me"})
    return str(job["id"]), listener


async def preview(listener: Listener, seconds: float) -> dict[str, Any]:
    """The preview with so much sound."""

    def has_it(heard: Heard) -> bool:
        shown = heard["data"].get("preview") if heard["type"] == "patchbay" else None
        return bool(shown and shown["seconds"] == seconds)

    found: dict[str, Any] = (await listener.until(has_it))[-1]["data"]["preview"]
    return found


def serve(place: Place, main: Any) -> None:
    async def go() -> None:
        async with place.server() as client:
            try:
                await asyncio.wait_for(main(client), 120)
            finally:
                for name in GATES:
                    notes().gate(name).set()

    asyncio.run(go())
    assert place.warnings == []


def test_a_sound_is_heard_while_it_is_made(place: Place) -> None:
    async def main(client: Client) -> None:
        job, listener = await started(client, "Grow")
        first = await preview(listener, 1.0)
        assert (first["kind"], len(first["peaks"])) == ("sound", 200)
        answer, body = await client.raw("GET", first["url"])
        assert (answer.status, answer.content_type) == (200, "audio/wav")
        assert answer.headers["Cache-Control"] == "no-store"
        assert read(body)[1][:, 0].tolist() == list(range(8_000))
        status, error = await client.refused("GET", f"{first['url']}&from_seconds=1")
        assert (status, "1 s long so far" in error["error"]["message"]) == (404, True)

        notes().gate("grow 1").set()
        second = await preview(listener, 2.0)
        assert second["url"] == first["url"]
        answer, body = await client.raw("GET", f"{second['url']}&from_seconds=0.9&seconds=0.5")
        assert read(body)[1][:, 0].tolist() == list(range(7_200, 11_200))
        status, _ = await client.refused("GET", f"/api/v1/jobs/{job}/previews/1?take=2")
        assert status == 404

        notes().gate("grow 2").set()
        await client.ended(job)
        status, error = await client.refused("GET", first["url"])
        assert (status, "has no sound to hear now" in error["error"]["message"]) == (404, True)

    serve(place, main)


def test_the_pieces_of_an_expansion_are_heard_as_one_sound(place: Place) -> None:
    async def main(client: Client) -> None:
        job, listener = await started(client, "GrowOn")
        await preview(listener, 1.0)
        notes().gate("grow 0").set()
        whole = await preview(listener, 1.5)
        _, body = await client.raw("GET", whole["url"])
        assert whole["url"] == f"/api/v1/jobs/{job}/previews/1?take=1"
        assert read(body)[1][:, 0].tolist() == list(range(12_000))

    serve(place, main)


def test_what_nobody_listens_to_goes_with_its_node(place: Place) -> None:
    async def main(client: Client) -> None:
        prompt = {
            "1": entry("Grow", seconds=1),
            "2": entry("ListenTo", audio=link("1")),
            "3": entry("Hold", value=1, at="gate"),
            "4": entry("Show", value=link("3")),
        }
        job = str((await client.post("/api/v1/jobs", {"prompt": prompt}))["id"])
        notes().gate("grow 1").set()

        async def node_has_ended() -> bool:
            return "1" in (await client.get(f"/api/v1/jobs/{job}"))["executed"]

        await until(node_has_ended)
        assert (await client.refused("GET", f"/api/v1/jobs/{job}/previews/1"))[0] == 404
        notes().gate("gate").set()
        await client.ended(job)

    serve(place, main)


@pytest.mark.parametrize(
    "query", ["from_seconds=-1", "from_seconds=x", "seconds=0", "seconds=601", "take=-1"]
)
def test_a_part_that_cannot_be_is_refused_with_a_sentence(place: Place, query: str) -> None:
    async def main(client: Client) -> None:
        status, error = await client.refused("GET", f"/api/v1/jobs/a/previews/1?{query}")
        assert status == 400
        assert error["error"]["message"].startswith("query: ")

    serve(place, main)
