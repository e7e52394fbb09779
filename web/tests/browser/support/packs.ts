/** Packs of nodes for tests, as Python. */

/** A node that waits until somebody writes the file `NAME.gate`, and one that fails. */
export const GATE = `
from pathlib import Path
from time import sleep

from patchbay import Context, node


@node(category="test", sink=True, resource="cpu", pure=False)
def wait_for_file(ctx: Context, name: str = "") -> int:
    """Waits for a file, telling how long it has waited."""
    step = 0
    while not Path(f"{name}.gate").exists():
        step += 1
        ctx.progress(step % 100, 100)
        sleep(0.02)
    return step


@node(category="test")
def fall_over(value: int) -> int:
    """Fails."""
    raise ValueError("the stone is too heavy")
`
