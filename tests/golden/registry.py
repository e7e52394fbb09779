"""Golden files: wire forms as they were last looked at, one JSON file each, a folder for a kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.golden import conversation, descriptions

# What makes each kind: the JSON values by the names of their files.
GOLDENS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "object_info": descriptions.made,
    "protocol": conversation.made,
}


def folder(kind: str) -> Path:
    """Where the files of a kind lie."""
    return Path(__file__).parent / kind


def text_of(value: Any) -> str:
    """A value as its file has it. Order is part of it: clients build their widgets by it."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read(kind: str) -> dict[str, str]:
    """The texts of a kind by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in folder(kind).glob("*.json")}


def write(kind: str) -> int:
    """Writes a kind anew and removes what is no more; how many files it has."""
    made = GOLDENS[kind]()
    target = folder(kind)
    target.mkdir(exist_ok=True)
    for name in read(kind).keys() - made.keys():
        (target / f"{name}.json").unlink()
    for name, value in made.items():
        (target / f"{name}.json").write_text(text_of(value), encoding="utf-8", newline="\n")
    return len(made)
