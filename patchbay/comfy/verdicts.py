"""What is wrong with a prompt, in the words and shapes of ComfyUI's protocol.

Each error keeps the protocol's `type` and `message`, which clients look at, and puts our own
sentence, which says what would be right, into `extra_info.patchbay`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from patchbay.links import links_of, port_of
from patchbay.types import NodeSpec, Port, Problem

_MESSAGES = {
    "required_input_missing": "Required input is missing",
    "bad_linked_input": ("Bad linked input, must be a length-2 list of [node_id, slot_index]"),
    "return_type_mismatch": "Return type mismatch between linked nodes",
    "value_not_in_list": "Value not in list",
    "exception_during_inner_validation": "Exception when validating inner node",
    "custom_validation_failed": "Custom validation failed for node",
}
# Links followed in search of the sinks that problems cost, for all problems together: a hostile
# prompt has thousands of problems before thousands of sinks. After that a node's own is all.
_MOST_LINKS = 250_000
# Problems of the whole prompt: the first of them ends the matter.
_WHOLE = ("bad_graph", "bad_node", "no_class_type", "unknown_node", "bad_inputs", "bad_workflow")


def top_level(problems: Sequence[Problem], prompt: Any) -> dict[str, Any]:
    """The `error` of an answer that refuses a prompt."""
    for problem in problems:
        if problem.code in _WHOLE:
            return _invalid(problem)
    first = problems[0]
    if first.code == "no_sink":
        return _object("prompt_no_outputs", "Prompt has no outputs", "", first.message)
    lines = "\n".join(problem.message for problem in problems[:100])
    return _object(
        "prompt_outputs_failed_validation", "Prompt outputs failed validation", lines, lines
    )


def verdicts(
    problems: Sequence[Problem], prompt: Any, specs: Mapping[str, NodeSpec]
) -> dict[str, Any]:
    """The `node_errors`: by node, its errors, the sinks that they cost, and its class."""
    found: dict[str, Any] = {}
    if not problems:
        return found
    sinks = _Sinks(prompt, specs)
    for problem in problems:
        if problem.node is None or problem.code in _WHOLE or problem.code == "cycle":
            continue
        entry = prompt.get(problem.node) if isinstance(prompt, Mapping) else None
        name = entry.get("class_type") if isinstance(entry, Mapping) else ""
        node = found.get(problem.node)
        if node is None:
            after = sinks.after(problem.node)
            node = {"errors": [], "dependent_outputs": after, "class_type": name}
            found[problem.node] = node
        node["errors"].append(_verdict(problem, entry, specs.get(str(name)), prompt, specs))
    return found


class _Sinks:
    """Finds the sinks of a prompt that need a node."""

    def __init__(self, prompt: Any, specs: Mapping[str, NodeSpec]) -> None:
        self._followers = _followers(prompt)
        entries = prompt.items() if isinstance(prompt, Mapping) else ()
        self._places = {
            str(id_): place for place, (id_, entry) in enumerate(entries) if _is_sink(entry, specs)
        }
        self._left = _MOST_LINKS

    def after(self, node: str) -> list[str]:
        """The sinks that need this node, itself among them if it is one, as they are ordered."""
        seen, pending = {node}, [node]
        while pending and self._left > 0:
            followers = self._followers.get(pending.pop(), ())
            self._left -= len(followers)
            for id_ in followers:
                if id_ not in seen:
                    seen.add(id_)
                    pending.append(id_)
        return sorted(seen & self._places.keys(), key=self._places.__getitem__)


def _followers(prompt: Any) -> dict[str, list[str]]:
    """Which nodes are linked to each node."""
    found: dict[str, list[str]] = {}
    for id_, entry in prompt.items() if isinstance(prompt, Mapping) else ():
        given = entry.get("inputs") if isinstance(entry, Mapping) else None
        for value in given.values() if isinstance(given, Mapping) else ():
            link = links_of(value)
            if link is not None:
                found.setdefault(link.node, []).append(str(id_))
    return found


def _is_sink(entry: Any, specs: Mapping[str, NodeSpec]) -> bool:
    spec = specs.get(str(entry.get("class_type"))) if isinstance(entry, Mapping) else None
    return spec is not None and spec.sink


def _invalid(problem: Problem) -> dict[str, Any]:
    details = f"Node ID '#{problem.node}'" if problem.node is not None else ""
    if problem.code == "no_class_type":
        message = "Cannot execute because a node is missing the class_type property."
    elif problem.code == "unknown_node":
        class_type = problem.details.get("class_type")
        message = f"Cannot execute because node {class_type} does not exist."
    else:
        message = problem.message
    error = _object("invalid_prompt", message, details, problem.message)
    error["extra_info"].update({k: v for k, v in problem.details.items() if k == "nearest"})
    return error


def _verdict(
    problem: Problem,
    entry: Any,
    spec: NodeSpec | None,
    prompt: Any,
    specs: Mapping[str, NodeSpec],
) -> dict[str, Any]:
    name = problem.input or ""
    port = port_of(spec, name) if spec is not None and name else None
    given = entry.get("inputs", {}) if isinstance(entry, Mapping) else {}
    value = given.get(name) if isinstance(given, Mapping) else None
    info: dict[str, Any] = {"input_name": name, "input_config": _config(port)}
    type_, message, details = _in_their_words(problem, port, name, value, prompt, specs, info)
    return _object(type_, message, details, problem.message, info)


def _in_their_words(
    problem: Problem,
    port: Port | None,
    name: str,
    value: Any,
    prompt: Any,
    specs: Mapping[str, NodeSpec],
    info: dict[str, Any],
) -> tuple[str, str, str]:
    """The type, message and details of an error; `info` is completed."""
    link = links_of(value)
    if problem.code == "missing_input":
        info.pop("input_config")
        return "required_input_missing", _MESSAGES["required_input_missing"], name
    if problem.code == "wrong_type":
        info |= {"received_type": problem.details.get("given"), "linked_node": value}
        given, wanted = problem.details.get("given"), problem.details.get("wanted")
        details = f"{name}, received_type({given}) mismatch input_type({wanted})"
        return "return_type_mismatch", _MESSAGES["return_type_mismatch"], details
    if problem.code in ("bad_link", "bad_slot"):
        info |= {
            "linked_node": value,
            "exception_message": problem.message,
            "exception_type": "KeyError" if problem.code == "bad_link" else "IndexError",
            "traceback": [],
        }
        message = _MESSAGES["exception_during_inner_validation"]
        return "exception_during_inner_validation", message, problem.message
    info["received_value"] = value
    if problem.code == "bad_choice":
        choices = list(port.widget.choices) if port is not None and port.widget else []
        shown = str(choices) if len(choices) <= 20 else f"(list of length {len(choices)})"
        if len(choices) > 20:
            info["input_config"] = None
        return (
            "value_not_in_list",
            _MESSAGES["value_not_in_list"],
            f"{name}: '{_short(value)}' not in {shown}",
        )
    if problem.code == "out_of_range" and port is not None and port.widget is not None:
        low, high = port.widget.min, port.widget.max
        if low is not None and isinstance(value, (int, float)) and value < low:
            return (
                "value_smaller_than_min",
                f"Value {_short(value)} smaller than min of {_number(low)}",
                name,
            )
        shown = _number(high) if high is not None else "its limit"
        return "value_bigger_than_max", f"Value {_short(value)} bigger than max of {shown}", name
    if problem.code == "bad_value" and port is not None:
        if isinstance(value, list) and link is None:
            return "bad_linked_input", _MESSAGES["bad_linked_input"], name
        info["exception_message"] = problem.message
        message = f"Failed to convert an input value to a {port.type} value"
        return "invalid_input_type", message, f"{name}, {_short(value)}, {problem.message}"
    message = _MESSAGES["custom_validation_failed"]
    return "custom_validation_failed", message, f"{name} - {problem.message}"


def _config(port: Port | None) -> list[Any] | None:
    if port is None:
        return None
    options: dict[str, Any] = {}
    widget = port.widget
    if port.default is not None:
        options["default"] = port.default
    if widget is not None:
        options |= {
            key: getattr(widget, key)
            for key in ("min", "max", "step")
            if getattr(widget, key) is not None
        }
        if widget.choices:
            return [list(widget.choices), options]
    return [port.type, options]


def _number(value: float) -> str:
    return f"{value:.12g}"


def _short(value: Any) -> str:
    try:
        text = str(value)
    except (ValueError, RecursionError):  # a number of 5,000 digits, or nested too deep
        return f"a {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:197]}…"


def _object(
    type_: str, message: str, details: str, ours: str, info: dict[str, Any] | None = None
) -> dict[str, Any]:
    extra = {**(info or {}), "patchbay": ours}
    return {"type": type_, "message": message, "details": details, "extra_info": extra}
