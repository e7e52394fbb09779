"""How connections are taken: so many, each with its time to say what it wants.

aiohttp takes any number of connections, waits an hour for the first request of each, and answers
what is not HTTP in plain text. It has no setting for these, so its classes are extended here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import Counter
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from patchbay.api import guarding, replies
from patchbay.api.serving import SERVING, Patience
from patchbay.wording import one_line

_log = logging.getLogger(__name__)
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 10\r\n\r\n"
_SHARE = 4  # one address from afar may have one in so many of all connections
_QUIET_SECONDS = 1.0  # between two lines in the log that anyone can cause


class Runner(web.AppRunner):
    """Runs a server with at most so many connections at once."""

    def __init__(self, app: web.Application, most: int, **options: Any) -> None:
        super().__init__(app, **options)
        self._most = most

    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        return _Server(made, self.app[SERVING].options.patience, self._most)


class _Server(web.Server):
    """aiohttp's, made anew from the one that it made."""

    def __init__(self, made: web.Server, patience: Patience, most: int) -> None:
        super().__init__(
            made.request_handler,
            request_factory=made.request_factory,
            handler_cancellation=made.handler_cancellation,
            **made._kwargs,
        )
        self.patience = patience
        self._most = most
        self._by_address: Counter[str] = Counter()
        self._said = 0.0

    def __call__(self) -> web.RequestHandler:
        return _Handler(self, loop=self._loop, **self._kwargs)

    def welcome(self, address: str) -> bool:
        """Whether there is room for one more connection, which counts from now on."""
        self._by_address[address] += 1
        return len(self._connections) <= self._most and (
            not address or self._by_address[address] <= self._most // _SHARE
        )

    def goodbye(self, address: str) -> None:
        """A connection that was asked for has ended."""
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]

    def say(self, text: str) -> None:
        """A line in the log, unless there was one just now."""
        now = self._loop.time()
        if now - self._said >= _QUIET_SECONDS:
            self._said = now
            _log.warning("%s", text)


class _Handler(web.RequestHandler):
    """One connection."""

    __slots__ = ("_address", "_deadline", "_server", "_unread")

    def __init__(self, server: _Server, **options: Any) -> None:
        super().__init__(server, **options)
        self._server = server
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._address = _from_afar(self.peername)
        self._deadline = self._loop.call_later(self._server.patience.request, self._expire)
        if not self._server.welcome(self._address):
            whose = self._address or "this machine"
            self._server.say(f"there are too many connections: one from {whose} was refused")
            if self.transport is not None:
                self.transport.write(_FULL)
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._deadline.cancel()
        if self._unread is not None:
            self._unread.cancel()
        self._server.goodbye(self._address)
        super().connection_lost(exc)

    def _expire(self) -> None:
        if self._request_count == 0:
            self.force_close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(0)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def _watch(self, before: int) -> None:
        """Ends the connection when as many bytes are still to be sent as the last time: its client
        reads nothing."""
        if self.transport is None:  # it is being closed
            return
        left = self.transport.get_write_buffer_size()
        if left == before:
            self.transport.abort()
        else:
            seconds = self._server.patience.unread
            self._unread = self._loop.call_later(seconds, self._watch, left)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what is not HTTP, or not as it is taken here; the connection ends."""
        if isinstance(exc, ConnectionError):  # the client is gone: there is nobody to answer
            raise exc
        if not isinstance(exc, HttpProcessingError) or request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        said = one_line((message or "").strip().partition("\n")[0].rstrip(" :"))[:200]
        self._server.say(f"a request from {request.remote} was refused: {said!a}")
        answer = replies.error_reply(
            status, "bad_request", f"this is not HTTP as taken here: {said}"
        )
        guarding.harden(answer)
        answer.force_close()
        return answer


def _from_afar(peer: Any) -> str:
    """Whose a connection is: an address, for IPv6 a household's network, "" for this machine."""
    host = str(peer[0]).partition("%")[0] if isinstance(peer, tuple) else ""
    if not host or host == "::1" or host.startswith("127."):
        return ""
    if ":" in host:
        return str(ipaddress.ip_network((host, 64), strict=False))
    return host
