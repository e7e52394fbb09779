"""From which pages a request may come: Host against DNS rebinding, Origin against other sites.

A browser lets every page that its user visits send requests to this machine. Two headers, which
no page can forge, tell of it: Host is the name that the page was reached by, so a foreign name
that was made to point here is seen; Origin and Sec-Fetch-Site say whose page is asking.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Mapping, Sequence
from functools import lru_cache

from aiohttp import hdrs

from patchbay.errors import ForbiddenError, RequestError

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/?#@\\\[\]]+)(?::(\d{1,5}))?")
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_ORIGIN = re.compile(r"(https?)://([^/?#@\s]+)", re.IGNORECASE)
_PORTS = {"http": "80", "https": "443"}
_HARMLESS = ("GET", "HEAD", "OPTIONS")
_ANY = ("", "0.0.0.0", "::")


class Origins:
    """The names that a server answers to, and the pages elsewhere that may call it.

    Bound to loopback, those are loopback's names and `hosts`. Bound further, also the machine's
    own names and any address: rebinding takes a name, an address cannot be made to mean another.
    """

    def __init__(self, host: str, hosts: Sequence[str] = (), origins: Sequence[str] = ()) -> None:
        self.origins = frozenset(filter(None, map(_normal, origins)))
        self._names = {_bare(name) for name in hosts}
        if host not in _ANY:
            self._names.add(_bare(host))
        self._beyond = not _is_local(_bare(host))
        if self._beyond and host in _ANY:
            own = socket.gethostname().lower()
            self._names |= {own, f"{own.partition('.')[0]}.local"}
        # The same few headers come again and again.
        self._judged = lru_cache(512)(self._judge)

    def is_local(self, host: str) -> bool:
        """Whether a Host header is a name of loopback. Raises ForbiddenError if it is not ours."""
        return self._judged(host)

    def check(self, method: str, headers: Mapping[str, str], scheme: str, host: str) -> None:
        """Raises ForbiddenError if the request was sent by a page that is not ours."""
        origin = headers.get(hdrs.ORIGIN)
        if origin is not None:
            # A page cannot send this header without asking first, and is told no.
            scheme = headers.get(hdrs.X_FORWARDED_PROTO, scheme).partition(",")[0].strip()
            self._check_origin(origin, f"{scheme}://{host}")
        elif method not in _HARMLESS:
            site = headers.get("Sec-Fetch-Site", "none")
            if site not in ("none", "same-origin"):
                raise ForbiddenError(f"a {method} from another site's page is refused")

    def _judge(self, host: str) -> bool:
        name = _bare(host)
        if _is_local(name):
            return True
        if name in self._names or (self._beyond and _is_usable_address(name)):
            return False
        raise ForbiddenError(
            f"this server is not called {host[:100]!r}: use its own address, or name the host in "
            "the setting `hosts`"
        )

    def _check_origin(self, origin: str, own: str) -> None:
        asking = _normal(origin)
        if not asking or (asking not in self.origins and asking != _normal(own)):
            raise ForbiddenError(
                f"a page of {origin[:100]!r} may not call this server: name it in the setting "
                "`origins` if it should"
            )

    def allowed(self, origin: str | None) -> bool:
        """Whether a page elsewhere may read the answers."""
        return bool(self.origins) and origin is not None and _normal(origin) in self.origins


def host_of(headers: Mapping[str, str], version: tuple[int, int], fallback: str) -> str:
    """The Host header; only HTTP/1.0, which no browser speaks, may leave it out, and then it is
    the `fallback`, the address that the request arrived at. Raises RequestError."""
    host = headers.get(hdrs.HOST)
    if host is None:
        if version >= (1, 1):
            raise RequestError("the request has no Host header")
        return f"[{fallback}]" if ":" in fallback and "[" not in fallback else fallback
    return host


def _bare(host: str) -> str:
    """The name in a Host header, without port, brackets and the root's dot; "" if it is none."""
    if host.count(":") > 1 and not host.startswith("["):
        host = f"[{host}]"
    found = _HOST.fullmatch(host)
    if found is None:
        return ""
    if found[1].startswith("["):
        address = _address(found[1].strip("[]"))
        return str(address) if address is not None and address.version == 6 else ""
    return found[1].lower().removesuffix(".")


def _normal(origin: str) -> str | None:
    """An origin as scheme://host:port; None if it is not one, such as "null"."""
    found = _ORIGIN.fullmatch(origin)
    if found is None:
        return None
    scheme = found[1].lower()
    host = _HOST.fullmatch(found[2])
    if host is None:
        return None
    return f"{scheme}://{host[1].lower().removesuffix('.')}:{host[2] or _PORTS[scheme]}"


def shown(host: str) -> str:
    """The host as a browser may be sent to it: for "every address of this machine" one of them."""
    if host in _ANY:
        family = socket.AF_INET6 if host == "::" else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                # Sends nothing; it only asks which card leads there (documentation addresses).
                probe.connect(("2001:db8::1" if host == "::" else "192.0.2.1", 9))
                host = str(probe.getsockname()[0])
            except OSError:
                host = "localhost"
    return f"[{host}]" if ":" in host else host


def is_origin(text: str) -> bool:
    """Whether a text is an origin, such as https://a.example:8000."""
    return _normal(text) is not None


def is_host(text: str) -> bool:
    """Whether a text is a host's name or address, without a port."""
    bare = _bare(text)
    if ":" in bare:
        return not text.startswith("[") or text.endswith("]")
    return bool(_NAME.fullmatch(bare)) and ":" not in text


def _is_local(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def _is_usable_address(name: str) -> bool:
    # 0.0.0.0 leads to loopback from a page on the internet, and nobody needs it.
    address = _address(name)
    return address is not None and not address.is_unspecified


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
