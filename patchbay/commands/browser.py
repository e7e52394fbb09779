"""The user's browser, where there is one to be shown something."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Mapping
from urllib.parse import urlencode

from patchbay.commands import common


def show(address: str, query: Mapping[str, str]) -> None:
    """Opens a page without waiting for it; without a display it only says so."""
    if query:
        address += ("&" if "?" in address else "?") + urlencode(query)
    if not has_display(os.environ, sys.platform):
        common.warn(f"there is no display here: open {address} in a browser")
        return
    threading.Thread(target=_show, args=(address,), daemon=True).start()


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether a page would be seen by whoever sits here. Text browsers, which Python would fall
    back on, are none for this one."""
    if environ.get("BROWSER"):  # named by the user
        return True
    if platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in environ
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _show(address: str) -> None:
    if not webbrowser.open(address):
        common.warn(f"no browser could be started: open {address} in one")
