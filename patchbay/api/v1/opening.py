"""`/api/v1/open`: any file that holds a graph, as the editor takes it up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from aiohttp import web

from patchbay import workflow
from patchbay.api import embedded
from patchbay.api.embedded import Found
from patchbay.api.paths import disk_errors
from patchbay.api.replies import arriving, reply
from patchbay.api.serving import SERVING, Limits
from patchbay.api.storage import unfinished
from patchbay.api.v1 import schemas
from patchbay.api.v1.given import shown
from patchbay.api.v1.operations import Nothing, Operation, Other, operation
from patchbay.errors import TooLargeError, WorkflowError
from patchbay.litegraph.flatten import flatten
from patchbay.litegraph.naming import name_values
from patchbay.litegraph.reading import read
from patchbay.types import NodeSpec, Problem

_BATCH_BYTES = 1 << 20  # what is collected before a thread is asked to write it
_ANY_FILE = Other("application/octet-stream", "A file: JSON, or media that carries a graph.")


@operation(
    "POST",
    "/open",
    accepts=_ANY_FILE,
    gives=schemas.Opened,
    errors=(415,),
)
async def open_file(request: web.Request, _: Nothing) -> web.Response:
    """Open a file: a workflow, a prompt, or a picture, sound or film that carries one.

    Send the file's bytes as they are. JSON may be as large as any body, media as any upload.
    A prompt is laid out. Nodes that are not installed are left as they are.
    """
    serving = request.app[SERVING]
    limits, specs = serving.options.limits, serving.catalogue.specs
    place = unfinished(serving.parts.folders.temp)
    with disk_errors("the file"):
        path = await asyncio.to_thread(place.__enter__)
        try:
            await _receive(request, path, limits)
            answer = await asyncio.to_thread(_opened, path, limits, specs)
        finally:
            await asyncio.to_thread(place.__exit__, None, None, None)
    return answer


async def _receive(request: web.Request, path: Path, limits: Limits) -> None:
    """Writes the body to a file. Raises HTTPRequestEntityTooLarge as soon as it is."""
    file: BinaryIO = await asyncio.to_thread(path.open, "xb")
    try:
        batch = bytearray()
        size, most = 0, limits.upload_bytes
        async with arriving(request) as clock:
            async for chunk in request.content.iter_any():
                clock()
                batch += chunk
                size += len(chunk)
                if size == len(batch) and embedded.is_text(bytes(batch[:64])):
                    most = limits.body_bytes
                if size > most:
                    raise _too_large(size, most)
                if len(batch) >= _BATCH_BYTES:
                    await asyncio.to_thread(file.write, bytes(batch))
                    batch.clear()
        await asyncio.to_thread(file.write, bytes(batch))
    finally:
        await asyncio.to_thread(file.close)


def _too_large(size: int, most: int) -> web.HTTPRequestEntityTooLarge:
    text = f"the file has {size} bytes or more: {most} is the most taken here"
    return web.HTTPRequestEntityTooLarge(max_size=most, actual_size=size, text=text)


def _opened(path: Path, limits: Limits, specs: Mapping[str, NodeSpec]) -> web.Response:
    found = embedded.find(path, limits.json_depth)
    notes: list[Problem] = []
    if found.damaged:
        notes.append(Problem("bad_file", found.damaged))
    try:
        drawn, unknown = _drawn(found, limits, specs, notes)
    except RecursionError as error:
        raise WorkflowError("the workflow is nested too deep to be opened") from error
    return reply(
        {
            "workflow": msgspec.Raw(embedded.as_json(drawn)),
            "notes": shown(notes),
            "source": found.source,
            "laid_out": drawn is not found.workflow,
            "unknown": unknown,
        }
    )


def _drawn(
    found: Found, limits: Limits, specs: Mapping[str, NodeSpec], notes: list[Problem]
) -> tuple[dict[str, Any], list[str]]:
    """The workflow, its values by name, and the unknown types. Raises WorkflowError, TooLargeError.

    Of media with a workflow that cannot be read the prompt is drawn.
    """
    if found.workflow is not None:
        _check_size(len(found.workflow["nodes"]), limits)
        try:
            return found.workflow, _named(found.workflow, specs, notes)
        except WorkflowError as error:
            if found.prompt is None:
                raise
            notes.append(Problem(error.code, error.message))
    prompt = found.prompt or {}
    _check_size(len(prompt), limits)
    drawn = workflow.workflow_of(prompt, specs)
    return drawn, _named(drawn, specs, notes)


def _named(drawn: dict[str, Any], specs: Mapping[str, NodeSpec], notes: list[Problem]) -> list[str]:
    """Puts the values in by name and adds what would be told if it were run: links to nowhere, ids
    that come twice, unknown nodes. The types that are not known. Raises WorkflowError."""
    drawing = read(drawn)
    try:
        converted = flatten(drawing, specs)
        notes += [*converted.notes, *converted.problems]
    except WorkflowError as error:  # it can be looked at all the same
        notes += [*drawing.notes, Problem(error.code, error.message)]
    return name_values(drawn, drawing, specs)


def _check_size(nodes: int, limits: Limits) -> None:
    if nodes > limits.nodes:
        raise TooLargeError(f"the graph has {nodes} nodes: at most {limits.nodes} are opened")


OPERATIONS: tuple[Operation[Any], ...] = (open_file,)
