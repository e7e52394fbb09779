"""Automatic layout: nodes in layers from left to right, each near what it is connected to.

Layers by longest path and order within them by barycentre, after Sugiyama, Tagawa and Toda
(1981), "Methods for visual understanding of hierarchical system structures".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_ACROSS = 80  # pixels between columns: room for the wires' curves
_BETWEEN = 60  # and between nodes of a column, of which the lower one's title takes 30
_SWEEPS = 4  # there and back twice; more changes little


@dataclass(frozen=True, slots=True)
class Box:
    """A node to be placed, with its size in pixels."""

    id: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A link from one box to another."""

    origin: int
    target: int


@dataclass(frozen=True, slots=True)
class Point:
    """The upper left corner of a box, in pixels."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class _Neighbours:
    before: Mapping[int, list[int]]
    after: Mapping[int, list[int]]


def arrange(boxes: Sequence[Box], edges: Sequence[Edge]) -> dict[int, Point]:
    """A place for every box; no two overlap. Edges that close a circle count as any other."""
    near = _neighbours(boxes, edges)
    columns = _columns(boxes, near)
    sizes = {box.id: box for box in boxes}
    middles: dict[int, float] = {}
    for column in columns:
        _stack(column, {}, sizes, middles)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        sides = near.before if forward else near.after
        for column in columns if forward else reversed(columns):
            _stack(column, _wishes(column, sides, middles), sizes, middles)
    return _corners(columns, sizes, middles)


def order_of(boxes: Sequence[Box], edges: Sequence[Edge]) -> list[int]:
    """The ids so that each comes after those it depends on, as far as there are no circles."""
    return _order(boxes, _neighbours(boxes, edges))


def _neighbours(boxes: Sequence[Box], edges: Sequence[Edge]) -> _Neighbours:
    before: dict[int, list[int]] = {box.id: [] for box in boxes}
    after: dict[int, list[int]] = {box.id: [] for box in boxes}
    for edge in edges:
        if edge.origin != edge.target and edge.origin in after and edge.target in before:
            before[edge.target].append(edge.origin)
            after[edge.origin].append(edge.target)
    return _Neighbours(before, after)


def _order(boxes: Sequence[Box], near: _Neighbours) -> list[int]:
    """Kahn's order; where only circles are left, the first box of them is taken as it is."""
    waiting = {box.id: len(near.before[box.id]) for box in boxes}
    order: list[int] = []
    taken: set[int] = set()
    free = [box.id for box in boxes if waiting[box.id] == 0]
    starts = iter(boxes)
    while len(order) < len(boxes):
        if not free:
            free.append(next(box.id for box in starts if box.id not in taken))
        for node_id in free:
            taken.add(node_id)
            order.append(node_id)
        found = []
        for node_id in free:
            for target in near.after[node_id]:
                waiting[target] -= 1
                if waiting[target] == 0 and target not in taken:
                    found.append(target)
        free = found
    return order


def _columns(boxes: Sequence[Box], near: _Neighbours) -> list[list[int]]:
    """The layers: each box right of all it depends on, a source just left of what it feeds."""
    order = _order(boxes, near)
    layer: dict[int, int] = {}
    for node_id in order:
        layer[node_id] = 1 + max(
            (layer[other] for other in near.before[node_id] if other in layer), default=-1
        )
    for node_id in reversed(order):
        if not near.before[node_id] and near.after[node_id]:
            layer[node_id] = max(0, min(layer[target] for target in near.after[node_id]) - 1)
    columns: list[list[int]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for box in boxes:
        columns[layer[box.id]].append(box.id)
    return [column for column in columns if column]


def _wishes(
    column: Sequence[int], sides: Mapping[int, list[int]], middles: Mapping[int, float]
) -> dict[int, float]:
    """Where each box would like its middle: level with the mean of its neighbours'."""
    wishes: dict[int, float] = {}
    for node_id in column:
        others = sides[node_id]
        wishes[node_id] = (
            sum(middles[o] for o in others) / len(others) if others else middles[node_id]
        )
    return wishes


def _stack(
    column: list[int],
    wishes: Mapping[int, float],
    sizes: Mapping[int, Box],
    middles: dict[int, float],
) -> None:
    """Puts a column's boxes one below the other in the order of their wishes, near to them."""
    if wishes:
        column.sort(key=lambda node_id: wishes[node_id])  # stable: equals keep their order
    bottom = float("-inf")
    drift = 0.0
    for node_id in column:
        half = sizes[node_id].height / 2
        wish = wishes.get(node_id, 0.0)
        middles[node_id] = max(wish, bottom + _BETWEEN + half)
        bottom = middles[node_id] + half
        drift += middles[node_id] - wish
    for node_id in column:
        middles[node_id] -= drift / len(column)


def _corners(
    columns: Sequence[Sequence[int]], sizes: Mapping[int, Box], middles: Mapping[int, float]
) -> dict[int, Point]:
    """Whole pixels, the uppermost box and the first column at 0."""
    top = min((middles[node_id] - sizes[node_id].height / 2 for node_id in sizes), default=0.0)
    corners: dict[int, Point] = {}
    x = 0
    for column in columns:
        for node_id in column:
            corners[node_id] = Point(x, round(middles[node_id] - sizes[node_id].height / 2 - top))
        x += max(sizes[node_id].width for node_id in column) + _ACROSS
    return corners
