"""`patchbay nodes`: what nodes there are, and the help of one."""

from __future__ import annotations

import argparse
import difflib
from typing import Any

from patchbay.commands import common
from patchbay.errors import UsageError
from patchbay.types import NodeSpec, Port


def add(commands: Any) -> None:
    """Describes the arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "nodes",
        help="list the nodes, or explain one",
        description="Lists the nodes by category, or explains one: what it does, its inputs with "
        "units and ranges, its outputs, and its engines.",
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="the node to explain")
    common.add_json(parser)
    common.add_packs(parser)
    parser.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Prints it; the exit code."""
    catalogue = common.catalogue_of(arguments)
    if arguments.name is None:
        chosen = catalogue.nodes
    elif arguments.name in catalogue.specs:
        chosen = [catalogue.specs[arguments.name]]
    else:
        near = difflib.get_close_matches(arguments.name, catalogue.specs, n=3, cutoff=0.4)
        hint = f": did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(f"there is no node {arguments.name!r}{hint}")
    if arguments.json:
        common.print_json([described(spec) for spec in chosen])
    elif arguments.name is None:
        _print_list(chosen)
    else:
        print(help_of(chosen[0]))
    return common.DONE


def described(spec: NodeSpec) -> dict[str, Any]:
    """A node's facts as JSON values."""
    return {
        "name": spec.name,
        "title": spec.title,
        "category": spec.category,
        "pack": spec.pack,
        "doc": spec.doc,
        "version": spec.version,
        "inputs": [_port(port) for port in spec.inputs],
        "outputs": [{"name": p.name, "type": p.type, "many": p.many} for p in spec.outputs],
        "engines": [
            {
                "name": engine.name,
                "doc": engine.doc,
                "licence": engine.licence,
                "commercial": engine.commercial,
                "missing": engine.find(),
            }
            for engine in spec.engines
        ],
        "sink": spec.sink,
        "pure": spec.pure,
        "resource": spec.resource,
        "deprecated": spec.deprecated,
    }


def help_of(spec: NodeSpec) -> str:
    """A node's help as text."""
    lines = [f"{spec.name} ({spec.category}, pack {spec.pack})", "", spec.doc, ""]
    if spec.deprecated:
        lines += [f"Deprecated: {spec.deprecated}", ""]
    if spec.inputs:
        lines.append("inputs")
        lines += [f"  {_input_line(port)}" for port in spec.inputs]
    if spec.outputs:
        lines.append("outputs")
        lines += [
            f"  {port.name}: {'list of ' if port.many else ''}{port.type}"
            + (f". {port.doc}" if port.doc else "")
            for port in spec.outputs
        ]
    if spec.engines:
        lines.append("engines")
        for engine in spec.engines:
            missing = engine.find()
            state = f"not here: {missing}" if missing else "works here"
            use = "commercial use allowed" if engine.commercial else "no commercial use"
            lines.append(f"  {engine.name}: {engine.doc} ({engine.licence}, {use}; {state})")
    return "\n".join(lines)


def _print_list(specs: list[NodeSpec]) -> None:
    category = ""
    for spec in specs:
        if spec.category != category:
            category = spec.category
            print(f"\n{category}")
        first = spec.doc.split("\n")[0]
        print(f"  {spec.name:<18} {first}")


def _port(port: Port) -> dict[str, Any]:
    widget = port.field
    return {
        "name": port.name,
        "type": port.type,
        "doc": port.doc,
        "required": port.required,
        "default": port.default,
        "many": port.many,
        "lazy": port.lazy,
        "min": widget.min if widget else None,
        "max": widget.max if widget else None,
        "unit": widget.unit if widget else "",
        "choices": list(widget.choices) if widget else [],
    }


def _input_line(port: Port) -> str:
    widget = port.field
    facts = [("list of " if port.many else "") + port.type]
    if widget and widget.choices:
        facts = ["one of " + ", ".join(widget.choices)]
    elif widget and widget.min is not None and widget.max is not None and widget.kind != "seed":
        facts.append(f"{widget.min:g} to {widget.max:g}{' ' + widget.unit if widget.unit else ''}")
    if port.default is not None and port.default != "":
        facts.append(f"default {port.default}")
    elif not port.required:
        facts.append("optional")
    return f"{port.name}: {', '.join(facts)}" + (f". {port.doc}" if port.doc else "")
