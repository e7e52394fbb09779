"""A saved workflow as a small picture (SVG), for lists to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from typing import Any, Literal

from patchbay.litegraph.about import NOTES, items, plain

Theme = Literal["", "light", "dark"]

# What is not drawn: nobody could tell it apart in a picture of this size.
_MOST_NODES = 2_000
_MOST_LINKS = 4_000
_MOST_ROWS = 24  # of a node
_FARTHEST = 1e6  # pixels from the origin
_TITLE, _ROW, _MARGIN = 30, 20, 30
_WIDTH = 640
_LETTER = 9  # pixels that a letter of a title takes, about
_LIGHT = "#f5f6f8 #ffffff #c5cad3 #e7eaef #2a2f38 #8b93a1"
_DARK = "#1b1e24 #2b3038 #444b57 #363c46 #dfe3ea #8b93a1"
# By the type of a link: the middle of its hue, readable on light and on dark.
_COLOURS = {
    "AUDIO": "#2f9d94", "RECIPE": "#c98a2b", "STRING": "#6b9a45", "IMAGE": "#4a82cf",
    "VIDEO": "#8d63c9", "MASK": "#b0639a", "TRANSCRIPT": "#5f8f8f", "STORYBOARD": "#b5713d",
    "INT": "#7f8796", "FLOAT": "#7f8796", "MURAL": "#4d94b8", "DEPTH": "#75799c",
}  # fmt: skip
_OTHER_COLOUR = "#8a8f9a"


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A node with its whole box, the title included."""

    box: _Box
    title: str
    colour: str
    note: bool
    ins: tuple[str, ...]  # the types of the sockets on either side
    outs: tuple[str, ...]
    widgets: int


def svg(workflow: Mapping[str, Any], theme: Theme = "") -> str:
    """The picture: groups, links and nodes where they lie. Whatever the workflow says, it is only
    ever text in it. Without a theme it follows the reader's system."""
    nodes = {str(n.get("id")): n for n in items(workflow.get("nodes"))[:_MOST_NODES]}
    drawn = {node_id: _drawn(node) for node_id, node in nodes.items()}
    groups = [(_box(g.get("bounding")), g) for g in items(workflow.get("groups"))[:_MOST_NODES]]
    frame = _frame([*(node.box for node in drawn.values()), *(box for box, _ in groups)])
    height = max(80, min(2 * _WIDTH, round(_WIDTH * frame.height / frame.width)))
    view = f"{frame.x:g} {frame.y:g} {frame.width:g} {frame.height:g}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{_WIDTH}" '
        f'height="{height}" font-family="system-ui, sans-serif" font-size="16">',
        f"<style>{_style(theme)}</style>",
        f'<rect class="back" x="{frame.x:g}" y="{frame.y:g}" width="{frame.width:g}" '
        f'height="{frame.height:g}"/>',
        *(_group(box, group) for box, group in groups),
        *_links(workflow, nodes, drawn),
        *(_node(node) for node in drawn.values()),
    ]
    return "\n".join([*parts, "</svg>"])


def _style(theme: Theme) -> str:
    light, dark = _rules(_LIGHT), _rules(_DARK)
    if theme:
        return dark if theme == "dark" else light
    return f"{light} @media (prefers-color-scheme: dark) {{ {dark} }}"


def _rules(colours: str) -> str:
    back, body, line, head, text, faint = colours.split(" ")
    return (
        f".back{{fill:{back}}} .body{{fill:{body};stroke:{line}}} .head{{fill:{head}}} "
        f".title{{fill:{text}}} .group{{fill:{faint}}}"
    )


def _drawn(node: Mapping[str, Any]) -> _Drawn:
    x, y = _pair(node.get("pos"), 0.0)
    width, height = (max(20.0, side) for side in _pair(node.get("size"), 140.0))
    flags = node.get("flags")
    if isinstance(flags, Mapping) and flags.get("collapsed"):
        height = 0.0
    kind = node.get("type")
    title = node.get("title") or kind
    colour = node.get("color")
    return _Drawn(
        box=_Box(x, y - _TITLE, width, height + _TITLE),
        title=plain(title) if isinstance(title, str) else "",
        colour=colour if isinstance(colour, str) and _is_colour(colour) else "",
        note=kind in NOTES,
        ins=tuple(_type(s) for s in items(node.get("inputs")) if not s.get("widget")),
        outs=tuple(_type(socket) for socket in items(node.get("outputs"))),
        widgets=sum(bool(socket.get("widget")) for socket in items(node.get("inputs"))),
    )


def _type(socket: Mapping[str, Any]) -> str:
    kind = socket.get("type")
    return kind if isinstance(kind, str) else "*"


def _node(node: _Drawn) -> str:
    box = node.box
    place = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}"'
    tint = f' style="fill:{node.colour}"' if node.colour else ""
    most = max(1, int((box.width - 20) / _LETTER))
    title = node.title if len(node.title) <= most else node.title[: most - 1] + "…"
    faint = ' opacity="0.7"' if node.note else ""
    return (
        f'<g{faint}><rect class="body" {place} height="{box.height:g}" rx="8"/>'
        f'<rect class="head" {place} height="{_TITLE}" rx="8"{tint}/>'
        f'<text class="title" x="{box.x + 10:g}" y="{box.y + 21:g}">{escape(title)}</text>'
        f"{_sockets(node)}</g>"
    )


def _sockets(node: _Drawn) -> str:
    """A dot for each socket and a bar for each widget, as far as there is room."""
    box = node.box
    parts = [
        f'<circle cx="{x:g}" cy="{_socket_height(box, slot):g}" r="5" fill="{_colour(kind)}"/>'
        for x, kinds in ((box.x, node.ins), (box.x + box.width, node.outs))
        for slot, kind in enumerate(kinds[:_MOST_ROWS])
        if _TITLE + _ROW * (slot + 1) <= box.height
    ]
    top = _TITLE + _ROW * max(len(node.ins), len(node.outs)) + 6
    for row in range(min(node.widgets, _MOST_ROWS)):
        y = top + _ROW * row
        if y + _ROW > box.height:
            break
        parts.append(
            f'<rect class="head" x="{box.x + 12:g}" y="{box.y + y:g}" '
            f'width="{max(1.0, box.width - 24):g}" height="14" rx="7"/>'
        )
    return "".join(parts)


def _colour(kind: Any) -> str:
    return _COLOURS.get(kind, _OTHER_COLOUR) if isinstance(kind, str) else _OTHER_COLOUR


def _group(box: _Box, group: Mapping[str, Any]) -> str:
    colour = group.get("color")
    tint = f' style="fill:{colour}"' if isinstance(colour, str) and _is_colour(colour) else ""
    title = group.get("title")
    text = escape(plain(title)) if isinstance(title, str) else ""
    return (
        f'<rect class="group" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="8" fill-opacity="0.16"{tint}/>'
        f'<text class="title" x="{box.x + 12:g}" y="{box.y + 28:g}" font-size="22" '
        f'opacity="0.7">{text}</text>'
    )


def _links(
    workflow: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]], drawn: Mapping[str, _Drawn]
) -> Iterator[str]:
    """Every link whose two ends are drawn, from socket to socket."""
    links = workflow.get("links")
    for link in (links if isinstance(links, list) else [])[:_MOST_LINKS]:
        ends = _ends(link)
        if ends is None or str(ends[0]) not in drawn or str(ends[2]) not in drawn:
            continue
        start, end = drawn[str(ends[0])].box, drawn[str(ends[2])].box
        x1, y1 = start.x + start.width, _socket_height(start, ends[1])
        x2, y2 = end.x, _socket_height(end, ends[3])
        bend = max(40.0, abs(x2 - x1) / 2)
        yield (
            f'<path d="M{x1:g} {y1:g} C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}" '
            f'fill="none" stroke="{_colour(ends[4])}" stroke-width="4"/>'
        )


def _ends(link: Any) -> Sequence[Any] | None:
    """Origin, slot, target, slot and type of a link in either of its forms."""
    if isinstance(link, Mapping):
        names = ("origin_id", "origin_slot", "target_id", "target_slot", "type")
        return [link.get(name) for name in names]
    return link[1:6] if isinstance(link, list) and len(link) >= 6 else None


def _socket_height(box: _Box, slot: Any) -> float:
    row = box.y + _TITLE + 14 + _ROW * _number(slot, 0.0)
    return min(row, box.y + max(box.height - 6, _TITLE / 2))


def _frame(boxes: Sequence[_Box]) -> _Box:
    """What is drawn and a margin; something where nothing is drawn."""
    if not boxes:
        return _Box(0, 0, 320, 200)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    width, height = max(right - left, 320.0), max(bottom - top, 120.0)
    return _Box(left - _MARGIN, top - _MARGIN, width + 2 * _MARGIN, height + 2 * _MARGIN)


def _box(bounding: Any) -> _Box:
    values = list(bounding) if isinstance(bounding, list) else []
    x, y, width, height = ([_number(value, 0.0) for value in values] + [0.0] * 4)[:4]
    return _Box(x, y, max(0.0, width), max(0.0, height))


def _pair(value: Any, otherwise: float) -> tuple[float, float]:
    if isinstance(value, Mapping):
        value = [value.get("0"), value.get("1")]
    if not isinstance(value, list) or len(value) < 2:
        return otherwise, otherwise
    return _number(value[0], otherwise), _number(value[1], otherwise)


def _number(value: Any, otherwise: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return otherwise
    if isinstance(value, float) and isnan(value):
        return otherwise
    return float(max(-_FARTHEST, min(_FARTHEST, value)))


def _is_colour(text: str) -> bool:
    return re.fullmatch("#[0-9a-fA-F]{3,8}", text) is not None
