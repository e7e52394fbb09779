"""Lines of a report: what was measured, beside its peer, and whether the promise holds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """Prints as it goes; `failed` counts the promises that did not hold."""

    failed: int = 0
    lines: list[str] = field(default_factory=list)

    def heading(self, text: str) -> None:
        """Begins a part."""
        self._print(f"\n{text}")

    def fact(self, text: str) -> None:
        """A number without a promise."""
        self._print(f"    {text}")

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        """A promise: `value` is `limit` or less."""
        self._promise(value <= limit, f"{what}: {value:.3g} {unit} (at most {limit:g})")

    def at_least(self, what: str, value: float, limit: float, unit: str) -> None:
        """A promise: `value` is `limit` or more."""
        self._promise(value >= limit, f"{what}: {value:.3g} {unit} (at least {limit:g})")

    def _promise(self, holds: bool, text: str) -> None:
        self.failed += not holds
        self._print(f"{'  ✓' if holds else '  ✗'} {text}")

    def _print(self, text: str) -> None:
        self.lines.append(text)
        print(text, flush=True)
