"""The errors Patchbay raises: one class for each stable code, each message saying what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class PatchbayError(Exception):
    """What went wrong, in one sentence that a user can act on.

    `code` is stable: clients and scripts may rely on it. `details` holds the facts of the
    message as JSON values.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class SignatureError(PatchbayError):
    """A node's Python signature cannot be read as sockets and widgets."""

    code = "bad_signature"


class PackError(PatchbayError):
    """A pack or one of its files cannot be loaded."""

    code = "bad_pack"


class GraphError(PatchbayError):
    """A file or object is not a graph; `problems` lists everything found."""

    code = "bad_graph"


class WorkflowError(PatchbayError):
    """A saved workflow cannot be turned into a prompt."""

    code = "bad_workflow"


class MediaError(PatchbayError):
    """A value on a wire breaks its convention, such as samples that are not finite."""

    code = "bad_media"


class InputError(PatchbayError):
    """A node was given something it cannot work with; a node raises it itself."""

    code = "bad_input"


class OutputError(PatchbayError):
    """A node gave back something other than it declares."""

    code = "bad_output"


class EngineError(PatchbayError):
    """The engine asked for is not available here; the message says how to get it."""

    code = "engine_unavailable"


class UnstableError(PatchbayError):
    """A value has no stable bytes and so no digest."""

    code = "no_stable_bytes"


class LostError(PatchbayError):
    """A value's bytes are not in the store, or are damaged; it has to be made again."""

    code = "value_lost"


class StoreError(PatchbayError):
    """The cache folder cannot be used as asked."""

    code = "bad_store"


class FileError(PatchbayError):
    """A file named by an input is missing, unreadable or not of the kind needed."""

    code = "bad_file"


class CancelledError(PatchbayError):
    """The user cancelled the run; raised inside a node at its next progress step."""

    code = "cancelled"


class NodeError(PatchbayError):
    """A node failed while running; `__cause__` is what it raised."""

    code = "node_failed"


class ExpansionError(PatchbayError):
    """A node expanded into a graph that is not valid."""

    code = "bad_expansion"


class UsageError(PatchbayError):
    """The command line's words are off."""

    code = "bad_usage"
