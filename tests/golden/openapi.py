"""`python -m tests.golden.openapi`: writes the OpenAPI document that the editor's client is made
from. Look at what git shows then."""

from __future__ import annotations

from pathlib import Path

from patchbay.api.v1.openapi import document
from patchbay.api.v1.routes import operations
from tests.golden.registry import text_of

FILE = Path(__file__).parent.parent.parent / "web" / "openapi.json"


def made() -> str:
    """The document as its file has it."""
    return text_of(document(operations()))


if __name__ == "__main__":
    FILE.write_text(made(), encoding="utf-8", newline="\n")
    print(FILE.name)
