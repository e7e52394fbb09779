"""TextTemplate: puts values into a text."""

from __future__ import annotations

import re
import string
from typing import Annotated, Any

from patchbay import InputError, Recipe, Text, node

_MOST_CHARACTERS = 1_000_000  # of the text; without a limit a few templates in a row fill memory
_WIDEST = 1_000  # a width or a number of digits; Python would write a place of any width
_DIGITS = re.compile(r"\d+")


@node(category="flow/text", resource="inline")
def text_template(
    template: Annotated[str, Text(multiline=True, placeholder="{a} in the style of {b}")],
    a: Any = None,
    b: Any = None,
    c: Any = None,
    d: Any = None,
) -> str:
    """Writes the values a, b, c and d where the template says {a}, {b}, {c} and {d}.

    Write {{ and }} for braces of your own. Numbers are written as they are; {a:.2f} gives two
    digits after the point. Of a recipe, {a.bpm} gives the tempo. The text can have 1,000,000
    characters.

    template: the text with its places.
    a, b, c, d: texts, numbers or recipes.
    """
    values = {"a": a, "b": b, "c": c, "d": d}
    try:
        text = _Safe().vformat(template, (), values)
        _check_length(len(text))
        return text
    except InputError:
        raise
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise InputError(
            f"the template cannot be filled in: {error}; write {{a}}, {{b}}, {{c}} or {{d}}, and "
            "{{ for a brace",
            input="template",
        ) from error


class _Safe(string.Formatter):
    """Reaches only the fields of recipes: a template from a stranger must not wander about in
    Python's own attributes, nor fill memory."""

    def __init__(self) -> None:
        self._written = 0

    def format_field(self, value: Any, format_spec: str) -> str:
        for digits in _DIGITS.findall(format_spec):
            if len(digits) > 9 or int(digits) > _WIDEST:
                raise InputError(
                    f"the template asks for {digits[:20]} places: {_WIDEST} is the most",
                    input="template",
                )
        text = str(super().format_field(value, format_spec))
        self._written += len(text)
        _check_length(self._written)
        return text

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        name, _, attribute = field_name.partition(".")
        if name not in kwargs:
            raise InputError(
                f"the template names {{{field_name}}}: there are {{a}}, {{b}}, {{c}} and {{d}}",
                input="template",
            )
        value = kwargs[name]
        if value is None:
            raise InputError(f"the template names {{{name}}}, but input {name!r} is not linked")
        if attribute:
            known = (*Recipe.__struct_fields__, "key") if isinstance(value, Recipe) else ()
            if attribute not in known:
                raise InputError(
                    f"the template names {{{field_name}}}: only a recipe has parts, such as .bpm",
                    input="template",
                )
            value = getattr(value, attribute)
        return value, name


def _check_length(characters: int) -> None:
    if characters > _MOST_CHARACTERS:
        raise InputError(
            f"the text would have {characters} characters or more: {_MOST_CHARACTERS} is the "
            "most; put in less",
            input="template",
        )
