"""A saved workflow in a few words, for lists to choose from. What in it has another shape than it
should says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"[*`#>_\[\]]|\(https?://[^)]*\)")
_SENTENCE = re.compile(r".+?[.!?](?=\s|$)", re.DOTALL)
_MOST_LETTERS = 200
NOTES = ("Note", "MarkdownNote")


@dataclass(frozen=True, slots=True)
class About:
    """What a list says of a workflow."""

    title: str
    description: str
    nodes: int


def about(workflow: Mapping[str, Any], name: str) -> About:
    """The title and description of its own (`extra.patchbay`), else its file's name in words and
    the beginning of its first note."""
    extra = workflow.get("extra")
    ours = extra.get("patchbay") if isinstance(extra, Mapping) else None
    given = ours if isinstance(ours, Mapping) else {}
    stem = name.rpartition("/")[2].removesuffix(".json")
    words = stem.replace("_", " ").replace("-", " ").strip()
    title = given.get("title")
    description = given.get("description")
    return About(
        title=plain(title) if isinstance(title, str) else words[:1].upper() + words[1:],
        description=plain(description if isinstance(description, str) else _first_note(workflow)),
        nodes=sum(len(nodes) for nodes in _sheets(workflow)),
    )


def items(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    return [i for i in value if isinstance(i, Mapping)] if isinstance(value, list) else []


def plain(text: str) -> str:
    """One line that XML can hold."""
    line = " ".join(_NOT_XML.sub("", text).split())
    return line if len(line) <= 2 * _MOST_LETTERS else line[: 2 * _MOST_LETTERS - 1] + "…"


def _sheets(workflow: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    yield items(workflow.get("nodes"))
    definitions = workflow.get("definitions")
    if isinstance(definitions, Mapping):
        for sheet in items(definitions.get("subgraphs")):
            yield items(sheet.get("nodes"))


def _first_note(workflow: Mapping[str, Any]) -> str:
    """The first sentences of the first note, without its marks."""
    for node in items(workflow.get("nodes")):
        values = node.get("widgets_values")
        if node.get("type") in NOTES and isinstance(values, list) and values:
            text = _MARKUP.sub("", values[0]) if isinstance(values[0], str) else ""
            found = ""
            for match in _SENTENCE.finditer(" ".join(text.split())):
                if found and len(found) + len(match[0]) > _MOST_LETTERS:
                    break
                found = f"{found} {match[0].strip()}".strip()
            return found or text
    return ""
