"""Where a webhook may lead, and what its calls are signed with."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets

from patchbay import addresses
from patchbay.addresses import Place
from patchbay.api.serving import Serving
from patchbay.jobs.table import Table

_SECRET = "webhook_secret"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def check_url(url: str, serving: Serving) -> None:
    """Raises AddressError for a webhook that would never be called. Looks its host up.

    Private addresses are refused. This machine's own is allowed for a server that nobody else
    reaches: a script here may be told.
    """
    if not may_be_private(addresses.place_of(url), serving):
        await asyncio.to_thread(addresses.check, url)


def may_be_private(place: Place, serving: Serving) -> bool:
    """Whether a webhook leads to this machine itself, from a server that only it reaches, under
    its own names."""
    local = serving.options.host in _LOOPBACK and not serving.options.hosts
    return local and place.host in _LOOPBACK


def secret(table: Table) -> str:
    """What calls are signed with; made when it is first asked for."""
    return table.fact(_SECRET) or new_secret(table)


def new_secret(table: Table) -> str:
    """Replaces what calls are signed with."""
    made = secrets.token_hex(32)
    table.note(_SECRET, made)
    return made


def signature(secret_: str, at: int, body: bytes) -> str:
    """The header `Patchbay-Signature`: when, and the HMAC-SHA256 of the time, a dot and the body.
    With the time in it an old call cannot be sent again by someone who overheard it."""
    digest = hmac.new(secret_.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
