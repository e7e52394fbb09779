"""The layers that a setting may come from, and the checks of what somebody wrote there."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from patchbay.errors import UsageError

_PREFIX = "PATCHBAY_"
T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Given:
    """A value as somebody wrote it, and where. In a file it has a type, elsewhere it is text."""

    value: Any
    where: str
    typed: bool = False


Judge = Callable[[Given], T]  # raises UsageError with what would be right


@dataclass(frozen=True)
class Layers:
    """Command line, environment and file, in this order. What is wrong is added to `problems`,
    and the default taken, so that all of it is found at once."""

    arguments: Mapping[str, Any]
    environ: Mapping[str, str]
    file: Path
    table: Mapping[str, Any]
    problems: list[str]

    def one(self, key: str, judge: Judge[T], default: T) -> T:
        """The setting from the first layer that has it."""
        for given in self._of(key):
            found = self.judged(given, judge)
            return default if found is None else found
        return default

    def many(
        self, key: str, judge: Judge[T], separator: str, *, joined: bool = False
    ) -> tuple[T, ...]:
        """A setting that is a list, from the first layer that has it; `joined`: from all, the
        last layer's first."""
        layers = list(self._of(key))
        found: list[T] = []
        for given in reversed(layers) if joined else layers[:1]:
            for item in self._items(given, separator):
                value = self.judged(item, judge)
                if value is not None:
                    found.append(value)
        return tuple(found)

    def judged(self, given: Given, judge: Judge[T]) -> T | None:
        try:
            return judge(given)
        except UsageError as error:
            self.problems.append(f"{given.where} is {str(given.value)[:200]!r}: {error.message}")
            return None

    def path(self, given: Given) -> Path:
        """A relative path begins at the file that it stands in, or else in the current folder."""
        try:
            path = Path(text(given)).expanduser()
        except RuntimeError as error:
            raise UsageError("there is no such user's folder") from error
        return self.file.parent / path if given.typed else path.absolute()

    def refuse_others(self, table: Mapping[str, Any], known: Iterable[str], prefix: str) -> None:
        """Adds a problem for each key that nobody knows, with the nearest one."""
        known = list(known)
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = (
                    f"do you mean {prefix}{near[0]}?" if near else f"there are {', '.join(known)}"
                )
                self.problems.append(f"{self.file}: {prefix}{key} is not a setting: {hint}")

    def _of(self, key: str) -> Iterator[Given]:
        if self.arguments.get(key) not in (None, []):
            yield Given(self.arguments[key], f"--{key.replace('_', '-')}")
        variable = _PREFIX + key.upper()
        if self.environ.get(variable):
            yield Given(self.environ[variable], variable)
        if key in self.table:
            yield Given(self.table[key], f"{self.file}: {key}", typed=True)

    def _items(self, given: Given, separator: str) -> list[Given]:
        values = given.value
        if isinstance(values, str) and not given.typed:
            values = [part.strip() for part in values.split(separator) if part.strip()]
        if not isinstance(values, (list, tuple)):
            self.problems.append(f'{given.where} is {values!r}: write a list, as ["a", "b"]')
            return []
        return [Given(value, given.where, given.typed) for value in values]


def text(given: Given) -> str:
    """A text that is not empty. Raises UsageError."""
    value = str(given.value) if isinstance(given.value, Path) else given.value
    if not isinstance(value, str) or not value or "\0" in value:
        raise UsageError("give a text")
    return value


def whole(given: Given, low: int, high: int) -> int:
    """A whole number between two. Raises UsageError."""
    value = given.value
    if isinstance(value, str) and not given.typed and value.strip().isascii():
        value = int(value) if value.strip().isdigit() and len(value) < 20 else None
    if type(value) is not int or not low <= value <= high:
        raise UsageError(f"give a whole number from {low} to {high}")
    return value
