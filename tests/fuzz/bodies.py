"""Bodies that are not what a route takes, under headers that say something else."""

from __future__ import annotations

import gzip
import re
import zlib
from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzz.known import Known, Route
from tests.fuzz.odd import TEXTS, VALUES
from tests.fuzz.speech import Case, Step, request
from tests.fuzz.trees import Tree, changed, damaged, encode, tree_of

_PLACE = re.compile(r"\{(\w+)\}")
_FORMS = ("/upload/image", "/upload/mask")
_USUAL: dict[str, object] = {
    "/queue": {"clear": True, "delete": ["ended", "b"]},
    "/history": {"clear": True, "delete": ["ended", "b"]},
    "/interrupt": {"prompt_id": "ended"},
    "/free": {"unload_models": True, "free_memory": True},
    "/settings": {"Comfy.A": 1, "Comfy.B": {"a": [1, 2]}},
    "/users": {"username": "a"},
    "/internal/logs/subscribe": {"enabled": True, "clientId": "fuzz"},
    "/api/v1/jobs/cancel": {"waiting": True, "running": False},
    "/api/v1/jobs/{id}": {"priority": 1.0, "before": "ended", "title": "a"},
    "/api/v1/cache/trim": {"limit_bytes": 1 << 30},
    "/prompt": {"prompt": {}, "client_id": "a", "number": 1, "extra_data": {}},
    "/api/v1/jobs": {"prompt": {}, "id": "a", "priority": 0, "front": True, "extra": {}},
    "/api/v1/validate": {"prompt": {}, "targets": ["1"]},
    "/api/v1/plan": {"workflow": {"nodes": [], "links": []}},
    "/api/v1/convert": {"workflow": {"nodes": [], "links": [], "groups": []}},
}
_TYPES = (
    "application/json", "text/plain", "application/x-www-form-urlencoded",
    "application/json; charset=x",
    "multipart/form-data", "", ";;;", "application/json; charset=utf-16", "a" * 4_000,
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn, known: Known) -> Case:
    """One request with a body."""
    routes = [r for r in known.routes if r.method in ("POST", "PATCH") and r.path not in _FORMS]
    route: Route = draw(st.sampled_from(routes))
    ids = st.one_of(st.sampled_from(["ended", "waiting"]), TEXTS)
    target = _PLACE.sub(lambda _: quote(draw(ids), safe=""), route.path)
    if route.path.startswith("/userdata"):
        target += draw(
            st.sampled_from(["", "?overwrite=false", "?full_info=true", "?overwrite=%ff"])
        )
    usual: Tree = tree_of(_USUAL.get(route.path, {"a": 1}))
    data = encode(draw(st.one_of(VALUES, changed(usual, VALUES))))
    match draw(st.integers(0, 9)):
        case 0:
            data = draw(st.binary(max_size=200))
        case 1:
            data = draw(damaged(data))
        case _:
            pass
    kind = draw(st.sampled_from(_TYPES)) if draw(st.integers(0, 3)) == 0 else _TYPES[0]
    return Case((draw(_sent(route.method, target, data, kind)),))


@st.composite
def _sent(draw: st.DrawFn, method: str, target: str, data: bytes, kind: str) -> Step:
    """The body as it is, packed, or in chunks."""
    headers: list[tuple[str, str | bytes]] = [("Content-Type", kind)]
    match draw(st.integers(0, 19)):
        case 0:
            headers.append(
                ("Content-Encoding", draw(st.sampled_from(["gzip", "deflate", "x", "br", "zstd"])))
            )
        case 1:
            data = draw(
                st.sampled_from([gzip.compress(data, mtime=0), gzip.compress(data, mtime=0)[:-9]])
            )
            headers.append(("Content-Encoding", "gzip"))
        case 2:
            data = zlib.compress(data)
            headers.append(("Content-Encoding", "deflate"))
        case 3:
            headers.append(("Transfer-Encoding", "chunked"))
            data = _chunks(data, draw(st.integers(1, 50)))
        case 4:
            headers.append(("Expect", "100-continue"))
        case _:
            pass
    return request(method, target, data, tuple(headers))


def _chunks(data: bytes, size: int) -> bytes:
    """The beginning of a body in chunks (RFC 9112, section 7.1)."""
    pieces = [data[at : at + size] for at in range(0, min(len(data), 5_000), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
