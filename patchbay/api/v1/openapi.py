"""The OpenAPI 3.1 document, made from the declarations that requests are read by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from patchbay import __version__
from patchbay.api.roles import needed
from patchbay.api.v1 import schemas
from patchbay.api.v1.operations import Nothing, Operation, Other, errors_of, fields_of

_REF = "#/components/schemas/{name}"
_ABOUT = """Jobs, files, nodes and the cache of a Patchbay server.

Times are in seconds since the epoch, lengths in seconds. Errors come in one shape, with a stable
code. What a token may do is its role: `view` looks at everything, `run` also orders and changes,
`admin` also sees the machine and removes what is everyone's. A server that only listens to its
own machine asks for no token.
"""
# Bodies with a graph in one of two forms.
_EITHER = ("NewJob", "GraphGiven", "GraphOnly")
_WHERE = {
    "folder": "`output`, `input` or `temp`",
    "path": "the file's path below the folder; its slashes may be escaped or not",
    "source": "`shipped` or `saved`",
    "number": "of a version, as the list of them has it",
    "level": "of detail: 0 is the whole picture in one tile",
    "x": "columns of tiles to the left of this one",
    "y": "rows of tiles above this one",
}
_TAGS = {
    "jobs": "What was ordered, and what became of it.",
    "queue": "What waits and what runs.",
    "graphs": "What can be said of a graph without running it.",
    "files": "What lies in the folders, and how it looks and sounds.",
    "nodes": "What there is to build with.",
    "editing": "What the editor opens, keeps and gets back.",
    "server": "The server itself.",
}
_TAG_OF = {
    "jobs": "jobs", "history": "jobs", "queue": "queue", "validate": "graphs", "convert": "graphs",
    "plan": "graphs", "workflows": "graphs", "files": "files", "thumbnails": "files",
    "peaks": "files", "carried": "files", "tiles": "files", "nodes": "nodes", "engines": "nodes",
    "specs": "nodes", "open": "editing", "versions": "editing", "drafts": "editing",
}  # fmt: skip


def document(operations: Iterable[Operation[Any]]) -> dict[str, Any]:
    """The document for these operations."""
    operations = list(operations)
    types = list(dict.fromkeys(_types(operations)))
    refs, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(types, refs, strict=True))
    for name, facts in components.items():
        if name in _EITHER:
            facts["oneOf"] = [{"required": ["prompt"]}, {"required": ["workflow"]}]
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        described = _described(operation, by_type)
        paths.setdefault(operation.template, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Patchbay",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "security": [{"token": []}, {}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "made by `patchbay token`; needed beyond loopback",
                }
            },
        },
    }


def foreign_routes(app: web.Application) -> list[dict[str, str]]:
    """The routes of the application that are not of this API, such as ComfyUI's, each once."""
    found: dict[tuple[str, str], str] = {}
    for route in app.router.routes():
        path = route.resource.canonical if route.resource is not None else ""
        plain = path.removeprefix("/api")
        if (
            path.startswith(("/api/v1", "/docs/"))
            or route.method in ("HEAD", "*")
            or plain == "/{path}"
        ):
            continue
        text = (route.handler.__doc__ or "").strip().split("\n\n")[0]
        found.setdefault((plain or "/", route.method), " ".join(text.split()))
    return [
        {"method": method, "path": path, "summary": text}
        for (path, method), text in sorted(found.items())
    ]


def _types(operations: Iterable[Operation[Any]]) -> Iterable[type[Struct]]:
    yield schemas.ErrorAnswer
    for operation in operations:
        if operation.takes is not Nothing and not operation.in_query:
            yield operation.takes
        if isinstance(operation.gives, type):
            yield operation.gives


def _described(
    operation: Operation[Any], refs: Mapping[type[Struct], dict[str, Any]]
) -> dict[str, Any]:
    role = needed(operation.method, operation.path)
    part = operation.path.split("/")[3] if operation.path.count("/") > 2 else ""
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [_TAG_OF.get(part, "server")],
        "summary": operation.summary,
    }
    if operation.doc:
        found["description"] = operation.doc
    parameters = [*_places(operation), *_query(operation)]
    if parameters:
        found["parameters"] = parameters
    if operation.takes is not Nothing and not operation.in_query:
        found["requestBody"] = {
            "required": operation.needs_body,
            "content": {"application/json": {"schema": refs[operation.takes]}},
        }
    if operation.accepts is not None:
        kind, schema = operation.accepts.content_type, {"type": "string", "format": "binary"}
        found["requestBody"] = {
            "description": operation.accepts.doc,
            "required": True,
            "content": {kind: {"schema": schema}},
        }
    found["responses"] = _responses(operation, refs)
    if role is not None:
        found["x-role"] = role.word
    return found


def _places(operation: Operation[Any]) -> Iterable[dict[str, Any]]:
    for name in operation.places:
        schema: dict[str, Any] = {"type": "string", "minLength": 1}
        place: dict[str, Any] = {"name": name, "in": "path", "required": True, "schema": schema}
        if name in _WHERE:
            place["description"] = _WHERE[name]
        yield place


def _query(operation: Operation[Any]) -> Iterable[dict[str, Any]]:
    if operation.takes is Nothing or not operation.in_query:
        return
    (ref,), components = msgspec.json.schema_components([operation.takes])
    properties = components[ref["$ref"].rpartition("/")[2]]["properties"]
    for field in fields_of(operation.takes):
        schema = dict(properties[field.encode_name])
        parameter: dict[str, Any] = {"name": field.encode_name, "in": "query", "schema": schema}
        if "description" in schema:
            parameter["description"] = schema.pop("description")
        if schema.get("type") == "array":
            parameter |= {"style": "form", "explode": False}
        yield parameter


def _responses(
    operation: Operation[Any], refs: Mapping[type[Struct], dict[str, Any]]
) -> dict[str, Any]:
    gives = operation.gives
    good: dict[str, Any] = {"description": "Done."}
    if isinstance(gives, Other):
        text = {"type": "string"} if gives.content_type.startswith("text/") else {}
        kinds = (gives.content_type, *gives.also)
        good = {"description": gives.doc, "content": {kind: {"schema": text} for kind in kinds}}
    elif gives is not None:
        about = (gives.__doc__ or "Done.").strip().partition("\n\n")[0]
        content = {"application/json": {"schema": refs[gives]}}
        good = {"description": about, "content": content}
    wrong = {
        str(status): {
            "description": text,
            "content": {"application/json": {"schema": refs[schemas.ErrorAnswer]}},
        }
        for status, text in errors_of(operation).items()
    }
    return {str(operation.status): good, **wrong}
