"""HTTP from the server to places that a client named, such as webhooks."""

from __future__ import annotations

import socket
from typing import Any

import aiohttp

from patchbay import addresses

_SECONDS = aiohttp.ClientTimeout(total=30, connect=10)


def session(private_ok: bool = False) -> aiohttp.ClientSession:
    """A session that connects to the public network only, unless private addresses are allowed.

    Each connection is judged by the very address that it goes to, also after a redirect and for
    a host given as a number: what is refused raises AddressError. It keeps no cookies and uses no
    proxy. Judge the URL's text with `addresses.place_of` first; it refuses names and passwords.
    """
    connector = aiohttp.TCPConnector(
        socket_factory=_any_socket if private_ok else _public_socket,
        # One address after the other: with two at once, which error is seen would be chance.
        happy_eyeballs_delay=None,
        limit=20,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=_SECONDS,
        trust_env=False,
    )


def _public_socket(info: tuple[Any, ...]) -> socket.socket:
    addresses.check_address(str(info[4][0]))
    return _any_socket(info)


def _any_socket(info: tuple[Any, ...]) -> socket.socket:
    return socket.socket(family=info[0], type=info[1], proto=info[2])
