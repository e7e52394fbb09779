"""What a saved workflow says, as plain records: the same for both of its schema versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from patchbay.types import Problem

MUTED = 2
BYPASSED = 4
MODES = frozenset({0, 1, MUTED, 3, BYPASSED})

REROUTE = "Reroute"
PRIMITIVE = "PrimitiveNode"
# Node types that exist in the editor only and are never run.
VIRTUAL = frozenset({REROUTE, PRIMITIVE, "Note", "MarkdownNote"})


@dataclass(frozen=True, slots=True)
class Socket:
    """One socket. `link` is the wire that ends in it; `widget` names the widget it stands for."""

    name: str
    type: str
    link: str | None = None
    widget: str | None = None


@dataclass(frozen=True, slots=True)
class Wire:
    """A link as drawn. Where it ends is told by the socket that names it."""

    origin: str
    origin_slot: int
    target: str
    target_slot: int


@dataclass(frozen=True, slots=True)
class Proxy:
    """A widget that a subgraph's instance shows: of the node `node` inside, or its own ("-1")."""

    node: str
    widget: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """One node as drawn. `values` are its widgets', by position or name; `named` Patchbay's own."""

    id: str
    type: str
    title: str = ""
    mode: int = 0
    inputs: tuple[Socket, ...] = ()
    outputs: tuple[Socket, ...] = ()
    values: Sequence[Any] | Mapping[str, Any] | None = None
    named: Mapping[str, Any] | None = None
    proxies: tuple[Proxy, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One graph: the workflow itself, a subgraph's definition or a legacy group node.

    A wire from `input_id` comes from the sheet's input of that slot. An output's `link` is the
    wire that feeds it.
    """

    id: str
    name: str
    nodes: Mapping[str, DrawnNode]
    wires: Mapping[str, Wire]
    inputs: tuple[Socket, ...] = ()
    outputs: tuple[Socket, ...] = ()
    input_id: str = "-10"
    group: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole file. `definitions` has sheets by the node type that stands for them."""

    root: Sheet
    definitions: Mapping[str, Sheet]
    # ComfyUI's editor saved it last: positional values are then newer than Patchbay's named ones.
    foreign: bool
    versions: Mapping[str, Any]  # pack -> version, as old files list them
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """A drawn node that is not in the prompt, and why."""

    node: str
    type: str
    title: str
    reason: Literal["muted", "bypassed", "virtual"]


@dataclass(frozen=True, slots=True)
class Converted:
    """A prompt made from a saved workflow.

    `problems` keep it from running as drawn. `notes` are oddities of the file that were mended on
    the way, such as a link that leads nowhere.
    """

    prompt: dict[str, dict[str, Any]]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    dropped: tuple[Dropped, ...] = ()
