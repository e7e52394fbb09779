"""Very large pictures in tiles: the same pixels whatever the format, and never all in memory."""

from __future__ import annotations

import asyncio
import io
import os
import struct
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from patchbay.api import pyramids, rows, tiling
from patchbay.errors import FileError
from patchbay.packs import Catalogue
from tests.serving import Client, Place

Pixels = rows.Pixels
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def png(
    width: int, packed: Iterator[tuple[int, bytes]] | list[tuple[int, bytes]], *, colour: int = 2,
    depth: int = 8, height: int | None = None, extra: dict[bytes, bytes] | None = None,
    interlaced: int = 0, piece: int = 5_000,
) -> bytes:  # fmt: skip
    """A PNG of rows, each with the number of its filter, in as many pieces as come of it."""
    lines = list(packed)
    head = struct.pack(
        ">IIBBBBB", width, len(lines) if height is None else height, depth, colour, 0, 0, interlaced
    )
    data = zlib.compress(b"".join(bytes([kind]) + body for kind, body in lines), 1)
    pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
    parts = [
        (b"IHDR", head),
        *(extra or {}).items(),
        *((b"IDAT", p) for p in pieces),
        (b"IEND", b""),
    ]
    made = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + made


def filtered(plain: Pixels, step: int, kinds: list[int]) -> list[tuple[int, bytes]]:
    """Rows of bytes filtered as the specification says (PNG, 9.2), one kind after the other."""
    found = []
    before = np.zeros(plain.shape[1], np.int32)
    for number, row in enumerate(plain.astype(np.int32)):
        left, above_left = np.zeros_like(row), np.zeros_like(row)
        left[step:], above_left[step:] = row[:-step], before[:-step]
        estimate = left + before - above_left
        near = [abs(estimate - each) for each in (left, before, above_left)]
        paeth = np.where(
            (near[0] <= near[1]) & (near[0] <= near[2]), left,
            np.where(near[1] <= near[2], before, above_left),
        )  # fmt: skip
        kind = kinds[number % len(kinds)]
        guess = [np.zeros_like(row), left, before, (left + before) // 2, paeth][kind]
        found.append((kind, ((row - guess) % 256).astype(np.uint8).tobytes()))
        before = row
    return found


def read(data: bytes) -> Pixels:
    file = io.BytesIO(data)
    return np.concatenate(list(rows.strips(file, rows.header_of(file), lambda: False)))


def by_pillow(data: bytes, mode: str) -> Any:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert(mode))


KINDS = [
    (colour, depth, clear)
    for colour, depth, clear in product((0, 2, 3, 4, 6), (1, 2, 4, 8, 16), (False, True))
    if not (colour != 0 and depth < 8 and colour != 3) and not (colour == 3 and depth == 16)
    if not (clear and colour in (4, 6))
]


@pytest.mark.parametrize(("colour", "depth", "clear"), KINDS)
def test_every_kind_of_png_is_read_in_strips_as_pillow_reads_it_whole(
    colour: int, depth: int, clear: bool
) -> None:
    rng = np.random.default_rng(colour * 100 + depth)
    width, height = 37, 75
    bits = _CHANNELS[colour] * depth
    plain = rng.integers(0, 256, (height, (width * bits + 7) // 8), np.uint8)
    extra: dict[bytes, bytes] = {}
    if colour == 3:
        extra[b"PLTE"] = rng.bytes(3 << depth)
    if clear:
        extra[b"tRNS"] = {3: bytes([0, 128]), 0: struct.pack(">H", 1), 2: bytes(6)}[colour]
        if colour == 2:
            plain[3] = 0
    data = png(
        width, filtered(plain, max(1, bits // 8), [4, 3, 2, 1, 0]), colour=colour, depth=depth,
        extra=extra, piece=333,
    )  # fmt: skip
    found = read(data)
    channels = 4 if clear or colour in (4, 6) else 3
    assert found.shape == (height, width, channels)
    if depth == 16:  # Pillow keeps or drops the lower bits, as the mode has it
        upper = plain.reshape(height, width, _CHANNELS[colour], 2)[:, :, :, 0]
        if colour in (0, 4):
            upper = np.concatenate([upper[:, :, :1]] * 3 + [upper[:, :, 1:]], axis=2)
        assert (found[:, :, : upper.shape[2]] == upper).all()
    elif clear and colour == 0:  # here Pillow compares with what it has made 8 bits of
        assert (found[:, :, 0] == by_pillow(data, "L")).all()
        clear_grey = 255 // ((1 << depth) - 1)
        assert (found[:, :, 3] == np.where(found[:, :, 0] == clear_grey, 0, 255)).all()
    else:
        assert (found == by_pillow(data, "RGBA" if channels == 4 else "RGB")).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data[:-200], "ends after"),
        (lambda data: data[:20], "cut short"),
        (lambda data: data[:8], "cut short"),
        (lambda data: data.replace(b"IHDR", b"JHDR"), "head is damaged"),
        (lambda data: data[:24] + b"\x07" + data[25:], "head is damaged"),
        (lambda data: data[:25] + b"\x05" + data[26:], "head is damaged"),
        (lambda data: data[:16] + bytes(4) + data[20:], "head is damaged"),
        (lambda data: data[:80] + b"\xff" * 40 + data[120:], "damaged|cut short"),
        (lambda data: data[:28] + b"\x01" + data[29:], "interlaced"),
        (lambda data: b"no" + data, "no PNG"),
    ],
)
def test_a_damaged_png_is_refused(change: Callable[[bytes], bytes], words: str) -> None:
    rng = np.random.default_rng(0)
    data = png(40, filtered(rng.integers(0, 256, (90, 120), np.uint8), 3, [1]))
    assert len(read(data)) == 90
    with pytest.raises(FileError, match=words):
        read(change(data))


def test_a_filter_that_is_none_is_damage() -> None:
    with pytest.raises(FileError, match="damaged"):
        read(png(4, [(9, bytes(12))]))


def test_a_file_that_claims_more_than_it_has_takes_no_memory_for_it() -> None:
    data = png(100_000, [(0, bytes(300_000))], height=30_000)
    with pytest.raises(FileError, match="ends after 0 of its rows"):
        read(data)


# Pyramids


def picture(path: Path, width: int, height: int, mode: str = "RGB", **how: Any) -> Any:
    """A picture that is a little different everywhere, and smooth."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    planes = [x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)]
    if mode == "RGBA":
        planes.append(np.where(x < width // 2, 255, 0))
    pixels = np.stack(planes, axis=2).astype(np.uint8)
    Image.fromarray(pixels).save(path, **how)
    return pixels


def joined(folder: Path, shape: tiling.Shape, level: int, mode: str = "RGB") -> Any:
    """A level's tiles put together again."""
    strips = []
    y = 0
    while shape.holds(level, 0, y):
        row, x = [], 0
        while shape.holds(level, x, y):
            with Image.open(folder / str(level) / f"{x}_{y}") as tile:
                row.append(np.asarray(tile.convert(mode)))
            x += 1
        strips.append(np.concatenate(row, axis=1))
        y += 1
    return np.concatenate(strips)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".bmp"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (256, 256), (257, 300), (1_025, 520)])
def test_every_level_is_the_picture_at_its_size(
    tmp_path: Path, suffix: str, width: int, height: int
) -> None:
    path = tmp_path / f"a{suffix}"
    picture(path, width, height)
    with Image.open(path) as image:
        whole = image.convert("RGB")
    shape = tiling.shape_of(path)
    assert (shape.width, shape.height) == (width, height)
    pyramids.build(path, tmp_path / "tiles" / "a", lambda: False)
    assert [each.name for each in (tmp_path / "tiles").iterdir()] == ["a"]
    assert not shape.holds(shape.levels, 0, 0)
    for level in range(shape.levels):
        found = joined(tmp_path / "tiles" / "a", shape, level)
        scale = 1 << (shape.levels - 1 - level)
        expected = np.asarray(whole.reduce(scale) if scale > 1 else whole).astype(np.int32)
        assert found.shape == expected.shape
        assert abs(found - expected).max() <= 24, level  # JPEG's
        assert abs(found - expected).mean() < 2.5
    assert max(joined(tmp_path / "tiles" / "a", shape, 0).shape[:2]) <= tiling.TILE


def test_what_is_transparent_stays_so_and_bleeds_no_colour(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 600, 300, "RGBA")
    shape = tiling.shape_of(tmp_path / "a.png")
    pyramids.build(tmp_path / "a.png", tmp_path / "t" / "a", lambda: False)
    for level in range(shape.levels):
        found = joined(tmp_path / "t" / "a", shape, level, "RGBA")
        half = found.shape[1] // 2
        assert found[:, : half - 2, 3].min() > 250
        assert found[:, half + 2 :, 3].max() < 5


def test_a_photograph_lies_as_its_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    picture(tmp_path / "a.jpg", 600, 300, exif=exif)
    shape = tiling.shape_of(tmp_path / "a.jpg")
    assert (shape.width, shape.height) == (300, 600)
    pyramids.build(tmp_path / "a.jpg", tmp_path / "t" / "a", lambda: False)
    found = joined(tmp_path / "t" / "a", shape, shape.levels - 1)
    assert found.shape == (600, 300, 3)
    assert found[0, 0, 1] > 200  # what was the lower left corner
    assert found[-1, 0, 1] > 200
    assert found[0, -1, 1] < 50


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no way to measure it")
def test_a_picture_of_100_000_pixels_width_takes_bounded_memory(tmp_path: Path) -> None:
    """Whole it would take 200 MB more than the higher one than the lower one."""

    def lines(height: int) -> Iterator[tuple[int, bytes]]:
        row = (np.arange(300_000) // 999 % 256).astype(np.uint8).tobytes()
        return (
            (0 if number == 0 else 2, row if number == 0 else bytes(300_000))
            for number in range(height)
        )

    program = """
        import resource, sys
        from pathlib import Path
        from patchbay.api import pyramids
        path = Path(sys.argv[1])
        pyramids.build(path, path.with_suffix(".tiles") / "a", lambda: False)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    """
    taken = []
    for height in (300, 800):
        path = tmp_path / f"{height}.png"
        path.write_bytes(png(100_000, lines(height)))
        command = [sys.executable, "-c", textwrap.dedent(program), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
        taken.append(int(done.stdout) / (1 if sys.platform == "darwin" else 1 << 10) / 1_024)
        tiles = tmp_path / f"{height}.tiles" / "a"
        assert len(list((tiles / "9").iterdir())) == 391 * (-(-height // 256))
        with Image.open(tiles / "0" / "0_0") as whole:
            assert whole.size == (196, max(1, -(-height // 512)))
    assert taken[1] < 520
    assert abs(taken[1] - taken[0]) < 60


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    for name, data, words in (
        ("wide.png", png(300_001, [], height=1), "up to 300000 pixels each way"),
        ("many.png", png(200_000, [], height=20_001), "4000000000 in all"),
        (
            "laced.png",
            png(20_000, [], height=20_000, interlaced=1),
            "128000000 pixels; save it as PNG",
        ),
        ("text.png", b"nothing", "no picture that tiles can be made of"),
        ("a.gif", b"GIF89a", "no picture that tiles can be made of"),
        ("a.tif", b"II*\0" + b"\xff" * 50, "no picture that tiles can be made of"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(FileError, match=words):
            tiling.shape_of(tmp_path / name)


def test_nothing_is_left_of_tiles_that_could_not_all_be_made(tmp_path: Path) -> None:
    whole = png(700, filtered(np.zeros((600, 2_100), np.uint8), 3, [0]), piece=50)
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    home = tmp_path / "home"
    (home / "other.4194304.part").mkdir(parents=True)  # of a process that is no more
    with pytest.raises(FileError, match="cut short"):
        pyramids.build(tmp_path / "a.png", home / "a", lambda: False)
    assert list(home.iterdir()) == []
    (tmp_path / "a.png").write_bytes(whole)
    with pytest.raises(FileError, match="stops"):
        pyramids.build(tmp_path / "a.png", home / "a", lambda: True)
    assert list(home.iterdir()) == []


def test_tiles_that_were_looked_at_longest_ago_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(tmp_path / "a.png", 300, 300)
    home = tmp_path / "home"
    pyramids.build(tmp_path / "a.png", home / "a", lambda: False)
    size = sum(path.stat().st_size for path in (home / "a").rglob("?_?"))
    monkeypatch.setattr(pyramids, "_MOST_BYTES", 2 * size)
    for number, name in enumerate("bcd"):
        for path in home.iterdir():
            if path.name != "a":
                os.utime(path / "done.json", (number, number))
        assert pyramids.is_ready(home / "a")
        pyramids.build(tmp_path / "a.png", home / name, lambda: False)
    assert {path.name for path in home.iterdir()} == {"a", "d"}
    assert not pyramids.is_ready(home / "b")


# Over HTTP


def serve(place: Place, main: Callable[[Client], Any]) -> None:
    async def go() -> None:
        async with place.server() as client:
            await asyncio.wait_for(main(client), 120)

    asyncio.run(go())


def test_tiles_are_made_when_they_are_asked_for(tmp_path: Path, catalogue: Catalogue) -> None:
    place = Place(tmp_path, catalogue)
    (place.folders.output / "deep").mkdir()
    path = place.folders.output / "deep" / "mural 1.png"
    picture(path, 1_000, 300)

    async def main(client: Client) -> None:
        facts = await client.get("/api/v1/tiles/output/deep/mural 1.png")
        assert facts == {
            "width": 1_000, "height": 300, "tile": 256, "levels": 3, "ready": False,
            "url": "/api/v1/tiles/output/deep/mural%201.png",
        }  # fmt: skip
        places = [(2, 3, 1), (0, 0, 0), (1, 1, 0), (2, 0, 0)]
        answers = await asyncio.gather(
            *(client.raw("GET", f"{facts['url']}/{level}/{x}/{y}") for level, x, y in places)
        )
        sizes = []
        for answer, body in answers:
            assert (answer.status, answer.content_type) == (200, "image/jpeg")
            assert answer.headers["Content-Security-Policy"].startswith("sandbox")
            with Image.open(io.BytesIO(body)) as tile:
                sizes.append(tile.size)
        assert sizes == [(232, 44), (250, 75), (244, 150), (256, 256)]
        assert (await client.get(facts["url"]))["ready"] is True
        for tile_name in ("3/0/0", "2/4/0", "2/0/2", "0/1/0", "99999999999/0/0", "0/99999999999/0"):
            status, error = await client.refused("GET", f"{facts['url']}/{tile_name}")
            assert (status, "has no tile" in error["error"]["message"]) == (404, True)
        # another picture under the same name is another picture
        picture(path, 600, 200)
        assert (await client.get(facts["url"]))["ready"] is False
        _, body = await client.raw("GET", f"{facts['url']}/2/2/0")
        with Image.open(io.BytesIO(body)) as tile:
            assert tile.size == (88, 200)

    serve(place, main)
    assert len(list((place.folders.temp / ".tiles").iterdir())) == 2


def test_no_tile_is_made_of_what_is_no_picture_or_lies_elsewhere(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    place = Place(tmp_path, catalogue)
    (place.folders.output / "a.txt").write_text("words")
    (place.folders.output / "cut.png").write_bytes(png(9, [], height=9))
    picture(tmp_path / "secret.png", 9, 9)
    (place.folders.output / "link.png").symlink_to(tmp_path / "secret.png")

    async def main(client: Client) -> None:
        for path, status in (
            ("output/a.txt", 415), ("output/gone.png", 404), ("elsewhere/a.png", 404),
            ("output/..%2Fsecret.png", 400), ("output/link.png", 400), ("temp/.tiles", 400),
        ):  # fmt: skip
            for end in ("", "/0/0/0"):
                found, _ = await client.refused("GET", f"/api/v1/tiles/{path}{end}")
                assert found == status, (path, end)
        assert (await client.get("/api/v1/tiles/output/cut.png"))["levels"] == 1
        status, body = await client.refused("GET", "/api/v1/tiles/output/cut.png/0/0/0")
        assert (status, "ends after 0 of its rows" in body["error"]["message"]) == (415, True)

    serve(place, main)
