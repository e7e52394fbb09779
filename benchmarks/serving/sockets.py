"""Sockets that only listen, or do not even that, at next to no cost to this process."""

from __future__ import annotations

import base64
import os
import selectors
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

_END = b"\r\n\r\n"
# So small that what the server sends to one that never reads soon piles up at the server.
_DEAF_BYTES = 4_096
_CHUNK_BYTES = 1 << 16


@contextmanager
def listening(url: str, count: int, *, read: bool) -> Iterator[None]:
    """Opens sockets under ids of their own; what comes is thrown away, or never read."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(_open(url, deaf=not read)) for _ in range(count)]
        if not read:
            yield
            return
        ours, theirs = socket.socketpair()
        with ours, theirs:
            thread = threading.Thread(target=_drain, args=(sockets, theirs))
            thread.start()
            try:
                yield
            finally:
                ours.close()  # the thread ends when this can be read
                thread.join()


def _open(url: str, *, deaf: bool) -> socket.socket:
    """A WebSocket after its handshake. Raises OSError."""
    parts = urlsplit(url)
    found = socket.socket()
    if deaf:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _DEAF_BYTES)
    found.settimeout(30)
    found.connect((parts.hostname or "", parts.port or 80))
    key = base64.b64encode(os.urandom(16)).decode()
    found.sendall(
        f"GET /ws?clientId={uuid.uuid4().hex} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = b""
    while _END not in answer:
        data = found.recv(1_024)
        if not data:
            break
        answer += data
    if b" 101 " not in answer.partition(b"\r\n")[0]:
        found.close()
        raise OSError(f"the server refused a socket: {answer[:80]!r}")
    return found


def _drain(sockets: list[socket.socket], end: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        for each in (*sockets, end):
            selector.register(each, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is end:
                    return
                assert isinstance(key.fileobj, socket.socket)
                if not key.fileobj.recv(_CHUNK_BYTES):  # closed by the server
                    selector.unregister(key.fileobj)
