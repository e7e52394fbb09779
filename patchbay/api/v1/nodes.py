"""`/api/v1/nodes` and `engines`: what can be put on a canvas, and what it needs to work."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from msgspec import structs

from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.given import shown
from patchbay.api.v1.operations import Nothing, Operation, operation
from patchbay.errors import NotFoundError
from patchbay.types import Engine, NodeSpec, Port, Widget


@operation("GET", "/nodes", takes=schemas.NodesAsked, gives=schemas.Nodes)
async def list_nodes(request: web.Request, asked: schemas.NodesAsked) -> schemas.Nodes:
    """List the nodes that are installed, by category and name."""
    catalogue = request.app[SERVING].catalogue
    words = asked.text.lower().split()
    category = asked.category.strip("/")
    nodes = [
        _summary(spec)
        for spec in catalogue.nodes
        if not category or f"{spec.category}/".startswith(f"{category}/")
        if all(word in f"{spec.name} {spec.title} {spec.doc}".lower() for word in words)
    ]
    return schemas.Nodes(nodes=nodes, problems=shown(catalogue.problems))


@operation("GET", "/nodes/{name}", gives=schemas.Node)
async def get_node(request: web.Request, _: Nothing) -> schemas.Node:
    """Look at one node: its help, sockets, widgets and engines. Former names are found too."""
    name = request.match_info["name"]
    spec = request.app[SERVING].catalogue.specs.get(name)
    if spec is None:
        raise NotFoundError(f"there is no node {name[:100]!r}")
    return described(spec, await asyncio.to_thread(engines_of, [spec]))


@operation("GET", "/engines", gives=schemas.Engines)
async def list_engines(request: web.Request, _: Nothing) -> schemas.Engines:
    """List every engine of every node: whether it works here, what it needs, what it permits."""
    nodes = request.app[SERVING].catalogue.nodes
    return schemas.Engines(engines=await asyncio.to_thread(engines_of, nodes))


def described(spec: NodeSpec, engines: list[schemas.Engine]) -> schemas.Node:
    """All about a node, with what was found of its engines."""
    return schemas.Node(
        **structs.asdict(_summary(spec)),
        doc=spec.doc,
        version=spec.version,
        aliases=list(spec.aliases),
        inputs=[_input(port) for port in spec.inputs],
        outputs=[
            schemas.Output(name=p.name, type=p.type, doc=p.doc, many=p.many) for p in spec.outputs
        ],
        engines=engines,
        engine_input=spec.engine,
        renamed=dict(spec.migrations),
        keywords=spec.keywords,
        pure=spec.pure,
        expands=spec.expands,
        resource=spec.resource,
    )


def _summary(spec: NodeSpec) -> schemas.NodeSummary:
    return schemas.NodeSummary(
        name=spec.name,
        title=spec.title,
        category=spec.category,
        pack=spec.pack,
        summary=spec.doc.partition("\n")[0],
        sink=spec.sink,
        deprecated=spec.deprecated,
    )


def _input(port: Port) -> schemas.Input:
    return schemas.Input(
        name=port.name,
        type=port.type,
        doc=port.doc,
        required=port.required,
        lazy=port.lazy,
        many=port.many,
        default=port.default,
        form=port.form,
        widget=_widget(port.widget),
        item=_widget(port.item),
    )


def _widget(widget: Widget | None) -> schemas.Widget | None:
    if widget is None:
        return None
    return schemas.Widget(
        kind=widget.kind,
        min=widget.min,
        max=widget.max,
        step=widget.step,
        unit=widget.unit,
        choices=list(widget.choices),
        multiline=widget.multiline,
        placeholder=widget.placeholder,
        accept=list(widget.accept),
    )


def engines_of(specs: list[NodeSpec]) -> list[schemas.Engine]:
    """Looks for what the engines need, which may take a while."""
    found = []
    for spec in specs:
        for engine in spec.engines:
            missing = _missing(engine)
            found.append(
                schemas.Engine(
                    node=spec.name,
                    name=engine.name,
                    doc=engine.doc,
                    licence=engine.licence,
                    commercial=engine.commercial,
                    cost=engine.cost,
                    needs=engine.needs,
                    source=engine.source,
                    revision=engine.revision,
                    available=missing is None,
                    missing=missing,
                )
            )
    return found


def _missing(engine: Engine) -> str | None:
    try:
        return engine.find()
    except Exception as error:  # a pack's own code
        return f"looking for it failed: {type(error).__name__}: {error}"


OPERATIONS: tuple[Operation[Any], ...] = (list_nodes, get_node, list_engines)
