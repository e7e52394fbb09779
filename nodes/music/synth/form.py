"""The form: where an absolute bar of the endless piece lies in the sections of its recipe."""

from __future__ import annotations

from dataclasses import dataclass

from patchbay import Recipe, Section

PHRASE_BARS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A bar seen from its section.

    `occurrence` counts sections from the start of the piece; `cycle` counts how often a section
    of this name came before; `bar` counts from the start of the section.
    """

    section: Section
    occurrence: int
    cycle: int
    bar: int

    @property
    def phrase(self) -> int:
        return self.bar // PHRASE_BARS

    @property
    def is_last(self) -> bool:
        """Whether it is the last bar of its section."""
        return self.bar == self.section.bars - 1


def place(recipe: Recipe, bar: int) -> Place:
    """The place of absolute bar `bar`, 0 or more.

    Behind the last section the form goes on with all sections that neither open nor close it.
    """
    sections = recipe.sections
    written = sum(section.bars for section in sections)
    if bar < written:
        index, inside = _walk(sections, bar)
        before = sections[:index]
        return Place(sections[index], index, _named(before, sections[index]), inside)
    body = _body(sections)
    turn, rest = divmod(bar - written, sum(section.bars for section in body))
    index, inside = _walk(body, rest)
    section = body[index]
    cycle = _named(sections, section) + turn * _named(body, section) + _named(body[:index], section)
    return Place(section, len(sections) + turn * len(body) + index, cycle, inside)


def first_bar(recipe: Recipe, bar: int) -> int:
    """The absolute bar in which the section of `bar` begins."""
    return bar - place(recipe, bar).bar


def _body(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    body = tuple(section for section in sections if section.name not in ("intro", "outro"))
    return body or sections


def _walk(sections: tuple[Section, ...], bar: int) -> tuple[int, int]:
    """Index of the section that holds `bar`, and the bar inside it."""
    for index, section in enumerate(sections):
        if bar < section.bars:
            return index, bar
        bar -= section.bars
    raise AssertionError("the bar lies behind the sections it was counted in")


def _named(sections: tuple[Section, ...], wanted: Section) -> int:
    return sum(section.name == wanted.name for section in sections)
