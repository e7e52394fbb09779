"""What every executor does around a node's function: loads, checks, stores."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from patchbay import codecs, digest
from patchbay.errors import (
    CancelledError,
    InputError,
    OutputError,
)
from patchbay.executor.base import CallContext
from patchbay.hints import Subgraph
from patchbay.links import links_of
from patchbay.literals import converted, fits
from patchbay.store import Store
from patchbay.types import (
    Batch,
    Blocked,
    Call,
    Engine,
    Expand,
    Expansion,
    Given,
    Link,
    NodeSpec,
    Outer,
    Port,
    Result,
    SocketType,
    Value,
    Widget,
)

FILE = SocketType("FILE")
SUBGRAPH = SocketType("SUBGRAPH")
_CHECKED = frozenset({"INT", "FLOAT", "STRING", "COMBO", "BOOLEAN"})


def arguments(spec: NodeSpec, call: Call, store: Store) -> dict[str, Any]:
    """What the node's function is called with. Raises LostError and InputError."""
    given: dict[str, Any] = {}
    for name, batch in call.inputs.items():
        port = spec.ports.get(name)
        if port is None:
            given[name] = store.load(batch[0])
        elif port.many:
            given[name] = [payload_of(port, value, store) for value in batch]
        else:
            given[name] = payload_of(port, batch[0], store)
    if spec.engine is not None:
        given[spec.engine] = engine_named(spec, call.engine)
    if len(given) < len(spec.inputs):
        for port in spec.inputs:
            if port.name not in given and port.default is None:
                given[port.name] = [] if port.many else None
    return given


def engine_named(spec: NodeSpec, name: str) -> Engine:
    """The node's engine of this name."""
    return next(engine for engine in spec.engines if engine.name == name)


def result_of(
    spec: NodeSpec, call: Call, raw: Any, context: CallContext, store: Store, seconds: float
) -> Result:
    """What the function gave, checked against its declaration and stored. Raises OutputError."""
    if isinstance(raw, Expand):
        if not spec.expands:
            raise OutputError("it answered with Expand: declare it with node(expands=True)")
        expansion = _expansion(spec, raw, store)
        return Result((), context.ui, seconds, tuple(context.files), expansion)
    if len(spec.outputs) == 1 and not spec.tuple_result:
        outputs: tuple[Batch, ...] = (_batch(spec.outputs[0], raw, call, 0, store),)
    else:
        outputs = tuple(
            _batch(port, given, call, slot, store)
            for slot, (port, given) in enumerate(
                zip(spec.outputs, _for_each_output(spec, raw), strict=True)
            )
        )
    return Result(outputs, context.ui, seconds, tuple(context.files))


def encoded_inputs(
    inputs: Mapping[str, Any], store: Store, held: list[Value] | None = None
) -> dict[str, Any]:
    """A node's inputs as they are kept: each a mapping that says what kind it is. Values that
    had to be stored are added to `held`."""
    kept: dict[str, Any] = {}
    for name, value in inputs.items():
        link = links_of(value)
        if link is not None:
            kept[name] = {"link": [link.node, link.slot]}
        elif isinstance(value, Outer):
            kept[name] = {"outer": value.name}
        elif digest.is_plain(value):
            kept[name] = {"literal": value}
        else:
            given = value if isinstance(value, Given) else Given((_value(value, store),))
            if held is not None and given is not value:
                held.extend(given.batch)
            kept[name] = {"given": msgspec.to_builtins(given, builtin_types=(bytes,))}
    return kept


def decoded_inputs(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What `encoded_inputs` was given."""
    inputs: dict[str, Any] = {}
    for name, entry in kept.items():
        ((kind, value),) = entry.items()
        if kind == "link":
            inputs[name] = Link(value[0], value[1])
        elif kind == "outer":
            inputs[name] = Outer(value)
        elif kind == "given":
            inputs[name] = msgspec.convert(value, Given)
        else:
            inputs[name] = value
    return inputs


def timed(spec: NodeSpec, call: Call, context: CallContext, store: Store) -> Result:
    """Loads, calls and stores for a function that is not async."""
    given = arguments(spec, call, store)
    if spec.context is not None:
        given[spec.context] = context
    context.may_save = spec.sink
    if context.cancelled:
        raise CancelledError("stopped as asked")
    context.began = start = time.perf_counter()
    raw = spec.run(**given)
    return result_of(spec, call, raw, context, store, time.perf_counter() - start)


def payload_of(port: Port, value: Value, store: Store) -> Any:
    """What the function gets for one value at this port. Raises LostError and InputError."""
    if value.type == FILE:
        assert value.inline is not None
        return Path(digest.parse(value.inline))
    if value.type == SUBGRAPH:
        assert value.inline is not None
        nodes, (id_, slot) = digest.parse(value.inline)
        decoded = {
            key: {"class_type": entry["class_type"], "inputs": decoded_inputs(entry["inputs"])}
            for key, entry in nodes.items()
        }
        return Subgraph(decoded, Link(id_, slot))
    payload = store.load(value)
    if value.type == port.type and _in_range(port.field, payload):
        return payload
    if port.type in _CHECKED:
        payload, wrong = converted(port, [payload] if port.many else payload)
        if wrong:
            raise InputError(f"input {port.name!r}: {payload!r} {wrong}", input=port.name)
        return payload[0] if port.many else payload
    if not fits(value.type, port.type):
        raise InputError(
            f"input {port.name!r} takes {port.type}, but was given {value.type}", input=port.name
        )
    return payload


def _in_range(widget: Widget | None, payload: Any) -> bool:
    """Whether a value of the port's own type is surely one that its widget takes."""
    if widget is None:
        return True
    if widget.choices or widget.kind == "toggle":
        return False
    low, high = widget.min, widget.max
    return (low is None or low <= payload) and (high is None or payload <= high)


def _for_each_output(spec: NodeSpec, raw: Any) -> Sequence[Any]:
    if isinstance(raw, Blocked):
        return [raw] * len(spec.outputs)
    if not spec.outputs:
        return ()
    if not spec.tuple_result:
        return (raw,)
    if not isinstance(raw, tuple) or len(raw) != len(spec.outputs):
        names = ", ".join(port.name for port in spec.outputs)
        raise OutputError(f"it gave {type(raw).__name__}, but declares the outputs {names}")
    return raw


def _batch(port: Port, given: Any, call: Call, slot: int, store: Store) -> Batch:
    if not port.many or isinstance(given, Blocked):
        return (_checked(port, given, call, slot, 0, store),)
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise OutputError(f"output {port.name!r} is a list, but it gave {type(given).__name__}")
    return tuple(_checked(port, item, call, slot, i, store) for i, item in enumerate(given))


def _checked(port: Port, given: Any, call: Call, slot: int, index: int, store: Store) -> Value:
    if isinstance(given, Blocked):
        data = digest.canonical(given.reason)
        return Value(codecs.BLOCKED, digest.of_bytes(b"blocked" + data), data)
    if isinstance(given, np.generic):
        given = given.item()
    elif type(given) is tuple:
        given = list(given)
    if port.type == "FLOAT" and type(given) is int:
        given = float(given)
    encoded = codecs.encode(given)
    if encoded is None:
        if all(codecs.has_codec(SocketType(part)) for part in port.type.split(",")):
            raise OutputError(
                f"output {port.name!r} is {port.type}, but it gave {type(given).__name__}"
            )
        value = Value(port.type, digest.of_opaque(call.key, slot, index), None, True)
        store.live.pin(value.digest, given)
        return value
    if not fits(encoded.type, port.type):
        raise OutputError(f"output {port.name!r} is {port.type}, but it gave {encoded.type}")
    return store.put(given, encoded)


def _value(payload: Any, store: Store) -> Value:
    encoded = codecs.encode(payload)
    if encoded is None:
        raise OutputError(
            f"an expansion holds a {type(payload).__name__}, which cannot be stored: link it with "
            "Outer instead"
        )
    return store.put(payload, encoded)


def _expansion(spec: NodeSpec, expand: Expand, store: Store) -> Expansion:
    if len(expand.outputs) != len(spec.outputs):
        raise OutputError(
            f"its expansion gives {len(expand.outputs)} outputs, it declares {len(spec.outputs)}"
        )
    nodes = {}
    held: list[Value] = []
    for id_, entry in expand.nodes.items():
        given = entry.get("inputs", {}) if isinstance(entry, Mapping) else None
        if not isinstance(given, Mapping):
            raise OutputError(f"node {id_} of its expansion is not an object: {entry!r}")
        inputs = encoded_inputs(given, store, held)
        nodes[str(id_)] = {"class_type": entry.get("class_type"), "inputs": inputs}
    outputs: list[Link | Outer | Given] = []
    for output in expand.outputs:
        link = links_of(output)
        if link is not None:
            outputs.append(link)
        elif isinstance(output, (Outer, Given)):
            outputs.append(output)
        else:
            value = _value(output, store)
            held.append(value)
            outputs.append(Given((value,)))
    return Expansion(nodes, tuple(outputs), tuple(held))
