"""Settings from the command line, the environment and a file, and what is said of wrong ones."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from patchbay import configuration
from patchbay.api.serving import Limits, Options
from patchbay.api.tokens import Tokens
from patchbay.assemble import Settings
from patchbay.commands import token
from patchbay.configuration import Configuration
from patchbay.errors import ConfigurationError, ConflictError, NotFoundError


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(tmp_path / "config"))
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path / "data"))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def read(tmp_path: Path, *words: str, file: str | None = None, **environ: str) -> Configuration:
    """The settings from these words, `PATCHBAY_…` variables and text of the default file."""
    if file is not None:
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / "patchbay.toml").write_text(file)
    parser = argparse.ArgumentParser()
    configuration.add_options(parser)
    variables = {f"PATCHBAY_{name.upper()}": value for name, value in environ.items()}
    return configuration.read(vars(parser.parse_args(words)), variables)


def problems(tmp_path: Path, *words: str, file: str | None = None, **environ: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, *words, file=file, **environ)
    found = list(caught.value.details["problems"])
    assert caught.value.message == "; ".join(found)
    return [problem.replace(str(tmp_path), "…") for problem in found]


def test_without_any_setting_the_server_is_on_loopback(tmp_path: Path) -> None:
    assert read(tmp_path) == Configuration(
        Settings(
            cache=tmp_path / "cache",
            input=tmp_path / "work" / "input",
            output=tmp_path / "work" / "output",
            limit="20G",
        ),
        Options(user_folder=tmp_path / "data", host="127.0.0.1", port=8188),
        packs=(),
        file=None,
    )


EVERYTHING = """\
host = "file.example"
port = 1
input = "in"
output = "/out"
cache = "cache"
cache_limit = "1G"
user = "user"
jobs = 1
packs = ["a", "/b"]
origins = ["https://file.example"]
hosts = ["file.example"]

[limits]
body_bytes = "32M"
upload_bytes = 5
json_depth = 10
nodes = 11
list_items = 12
pending_jobs = 13
sockets = 14
name_bytes = 15
"""


def test_everything_may_stand_in_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    assert read(tmp_path, file=EVERYTHING) == Configuration(
        Settings(folder / "cache", folder / "in", Path("/out"), "1G"),
        Options(
            user_folder=folder / "user",
            host="file.example",
            port=1,
            jobs_at_once=1,
            origins=("https://file.example",),
            hosts=("file.example",),
            limits=Limits(32 << 20, 5, 10, 11, 12, 13, 14, 15),
        ),
        packs=(folder / "a", Path("/b")),
        file=folder / "patchbay.toml",
    )


def test_the_documented_table_names_every_setting() -> None:
    text = configuration.__doc__ or ""
    parser = argparse.ArgumentParser()
    configuration.add_options(parser)
    for action in parser._actions:
        if action.dest not in ("help", "config"):
            assert f"| `--{action.dest.replace('_', '-')}` |" in text
    for key in configuration._KEYS:
        assert f"| `PATCHBAY_{key.upper()}` | `{key}` |" in text
    assert all(f"\n{field.name} = " in EVERYTHING for field in dataclasses.fields(Limits))


def test_the_environment_goes_before_the_file_and_words_before_both(tmp_path: Path) -> None:
    environ = {
        "host": "env.example", "port": "2", "input": "e-in", "output": "e-out",
        "cache": "e-cache", "cache_limit": "2G", "user": "e-user", "jobs": "2",
        "origins": "https://env.example, http://b.example", "hosts": "env.example,b.example",
        "packs": os.pathsep.join(["c", "d"]),
    }  # fmt: skip
    work = tmp_path / "work"
    found = read(tmp_path, file=EVERYTHING, **environ)
    assert found.settings == Settings(work / "e-cache", work / "e-in", work / "e-out", "2G")
    assert found.options == Options(
        user_folder=work / "e-user",
        host="env.example",
        port=2,
        jobs_at_once=2,
        origins=("https://env.example", "http://b.example"),
        hosts=("env.example", "b.example"),
        limits=found.options.limits,
    )
    words = [
        "--host=::1", "--port=3", "--input=w-in", "--output=w-out", "--cache=w-cache",
        "--cache-limit=3G", "--user=w-user", "--jobs=3", "--origins=https://w.example",
        "--hosts=w.example", "--hosts=x.example", "--packs=e", "--debug",
    ]  # fmt: skip
    found = read(tmp_path, *words, file=EVERYTHING, **environ)
    assert found.settings == Settings(work / "w-cache", work / "w-in", work / "w-out", "3G")
    assert found.options == Options(
        user_folder=work / "w-user",
        host="::1",
        port=3,
        jobs_at_once=3,
        debug=True,
        origins=("https://w.example",),
        hosts=("w.example", "x.example"),
        limits=found.options.limits,
    )
    packs = (tmp_path / "config" / "a", Path("/b"), work / "c", work / "d", work / "e")
    assert found.packs == packs


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, host="", port="", config="").options.port == 8188


def test_a_wrong_value_is_told_with_its_place(tmp_path: Path) -> None:
    port = "give a whole number from 0 to 65535"
    for text in ("", "x", "-1", "65536", "8188.0", "0x1", "٣", "1" * 30, "8_188"):
        if text:
            assert problems(tmp_path, port=text) == [f"PATCHBAY_PORT is {text!r}: {port}"]
        assert problems(tmp_path, f"--port={text}") == [f"--port is {text!r}: {port}"]
    for value, shown in (("true", "True"), ('"8188"', "'8188'"), ("1.5", "1.5"), ("[]", "[]")):
        assert problems(tmp_path, file=f"port = {value}") == [
            f"…/config/patchbay.toml: port is {shown!r}: {port}".replace('"', "")
        ]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = """\
hots = ["a.example"]
jobs = 0
host = "http://a.example:1"
packs = "a"
user = ""
input = 5
cache_limit = "much"
debug = true
[limits]
node = 5
sockets = 0
json_depth = "6"
body_bytes = "lots"
upload_bytes = true
"""
    where = "…/config/patchbay.toml"
    plain = "give a name or an address, without http:// and without a port"
    size = "write a number with K, M, G or T, such as 20G"
    whole = f"give a whole number from 1 to {1 << 50}"
    assert problems(tmp_path, "--origins=*", "--output=a\0b", file=file) == [
        f"{where}: hots is not a setting: do you mean hosts?",
        f"{where}: debug is not a setting: there are host, port, input, output, cache, "
        "cache_limit, user, jobs, packs, origins, hosts, limits",
        f"{where}: input is '5': give a text",
        "--output is 'a\\x00b': give a text",
        f"{where}: cache_limit is 'much': size 'much': {size}",
        f"{where}: user is '': give a text",
        f"{where}: host is 'http://a.example:1': {plain}",
        f"{where}: jobs is '0': give a whole number from 1 to 256",
        "--origins is '*': give the page's scheme, host and port, as https://a.example:8000",
        f"{where}: limits.node is not a setting: do you mean limits.nodes?",
        f"{where}: limits.body_bytes is 'lots': size 'lots': {size}",
        f"{where}: limits.upload_bytes is 'True': {whole}",
        f"{where}: limits.json_depth is '6': {whole}",
        f"{where}: limits.sockets is '0': {whole}",
        f'{where}: packs is \'a\': write a list, as ["a", "b"]',
    ]


def test_limits_are_a_table(tmp_path: Path) -> None:
    assert problems(tmp_path, file="limits = 5") == [
        "…/config/patchbay.toml: limits is a table: begin it with [limits]"
    ]


@pytest.mark.parametrize(
    "host", ["", "*", "a b", "a:1", "http://a", "a/b", "[::1]:1", "1.2.3.4:5", "a\n", ":::"]
)
def test_a_host_that_is_none_is_refused(tmp_path: Path, host: str) -> None:
    assert len(problems(tmp_path, f"--host={host}")) == 1


def test_a_host_may_be_a_name_or_an_address(tmp_path: Path) -> None:
    for host in ("localhost", "0.0.0.0", "::", "fd00::5", "box_1.example"):
        assert read(tmp_path, f"--host={host}").options.host == host
    assert read(tmp_path, "--host=[::1]").options.host == "::1"


def test_a_named_file_must_be_there_and_be_toml(tmp_path: Path) -> None:
    gone = tmp_path / "gone.toml"
    assert problems(tmp_path, f"--config={gone}") == [
        "…/gone.toml: there is no such file of settings"
    ]
    assert problems(tmp_path, config=str(gone)) == [
        "…/gone.toml: there is no such file of settings"
    ]
    (tmp_path / "bad.toml").write_bytes(b"port = \xff")
    assert problems(tmp_path, config=str(tmp_path / "bad.toml"))[0].startswith("…/bad.toml: ")
    (tmp_path / "bad.toml").write_text("port 5")
    assert "line 1" in problems(tmp_path, config=str(tmp_path / "bad.toml"))[0]
    assert "directory" in problems(tmp_path, config=str(tmp_path))[0]


def test_a_named_file_replaces_the_default_one(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("port = 5")
    (tmp_path / "other.toml").write_text("port = 6")
    own, other = str(tmp_path / "own.toml"), str(tmp_path / "other.toml")
    assert read(tmp_path, file="jobs = 9", config=own).options == Options(tmp_path / "data", port=5)
    found = read(tmp_path, f"--config={other}", config=own)
    assert (found.options.port, found.file) == (6, tmp_path / "other.toml")


def test_a_home_folder_may_be_written_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read(tmp_path, file='output = "~/out"').settings.output == tmp_path / "out"
    assert problems(tmp_path, "--output=~nobody-of-this-name/x") == [
        "--output is '~nobody-of-this-name/x': there is no such user's folder"
    ]


# `patchbay token`.


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    token.add(parser.add_subparsers())
    arguments = parser.parse_args(["token", *words])
    return int(arguments.main(arguments))


def out(capsys: pytest.CaptureFixture[str]) -> Any:
    return capsys.readouterr().out


def test_a_token_is_made_listed_and_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("list") == 0
    assert out(capsys) == ""
    assert command("make", "farm", "--role", "admin") == 0
    made = out(capsys).strip()
    assert Tokens(tmp_path / "data").role_of(made).__repr__() == "<Role.ADMIN: 3>"
    assert command("make", "guest") == 0
    capsys.readouterr()
    assert command("list") == 0
    assert out(capsys) == "admin farm\nrun   guest\n"
    with pytest.raises(ConflictError):
        command("make", "farm")
    assert command("remove", "farm") == 0
    assert Tokens(tmp_path / "data").role_of(made) is None
    with pytest.raises(NotFoundError):
        command("remove", "farm")


def test_the_token_command_speaks_json_and_takes_the_users_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user = str(tmp_path / "mine")
    assert command("make", "a", "--role=view", "--json", "--user", user) == 0
    made = json.loads(out(capsys))
    assert (made["name"], made["role"]) == ("a", "view")
    assert Tokens(tmp_path / "mine").role_of(made["token"]) is not None
    assert command("list", "--json", "--user", user) == 0
    assert json.loads(out(capsys)) == [{"name": "a", "role": "view"}]
    assert command("remove", "a", "--json", "--user", user) == 0
    assert json.loads(out(capsys)) == {"removed": "a"}
