"""Switch: passes on one of two inputs; the other is not made."""

from __future__ import annotations

from typing import Any

from patchbay import InputError, Lazy, node


def _needed(on: bool) -> list[str]:
    return ["if_true"] if on else ["if_false"]


@node(category="flow/choice", resource="inline", needs=_needed)
def switch(if_true: Lazy[Any], if_false: Lazy[Any], on: bool = True) -> Any:
    """Gives one of two inputs. What leads to the other one is not run.

    if_true: given when the switch is on.
    if_false: given when it is off.
    on: which of the two.
    """
    chosen = if_true if on else if_false
    if chosen is None:
        name = "if_true" if on else "if_false"
        raise InputError(f"the switch asks for {name!r}, which is not linked", input=name)
    return chosen
