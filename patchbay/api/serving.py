"""What the handlers of a server share, and the limits it holds them to."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from patchbay.packs import Catalogue
from patchbay.parts import Parts

if TYPE_CHECKING:
    from patchbay.api.access import Access
    from patchbay.api.hub import Hub
    from patchbay.api.log import Log
    from patchbay.jobs.queue import Queue


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a client may send or ask for at once."""

    body_bytes: int = 32 << 20  # a JSON body; a prompt of 20,000 nodes takes about 10 MB
    upload_bytes: int = 1 << 30  # one uploaded file; it is streamed to disk, never held
    json_depth: int = 64
    nodes: int = 100_000  # of one prompt
    list_items: int = 100_000  # of one literal
    pending_jobs: int = 10_000
    sockets: int = 1_000
    name_bytes: int = 1_000  # of a path in a request


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a client may take."""

    request: float = 10.0  # from the begin of a connection to its first request's headers
    body: float = 30.0  # in which something of a body must come
    lingering: float = 2.0  # to read why a body is refused that is still being sent
    unread: float = 600.0  # in which something of an answer must be read; players pause


@dataclass(frozen=True, slots=True)
class Options:
    """How a server was asked to be. `user_folder` holds settings, saved workflows, tokens and
    the table of jobs."""

    user_folder: Path
    host: str = "127.0.0.1"
    port: int = 8188
    jobs_at_once: int = 4
    debug: bool = False  # tracebacks to clients
    origins: tuple[str, ...] = ()  # pages from elsewhere that may call, such as https://a.example
    hosts: tuple[str, ...] = ()  # names, besides its own, under which the server may be called
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    argv: tuple[str, ...] = ()


@dataclass(slots=True)
class Serving:
    """One of each for a server. Handlers find it as `request.app[SERVING]`."""

    options: Options
    parts: Parts
    catalogue: Catalogue
    queue: Queue
    hub: Hub
    access: Access
    log: Log
    started: float  # seconds since the epoch


SERVING = web.AppKey("serving", Serving)
