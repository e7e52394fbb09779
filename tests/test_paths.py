"""Which file a name means: no name whatever leads out of its folder, or to anything but a file."""

from __future__ import annotations

import os
import socket
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchbay import names
from patchbay.api import paths
from patchbay.errors import FileError, InputError
from patchbay.files import Folders, claim, inside
from patchbay.names import Mention

LEADING_OUT = [
    "..",
    "../secret",
    "a/../../secret",
    "a/..",
    "..\\secret",
    "a\\..\\..\\secret",
    "a/..\\../secret",
    "/etc/passwd",
    "//server/share",
    "\\\\server\\share",
    "\\\\?\\C:\\x",
    "\\\\.\\pipe\\x",
    "\\x",
    "C:\\x",
    "c:/x",
    "C:x",
    "%2e%2e%2fsecret",
    "%2e%2e/secret",
    "..%5csecret",
    "%252e%252e%252fsecret",
    "%2fetc/passwd",
    "%5c%5cserver%5cshare",
    "%43:%5cx",
    "%25252525252525252525252e",
]
UNFIT = [
    ("a\x00b", "control character"),
    ("a\nb", "control character"),
    ("a\x7f", "control character"),
    ("a\x85b", "control character"),
    ("a.txt:b", "colon"),
    ("take.wav::$DATA", "colon"),
    ("a/b:c/d", "colon"),
    ("a.", "ends in a dot or a space"),
    ("a ", "ends in a dot or a space"),
    ("a. /b", "ends in a dot or a space"),
    (".. /b", "ends in a dot or a space"),
    ("...", "ends in a dot or a space"),
    ("x" * 256, "a part of 256 bytes"),
    ("é" * 128, "a part of 256 bytes"),
    ("a/" + "x" * 256 + "/b", "a part of 256 bytes"),
    ("\ud800", "not valid Unicode"),
    ("a/\udcff.wav", "not valid Unicode"),
    *[
        (name, "a device on Windows")
        for name in (
            "CON", "nul", "Prn.txt", "aux.tar.gz", "nul .txt", "COM1", "com9.wav", "LPT²",
            "a/con/b", "CONIN$", "conout$.txt",
        )
    ],
]  # fmt: skip
FINE = [
    "a", "a.wav", "a/b/c.wav", "ä/ö.wav", "a..b", "...a", "a b", "100%.wav", "50%25.wav", "con1",
    "console", "nulls.txt", "com10", "x" * 255, "é" * 127, "曲/曲.flac", "a\u202eb", ".hidden",
]  # fmt: skip


@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="leaves its folder"):
        inside(tmp_path, name)


@pytest.mark.parametrize(("name", "reason"), UNFIT)
def test_a_name_that_some_system_cannot_keep_is_refused(
    tmp_path: Path, name: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        inside(tmp_path, name)


@pytest.mark.parametrize("name", FINE)
def test_any_other_name_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    assert inside(tmp_path, name) == tmp_path / name


def test_a_backslash_parts_folders_as_a_slash_does(tmp_path: Path) -> None:
    assert inside(tmp_path, "a\\b\\c.wav") == tmp_path / "a" / "b" / "c.wav"


@pytest.mark.parametrize("name", ["", ".", "./", "a/./b", "a//b", "a/"])
def test_empty_parts_of_a_name_are_nothing(tmp_path: Path, name: str) -> None:
    assert inside(tmp_path, name) == tmp_path / name


def test_what_is_told_of_a_bad_name_can_be_sent_as_json(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        inside(tmp_path, "\ud800" + "x" * 5000)
    assert caught.value.message.encode().isascii()
    assert len(caught.value.message) < 200


# Letters that mean something to some system, and everything else.
NAMES = st.one_of(
    st.text(alphabet='./\\:%2eEfF5cC ~$*?"<>|\x00\n\u202e\ud800aZ\u2024\uff0e\uff0f', max_size=24),
    st.text(max_size=60),
    st.text(alphabet=st.characters(categories=("Cs", "Cc", "Zs", "Po"))),
    st.lists(st.sampled_from([*LEADING_OUT, *FINE, "..", ".", "", "~", "door"]), max_size=5).map(
        "/".join
    ),
    st.sampled_from(LEADING_OUT).map(quote),
)


@given(name=NAMES)
def test_no_name_whatever_leads_out(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    root = tmp_path_factory.getbasetemp() / "any" / "root"
    root.mkdir(parents=True, exist_ok=True)
    door = root / "door"
    if not door.is_symlink():
        door.symlink_to(root.parent)
    try:
        path = inside(root, name)
    except InputError:
        return
    assert path.resolve().is_relative_to(root.resolve())
    assert os.path.abspath(path) == os.path.normpath(path)
    assert os.path.commonpath([root, os.path.abspath(path)]) == str(root)
    parts = path.relative_to(root).parts
    assert ".." not in parts
    for part in parts:
        assert "\\" not in part
        assert ":" not in part
        assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in part)
        assert len(part.encode()) <= 255
        assert not part.endswith((".", " "))
    if not path.exists():  # and a file of that name can be made, just there
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        assert path.resolve().is_relative_to(root.resolve())
        path.unlink()


@given(prefix=NAMES)
def test_no_prefix_whatever_saves_elsewhere(
    tmp_path_factory: pytest.TempPathFactory, prefix: str
) -> None:
    home = tmp_path_factory.getbasetemp() / "saving"
    folders = Folders(home, home / "output", home / "temp")
    saved: list[Any] = []
    try:
        with folders.saving(prefix, ".txt", "texts", "output", saved.append) as path:
            path.write_text("x")
    except InputError:
        return
    found = folders.output / saved[0].name
    assert found.resolve().is_relative_to(folders.output.resolve())
    assert found.read_text() == "x"
    assert {entry.name for entry in home.iterdir()} <= {"output"}
    found.unlink()


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        (".", "__00001_.txt"),
        ("./", "__00001_.txt"),
        ("takes/.", "takes/__00001_.txt"),
        (".hidden", "_hidden_00001_.txt"),
        ("takes\\one", "takes/one_00001_.txt"),
        ("takes/one/", "takes/one_00001_.txt"),
        ("con", "con_00001_.txt"),
        ("Vol. 1.", "Vol. 1._00001_.txt"),
        ("a:b/c?d", "a_b/c_d_00001_.txt"),
        ("\ud800", "__00001_.txt"),
    ],
)
def test_a_prefix_names_a_file_that_can_be_looked_at(
    tmp_path: Path, prefix: str, name: str
) -> None:
    saved: list[Any] = []
    folders = Folders(tmp_path, tmp_path / "output", tmp_path / "temp")
    with folders.saving(prefix, ".txt", "texts", "output", saved.append) as path:
        path.write_text("x")
    assert saved[0].name == name
    assert (tmp_path / "output" / name).read_text() == "x"


# Links


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with links in and out of it, beside a secret."""
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    (root / "real" / "a.txt").write_text("a")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "key").write_text("secret")
    (root / "out").symlink_to(tmp_path / "secrets")
    (root / "key").symlink_to(tmp_path / "secrets" / "key")
    (root / "up").symlink_to("..")
    (root / "gone").symlink_to(tmp_path / "nothing")
    (root / "again").symlink_to("again")
    (root / "within").symlink_to("real")
    (root / "file").symlink_to("real/a.txt")
    return root


@pytest.mark.parametrize(
    "name", ["out", "out/key", "key", "up", "up/secrets/key", "gone", "out/new"]
)
def test_no_link_leads_out(root: Path, name: str) -> None:
    with pytest.raises(InputError, match="through a link"):
        inside(root, name)


@pytest.mark.parametrize("name", ["within/a.txt", "file", "real/a.txt"])
def test_a_link_that_stays_inside_is_followed(root: Path, name: str) -> None:
    with paths.open_file(root, inside(root, name)) as file:
        assert file.read() == b"a"


def test_links_in_a_circle_are_no_file(root: Path) -> None:
    with pytest.raises((InputError, OSError)):
        paths.open_file(root, inside(root, "again"))


def test_a_folder_that_is_a_link_itself_is_that_folder(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    with paths.open_file(tmp_path / "link", inside(tmp_path / "link", "real/a.txt")) as file:
        assert file.read() == b"a"


def test_a_link_that_is_put_there_after_the_decision_is_not_followed(
    root: Path, tmp_path: Path
) -> None:
    path = inside(root, "real/a.txt")
    path.unlink()
    path.symlink_to(tmp_path / "secrets" / "key")
    with pytest.raises(OSError, match="leads out"):
        paths.open_file(root, path)


@pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="opened by its path there")
@pytest.mark.parametrize("exchanged", ["real", "real/a.txt"])
def test_nor_is_one_put_there_while_it_is_opened(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanged: str
) -> None:
    """The folder, or the file, is exchanged for a link after it was resolved and before anything
    is opened."""
    (tmp_path / "secrets" / "a.txt").write_text("secret")
    path = inside(root, "real/a.txt")
    secret = tmp_path / "secrets" / Path(exchanged).relative_to("real")
    opened = os.open

    def exchange(*given: Any, **how: Any) -> int:
        if not (root / exchanged).is_symlink():
            (root / exchanged).rename(root / "moved")
            (root / exchanged).symlink_to(secret)
        return opened(*given, **how)

    monkeypatch.setattr(os, "supports_dir_fd", {*os.supports_dir_fd, exchange})
    monkeypatch.setattr(os, "open", exchange)
    with pytest.raises(OSError):  # noqa: PT011  # ELOOP or ENOTDIR, as the system likes
        paths.open_file(root, path).close()
    assert (root / "real" / "a.txt").read_text() == "secret"  # it was a link by then


# What is no plain file


def test_opening_a_pipe_or_a_folder_or_a_socket_does_not_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(".", os.O_RDONLY)
        try:
            os.chdir(tmp_path)  # the address of such a socket has to be short
            server.bind("socket")
        finally:
            os.chdir(here)
            os.close(here)
    for name in ("pipe", "folder", "socket", "nothing"):
        with pytest.raises(OSError):  # noqa: PT011
            paths.open_file(tmp_path, inside(tmp_path, name))


def test_no_descriptor_is_left_open_when_a_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a").mkdir()
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    for _ in range(20):
        for name in ("pipe", "a", "a/b/c"):
            with pytest.raises(OSError):  # noqa: PT011
                paths.open_file(tmp_path, tmp_path / name)
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0
    assert after == before


def test_a_node_does_not_wait_for_a_pipe_either(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    folders = Folders(tmp_path, tmp_path, tmp_path, confined=True)
    with pytest.raises(FileError, match="a device or a pipe"):
        folders.to_read("pipe")


# Mentions


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("a.wav", Mention("a.wav", None)),
        ("a.wav [output]", Mention("a.wav", "output")),
        ("a.wav [input]", Mention("a.wav", "input")),
        ("b/a [1].wav [temp]", Mention("b/a [1].wav", "temp")),
        ("a.wav [elsewhere]", Mention("a.wav [elsewhere]", None)),
        ("[output]", Mention("[output]", None)),
        ("a[output]", Mention("a[output]", None)),
        (" [output]", Mention(" [output]", None)),
        ("../a [output]", Mention("../a", "output")),
    ],
)
def test_a_file_may_be_mentioned_with_its_folder(text: str, mention: Mention) -> None:
    assert Mention.of(text) == mention


@pytest.mark.parametrize("confined", [False, True])
def test_a_node_reads_what_was_mentioned(tmp_path: Path, confined: bool) -> None:
    folders = Folders(tmp_path / "i", tmp_path / "o", tmp_path / "t", confined)
    for folder in (folders.input, folders.output, folders.temp):
        folder.mkdir()
        (folder / "a.wav").touch()
    assert folders.to_read("a.wav") == folders.input / "a.wav"
    assert folders.to_read("a.wav [input]") == folders.input / "a.wav"
    assert folders.to_read("a.wav [output]") == folders.output / "a.wav"
    assert folders.to_read("a.wav [temp]") == folders.temp / "a.wav"


@given(text=st.text())
def test_any_text_is_a_mention(text: str) -> None:
    mention = Mention.of(text)
    assert text.startswith(mention.name)
    assert (mention.folder is None) == (mention.name == text)


# Listing


def test_a_listing_has_what_can_be_asked_for_and_nothing_else(root: Path) -> None:
    (root / ".hidden").touch()
    (root / "a:b").touch()
    (root / "back\\slash").touch()
    (root / "line\nbreak").touch()
    os.mkfifo(root / "pipe")
    (root / "real" / "deep").mkdir()
    (root / "real" / "deep" / "z.txt").write_text("zz")
    with open(os.fsencode(root) + b"/\xff.txt", "wb"):
        pass
    found = paths.listing(root, deep=True)
    assert [(one.name, one.is_folder) for one in found] == [
        ("file", False),
        ("real", True),
        ("real/a.txt", False),
        ("real/deep", True),
        ("real/deep/z.txt", False),
        ("within", True),
    ]
    assert [one.size_bytes for one in found if not one.is_folder] == [1, 1, 2]
    for one in found:
        inside(root, one.name)
    assert [one.name for one in paths.listing(root, deep=False)] == ["file", "real", "within"]
    assert paths.listing(root / "nothing", deep=True) == []


def test_a_listing_ends_even_where_folders_do_not(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(60):
        deep = deep / "d"
        deep.mkdir()
    assert len(paths.listing(tmp_path, deep=True)) == 33


# Claiming a name


def test_a_claimed_name_is_never_taken_from_another(tmp_path: Path) -> None:
    (tmp_path / "part").write_text("mine")
    (tmp_path / "there").write_text("theirs")
    with pytest.raises(FileExistsError):
        claim(tmp_path / "part", tmp_path / "there")
    assert (tmp_path / "there").read_text() == "theirs"
    claim(tmp_path / "part", tmp_path / "free")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["free", "there"]


def test_a_name_is_claimed_without_hard_links_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object) -> None:
        raise PermissionError("no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "part").write_text("mine")
    (tmp_path / "there").write_text("theirs")
    with pytest.raises(FileExistsError):
        claim(tmp_path / "part", tmp_path / "there")
    claim(tmp_path / "part", tmp_path / "free")
    assert (tmp_path / "free").read_text() == "mine"
    with pytest.raises(FileNotFoundError):
        claim(tmp_path / "nothing", tmp_path / "other")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["free", "there"]


def test_names_are_told_apart_without_touching_the_disk() -> None:
    assert names.parts("a\\b//./c") == ["a", "b", "c"]
    assert names.folder_name("input") == "input"
    assert names.folder_name("../input") is None
