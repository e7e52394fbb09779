"""`patchbay serve`: the server, until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading
from typing import Any

from aiohttp import web

from patchbay import configuration, hosting, packs
from patchbay.api import origins
from patchbay.api.app import make_app
from patchbay.api.log import Log
from patchbay.api.runner import Runner
from patchbay.api.serving import Options, Serving
from patchbay.commands import browser, common
from patchbay.configuration import Configuration
from patchbay.errors import ConfigurationError, UsageError

_GOODBYE_SECONDS = 3.0  # for requests that are being answered when the server stops
_BACKLOG = 1024
_FILES = 65_536  # to be open at once; most systems begin with 1,024
_DESCRIPTION = """\
Serves Patchbay: the editor, ComfyUI's protocol, Patchbay's own API (/docs). Stops with Ctrl-C: what
runs is put back into the queue, which is kept, and goes on with the next start.
"""


def add(commands: Any) -> None:
    """Describes the arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "serve", help="start the server", description=_DESCRIPTION
    )
    configuration.add_options(parser)
    parser.add_argument(
        "--open",
        nargs="?",
        const="",
        metavar="WORKFLOW",
        help="open the editor in the browser, on this workflow if one is named",
    )
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Serves; the exit code."""
    chosen = configuration.read(vars(arguments), os.environ, argv=sys.argv)
    opened = _query(arguments.open, chosen.options)
    log = _logging()
    catalogue = packs.load_all(chosen.packs)
    for problem in catalogue.problems:
        common.warn(problem.message)
    sockets = _listening(chosen.options)
    serving = hosting.build(chosen.settings, chosen.options, catalogue, log, common.warn)
    gc.collect()
    gc.freeze()  # what is there for good need not be looked through again and again
    try:
        hosting.run(_serve(serving, sockets, chosen, opened))
    finally:
        hosting.close(serving)
    _leave_behind()
    return common.DONE


async def _serve(
    serving: Serving,
    sockets: list[socket.socket],
    chosen: Configuration,
    opened: dict[str, str] | None,
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # on Windows Ctrl-C raises instead
            loop.add_signal_handler(number, stop.set)
    files = _most_files()
    backlog = min(_BACKLOG, files // 8)  # so many are accepted before any is looked at
    runner = Runner(
        make_app(serving),
        files - files // 4 - backlog,  # the rest is for the files that are read and written
        access_log=None,
        shutdown_timeout=_GOODBYE_SECONDS,
        handle_signals=False,
    )
    await runner.setup()
    try:
        for one in sockets:
            await web.SockSite(runner, one, backlog=backlog).start()
        address = _say_where(serving, sockets, chosen)
        if opened is not None:
            browser.show(address, opened)
        await stop.wait()
        common.warn("stopping: what runs is put back into the queue")
    finally:
        await runner.cleanup()


def _most_files() -> int:
    """How many files and connections may be open at once, after asking for as many as are allowed
    and make sense."""
    try:
        import resource
    except ImportError:  # Windows, where there is no such limit
        return _FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = _FILES if soft == resource.RLIM_INFINITY else soft
    allowed = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft < allowed:
        with contextlib.suppress(OSError, ValueError):  # macOS names no limit, but has one
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
            soft = allowed
    return min(soft, _FILES)


def _listening(options: Options) -> list[socket.socket]:
    """Sockets bound to every address that the host names. Raises ConfigurationError."""
    try:
        found = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise ConfigurationError(f"host {options.host!r} cannot be found: {error}") from error
    sockets: list[socket.socket] = []
    port = options.port
    for family, kind, protocol, _, address in dict.fromkeys(found):
        one = socket.socket(family, kind, protocol)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            one.bind((address[0], port, *address[2:]))
        except OSError as error:
            for other in (one, *sockets):
                other.close()
            raise ConfigurationError(
                f"port {options.port} of {options.host} cannot be used "
                f"({(error.strerror or str(error)).lower()}): choose another with --port"
            ) from error
        port = one.getsockname()[1]  # 0 means any, but the same for all addresses
        sockets.append(one)
    return sockets


def _query(name: str | None, options: Options) -> dict[str, str] | None:
    """What is to be opened, as the editor reads it from its address; None for nothing. Raises
    UsageError where there is no such workflow."""
    if not name:
        return None if name is None else {}
    file = name if name.endswith(".json") else f"{name}.json"
    saved = options.user_folder / "users" / "default" / "workflows"
    for source, folder in (("shipped", packs.shipped("workflows")), ("saved", saved)):
        if (folder / file).is_file():
            return {"workflow": f"{source}/{file}"}
    raise UsageError(f"there is no workflow {name!r} to open: name one that is shipped or saved")


def _say_where(serving: Serving, sockets: list[socket.socket], chosen: Configuration) -> str:
    """Tells the server's address, and gives that of its page."""
    port = sockets[0].getsockname()[1]
    host = chosen.options.host
    shown = origins.shown(host)
    waiting = len(serving.queue)
    common.warn(
        f"listening on http://{shown}:{port} · {len(serving.catalogue.specs)} nodes · output in "
        f"{serving.parts.folders.output}"
        + (f" · {common.counted(waiting, 'job')} taken up again" if waiting else "")
    )
    page = f"http://{shown}:{port}/"
    token = serving.access.first()
    if token is not None:
        common.warn(
            "this is the admin's token; it is shown this once and kept only as a hash: "
            f"{token}\n          open {page}?token={token}"
        )
        return f"{page}?token={token}"
    return page


def _logging() -> Log:
    log = Log()
    root = logging.getLogger()
    root.addHandler(log)
    root.setLevel(logging.INFO)
    for noisy in ("aiohttp.access", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return log


def _leave_behind() -> None:
    """Ends the process although a node that does not look at its context still runs: everything
    is closed, and Python would wait for its thread."""
    busy = [t for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]
    if busy:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(common.DONE)
