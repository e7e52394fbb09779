"""Who may come in: whether a request needs a token, which it carries, and what that allows."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import hdrs, web

from patchbay.addresses import is_loopback
from patchbay.api.roles import Role
from patchbay.api.tokens import Tokens
from patchbay.errors import ForbiddenError, TooManyError, UnauthorizedError

COOKIE = "patchbay_token"
FIRST_NAME = "admin"
# What the caller may do; None on a route that is open to all, for one who did not say who he is.
ROLE: web.RequestKey[Role | None] = web.RequestKey("role", object)  # type: ignore[arg-type]

_GUESSES = 10
_WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 10_000
# A proxy on this machine makes everyone look like a neighbour; these tell that there is one.
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host")


@dataclass(slots=True)
class _Misses:
    began: float
    count: int = 0
    tried: set[bytes] = field(default_factory=set)


class Guesses:
    """Wrong tokens of the last minute by address, for the last ten thousand addresses.

    After ten wrong ones in a minute each further wrong one is told to wait. After ten *different*
    ones even a right one is: that is guessing, whereas a forgotten tab that repeats its old token
    must not lock out everybody behind the same router.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._misses: OrderedDict[str, _Misses] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises TooManyError if an address is guessing."""
        if self._misses:
            misses = self._of(_network(address))
            if misses is not None and len(misses.tried) >= _GUESSES:
                raise self._wait(misses)

    def missed(self, address: str, token: str) -> None:
        """Counts a wrong token. Raises TooManyError when there were too many."""
        network = _network(address)
        misses = self._of(network) or _Misses(self._clock())
        self._misses[network] = misses
        self._misses.move_to_end(network)
        if len(self._misses) > _MOST_ADDRESSES:
            self._misses.popitem(last=False)
        if misses.count >= _GUESSES:
            raise self._wait(misses)
        misses.count += 1
        misses.tried.add(hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest())

    def _of(self, network: str) -> _Misses | None:
        misses = self._misses.get(network)
        if misses is not None and self._clock() - misses.began >= _WINDOW_SECONDS:
            del self._misses[network]
            return None
        return misses

    def _wait(self, misses: _Misses) -> TooManyError:
        seconds = max(1, round(misses.began + _WINDOW_SECONDS - self._clock()))
        return TooManyError(
            f"too many wrong tokens from this address: wait {seconds} s", seconds=seconds
        )


class Access(Tokens):
    """The tokens, and who needs one: everybody, unless the server is bound to loopback, and the
    request came for it by a loopback name and not through a proxy."""

    def __init__(
        self,
        folder: Path,
        host: str,
        hosts: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`host` is what the server is bound to, `hosts` its other names. May block for the name.
        Raises ConfigurationError if the file of tokens cannot be read."""
        super().__init__(folder, clock)
        self.beyond = not is_loopback(host)
        self._named = bool(hosts)
        self._guesses = Guesses(clock)

    def first(self) -> str | None:
        """An admin's token if one will be needed and there is none at all; else None."""
        if (self.beyond or self._named) and not self.names():
            return self.make(FIRST_NAME, Role.ADMIN)
        return None

    def role(self, request: web.BaseRequest, local: bool, token: str | None = None) -> Role | None:
        """What the caller may do; None if he carries no token and needs one.

        `local` tells that the request's Host is a name of loopback; `token` is one from elsewhere
        than the headers. Raises UnauthorizedError for a wrong token, TooManyError for too many.
        """
        if local and not self.beyond and not any(name in request.headers for name in _FORWARDED):
            return Role.ADMIN
        token = token_of(request) if token is None else token
        if token is None:
            return None
        address = request.remote or ""
        self._guesses.check(address)
        role = self.role_of(token)
        if role is None:
            self._guesses.missed(address, token)
            raise UnauthorizedError("this token is wrong, or was removed: ask for another")
        return role


def token_of(request: web.BaseRequest) -> str | None:
    """The token that a request carries: as a bearer, as the password of a client that can do no
    better, or else in the cookie."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            both = base64.b64decode(token, validate=True).decode()
            return both.partition(":")[2].strip() or None
    return request.cookies.get(COOKIE) or None


def need(request: web.Request, role: Role) -> None:
    """Raises ForbiddenError unless the caller has this role; for what a path alone does not say."""
    check(request[ROLE], role)


def check(given: Role | None, role: Role | None) -> None:
    """Raises UnauthorizedError or ForbiddenError unless a given role is enough."""
    if role is None or (given is not None and given >= role):
        return
    if given is None:
        raise UnauthorizedError(
            "a token is needed: send the header `Authorization: Bearer TOKEN`, or open "
            "/?token=TOKEN in the browser once; `patchbay token make NAME` makes one"
        )
    raise ForbiddenError(f"this needs the role {role.word!r}, the token has {given.word!r}")


def _network(address: str) -> str:
    """The address, or for IPv6 the network of 2**64 addresses that one household is given."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or f"{int(found) >> 64:x}::/64")
