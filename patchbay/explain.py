"""Why a call was not known: its key beside that of the most similar call that is."""

from __future__ import annotations

from patchbay import digest
from patchbay.evaluate import Planned
from patchbay.store import Store
from patchbay.types import NodeSpec, Value


def why(plan: Planned, store: Store, spec: NodeSpec, began: float) -> str:
    """One short reason, such as "input text changed" or "its code changed", beside what was known
    when the run began."""
    if not spec.pure:
        return "it is never kept: pure=False"
    known = store.find(plan.call.key)
    if known is not None:
        return _gone(store, [value for batch in known.outputs for value in batch])
    nearest: list[str] | None = None
    for material in store.records.materials(spec.path, began):
        changes = _changes(plan.material, material)
        if nearest is None or len(changes) < len(nearest):
            nearest = changes
    if nearest is None:
        return "no record"
    return " and ".join(nearest[:3]) if len(nearest) <= 3 else "no record of anything like it"


def _gone(store: Store, values: list[Value]) -> str:
    if any(value.opaque for value in values):
        return "its value lives in memory only"
    if any(store.records.was_trimmed(value.digest) for value in values):
        return "trimmed"
    if all(store.has(value) for value in values):
        return "its file is gone"
    return "its bytes are gone"


def _changes(now: bytes, before: bytes) -> list[str]:
    code_now, inputs_now, fingerprint_now = digest.parts_of_call(now)
    code, inputs, fingerprint = digest.parts_of_call(before)
    changes = []
    if code_now[2] != code[2]:
        changes.append("its code changed")
    if code_now[3:] != code[3:]:
        changes.append(f"engine {code[3]} became {code_now[3]}")
    for name in sorted({*inputs_now, *inputs}):
        if inputs_now.get(name) != inputs.get(name):
            changes.append(f"input {name} changed")
    if fingerprint_now != fingerprint:
        changes.append("what lies outside changed")
    return changes
