"""`python -m tests.golden [NAME …]`: writes the golden files anew. Look at what git shows then."""

from __future__ import annotations

import sys

from tests.golden.registry import GOLDENS, write

names = sys.argv[1:] or list(GOLDENS)
for name in names:
    if name not in GOLDENS:
        sys.exit(f"there are no golden files {name!r}: choose among {', '.join(GOLDENS)}")
for name in names:
    print(f"{name}: {write(name)} files")
