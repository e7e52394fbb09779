"""Bytes on the port that are hardly HTTP."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.speech import Case, Reading, Step, request
from tests.fuzz.trees import damaged

_WHOLE = tuple(
    step.data
    for step in (
        request("GET", "/queue"),
        request("POST", "/prompt", b'{"prompt":{}}'),
        request(
            "POST",
            "/upload/image",
            b"--a\r\n\r\n--a--",
            (("Content-Type", "multipart/form-data; boundary=a"),),
        ),
        request("GET", "/view?filename=a", headers=(("Range", "bytes=0-5"),)),
        request("POST", "/userdata/a", b"a" * 50),
    )
)
_HEAD = b"POST /settings/a HTTP/1.1\r\nHost: localhost\r\n"
_ODD = (
    b"\r\n\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/0.9\r\n\r\n", b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", b"GET /\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://localhost:99999/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://localhost:a/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET //localhost/queue HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /?" + b"a=b&" * 5_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 5_000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nA:\r\n b\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"G\xc3\x8bT / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\nHost: localhost\n\n", b"GET /queue HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    _HEAD + b"Content-Length: -1\r\n\r\n",
    _HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n1",
    _HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
    _HEAD + b"Content-Length: 0x5\r\n\r\n12345",
    _HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    _HEAD + b"Content-Length: 9\r\n\r\n1",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\na",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\na",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\n1\r\n0\r\nTrailer: a\r\n\r\n",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n1\r\n" * 9,
    _HEAD + b"Transfer-Encoding: gzip\r\n\r\na",
    _HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    _HEAD + b"Expect: foo\r\nContent-Length: 1\r\n\r\n1",
    _HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
    _HEAD + b"Content-Length: 99999999999\r\n\r\n" + b"1" * 1_000,
    _HEAD + b"Transfer-Encoding: chunked\r\nContent-Encoding: deflate\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A connection with some bytes."""
    match draw(st.integers(0, 9)):
        case 0:
            data = draw(st.binary(min_size=1, max_size=80))
        case 1 | 2 | 3:
            data = draw(st.sampled_from(_ODD))
        case 4:
            data = draw(st.sampled_from(_ODD)) + draw(st.sampled_from(_WHOLE))
        case 5:
            # One behind the other: the second is not to be taken for the body of the first.
            data = b"".join(draw(st.lists(st.sampled_from(_WHOLE), min_size=2, max_size=9)))
            data = data.replace(b"Connection: close\r\n", b"")
        case _:
            data = draw(damaged(draw(st.sampled_from(_WHOLE))))
            data = draw(damaged(data)) if draw(st.booleans()) else data
    return Case((Step(data, Reading.END),))
