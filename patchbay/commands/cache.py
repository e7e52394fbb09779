"""`patchbay cache`: looks at, checks, trims and clears what was kept."""

from __future__ import annotations

import argparse
from typing import Any

from patchbay import assemble
from patchbay.commands import common
from patchbay.store import Store


def add(commands: Any) -> None:
    """Describes the arguments."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "cache",
        help="look at, check, trim or clear the kept results",
        description="Looks at, checks, trims or clears the kept results. Whatever is removed is "
        "made again when it is needed.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in (
        ("stats", "how much is kept"),
        ("verify", "read everything and remove what is damaged"),
        ("trim", "give up the values that save the least time per byte, down to a size"),
        ("clear", "remove everything"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name == "trim":
            action.add_argument("size", metavar="SIZE", help="what may stay, such as 5G; 0 is none")
        common.add_cache(action)
        common.add_json(action)
        action.set_defaults(main=main)


def main(arguments: argparse.Namespace) -> int:
    """Does it; the exit code."""
    limit = assemble.size_of(arguments.size) if arguments.action == "trim" else 0
    settings = common.settings_of(arguments)
    store = Store(settings.cache_folder, warn=common.warn)
    try:
        result, text = _done(arguments.action, store, limit)
    finally:
        store.close()
    if arguments.json:
        common.print_json(result)
    else:
        print(text)
    return common.FAILED if arguments.action == "verify" and _damaged(result) else common.DONE


def _done(action: str, store: Store, limit: int) -> tuple[Any, str]:
    if action == "verify":
        found = store.verify()
        damaged = found.damaged_values + found.damaged_records
        text = f"{found.values} values and their records are sound"
        if damaged:
            text = (
                f"removed {common.counted(found.damaged_values, 'damaged value')} and "
                f"{common.counted(found.damaged_records, 'damaged record')}: they are made again "
                "when needed"
            )
        return found, text
    if action == "trim":
        freed = store.trim(limit)
        return {"freed_bytes": freed}, f"freed {assemble.shown_size(freed)}"
    if action == "clear":
        size = store.stats().size_bytes
        store.clear()
        return {
            "freed_bytes": size
        }, f"cleared {assemble.shown_size(size)} in {store.folder.parent}"
    stats = store.stats()
    text = (
        f"{stats.folder}\n{stats.records} results; {stats.values} values in files, "
        f"{assemble.shown_size(stats.size_bytes)}; {stats.trimmed} given up earlier"
    )
    return stats, text


def _damaged(result: Any) -> bool:
    return bool(result.damaged_values or result.damaged_records)
