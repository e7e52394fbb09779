"""Which encodings of an answer a client takes (RFC 9110, 12.5.3)."""

from __future__ import annotations

from aiohttp import hdrs, web


def accepts(request: web.Request, encoding: str) -> bool:
    """Whether the client says that it takes this encoding; `*` counts as a yes."""
    weights: dict[str, float] = {}
    for part in request.headers.get(hdrs.ACCEPT_ENCODING, "")[:1_000].split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip().lower()] = _weight(parameters)
    return weights.get(encoding, weights.get("*", 0.0)) > 0


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
