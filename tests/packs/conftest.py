"""What tests of the built-in packs may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchbay.packs import Catalogue, load_all
from tests.machine import Machine, load_pack
from tests.packs.bench import Bench


@pytest.fixture(scope="session")
def builtin() -> Catalogue:
    """The built-in nodes, none of which may have a problem."""
    load_pack()  # the machine asks the test nodes what ran
    found = load_all()
    assert not found.problems, [problem.message for problem in found.problems]
    return found


@pytest.fixture
def bench(tmp_path: Path, builtin: Catalogue) -> Bench:
    """For calls of single nodes."""
    return Bench(tmp_path, builtin)


@pytest.fixture
def studio(tmp_path: Path, builtin: Catalogue) -> Machine:
    """For runs of whole graphs of built-in nodes."""
    return Machine(tmp_path, builtin)
