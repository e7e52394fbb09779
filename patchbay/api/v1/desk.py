"""What the API keeps beside the server's own parts: a reader of the table of jobs, small pictures,
outlines and tiles that were made, all nodes in one text, and the stream of events."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from patchbay.api.pyramids import Pyramids
from patchbay.api.v1.feed import Feed
from patchbay.api.v1.library import Library
from patchbay.api.v1.previews import Previews
from patchbay.jobs.history import History
from patchbay.litegraph.about import About


@dataclass(frozen=True, slots=True)
class Desk:
    """One of each for an application. A search may take seconds: `history` is a connection of its
    own, so that the queue never waits for it. `drafting` is held by whoever writes a draft."""

    history: History
    previews: Previews
    feed: Feed
    pyramids: Pyramids
    library: Library
    drafting: asyncio.Lock
    abouts: dict[tuple[str, int, float], About]  # by path, size and time of a saved workflow


DESK = web.AppKey("desk", Desk)
