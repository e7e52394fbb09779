"""Names of files as people, prompts and clients write them: which can be kept everywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from patchbay.errors import InputError

FolderName = Literal["input", "output", "temp"]
_FOLDERS: dict[str, FolderName] = {"input": "input", "output": "output", "temp": "temp"}
_PART_BYTES = 255  # what file systems take for one name
_STEM_BYTES = 180  # below that, with room for a number and a suffix
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNKEPT = re.compile(r'[\x01-\x1f\x7f-\x9f<>:"|?*]')  # what Windows takes in no name
# Windows opens a device for these, in any folder and with any suffix.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
_MENTION = re.compile(r"(.+) \[(input|output|temp)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mention:
    """A file as people and clients write it: `take.wav` or `take.wav [output]`."""

    name: str
    folder: FolderName | None  # None where the text does not say

    @classmethod
    def of(cls, text: str) -> Mention:
        match = _MENTION.fullmatch(text)
        return cls(text, None) if match is None else cls(match[1], _FOLDERS[match[2]])


def folder_name(text: str) -> FolderName | None:
    """The folder of this name, if there is one."""
    return _FOLDERS.get(text)


def parts(name: str) -> list[str]:
    """The folders and the file of a relative name; a backslash parts them as a slash does.

    Raises InputError for a name that leads out of its folder on any system, and for one that
    some system cannot keep or takes for something other than a file.
    """
    shown = repr(name[:80])
    if _leaves(name):
        raise InputError(f"name {shown} leaves its folder: use a plain name such as takes/piano")
    found = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    for part in found:
        if wrong := _wrong(part):
            raise InputError(f"name {shown} {wrong}")
    return found


def cleaned(prefix: str) -> str:
    """A prefix for files, short enough and without what Windows takes in no name. It may lead
    anywhere: `parts` tells."""
    plain = prefix.strip().encode(errors="replace").decode().replace("\\", "/")
    plain = _UNKEPT.sub("_", plain.rstrip("/") or plain)
    above, slash, last = plain.rpartition("/")
    stem = last.encode()[:_STEM_BYTES].decode(errors="ignore") or "patchbay"
    # What begins with a dot is hidden, and not shown to clients.
    return above + slash + (f"_{stem[1:]}" if stem[0] == "." else stem)


def _leaves(name: str) -> bool:
    """Whether a name leads out of its folder, or would once what is percent-encoded in it is
    decoded."""
    for _ in range(4):
        plain = name.replace("\\", "/")
        if plain.startswith("/") or re.match("[A-Za-z]:", plain) or ".." in plain.split("/"):
            return True
        decoded = unquote(name)
        if decoded == name:
            return False
        name = decoded
    return True  # encoded so often that it is meant to get past something


def _wrong(part: str) -> str:
    """What keeps a part of a name from being a plain file's or folder's on every system."""
    try:
        size = len(part.encode())
    except UnicodeEncodeError:
        return "is not valid Unicode: rename it"
    if size > _PART_BYTES:
        return f"has a part of {size} bytes: use {_PART_BYTES} at most"
    if _CONTROL.search(part):
        return "has a control character in it: leave it out"
    if ":" in part:
        return "has a colon in it, which parts a file's streams on Windows: leave it out"
    if part.endswith((".", " ")):
        return "has a part that ends in a dot or a space, which Windows drops: leave it out"
    if _DEVICE.fullmatch(part.partition(".")[0].rstrip(" ")):
        return f"has the part {part!r}, which is a device on Windows: use another"
    return ""
