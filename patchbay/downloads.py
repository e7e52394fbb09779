"""Loading a file from a URL that somebody else named, within bounds of size, time and place."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import threading
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from patchbay import addresses
from patchbay.addresses import LookUp, Resolved
from patchbay.errors import AddressError, TooLargeError

_MOST_HOPS = 5
_CHUNK_BYTES = 1 << 16
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class _Bounds:
    most_bytes: int
    ends: float  # by time.monotonic

    def check(self) -> float:
        """The seconds that are left. Raises TimeoutError when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long")
        return left


def fetch(
    url: str,
    path: Path,
    *,
    most_bytes: int,
    timeout_seconds: float,
    private: bool = False,
    look_up: LookUp | None = None,
) -> None:
    """Loads what a URL gives into a file, which appears whole or not at all. Blocks.

    Every redirect is checked as the URL itself; no proxy is used and nothing is unpacked. `private`
    allows addresses of this machine and its network. Raises AddressError and TooLargeError.
    """
    bounds = _Bounds(most_bytes, time.monotonic() + timeout_seconds)
    partial = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with partial.open("xb") as file:
            for _ in range(_MOST_HOPS + 1):
                found = addresses.check(url, private=private, look_up=look_up)
                location = _load(found, file, bounds)
                if location is None:
                    break
                url = urllib.parse.urljoin(url, location)
            else:
                raise AddressError(f"{found.place.shown}: more than {_MOST_HOPS} redirects")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _load(found: Resolved, file: BinaryIO, bounds: _Bounds) -> str | None:
    """Writes what is there, or gives the place that it redirects to."""
    shown = found.place.shown
    try:
        with _connected(found, bounds) as connection:
            headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
            connection.request("GET", found.place.target, headers=headers)
            response = connection.getresponse()
            if response.status in _REDIRECTS:
                return _location(response, shown)
            if response.status != 200:
                raise AddressError(f"{shown} answered {response.status} {response.reason[:80]}")
            _copy(response, file, bounds, shown)
            # The watch ends a connection in the middle; without a length that looks like an end.
            bounds.check()
    except TimeoutError as error:
        raise AddressError(f"{shown} took too long to load") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        late = time.monotonic() >= bounds.ends
        reason = "took too long to load" if late else f"cannot be loaded: {error or type(error)}"
        raise AddressError(f"{shown} {reason}") from error
    return None


def _location(response: http.client.HTTPResponse, shown: str) -> str:
    location = response.getheader("Location")
    if not location:
        raise AddressError(f"{shown} redirects to nowhere")
    return location


def _copy(response: http.client.HTTPResponse, file: BinaryIO, bounds: _Bounds, shown: str) -> None:
    size = response.length or 0
    if size <= bounds.most_bytes:
        size = 0
        while chunk := response.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > bounds.most_bytes:
                break
            file.write(chunk)
        if response.length:  # what was announced and did not come
            raise OSError(f"it ended {response.length} bytes too early")
    if size > bounds.most_bytes:
        raise TooLargeError(f"{shown} is larger than {bounds.most_bytes} bytes")


@contextlib.contextmanager
def _connected(found: Resolved, bounds: _Bounds) -> Iterator[http.client.HTTPConnection]:
    """A connection to one of the checked addresses, which is cut when the time is over: a server
    that sends a byte now and then would keep each single read alive for ever."""
    place = found.place
    wire = _socket(found, bounds)
    if place.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(place.host, place.port)
        context = ssl.create_default_context()
        wire = context.wrap_socket(wire, server_hostname=place.host, do_handshake_on_connect=False)
    else:
        connection = http.client.HTTPConnection(place.host, place.port)
    connection.sock = wire
    watch = threading.Timer(bounds.check(), _cut, [wire])
    watch.daemon = True
    watch.start()
    try:
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()
        yield connection
    finally:
        watch.cancel()
        connection.close()
        wire.close()


def _socket(found: Resolved, bounds: _Bounds) -> socket.socket:
    failure: OSError | None = None
    for address in found.addresses:
        try:
            connected = socket.create_connection((address, found.place.port), bounds.check())
        except TimeoutError:
            raise
        except OSError as error:
            failure = error
        else:
            connected.settimeout(bounds.check())
            return connected
    raise failure or OSError("no address")


def _cut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(wire, socket.SHUT_RDWR)
