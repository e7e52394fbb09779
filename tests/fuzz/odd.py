"""Values that programs stumble over."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.trees import Pairs, Tree, Verbatim

TEXTS: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(
        [
            "", " ", ".", "..", "/", "\\", "\x00", "a\x00b", "\n", "\r\n", "%00", "%2e%2e", "null",
            "true", "-1", "0", "1e999", "NaN", "../../etc/passwd", "/etc/passwd", "C:\\x", "CON",
            "file:///etc/passwd", "__proto__", "constructor", "{a}", "{a.__class__}", "%s%n",
            "' or 1=1 --", '"', "<script>", "\u202e", "\ufeff", "\U0010ffff", "e\u0301" * 200,
            "a" * 300, "a" * 20_000, "a/" * 600, "default", "output", "fuzz.png", "fuzz.wav",
        ]
    ),
    st.text(max_size=12),
)  # fmt: skip

NUMBERS: st.SearchStrategy[Tree] = st.one_of(
    st.sampled_from(
        [
            0, 1, -1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30,
            0.0, -0.0, 0.5, 1e-320, 1e308, -1e308, 1.0,
            *(Verbatim(text) for text in (
                b"1e400", b"-1e400", b"1e-400", b"9" * 400, b"-" + b"9" * 5_000, b"NaN",
                b"Infinity", b"-Infinity", b"01", b"1.", b"+1", b"0x10", b"1_000", b"-",
                b"0." + b"1" * 2_000, b"1e99999999999999999999",
            )),
        ]
    ),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip

SCALARS: st.SearchStrategy[Tree] = st.one_of(
    st.none(), st.booleans(), NUMBERS, TEXTS, st.sampled_from(
        [
            Verbatim(b'"\\ud800"'), Verbatim(b'"\\udc00\\ud800"'), Verbatim(b'"\xff\xfe"'),
            Verbatim(b'"\xed\xa0\x80"'), Verbatim(b'"\xc0\x80"'), Verbatim(b'"\\x41"'),
            Verbatim(b'"\t"'), Verbatim(b"'a'"), Verbatim(b"undefined"), Verbatim(b""),
            Verbatim(b'"\\u0000"'), Verbatim(b"//"), Verbatim(b"{,}"), Verbatim(b"[,]"),
        ]
    )
)  # fmt: skip


def _nested(depth: int, is_list: bool) -> Verbatim:
    if is_list:
        return Verbatim(b"[" * depth + b"]" * depth)
    return Verbatim(b'{"a":' * depth + b"1" + b"}" * depth)


_DEEP: st.SearchStrategy[Tree] = st.builds(
    _nested, st.sampled_from([2, 20, 63, 64, 65, 500, 2_000, 100_000]), st.booleans()
)
_LINKS: st.SearchStrategy[Tree] = st.builds(
    lambda node, slot: [node, slot],
    st.one_of(st.sampled_from(["1", "2", "3", "nope", "", "1:2"]), SCALARS),
    st.one_of(st.integers(-2, 3), SCALARS),
)

# What may stand anywhere in JSON, most often something small.
VALUES: st.SearchStrategy[Tree] = st.one_of(
    SCALARS,
    _LINKS,
    _DEEP,
    st.lists(SCALARS, max_size=4),
    st.builds(Pairs.of, st.lists(st.tuples(TEXTS, SCALARS), max_size=3)),
    st.sampled_from([[], Pairs(()), [[]], [0] * 2_000, [None] * 70, "1" * 70_000]),
)
