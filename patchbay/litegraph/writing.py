"""The text of a saved workflow, made so that git shows what changed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from patchbay.errors import WorkflowError

# How a node looks, as against what it means: last in its block, so that moving a node changes
# one line and no meaning near it.
_LOOKS = frozenset({"bgcolor", "color", "flags", "order", "pos", "shape", "size"})
_SURROGATE = re.compile("[\ud800-\udfff]")
# Up to here every whole number is a float of its own, so that none changes its value by being
# written without its ".0".
_EXACT = 2**53


def dumps(workflow: Mapping[str, Any]) -> str:
    """JSON with sorted keys, a block for each node, a line for each link, a newline at the end.

    A whole float is written as a whole number (30, not 30.0): the editor's language has but one
    kind of number, and what it saves must have the same bytes as what is drawn here.
    Raises WorkflowError for what JSON cannot hold, such as NaN.
    """
    lines = []
    for key, value in _sorted(workflow):
        if key == "definitions" and isinstance(value, dict):
            text = _object([_line(name, _definitions(part)) for name, part in _sorted(value)])
        else:
            text = _part(key, value)
        lines.append(_line(key, text))
    # JSON may hold half a surrogate pair, UTF-8 may not
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", _object(lines)) + "\n"


def _definitions(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        return _compact(value)
    return _list(
        [_object([_line(key, _part(key, part)) for key, part in _sorted(one)]) for one in value]
    )


def _part(key: str, value: Any) -> str:
    """One entry of a graph: its nodes as blocks, other lists an item a line."""
    if not isinstance(value, list):
        return _compact(value)
    if key == "nodes":
        return _list([_node(entry) for entry in value])
    return _list([_compact(entry) for entry in value])


def _node(value: Any) -> str:
    if not isinstance(value, dict):
        return _compact(value)
    pairs = sorted(_sorted(value), key=lambda pair: pair[0] in _LOOKS)
    return _object([_line(key, _field(key, part)) for key, part in pairs])


def _field(key: str, value: Any) -> str:
    if key in ("inputs", "outputs") and isinstance(value, list):
        return _list([_compact(entry) for entry in value])
    return _compact(value)


def _sorted(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    wrong = next((key for key in value if not isinstance(key, str)), None)
    if wrong is not None:
        raise WorkflowError(f"key {wrong!r} of the workflow is not a text: JSON has no others")
    return sorted(value.items())


def _line(key: str, text: str) -> str:
    return f"{_compact(key)}: {text}"


def _object(lines: Sequence[str]) -> str:
    return f"{{{_indented(lines)}}}"


def _list(lines: Sequence[str]) -> str:
    return f"[{_indented(lines)}]"


def _indented(lines: Sequence[str]) -> str:
    """One a line. No text of JSON has a newline inside, so that all of them are ours."""
    return "\n " + ",\n".join(lines).replace("\n", "\n ") + "\n" if lines else ""


def _compact(value: Any) -> str:
    try:
        plain = _whole(value)
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"the workflow cannot be written as JSON ({error}): change the value it names"
        raise WorkflowError(message) from error


def _whole(value: Any) -> Any:
    """The value with its whole floats as whole numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(part) for part in value]
    return value
