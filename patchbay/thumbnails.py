"""Small pictures of files: of a picture itself, of a film's first frame, of a sound's waveform."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from patchbay import tags, waveform
from patchbay.errors import FileError
from patchbay.probe import Kind, kind_of

if TYPE_CHECKING:
    from PIL.Image import Image

TYPE = "image/webp"
SMALLEST, LARGEST = 16, 1024
# A picture is unpacked whole before it is made small: this many pixels take 256 MB. It is also
# what keeps a file of a few kilobytes that claims to be gigantic from filling the memory.
MOST_PIXELS = 64_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_QUALITY = 80
_WAVE_COLOUR = (122, 162, 247, 255)  # reads on light and on dark
_SOFTEST = 1  # pixels that silence still shows


def of_file(path: Path, size: int, stopped: Callable[[], bool] = lambda: False) -> bytes:
    """A WEBP picture of at most `size` pixels each way. May take seconds for a long sound.

    Raises FileError for a file that cannot be shown, or whose picture has over 64 million pixels.
    """
    size = max(SMALLEST, min(LARGEST, size))
    kind = kind_of(path)
    if kind == "image":
        return _encoded(_shrunk(_picture(path, size), size))
    if kind == "video":
        return _encoded(_shrunk(_first_frame(path), size))
    if kind == "audio":
        return _encoded(of_outline(waveform.of_file(path, stopped), size))
    raise FileError(f"file {path.name} is neither a picture, a film nor a sound")


def of_outline(outline: waveform.Outline, size: int) -> Image:
    """A waveform, twice as wide as high, on nothing."""
    from PIL import Image

    width, height = size, max(1, size // 2)
    points = outline.points(width)
    columns = np.linspace(0, len(points), width, endpoint=False).astype(np.int64)
    low, high = np.clip(points[columns, 0], -1, 1), np.clip(points[columns, 1], -1, 1)
    middle = (height - 1) / 2
    top = np.minimum(middle - high * middle, middle - _SOFTEST / 2)
    bottom = np.maximum(middle - low * middle, middle + _SOFTEST / 2)
    rows = np.arange(height)[:, None]
    inside = (rows >= np.floor(top)) & (rows <= np.ceil(bottom))
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[inside] = _WAVE_COLOUR
    return Image.fromarray(pixels, "RGBA")


def _picture(path: Path, size: int) -> Image:
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings(), Image.open(path, formats=_FORMATS) as image:
            _check_pixels(path, image.width, image.height)
            image.draft("RGB", (size, size))  # JPEG is unpacked small at once
            turned = ImageOps.exif_transpose(image)
            turned.load()
            return turned
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileError(f"picture {path.name} has too many pixels to be shown small") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise FileError(f"file {path.name} is no picture that can be read") from error


def _first_frame(path: Path) -> Any:
    import av

    try:
        with tags.opened(path) as container:
            if not container.streams.video:
                raise FileError(f"file {path.name} holds no pictures")
            stream = container.streams.video[0]
            if stream.codec_context is None:
                raise FileError(f"file {path.name} holds a film of a kind that cannot be read")
            _check_pixels(path, stream.width, stream.height)
            for frame in container.decode(stream):
                _check_pixels(path, frame.width, frame.height)
                return frame.to_image()
    except (av.FFmpegError, ValueError, RuntimeError, OSError) as error:
        raise FileError(f"file {path.name} is no film that can be read") from error
    raise FileError(f"file {path.name} holds no pictures")


def _check_pixels(path: Path, width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise FileError(
            f"picture {path.name} is {width} × {height}: over {MOST_PIXELS} pixels are not shown"
        )


def _shrunk(image: Image, size: int) -> Image:
    if image.mode.startswith("I;16"):  # 16 bits of grey: Pillow would only cut them off
        image = image.point(lambda value: value / 256).convert("L")
    alpha = "A" in image.mode or "transparency" in image.info
    image = image.convert("RGBA" if alpha else "RGB")
    image.thumbnail((size, size))
    return image


def _encoded(image: Image) -> bytes:
    """Without what the file said of itself: where a photograph was taken is nobody's business."""
    data = io.BytesIO()
    image.save(data, "WEBP", quality=_QUALITY, method=4, exif=b"", icc_profile=None)
    return data.getvalue()


__all__ = ["LARGEST", "MOST_PIXELS", "SMALLEST", "TYPE", "Kind", "of_file", "of_outline"]
