"""What a caller may do: three roles, and which of them each route needs."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from patchbay.errors import RequestError


class Role(IntEnum):
    """Each may do what the one before it may. `word` is how people and files write it."""

    VIEW = 1  # look at everything
    RUN = 2  # queue, stop and order jobs, upload, save
    ADMIN = 3  # remove what is everyone's, see the machine, give out tokens

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def named(cls, word: str) -> Role:
        """Raises RequestError."""
        for role in cls:
            if role.word == word:
                return role
        words = ", ".join(role.word for role in cls)
        raise RequestError(f"role {word!r}: choose one of {words}")


_READING = ("GET", "HEAD")
# Routes by method and pattern, as they are registered, without /api. The rest follows from
# `needed`: reading takes VIEW, anything else RUN.
_EXACT: dict[tuple[str, str], Role | None] = {
    ("GET", "/health"): None,
    ("HEAD", "/health"): None,
    ("POST", "/free"): Role.ADMIN,
    ("DELETE", "/history"): Role.ADMIN,
    ("DELETE", "/v1/history"): Role.ADMIN,
    ("POST", "/users"): Role.ADMIN,
}
# The machine's own affairs, whatever the method. `/internal/files` lists what /view shows anyway.
_ADMIN = ("/internal", "/v1/tokens", "/v1/logs", "/v1/settings")
_ADMIN_TO_CHANGE = ("/v1/cache", "/v1/packs", "/v1/models", "/v1/engines")


@lru_cache(2048)
def needed(method: str, pattern: str) -> Role | None:
    """The least role for a route, given by its registered pattern and not by what was typed, so
    that no other spelling of a path gets around it. None: anyone may."""
    pattern = pattern.removeprefix("/api") or "/"
    if (method, pattern) in _EXACT:
        return _EXACT[method, pattern]
    if _below(pattern, ("/internal/files",)) and method in _READING:
        return Role.VIEW
    if _below(pattern, _ADMIN):
        return Role.ADMIN
    if method in _READING:
        return Role.VIEW
    return Role.ADMIN if _below(pattern, _ADMIN_TO_CHANGE) else Role.RUN


def _below(pattern: str, prefixes: tuple[str, ...]) -> bool:
    return any(pattern == prefix or pattern.startswith(prefix + "/") for prefix in prefixes)
