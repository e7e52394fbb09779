"""What `patchbay.tags` promises: texts come back, and the sound under them stays as it was."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from patchbay import tags
from patchbay.chunks import PNG_HEAD
from patchbay.errors import FileError
from patchbay.types import Engine, Provenance

RATE_HZ = 48_000
TEXTS = {
    "prompt": json.dumps({"1": {"class_type": "Ünïcode", "inputs": {"text": "a\nb 🎹"}}}),
    "workflow": json.dumps({"nodes": [], "version": 0.4}),
    "patchbay": '{"format":1}',
    "title": "Snowy cabin",
    "artist": "Patchbay",
    "comment": "made with Patchbay",
    "license": "Apache-2.0",
}
KINDS = [
    ("wav", "PCM_16"), ("wav", "PCM_24"), ("wav", "PCM_32"), ("wav", "FLOAT"),
    ("flac", "PCM_16"), ("flac", "PCM_24"), ("mp3", "MPEG_LAYER_III"), ("ogg", "OPUS"),
]  # fmt: skip
EXACT = ("wav", "flac")


def noise(seconds: float = 1.003, channels: int = 2) -> NDArray[np.float64]:
    random = np.random.default_rng(1)
    return np.clip(random.normal(0, 0.2, (round(seconds * RATE_HZ), channels)), -1, 1)


def made(folder: Path, suffix: str, subtype: str, channels: int = 2) -> Path:
    path = folder / f"sound.{suffix}"
    soundfile.write(path, noise(channels=channels), RATE_HZ, subtype, format=suffix.upper())
    return path


def decoded_frames(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(frame.samples for frame in container.decode(audio=0))


@pytest.mark.parametrize(("suffix", "subtype"), KINDS)
def test_every_text_comes_back_and_the_sound_stays(
    tmp_path: Path, suffix: str, subtype: str
) -> None:
    path = made(tmp_path, suffix, subtype)
    before, _ = soundfile.read(path, dtype="float64" if subtype == "FLOAT" else "int32")
    frames = decoded_frames(path)
    tags.write(path, TEXTS)
    found = tags.read(path)
    assert {name: found[name] for name in TEXTS} == TEXTS
    after, rate_hz = soundfile.read(path, dtype=before.dtype.name)
    assert (rate_hz, soundfile.info(path).subtype) == (RATE_HZ, subtype)
    assert decoded_frames(path) == frames == len(before) == len(after)
    if suffix in EXACT:
        assert np.array_equal(before, after)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(("suffix", "subtype"), KINDS)
def test_writing_again_replaces_one_text_and_keeps_the_others(
    tmp_path: Path, suffix: str, subtype: str
) -> None:
    path = made(tmp_path, suffix, subtype)
    tags.write(path, TEXTS)
    size = path.stat().st_size
    tags.write(path, {"title": "Rainy cabin"})
    found = tags.read(path)
    assert {name: found[name] for name in TEXTS} == {**TEXTS, "title": "Rainy cabin"}
    assert abs(path.stat().st_size - size) < 64


@pytest.mark.parametrize(("suffix", "subtype"), [("wav", "PCM_24"), ("flac", "PCM_24")])
def test_eight_channels_keep_their_order(tmp_path: Path, suffix: str, subtype: str) -> None:
    path = made(tmp_path, suffix, subtype, 8)
    before, _ = soundfile.read(path, dtype="int32")
    tags.write(path, TEXTS)
    assert np.array_equal(before, soundfile.read(path, dtype="int32")[0])


@pytest.mark.parametrize(("suffix", "subtype"), KINDS)
def test_a_workflow_of_a_megabyte_fits(tmp_path: Path, suffix: str, subtype: str) -> None:
    path = made(tmp_path, suffix, subtype)
    text = json.dumps(["node " + "x" * 100] * 10_000)
    tags.write(path, {"workflow": text})
    assert tags.read(path)["workflow"] == text


def test_texts_that_no_file_can_hold_are_refused_and_the_file_stays(tmp_path: Path) -> None:
    path = made(tmp_path, "flac", "PCM_16")
    before = path.read_bytes()
    with pytest.raises(FileError, match="keep them under"):
        tags.write(path, {"workflow": "x" * (16 << 20)})
    assert path.read_bytes() == before


def test_what_is_no_sound_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(FileError, match="give WAV, FLAC, MP3 or Ogg"):
        tags.write(path, TEXTS)
    assert path.read_text() == "hello"
    with pytest.raises(FileError, match="no such file"):
        tags.write(tmp_path / "none.wav", TEXTS)


def test_a_wav_file_that_is_cut_short_is_refused_and_stays(tmp_path: Path) -> None:
    path = made(tmp_path, "wav", "PCM_16")
    path.write_bytes(path.read_bytes()[:5000])
    before = path.read_bytes()
    with pytest.raises(FileError, match=r"'data' of \d+ bytes is cut short"):
        tags.write(path, TEXTS)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def png(*parts: tuple[bytes, bytes]) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    body = (b"IHDR", head), (b"IDAT", zlib.compress(b"\0\0\0\0")), *parts, (b"IEND", b"")
    return PNG_HEAD + b"".join(part(kind, data) for kind, data in body)


def test_pictures_give_all_three_kinds_of_text(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(
        png(
            (b"tEXt", b"prompt\0{}"),
            (b"zTXt", b"old\0\0" + zlib.compress("é".encode("latin-1"))),
            (b"iTXt", b"workflow\0\0\0en\0w\0" + "日本".encode()),
            (b"iTXt", b"packed\0\1\0\0\0" + zlib.compress("🎹".encode())),
        )
    )
    expected = {"prompt": "{}", "old": "é", "workflow": "日本", "packed": "🎹"}
    assert tags.read(path) == expected


def test_a_damaged_picture_gives_what_is_whole(tmp_path: Path) -> None:
    data = png((b"tEXt", b"prompt\0{}"), (b"tEXt", b"workflow\0{}"))
    path = tmp_path / "picture.png"
    broken = bytearray(data)
    broken[data.index(b"prompt")] ^= 1
    path.write_bytes(broken)
    assert tags.read(path) == {"workflow": "{}"}
    for end in range(len(data)):
        path.write_bytes(data[:end])
        assert set(tags.read(path)) <= {"prompt", "workflow"}


def test_a_bomb_in_a_picture_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    packed = zlib.compress(bytes(100 << 20), 1)
    path.write_bytes(png((b"zTXt", b"workflow\0\0" + packed), (b"tEXt", b"prompt\0{}")))
    assert tags.read(path) == {"prompt": "{}"}


@pytest.mark.parametrize("suffix", ["wav", "flac", "mp3", "ogg"])
def test_damage_anywhere_gives_texts_or_none_but_no_error(tmp_path: Path, suffix: str) -> None:
    subtype = dict(KINDS)[suffix]
    path = made(tmp_path, suffix, subtype)
    tags.write(path, TEXTS)
    data = path.read_bytes()
    random = np.random.default_rng(2)
    for _ in range(20):
        broken = bytearray(data[: random.integers(1, len(data))])
        for at in random.integers(0, min(len(broken), 400), 8):
            broken[at] ^= int(random.integers(1, 256))
        path.write_bytes(broken)
        assert all(isinstance(text, str) for text in tags.read(path).values())


def test_files_of_other_kinds_and_empty_ones_carry_nothing(tmp_path: Path) -> None:
    path = tmp_path / "anything"
    for data in (b"", b"hello", b"#EXTM3U\nhttp://127.0.0.1/x.ts\n", bytes(1000), b"RIFF" * 9):
        path.write_bytes(data)
        assert tags.read(path) == {}


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no such file"):
        tags.read(tmp_path / "none.flac")


def free(*args: object) -> None:
    """Stands where an engine's work would be."""


SYNTH = Engine("synth", "", free, licence="Apache-2.0", commercial=True, source="here")
STRICT = Engine("musicgen", "", free, licence="CC-BY-NC-4.0", commercial=False)


def test_the_strictest_licence_is_stated() -> None:
    found = tags.of(Provenance({"1": {}}, {"nodes": []}, (STRICT, SYNTH)), "1.2", "Take")
    assert found["license"] == "not for commercial use: musicgen (CC-BY-NC-4.0)"
    made = json.loads(found["patchbay"])
    assert made["version"] == "1.2"
    assert [engine["name"] for engine in made["engines"]] == ["musicgen", "synth"]
    assert made["engines"][0]["commercial"] is False
    assert json.loads(found["prompt"]) == {"1": {}}
    assert json.loads(found["workflow"]) == {"nodes": []}
    assert found["title"] == "Take"


def test_free_engines_permit_commercial_use_and_no_engine_says_nothing() -> None:
    assert tags.statement((SYNTH,)) == "commercial use permitted: synth (Apache-2.0)"
    found = tags.of(Provenance({}, None, ()), "1.2")
    assert set(found) == {"patchbay", "artist"}
