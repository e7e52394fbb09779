"""The settings of a server: the command line before the environment before a file.

| option | variable | key in the file | what it is | otherwise |
| --- | --- | --- | --- | --- |
| `--host` | `PATCHBAY_HOST` | `host` | the name or address to listen on | `127.0.0.1` |
| `--port` | `PATCHBAY_PORT` | `port` | 0 takes any free one | `8188` |
| `--input` | `PATCHBAY_INPUT` | `input` | where files to work on lie | `./input` |
| `--output` | `PATCHBAY_OUTPUT` | `output` | where made files go | `./output` |
| `--cache` | `PATCHBAY_CACHE` | `cache` | where results are kept | the user's cache folder |
| `--cache-limit` | `PATCHBAY_CACHE_LIMIT` | `cache_limit` | how much of them, as `20G` | `20G` |
| `--user` | `PATCHBAY_USER` | `user` | settings, workflows, tokens, jobs | the user's data folder |
| `--jobs` | `PATCHBAY_JOBS` | `jobs` | how many jobs run at once | `4` |
| `--packs` | `PATCHBAY_PACKS` | `packs` | folders of nodes, all of them together | none |
| `--origins` | `PATCHBAY_ORIGINS` | `origins` | pages elsewhere that may call | none |
| `--hosts` | `PATCHBAY_HOSTS` | `hosts` | other names of the server, as behind a proxy | none |
| `--debug` | | | tracebacks to clients | no |
| | | `[limits]` | each of `serving.Limits`; sizes as `32M` | as there |

The file is `patchbay.toml` in the user's configuration folder, or what `--config` or
`PATCHBAY_CONFIG` names. Its relative paths begin where it lies, the others in the current folder.
A variable separates paths as PATH does, and origins and hosts by commas.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from patchbay import assemble
from patchbay.api import origins
from patchbay.api.serving import Limits, Options
from patchbay.assemble import Settings
from patchbay.errors import ConfigurationError, UsageError
from patchbay.layers import Given, Layers, text, whole

_KEYS = (
    "host", "port", "input", "output", "cache", "cache_limit", "user", "jobs", "packs", "origins",
    "hosts",
)  # fmt: skip
_MOST_JOBS = 256
_MOST = 1 << 50


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings. `packs` are the folders from everywhere; `file` is the one that was read."""

    settings: Settings
    options: Options
    packs: tuple[Path, ...]
    file: Path | None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Describes the options of `patchbay serve`. Their values stay text: `read` judges them, so
    that a mistake is told in one way wherever it was made."""
    add_place(parser)
    for name, metavar, words in (
        ("host", "HOST", "listen on this name or address (default 127.0.0.1)"),
        ("port", "PORT", "listen on this port (default 8188; 0 takes any free one)"),
        ("input", "DIR", "where files to work on lie (default ./input)"),
        ("output", "DIR", "where made files go (default ./output)"),
        ("cache", "DIR", "where results are kept (otherwise the user's cache folder)"),
        ("cache-limit", "SIZE", f"how much of them to keep (default {assemble.DEFAULT_LIMIT})"),
        ("jobs", "N", "how many jobs run at once (default 4)"),
    ):
        parser.add_argument(f"--{name}", metavar=metavar, help=words)
    for name, metavar, words in (
        ("packs", "DIR", "also load the nodes in this folder; only name code that you trust"),
        ("origins", "URL", "a page elsewhere that may call, such as https://a.example"),
        ("hosts", "NAME", "another name of this server, as behind a proxy"),
    ):
        parser.add_argument(f"--{name}", metavar=metavar, action="append", help=words)
    parser.add_argument("--debug", action="store_true", help="send tracebacks to clients")


def add_place(parser: argparse.ArgumentParser) -> None:
    """Describes the options that say where settings and the user's folder are."""
    parser.add_argument("--config", metavar="FILE", help="read settings from this file")
    parser.add_argument(
        "--user", metavar="DIR", help="settings, workflows, tokens, jobs (the user's data folder)"
    )


def read(
    arguments: Mapping[str, Any],
    environ: Mapping[str, str],
    default_file: Path | None = None,
    argv: Iterable[str] = (),
) -> Configuration:
    """The settings from everywhere. Raises ConfigurationError, which lists all that is wrong.

    `arguments` are by the names of `add_options`; None and what is missing was not given.
    """
    problems: list[str] = []
    file, table = _table(arguments, environ, default_file, problems)
    layers = Layers(arguments, environ, file, table, problems)
    layers.refuse_others(table, [*_KEYS, "limits"], "")
    cache = platformdirs.user_cache_dir("patchbay", appauthor=False)
    user = platformdirs.user_data_dir("patchbay", appauthor=False)
    found = Configuration(
        settings=Settings(
            cache=layers.one("cache", layers.path, Path(cache)),
            input=layers.one("input", layers.path, Path("input").absolute()),
            output=layers.one("output", layers.path, Path("output").absolute()),
            limit=layers.one("cache_limit", _size_text, assemble.DEFAULT_LIMIT),
        ),
        options=Options(
            user_folder=layers.one("user", layers.path, Path(user)),
            host=layers.one("host", _host, "127.0.0.1"),
            port=layers.one("port", lambda given: whole(given, 0, 65_535), 8188),
            jobs_at_once=layers.one("jobs", lambda given: whole(given, 1, _MOST_JOBS), 4),
            debug=bool(arguments.get("debug")),
            origins=layers.many("origins", _origin, ","),
            hosts=layers.many("hosts", _host, ","),
            limits=_limits(layers, table.get("limits", {})),
            argv=tuple(argv),
        ),
        packs=layers.many("packs", layers.path, os.pathsep, joined=True),
        file=file if file.is_file() else None,
    )
    if problems:
        raise ConfigurationError("; ".join(problems), problems=problems)
    return found


def _table(
    arguments: Mapping[str, Any],
    environ: Mapping[str, str],
    default_file: Path | None,
    problems: list[str],
) -> tuple[Path, dict[str, Any]]:
    """The file of settings and what is in it; a named one must be there."""
    named = arguments.get("config") or environ.get("PATCHBAY_CONFIG")
    folder = Path(platformdirs.user_config_dir("patchbay", appauthor=False))
    file = Path(named).expanduser() if named else default_file or folder / "patchbay.toml"
    file = file.absolute()
    try:
        return file, tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if named:
            problems.append(f"{file}: there is no such file of settings")
    except (OSError, ValueError) as error:
        problems.append(f"{file}: {error}")
    return file, {}


def _limits(layers: Layers, table: Any) -> Limits:
    names = [field.name for field in dataclasses.fields(Limits)]
    if not isinstance(table, dict):
        layers.problems.append(f"{layers.file}: limits is a table: begin it with [limits]")
        return Limits()
    layers.refuse_others(table, names, "limits.")
    found: dict[str, int] = {}
    for name in names:
        if name in table:
            given = Given(table[name], f"{layers.file}: limits.{name}", typed=True)
            value = layers.judged(given, _size if name.endswith("_bytes") else _count)
            if value is not None:
                found[name] = value
    return Limits(**found)


def _count(given: Given) -> int:
    return whole(given, 1, _MOST)


def _size(given: Given) -> int:
    """A number of bytes, also as text such as 32M."""
    if isinstance(given.value, str):
        given = dataclasses.replace(given, value=assemble.size_of(text(given)))
    return whole(given, 1, _MOST)


def _size_text(given: Given) -> str:
    if given.typed and type(given.value) is int and given.value >= 0:
        return str(given.value)
    assemble.size_of(text(given))
    return str(given.value)


def _host(given: Given) -> str:
    host = text(given)
    if not origins.is_host(host):
        raise UsageError("give a name or an address, without http:// and without a port")
    return host.strip("[]")


def _origin(given: Given) -> str:
    origin = text(given).rstrip("/")
    if not origins.is_origin(origin):
        raise UsageError("give the page's scheme, host and port, as https://a.example:8000")
    return origin
