"""Checks of untrusted JSON: each gives the value or says at which path what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from patchbay.errors import WorkflowError

# JavaScript's whole numbers end at 2**53; what is larger was not written by an editor.
_LARGEST = 2**53
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


def at(path: str, key: str | int) -> str:
    """The path of what lies under `key`, as `$.nodes[3]["a b"]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if _NAME.fullmatch(key) else f'{path}["{key[:60]}"]'


def described(value: Any) -> str:
    """A value in a few words, whatever it is."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) > _LARGEST:
            return "a very large number"
        case int() | float():
            return f"the number {value!r}"
        case str():
            return f"the text {value[:40]!r}"
        case Mapping():
            return "an object"
        case list() | tuple():
            return f"a list of {len(value)}"
    return f"a {type(value).__name__}"


def fail(path: str, expected: str, value: Any) -> NoReturn:
    raise WorkflowError(
        f"{path}: expected {expected}, got {described(value)}: "
        "the file is damaged or of another kind; save it again from the editor",
        path=path,
        expected=expected,
    )


def mapping(value: Any, path: str) -> Mapping[str, Any]:
    """An object; null is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        fail(path, "an object", value)
    return value


def items(value: Any, path: str) -> Sequence[Any]:
    """A list; null is an empty one."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        fail(path, "a list", value)
    return value


def text(value: Any, path: str) -> str:
    """A text; null is an empty one."""
    if value is None:
        return ""
    if not isinstance(value, str):
        fail(path, "a text", value)
    return value


def whole(value: Any, path: str) -> int:
    """A whole number, also one written as `"3"` or `3.0`."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _LARGEST:
        fail(path, "a whole number", value)
    return value


def identity(value: Any, path: str) -> str:
    """An id, which may be a number or a text, as a text."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, str | bool | None):
        fail(path, "an id (a number or a text)", value)
    return str(whole(value, path))
