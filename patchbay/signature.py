"""Reading a decorated function's signature and docstring as sockets, widgets and help."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Literal

from patchbay import media
from patchbay.context import Context
from patchbay.errors import SignatureError
from patchbay.hints import MAX_SEED, File, Number, Passing, SeedField, Socket, Subgraph, Text
from patchbay.literals import converted
from patchbay.node import Declaration
from patchbay.recipe import Recipe
from patchbay.types import (
    ANY,
    Blocked,
    Engine,
    Expand,
    NodeSpec,
    Port,
    Resource,
    SocketType,
    Widget,
)

SOCKETS: Mapping[Any, SocketType] = {
    bool: SocketType("BOOLEAN"),
    int: SocketType("INT"),
    float: SocketType("FLOAT"),
    str: SocketType("STRING"),
    Path: SocketType("STRING"),
    media.Audio: SocketType("AUDIO"),
    media.Image: SocketType("IMAGE"),
    media.Mask: SocketType("MASK"),
    media.Depth: SocketType("DEPTH"),
    Recipe: SocketType("RECIPE"),
    dict: SocketType("JSON"),
    Any: ANY,
    object: ANY,
}
_PLAIN_WIDGETS: Mapping[Any, Widget] = {
    bool: Widget("toggle"),
    int: Widget("number", min=-MAX_SEED, max=MAX_SEED, step=1),
    float: Widget("number", step=0.01),
    str: Widget("text"),
    Path: Widget("file"),
}
_MISSING = inspect.Parameter.empty


def spec_of(declaration: Declaration, pack: str, version: str) -> NodeSpec:
    """Reads the signature and docstring. Raises SignatureError with file and line."""
    function = declaration.function
    code = getattr(function, "__code__", None)
    if code is None:
        name = getattr(function, "__qualname__", repr(function))
        raise SignatureError(f"{name} of pack {pack} is no function: decorate a plain function")
    where = f"{code.co_filename}:{code.co_firstlineno}"
    try:
        return _spec(declaration, pack, version)
    except SignatureError as error:
        raise SignatureError(
            f"{where}: node {function.__name__}: {error.message}",
            file=code.co_filename,
            line=code.co_firstlineno,
        ) from error.__cause__


def _spec(declaration: Declaration, pack: str, version: str) -> NodeSpec:
    function = declaration.function
    try:
        hints = typing.get_type_hints(function, include_extras=True)
        signature = inspect.signature(function)
    except (NameError, TypeError, ValueError, AttributeError) as error:
        raise SignatureError(f"its type hints cannot be read: {error}") from error
    if "return" not in hints:
        raise SignatureError("say what it gives: `-> Audio`, or `-> None` for nothing")
    described = {*signature.parameters, "returns", *_fields(hints["return"])}
    doc, notes = _documentation(function.__doc__ or "", described)
    name = declaration.name or "".join(p.capitalize() for p in function.__name__.split("_"))
    inputs, special = _inputs(signature, hints, notes, declaration)
    outputs, is_tuple = _outputs(hints["return"], notes)
    _check_declaration(declaration, inputs, outputs, special)
    needs = declaration.needs
    return NodeSpec(
        name=name,
        title=declaration.title or _title(name),
        category=declaration.category,
        doc=doc,
        inputs=inputs,
        outputs=outputs,
        run=function,
        version=declaration.version or version,
        pack=pack,
        file=function.__code__.co_filename,
        line=function.__code__.co_firstlineno,
        pure=declaration.pure,
        sink=declaration.sink,
        expands=declaration.expands,
        resource=declaration.resource,
        is_async=inspect.iscoroutinefunction(function),
        context=special.get("context"),
        engine=special.get("engine"),
        engines=tuple(declaration.engines),
        needs=needs,
        needs_inputs=_parameters(needs),
        fingerprint=declaration.fingerprint,
        fingerprint_inputs=_parameters(declaration.fingerprint),
        tuple_result=is_tuple,
        aliases=tuple(declaration.aliases),
        migrations=dict(declaration.renamed),
        deprecated=declaration.deprecated,
    )


def _inputs(
    signature: inspect.Signature,
    hints: Mapping[str, Any],
    notes: Mapping[str, str],
    declaration: Declaration,
) -> tuple[tuple[Port, ...], dict[str, str]]:
    ports: list[Port] = []
    special: dict[str, str] = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise SignatureError(f"input *{name}: name each input; use Many[...] for a list")
        if name not in hints:
            raise SignatureError(f"input {name!r} has no type hint: write `{name}: Audio`, say")
        hint = hints[name]
        if hint is Context:
            special["context"] = name
        elif hint is Engine:
            special["engine"] = name
            ports.append(_engine_port(name, declaration.engines))
        else:
            ports.append(_port(name, hint, parameter.default, notes.get(name, "")))
    # Editors number widgets with those that must be given first, as `/object_info` lists them.
    return tuple(sorted(ports, key=lambda port: not port.required)), special


def _engine_port(name: str, engines: tuple[Engine, ...]) -> Port:
    if not engines:
        raise SignatureError(f"input {name!r} is an Engine: list them in node(engines=(…,))")
    choices = ("auto", *(engine.name for engine in engines))
    return Port(
        name,
        SocketType("COMBO"),
        "what does the work; auto takes the best that is installed here",
        required=False,
        default="auto",
        widget=Widget("choice", choices=choices),
    )


def _port(name: str, hint: Any, default: Any, doc: str) -> Port:
    base, extras = _unwrapped(hint)
    ways = {extra.way for extra in extras if isinstance(extra, Passing)}
    if "body" in ways or base is Subgraph:
        return Port(name, ANY, doc, form="body")
    if "many" in ways:
        base, more = _unwrapped(typing.get_args(base)[0])
        extras += more
    base, optional = _without(base, type(None))
    inner, more = _unwrapped(base)
    type_, widget = _socket(inner, extras + more, name)
    has_default = default is not _MISSING
    value = default if has_default and default is not None else None
    port = Port(
        name,
        type_,
        doc,
        required=not (optional or has_default or "lazy" in ways),
        lazy="lazy" in ways,
        many="many" in ways,
        default=list(value) if isinstance(value, tuple) and "many" in ways else value,
        widget=None if "many" in ways else widget,
        item=widget if "many" in ways else None,
        form="file" if inner is Path else "value",
    )
    _check_default(port)
    return port


def _socket(base: Any, extras: tuple[Any, ...], name: str) -> tuple[SocketType, Widget | None]:
    for extra in extras:
        if isinstance(extra, Socket):
            return SocketType(extra.type), None
    if typing.get_origin(base) is Literal:
        choices = typing.get_args(base)
        if not all(isinstance(choice, str) for choice in choices):
            raise SignatureError(f"input {name!r}: the choices of a Literal must be texts")
        return SocketType("COMBO"), Widget("choice", choices=choices)
    if typing.get_origin(base) in (typing.Union, types.UnionType):
        members = [_socket(member, (), name)[0] for member in typing.get_args(base)]
        return SocketType(",".join(members)), None
    widget: Widget | None = None
    for extra in extras:
        if isinstance(extra, (Number, Text, File, SeedField)):
            widget = extra.widget
    origin = typing.get_origin(base) or base
    if origin in SOCKETS:
        return SOCKETS[origin], widget or _PLAIN_WIDGETS.get(origin)
    if inspect.isclass(origin) and origin.__module__ != "builtins":
        return SocketType(origin.__name__.upper()), widget
    raise SignatureError(
        f"input or output {name!r}: {base!r} is no socket type; use one of Patchbay's, a class of "
        'your own, or Annotated[object, Socket("NAME")]'
    )


def _outputs(hint: Any, notes: Mapping[str, str]) -> tuple[tuple[Port, ...], bool]:
    base, _ = _unwrapped(hint)
    base, _ = _without(base, Expand, Blocked)
    if base is type(None) or base is None:
        return (), False
    if _fields(hint):
        hints = typing.get_type_hints(base, include_extras=True)
        named = _fields(hint)
        _, own = _documentation(base.__doc__ or "", named)
        return tuple(_output(n, hints[n], own.get(n, notes.get(n, ""))) for n in named), True
    port = _output("", hint, notes.get("returns", ""))
    return (port,), False


def _fields(hint: Any) -> tuple[str, ...]:
    """The names of a NamedTuple that a node returns."""
    base, _ = _unwrapped(hint)
    base, _ = _without(base, Expand, Blocked)
    fields: tuple[str, ...] = getattr(base, "_fields", ())
    return fields if inspect.isclass(base) and issubclass(base, tuple) else ()


def _output(name: str, hint: Any, doc: str) -> Port:
    base, extras = _unwrapped(hint)
    base, _ = _without(base, Expand, Blocked)
    inner, more = _unwrapped(base)
    extras += more
    many = any(isinstance(extra, Passing) and extra.way == "many" for extra in extras)
    if many:
        inner, extras = _unwrapped(typing.get_args(inner)[0])
    type_, widget = _socket(inner, extras, name or "the result")
    if type_ == "COMBO" and widget:
        type_ = SocketType("STRING")
    return Port(name or type_.lower().replace("*", "value"), type_, doc, many=many)


def _unwrapped(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(hint) is typing.Annotated:
        base, *extras = typing.get_args(hint)
        return base, tuple(extras)
    return hint, ()


def _without(hint: Any, *unwanted: Any) -> tuple[Any, bool]:
    """The union `hint` without these members, and whether any was there."""
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, False
    members = typing.get_args(hint)
    kept = [member for member in members if member not in unwanted]
    if len(kept) == len(members):
        return hint, False
    union = kept[0]
    for member in kept[1:]:
        union = union | member
    return union, True


def _check_default(port: Port) -> None:
    if port.default is None:
        return
    default = str(port.default) if port.form == "file" else port.default
    _, wrong = converted(port, default)
    if wrong:
        raise SignatureError(f"input {port.name!r}: the default {port.default!r} {wrong}")


def _check_declaration(
    declaration: Declaration,
    inputs: tuple[Port, ...],
    outputs: tuple[Port, ...],
    special: Mapping[str, str],
) -> None:
    names = {port.name for port in inputs}
    if any(port.lazy for port in inputs) and declaration.needs is None:
        raise SignatureError("it has a Lazy input: say with node(needs=…) when it is needed")
    for new in declaration.renamed.values():
        if new not in names:
            raise SignatureError(f"renamed= leads to {new!r}, which is no input")
    for what in ("needs", "fingerprint"):
        given = getattr(declaration, what)
        if given is not None and not inspect.isfunction(given):
            raise SignatureError(f"{what}= is {given!r}: give it a function")
        for name in _parameters(getattr(declaration, what)):
            if name not in names:
                raise SignatureError(f"{what}() asks for {name!r}, which is no input")
    if declaration.engines and "engine" not in special:
        raise SignatureError("it has engines but no parameter `engine: Engine` to get one")
    if len({engine.name for engine in declaration.engines}) != len(declaration.engines):
        raise SignatureError("two of its engines have one name")
    if declaration.resource not in typing.get_args(Resource):
        raise SignatureError(f"resource {declaration.resource!r}: use cpu, gpu, io or inline")
    if not outputs and not declaration.sink:
        raise SignatureError("it gives nothing and is no sink: nothing would ever run it")


def _parameters(function: Callable[..., Any] | None) -> tuple[str, ...]:
    return () if function is None else tuple(inspect.signature(function).parameters)


def _documentation(docstring: str, names: Collection[str]) -> tuple[str, dict[str, str]]:
    """The help text, and the notes on these inputs and outputs: lines `name: text`, or
    `name, name: text`, which go on in the indented lines below them."""
    text: list[str] = []
    notes: dict[str, str] = {}
    current = ""
    for line in inspect.cleandoc(docstring).splitlines():
        head, colon, rest = line.partition(":")
        if colon and all(part.strip() in names for part in head.split(",")):
            current = head.strip()
            for part in head.split(","):
                notes[part.strip()] = rest.strip()
        elif current and line.startswith(" "):
            for part in current.split(","):
                notes[part.strip()] += " " + line.strip()
        else:
            current = ""
            text.append(line)
    return "\n".join(text).strip(), notes


def _title(name: str) -> str:
    """`MusicGenChunk` as `Music Gen Chunk`; a run of capitals stays one word."""
    title = ""
    for index, letter in enumerate(name):
        before = name[index - 1] if index else " "
        after = name[index + 1] if index + 1 < len(name) else " "
        starts = letter.isupper() and (before.islower() or before.isdigit() or after.islower())
        title += " " + letter if starts and index else letter
    return title
