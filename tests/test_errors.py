"""The registry of codes, both ways: what is raised is listed, and what is listed is raised."""

from __future__ import annotations

import ast
from pathlib import Path

from patchbay import errors
from patchbay.errors import CODES, PatchbayError

ROOT = Path(__file__).parent.parent


def codes_in_problems() -> set[str]:
    """The texts in the first argument of every `Problem(…)` and of what makes one."""
    found: set[str] = set()
    for path in (ROOT / "patchbay").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Problem", "_add"):
                found |= texts(node.args[0])
    return found


def texts(expression: ast.expr) -> set[str]:
    if isinstance(expression, ast.IfExp):
        return texts(expression.body) | texts(expression.orelse)
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return {expression.value}
    return set()


def codes_of_errors() -> list[str]:
    classes = [thing for thing in vars(errors).values() if isinstance(thing, type)]
    return [cls.code for cls in classes if issubclass(cls, PatchbayError)]


def test_every_code_is_listed_and_every_listed_code_is_used() -> None:
    assert codes_in_problems() | set(codes_of_errors()) == set(CODES)


def test_every_error_has_a_code_of_its_own() -> None:
    codes = codes_of_errors()
    assert len(codes) == len(set(codes))


def test_the_documentation_lists_every_code_with_its_meaning() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for code, meaning in CODES.items():
        assert f"| `{code}` | {meaning} |" in page
