"""Automatic layout: columns from left to right, no two boxes over each other, fast."""

from __future__ import annotations

import time
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchbay.litegraph.layout import Box, Edge, Point, arrange, order_of

TITLE = 30  # pixels above a node's position that its title takes


def boxes(count: int, height: int = 60) -> list[Box]:
    return [Box(n, 200, height) for n in range(count)]


def overlaps(drawn: list[Box], points: dict[int, Point]) -> bool:
    """Whether any two boxes, with their titles, share a pixel: swept from left to right."""
    columns: dict[int, list[Box]] = {}
    for box in drawn:
        columns.setdefault(points[box.id].x, []).append(box)
    ends = [(x, x + max(box.width for box in column)) for x, column in sorted(columns.items())]
    if any(end >= start for (_, end), (start, _) in pairwise(ends)):
        return True
    for column in columns.values():
        spans = sorted((points[box.id].y - TITLE, points[box.id].y + box.height) for box in column)
        if any(low >= high for (_, low), (high, _) in pairwise(spans)):
            return True
    return False


def test_nothing_is_arranged_as_nothing() -> None:
    assert arrange([], []) == {}
    assert order_of([], []) == []


def test_a_chain_runs_from_left_to_right_on_one_level() -> None:
    points = arrange(boxes(4), [Edge(0, 1), Edge(1, 2), Edge(2, 3)])
    assert [points[n].x for n in range(4)] == [0, 280, 560, 840]
    assert {points[n].y for n in range(4)} == {0}


def test_a_source_stands_next_to_what_it_feeds() -> None:
    chain = [Edge(0, 1), Edge(1, 2), Edge(2, 3)]
    points = arrange(boxes(5), [*chain, Edge(4, 3)])
    assert points[4].x == points[2].x


def test_a_branch_lies_around_the_middle_of_its_stem() -> None:
    points = arrange(boxes(4), [Edge(0, 1), Edge(0, 2), Edge(0, 3)])
    assert points[0].y == points[2].y
    assert points[1].y < points[2].y < points[3].y


def test_crossed_wires_are_uncrossed() -> None:
    points = arrange(boxes(4), [Edge(0, 3), Edge(1, 2)])
    assert (points[0].y < points[1].y) == (points[3].y < points[2].y)


def test_a_circle_is_laid_out_too() -> None:
    points = arrange(boxes(3), [Edge(0, 1), Edge(1, 2), Edge(2, 0), Edge(1, 1)])
    assert len(set(points.values())) == 3


def test_each_node_runs_after_those_it_depends_on() -> None:
    order = order_of(boxes(4), [Edge(3, 1), Edge(1, 0), Edge(3, 2)])
    assert order == [3, 1, 2, 0]


@settings(deadline=None, max_examples=150)
@given(st.randoms(use_true_random=False), st.integers(1, 40), st.integers(0, 80))
def test_no_boxes_overlap_whatever_the_graph(random: Random, count: int, links: int) -> None:
    drawn = [Box(n, random.randint(100, 500), random.randint(20, 400)) for n in range(count)]
    edges = [Edge(random.randrange(count), random.randrange(count)) for _ in range(links)]
    points = arrange(drawn, edges)
    assert not overlaps(drawn, points)
    assert min(point.x for point in points.values()) == 0
    assert min(point.y for point in points.values()) == 0
    assert points == arrange(drawn, edges)


@settings(deadline=None, max_examples=100)
@given(st.randoms(use_true_random=False), st.integers(2, 40), st.integers(0, 80))
def test_every_link_of_a_graph_without_circles_leads_right(
    random: Random, count: int, links: int
) -> None:
    pairs = [sorted(random.sample(range(count), 2)) for _ in range(links)]
    points = arrange(boxes(count), [Edge(first, second) for first, second in pairs])
    assert all(points[first].x < points[second].x for first, second in pairs)


@pytest.mark.slow
def test_five_thousand_nodes_are_laid_out_within_two_seconds() -> None:
    random = Random(5)
    edges = [Edge(random.randrange(max(0, n - 50), n), n) for n in range(1, 5000) for _ in "ab"]
    started = time.monotonic()
    points = arrange(boxes(5000), edges)
    assert time.monotonic() - started < 2
    assert not overlaps(boxes(5000), points)
