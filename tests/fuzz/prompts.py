"""Graphs with something wrong in them, to everything that takes a graph."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.known import Known
from tests.fuzz.odd import VALUES
from tests.fuzz.speech import Case, json_request
from tests.fuzz.trees import Pairs, Tree, changed, damaged, encode

_PATHS = (
    "/prompt",
    "/api/prompt",
    "/api/v1/jobs",
    "/api/v1/validate",
    "/api/v1/plan",
    "/api/v1/convert",
)
_FIELDS = (
    "client_id", "prompt_id", "extra_data", "number", "front", "partial_execution_targets", "title",
    "client", "id", "targets", "priority", "extra", "prompt", "workflow",
)  # fmt: skip
# No URL that leads anywhere: a server tells it when a job ends.
_WEBHOOKS: st.SearchStrategy[Tree] = st.sampled_from(
    [
        "",
        "http://",
        "ftp://localhost/x",
        "http://127.0.0.1:1/x",
        "http://[::1",
        5,
        None,
        [],
        "a" * 9_000,
    ]
)


@st.composite
def cases(draw: st.DrawFn, known: Known) -> Case:
    """One request with a graph, most often almost right."""
    drawn = draw(st.integers(0, 3)) == 0
    graph = draw(st.sampled_from(known.workflows if drawn else known.prompts))
    if draw(st.integers(0, 9)) > 0:
        graph = draw(changed(graph, VALUES))
    body = Pairs((("workflow" if drawn else "prompt", graph), *draw(_further())))
    data = encode(body)
    if draw(st.integers(0, 7)) == 0:
        data = draw(damaged(data))
    return Case((json_request("POST", draw(st.sampled_from(_PATHS)), data),))


@st.composite
def _further(draw: st.DrawFn) -> list[tuple[str, Tree]]:
    """Other fields of the body, mostly none."""
    if draw(st.booleans()):
        return []
    fields = [(name, draw(VALUES)) for name in draw(st.lists(st.sampled_from(_FIELDS), max_size=3))]
    if draw(st.integers(0, 5)) == 0:
        fields.append(("webhook", draw(_WEBHOOKS)))
    return fields
