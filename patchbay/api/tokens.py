"""The file of tokens: names, roles and hashes, never a token itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from patchbay.api.roles import Role
from patchbay.errors import ConfigurationError, ConflictError, NotFoundError, RequestError

_log = logging.getLogger(__name__)

FILE = "tokens.json"
_FORMAT = 1
_NAME = re.compile(r"[\w][\w.@ -]{0,63}")
# A removed token is refused within this time; looking at the file for each request is not needed.
_FRESH_SECONDS = 0.5


class Token(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a token. `hash` is SHA-256 in hex; `made` is in seconds since the epoch."""

    role: str
    hash: str
    made: float


class _File(Struct, frozen=True):
    format: int
    tokens: dict[str, Token]


class Tokens:
    """Tokens by name, in a file that only its owner may read.

    A token is 32 random bytes. Nobody can try out 2**256 of them, so that one round of SHA-256
    keeps it from whoever reads the file; slow hashes are for what people can remember.
    The file may change while a server runs (`patchbay token remove`): it is read again.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.path = folder / FILE
        self._clock = clock
        self._tokens: dict[str, Token] = {}
        self._state: tuple[int, int, int] | None = None
        self._looked = 0.0
        self._read()

    def make(self, name: str, role: Role) -> str:
        """A new token: this is the only time that it can be seen.

        Raises ConflictError if there is one of this name, RequestError if the name is odd.
        """
        if not _NAME.fullmatch(name):
            raise RequestError(
                f"token name {name[:80]!r}: take 1 to 64 letters, digits, spaces and . _ - @"
            )
        self._read()
        if name in self._tokens:
            raise ConflictError(f"there is a token {name!r} already: remove it first")
        token = secrets.token_urlsafe(32)
        self._write({**self._tokens, name: Token(role.word, _hash(token), time.time())})
        return token

    def remove(self, name: str) -> None:
        """Ends a token. Raises NotFoundError."""
        self._read()
        if name not in self._tokens:
            raise NotFoundError(f"there is no token {name!r}")
        self._write({key: token for key, token in self._tokens.items() if key != name})

    def names(self) -> dict[str, Role]:
        """Every token's name and role."""
        self._refresh()
        return {name: Role.named(token.role) for name, token in self._tokens.items()}

    def role_of(self, token: str) -> Role | None:
        """What a token allows; None if it is none of ours. Takes as long for a wrong one."""
        self._refresh()
        given = _hash(token)
        found: Token | None = None
        for known in self._tokens.values():
            if hmac.compare_digest(known.hash, given):
                found = known
        return Role.named(found.role) if found else None

    def _refresh(self) -> None:
        now = self._clock()
        if now - self._looked >= _FRESH_SECONDS:
            self._looked = now
            if self._state != self._stamp():
                try:
                    self._read()
                except ConfigurationError as error:
                    _log.error("nobody is let in: %s", error)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino

    def _read(self) -> None:
        """Raises ConfigurationError: with a damaged file nobody gets in, and nothing is lost."""
        self._tokens = {}
        self._state = self._stamp()
        if self._state is None:
            return
        try:
            found = msgspec.json.decode(self.path.read_bytes(), type=_File)
            if found.format != _FORMAT:
                raise ValueError(f"its format is {found.format}, this version reads {_FORMAT}")
            for token in found.tokens.values():
                Role.named(token.role)
                bytes.fromhex(token.hash)
        except (OSError, ValueError, RequestError, msgspec.MsgspecError) as error:
            raise ConfigurationError(
                f"file of tokens {self.path}: {error}; mend it, or remove it and make new tokens"
            ) from error
        self._tokens = found.tokens

    def _write(self, tokens: dict[str, Token]) -> None:
        data = json.dumps(msgspec.to_builtins(_File(_FORMAT, tokens)), indent=2, sort_keys=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_name(f".{uuid.uuid4().hex}.part")
        try:
            number = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(data + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, self.path)
        finally:
            partial.unlink(missing_ok=True)
        self._tokens, self._state = tokens, self._stamp()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
