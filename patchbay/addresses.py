"""The guard before every URL that a node or a webhook loads: where it leads, and whether it may.

Whoever can send a prompt can name a URL. Without a guard that makes the server a way into its own
machine and network: other services on loopback, a router's pages, a cloud's 169.254.169.254.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patchbay.errors import AddressError

# The addresses of a host name, as text. Raises OSError.
LookUp = Callable[[str, int], Sequence[str]]

_MOST_CHARACTERS = 8_000
_PORTS = {"http": 80, "https": 443}
_SAFE = "%/:@!$&'()*+,;=~-._?"
# Controls, space and backslash: programs that read URLs disagree on what they mean.
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
# What `ipaddress` calls global, at least in some releases, though it leads somewhere special.
_SPECIAL = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "2001::/23",  # protocol assignments, with Teredo
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation (RFC 9637)
    )
]
# All of IPv6 that is given out for the public network (IANA's registry of IPv6 address space).
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
# A network without IPv4 reaches IPv4 through these (RFC 6052): the last 32 bits say whom.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads. `host` is ASCII without brackets; `target` is the path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def shown(self) -> str:
        """The URL for messages, without its query, which may hold a signature or a key."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A place with its checked addresses: connect to one of these and look nothing up again, or
    the answer may be another the second time (DNS rebinding)."""

    place: Place
    addresses: tuple[str, ...]


def check(url: str, *, private: bool = False, look_up: LookUp | None = None) -> Resolved:
    """Where the URL leads, if it may be loaded. Blocks while the host's name is looked up.

    `private` allows what lies on this machine and its network. Raises AddressError.
    """
    place = place_of(url)
    try:
        addresses = tuple((look_up or addresses_of)(place.host, place.port))
    except (OSError, UnicodeError) as error:
        raise AddressError(f"host {place.host!r} cannot be found: {error}") from error
    if not addresses:
        raise AddressError(f"host {place.host!r} has no address")
    if not private:
        for address in addresses:
            check_address(address, place.host)
    return Resolved(place, addresses)


def place_of(url: str) -> Place:
    """Where the URL leads, by its text alone. Raises AddressError if it is not a plain URL."""
    if len(url) > _MOST_CHARACTERS:
        raise AddressError(f"URL of {len(url)} characters: at most {_MOST_CHARACTERS} are taken")
    if _ODD.search(url):
        raise AddressError(f"URL {url[:80]!r}: encode spaces and other odd characters, as in %20")
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressError(f"URL {url[:80]!r} cannot be read: {error}") from error
    if parts.scheme not in _PORTS:
        raise AddressError(f"URL {url[:80]!r}: only http:// and https:// are loaded")
    if "@" in parts.netloc:
        raise AddressError("a URL with a user's name or password in it is not loaded")
    if port == 0:
        raise AddressError(f"URL {url[:80]!r}: port 0 is none")
    target = urllib.parse.quote(parts.path or "/", _SAFE)
    if parts.query:
        target += "?" + urllib.parse.quote(parts.query, _SAFE)
    return Place(parts.scheme, _plain_host(host), port or _PORTS[parts.scheme], target)


def _plain_host(host: str) -> str:
    """The host in ASCII, with full-width digits and odd dots as a resolver would take them."""
    try:
        # A zone such as %eth0 names one of this machine's network cards.
        if ":" in host and "%" not in host:
            return str(ipaddress.IPv6Address(host))
        plain = host.encode("idna").decode("ascii").lower()
    except ValueError:
        plain = ""
    if not _NAME.fullmatch(plain):
        raise AddressError(f"host {host[:80]!r} is neither a name nor an address")
    return plain


def check_address(address: str, host: str = "") -> None:
    """Raises AddressError unless the address, of a host, is one of the public network."""
    if not is_public(address):
        name = f"host {host!r} leads to {address}" if host and host != address else address
        raise AddressError(
            f"{name}: addresses of this machine and of private networks are not loaded from"
        )


def is_public(address: str) -> bool:
    """Whether an address is reached over the public network, and means nothing else inside."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
        if found.scope_id or found not in _PUBLIC_V6:
            return False
    if found.is_multicast or found.is_reserved or not found.is_global:
        return False
    return not any(found in network for network in _SPECIAL)


def is_loopback(host: str, look_up: LookUp | None = None) -> bool:
    """Whether a host, a name or an address, is this machine and nothing else. May block."""
    try:
        addresses = (look_up or addresses_of)(host, 0) if host else ()
        found = [ipaddress.ip_address(address.partition("%")[0]) for address in addresses]
    except (OSError, UnicodeError, ValueError):
        return False
    return bool(found) and all(address.is_loopback for address in found)


def addresses_of(host: str, port: int) -> list[str]:
    """The system's answer for a host name or an address, however it is written."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))
