"""Which calls a node makes: one for each item of its input lists."""

from __future__ import annotations

from patchbay.types import Batch, NodeSpec


def rows(spec: NodeSpec, batches: dict[str, Batch]) -> list[dict[str, Batch]]:
    """The inputs of each call. A shorter list repeats its last item; an input that takes many
    gets its whole list in every call; an empty list means no call at all."""
    longest = 1
    for name, batch in batches.items():
        size = len(batch)
        if size != 1 and not _takes_many(spec, name):
            if size == 0:
                return []
            longest = max(longest, size)
    if longest == 1:
        return [batches]
    return [
        {
            name: batch if _takes_many(spec, name) else (batch[min(index, len(batch) - 1)],)
            for name, batch in batches.items()
        }
        for index in range(longest)
    ]


def _takes_many(spec: NodeSpec, name: str) -> bool:
    port = spec.ports.get(name)
    return port is not None and port.many
