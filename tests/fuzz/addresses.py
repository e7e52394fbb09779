"""Every route with paths, queries and headers that nobody in their right mind sends."""

from __future__ import annotations

import re
from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzz.known import Known, Route
from tests.fuzz.odd import TEXTS
from tests.fuzz.speech import Case, request

_PLACE = re.compile(r"\{(\w+)\}")
_SEGMENTS = st.one_of(
    TEXTS,
    st.sampled_from(
        ["default", "input", "output", "temp", "shipped", "saved", "lofi-tape.json", "BenchAdd",
         "fuzz.png", "fuzz.wav", "workflows/a.json", "checkpoints", "patchbay", "0", "1",
         "ended", "waiting", "ended", "waiting"]
    ),
)  # fmt: skip
_NAMES = (
    "filename", "type", "subfolder", "preview", "channel", "dir", "path", "recurse", "full_info",
    "split", "overwrite", "max_items", "offset", "limit", "status", "sort_by", "sort_order", "sort",
    "order", "workflow_id", "text", "client", "size", "points", "kind", "category", "job",
    "last_event_id", "token", "clientId", "name", "node_id",
)  # fmt: skip
_HEADERS: st.SearchStrategy[tuple[str, str | bytes]] = st.one_of(
    st.tuples(
        st.just("Range"),
        st.sampled_from(
            ["bytes=0-", "bytes=5-2", "bytes=-0", "bytes=0-0,2-3", "bytes=99999999999999999999-",
             "bytes=-99999999999999999999", "lines=1-2", "bytes=a-b", "bytes=", "bytes=0-0," * 500]
        ),
    ),
    st.tuples(
        st.sampled_from(["If-Modified-Since", "If-Unmodified-Since", "If-Range", "Date"]),
        st.sampled_from(["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 99 Foo 99999 99:99:99 GMT", "0",
        "\x7f",
                         "Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 +9999"]),
    ),
    st.tuples(
        st.sampled_from(["If-None-Match", "If-Match"]),
        st.sampled_from(["*", '"a"', 'W/"a"', "a", '"', '"a", ' * 300, ""]),
    ),
    st.tuples(
        st.sampled_from(["Cookie", "Authorization", "Accept", "Accept-Encoding", "Accept-Language",
                         "Content-Type", "X-Forwarded-Proto", "X-Forwarded-For", "Last-Event-ID",
                         "Comfy-User", "Origin", "Referer", "Sec-Fetch-Site", "Upgrade", "Host"]),
        st.sampled_from(["", "a", "Bearer ", "Bearer a", "Basic a", "patchbay_token=a; =; ;",
        "null",
                         "http://localhost", "http://[::1", "localhost:99999", "localhost:",
                         "[::1]:0", "\x80\xff", "gzip;q=a", "text/html", "websocket", "a" * 8_000,
                         "http://evil.example", "-1", "99999999999999999999-9", "a-1"]),
    ),
)  # fmt: skip


# By the names of the paths' variable parts, what is there.
_THERE = {
    "id": ("ended", "waiting"),
    "folder": ("input", "checkpoints"),
    "type": ("input", "output"),
    "path": ("fuzz.wav", "fuzz.png", "broken.png"),
    "file": ("workflows%2Fa.json",),
    "name": ("BenchAdd", "a.json", "lofi-tape.json"),
    "source": ("shipped", "saved"),
}
# What some routes do nothing without.
_USUAL = {
    "/view": "filename=fuzz.wav&type=input",
    "/userdata": "dir=workflows&recurse=true",
    "/v2/userdata": "path=workflows",
    "/api/v1/jobs": "text=Bench",
    "/api/v1/thumbnails/{folder}/{path}": "size=16",
}


def _header_bytes(name: str, value: str | bytes) -> tuple[str, str | bytes]:
    return name, value.encode("latin-1", "replace") if isinstance(value, str) else value


@st.composite
def cases(draw: st.DrawFn, known: Known) -> Case:
    """One request for some route."""
    route: Route = draw(st.sampled_from(known.routes))
    prefix = draw(st.sampled_from(["", "", "/api"]))
    there = draw(st.booleans())  # or nothing is there under such names

    def place(found: re.Match[str]) -> str:
        known_names = _THERE.get(found[1]) if there else None
        return draw(st.sampled_from(known_names)) if known_names else draw(_segment())

    path = prefix * (not route.path.startswith("/api")) + _PLACE.sub(place, route.path)
    names = draw(st.lists(st.sampled_from(_NAMES), max_size=4))
    pairs = [f"{name}={draw(_query_value())}" for name in names]
    if route.path in _USUAL and draw(st.booleans()):
        pairs.insert(draw(st.integers(0, len(pairs))), _USUAL[route.path])
    query = "&".join(pairs)
    odd = draw(st.integers(0, 9)) == 0
    method = draw(st.sampled_from(["HEAD", "OPTIONS", "GET", "PUT", "PATCH", "DELETE", "POST",
    "TRACE",
                                   "FOO", "M-SEARCH"])) if odd else route.method  # fmt: skip
    headers = draw(st.lists(_HEADERS, max_size=2)) if draw(st.booleans()) else []
    target = f"{path}?{query}" if query else path
    return Case((request(method, target, headers=tuple(_header_bytes(*one) for one in headers)),))


@st.composite
def _segment(draw: st.DrawFn) -> str:
    text = draw(_SEGMENTS)
    match draw(st.integers(0, 9)):
        case 0:
            return quote(text, safe="/")
        case 1:
            return quote(quote(text, safe=""), safe="")
        case 2:
            return draw(
                st.sampled_from(["%", "%zz", "%ff", "%c0%ae", "%ed%a0%80", "%00", "%u0041", "..;"])
            )
        case _:
            return quote(text, safe="")


@st.composite
def _query_value(draw: st.DrawFn) -> str:
    text = draw(
        st.one_of(
            _SEGMENTS,
            st.sampled_from(["webp;90", "jpeg;-1", "png;;", "rgba", "a", "running,done", "10"]),
        )
    )
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.sampled_from(["%", "%zz", "%ff%fe", "%ed%a0%80", "a&&=&", "a;b", "+", "%2B" * 90])
        )
    return quote(text, safe="")
