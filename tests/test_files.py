"""Where nodes may read and write, and how a file comes to be whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from patchbay.errors import FileError, InputError, OutputError
from patchbay.files import Folders, inside
from patchbay.types import SavedFile
from tests.machine import Machine, entry, link, notes


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    (tmp_path / "input").mkdir()
    return Folders(tmp_path / "input", tmp_path / "output", tmp_path / "temp")


def save(folders: Folders, prefix: str, text: str = "text", suffix: str = ".txt") -> SavedFile:
    saved: list[SavedFile] = []
    with folders.saving(prefix, suffix, "texts", "output", saved.append) as path:
        path.write_text(text)
    (file,) = saved
    return file


# Reading


def test_a_file_is_found_in_the_input_folder_or_anywhere(folders: Folders, tmp_path: Path) -> None:
    (folders.input / "a.txt").touch()
    assert folders.to_read("a.txt") == folders.input / "a.txt"
    assert folders.to_read(str(tmp_path / "input" / "a.txt")) == folders.input / "a.txt"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("", "no file is named"),
        ("  ", "no file is named"),
        ("gone.txt", "file 'gone.txt' is not there: looked for"),
        ("folder", "is a folder: name a file in it"),
        ("a\x00b", "a\\x00b"),
        ("x" * 5_000, "xxx"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_to_be_so(
    folders: Folders, name: str, part: str
) -> None:
    (folders.input / "folder").mkdir()
    with pytest.raises((FileError, InputError)) as caught:
        folders.to_read(name)
    assert part in caught.value.message


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../secret", "..\\secret"])
def test_over_a_network_nobody_reads_outside_the_input_folder(folders: Folders, name: str) -> None:
    confined = Folders(folders.input, folders.output, folders.temp, confined=True)
    with pytest.raises((InputError, FileError)):
        confined.to_read(name)


def test_a_link_does_not_lead_out_of_the_input_folder(folders: Folders, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (folders.input / "door").symlink_to(tmp_path / "secret")
    confined = Folders(folders.input, folders.output, folders.temp, confined=True)
    with pytest.raises(InputError, match="through a link"):
        confined.to_read("door")


# Writing


def test_a_saved_file_gets_the_next_number(folders: Folders) -> None:
    assert [save(folders, "take").name for _ in range(3)] == [
        "take_00001_.txt", "take_00002_.txt", "take_00003_.txt",
    ]  # fmt: skip


def test_no_file_is_ever_replaced(folders: Folders) -> None:
    save(folders, "take", "first")
    (folders.output / "take_00002_.txt").write_text("somebody else's")
    save(folders, "take", "second")
    assert {p.name: p.read_text() for p in folders.output.iterdir()} == {
        "take_00001_.txt": "first",
        "take_00002_.txt": "somebody else's",
        "take_00003_.txt": "second",
    }


def test_a_deleted_file_gives_its_number_to_nobody_while_later_ones_are_there(
    folders: Folders,
) -> None:
    for _ in range(3):
        save(folders, "take")
    (folders.output / "take_00002_.txt").unlink()
    assert save(folders, "take").name == "take_00004_.txt"


def test_each_prefix_and_suffix_counts_for_itself(folders: Folders) -> None:
    save(folders, "take")
    assert save(folders, "take", suffix=".wav").name == "take_00001_.wav"
    assert save(folders, "take_00001_").name == "take_00001__00001_.txt"
    assert save(folders, "ta").name == "ta_00001_.txt"
    assert save(folders, "t.ke").name == "t.ke_00001_.txt"


def test_a_prefix_may_name_a_folder_and_the_date(folders: Folders) -> None:
    file = save(folders, "takes/%year%/piano")
    year = file.name.split("/")[1]
    assert year.isdigit()
    assert len(year) == 4
    assert file.name == f"takes/{year}/piano_00001_.txt"
    assert (folders.output / file.name).read_text() == "text"


def test_a_saved_file_is_listed_with_its_size_and_kind(folders: Folders) -> None:
    assert save(folders, "take", "12345") == SavedFile("output", "take_00001_.txt", 5, "texts")
    assert folders.holds(SavedFile("output", "take_00001_.txt", 5, "texts"))
    assert not folders.holds(SavedFile("output", "take_00001_.txt", 4, "texts"))
    assert not folders.holds(SavedFile("output", "other", 5, "texts"))


@pytest.mark.parametrize("prefix", ["../out", "/etc/out", "a/../../out", "..\\out", "a\x00b"])
def test_nothing_is_saved_outside_its_folder(folders: Folders, prefix: str) -> None:
    with pytest.raises(InputError):
        save(folders, prefix)
    assert not list(folders.output.parent.rglob("*out_*"))


def test_nothing_is_saved_through_a_link_out_of_its_folder(
    folders: Folders, tmp_path: Path
) -> None:
    folders.output.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folders.output / "door").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="through a link"):
        save(folders, "door/out")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("", "patchbay_00001_.txt"),
        ("  ", "patchbay_00001_.txt"),
        ('a:b*c?"d<e>f|g', "a_b_c__d_e_f_g_00001_.txt"),
        ("é", "é_00001_.txt"),
        ("x" * 300, "x" * 180 + "_00001_.txt"),
        ("é" * 300, "é" * 90 + "_00001_.txt"),
    ],
)
def test_any_text_makes_a_name_that_every_disk_takes(
    folders: Folders, prefix: str, name: str
) -> None:
    assert save(folders, prefix).name == name


def test_a_failure_while_saving_leaves_nothing(folders: Folders) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("the pen broke")

    with (
        pytest.raises(RuntimeError, match="pen"),
        folders.saving("take", ".txt", "texts", "output", pytest.fail) as path,
    ):
        fail(path)
    assert list(folders.output.iterdir()) == []


def test_what_a_killed_process_left_unfinished_is_removed(folders: Folders) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    folders.output.mkdir(parents=True, exist_ok=True)
    left = folders.output / f".take.{gone.pid}-12345.txt"
    at_work = folders.output / f".take.{os.getpid()}-12345.txt"
    for path in (left, at_work):
        path.write_text("half")
    save(folders, "take")
    assert not left.exists()
    assert at_work.exists()


def test_a_block_that_writes_nothing_is_told(folders: Folders) -> None:
    with (
        pytest.raises(OutputError, match="output folder"),
        folders.saving("take", ".txt", "texts", "output", pytest.fail),
    ):
        pass


def test_a_folder_that_cannot_be_made_is_told_with_a_remedy(folders: Folders) -> None:
    folders.output.write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="choose another with --output"):
        save(folders, "take")


def test_a_file_is_hidden_until_it_is_whole(machine: Machine) -> None:
    prompt = {"s": entry("SaveSlowly", text="whole")}
    seen: list[list[str]] = []

    def look() -> None:
        assert notes().gate("paused").wait(60)
        seen.append([name for name in machine.outputs() if not name.startswith(".")])
        notes().gate("gate").set()

    looking = threading.Thread(target=look)
    looking.start()
    machine.run(prompt)
    looking.join()
    assert seen == [[]]
    assert machine.outputs() == ["slow_00001_.txt"]
    assert (machine.folders.output / "slow_00001_.txt").read_text() == "whole"


def test_threads_that_save_at_once_get_numbers_of_their_own(folders: Folders) -> None:
    saved: list[str] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait(60)
        saved.extend(save(folders, "take").name for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(saved)) == 80
    assert len(os.listdir(folders.output)) == 80


@pytest.mark.parametrize("name", ["a", "a/b", "a/./b", "ä", "a..b", "...a"])
def test_plain_names_lie_inside(tmp_path: Path, name: str) -> None:
    assert inside(tmp_path, name) == tmp_path / name


# As nodes see it


def test_a_sink_is_not_run_again_while_its_file_is_there(machine: Machine) -> None:
    prompt = {"n": entry("Number", value=4), "s": entry("SaveText", text=link("n"))}
    first = machine.run(prompt)
    assert machine.outputs() == ["note_00001_.txt"]
    second = machine.run(prompt)
    assert second.calls == []
    assert second.outcome.files == first.outcome.files
    assert machine.outputs() == ["note_00001_.txt"]


def test_a_file_that_was_removed_is_saved_again(machine: Machine) -> None:
    prompt = {"n": entry("Number", value=4), "s": entry("SaveText", text=link("n"))}
    machine.run(prompt)
    (machine.folders.output / "note_00001_.txt").unlink()
    ran = machine.run(prompt)
    assert ran.calls == ["SaveText(4)"]
    assert machine.outputs() == ["note_00001_.txt"]


def test_a_file_that_was_changed_is_saved_anew_and_left_alone(machine: Machine) -> None:
    prompt = {"n": entry("Number", value=4), "s": entry("SaveText", text=link("n"))}
    machine.run(prompt)
    (machine.folders.output / "note_00001_.txt").write_text("edited by hand")
    assert machine.run(prompt).calls == ["SaveText(4)"]
    assert machine.outputs() == ["note_00001_.txt", "note_00002_.txt"]


def test_what_a_sink_saved_is_shown(machine: Machine) -> None:
    ran = machine.run({"s": entry("SaveText", text="x", prefix="takes/a")})
    assert ran.outcome.outputs == {
        "s": {
            "texts": [{"filename": "a_00001_.txt", "subfolder": "takes", "type": "output"}],
        }
    }


def test_only_a_sink_writes_to_the_output_folder(machine: Machine) -> None:
    prompt = {"p": entry("SaveInPassing", value=1), "s": entry("Show", value=link("p"))}
    ran = machine.run(prompt)
    assert "only a node declared with sink=True" in ran.messages[0]
    assert machine.outputs() == []
    prompt["p"] = entry("SaveInPassing", value=1, folder="temp")
    ran = machine.run(prompt)
    assert ran.status == "done"
    assert [file.folder for file in ran.outcome.files] == ["temp"]


def test_a_sink_that_fails_in_the_middle_leaves_no_file(machine: Machine) -> None:
    ran = machine.run({"s": entry("SaveHalf", text="x")})
    assert ran.messages == ["RuntimeError: the pen broke"]
    assert machine.outputs() == []


def test_an_output_folder_that_cannot_be_written_has_a_remedy(machine: Machine) -> None:
    machine.folders.output.write_text("a file")
    ran = machine.run({"s": entry("SaveText", text="x")})
    assert ran.outcome.problems[0].code == "bad_output"
    assert "--output" in ran.messages[0]
