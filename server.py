"""Will start Patchbay's server; until it is there, says what to use instead."""

from __future__ import annotations

import sys


def main() -> int:
    """Says so; the exit code."""
    print("patchbay: there is no server yet: `patchbay run FILE` runs a workflow", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
