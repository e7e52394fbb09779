"""What may stand at an input: links by their types, values set by hand by kind and range."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from patchbay import digest
from patchbay.types import ANY, Port, SocketType

_LISTED = 12  # choices named in a message before it says how many more there are
_NUMBERS = (int, float)
# Numbers as text, which clients of ComfyUI send; not so long that reading them takes a while.
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
_NUMERAL = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,3})?")


def fits(given: SocketType, wanted: SocketType) -> bool:
    """Whether an output of type `given` may be linked to an input of type `wanted`."""
    if given == wanted or ANY in (given, wanted):
        return True
    offered = {part.strip() for part in given.split(",")}
    accepted = {part.strip() for part in wanted.split(",")}
    if "FLOAT" in accepted:
        accepted.add("INT")
    if accepted & {"COMBO", "STRING"}:
        accepted |= {"COMBO", "STRING"}
    return bool(offered & accepted) or ANY in offered | accepted


def converted(port: Port, value: Any) -> tuple[Any, str]:
    """The literal for this port, and what is wrong with it ("" when nothing is)."""
    if isinstance(value, Mapping) and set(value) == {"__value__"}:
        value = value["__value__"]
    if port.many:
        if not isinstance(value, list):
            value = [value]
        pairs = [_converted_one(port, item) for item in value]
        return [item for item, _ in pairs], next((wrong for _, wrong in pairs if wrong), "")
    return _converted_one(port, value)


def _converted_one(port: Port, value: Any) -> tuple[Any, str]:
    kinds = port.type.split(",")
    if port.form == "body":
        return value, "is not a link: it takes a part of the graph"
    field = port.field
    if field is not None and field.choices:
        known = value in field.choices if isinstance(value, str) else False
        return value, "" if known else f"is not among {listed(field.choices)}"
    if kinds == ["BOOLEAN"]:
        return value, "" if isinstance(value, bool) else "is neither true nor false"
    if "FLOAT" in kinds or "INT" in kinds:
        return _number(port, value, whole="FLOAT" not in kinds)
    if "STRING" in kinds or "COMBO" in kinds:
        if isinstance(value, _NUMBERS) and not isinstance(value, bool):
            return str(value), ""
        return value, "" if isinstance(value, str) else "is not text"
    if port.type == ANY or kinds == ["JSON"]:
        return value, "" if digest.is_plain(value) else "is no plain value, or nested too deep"
    return value, f"is not a link: it takes {a(port.type)} from another node"


def _number(port: Port, value: Any, *, whole: bool) -> tuple[Any, str]:
    if isinstance(value, str) and _NUMERAL.fullmatch(value):
        value = int(value) if _WHOLE.fullmatch(value) else float(value)
    if isinstance(value, bool) or not isinstance(value, _NUMBERS):
        return value, "is not a whole number" if whole else "is not a number"
    if isinstance(value, float):
        if not math.isfinite(value):
            return value, "is not finite"
        if whole and not value.is_integer():
            return value, "is not a whole number"
    value = int(value) if whole else value
    widget = port.field
    low = -math.inf if widget is None or widget.min is None else widget.min
    high = math.inf if widget is None or widget.max is None else widget.max
    if not low <= value <= high:
        unit = f" {widget.unit}" if widget and widget.unit else ""
        return value, f"is outside {low:.12g} to {high:.12g}{unit}"
    if whole:
        return value, ""
    try:
        return float(value), ""
    except OverflowError:
        return value, "is too large"


def a(type_: str) -> str:
    """A socket type with its article."""
    return f"an {type_}" if type_[:1] in "AEIOU" else f"a {type_}"


def listed(names: Iterable[str], last: str = "and") -> str:
    """Names in a row for a message, not too many."""
    all_names = [repr(name) for name in names]
    if len(all_names) > _LISTED:
        return ", ".join(all_names[:_LISTED]) + f" {last} {len(all_names) - _LISTED} more"
    if len(all_names) < 2:
        return "".join(all_names)
    return ", ".join(all_names[:-1]) + f" {last} {all_names[-1]}"
