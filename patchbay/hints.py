"""Hints that say more of a node's input than its Python type: widgets and ways of passing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from msgspec import Struct

from patchbay.types import Link, SocketType, Widget

T = TypeVar("T")

# Seeds go to numpy, torch and JavaScript alike: the last holds whole numbers up to 2**53.
MAX_SEED = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Number:
    """A number field: the value lies in min to max; dragging moves it by `step`."""

    min: float
    max: float
    step: float = 1
    unit: str = ""
    slider: bool = False

    @property
    def widget(self) -> Widget:
        kind: Literal["slider", "number"] = "slider" if self.slider else "number"
        return Widget(kind, min=self.min, max=self.max, step=self.step, unit=self.unit)


@dataclass(frozen=True, slots=True)
class Text:
    """A text field, of many lines if asked."""

    multiline: bool = False
    placeholder: str = ""

    @property
    def widget(self) -> Widget:
        return Widget("text", multiline=self.multiline, placeholder=self.placeholder)


@dataclass(frozen=True, slots=True)
class File:
    """A file picker that offers names ending in one of `accept`."""

    accept: tuple[str, ...] = ()

    @property
    def widget(self) -> Widget:
        return Widget("file", accept=self.accept)


@dataclass(frozen=True, slots=True)
class Socket:
    """A socket of this type, for values of a class that Patchbay does not know."""

    type: SocketType | str


@dataclass(frozen=True, slots=True)
class SeedField:
    """A whole number that chooses among variations; the editor can change it after a run."""

    @property
    def widget(self) -> Widget:
        return Widget("seed", min=0, max=MAX_SEED, step=1)


@dataclass(frozen=True, slots=True)
class Passing:
    """How an input's value reaches the node."""

    way: Literal["many", "lazy", "body"]


class Subgraph(Struct, frozen=True):
    """The graph that leads to an input: all nodes upstream, as a prompt has them, and the output
    that is linked. Ids are those of the graph around the node."""

    nodes: Mapping[str, Mapping[str, Any]]
    output: Link


Seed = Annotated[int, SeedField()]
# A whole list in one call, or given out as one; without it a list means one call for each item.
Many = Annotated[Sequence[T], Passing("many")]
# Made only if the node's `needs` function asks for it; None otherwise.
Lazy = Annotated[T | None, Passing("lazy")]
# The graph that leads here instead of its value: for nodes that repeat it.
Body = Annotated[Subgraph, Passing("body")]
AudioFile = Annotated[
    Path, File((".wav", ".flac", ".mp3", ".ogg", ".opus", ".aif", ".aiff", ".m4a", ".aac"))
]
