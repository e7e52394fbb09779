"""What a running node may ask of the engine: the shape of `ctx`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Protocol

from patchbay.types import Provenance


class Context(Protocol):
    """Made fresh for each call; of no use after it."""

    @property
    def cancelled(self) -> bool:
        """Whether the user has asked to stop."""

    @property
    def scratch(self) -> Path:
        """A folder for this call alone, empty at first, removed when the call ends."""

    @property
    def provenance(self) -> Provenance:
        """How what this node was given came to be."""

    @property
    def models(self) -> Any:
        """The loaded models that nodes share."""

    def progress(self, done: float, total: float, preview: Any = None) -> None:
        """Tells the user how far the work is, with an Audio, a SoFar, an Image or text to show.

        Of sounds, those that come within half a second of the last are not shown.
        Raises CancelledError when the user has asked to stop: call it at each step of a loop.
        """

    def say(self, text: str) -> None:
        """A sentence for the user that stays with the result, such as what was resampled."""

    def show(self, kind: str, item: Any) -> None:
        """Adds a JSON value to what the node shows under `kind`."""

    def saving(
        self, prefix: str, suffix: str, kind: str, folder: Literal["output", "temp"] = "output"
    ) -> AbstractContextManager[Path]:
        """A path to write a file to; when the block ends well, it is in the folder under
        `prefix`, a number and `suffix`, and is listed with the node's results.

        `prefix` may name a folder below (`takes/piano`) and hold %year%, %month%, %day%,
        %hour%, %minute%, %second%. Only sinks may write to "output". Raises InputError for a
        prefix that leaves the folder.
        """
