"""Draws a saved workflow as an SVG picture: `python docs/pictures/draw.py FILE > picture.svg`."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_COLOURS = {
    "AUDIO": "#4aa3a2", "RECIPE": "#d19a3f", "STRING": "#7fae5b", "IMAGE": "#5b8ad1",
}  # fmt: skip
_HEAD, _ROW, _FONT = 34, 24, 15
_LETTERS_A_LINE = 44


def main() -> None:
    """Reads the file named by the first argument and prints the picture."""
    with open(sys.argv[1], encoding="utf-8") as file:
        workflow = json.load(file)
    nodes = {node["id"]: node for node in workflow["nodes"]}
    groups = [group["bounding"] for group in workflow.get("groups", ())]
    boxes = [[*node["pos"], node["size"][0], _height(node)] for node in nodes.values()] + groups
    left, top = min(b[0] for b in boxes) - 20, min(b[1] for b in boxes) - 20
    right, bottom = max(b[0] + b[2] for b in boxes) + 20, max(b[1] + b[3] for b in boxes) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {right - left} '
        f'{bottom - top}" font-family="Helvetica, Arial, sans-serif" font-size="{_FONT}">',
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" '
        'fill="#1d2127"/>',
    ]
    parts += [_group(group) for group in workflow.get("groups", ())]
    parts += [_link(link, nodes) for link in workflow["links"]]
    parts += [_node(node) for node in nodes.values()]
    print("\n".join([*parts, "</svg>"]))


def _group(group: Mapping[str, Any]) -> str:
    x, y, width, height = group["bounding"]
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="{group["color"]}" '
        f'fill-opacity="0.14"/><text x="{x + 14}" y="{y + 34}" font-size="24" fill="#c9d1d9" '
        f'fill-opacity="0.8">{escape(group["title"])}</text>'
    )


def _link(link: Sequence[Any], nodes: Mapping[int, Any]) -> str:
    _, source, slot, target, socket, type_ = link
    x1, y1 = _output_place(nodes[source], slot)
    x2, y2 = _input_place(nodes[target], socket)
    bend = max(40, abs(x2 - x1) / 2)
    return (
        f'<path d="M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}" fill="none" '
        f'stroke="{_COLOURS.get(type_, "#999")}" stroke-width="3"/>'
    )


def _node(node: Mapping[str, Any]) -> str:
    x, y = node["pos"]
    width, height = node["size"][0], _height(node)
    parts = [
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="8" fill="#2d333b" '
        f'stroke="#444c56"/><text x="{x + 14}" y="{y + 23}" font-weight="bold" fill="#e6edf3">'
        f"{escape(node.get('title') or node['type'])}</text>"
    ]
    for index, socket in enumerate(_linked(node)):
        cx, cy = x, y + _HEAD + _ROW * index + 12
        parts.append(_socket(cx, cy, socket["type"], socket["name"], "start", 12))
    for index, socket in enumerate(_given(node)):
        cx, cy = x + width, y + _HEAD + _ROW * index + 12
        parts.append(_socket(cx, cy, socket["type"], socket["name"], "end", -12))
    row = y + _HEAD + _ROW * max(len(_linked(node)), len(_given(node)))
    for line in _lines(node):
        parts.append(f'<text x="{x + 14}" y="{row + 17}" fill="#9da7b3">{escape(line)}</text>')
        row += _ROW
    return "".join(parts)


def _socket(x: float, y: float, type_: str, name: str, anchor: str, shift: float) -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="6" fill="{_COLOURS.get(type_, "#999")}"/>'
        f'<text x="{x + shift}" y="{y + 5}" fill="#adbac7" text-anchor="{anchor}">'
        f"{escape(name)}</text>"
    )


def _linked(node: Mapping[str, Any]) -> list[Any]:
    return [socket for socket in node["inputs"] if socket.get("link") is not None]


def _given(node: Mapping[str, Any]) -> list[Any]:
    return [socket for socket in node["outputs"] if socket.get("links")]


def _lines(node: Mapping[str, Any]) -> list[str]:
    if node["type"] == "MarkdownNote":
        text = node["widgets_values"][0].replace("*", "").replace("`", "")
        return [line for part in text.split("\n") for line in textwrap.wrap(part, 48) or [""]]
    named = node["properties"].get("patchbay", {}).get("widgets", {})
    return [textwrap.shorten(f"{name}: {v}", _LETTERS_A_LINE) for name, v in named.items()]


def _height(node: Mapping[str, Any]) -> int:
    sockets = max(len(_linked(node)), len(_given(node)))
    return _HEAD + _ROW * (sockets + len(_lines(node))) + 10


def _output_place(node: Mapping[str, Any], slot: int) -> tuple[float, float]:
    index = _given(node).index(node["outputs"][slot])
    return node["pos"][0] + node["size"][0], node["pos"][1] + _HEAD + _ROW * index + 12


def _input_place(node: Mapping[str, Any], slot: int) -> tuple[float, float]:
    index = _linked(node).index(node["inputs"][slot])
    return node["pos"][0], node["pos"][1] + _HEAD + _ROW * index + 12


if __name__ == "__main__":
    main()
