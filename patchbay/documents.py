"""Reading a file that holds a graph: a prompt, a saved workflow, or media that carries one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from patchbay import tags, workflow
from patchbay.errors import FileError, GraphError
from patchbay.types import NodeSpec, Problem

# A graph of 20,000 nodes takes about 10 MB; nothing sensible is larger than this.
_MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Document:
    """A graph as it was found: always a prompt, and the saved workflow it came from, if any."""

    prompt: Mapping[str, Any]
    workflow: Mapping[str, Any] | None
    problems: tuple[Problem, ...]


def read(name: str, specs: Mapping[str, NodeSpec]) -> Document:
    """The graph in a JSON file, in a sound, picture or film that carries one, or, for `-`, on
    standard input. Raises FileError, GraphError and WorkflowError."""
    data = _bytes_of(name)
    if data[:1] in (b"{", b"[", b" ", b"\n", b"\t", b"\r", b"\xef", b'"') or not data:
        return of_data(_parsed(name, data), specs, name)
    found = {} if name == "-" else tags.read(Path(name))
    parts = {
        key: _parsed(f"{name} ({key})", found[key].encode())
        for key in ("prompt", "workflow")
        if found.get(key)
    }
    if "prompt" in parts:  # what was run, with all that was set by hand
        document = of_data(parts["prompt"], specs, name)
        drawn = parts.get("workflow")
        return replace(document, workflow=drawn if workflow.is_workflow(drawn) else None)
    if "workflow" in parts:
        return of_data(parts["workflow"], specs, name)
    raise GraphError(
        f"{name} carries no graph: give a workflow or prompt as JSON, or a file that Patchbay or "
        "ComfyUI saved"
    )


def of_data(data: Any, specs: Mapping[str, NodeSpec], name: str) -> Document:
    """The graph in parsed JSON. Raises GraphError and WorkflowError."""
    if isinstance(data, Mapping):
        if isinstance(data.get("prompt"), Mapping) and not workflow.is_workflow(data):
            data = data["prompt"]  # the body of a POST /prompt
        if workflow.is_workflow(data):
            converted = workflow.prompt_of(data, specs)
            return Document(converted.prompt, data, tuple(converted.problems))
        if workflow.is_prompt(data):
            return Document(data, None, ())
    raise GraphError(
        f"{name} is JSON, but no graph: a prompt is an object of nodes with a class_type each, a "
        "saved workflow has a list of nodes"
    )


def _bytes_of(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(_MOST_BYTES)
    path = Path(name)
    try:
        with path.open("rb") as file:
            head = file.read(16)
            media = head[:1] not in (b"{", b"[", b'"', b" ", b"\n", b"\t", b"\r", b"\xef", b"")
            return head if media else head + file.read(_MOST_BYTES)
    except IsADirectoryError as error:
        raise FileError(f"{name} is a folder: name a file in it") from error
    except OSError as error:
        raise FileError(f"{name}: {(error.strerror or str(error)).lower()}") from error


def _parsed(name: str, data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise GraphError(f"{name} is not UTF-8 text: byte {error.start} is wrong") from error
    except json.JSONDecodeError as error:
        raise GraphError(
            f"{name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg.lower()}"
        ) from error
    except RecursionError as error:
        raise GraphError(f"{name} is nested too deep to be a graph") from error
    except ValueError as error:
        raise GraphError(f"{name} is not JSON that can be used: {error}") from error
