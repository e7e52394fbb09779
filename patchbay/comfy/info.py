"""A node's description as `/object_info` has it, with our own facts under the key `patchbay`.

Sources of the form: PROTOCOL.md, section 5, and what ComfyUI's editor does with each option.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from patchbay.literals import converted
from patchbay.types import Engine, NodeSpec, Port, Widget

# The names of the files for a port that accepts these suffixes.
Files = Callable[[tuple[str, ...]], Sequence[str]]
# What an engine lacks here, as its `find` says it.
Missing = Callable[[Engine], str | None]

# JavaScript holds whole numbers up to here exactly. Numbers without bounds get it too: otherwise
# the editor would keep them between 0 and 2048.
SAFE = 2**53 - 1
# Sockets drawn for a port that takes many links, as the editor cannot add any: `tracks`, then
# `tracks.2` to `tracks.8`. A prompt may go on counting.
SOCKETS = 8
_STEPS = {"INT": 1, "FLOAT": 0.01}  # where the node names none; the editor's own FLOAT step is 0.5
_WIDGET_TYPES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})
# INT inputs of these names get a control after each run unless told otherwise.
_SEEDS = frozenset({"seed", "noise_seed"})
_UPLOADS: Mapping[str, tuple[str, ...]] = {
    "audio_upload": (
        ".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".m4a", ".aac", ".wma",
    ),
    "image_upload": (
        ".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".svg",
    ),
    "video_upload": (".mp4", ".mkv", ".webm", ".mov", ".avi", ".m4v", ".mpg", ".mpeg"),
}  # fmt: skip


def info_of(spec: NodeSpec, module: str, files: Files, missing: Missing) -> dict[str, Any]:
    """The description of a node that comes from the Python module `module`.

    Raises ValueError when a bound is no number; where foreign code wrote the spec, anything.
    """
    inputs = _inputs(spec, files)
    info: dict[str, Any] = {
        "input": inputs,
        "input_order": {group: list(named) for group, named in inputs.items()},
        "output": [port.type for port in spec.outputs],
        "output_is_list": [port.many for port in spec.outputs],
        "output_name": [port.name for port in spec.outputs],
        "name": spec.name,
        "display_name": spec.title,
        "description": spec.doc,
        "python_module": module,
        "category": spec.category,
        "output_node": spec.sink,
    }
    if any(port.doc for port in spec.outputs):
        info["output_tooltips"] = [port.doc for port in spec.outputs]
    if spec.deprecated:
        info["deprecated"] = True
    return info | {"patchbay": _facts_of_node(spec, missing)}


def _inputs(spec: NodeSpec, files: Files) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {"required": {}, "optional": {}, "hidden": {}}
    for port in spec.inputs:
        group = groups["required" if port.required else "optional"]
        group[port.name] = _input(port, spec, files)
        if port.many:
            further = {f"{port.name}.{n}": _further(port) for n in range(2, SOCKETS + 1)}
            groups["optional"].update(further)
    return groups


def _input(port: Port, spec: NodeSpec, files: Files) -> list[Any]:
    widget = None if port.many or port.form == "body" else port.widget
    type_: Any = port.type
    options = _default(port)
    if widget is None:
        options |= _forced(port)
    elif widget.kind == "file":
        type_ = list(files(widget.accept))
        options |= _upload(port, spec, widget.accept)
    elif widget.choices or widget.kind == "choice":
        type_ = list(widget.choices)
    else:
        options |= _field(port, widget, options)
    if port.lazy:
        options["lazy"] = True
    return [type_, options | _words(port) | {"patchbay": _facts_of_input(port)}]


def _further(port: Port) -> list[Any]:
    """One more socket of a port that takes many links."""
    return [port.type, _forced(port) | _words(port) | {"patchbay": {"further": port.name}}]


def _default(port: Port) -> dict[str, Any]:
    """The default as a client may send it back. A list has no place in an editor's widget."""
    if port.default is None or port.many:
        return {}
    given = str(port.default) if port.form == "file" else port.default
    value, wrong = converted(port, given)
    safe = _safe(given if wrong else value)
    return {} if safe is None else {"default": safe}


def _safe(value: Any) -> Any:
    """The value with its whole numbers as far as JavaScript holds them, and without what is no
    number in JSON."""
    if isinstance(value, list | tuple):
        return [_safe(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _safe(item) for name, item in value.items()}
    if type(value) is int:
        return max(-SAFE, min(SAFE, value))
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _forced(port: Port) -> dict[str, Any]:
    """Without this the editor would give such a type a widget."""
    return {"forceInput": True} if port.type in _WIDGET_TYPES else {}


def _field(port: Port, widget: Widget, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a widget that is typed into, dragged or toggled."""
    match widget.kind:
        case "toggle":
            kind, more = "BOOLEAN", {}
        case "number" | "slider" | "seed":
            members = port.type.split(",")
            kind = "INT" if "INT" in members and "FLOAT" not in members else "FLOAT"
            more = _whole(port, widget, options) if kind == "INT" else _decimal(widget, options)
        case _:
            kind, more = "STRING", _text(widget)
    return more if port.type == kind else more | {"widgetType": kind}


def _whole(port: Port, widget: Widget, options: Mapping[str, Any]) -> dict[str, Any]:
    low = max(-SAFE, min(SAFE, math.ceil(_bound(widget.min, -SAFE))))
    high = max(-SAFE, min(SAFE, math.floor(_bound(widget.max, SAFE))))
    found = _start(options, low, high)
    found |= {"min": low, "max": high, "step": max(1, round(_step(widget, "INT")))}
    if widget.kind == "seed":
        return found | {"control_after_generate": True}
    if port.name in _SEEDS:
        found["control_after_generate"] = False
    return found | {"display": widget.kind}


def _decimal(widget: Widget, options: Mapping[str, Any]) -> dict[str, Any]:
    low, high = float(_bound(widget.min, -SAFE)), float(_bound(widget.max, SAFE))
    found = _start(options, low, high) | {"min": low, "max": high}
    # The step is for dragging only: a value between two steps stays as it was typed.
    found |= {"step": float(_step(widget, "FLOAT")), "round": False}
    return found if widget.kind == "seed" else found | {"display": widget.kind}


def _start(options: Mapping[str, Any], low: float, high: float) -> dict[str, Any]:
    """What the widget begins with; the editor would begin with 0, whatever the range."""
    start = max(low, min(high, options.get("default", 0)))
    return {"default": start} if "default" in options or start else {}


def _bound(value: float | None, otherwise: float) -> float:
    if value is not None and math.isnan(value):
        raise ValueError("a bound of its range is no number")
    return otherwise if value is None or math.isinf(value) else value


def _step(widget: Widget, kind: str) -> float:
    """The step, which the editor takes the logarithm of."""
    step = widget.step or 0.0
    return min(step, SAFE) if 0 < step < math.inf else _STEPS[kind]


def _text(widget: Widget) -> dict[str, Any]:
    options: dict[str, Any] = {"multiline": True} if widget.multiline else {}
    return options | ({"placeholder": widget.placeholder} if widget.placeholder else {})


def _upload(port: Port, spec: NodeSpec, accept: tuple[str, ...]) -> dict[str, Any]:
    """Which button the editor puts beside a combo of files; the first suffix decides."""
    first = accept[0].lower() if accept else ""
    option = next((name for name, known in _UPLOADS.items() if first in known), "file_upload")
    # The editor's audio button needs a player, which it gives to LoadAudio only: another node
    # whose input is called audio could not be created at all.
    if option == "audio_upload" and port.name == "audio" and spec.name != "LoadAudio":
        return {}
    return {option: True}


def _words(port: Port) -> dict[str, Any]:
    """What is shown when the pointer rests on the input: no editor but ours shows a unit."""
    unit = f"Unit: {port.field.unit}." if port.field and port.field.unit else ""
    text = " ".join(part for part in (port.doc, unit) if part)
    return {"tooltip": text} if text else {}


def _facts_of_input(port: Port) -> dict[str, Any]:
    widget = port.field or Widget("text")
    facts: dict[str, Any] = {
        "kind": port.widget.kind if port.widget else "",
        "unit": widget.unit,
        "help": port.doc,
        "accept": list(widget.accept),
        "many": port.many,
        "default": _safe(port.default or []) if port.many else [],
        "form": "" if port.form == "value" else port.form,
    }
    return {name: fact for name, fact in facts.items() if fact}


def _facts_of_node(spec: NodeSpec, missing: Missing) -> dict[str, Any]:
    return {
        "pack": spec.pack,
        "version": spec.version,
        "pure": spec.pure,
        "resource": spec.resource,
        "expands": spec.expands,
        "engine": spec.engine,  # the input that chooses among the engines
        "engines": [_facts_of_engine(engine, missing(engine)) for engine in spec.engines],
        "aliases": list(spec.aliases),
        "migrations": dict(spec.migrations),
        "deprecated": spec.deprecated,
    }


def _facts_of_engine(engine: Engine, missing: str | None) -> dict[str, Any]:
    return {
        "name": engine.name,
        "available": missing is None,
        "missing": missing,
        "licence": engine.licence,
        "commercial": engine.commercial,
        "cost": engine.cost,
        "needs": engine.needs,
        "source": engine.source,
        "doc": engine.doc,
    }
