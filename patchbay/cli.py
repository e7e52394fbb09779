"""The `patchbay` command: reads arguments, hands over to a command, turns errors into sentences."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from patchbay import __version__
from patchbay.commands import cache, common, doctor, nodes, run, validate
from patchbay.errors import PatchbayError

_DESCRIPTION = """\
Node-graph workflows for music, speech, pictures and film: runs what was drawn, without a browser.
"""
_EPILOG = """\
`patchbay COMMAND --help` explains a command. `patchbay doctor` says what works on this machine.
Set PATCHBAY_DEBUG=1 to see where an error came from.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    arguments = _parser().parse_args(words)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="patchbay",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"patchbay {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (run, validate, nodes, cache, doctor):
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
