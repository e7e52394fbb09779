"""The `node` decorator: it only notes what it was told, until the pack loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, overload

from patchbay.errors import SignatureError
from patchbay.types import (
    Engine,
    Resource,
)

F = TypeVar("F", bound=Callable[..., Any])

# What a decorated function carries until its pack loads.
MARK = "__patchbay_node__"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the decorator was told."""

    function: Callable[..., Any]
    category: str = "other"
    name: str = ""
    title: str = ""
    version: str = ""
    pure: bool = True
    sink: bool = False
    expands: bool = False
    resource: Resource = "cpu"
    needs: Callable[..., list[str]] | None = None
    fingerprint: Callable[..., Any] | None = None
    engines: tuple[Engine, ...] = ()
    aliases: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    deprecated: str = ""


@overload
def node(function: F, /) -> F: ...
@overload
def node(
    *,
    category: str = ...,
    name: str = ...,
    title: str = ...,
    version: str = ...,
    pure: bool = ...,
    sink: bool = ...,
    expands: bool = ...,
    resource: Resource = ...,
    needs: Callable[..., list[str]] | None = ...,
    fingerprint: Callable[..., Any] | None = ...,
    engines: tuple[Engine, ...] = ...,
    aliases: tuple[str, ...] = ...,
    renamed: Mapping[str, str] = ...,
    deprecated: str = ...,
) -> Callable[[F], F]: ...
def node(function: Any = None, /, **options: Any) -> Any:
    """Declares a function as a node. The function itself stays as it was, callable in tests.

    category: where the editor lists it, such as "audio/level".
    name: the node's name in saved files; otherwise the function's, `add_rain` giving `AddRain`.
    version: replaces the digest of the source as the part of the key that stands for the code.
    pure: False for a node whose result differs from run to run: it is never kept.
    sink: the node is worth running for itself: it saves, shows or plays.
    expands: the node answers with `Expand`.
    resource: what a call occupies: "cpu" a core, "gpu" a device, "io" nothing worth counting,
        "inline" so little that it runs on the spot.
    needs: for lazy inputs: given some of the inputs by name, the names of the lazy ones to make.
    fingerprint: given some of the inputs by name, a plain value that changes when something
        outside does.
    engines: the ways to do the work; the function takes the chosen one as `engine: Engine`.
    aliases, renamed: former names of the node, and of inputs (old to new).
    deprecated: what to use instead.

    Mistakes are reported when the pack loads.
    """
    known = {f.name for f in fields(Declaration)} - {"function"}
    if unknown := sorted(set(options) - known):
        raise SignatureError(f"node() has no option {unknown[0]!r}: it takes {sorted(known)}")

    def mark(decorated: Any) -> Any:
        setattr(decorated, MARK, Declaration(decorated, **options))
        return decorated

    return mark if function is None else mark(function)


def declared(thing: Any) -> Declaration | None:
    """What `node` was told about this function, if it is one that was decorated."""
    mark = getattr(thing, MARK, None) if callable(thing) else None
    return mark if isinstance(mark, Declaration) else None
