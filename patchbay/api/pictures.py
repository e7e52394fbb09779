"""Pictures that were uploaded or made: opened with care, shown smaller in bytes, masked."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, BinaryIO, Literal

from patchbay.errors import MediaError

if TYPE_CHECKING:
    from PIL import Image as Pillow
    from PIL.PngImagePlugin import PngInfo

# Decoded, four bytes each: a quarter of a gigabyte. A file of a few kilobytes can hold more.
MOST_PIXELS = 64_000_000
# Only these are tried: some of Pillow's readers start other programs.
_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")
_SUFFIXES = frozenset(
    (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
)  # fmt: skip
_PREVIEW = re.compile(r"(webp|jpeg)(?:;(\d{1,3}))?", re.ASCII)
_QUALITY = 90
_SIDES = {"WEBP": 16_383, "JPEG": 65_500}  # the most that the formats hold; a mural is longer


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as a file's bytes."""

    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Form:
    """How a picture is to be sent: in which format, with which of its channels."""

    format: Literal["PNG", "WEBP", "JPEG"]
    quality: int = _QUALITY
    channel: Literal["rgba", "rgb", "a"] = "rgba"

    @classmethod
    def of(cls, preview: str | None, channel: str | None) -> Form | None:
        """The form that `/view` is asked for; None for the file as it is. A preview's format and
        quality are taken as well as can be: what is unknown becomes WebP of quality 90."""
        part: Literal["rgba", "rgb", "a"] = "rgba"
        if channel in ("rgb", "a"):
            part = "a" if channel == "a" else "rgb"
        if preview is None:
            return None if part == "rgba" else cls("PNG", channel=part)
        match = _PREVIEW.fullmatch(preview)
        quality = min(100, int(match[2])) if match and match[2] else _QUALITY
        # Only WebP keeps the alpha channel that is asked for.
        jpeg = match is not None and match[1] == "jpeg" and "a" not in (channel or "")
        return cls("JPEG" if jpeg else "WEBP", quality, part)


def is_picture(name: str) -> bool:
    """Whether a file of this name is looked at as a picture."""
    return PurePath(name).suffix.lower() in _SUFFIXES


def converted(file: BinaryIO, form: Form) -> Encoded:
    """The picture in another form. Raises MediaError when it cannot be read, or is too large."""
    from PIL import Image

    picture = opened(file)
    rgba = picture.convert("RGBA")
    if form.channel == "a":
        result = Image.new("RGBA", rgba.size)
        result.putalpha(rgba.getchannel("A"))
    else:
        result = rgba if form.channel == "rgba" and form.format != "JPEG" else rgba.convert("RGB")
    if (side := _SIDES.get(form.format)) is not None:
        result.thumbnail((side, side))
    data = io.BytesIO()
    # PNG takes no quality; the lowest compression that still saves much is a tenth of the time.
    options = {"compress_level": 1} if form.format == "PNG" else {"quality": form.quality}
    result.save(data, form.format, **options)
    return Encoded(data.getvalue(), f"image/{form.format.lower()}")


def masked(original: BinaryIO, mask: BinaryIO) -> bytes:
    """The original with the mask's alpha channel for its own, as PNG, with the text that a PNG
    carries, such as its workflow. Raises MediaError, also when their sizes differ."""
    from PIL import ImageOps

    picture = opened(original)
    text = _text_of(picture)
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    alpha = opened(mask).convert("RGBA").getchannel("A")
    if alpha.size != upright.size:
        raise MediaError(
            f"the mask has {alpha.width} x {alpha.height} pixels and the picture {upright.width} "
            f"x {upright.height}: send a mask of the picture's size"
        )
    upright.putalpha(alpha)
    data = io.BytesIO()
    upright.save(data, "PNG", pnginfo=text, icc_profile=profile, compress_level=4)
    return data.getvalue()


def opened(file: BinaryIO) -> Pillow.Image:
    """The picture in a file, decoded. Raises MediaError."""
    from PIL import Image

    try:
        picture = Image.open(file, formats=_FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        most = MOST_PIXELS // 1_000_000
        message = f"the picture is too large: at most {most} million pixels are decoded here"
        raise MediaError(message) from error
    except Exception as error:  # a decoder may raise anything on what is not a picture
        # Not in its words: they may name the file's path.
        kinds = ", ".join(_FORMATS)
        raise MediaError(
            f"the picture cannot be read: it is damaged, or none of {kinds}"
        ) from error
    return picture


def _text_of(picture: Pillow.Image) -> PngInfo:
    from PIL.PngImagePlugin import PngInfo

    kept = PngInfo()
    for key, value in getattr(picture, "text", {}).items():
        kept.add_text(key, value)
    return kept
