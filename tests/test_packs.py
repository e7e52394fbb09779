"""How packs are found and loaded: one bad file costs only its own nodes."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from patchbay import packs
from patchbay.errors import PackError
from patchbay.packs import Pack
from tests.machine import Machine, catalogue_of, entry, link

ROOT = Path(__file__).parent.parent

GOOD = """
from patchbay import node

@node
def good(value: int = 1) -> int:
    return value
"""


def write(folder: Path, **files: str) -> Path:
    """A pack with these files; `a__b` is `a/b`."""
    for name, text in files.items():
        path = folder.joinpath(*name.split("__", 1)).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return folder


def names(pack: Pack) -> list[str]:
    return [spec.name for spec in pack.specs]


def test_a_pack_is_a_folder_of_files_with_nodes(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", one=GOOD, two=GOOD.replace("good", "fine"))
    pack = packs.load(folder)
    assert (pack.name, pack.folder, pack.problems) == ("mine", folder, ())
    assert names(pack) == ["Good", "Fine"]
    assert {spec.pack for spec in pack.specs} == {"mine"}
    assert pack.specs[0].file == str(folder / "one.py")
    assert pack.specs[0].line == 4


def test_hidden_files_tests_and_folders_are_no_nodes(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", _shared=GOOD, test_one=GOOD, inner__deep=GOOD, one=GOOD)
    (folder / "notes.txt").write_text("no Python")
    assert names(packs.load(folder)) == ["Good"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"gone: there is no such folder"):
        packs.load(tmp_path / "gone")


BROKEN = {
    "a syntax error": ("def broken(:\n", 1, "SyntaxError"),
    "an import error": ("import os\nimport nowhere_to_be_found\n", 2, "nowhere_to_be_found"),
    "an error": ("\n\n1 / 0\n", 3, "ZeroDivisionError"),
    "an exit": ("import sys\nsys.exit(3)\n", 2, "SystemExit"),
    "bytes that are no text": ("x = '\x00'\n", None, "null bytes"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_costs_only_its_own_nodes(tmp_path: Path, what: str) -> None:
    text, line, part = BROKEN[what]
    folder = write(tmp_path / "mine", aaa=GOOD, zzz=GOOD.replace("good", "fine"))
    (folder / "broken.py").write_text(text)
    pack = packs.load(folder)
    assert names(pack) == ["Good", "Fine"]
    (problem,) = pack.problems
    assert problem.code == "bad_pack"
    assert part in problem.message
    if line is not None:
        assert problem.message.startswith(f"{folder / 'broken.py'}:{line}: ")
        assert problem.details == {"file": str(folder / "broken.py"), "line": line}


def test_a_mistake_in_a_helper_is_told_where_it_is(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "mine", one="from ._shared import x\n" + GOOD, _shared="x = 1\ny = 1 / 0\n"
    )
    (problem,) = packs.load(folder).problems
    assert problem.message.startswith(f"{folder / '_shared.py'}:2: ZeroDivisionError")


MISTAKES = {
    "a signature": "from patchbay import node\n@node\ndef bad(a) -> int: return 1\n",
    "an option": "from patchbay import node\n@node(colour=1)\ndef bad(a: int) -> int: return 1\n",
    "a class": "from patchbay import node\n@node\nclass Bad: pass\n",
    "a helper that is broken": (
        "from patchbay import node\n@node\ndef bad(a: int) -> int:\n"
        "    from ._shared import x\n    return x\n"
    ),
    "needs that is no function": (
        "from patchbay import node\n@node(needs=3)\ndef bad(a: int) -> int: return 1\n"
    ),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_node_with_a_mistake_costs_no_other(tmp_path: Path, what: str) -> None:
    folder = write(tmp_path / "mine", aaa=GOOD, bad=MISTAKES[what], _shared="def broken(:\n")
    pack = packs.load(folder)
    assert "Good" in names(pack)
    if what != "a helper that is broken":
        (problem,) = pack.problems
        assert str(folder / "bad.py") in problem.message


def test_the_other_nodes_of_a_file_with_a_mistake_work(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", one=GOOD + "\n@node\ndef bad(a) -> int:\n    return 1\n")
    pack = packs.load(folder)
    assert names(pack) == ["Good"]
    assert pack.problems[0].code == "bad_signature"


def test_a_second_node_of_one_name_is_told_of_and_not_taken(tmp_path: Path) -> None:
    first = write(tmp_path / "first", one=GOOD)
    second = write(tmp_path / "second", two=GOOD)
    catalogue = packs.load_all([first, second])
    assert catalogue.specs["Good"].file == str(first / "one.py")
    problem = next(p for p in catalogue.problems if "Good" in p.message)
    assert problem.message == (
        f"{second / 'two.py'}:4: node Good is already defined in {first / 'one.py'}:4: "
        "give it another name"
    )


def test_one_function_under_two_names_is_one_node(tmp_path: Path) -> None:
    pack = packs.load(write(tmp_path / "mine", one=GOOD + "\nalso = good\n"))
    assert names(pack) == ["Good"]


def test_an_imported_node_belongs_to_the_file_that_defines_it(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "mine",
        one=GOOD,
        two="from .one import good\n" + GOOD.replace("good", "fine"),
    )
    assert names(packs.load(folder)) == ["Good", "Fine"]


def test_a_node_is_found_by_its_former_name(tmp_path: Path) -> None:
    text = GOOD.replace("@node\n", '@node(aliases=("Old",))\n')
    catalogue = packs.load_all([write(tmp_path / "mine", one=text)])
    assert catalogue.specs["Old"] is catalogue.specs["Good"]
    assert [spec.name for spec in catalogue.nodes if spec.pack == "mine"] == ["Good"]


def test_a_former_name_hides_no_node(tmp_path: Path) -> None:
    text = GOOD.replace("@node\n", '@node(aliases=("Fine",))\n')
    folder = write(tmp_path / "mine", one=text, two=GOOD.replace("good", "fine"))
    assert packs.load_all([folder]).specs["Fine"].name == "Fine"


def test_packs_of_one_name_keep_apart(tmp_path: Path) -> None:
    one = write(tmp_path / "a" / "mine", one=GOOD)
    two = write(tmp_path / "b" / "mine", one=GOOD.replace("value\n", "value + 1\n"))
    runs = [packs.load(folder).specs[0].run for folder in (one, two)]
    assert [run(1) for run in runs] == [1, 2]


def test_a_pack_shadows_no_module(tmp_path: Path) -> None:
    folder = write(tmp_path / "numpy", json=GOOD, nodes=GOOD.replace("good", "fine"))
    assert len(packs.load(folder).specs) == 2
    assert "patchbay_packs" in sys.modules
    assert not str(sys.modules["json"].__file__).startswith(str(tmp_path))
    assert "nodes" not in sys.modules


def test_the_built_in_packs_are_loaded_like_any(tmp_path: Path) -> None:
    catalogue = packs.load_all()
    loaded = {pack.folder for pack in catalogue.packs}
    shipped = packs.shipped("nodes")
    assert loaded == {
        p.resolve() for p in shipped.iterdir() if p.is_dir() and p.name[0] not in "._"
    }


# Versions


def test_a_version_covers_the_file_and_what_it_imports(tmp_path: Path) -> None:
    files = {
        "one": "from ._a import x\n" + GOOD,
        "_a": "from . import _b\nfrom .deep.inner import y\nx = _b.z + y\n",
        "_b": "z = 1\n",
        "_c": "unused = 1\n",
        "deep__inner": "y = 2\n",
        "deep____init__": "",
    }
    version = version_of(write(tmp_path / "mine", **files))
    for name, text in files.items():
        write(tmp_path / "mine", **{name: text + "# edited\n"})
        changed = version_of(tmp_path / "mine") != version
        assert changed == (name != "_c"), name
        write(tmp_path / "mine", **{name: text})
    assert version_of(tmp_path / "mine") == version


def test_a_version_does_not_depend_on_where_the_pack_lies(tmp_path: Path) -> None:
    files = {"one": "from ._a import x\n" + GOOD, "_a": "x = 1\n"}
    there = version_of(write(tmp_path / "there", **files))
    assert version_of(write(tmp_path / "here", **files)) == there


def test_files_that_import_each_other_have_a_version(tmp_path: Path) -> None:
    files = {
        "_a": "from . import _b\n",
        "_b": "from . import _a\n",
        "one": "from . import _a\n" + GOOD,
    }
    assert version_of(write(tmp_path / "mine", **files))


def test_an_import_inside_a_function_counts(tmp_path: Path) -> None:
    lazily = GOOD.replace("    return", "    from ._a import x\n    return x +")
    folder = write(tmp_path / "mine", one=lazily, _a="x = 1\n")
    version = version_of(folder)
    write(folder, _a="x = 2\n")
    assert version_of(folder) != version


def version_of(folder: Path) -> str:
    return packs.Sources(folder).version(folder / "one.py")


PROGRAM = """
import sys
from pathlib import Path
from patchbay import packs
from tests.machine import Machine, catalogue_of, entry, link, load_pack
load_pack()
folder = Path(sys.argv[1])
machine = Machine(folder, catalogue_of(packs.load(folder / "mine")))
ran = machine.run({"n": entry("Good", value=3), "s": entry("Say", value=link("n"))})
"""
EDITED = {
    "one": """
        from patchbay import node
        from ._helper import scaled

        @node
        def good(value: int = 1) -> int:
            print("Good", flush=True)
            return scaled(value)
    """,
    "two": """
        from patchbay import node

        @node(sink=True)
        def say(value: int) -> int:
            print(value, flush=True)
            return value
    """,
    "_helper": "def scaled(value):\n    return value * 2\n",
    "_other": "nothing = 1\n",
}


@pytest.mark.slow
def test_editing_a_nodes_code_runs_it_again_and_what_truly_changes_after_it(
    tmp_path: Path,
) -> None:
    files = {name: textwrap.dedent(text) for name, text in EDITED.items()}
    write(tmp_path / "mine", **files)
    assert in_a_process(tmp_path) == ["Good", "6"]
    assert in_a_process(tmp_path) == []
    write(tmp_path / "mine", _other="nothing = 2  # edited\n")
    assert in_a_process(tmp_path) == []
    write(tmp_path / "mine", _helper="def scaled(value):\n    return value + value\n")
    assert in_a_process(tmp_path) == ["Good"]
    write(tmp_path / "mine", _helper="def scaled(value):\n    return value * 1000\n")
    assert in_a_process(tmp_path) == ["Good", "3000"]


def in_a_process(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_pack_that_is_loaded_again_after_an_edit_has_its_new_code(
    tmp_path: Path, machine: Machine
) -> None:
    """Or its old version: never the old code under the new version."""
    folder = write(tmp_path / "mine", one=GOOD)
    before = packs.load(folder).specs[0]
    write(folder, one=GOOD.replace("return value", "return value * 100"))
    after = packs.load(folder).specs[0]
    assert (after.run(1) == 100) == (after.version != before.version)
    shown = dataclasses.replace(machine.catalogue.specs["Show"])
    machine.catalogue = catalogue_of(Pack("mine", folder, (after, shown), ()))
    ran = machine.run({"n": entry("Good", value=1), "s": entry("Show", value=link("n"))})
    assert ran.value("s") == after.run(1)
