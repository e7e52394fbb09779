"""From a prompt that came in to an order that can be queued."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from patchbay import graph
from patchbay.errors import GraphError
from patchbay.graph import Checked
from patchbay.jobs.records import Order, workflow_in
from patchbay.types import Graph, NodeId, NodeSpec, Problem

# A search looks through this much of what was typed into a job's nodes.
_WORDS_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with what is needed to run it. `dropped` are the sinks that cannot be run."""

    order: Order
    graph: Graph
    prompt: Mapping[str, Any]
    extra: Mapping[str, Any]
    checked: Checked
    dropped: tuple[NodeId, ...]


def ordered(  # noqa: PLR0913  # each is a field of the order
    prompt: Any,
    specs: Mapping[str, NodeSpec],
    *,
    id_: str,
    number: float,
    raw: bytes | None = None,
    extra: Mapping[str, Any] | None = None,
    secret: Collection[str] = (),
    targets: Sequence[str] | None = None,
    any_node: bool = False,
    client: str | None = None,
    title: str = "",
    webhook: str = "",
) -> Ordered:
    """Checks a prompt and makes an order of it; `raw` is its JSON, if that is at hand.

    Sinks that have no problem are run although others have. `targets` leaves only those of the
    sinks, or with `any_node` takes those nodes, sinks or not; `secret` names what of `extra` must
    not reach the disk. Raises GraphError with all `problems` in its details when nothing can be
    run.
    """
    checked = graph.validate(prompt, specs, tolerant=True)
    wanted = checked.sinks
    if targets is not None:
        asked = set(targets)
        if any_node and isinstance(prompt, Mapping):
            wanted = tuple(NodeId(id_) for id_ in prompt if _is_asked(id_, asked))
        else:
            wanted = tuple(id_ for id_ in wanted if id_ in asked)
    runnable = graph.sound(checked, wanted)
    if not runnable:
        problems = checked.problems or (_no_sink(targets, any_node),)
        message = problems[0].message
        if len(problems) > 1:
            message += f" (and {len(problems) - 1} more)"
        raise GraphError(message, problems=problems)
    extra = extra or {}
    drawn = workflow_in(extra) or {}
    order = Order(
        id=id_,
        prompt=raw if raw is not None else msgspec.json.encode(prompt),
        extra=msgspec.json.encode({k: v for k, v in extra.items() if k not in secret}),
        targets=runnable,
        number=number,
        client=client,
        title=title,
        workflow_id=_text(drawn.get("id")),
        words=" ".join(_words(prompt))[:_WORDS_CHARACTERS],
        nodes=len(prompt),
        webhook=webhook,
    )
    kept = set(runnable)
    dropped = tuple(id_ for id_ in wanted if id_ not in kept)
    return Ordered(order, checked.graph, prompt, extra, checked, dropped)


def _is_asked(id_: str, asked: Collection[str]) -> bool:
    """Whether a node is asked for, or an instance of a subgraph that it lies in: `7` for `7:3`."""
    if id_ in asked:
        return True
    parts = str(id_).split(":")
    return any(":".join(parts[:count]) in asked for count in range(1, len(parts)))


def _no_sink(targets: Sequence[str] | None, any_node: bool) -> Problem:
    if targets is None:
        message = "nothing would come of this graph: add a node that saves or shows something"
    elif any_node:
        message = f"none of the targets {list(targets)[:5]} is a node of this graph: name its ids"
    else:
        message = f"none of the targets {list(targets)[:5]} is a node that saves or shows something"
    return Problem("no_sink", message)


def _words(prompt: Mapping[str, Any]) -> Iterable[str]:
    """What a person may look for: titles, classes and what was typed."""
    left = _WORDS_CHARACTERS
    for entry in prompt.values():
        if not isinstance(entry, Mapping) or left <= 0:
            continue
        meta, given = entry.get("_meta"), entry.get("inputs")
        found = [_text(entry.get("class_type"))]
        if isinstance(meta, Mapping):
            found.append(_text(meta.get("title")))
        if isinstance(given, Mapping):
            found += [value for value in given.values() if isinstance(value, str)]
        for word in found:
            if word:
                yield word
                left -= len(word)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
