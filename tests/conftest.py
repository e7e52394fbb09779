"""What every test of the engine may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

from patchbay.packs import Catalogue
from tests.machine import Machine, load_pack, notes

# A loaded machine is no failure; CI tries the same examples every time, people's machines others.
hypothesis.settings.register_profile("patchbay", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("patchbay")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The nodes of `tests/pack`."""
    found = load_pack()
    assert not found.problems, [problem.message for problem in found.problems]
    return found


@pytest.fixture
def machine(tmp_path: Path, catalogue: Catalogue) -> Machine:
    """A cache, folders and the test nodes, all fresh."""
    notes().reset()
    return Machine(tmp_path, catalogue)
