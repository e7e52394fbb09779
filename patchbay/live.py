"""Values held in memory: decoded ones while there is room, opaque ones until they are let go."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from patchbay.types import Digest

# At about 200 bytes each with their digests these stay under 20 MB.
_MOST_SMALL = 100_000


class Live:
    """Payloads by digest, the oldest out first. Safe to use from several threads.

    A pinned payload counts towards no budget and stays until `release`: opaque values, and those
    that the store could not take.
    """

    def __init__(self, budget_bytes: int = 64 << 20) -> None:
        self._budget = budget_bytes
        self._used = 0
        self._small: dict[Digest, Any] = {}
        self._payloads: OrderedDict[Digest, tuple[Any, int]] = OrderedDict()
        self._pinned: dict[Digest, Any] = {}
        self._lock = threading.Lock()

    def get(self, digest: Digest, default: Any = None) -> Any:
        """The payload, or `default`."""
        payload = self._small.get(digest, self)
        if payload is not self:
            return payload
        held = self._payloads.get(digest)
        if held is not None:
            return held[0]
        return self._pinned.get(digest, default)

    def __contains__(self, digest: Digest) -> bool:
        return digest in self._payloads or digest in self._pinned or digest in self._small

    def put(self, digest: Digest, payload: Any, size_bytes: int) -> None:
        """Keeps a payload as long as there is room; one larger than the budget is not kept."""
        if size_bytes > self._budget:
            return
        with self._lock:
            old = self._payloads.pop(digest, None)
            self._used += size_bytes - (old[1] if old else 0)
            self._payloads[digest] = (payload, size_bytes)
            while self._used > self._budget:
                _, (_, size) = self._payloads.popitem(last=False)
                self._used -= size

    def note(self, digest: Digest, payload: Any) -> None:
        """Keeps a small payload, of which there may be many: nothing is counted."""
        if len(self._small) >= _MOST_SMALL:
            self._small.clear()
        self._small[digest] = payload

    def pin(self, digest: Digest, payload: Any) -> None:
        """Keeps a payload until `release`."""
        self._pinned[digest] = payload

    def release(self) -> None:
        """Lets go of everything."""
        with self._lock:
            self._payloads.clear()
            self._small.clear()
            self._pinned.clear()
            self._used = 0
