"""Waveforms and small pictures, against numbers and pictures made here."""

from __future__ import annotations

import io
import tracemalloc
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from patchbay import probe, thumbnails, waveform
from patchbay.errors import FileError
from patchbay.media import Audio


def noise(frames: int, channels: int = 2, seed: int = 1) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((channels, frames)) * 0.2).astype(np.float32)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "WEBP"
    return image.convert("RGBA")


# Waveforms


@given(frames=st.integers(1, 40_000), channels=st.integers(1, 3), block=st.integers(1, 9_000))
def test_the_bins_of_an_outline_are_the_extremes_of_their_frames(
    frames: int, channels: int, block: int
) -> None:
    samples = noise(frames, channels, frames)
    maker = waveform._Maker()
    for start in range(0, frames, block):
        maker.add(samples[:, start : start + block])
    bins, size = maker.bins(), maker.bin_frames
    starts = np.arange(0, frames, size)
    assert np.array_equal(bins[:, 0], np.minimum.reduceat(samples.min(axis=0), starts))
    assert np.array_equal(bins[:, 1], np.maximum.reduceat(samples.max(axis=0), starts))
    assert len(bins) <= 2 * waveform.MOST_POINTS + 1
    assert frames <= waveform.MOST_POINTS or len(bins) >= waveform.MOST_POINTS


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_an_outline_of_a_file_covers_all_of_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    samples = np.zeros((2, 48_000), np.float32)
    samples[1, 24_000:] = 0.5  # the second half of the right channel
    soundfile.write(path, samples.T, 48_000)
    outline = waveform.of_file(path)
    assert outline.seconds == pytest.approx(1.0, abs=0.05)
    assert (outline.rate_hz, outline.channels) == (48_000, 2)
    points = outline.points(10)
    assert points.shape == (10, 2)
    assert abs(points[:4]).max() < 0.1
    assert points[6:9, 1].min() > 0.4


def test_channels_out_of_phase_do_not_vanish(tmp_path: Path) -> None:
    samples = np.stack((np.full(100, 0.5), np.full(100, -0.25))).astype(np.float32)
    found = waveform.of_sound(Audio(samples, 8_000), 1)
    assert found.tolist() == [[-0.25, 0.5]]
    soundfile.write(tmp_path / "a.wav", samples.T, 8_000, subtype="FLOAT")
    assert waveform.of_file(tmp_path / "a.wav").points(1).tolist() == [[-0.25, 0.5]]


def test_fewer_frames_than_points_give_a_point_each(tmp_path: Path) -> None:
    samples = np.array([[0.1, -0.2, 0.3]], np.float32)
    assert (
        waveform.of_sound(Audio(samples, 8_000), 10).tolist()
        == np.stack((samples[0], samples[0]), axis=1).tolist()
    )
    assert waveform.of_sound(Audio(samples[:, :0], 8_000), 10).shape == (0, 2)
    soundfile.write(tmp_path / "a.wav", samples.T, 8_000, subtype="FLOAT")
    assert len(waveform.of_file(tmp_path / "a.wav").points(10)) == 3


def test_samples_that_are_no_numbers_do_not_spoil_the_rest(tmp_path: Path) -> None:
    samples = np.array([0.1, np.nan, np.inf, -np.inf], np.float32)
    soundfile.write(tmp_path / "a.wav", samples, 8_000, subtype="FLOAT")
    points = waveform.of_file(tmp_path / "a.wav").points(4)
    assert points[:, 1].tolist() == [pytest.approx(0.1), 0.0, 1.0, -1.0]


def test_a_long_sound_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    block = noise(480_000, 2).T
    with soundfile.SoundFile(path, "w", 48_000, 2, subtype="PCM_16") as file:
        for _ in range(30):  # five minutes: 115 MB as samples
            file.write(block)
    del block
    tracemalloc.start()
    try:
        outline = waveform.of_file(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outline.seconds == 300
    assert peak < 12 << 20


@pytest.mark.parametrize("content", [b"", b"RIFF", b"nothing of the kind", b"\x00" * 5_000])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(FileError):
        waveform.of_file(path)


def test_a_sound_that_nothing_here_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(100).T, 48_000, subtype="PCM_16")
    data = path.read_bytes()
    assert data[20:22] == b"\x01\x00"  # PCM; no format has the number that comes in its place
    path.write_bytes(data[:20] + b"\x77\x77" + data[22:])
    with pytest.raises(FileError, match="of a kind that cannot be read"):
        waveform.of_file(path)
    with pytest.raises(FileError, match="of a kind that cannot be read"):
        thumbnails.of_file(path, 64)


def test_reading_a_sound_can_be_stopped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", noise(200_000).T, 48_000)
    with pytest.raises(FileError, match="stopped"):
        waveform.of_file(tmp_path / "a.wav", lambda: True)


def test_the_picture_of_a_sound_shows_its_shape(tmp_path: Path) -> None:
    samples = np.zeros(8_000, np.float32)
    samples[4_000:] = np.sin(np.arange(4_000)) * 1.0
    soundfile.write(tmp_path / "a.wav", samples, 8_000, subtype="FLOAT")
    image = opened(thumbnails.of_file(tmp_path / "a.wav", 64))
    assert image.size == (64, 32)
    filled = (np.asarray(image)[:, :, 3] > 128).sum(axis=0)
    assert filled[:30].max() <= 4  # silence is a thin line
    assert filled[34:].min() >= 28


# Pictures


def test_a_picture_is_made_small_and_keeps_its_shape(tmp_path: Path) -> None:
    Image.new("RGB", (640, 320), (200, 30, 30)).save(tmp_path / "a.png")
    image = opened(thumbnails.of_file(tmp_path / "a.png", 128))
    assert image.size == (128, 64)
    assert image.getpixel((5, 5)) == pytest.approx((200, 30, 30, 255), abs=6)
    Image.new("RGB", (20, 10)).save(tmp_path / "small.png")
    assert opened(thumbnails.of_file(tmp_path / "small.png", 128)).size == (20, 10)


def test_a_photograph_stands_upright_and_keeps_nothing_of_where_it_was_taken(
    tmp_path: Path,
) -> None:
    photo = Image.new("RGB", (400, 200), "blue")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "at home"
    photo.save(tmp_path / "a.jpg", exif=exif)
    data = thumbnails.of_file(tmp_path / "a.jpg", 100)
    assert opened(data).size == (50, 100)
    assert b"at home" not in data
    assert b"EXIF" not in data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_a_picture_of_any_mode_is_shown(tmp_path: Path, mode: str) -> None:
    suffix = {"CMYK": ".jpg", "F": ".tiff"}.get(mode, ".png")
    image = Image.new("L", (64, 64), 128)
    if mode == "I;16":
        image = Image.fromarray(np.full((64, 64), 0x8000, np.uint16))
    else:
        image = image.convert(mode)
    image.save(tmp_path / f"a{suffix}")
    shown = opened(thumbnails.of_file(tmp_path / f"a{suffix}", 32))
    assert shown.size == (32, 32)
    if mode in ("L", "RGBA", "I;16"):
        assert shown.getpixel((16, 16)) == pytest.approx((128, 128, 128, 255), abs=6)


def test_a_picture_that_claims_to_be_gigantic_is_not_unpacked(tmp_path: Path) -> None:
    for name, size in (("a.png", (60_000, 60_000)), ("b.png", (10_000, 9_500))):
        path = tmp_path / name
        Image.new("1", (8, 8)).save(path)
        data = bytearray(path.read_bytes())
        data[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
        data[29:33] = _crc(bytes(data[12:29]))
        path.write_bytes(data)
        with pytest.raises(FileError, match="pixels"):
            thumbnails.of_file(path, 64)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"<svg onload=x>"])
def test_a_damaged_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(FileError, match="no picture"):
        thumbnails.of_file(tmp_path / "a.png", 64)


def test_a_cut_picture_is_refused(tmp_path: Path) -> None:
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)).save(
        tmp_path / "a.png"
    )
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(FileError):
        thumbnails.of_file(tmp_path / "a.png", 32)


def test_a_film_shows_its_first_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    _film(path)
    image = opened(thumbnails.of_file(path, 40))
    assert image.size == (40, 30)
    red, green, *_ = image.getpixel((20, 15))  # type: ignore[misc]  # four numbers
    assert red > 150
    assert green < 90
    facts = probe.facts_of(path)
    assert (facts.kind, facts.width, facts.height) == ("video", 80, 60)
    assert facts.frames_per_second == 10
    with pytest.raises(FileError, match="no sound"):
        waveform.of_file(path)


def test_a_film_that_nothing_here_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    _film(path)
    data = path.read_bytes()
    assert data.count(b"V_MPEG4/ISO/ASP") == 1
    path.write_bytes(data.replace(b"V_MPEG4/ISO/ASP", b"V_UNKNOWN/A/B/C"))
    with pytest.raises(FileError, match="of a kind that cannot be read"):
        thumbnails.of_file(path, 64)


def test_other_files_have_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(FileError, match="neither"):
        thumbnails.of_file(tmp_path / "a.txt", 64)


# Facts


def test_a_file_tells_what_it_is(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", np.zeros((4_410, 1)), 44_100)
    Image.new("RGB", (30, 20)).save(tmp_path / "a.webp")
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    sound = probe.facts_of(tmp_path / "a.flac")
    assert (sound.kind, sound.rate_hz, sound.channels) == ("audio", 44_100, 1)
    assert sound.seconds == pytest.approx(0.1)
    picture = probe.facts_of(tmp_path / "a.webp")
    assert (picture.kind, picture.width, picture.height) == ("image", 30, 20)
    assert probe.facts_of(tmp_path / "a.json") == probe.Facts("text")
    assert probe.facts_of(tmp_path / "broken.wav") == probe.Facts("audio")


def test_a_file_gives_back_the_graph_that_it_carries(tmp_path: Path) -> None:
    from patchbay import tags

    soundfile.write(tmp_path / "a.wav", np.zeros(10), 8_000)
    tags.write(tmp_path / "a.wav", {"prompt": '{"1": {}}', "title": "Snow"})
    facts = probe.facts_of(tmp_path / "a.wav")
    assert (facts.carries, facts.title) == (("prompt",), "Snow")
    assert probe.carried(tmp_path / "a.wav") == {"prompt": {"1": {}}}
    tags.write(tmp_path / "a.wav", {"workflow": "{"})
    with pytest.raises(FileError, match="damaged"):
        probe.carried(tmp_path / "a.wav")


def _crc(data: bytes) -> bytes:
    import zlib

    return zlib.crc32(data).to_bytes(4, "big")


def _film(path: Path) -> None:
    import av

    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = 80, 60, "yuv420p"
        for index in range(5):
            pixels = np.zeros((60, 80, 3), np.uint8)
            pixels[..., 0 if index == 0 else 1] = 220
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, "rgb24")))
        container.mux(stream.encode(None))
