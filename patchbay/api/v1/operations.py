"""How an operation is declared once: what it takes, what it answers, and the words about it.

The OpenAPI document is made from the same declarations that read requests, so that neither can
say something else than the other.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct

from patchbay.api.replies import json_of, reply

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
PREFIX = "/api/v1"
T = TypeVar("T", bound=Struct)
_LIST_TYPES = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType)
_PATH_PART = re.compile(r"\{(\w+)(?::[^}]*)?\}")


class Nothing(Struct, frozen=True):
    """Takes nothing but its path."""


@dataclass(frozen=True, slots=True)
class Other:
    """An answer, or a body, that is not JSON."""

    content_type: str
    doc: str
    also: tuple[str, ...] = ()  # other types that it may have instead


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """One thing that a client can ask for. `takes` is read from the query of a GET or DELETE and
    from the body of the others, unless that `accepts` anything else: then the handler reads it.
    `errors` are the statuses that only this one answers with."""

    method: Method
    path: str
    takes: type[T]
    gives: type[Struct] | Other | None
    status: int
    errors: tuple[int, ...]
    handler: Callable[[web.Request, T], Awaitable[Any]]
    needs_body: bool
    accepts: Other | None = None

    @property
    def name(self) -> str:
        return self.handler.__name__

    @property
    def summary(self) -> str:
        return self._paragraphs[0].replace("\n", " ").rstrip(".")

    @property
    def doc(self) -> str:
        """What there is to say beyond the summary."""
        return "\n\n".join(part.replace("\n", " ") for part in self._paragraphs[1:])

    @property
    def _paragraphs(self) -> list[str]:
        text = self.handler.__doc__ or ""
        lines = [line.strip() for line in text.strip().splitlines()]
        return "\n".join(lines).split("\n\n")

    @property
    def in_query(self) -> bool:
        return self.method in ("GET", "DELETE")

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it."""
        return _PATH_PART.sub(r"{\1}", self.path)

    @property
    def places(self) -> list[str]:
        """The names of the path's variable parts."""
        return _PATH_PART.findall(self.path)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Reads the request, lets the handler do its work, and writes what it gives."""
        given = query_of(request, self.takes) if self.in_query else await self._body(request)
        found = await self.handler(request, given)
        if isinstance(found, web.StreamResponse):
            return found
        if self.status == 204:
            return web.Response(status=204)
        return reply(found, self.status)

    def route(self) -> web.RouteDef:
        return web.RouteDef(self.method, self.path, self.answer, {})

    async def _body(self, request: web.Request) -> T:
        if self.takes is Nothing:
            return self.takes()
        data = await (json_of(request) if self.needs_body else json_of(request, empty={}))
        try:
            return msgspec.convert(data, self.takes)
        except msgspec.ValidationError as error:
            raise web.HTTPBadRequest(text=f"body: {sentence_of(error)}") from error


def operation(
    method: Method,
    path: str,
    *,
    takes: type[T] = Nothing,  # type: ignore[assignment]  # mypy#3737: a default for a type variable
    gives: type[Struct] | Other | None = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
    needs_body: bool = True,
    accepts: Other | None = None,
) -> Callable[[Callable[[web.Request, T], Awaitable[Any]]], Operation[T]]:
    """Declares a handler as an operation; its docstring is the documentation."""

    def declare(handler: Callable[[web.Request, T], Awaitable[Any]]) -> Operation[T]:
        whole = PREFIX + path
        return Operation(method, whole, takes, gives, status, errors, handler, needs_body, accepts)

    return declare


def query_of(request: web.Request, takes: type[T]) -> T:
    """The request's query as a record; what it does not know is left alone. Raises
    HTTPBadRequest."""
    if takes is Nothing:
        return takes()
    found: dict[str, Any] = {}
    for field in fields_of(takes):
        name = field.encode_name
        if name not in request.query:
            continue
        kind = field.type
        if isinstance(kind, msgspec.inspect.Metadata):
            kind = kind.type
        if isinstance(kind, _LIST_TYPES):
            texts = ",".join(request.query.getall(name))
            found[name] = [text for text in texts.split(",") if text]
        else:
            found[name] = request.query[name]
    try:
        return msgspec.convert(found, takes, strict=False)
    except msgspec.ValidationError as error:
        raise web.HTTPBadRequest(text=f"query: {sentence_of(error)}") from error


def fields_of(takes: type[Struct]) -> tuple[msgspec.inspect.Field, ...]:
    """The fields of a record, with their types."""
    found = msgspec.inspect.type_info(takes)
    assert isinstance(found, msgspec.inspect.StructType)
    return found.fields


def sentence_of(error: msgspec.ValidationError) -> str:
    """What msgspec found, as a sentence that begins with the field's name."""
    message, _, place = str(error).partition(" - at `")
    name = place.rstrip("`").removeprefix("$").removeprefix(".")
    message = message[:1].lower() + message[1:]
    return f"{name}: {message}" if name else message


def errors_of(operation: Operation[Any]) -> Mapping[int, str]:
    """Every status that may come instead of the answer, with what it means."""
    found = {
        400: "The request is not as it should be; the message says what is wrong.",
        401: "A token is needed, or the one sent is wrong.",
        403: "The token's role is not enough, or the request came from a page that may not ask.",
    }
    if operation.places:
        found[404] = "There is no such thing."
    if operation.accepts or (not operation.in_query and operation.takes is not Nothing):
        found[413] = "The body is larger than the server takes."
    told = {
        404: found.get(404, "There is no such thing."),
        409: "It is not in a state in which this can be done.",
        413: "It is larger than the server takes.",
        415: "Nothing can be shown of a file of this kind.",
        429: "Too many at once: try again later.",
        507: "It could not be kept: the disk is full or cannot be written.",
    }
    found.update({status: told[status] for status in operation.errors})
    return dict(sorted(found.items()))
