"""ComfyUI's forms of what is sent to run and of what is wrong with it."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msgspec import UNSET, Raw, Struct, UnsetType

from patchbay import workflow
from patchbay.comfy.messages import shown_number
from patchbay.comfy.verdicts import top_level, verdicts
from patchbay.errors import GraphError, InputError, PatchbayError
from patchbay.jobs.ordering import Ordered, ordered
from patchbay.types import NodeSpec, Problem

# What a client sends along for nodes that call paid services: for this run only, never kept.
SECRETS = ("auth_token_comfy_org", "api_key_comfy_org")
LONGEST_TEXT = 2_000  # of what is no more than a name: a client's id, a title
_ID_CHARACTERS = 200
_MOST_WARNINGS = 100


class Body(Struct):
    """What POST /prompt takes. `workflow` is a saved workflow, instead of `prompt`."""

    prompt: Raw | UnsetType = UNSET
    workflow: Any = None
    client_id: Any = None
    prompt_id: Any = None
    extra_data: Any = None
    number: Any = None
    front: Any = False
    partial_execution_targets: Any = None
    webhook: Any = None
    title: Any = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing can be run: `error` and `node_errors`, as clients get them."""

    error: Mapping[str, Any]
    node_errors: Mapping[str, Any]


def order_of(
    body: Body, prompt: Any, specs: Mapping[str, NodeSpec], number: int
) -> Ordered | Refused:
    """The order that a body is, or why there is none. `prompt` is the decoded one, UNSET if there
    is none; `number` is the next in the order of arrival. Raises InputError for a field that is
    not what it should be.
    """
    extra = _object(body.extra_data, "extra_data")
    notes: tuple[Problem, ...] = ()
    raw: bytes | None = None
    if isinstance(body.prompt, Raw):
        raw = bytes(body.prompt)
    elif body.workflow is not None:
        try:
            converted = workflow.prompt_of(_object(body.workflow, "workflow"), specs)
        except PatchbayError as error:
            return Refused(_error("invalid_prompt", error.message), {})
        prompt = converted.prompt
        notes = tuple(converted.problems)
        extra = _with_workflow(extra, body.workflow)
    else:
        return Refused(_error("no_prompt", "No prompt provided", "No prompt provided"), {})
    if workflow.is_workflow(prompt):  # a saved workflow under the wrong name
        converted = workflow.prompt_of(prompt, specs)
        prompt, raw, extra = converted.prompt, None, _with_workflow(extra, prompt)
        notes = tuple(converted.problems)
    extra.setdefault("create_time", int(time.time() * 1000))
    client = _text(body.client_id, "client_id")
    if client:
        extra["client_id"] = client
    try:
        made = ordered(
            prompt,
            specs,
            id_=_id(body.prompt_id),
            number=_number(body.number, body.front, number),
            raw=raw,
            extra=extra,
            secret=SECRETS,
            targets=_targets(body.partial_execution_targets),
            client=client or None,
            title=_text(body.title, "title") or _title(extra),
            webhook=_text(body.webhook, "webhook"),
        )
    except GraphError as error:
        problems: Sequence[Problem] = error.details.get("problems", ())
        top = top_level([*notes, *problems], prompt)
        # A node that cannot be ends the matter: clients show what is in `node_errors` instead.
        whole = top["type"] == "invalid_prompt"
        return Refused(top, {} if whole else verdicts(problems, prompt, specs))
    checked = replace(made.checked, notes=(*notes, *made.checked.notes))
    return replace(made, checked=checked)


def accepted(made: Ordered, specs: Mapping[str, NodeSpec]) -> dict[str, Any]:
    """The answer to an order that was queued. `warnings` is ours: what was left out of it."""
    order = made.order
    told = verdicts(made.checked.problems, made.prompt, specs)
    answer: dict[str, Any] = {
        "prompt_id": order.id,
        "number": shown_number(order.number),
        "node_errors": told,
    }
    # Nodes that are none at all have no place in `node_errors`.
    notes = [problem for problem in made.checked.problems if problem.node not in told]
    notes += made.checked.notes
    if notes:
        answer["warnings"] = [
            {"node": note.node, "input": note.input, "message": note.message}
            for note in notes[:_MOST_WARNINGS]
        ]
    return answer


def _error(type_: str, message: str, details: str = "") -> dict[str, Any]:
    return {"type": type_, "message": message, "details": details, "extra_info": {}}


def _with_workflow(extra: dict[str, Any], drawn: Any) -> dict[str, Any]:
    info = extra.get("extra_pnginfo")
    kept = dict(info) if isinstance(info, Mapping) else {}
    kept.setdefault("workflow", drawn)
    return {**extra, "extra_pnginfo": kept}


def _object(value: Any, name: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(f"{name} is {_shown(value)}: give an object")
    return dict(value)


def _text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InputError(f"{name} is {_shown(value)}: give a short text")
    return value


def _id(value: Any) -> str:
    if value is None or value == "":
        return str(uuid.uuid4())
    if not isinstance(value, str) or len(value) > _ID_CHARACTERS or not value.isprintable():
        raise InputError(
            f"prompt_id is {_shown(value)}: give a text of at most {_ID_CHARACTERS} characters"
        )
    return value


def _number(value: Any, front: Any, number: int) -> float:
    if value is None:
        return -number if front else number
    if isinstance(value, str):  # some clients send what a person typed
        try:
            value = float(value)
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e15:
        raise InputError("number is no number to order by: give one, the smaller the sooner")
    if not math.isfinite(value):
        raise InputError("number is not finite: give one, the smaller the sooner")
    return float(value)


def _targets(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, (str, int)) for item in value):
        raise InputError(f"partial_execution_targets is {_shown(value)}: give a list of node ids")
    return [str(item) for item in value]


def _title(extra: Mapping[str, Any]) -> str:
    info = extra.get("extra_pnginfo")
    drawn = info.get("workflow") if isinstance(info, Mapping) else None
    name = drawn.get("title") or drawn.get("name") if isinstance(drawn, Mapping) else None
    return name[:200] if isinstance(name, str) else ""


def _shown(value: Any) -> str:
    text = repr(value) if not isinstance(value, (dict, list)) else f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}…"
