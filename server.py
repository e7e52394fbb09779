"""Starts Patchbay's server: the same as `patchbay serve`."""

from __future__ import annotations

import sys

from patchbay import cli


def main() -> int:
    """Serves until told to stop; the exit code."""
    return cli.main(["serve", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
