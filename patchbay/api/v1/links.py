"""The addresses under which a file is found."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import quote, urlencode

from patchbay.probe import kind_of

_SHOWN = ("audio", "image", "video")


def view_url(folder: str, name: str) -> str:
    """Where the file itself is."""
    above, _, last = name.rpartition("/")
    query = {"filename": last, "subfolder": above, "type": folder}
    return "/view?" + urlencode(query, errors="replace")


def thumbnail_url(folder: str, name: str) -> str | None:
    """Where a small picture of it is; None if none can be made."""
    return _below("thumbnails", folder, name) if kind_of(PurePath(name)) in _SHOWN else None


def peaks_url(folder: str, name: str) -> str | None:
    """Where its waveform is; None if it is no sound."""
    return _below("peaks", folder, name) if kind_of(PurePath(name)) == "audio" else None


def _below(what: str, folder: str, name: str) -> str:
    return f"/api/v1/{what}/{folder}/{quote(name, errors='replace')}"
