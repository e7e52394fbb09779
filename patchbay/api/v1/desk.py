"""What the API keeps beside the server's own parts: a reader of the table of jobs, small pictures
and outlines that were made, and the stream of events."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from patchbay.api.v1.feed import Feed
from patchbay.api.v1.previews import Previews
from patchbay.jobs.history import History


@dataclass(frozen=True, slots=True)
class Desk:
    """One of each for an application. A search may take seconds: `history` is a connection of its
    own, so that the queue never waits for it."""

    history: History
    previews: Previews
    feed: Feed


DESK = web.AppKey("desk", Desk)
