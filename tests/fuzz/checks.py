"""What must hold of every answer."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tests.fuzz.speech import Answer, Reading, Step

_TRACEBACK = re.compile(rb'Traceback \(most recent call last\)|File \\?"[^"\n]+\.py\\?", line \d+')
_LOGS = "/internal/logs"  # an admin may read the log, which is looked at by itself
_USERS_FILES = ("/userdata/", "/view?")  # given as they are
# A condition or a range that a file cannot meet (RFC 9110, 13.1 and 14): players read the status.
_BARE = (412, 416)
_ERROR_FIELDS = {"type", "message", "details", "extra_info"}
# An answer that took longer is a finding although it came: meant for a machine shared with others.
SLOW_SECONDS = 5.0


def wrong_with(step: Step, answer: Answer) -> str | None:
    """What is wrong with an answer, in a sentence; None if it may be."""
    if answer.status == 0:
        return "no answer came" if step.reading is Reading.ANSWER else None
    if answer.status >= 500:
        return f"the status is {answer.status}: {_beginning(answer)}"
    if _TRACEBACK.search(answer.body) and _LOGS not in step.line:
        return f"the body shows a traceback: {_beginning(answer)}"
    if answer.seconds > SLOW_SECONDS:
        return f"the answer took {answer.seconds:.1f} s"
    if step.data.startswith(b"HEAD "):
        return None
    if answer.status >= 400:
        return _wrong_with_error(answer)
    whose = any(part in step.line for part in _USERS_FILES)
    if answer.content_type.startswith("application/json") and not whose:
        return _wrong_with_json(answer)
    return None


def _wrong_with_error(answer: Answer) -> str | None:
    """Every error comes in one shape, with a sentence."""
    if answer.status in _BARE and not answer.body:
        return None
    if not answer.content_type.startswith("application/json"):
        return f"an error {answer.status} in {answer.content_type!r}: {_beginning(answer)}"
    try:
        body: Any = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, ValueError) as error:
        return f"an error that is not JSON ({error}): {_beginning(answer)}"
    facts = body.get("error") if isinstance(body, dict) else None
    if not isinstance(facts, dict) or set(facts) != _ERROR_FIELDS:
        return f"an error in another shape: {_beginning(answer)}"
    if not isinstance(facts["message"], str) or not facts["message"]:
        return f"an error without a message: {_beginning(answer)}"
    return None


def _wrong_with_json(answer: Answer) -> str | None:
    try:
        msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return f"the JSON is none ({error}): {_beginning(answer)}"
    return None


def _beginning(answer: Answer) -> str:
    return repr(answer.body[:300])
