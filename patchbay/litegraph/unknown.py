"""The problem of a node whose type is not known here: what it is and where it may come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from patchbay.litegraph.catalogue import Catalogue
from patchbay.litegraph.frames import Place
from patchbay.types import Problem

# The types of subgraph instances and of legacy group nodes.
_INNER = re.compile("workflow[/>].*|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.DOTALL)


def unknown_node(place: Place, catalogue: Catalogue, versions: Mapping[str, Any]) -> Problem:
    """Names the node by id, title and type, with the nearest known types and its packs."""
    node, node_id = place.node, place.id
    nearest = catalogue.nearest(node.type)
    packs = _packs_of(node.properties, versions)
    title = f" {node.title!r}" if node.title else ""
    message = f"node {node_id}{title}: no node type {node.type!r} is known here"
    if _INNER.fullmatch(node.type):
        message += " and the file holds no subgraph of that name; save it again from its editor"
    elif nearest:
        message += f"; nearest are {', '.join(map(repr, nearest))}"
    if packs:
        message += f"; install {_listed(packs)}, where the file says it is from"
    elif not nearest and not _INNER.fullmatch(node.type):
        message += "; install the pack it is from, or take it out"
    known_as = node.properties.get("Node name for S&R")
    details = {
        "title": node.title,
        "class_type": node.type,
        "nearest": list(nearest),
        "packs": packs,
        "known_as": known_as if isinstance(known_as, str) else "",
    }
    return Problem("unknown_node", message, node=node_id, details=details)


def _packs_of(properties: Mapping[str, Any], versions: Mapping[str, Any]) -> list[dict[str, str]]:
    """The packs a node names: by its registry name, its repository, or both."""
    names = {
        kind: value
        for kind in ("cnr_id", "aux_id")
        if isinstance(value := properties.get(kind), str) and value
    }
    if not names:
        return []
    version = properties.get("ver")
    if not version:
        known = (versions.get(name) for name in names.values())
        version = next((found for found in known if found), "")
    return [names | ({"ver": version} if isinstance(version, str) and version else {})]


def _listed(packs: list[dict[str, str]]) -> str:
    names = []
    for pack in packs:
        name = pack.get("cnr_id") or pack.get("aux_id", "")
        names.append(f"pack {name!r}" + (f" ({pack['ver']})" if "ver" in pack else ""))
    return ", ".join(names)
