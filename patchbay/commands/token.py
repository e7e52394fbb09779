"""`patchbay token`: makes, lists and removes the tokens that callers of the server show."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from patchbay import configuration
from patchbay.api.roles import Role
from patchbay.api.tokens import Tokens
from patchbay.commands import common


def add(commands: Any) -> None:
    """Describes the arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "token",
        help="make, list or remove tokens for the server",
        description="Makes, lists or removes the tokens that callers from other machines need. A "
        "running server takes notice at once.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in (
        ("make", "make a token and print it; it cannot be shown again"),
        ("list", "the names and roles of all tokens"),
        ("remove", "end a token"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name != "list":
            action.add_argument("name", metavar="NAME", help="whose or what it is for")
        if name == "make":
            words = [role.word for role in Role]
            action.add_argument(
                "--role",
                choices=words,
                default=Role.RUN.word,
                help="view looks, run also queues and uploads, admin may do all (default: run)",
            )
        configuration.add_place(action)
        common.add_json(action)
        action.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Does it; the exit code."""
    given = {"user": arguments.user, "config": arguments.config}
    tokens = Tokens(configuration.read(given, os.environ).options.user_folder)
    if arguments.action == "list":
        _show(tokens, arguments.json)
    elif arguments.action == "remove":
        tokens.remove(arguments.name)
        if arguments.json:
            common.print_json({"removed": arguments.name})
    else:
        token = tokens.make(arguments.name, Role.named(arguments.role))
        if arguments.json:
            common.print_json({"name": arguments.name, "role": arguments.role, "token": token})
        else:
            # The token alone goes to standard output, so that a script can take it.
            print(token)
            print("keep it now: only its hash is stored", file=sys.stderr)
    return common.DONE


def _show(tokens: Tokens, as_json: bool) -> None:
    names = tokens.names()
    if as_json:
        common.print_json([{"name": name, "role": role.word} for name, role in names.items()])
        return
    for name, role in names.items():
        print(f"{role.word:6}{name}")
    if not names:
        print("no tokens: `patchbay token make NAME` makes one", file=sys.stderr)
