"""What every request passes on its way in and every answer on its way out."""

from __future__ import annotations

import asyncio
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import hdrs, web

from patchbay.api import access, replies
from patchbay.api.access import COOKIE, ROLE
from patchbay.api.origins import Origins, host_of
from patchbay.api.roles import Role, needed
from patchbay.api.serving import SERVING, Serving
from patchbay.errors import PatchbayError, UnauthorizedError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)
_ALLOWED: web.RequestKey[str] = web.RequestKey("allowed_origin", str)
_STARTED: web.RequestKey[bool] = web.RequestKey("started", bool)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CSP = "Content-Security-Policy"
_PAGE = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'"
)
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
# A browser that shows a sound or a picture by itself makes a page of its own around it.
_SHOWN = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'"
)
_CORS = {
    "Access-Control-Allow-Methods": "POST, GET, DELETE, PUT, PATCH, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Authorization",
    "Access-Control-Allow-Credentials": "true",
}
_CODES = {
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    413: "too_large",
    429: "too_many",
}
# What an error's answer keeps of the exception's own headers.
_KEPT = (hdrs.ALLOW, hdrs.CONTENT_RANGE, hdrs.RETRY_AFTER, hdrs.WWW_AUTHENTICATE)
# A browser is asked for the token again after this long; removing the token ends it at once.
_COOKIE_SECONDS = 180 * 24 * 3600


def middlewares() -> list[Any]:
    """One layer: log, errors in one shape, Host and Origin, access. Add `finish` to the signal
    `on_response_prepare` too; both find what they need in `app[SERVING]`."""
    known: list[Origins] = []

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        serving = request.app[SERVING]
        answer: web.StreamResponse
        if not known:
            options = serving.options
            known.append(Origins(options.host, options.hosts, options.origins))
        try:
            answer = _admit(request, serving, known[0]) or await handler(request)
        except asyncio.CancelledError:
            raise
        except ConnectionError:
            if request.transport is not None and not request.transport.is_closing():
                raise
            answer = web.Response(status=400)  # the client has gone: nobody reads this
        except Exception as error:
            if request.get(_STARTED):
                raise  # half an answer is out: aiohttp ends the connection
            answer = _error(request, error, serving.options.debug)
        if _log.isEnabledFor(logging.DEBUG):
            # Without the query, which may carry a token. The raw path holds no line breaks.
            path = request.rel_url.raw_path[:500]
            _log.debug("%s %s %s %d", request.remote, request.method, path, answer.status)
        return answer

    return [guard]


async def finish(request: web.Request, response: web.StreamResponse) -> None:
    """Sets the headers that keep what is answered from being run, framed or read elsewhere."""
    request[_STARTED] = True
    if isinstance(response, web.HTTPExpectationFailed):  # raised by aiohttp before the guards
        _reword(request, response)
    harden(response)
    headers = response.headers
    origin = request.get(_ALLOWED)
    if origin is not None:
        if origin:
            headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            headers.update(_CORS)
        headers.add(hdrs.VARY, "Origin")


def harden(response: web.StreamResponse) -> None:
    """Sets the headers that every answer has, also one to what is no request."""
    headers = response.headers
    headers[hdrs.SERVER] = "patchbay"  # aiohttp would name its version and Python's
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    # A file that the browser has keeps the policy that it came with: a 304 would replace it.
    if _CSP not in headers and response.status not in (101, 304):
        headers[_CSP] = _policy(headers.get(hdrs.CONTENT_TYPE, ""))


def _policy(content_type: str) -> str:
    if content_type.startswith("text/html"):
        return _PAGE
    return _SHOWN if content_type.startswith(("image/", "audio/", "video/")) else _NOTHING


def _admit(request: web.Request, serving: Serving, origins: Origins) -> web.Response | None:
    """Lets the request in, or answers what needs no handler. Raises PatchbayError."""
    headers, method = request.headers, request.method
    host = host_of(headers, request.version, request.host)
    local = origins.is_local(host)
    if request.host != host:  # the request line names one too, as if this were a proxy
        local = origins.is_local(request.host) and local
    origins.check(method, headers, request.scheme, host)
    if origins.origins:
        origin = headers.get(hdrs.ORIGIN)
        request[_ALLOWED] = origin if origin and origins.allowed(origin) else ""
    if method == hdrs.METH_OPTIONS:
        return web.Response()
    resource = request.match_info.route.resource
    pattern = resource.canonical if resource is not None else ""
    if request.path == "/" and "token" in request.query and method == hdrs.METH_GET:
        return _welcome(request, serving, local)
    role = needed(method, pattern)
    request[ROLE] = given = _given(request, serving, local, role)
    access.check(given, role)
    return None


def _given(request: web.Request, serving: Serving, local: bool, wanted: Role | None) -> Role | None:
    try:
        return serving.access.role(request, local)
    except UnauthorizedError:
        if wanted is None:
            return None
        raise


def _welcome(request: web.Request, serving: Serving, local: bool) -> web.Response:
    """Turns the token of a URL into a cookie, and takes it out of the URL: there it would stay in
    the browser's history, and be seen by whoever looks over a shoulder."""
    token = request.query["token"]
    serving.access.role(request, local, token)
    answer = web.Response(status=303)
    answer.headers[hdrs.LOCATION] = str(request.rel_url.without_query_params("token"))
    answer.headers[hdrs.CACHE_CONTROL] = "no-store"
    if serving.access.role_of(token) is not None:
        scheme = request.headers.get(hdrs.X_FORWARDED_PROTO, request.scheme)
        answer.set_cookie(
            COOKIE,
            token,
            max_age=_COOKIE_SECONDS,
            path="/",
            secure=scheme == "https",
            httponly=True,
            samesite="Strict",
        )
    return answer


def _error(request: web.Request, error: Exception, debug: bool) -> web.StreamResponse:
    """An exception as an answer. Raises it again if it is an answer itself, such as a redirect."""
    if isinstance(error, web.HTTPException):
        return _of_http(request, error)
    if isinstance(error, PatchbayError):
        answer = _reply(replies.status_of(error), error.code, error.message, dict(error.details))
        if answer.status == 401:
            answer.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
        if answer.status == 429:
            answer.headers[hdrs.RETRY_AFTER] = str(error.details.get("seconds", 1))
        return answer
    if isinstance(error, (web.RequestPayloadError, aiohttp.ClientPayloadError)):
        return _reply(400, "bad_request", "the request's body cannot be read", {})
    number = secrets.token_hex(4)
    _log.error(
        "%s %s failed (%s)", request.method, request.rel_url.raw_path, number, exc_info=error
    )
    details: dict[str, Any] = {"id": number}
    if debug:
        details["traceback"] = traceback.format_exception(error)
    message = f"something went wrong in the server; its log has more under {number}"
    return _reply(500, "error", message, details)


def _of_http(request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400 or error.content_type == replies.JSON_TYPE:
        raise error
    code = _CODES.get(error.status, "bad_request" if error.status < 500 else "error")
    answer = _reply(error.status, code, _sentence(request, error), {})
    for name in _KEPT:
        if name in error.headers:
            answer.headers[name] = error.headers[name]
    return answer


def _reword(request: web.Request, error: web.HTTPException) -> None:
    answer = _of_http(request, error)
    assert isinstance(answer, web.Response)
    error.body = answer.body
    error.content_type = answer.content_type
    error.headers[hdrs.CONTENT_LENGTH] = str(answer.content_length)


def _sentence(request: web.Request, error: web.HTTPException) -> str:
    """The exception's text, or one better than aiohttp's when the handler gave none."""
    text = error.text or ""
    if text != f"{error.status}: {error.reason}":
        return text
    path = request.rel_url.raw_path[:200]
    if isinstance(error, web.HTTPMethodNotAllowed):
        return f"{request.method} {path} is not possible: use {error.headers[hdrs.ALLOW]}"
    if error.status == 404:
        return f"there is nothing at {path}"
    return error.reason.lower()


def _reply(status: int, code: str, message: str, details: dict[str, Any]) -> web.Response:
    error = {**replies.error_of(code, message), "extra_info": details}
    return replies.reply({"error": error, "node_errors": {}}, status)
