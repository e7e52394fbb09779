"""`patchbay run`: runs a graph to its end and says what came of it."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from patchbay import assemble, display, documents, graph, workflow
from patchbay.commands import common
from patchbay.documents import Document
from patchbay.errors import UsageError
from patchbay.estimates import Estimates
from patchbay.events import Listener
from patchbay.parts import Parts
from patchbay.run import Run
from patchbay.types import Graph, Job, JobId, NodeId, Outcome, Problem

_HELP = """\
Runs a saved workflow, a prompt, or a sound, picture or film that carries one.

What was computed before is taken from the cache; --explain says for each node why it ran or not.
Exit codes: 0 done, 1 a node failed, 2 the graph or the arguments are wrong, 130 interrupted.
"""
_EXAMPLES = """\
examples:
  patchbay run workflows/lofi-tape.json
  patchbay run tape.json --set "Planner.text=rain on a tin roof" --set 5.seconds=120
  patchbay run tape.json --target Continue --explain
  patchbay run output/tape_00001_.flac --output again
"""


def add(commands: Any) -> None:
    """Describes the arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "run",
        help="run a workflow and keep what it makes",
        description=_HELP,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE", help="JSON or media with a graph; - reads stdin")
    parser.add_argument(
        "--set",
        metavar="NODE.INPUT=VALUE",
        action="append",
        default=[],
        help="set an input; NODE is an id, a title or a class, VALUE is JSON or plain text",
    )
    parser.add_argument(
        "--target",
        metavar="NODE",
        action="append",
        default=[],
        help="run only what this node needs, and it (default: every node that saves or shows)",
    )
    parser.add_argument("--output", metavar="DIR", type=Path, help="for files (default: ./output)")
    parser.add_argument("--input", metavar="DIR", type=Path, help="where relative paths begin")
    common.add_cache(parser)
    parser.add_argument(
        "--cache-limit", metavar="SIZE", help=f"such as 500M (default: {assemble.DEFAULT_LIMIT})"
    )
    parser.add_argument("--no-cache", action="store_true", help="compute everything, keep nothing")
    parser.add_argument("--explain", action="store_true", help="say why each node ran or did not")
    parser.add_argument("--quiet", action="store_true", help="show nothing but the files made")
    common.add_json(parser)
    common.add_packs(parser)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Runs the graph; the exit code."""
    catalogue = common.catalogue_of(arguments)
    document = documents.read(arguments.file, catalogue.specs)
    prompt = with_settings(document.prompt, arguments.set)
    checked = graph.validate(prompt, catalogue.specs)
    problems = [*document.problems, *_not_repeated(checked.problems, document.problems)]
    targets = tuple(_node_named(prompt, name) for name in arguments.target)
    if targets:
        problems = [problem for problem in problems if problem.code != "no_sink"]
    if problems:
        _refuse(arguments, problems)
        return common.WRONG
    drawn = document.workflow
    if drawn is not None and arguments.set:
        drawn = workflow.redrawn(prompt, catalogue.specs, drawn)
    document = replace(document, prompt=prompt, workflow=drawn)
    with _store_settings(arguments) as settings:
        store = assemble.open_store(settings, common.warn)
        try:
            parts = assemble.parts_for(settings, store, catalogue)
            job = _job(checked.graph, targets, document)
            estimates = Estimates(store.records)
            board = display.Board(checked.graph, estimates.of_node)
            outcome = asyncio.run(_go(job, parts, arguments, board))
            if arguments.json:
                common.print_json(_summary(outcome, board, parts))
            else:
                _print_outcome(outcome, board, parts, arguments)
        finally:
            store.close()
    codes = {"done": common.DONE, "failed": common.FAILED, "cancelled": common.INTERRUPTED}
    return codes[outcome.status]


def with_settings(prompt: Mapping[str, Any], settings: Sequence[str]) -> dict[str, Any]:
    """The prompt with inputs set as `NODE.INPUT=VALUE` says. Raises UsageError."""
    changed = {id_: dict(node) for id_, node in prompt.items() if isinstance(node, Mapping)}
    for setting in settings:
        place, equals, text = setting.partition("=")
        node, dot, name = place.rpartition(".")
        if not equals or not dot or not name:
            raise UsageError(f"--set {setting!r}: write NODE.INPUT=VALUE, such as 5.seconds=120")
        entry = changed[_node_named(prompt, node)]
        entry["inputs"] = {**(entry.get("inputs") or {}), name: _value(text)}
    return changed


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return {"__value__": value} if isinstance(value, list) else value


def _node_named(prompt: Mapping[str, Any], name: str) -> NodeId:
    """The node with this id, else the only one with this title, else of this class."""
    if name in prompt:
        return NodeId(name)
    titled = [id_ for id_, node in prompt.items() if (node.get("_meta") or {}).get("title") == name]
    found = titled or [id_ for id_, node in prompt.items() if node.get("class_type") == name]
    if len(found) == 1:
        return NodeId(found[0])
    if found:
        raise UsageError(f"several nodes are called {name!r}: name one by its id, of {found}")
    known = [f"{id_} {(node.get('_meta') or {}).get('title', '')}" for id_, node in prompt.items()]
    raise UsageError(f"there is no node {name!r}: the graph has {', '.join(known[:20])}")


def _not_repeated(problems: Sequence[Problem], before: Sequence[Problem]) -> list[Problem]:
    """An unknown node of a saved workflow is named once, with the packs it says it is from."""
    named = {(problem.code, problem.node) for problem in before}
    return [problem for problem in problems if (problem.code, problem.node) not in named]


def _refuse(arguments: argparse.Namespace, problems: Sequence[Problem]) -> None:
    if arguments.json:
        common.print_json({"status": "invalid", "problems": problems})
        return
    common.warn(f"{arguments.file} cannot run: {common.counted(len(problems), 'problem')}")
    common.print_problems(problems)


@contextlib.contextmanager
def _store_settings(arguments: argparse.Namespace) -> Iterator[assemble.Settings]:
    """The settings; with --no-cache the cache is a folder that goes when the run ends."""
    settings = common.settings_of(arguments)
    if not arguments.no_cache:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="patchbay-", ignore_cleanup_errors=True) as folder:
        yield replace(settings, cache=Path(folder))


def _job(checked: Graph, targets: tuple[NodeId, ...], document: Document) -> Job:
    extra = {"prompt": document.prompt, "workflow": document.workflow}
    return Job(JobId(uuid.uuid4().hex), 0, checked, targets, extra=extra)


async def _go(
    job: Job, parts: Parts, arguments: argparse.Namespace, board: display.Board
) -> Outcome:
    silent = arguments.quiet or arguments.json
    shown = None if silent else display.chosen(board)
    listeners: tuple[Listener, ...] = (shown,) if shown else (_into(board),)
    run = Run(job, parts, listeners=listeners, explaining=arguments.explain)
    loop = asyncio.get_running_loop()
    for wish in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C ends it at once
            loop.add_signal_handler(wish, run.cancel)
    try:
        return await run.go()
    finally:
        if shown is not None:
            shown.close()
        await parts.executor.close()


def _into(board: display.Board) -> Listener:
    def listen(event: Any) -> None:
        board.take(event)

    return listen


def _summary(outcome: Outcome, board: display.Board, parts: Parts) -> dict[str, Any]:
    return {
        "status": outcome.status,
        "seconds": round(outcome.seconds, 4),
        "files": [str(parts.folders.of(f.folder) / f.name) for f in outcome.files],
        "nodes": {
            id_: {
                "title": row.title,
                "state": row.state,
                "engine": row.engine,
                "seconds": round(row.seconds, 4),
                **({"reason": row.reason} if row.reason else {}),
                **({"message": row.message} if row.message else {}),
            }
            for id_, row in board.rows.items()
        },
        "outputs": outcome.outputs,
        "problems": outcome.problems,
    }


def _print_outcome(
    outcome: Outcome, board: display.Board, parts: Parts, arguments: argparse.Namespace
) -> None:
    if arguments.explain:
        for id_, row in board.rows.items():
            why = row.reason or row.message
            print(f"{id_:>6}  {row.title:<24} {row.state}" + (f": {why}" if why else ""))
    for problem in outcome.problems:
        title = board.rows[NodeId(problem.node or "")].title
        common.warn(f"node {problem.node} “{title}”: {problem.message}")
    if not arguments.quiet:
        _print_shown(outcome, board, arguments.explain)
    for file in outcome.files:
        if file.folder == "output":
            print(parts.folders.of(file.folder) / file.name)
    if not arguments.quiet:
        states = ", ".join(f"{count} {state}" for state, count in board.counts().items())
        common.warn(f"{outcome.status} in {display.clock(outcome.seconds)}: {states}")


def _print_shown(outcome: Outcome, board: display.Board, all_of_it: bool) -> None:
    """What nodes say, and what those show that are there to show something."""
    for id_, ui in outcome.outputs.items():
        # What the parts of an expansion say is told only to those who ask.
        if all_of_it or id_ in board.rows:
            for note in ui.get("notes", ()):
                common.warn(f"node {id_}: {note}")
        if id_ in board.sinks:
            for text in ui.get("text", ()):
                common.warn(f"node {id_}: {text}")
