"""`patchbay validate` and `patchbay convert`: a graph looked at without running it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from patchbay import documents, graph, workflow
from patchbay.commands import common
from patchbay.errors import FileError


def add(commands: Any) -> None:
    """Describes the arguments of both."""
    check: argparse.ArgumentParser = commands.add_parser(
        "validate",
        help="say everything that is wrong with a graph",
        description="Says everything that is wrong with a workflow or prompt, without running it. "
        "Exit codes: 0 it can run, 2 it cannot.",
    )
    check.add_argument("file", metavar="FILE", help="JSON or media with a graph; - reads stdin")
    common.add_json(check)
    common.add_packs(check)
    check.set_defaults(main=validate)
    change: argparse.ArgumentParser = commands.add_parser(
        "convert",
        help="turn a saved workflow into a prompt, or a prompt into a workflow",
        description="Turns a saved workflow into a prompt (what POST /prompt takes), or a prompt "
        "into a saved workflow with an automatic layout. Media files work too.",
    )
    change.add_argument("file", metavar="FILE", help="JSON or media with a graph; - reads stdin")
    change.add_argument("--to", choices=("prompt", "workflow"), help="default: the other form")
    change.add_argument("-o", "--out", metavar="FILE", help="write there instead of printing")
    common.add_packs(change)
    change.set_defaults(main=convert)


def validate(arguments: argparse.Namespace) -> int:
    """Prints the problems; the exit code."""
    catalogue = common.catalogue_of(arguments)
    document = documents.read(arguments.file, catalogue.specs)
    checked = graph.validate(document.prompt, catalogue.specs)
    named = {(problem.code, problem.node) for problem in document.problems}
    problems = [
        *document.problems,
        *(p for p in checked.problems if (p.code, p.node) not in named),
    ]
    if arguments.json:
        common.print_json({"valid": not problems, "problems": problems})
    elif problems:
        common.warn(f"{arguments.file}: {common.counted(len(problems), 'problem')}")
        common.print_problems(problems)
    else:
        nodes = common.counted(len(checked.graph.nodes), "node")
        print(f"{arguments.file} can run: {nodes}, of which {len(checked.sinks)} save or show")
    return common.WRONG if problems else common.DONE


def convert(arguments: argparse.Namespace) -> int:
    """Prints or writes the other form; the exit code."""
    catalogue = common.catalogue_of(arguments)
    document = documents.read(arguments.file, catalogue.specs)
    common.print_problems(document.problems)
    wanted = arguments.to or ("workflow" if document.workflow is None else "prompt")
    if wanted == "prompt":
        text = json.dumps(document.prompt, indent=2, ensure_ascii=False) + "\n"
    else:
        drawn = document.workflow or workflow.workflow_of(document.prompt, catalogue.specs)
        text = workflow.dumps(drawn)
    if arguments.out is None:
        print(text, end="")
        return common.WRONG if document.problems else common.DONE
    try:
        Path(arguments.out).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileError(f"{arguments.out}: {(error.strerror or str(error)).lower()}") from error
    return common.WRONG if document.problems else common.DONE
