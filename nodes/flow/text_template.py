"""TextTemplate: puts values into a text."""

from __future__ import annotations

import string
from typing import Annotated, Any

from patchbay import InputError, Recipe, Text, node


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
    digits after the point. Of a recipe, {a.bpm} gives the tempo.

    template: the text with its places.
    a, b, c, d: texts, numbers or recipes.
    """
    values = {"a": a, "b": b, "c": c, "d": d}
    try:
        return _Safe().vformat(template, (), values)
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
    Python's own attributes."""

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
