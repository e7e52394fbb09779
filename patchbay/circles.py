"""Circles in a graph, in one pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from patchbay.types import NodeId

_SHOWN = 12  # nodes of a circle named at each end before it says how many more there are


def find(sources: Mapping[NodeId, Collection[NodeId]]) -> list[list[NodeId]]:
    """Circles that share no node, as paths in the direction of the values; the first node comes
    again as the last. Without their nodes the graph has no circle left.

    `sources` names the nodes that each node is linked to. The search goes along the links, depth
    first; where it comes upon its own path, that part of it is a circle and is taken out. So each
    node and link is looked at once.
    """
    followers = _followers(sources)
    found: list[list[NodeId]] = []
    seen: set[NodeId] = set()
    for root in followers:
        path: list[NodeId] = []
        places: dict[NodeId, int] = {}
        ways: list[Iterator[NodeId]] = []
        node: NodeId | None = root
        while node is not None:
            if node not in seen:
                seen.add(node)
                places[node] = len(path)
                path.append(node)
                ways.append(iter(followers[node]))
            elif node in places:
                place = places[node]
                circle = path[place:]
                found.append([*circle, node])
                del path[place:], ways[place:]
                for member in circle:
                    del places[member]
            node = _next(path, places, ways)
    return found


def _next(
    path: list[NodeId], places: dict[NodeId, int], ways: list[Iterator[NodeId]]
) -> NodeId | None:
    """Where the search goes on: from the end of its path, or from as far back as is needed."""
    while ways:
        for node in ways[-1]:
            return node
        ways.pop()
        del places[path.pop()]
    return None


def _followers(sources: Mapping[NodeId, Collection[NodeId]]) -> dict[NodeId, list[NodeId]]:
    found: dict[NodeId, list[NodeId]] = {}
    for id_, ids in sources.items():
        found.setdefault(id_, [])
        for source in ids:
            found.setdefault(source, []).append(id_)
    return found


def shown(path: list[NodeId]) -> str:
    """A circle for a message, with what is too much left out of its middle."""
    names: list[str] = list(path)
    if len(path) > 2 * _SHOWN:
        names = [*path[:_SHOWN], f"({len(path) - 2 * _SHOWN} more)", *path[-_SHOWN:]]
    return " → ".join(names)
