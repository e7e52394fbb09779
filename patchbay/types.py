"""The plain records that everything else passes around. No behaviour beyond reading them.

Those of which a run makes several for each node are msgspec's: they cost a fifth of a frozen
dataclass to make, and without `gc` the collector need not walk them by the hundred thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NewType

from msgspec import Struct

NodeId = NewType("NodeId", str)
JobId = NewType("JobId", str)
SocketType = NewType("SocketType", str)
Digest = NewType("Digest", bytes)  # 32 bytes of BLAKE3: names a value
Key = NewType("Key", bytes)  # 32 bytes of BLAKE3: names a call

ANY = SocketType("*")

Resource = Literal["inline", "cpu", "gpu", "io"]
WidgetKind = Literal["number", "slider", "text", "toggle", "choice", "seed", "file", "colour"]


@dataclass(frozen=True, slots=True)
class Widget:
    """How a person sets an input by hand, and the range in which the value must lie."""

    kind: WidgetKind
    min: float | None = None
    max: float | None = None
    step: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    multiline: bool = False
    placeholder: str = ""
    accept: tuple[str, ...] = ()  # file suffixes a file picker offers, such as ".wav"


@dataclass(frozen=True, slots=True)
class Port:
    """One socket of a node. Without `default`, an input that is `required` must be given."""

    name: str
    type: SocketType
    doc: str = ""
    required: bool = True
    lazy: bool = False
    many: bool = False
    default: Any = None
    widget: Widget | None = None
    item: Widget | None = None  # of a list, which has no widget: what holds of each of its items
    # "file": the literal is a path; the node gets a Path, the key the file's content.
    # "body": the node gets the graph that leads here instead of its value.
    form: Literal["value", "file", "body"] = "value"

    @property
    def field(self) -> Widget | None:
        """The range, unit and choices of a value set by hand, or of each item of a list."""
        return self.item if self.many else self.widget


@dataclass(frozen=True, slots=True)
class Engine:
    """One way in which a node can do its work, with what it needs and what it permits.

    `run` is called by the node with whatever that node and its engines agreed on. `revision`
    is part of every key: raise it when the engine's results change. `find` gives None when the
    engine works here, otherwise one sentence on what is missing and how to get it.
    """

    name: str
    doc: str
    run: Callable[..., Any]
    licence: str
    commercial: bool
    revision: str = "1"
    cost: str = "free"
    needs: str = "nothing"
    source: str = ""
    find: Callable[[], str | None] = lambda: None


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """All that is known of a node before it runs."""

    name: str
    title: str
    category: str
    doc: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    run: Callable[..., Any]
    version: str
    pack: str
    file: str
    line: int
    pure: bool = True
    sink: bool = False
    expands: bool = False
    resource: Resource = "cpu"
    is_async: bool = False
    context: str | None = None  # the parameter that gets the Context
    engine: str | None = None  # the parameter that gets the chosen Engine
    engines: tuple[Engine, ...] = ()
    needs: Callable[..., list[str]] | None = None
    needs_inputs: tuple[str, ...] = ()
    fingerprint: Callable[..., Any] | None = None
    fingerprint_inputs: tuple[str, ...] = ()
    tuple_result: bool = False  # several outputs: the function gives a tuple
    keywords: bool = False  # takes inputs that are not declared, through **kwargs
    aliases: tuple[str, ...] = ()
    migrations: Mapping[str, str] = field(default_factory=dict)  # old input name -> new
    deprecated: str = ""  # what to use instead
    ports: Mapping[str, Port] = field(init=False, repr=False, compare=False)
    path: str = field(init=False, repr=False, compare=False)  # pack/name
    # Whether any input has to be read before a key can be made.
    reads_early: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ports", {port.name: port for port in self.inputs})
        object.__setattr__(self, "path", f"{self.pack}/{self.name}")
        early = bool(self.fingerprint_inputs) or any(p.form == "file" for p in self.inputs)
        object.__setattr__(self, "reads_early", early)


class Link(Struct, frozen=True, tag=True, gc=False):
    """An output of another node: its id and the number of the output, from 0."""

    node: NodeId
    slot: int


class Outer(Struct, frozen=True, tag=True, gc=False):
    """Inside an expansion: whatever the expanding node was given at the input `name`."""

    name: str


class Value(Struct, frozen=True, gc=False):
    """One thing on a wire, by name. `inline` holds the encoded bytes of a small one.

    An `opaque` value has no bytes: it is named by the call that made it and is held alive by an
    executor.
    """

    type: SocketType
    digest: Digest
    inline: bytes | None = None
    opaque: bool = False
    size_bytes: int = 0


Batch = tuple[Value, ...]


class Given(Struct, frozen=True, tag=True):
    """An input whose values are known already: what an `Outer` becomes.

    `origin` is the output they came from, where they can be made again.
    """

    batch: Batch
    origin: Link | None = None


class Node(Struct, frozen=True, eq=False):
    """One node of a graph: literals have been checked and converted for their ports."""

    id: NodeId
    spec: NodeSpec
    inputs: dict[str, Any]  # name -> Link, Outer, Given or a literal
    title: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by id. `extra` is drawing data: carried along, never read."""

    nodes: Mapping[NodeId, Node]
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a graph, in words that name the node and the input."""

    code: str
    message: str
    node: str | None = None
    input: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expand:
    """A node's answer with more nodes: `{id: {"class_type", "inputs"}}`, and what stands for its
    outputs: a `Link` to one of them, an `Outer`, or a plain value for each output.

    Ids are local to the expansion. A link to an id that is not among `nodes` means a node of the
    graph around it.
    """

    nodes: Mapping[str, Mapping[str, Any]]
    outputs: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Instead of a value: whatever depends on it is not run. A reason is shown to the user."""

    reason: str = ""


class SavedFile(Struct, frozen=True, gc=False):
    """A file that a call wrote. `name` is relative to the folder named by `folder`."""

    folder: Literal["output", "temp"]
    name: str
    size_bytes: int
    kind: str  # "audio", "images", ...: under which a client finds it


class Call(Struct, frozen=True, gc=False):
    """One execution of a node: digests, strings and numbers only, so that it can run anywhere.

    `inputs` has a batch for each input: of one value, except where the port takes many.
    """

    key: Key
    pack: str
    node: str
    version: str
    engine: str
    inputs: dict[str, Batch]
    id: NodeId
    index: int


class Result(Struct, frozen=True, gc=False):
    """What a call gave: a batch for each output.

    `expansion` is set instead when the node answered with more nodes.
    """

    outputs: tuple[Batch, ...]
    ui: dict[str, list[Any]]
    seconds: float
    files: tuple[SavedFile, ...] = ()
    expansion: Expansion | None = None


class Expansion(Struct, frozen=True):
    """An `Expand` as it is kept: JSON forms of the nodes, and for each output a `Link`, an
    `Outer` or a batch."""

    nodes: dict[str, dict[str, Any]]
    outputs: tuple[Link | Outer | Given, ...]
    values: tuple[Value, ...] = ()  # those that it holds itself


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a file came to be: what a saved file carries so that it can be made again.

    `engines` are those used upstream; `prompt` and `workflow` are JSON objects.
    """

    prompt: Mapping[str, Any]
    workflow: Mapping[str, Any] | None
    engines: tuple[Engine, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One request to run a graph. Empty `targets` means every sink."""

    id: JobId
    number: float
    graph: Graph
    targets: tuple[NodeId, ...] = ()
    client: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended."""

    id: JobId
    status: Literal["done", "failed", "cancelled"]
    outputs: Mapping[NodeId, Mapping[str, list[Any]]]  # the ui of every node that had any
    files: tuple[SavedFile, ...]
    values: Mapping[NodeId, tuple[Batch, ...]]  # of the targets
    problems: tuple[Problem, ...]
    seconds: float
