"""A picture cut into tiles at every size, in one pass from top to bottom.

PNG is read in strips: one of 100,000 pixels' width takes some 350 MB, however high it is. Other
formats are unpacked whole, which their limit of `MOST_WHOLE_PIXELS` keeps below 1 GB.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from patchbay.api import rows
from patchbay.chunks import PNG_HEAD
from patchbay.errors import FileError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

TILE = 256  # even, so that two rows of one tile always make one of a smaller level
MOST_SIDE = 300_000
MOST_PIXELS = 4_000_000_000  # two minutes' work
MOST_WHOLE_PIXELS = 128_000_000  # four bytes each, once more where it lies on its side
_QUALITY = 85
_TURNED = (5, 6, 7, 8)  # Exif orientations that swap width and height
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Shape:
    """A picture's size, and how it is to be read."""

    width: int
    height: int
    in_strips: bool

    @property
    def levels(self) -> int:
        longest, levels = max(self.width, self.height), 1
        while longest > TILE:
            longest, levels = (longest + 1) // 2, levels + 1
        return levels

    def holds(self, level: int, x: int, y: int) -> bool:
        """Whether there is such a tile."""
        if level >= self.levels:
            return False
        scale = TILE << (self.levels - 1 - level)
        return x * scale < self.width and y * scale < self.height


def shape_of(path: Path) -> Shape:
    """A picture's size, from its head. Raises FileError for what is none, or too large."""
    with path.open("rb") as file:
        if file.read(8) == PNG_HEAD:
            header = rows.header_of(file)
            shape = Shape(header.width, header.height, not header.interlaced)
        else:
            image = _opened(file, path.name)
            width, height = image.size
            if _orientation(image) in _TURNED:
                width, height = height, width
            shape = Shape(width, height, in_strips=False)
    pixels = shape.width * shape.height
    if max(shape.width, shape.height) > MOST_SIDE or pixels > MOST_PIXELS:
        raise FileError(
            f"picture {path.name} is {shape.width} × {shape.height}: tiles are made of up to "
            f"{MOST_SIDE} pixels each way and {MOST_PIXELS} in all"
        )
    if not shape.in_strips and pixels > MOST_WHOLE_PIXELS:
        raise FileError(
            f"picture {path.name} is {shape.width} × {shape.height}: of its format, tiles are made "
            f"of up to {MOST_WHOLE_PIXELS} pixels; save it as PNG that is not interlaced"
        )
    return shape


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of a picture: whether its tiles have an alpha channel, and how large all are."""

    alpha: bool
    size_bytes: int


def cut(path: Path, folder: Path, stopped: Callable[[], bool]) -> Cut:
    """Writes all tiles of a picture below a folder, as `level/x_y`: WEBP where they have an alpha
    channel, else JPEG. Raises FileError, OSError."""
    shape = shape_of(path)
    level: _Level | None = None
    with path.open("rb") as file:
        source = _in_strips(file, stopped) if shape.in_strips else _whole(file, path.name)
        for strip in source:
            level = level or _Level(folder, shape, shape.levels - 1, strip.mode)
            level.add(strip)
            if stopped():
                raise FileError("the server stops")
    assert level is not None
    return Cut(level.mode == "RGBA", level.end())


class _Level:
    """One size of the picture while it comes in: a row of tiles is cut when it is full, and handed
    on at half its size."""

    def __init__(self, folder: Path, shape: Shape, number: int, mode: str) -> None:
        from PIL import Image

        behind = shape.levels - 1 - number
        self.mode = mode
        self._width = -(-shape.width // (1 << behind))
        self._folder = folder / str(number)
        self._folder.mkdir()
        self._canvas = Image.new(mode, (self._width, TILE))
        self._smaller = _Level(folder, shape, number - 1, mode) if number else None
        self._filled = 0
        self._row = 0
        self._size_bytes = 0

    def add(self, strip: Image) -> None:
        """Some rows, of the level's width."""
        start = 0
        while start < strip.height:
            count = min(TILE - self._filled, strip.height - start)
            rows = strip.crop((0, start, strip.width, start + count))
            self._canvas.paste(rows, (0, self._filled))
            self._filled += count
            start += count
            if self._filled == TILE:
                self._flush()

    def end(self) -> int:
        """Cuts what is left; how many bytes all tiles of this level and the smaller ones take."""
        if self._filled:
            self._flush()
        return self._size_bytes + (self._smaller.end() if self._smaller else 0)

    def _flush(self) -> None:
        full = self._canvas.crop((0, 0, self._width, self._filled))
        if self._filled == TILE:
            full = self._canvas
        for column in range(-(-self._width // TILE)):
            left = column * TILE
            box = (left, 0, min(left + TILE, self._width), self._filled)
            path = self._folder / f"{column}_{self._row}"
            full.crop(box).save(path, "WEBP" if self.mode == "RGBA" else "JPEG", quality=_QUALITY)
            self._size_bytes += path.stat().st_size
        if self._smaller is not None:
            self._smaller.add(_halved(full))
        self._row += 1
        self._filled = 0


def _halved(image: Image) -> Image:
    """Half as large, rounded up. What is transparent has no colour to give."""
    if image.mode == "RGBA":
        return image.convert("RGBa").reduce(2).convert("RGBA")
    return image.reduce(2)


def _in_strips(file: BinaryIO, stopped: Callable[[], bool]) -> Iterator[Image]:
    from PIL import Image

    for pixels in rows.strips(file, rows.header_of(file), stopped):
        yield Image.fromarray(pixels)


def _whole(file: BinaryIO, name: str) -> Iterator[Image]:
    from PIL import ImageOps

    image: Any = _opened(file, name)
    try:
        image.load()
        if _orientation(image) != 1:
            image = ImageOps.exif_transpose(image)
        alpha = "A" in image.mode or "transparency" in image.info
        for top in range(0, image.height, TILE):
            strip = image.crop((0, top, image.width, min(top + TILE, image.height)))
            if strip.mode.startswith("I;16"):  # 16 bits of grey: Pillow would only cut them off
                strip = strip.point(lambda value: value / 256).convert("L")
            yield strip.convert("RGBA" if alpha else "RGB")
    except (OSError, ValueError, SyntaxError) as error:
        raise FileError(f"picture {name} is damaged") from error


def _opened(file: BinaryIO, name: str) -> ImageFile:
    """The picture, not unpacked yet. Raises FileError.

    By the readers themselves: `Image.open` refuses what is large, which is all there is here.
    """
    from PIL import (
        BmpImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    file.seek(0)
    head = file.read(12)
    file.seek(0)
    readers: dict[bytes, Callable[[BinaryIO], ImageFile]] = {
        b"\xff\xd8\xff": JpegImagePlugin.JpegImageFile,
        PNG_HEAD: PngImagePlugin.PngImageFile,
        b"RIFF": WebPImagePlugin.WebPImageFile,
        b"GIF8": GifImagePlugin.GifImageFile,
        b"BM": BmpImagePlugin.BmpImageFile,
        b"II*\0": TiffImagePlugin.TiffImageFile,
        b"MM\0*": TiffImagePlugin.TiffImageFile,
    }
    for magic, reader in readers.items():
        if head.startswith(magic):
            # Whatever is wrong with its texts and numbers, the pixels are what is wanted.
            with (
                warnings.catch_warnings(action="ignore"),
                contextlib.suppress(OSError, ValueError, SyntaxError, EOFError, TypeError),
            ):
                return reader(file)
    raise FileError(
        f"file {name} is no picture that tiles can be made of: give PNG, JPEG, WEBP, TIFF, BMP or "
        "GIF that is not damaged"
    )


def _orientation(image: ImageFile) -> int:
    """How the picture lies, from its Exif; upright where that is damaged."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # Pillow raises anything on damaged Exif
        return 1
