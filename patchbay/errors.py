"""The errors Patchbay raises: one class for each stable code, each message saying what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

# Every code that a problem, an error or a failed node may carry. Clients and scripts rely on them:
# one may be added, none changes its meaning. Tests compare this with the code and docs/errors.md.
CODES: Mapping[str, str] = {
    "bad_address": "a URL cannot be loaded, or leads where nothing may be loaded from",
    "bad_choice": "a value is not among an input's choices",
    "bad_configuration": "a setting of the server is wrong",
    "bad_expansion": "a node answered with a graph that is not valid",
    "bad_file": "a file that an input names is missing, unreadable or of the wrong kind",
    "bad_graph": "a file or object is no graph",
    "bad_input": "a node was given something that it cannot work with",
    "bad_inputs": "a node's inputs are not an object",
    "bad_link": "an input is linked to a node that is not in the graph",
    "bad_media": "a sound or picture breaks its convention, such as samples that are not finite",
    "bad_node": "an entry of the graph is no node",
    "bad_output": "a node gave something other than it declares, or could not save it",
    "bad_pack": "a pack, or a file of one, cannot be loaded",
    "bad_request": "a request cannot be understood, or is not possible here",
    "bad_signature": "a node's Python signature cannot be read as sockets and widgets",
    "bad_slot": "an input is linked to an output that its node does not have",
    "bad_store": "the cache cannot be used as asked",
    "bad_usage": "the command line's words are off",
    "bad_value": "a literal is not of the kind that an input takes",
    "bad_workflow": "a saved workflow cannot be turned into a prompt",
    "cancelled": "the run was stopped as asked",
    "conflict": "something of this name is there already, or has changed in the meantime",
    "cycle": "the graph goes in a circle",
    "duplicate_id": "two nodes of a saved workflow have one id",
    "engine_unavailable": "the engine asked for cannot work here",
    "error": "something went wrong",
    "forbidden": "a request may not do what it asks for, or comes from a page that may not ask",
    "link_loop": "links of a saved workflow go in a circle through reroutes or bypassed nodes",
    "link_to_nowhere": "a link of a saved workflow has no end and was left out",
    "missing_input": "an input that is needed is neither linked nor given",
    "no_class_type": "a node does not say what it is",
    "no_sink": "no node of the graph saves or shows anything",
    "no_stable_bytes": "a value cannot be part of a key",
    "node_failed": "a node raised an error of its own",
    "not_found": "what was asked for is not there",
    "out_of_range": "a number is outside an input's range",
    "too_large": "something sent is larger than the server takes",
    "too_many": "more was asked for than the server takes at once, or than one run may grow by",
    "unauthorized": "a request needs a token and has none, or a wrong one",
    "unknown_input": "a node has no input of this name",
    "unknown_mode": "a node of a saved workflow has a mode that nobody knows; it was taken as on",
    "unknown_node": "a node is not installed",
    "value_lost": "a stored value is gone or damaged",
    "wrong_type": "an output is linked to an input of another type",
}


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


class ConfigurationError(PatchbayError):
    """A setting is wrong; the message names where it was made, for every wrong one."""

    code = "bad_configuration"


class AddressError(PatchbayError):
    """A URL may not be loaded, or could not be."""

    code = "bad_address"


class RequestError(PatchbayError):
    """A request cannot be understood, or asks for what is not possible."""

    code = "bad_request"


class UnauthorizedError(PatchbayError):
    """A request has no token, or a wrong one."""

    code = "unauthorized"


class ForbiddenError(PatchbayError):
    """A request may not do what it asks for, whoever sent it or where it comes from."""

    code = "forbidden"


class NotFoundError(PatchbayError):
    """What was asked for is not there."""

    code = "not_found"


class ConflictError(PatchbayError):
    """Something of this name is there already, or has changed in the meantime."""

    code = "conflict"


class TooLargeError(PatchbayError):
    """Something sent is larger than its limit."""

    code = "too_large"


class TooManyError(PatchbayError):
    """More was asked for than is taken at once; later it may be possible."""

    code = "too_many"
