"""`/api/v1/jobs`: finding jobs, ordering them, and all that can be done with one."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import msgspec
from aiohttp import web
from msgspec import UNSET, structs

from patchbay import workflow
from patchbay.api.callbacks import check_url
from patchbay.api.replies import error_reply
from patchbay.api.serving import SERVING, Serving
from patchbay.api.v1 import jobviews, schemas
from patchbay.api.v1.desk import DESK
from patchbay.api.v1.given import problems_reply, prompt_in, shown
from patchbay.api.v1.jobviews import Forecast
from patchbay.api.v1.operations import Nothing, Operation, operation
from patchbay.errors import ConflictError, GraphError, NotFoundError, StoreError
from patchbay.jobs.history import Asked
from patchbay.jobs.ordering import Ordered, ordered
from patchbay.jobs.queue import workflow_in
from patchbay.jobs.records import ENDED, JobRow

_SMALL_NODES = 200  # checked within a millisecond or two, on the spot
_TRIES = 3


@operation("GET", "/jobs", takes=schemas.JobsAsked, gives=schemas.Jobs)
async def list_jobs(request: web.Request, asked: schemas.JobsAsked) -> schemas.Jobs:
    """List jobs that wait, run or have ended.

    Each comes with the first ten files that it left.
    """
    serving, history = request.app[SERVING], request.app[DESK].history
    wanted = Asked(
        statuses=tuple(asked.status),
        text=asked.text,
        workflow_id=asked.workflow_id,
        client=asked.client,
        sort=asked.sort,
        newest_first=asked.order == "newest",
        offset=asked.offset,
        limit=asked.limit,
    )

    def read() -> tuple[list[JobRow], list[list[schemas.File]], int]:
        rows = history.page(wanted, graphs=False)
        files = [jobviews.files_in_list(row, serving.parts.folders) for row in rows]
        return rows, files, history.count(wanted)

    rows, files, total = await asyncio.to_thread(read)
    forecast = Forecast(serving)
    jobs = [jobviews.summary(row, serving, forecast) for row in rows]
    for job, found in zip(jobs, files, strict=True):
        job.files = found
    return schemas.Jobs(jobs=jobs, total=total, offset=asked.offset, limit=asked.limit)


@operation(
    "POST",
    "/jobs",
    takes=schemas.NewJob,
    gives=schemas.Job,
    status=201,
    errors=(409, 429, 507),
)
async def submit_job(request: web.Request, body: schemas.NewJob) -> Any:
    """Order a job: a prompt, or a workflow as the editor saves it.

    It is on disk before this is answered. Sinks that have no problem are run although others
    have: those are `dropped`, and `problems` says why. Where nothing can be run the answer is 400
    with all problems.
    """
    serving = request.app[SERVING]
    if body.webhook:
        await check_url(body.webhook, serving)
    id_ = body.id or str(uuid.uuid4())
    if body.id:
        known = await asyncio.to_thread(request.app[DESK].history.job, id_, graph=False)
        if known is not None:
            raise ConflictError(f"job {id_} is there already: give it another id")
    given = await prompt_in(body, serving)
    extra = dict(body.extra)
    if given.workflow is not None:
        info = extra.get("extra_pnginfo")
        extra["extra_pnginfo"] = {
            **(info if isinstance(info, dict) else {}),
            "workflow": given.workflow,
        }
    order: dict[str, Any] = {
        "id_": id_,
        "number": _number(body, serving),
        "extra": extra,
        "targets": body.targets,
        "client": body.client or None,
        "title": body.title,
        "webhook": body.webhook,
    }
    return await _ordered(request, given.prompt, order, given.problems)


@operation("GET", "/jobs/{id}", gives=schemas.Job)
async def get_job(request: web.Request, _: Nothing) -> schemas.Job:
    """Look at one job: where it stands, how long it may still take, and what came of it."""
    return await found_job(request, request.match_info["id"])


@operation("PATCH", "/jobs/{id}", takes=schemas.JobChanges, gives=schemas.Job, errors=(409,))
async def change_job(request: web.Request, body: schemas.JobChanges) -> schemas.Job:
    """Change a job's title, or a waiting one's place in the queue."""
    queue, id_ = request.app[SERVING].queue, request.match_info["id"]
    await _row(request, id_, graph=False)
    if body.priority is not UNSET or body.before is not UNSET:
        _check_waits(request, id_, "its place")
    if body.before is not UNSET:
        if queue.find_waiting(body.before) is None or body.before == id_:
            raise ConflictError(f"before: no other job {body.before[:100]!r} waits")
        queue.place_before(id_, body.before)
    if body.priority is not UNSET:
        queue.set_number(id_, body.priority)
    if body.title is not UNSET:
        queue.table.set_title(id_, body.title)
    return await found_job(request, id_)


@operation("DELETE", "/jobs/{id}", status=204, errors=(409,))
async def forget_job(request: web.Request, _: Nothing) -> None:
    """Remove a job that has ended from the history; its files stay."""
    queue, id_ = request.app[SERVING].queue, request.match_info["id"]
    await _row(request, id_, graph=False)
    if id_ in queue.active or queue.find_waiting(id_) is not None:
        raise ConflictError(f"job {id_} has not ended: cancel it first")
    queue.forget([id_])


@operation("POST", "/jobs/{id}/cancel", gives=schemas.Job, errors=(409,))
async def cancel_job(request: web.Request, _: Nothing) -> schemas.Job:
    """End a job, whether it waits or runs.

    One that runs ends at its next step: what it finished until then stays known.
    """
    id_ = request.match_info["id"]
    await _row(request, id_, graph=False)
    if not request.app[SERVING].queue.cancel(id_):
        raise ConflictError(f"job {id_} has ended already")
    return await found_job(request, id_)


@operation("POST", "/jobs/{id}/pause", gives=schemas.Job, errors=(409,))
async def pause_job(request: web.Request, _: Nothing) -> schemas.Job:
    """Hold a waiting job back until it is resumed."""
    id_ = request.match_info["id"]
    await _row(request, id_, graph=False)
    _check_waits(request, id_, "it")
    request.app[SERVING].queue.pause(id_)
    return await found_job(request, id_)


@operation("POST", "/jobs/{id}/resume", gives=schemas.Job, errors=(409,))
async def resume_job(request: web.Request, _: Nothing) -> schemas.Job:
    """Let a job that was held back wait for its turn again."""
    id_ = request.match_info["id"]
    await _row(request, id_, graph=False)
    _check_waits(request, id_, "it")
    request.app[SERVING].queue.resume(id_)
    return await found_job(request, id_)


@operation("POST", "/jobs/{id}/front", gives=schemas.Job, errors=(409,))
async def move_to_front(request: web.Request, _: Nothing) -> schemas.Job:
    """Put a waiting job before all others."""
    id_ = request.match_info["id"]
    await _row(request, id_, graph=False)
    _check_waits(request, id_, "its place")
    request.app[SERVING].queue.to_front(id_)
    return await found_job(request, id_)


@operation("POST", "/jobs/{id}/retry", gives=schemas.Job, status=201, errors=(409, 429, 507))
async def retry_job(request: web.Request, _: Nothing) -> Any:
    """Order a job that has ended once more, as a new job.

    What was finished is known: it goes on from where it failed or was cancelled.
    """
    serving, id_ = request.app[SERVING], request.match_info["id"]
    row = await _row(request, id_)
    if row.status not in ENDED:
        raise ConflictError(f"job {id_} has not ended: there is nothing to retry yet")
    order: dict[str, Any] = {
        "id_": str(uuid.uuid4()),
        "number": serving.queue.next_number(),
        "extra": msgspec.json.decode(row.extra),
        "targets": row.targets,
        "client": row.client,
        "title": row.title,
        "webhook": row.webhook,
        "raw": bytes(row.prompt),
    }
    return await _ordered(request, msgspec.json.decode(row.prompt), order, ())


@operation(
    "POST", "/jobs/cancel", takes=schemas.WhichJobs, gives=schemas.Cancelled, needs_body=False
)
async def cancel_jobs(request: web.Request, body: schemas.WhichJobs) -> schemas.Cancelled:
    """End all jobs, or all that wait, or all that run."""
    queue = request.app[SERVING].queue
    waiting = queue.cancel_waiting() if body.waiting else 0
    running = len(queue.active) if body.running else 0
    if body.running:
        queue.interrupt()
    return schemas.Cancelled(waiting=waiting, running=running)


@operation("DELETE", "/history", status=204)
async def clear_history(request: web.Request, _: Nothing) -> None:
    """Remove all jobs that have ended from the history; their files stay."""
    await request.app[SERVING].queue.clear_history()


@operation("GET", "/jobs/{id}/prompt", gives=schemas.JobPrompt)
async def get_job_prompt(request: web.Request, _: Nothing) -> web.Response:
    """Get what was ordered, as it was sent."""
    row = await _row(request, request.match_info["id"])
    body = b'{"prompt":' + bytes(row.prompt) + b',"extra":' + bytes(row.extra) + b"}"
    return web.Response(body=body, content_type="application/json", charset="utf-8")


@operation("GET", "/jobs/{id}/workflow", gives=schemas.JobWorkflow)
async def get_job_workflow(request: web.Request, _: Nothing) -> schemas.JobWorkflow:
    """Get the workflow of a job: the one that came with it, or one drawn from its prompt."""
    row = await _row(request, request.match_info["id"])
    specs = request.app[SERVING].catalogue.specs

    def drawn() -> schemas.JobWorkflow:
        found = workflow_in(msgspec.json.decode(row.extra))
        if found is not None:
            return schemas.JobWorkflow(workflow=dict(found), drawn=True)
        made = workflow.workflow_of(msgspec.json.decode(row.prompt), specs)
        return schemas.JobWorkflow(workflow=made, drawn=False)

    return await asyncio.to_thread(drawn)


async def found_job(request: web.Request, id_: str) -> schemas.Job:
    """A job as it stands now. Raises NotFoundError."""
    serving = request.app[SERVING]
    row = await _row(request, id_, graph=False)
    job = jobviews.detail(row, serving, Forecast(serving))
    folders = serving.parts.folders
    job.files = await asyncio.to_thread(jobviews.files_of, job.outputs, folders)
    return job


async def _row(request: web.Request, id_: str, *, graph: bool = True) -> JobRow:
    """The job in the table. Raises NotFoundError.

    A job may end between a look at the table and one at the queue: then the table has more to
    say, and is read again.
    """
    queue, history = request.app[SERVING].queue, request.app[DESK].history
    row = None
    for _ in range(_TRIES):
        row = await asyncio.to_thread(history.job, id_, graph=graph)
        if row is None or row.status in ENDED or id_ in queue.active:
            break
        if queue.find_waiting(id_) is not None:
            break
    if row is None:
        raise NotFoundError(f"there is no job {id_[:100]!r}")
    return row


def _check_waits(request: web.Request, id_: str, what: str) -> None:
    if request.app[SERVING].queue.find_waiting(id_) is None:
        raise ConflictError(f"job {id_} does not wait: {what} can be changed no more")


def _number(body: schemas.NewJob, serving: Serving) -> float:
    """The job's place: in the order of arrival unless it says otherwise."""
    number = serving.queue.next_number()
    if body.priority is not None:
        return body.priority
    first = next(serving.queue.waiting(), None)
    if body.front and first is not None:
        return min(first.number, number) - 1
    return number


async def _ordered(
    request: web.Request, prompt: Any, order: dict[str, Any], before: tuple[Any, ...]
) -> Any:
    """Queues an order; the new job, or the answer that says why nothing can be run."""
    serving = request.app[SERVING]
    order["extra"].setdefault("create_time", int(time.time() * 1000))
    specs = serving.catalogue.specs
    try:
        made: Ordered
        if isinstance(prompt, dict) and len(prompt) > _SMALL_NODES:
            made = await asyncio.to_thread(ordered, prompt, specs, **order)
        else:
            made = ordered(prompt, specs, any_node=True, **order)
    except GraphError as error:
        return problems_reply(error, before)
    try:
        serving.queue.submit(made.order, made.graph, made.prompt, made.extra)
    except StoreError as error:
        return error_reply(507, error.code, error.message)
    job = await found_job(request, made.order.id)
    problems = shown([*before, *made.checked.problems])
    return structs.replace(job, dropped=list(made.dropped), problems=problems or job.problems)


OPERATIONS: tuple[Operation[Any], ...] = (
    list_jobs,
    submit_job,
    cancel_jobs,
    get_job,
    change_job,
    forget_job,
    cancel_job,
    pause_job,
    resume_job,
    move_to_front,
    retry_job,
    get_job_prompt,
    get_job_workflow,
    clear_history,
)
