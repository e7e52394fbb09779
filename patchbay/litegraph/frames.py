"""Opening of subgraphs: each instance becomes a frame of its own over the definition's sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from patchbay.errors import WorkflowError
from patchbay.litegraph.matching import pairing, stand_ins
from patchbay.litegraph.promotion import Inheritance, Promotions
from patchbay.litegraph.records import (
    BYPASSED,
    MUTED,
    VIRTUAL,
    Drawing,
    DrawnNode,
    Dropped,
    Sheet,
    Socket,
)

# A file of a few kilobytes can describe more nodes than there is memory for.
_MOST_NODES = 250_000
_DEEPEST = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One sheet in one place, for which an instance in `parent` stands.

    `given` has the instance's socket for each input of the sheet, `shown` for each output of the
    instance the number of the sheet's.
    """

    sheet: Sheet
    prefix: str = ""
    depth: int = 0
    parent: Frame | None = None
    given: tuple[Socket | None, ...] = ()
    shown: tuple[int, ...] = ()
    inheritance: Inheritance = field(default_factory=Inheritance)
    children: dict[str, Frame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A node that is to run, and the frame it lies in."""

    frame: Frame
    node: DrawnNode

    @property
    def id(self) -> str:
        """Its id in the prompt, such as `5:3` for node 3 of the subgraph instance 5."""
        return self.frame.prefix + self.node.id


@dataclass(frozen=True, slots=True)
class Opened:
    """All nodes to run, in the order of the file, and those left out."""

    places: tuple[Place, ...]
    dropped: tuple[Dropped, ...]


def open_frames(drawing: Drawing, promotions: Promotions) -> Opened:
    """Every node of the workflow with all subgraphs opened; raises WorkflowError on a cycle."""
    refuse_cycles(drawing)
    places: list[Place] = []
    dropped: list[Dropped] = []
    root = Frame(drawing.root)
    pending = [(root, node) for node in reversed(list(drawing.root.nodes.values()))]
    seen = 0
    while pending:
        frame, node = pending.pop()
        seen += 1
        if seen > _MOST_NODES:
            message = f"the workflow has more than {_MOST_NODES} nodes with all its subgraphs"
            raise WorkflowError(f"{message} opened: take some out", most=_MOST_NODES)
        reason = _reason(node)
        definition = drawing.definitions.get(node.type)
        if reason is not None:
            dropped.append(Dropped(frame.prefix + node.id, node.type, node.title, reason))
        elif definition is None:
            places.append(Place(frame, node))
        else:
            child = _child(frame, node, definition, promotions)
            pending.extend((child, inner) for inner in reversed(list(definition.nodes.values())))
    return Opened(tuple(places), tuple(dropped))


def _reason(node: DrawnNode) -> Literal["muted", "bypassed", "virtual"] | None:
    if node.type in VIRTUAL:
        return "virtual"
    if node.mode == MUTED:
        return "muted"
    return "bypassed" if node.mode == BYPASSED else None


def _child(frame: Frame, node: DrawnNode, sheet: Sheet, promotions: Promotions) -> Frame:
    if frame.depth >= _DEEPEST:
        message = f"node {node.id}: subgraphs lie more than {_DEEPEST} deep: open some of them up"
        raise WorkflowError(message, node=node.id, most=_DEEPEST)
    child = Frame(
        sheet=sheet,
        prefix=f"{frame.prefix}{node.id}:",
        depth=frame.depth + 1,
        parent=frame,
        given=stand_ins(sheet.inputs, node.inputs),
        shown=pairing(node.outputs, sheet.outputs),
        inheritance=promotions.inherited(frame.inheritance, node, sheet),
    )
    frame.children[node.id] = child
    return child


def refuse_cycles(drawing: Drawing) -> None:
    """Raises WorkflowError if a subgraph that is used contains itself, directly or not."""
    chain: list[Sheet] = [drawing.root]
    rest = [_inner_sheets(drawing, drawing.root)]
    done: set[str] = set()
    while chain:
        inner = next(rest[-1], None)
        if inner is None:
            done.add(chain.pop().id)
            rest.pop()
        elif any(sheet is inner for sheet in chain):
            names = [sheet.name or sheet.id for sheet in chain[1:]] + [inner.name or inner.id]
            raise WorkflowError(
                f"subgraph {inner.name or inner.id!r} contains itself "
                f"({' > '.join(names[-6:])}): take the inner one out",
                subgraph=inner.id,
            )
        elif inner.id not in done:
            chain.append(inner)
            rest.append(_inner_sheets(drawing, inner))


def _inner_sheets(drawing: Drawing, sheet: Sheet) -> Iterator[Sheet]:
    types = dict.fromkeys(node.type for node in sheet.nodes.values())
    return iter([drawing.definitions[name] for name in types if name in drawing.definitions])
