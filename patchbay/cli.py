"""The `patchbay` command: reads arguments, hands over to a command, turns errors into sentences."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from patchbay import __version__
from patchbay.commands import common
from patchbay.errors import PatchbayError

# Each command with the module that describes it: only the one that is asked for is loaded, since
# the server's libraries would cost every other command a third of its time.
_COMMANDS = {
    "serve": "serve",
    "run": "run",
    "validate": "validate",
    "convert": "validate",
    "nodes": "nodes",
    "cache": "cache",
    "token": "token",
    "doctor": "doctor",
}

_DESCRIPTION = """\
Node-graph workflows for music, speech, pictures and film: runs what was drawn, without a browser.
"""
_EPILOG = """\
`patchbay COMMAND --help` explains a command. `patchbay doctor` says what works on this machine.
Set PATCHBAY_DEBUG=1 to see where an error came from.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    words = sys.argv[1:] if words is None else words
    arguments = _parser(_modules(words)).parse_args(words)
    try:
        return int(arguments.main(arguments))
    except PatchbayError as error:
        if os.environ.get("PATCHBAY_DEBUG"):
            raise
        common.warn(error.message)
        return common.WRONG
    except KeyboardInterrupt:
        return common.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return common.DONE


def _modules(words: Sequence[str]) -> list[str]:
    """The modules whose commands these words may mean."""
    first = words[0] if words else ""
    return [_COMMANDS[first]] if first in _COMMANDS else list(dict.fromkeys(_COMMANDS.values()))


def _parser(modules: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="patchbay",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"patchbay {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in modules:
        importlib.import_module(f"patchbay.commands.{name}").add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
