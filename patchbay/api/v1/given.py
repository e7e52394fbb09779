"""Graphs as requests give them: a prompt or a workflow, within the limits of the server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web
from msgspec import UnsetType

from patchbay import workflow
from patchbay.api.replies import error_of, reply
from patchbay.api.serving import Serving
from patchbay.api.v1 import schemas
from patchbay.errors import GraphError, RequestError, TooLargeError
from patchbay.types import Problem
from patchbay.workflow import Dropped


class HasGraph(Protocol):
    """A body with a graph in one of its forms."""

    @property
    def prompt(self) -> dict[str, Any] | UnsetType: ...

    @property
    def workflow(self) -> dict[str, Any] | UnsetType: ...


@dataclass(frozen=True, slots=True)
class Given:
    """A graph as a prompt; `workflow` is the drawing that it came from. `problems` and `notes`
    were found on the way from the one to the other."""

    prompt: dict[str, Any]
    workflow: dict[str, Any] | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    dropped: tuple[Dropped, ...] = ()


async def prompt_in(body: HasGraph, serving: Serving) -> Given:
    """The graph of a body. Raises RequestError, WorkflowError, TooLargeError."""
    prompt, drawn = body.prompt, body.workflow
    if isinstance(prompt, dict) and isinstance(drawn, dict):
        raise RequestError("body: give a prompt or a workflow, not both")
    if isinstance(prompt, dict):
        if workflow.is_workflow(prompt):
            raise RequestError("prompt: this is a saved workflow: give it as workflow")
        check_size(prompt, serving)
        return Given(prompt)
    if not isinstance(drawn, dict):
        raise RequestError("body: give a prompt or a workflow")
    specs = serving.catalogue.specs
    converted = await asyncio.to_thread(workflow.prompt_of, drawn, specs)
    check_size(converted.prompt, serving)
    return Given(converted.prompt, drawn, converted.problems, converted.notes, converted.dropped)


def check_size(prompt: Mapping[str, Any], serving: Serving) -> None:
    """Raises TooLargeError for more than a graph needs."""
    limits = serving.options.limits
    if len(prompt) > limits.nodes:
        raise TooLargeError(f"the prompt has {len(prompt)} nodes: at most {limits.nodes} are taken")
    for id_, entry in prompt.items():
        inputs = entry.get("inputs") if isinstance(entry, Mapping) else None
        for name, value in inputs.items() if isinstance(inputs, Mapping) else ():
            if isinstance(value, list) and len(value) > limits.list_items:
                raise TooLargeError(
                    f"node {id_}: input {name!r} has {len(value)} items: at most "
                    f"{limits.list_items} are taken"
                )


def shown(problems: Iterable[Problem]) -> list[schemas.Problem]:
    """Problems as the API gives them."""
    return [
        schemas.Problem(
            code=problem.code,
            message=problem.message,
            node=problem.node,
            input=problem.input,
            details=dict(problem.details),
        )
        for problem in problems
    ]


def problems_reply(error: GraphError, before: Iterable[Problem]) -> web.Response:
    """All that is wrong with a graph of which nothing can be run."""
    problems = shown([*before, *error.details.get("problems", ())])
    data = {
        "error": error_of(error.code, error.message),
        "node_errors": {},
        "problems": problems,
    }
    return reply(data, 400)
