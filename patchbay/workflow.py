"""Saved workflows and prompts: telling them apart, and turning each into the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from patchbay.litegraph.drawing import draw
from patchbay.litegraph.flatten import flatten
from patchbay.litegraph.reading import read
from patchbay.litegraph.records import Converted, Dropped
from patchbay.litegraph.writing import dumps
from patchbay.types import NodeSpec

__all__ = [
    "Converted",
    "Dropped",
    "dumps",
    "is_prompt",
    "is_workflow",
    "prompt_of",
    "redrawn",
    "workflow_of",
]
# What of a drawing says nothing about its meaning.
_LOOKS = ("color", "bgcolor", "flags", "pos", "size")
_NOTES = ("Note", "MarkdownNote")


def is_workflow(data: Any) -> bool:
    """Whether this is a saved workflow, of schema 0.4 or 1."""
    return isinstance(data, Mapping) and isinstance(data.get("nodes"), list | tuple)


def is_prompt(data: Any) -> bool:
    """Whether this is a prompt: objects by node id, at least one of which names its class."""
    if not isinstance(data, Mapping) or is_workflow(data):
        return False
    return any(isinstance(entry, Mapping) and "class_type" in entry for entry in data.values())


def prompt_of(workflow: Mapping[str, Any], specs: Mapping[str, NodeSpec]) -> Converted:
    """The prompt that a saved workflow stands for, with all that is wrong with it.

    Subgraphs are opened (`5:3` is node 3 of instance 5), editor-only nodes taken out, bypassed
    nodes bridged. Nodes of unknown types are in the prompt and among the problems. Raises
    WorkflowError, with the JSON path, if the data is no workflow.
    """
    return flatten(read(workflow), specs)


def workflow_of(
    prompt: Mapping[str, Any], specs: Mapping[str, NodeSpec], *, layout: bool = True
) -> dict[str, Any]:
    """A saved workflow, schema 0.4, that stands for the prompt and opens in ComfyUI's editor too.

    Whole-number ids are kept, others (`5:3`) get fresh ones. Widget values are there twice: by
    name (`properties.patchbay.widgets`), which is what counts, and by position for ComfyUI. A
    link to a node that is not in the prompt cannot be drawn and is left out. Without `layout`
    all nodes lie at the origin. Raises WorkflowError if the data is no prompt.
    """
    return draw(prompt, specs, layout=layout)


def redrawn(
    prompt: Mapping[str, Any], specs: Mapping[str, NodeSpec], like: Mapping[str, Any]
) -> dict[str, Any]:
    """A workflow for a prompt that came from the workflow `like` and was changed since: drawn
    anew, with the places, colours, groups and notes of `like` where they still fit."""
    drawn = draw(prompt, specs, layout=True)
    before = [node for node in like.get("nodes", ()) if isinstance(node, Mapping)]
    looks = {(str(node.get("id")), node.get("type")): node for node in before}
    for node in drawn["nodes"]:
        old = looks.get((str(node["id"]), node["type"]), {})
        node.update({name: old[name] for name in _LOOKS if name in old})
    taken = {str(node["id"]) for node in drawn["nodes"]}
    notes = [dict(node) for node in before if node.get("type") in _NOTES]
    drawn["nodes"] += [note for note in notes if str(note.get("id")) not in taken]
    drawn["groups"] = like.get("groups") or []
    return drawn
