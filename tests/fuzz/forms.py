"""Uploads that are malformed in the ways in which multipart can be."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.odd import TEXTS
from tests.fuzz.speech import Case, request
from tests.fuzz.trees import damaged

_PATHS = ("/upload/image", "/api/upload/image", "/upload/mask", "/api/upload/mask")
_FIELDS = (
    "type",
    "subfolder",
    "overwrite",
    "original_ref",
    "a",
    "type",
    "overwrite",
    "image",
    "",
    "_charset_",
)
_REFERENCES = (
    '{"filename":"fuzz.png","type":"input"}', '{"filename":1}', "[]", "{", '{"filename":"../x"}',
    '{"filename":"fuzz.png","subfolder":{},"type":"input"}', "[" * 9_000, '{"filename":"\\ud800"}',
    '{"filename":"fuzz.png","type":1e400}', '{"filename":"broken.png","type":"input"}',
)  # fmt: skip
_VALUES = st.one_of(
    TEXTS, st.sampled_from(["input", "output", "temp", "true", "1", "a/b", *_REFERENCES])
)
_BOUNDARIES = ("fuzz", "a" * 70, "a" * 71, "a b", "", "----", '"', "é", "fuzz; charset=x", "\x01")
_PART_HEADERS = (
    "Content-Type: image/png", "Content-Type: multipart/mixed; boundary=inner", "Content-Type: ;;",
    "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable",
    "Content-Transfer-Encoding: x-unknown", "Content-Encoding: gzip", "Content-Encoding: deflate",
    "Content-Length: 5", "Content-Length: -1", "Content-Length: a",
    "Content-Length: 99999999999999",
    "Content-Type: text/plain; charset=utf-16", "Content-Type: text/plain; charset=nonsense",
    "nonsense", ": a", "A: " + "a" * 9_000, "Content-Disposition: form-data", "\x00: \x00",
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One form."""
    boundary = draw(st.sampled_from(_BOUNDARIES)) if draw(st.integers(0, 4)) == 0 else "fuzz"
    if draw(st.booleans()):
        parts = [*draw(st.lists(_part(), max_size=1)), draw(_file())]
    else:
        parts = draw(st.lists(_part(), max_size=4))
    if draw(st.integers(0, 30)) == 0:
        parts *= 40
    line = b"--" + boundary.encode()
    data = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    match draw(st.integers(0, 7)):
        case 0:
            data = draw(damaged(data))
        case 1:
            data = draw(st.binary(max_size=100))
        case _:
            pass
    kind = f"multipart/form-data; boundary={boundary}"
    if draw(st.integers(0, 9)) == 0:
        kind = draw(
            st.sampled_from(
                ["multipart/form-data", "multipart/mixed; boundary=fuzz",
                 "multipart/form-data; boundary",
                 "multipart/form-data; boundary=\"fuzz",
                 "multipart/form-data;boundary=fuzz;boundary=a"]
            )
        )  # fmt: skip
    headers: tuple[tuple[str, str | bytes], ...] = (("Content-Type", kind),)
    return Case((request("POST", draw(st.sampled_from(_PATHS)), data, headers),))


@st.composite
def _file(draw: st.DrawFn) -> bytes:
    """The part that a form must have, in order but perhaps for its name."""
    named = draw(st.one_of(st.just('; filename="fuzz.txt"'), _filename()))
    data = draw(st.binary(max_size=60))
    return b'Content-Disposition: form-data; name="image"%s\r\n\r\n%s' % (named.encode(), data)


@st.composite
def _part(draw: st.DrawFn) -> bytes:
    name = draw(st.sampled_from(_FIELDS))
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if name == "image" or draw(st.integers(0, 9)) == 0:
        disposition += draw(_filename())
    if draw(st.integers(0, 14)) == 0:
        disposition = draw(
            st.sampled_from(
                ["Content-Disposition: attachment", "Content-Disposition:",
                 'Content-Disposition: form-data; name',
                 'Content-Disposition: form-data; name="a',
                 "Content-Disposition: form-data; name*=utf-9''a",
                 "Content-Disposition: form-data; name*0=im; name*1=age; filename*0=a", ""]
            )
        )  # fmt: skip
    more = draw(st.lists(st.sampled_from(_PART_HEADERS), max_size=2)) if draw(st.booleans()) else []
    value = draw(st.one_of(_VALUES.map(lambda text: text.encode()), st.binary(max_size=60)))
    lines = [line.encode("utf-8") for line in (disposition, *more) if line]
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n" + value


@st.composite
def _filename(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 5)) == 0:
        return draw(
            st.sampled_from(
                ["; filename*=utf-8''%ff", "; filename*=utf-8''..%2fa", "; filename*=x'y'z",
                 "; filename",
                 '; filename="a', "; filename*0=a; filename*1=b", "; filename*0*=utf-8''%e2%82",
                 "; filename="]
            )
        )  # fmt: skip
    text = draw(st.one_of(st.sampled_from(["fuzz.png", "a.txt", "x.html"]), TEXTS))
    return '; filename="' + text.replace("\r", "").replace("\n", "") + '"'
