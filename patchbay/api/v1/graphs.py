"""`/api/v1/validate`, `convert` and `plan`: what can be said of a graph without running it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from patchbay import dry, graph, workflow
from patchbay.api.serving import SERVING
from patchbay.api.v1 import schemas
from patchbay.api.v1.given import Given, problems_reply, prompt_in, shown
from patchbay.api.v1.operations import Operation, operation
from patchbay.errors import GraphError
from patchbay.graph import Checked
from patchbay.types import NodeId


@operation("POST", "/validate", takes=schemas.GraphGiven, gives=schemas.Verdict)
async def validate(request: web.Request, body: schemas.GraphGiven) -> schemas.Verdict:
    """Check a graph without running it; all that is wrong with it is found at once."""
    given, checked = await _checked(request, body)
    runnable = _runnable(checked, body.targets)
    problems = [*given.problems, *checked.problems]
    return schemas.Verdict(
        valid=not problems and bool(runnable),
        problems=shown(problems),
        notes=shown([*given.notes, *checked.notes]),
        sinks=list(checked.sinks),
        runnable=list(runnable),
    )


@operation("POST", "/convert", takes=schemas.GraphOnly, gives=schemas.Conversion)
async def convert(request: web.Request, body: schemas.GraphOnly) -> schemas.Conversion:
    """Turn a workflow into a prompt, or a prompt into a workflow."""
    serving = request.app[SERVING]
    specs = serving.catalogue.specs
    given = await prompt_in(body, serving)
    if given.workflow is not None:
        return schemas.Conversion(
            prompt=given.prompt,
            problems=shown(given.problems),
            notes=shown(given.notes),
            dropped=[
                schemas.Dropped(node=d.node, type=d.type, title=d.title, reason=d.reason)
                for d in given.dropped
            ],
        )
    drawn = await asyncio.to_thread(workflow.workflow_of, given.prompt, specs)
    return schemas.Conversion(workflow=drawn)


@operation("POST", "/plan", takes=schemas.GraphGiven, gives=schemas.Plan)
async def plan(request: web.Request, body: schemas.GraphGiven) -> Any:
    """Find out what a run would do, without running anything.

    Tells which nodes are known and which would run, why, and how long that may take. What depends
    on a node that runs may turn out to be known once that has ended: if it gives the same as
    before, nothing after it runs.
    """
    given, checked = await _checked(request, body)
    targets = _runnable(checked, body.targets)
    if not targets:
        error = GraphError("nothing of this graph can be run", problems=checked.problems)
        return problems_reply(error, given.problems)
    found = await dry.plan(checked.graph, targets, request.app[SERVING].parts)
    states = [node.state for node in found.nodes]
    return schemas.Plan(
        nodes=[
            schemas.PlannedNode(
                node=node.node,
                drawn=node.drawn,
                class_type=node.name,
                state=node.state,
                reason=node.reason,
                calls=node.calls,
                engine=node.engine,
                seconds=node.seconds,
            )
            for node in found.nodes
        ],
        known=states.count("known"),
        runs=states.count("runs"),
        depends=states.count("depends"),
        seconds=found.seconds,
        problems=shown([*given.problems, *checked.problems]),
    )


async def _checked(request: web.Request, body: schemas.GraphGiven) -> tuple[Given, Checked]:
    serving = request.app[SERVING]
    given = await prompt_in(body, serving)
    specs = serving.catalogue.specs
    checked = await asyncio.to_thread(graph.validate, given.prompt, specs, tolerant=True)
    return given, checked


def _runnable(checked: Checked, targets: Sequence[str] | None) -> tuple[NodeId, ...]:
    asked = None if targets is None else set(targets)
    wanted = [id_ for id_ in checked.sinks if asked is None or id_ in asked]
    return graph.sound(checked, wanted)


OPERATIONS: tuple[Operation[Any], ...] = (validate, convert, plan)
