"""Sockets: frames that break the protocol (RFC 6455), and frames that only say nonsense."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.odd import TEXTS, VALUES
from tests.fuzz.speech import Case, Reading, Step
from tests.fuzz.trees import Pairs, encode

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
_MASK = b"\x00\x00\x00\x00"
_TEXT, _BINARY, _CLOSE, _PING = 1, 2, 8, 9


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A connection with some frames."""
    if draw(st.integers(0, 5)) == 0:
        return Case((Step(draw(_bad_upgrade()), Reading.END),))
    client = draw(
        st.sampled_from(["", "?clientId=fuzz", "?clientId=%ff", "?clientId=" + "a" * 5_000])
    )
    frames = b"".join(draw(st.lists(_frame(), min_size=1, max_size=5)))
    return Case((Step(upgrade(client) + frames, Reading.FRAMES),))


def upgrade(query: str = "", **changed: str) -> bytes:
    """The request for a socket; headers by their names with underscores, "" to leave one out."""
    headers = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": _KEY,
        "Sec_WebSocket_Version": "13",
    } | changed
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value]
    return "\r\n".join([f"GET /ws{query} HTTP/1.1", *lines, "", ""]).encode()


def frame(opcode: int, data: bytes, *, head: int = 0x80, masked: bool = True) -> bytes:
    """A frame whose length is true. `head` holds the final bit and the three reserved ones."""
    bit = 0x80 if masked else 0
    size = len(data)
    if size < 126:
        length = bytes([bit | size])
    elif size < 1 << 16:
        length = bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([bit | 127]) + size.to_bytes(8, "big")
    return bytes([head | opcode]) + length + (_MASK if masked else b"") + data


@st.composite
def _frame(draw: st.DrawFn) -> bytes:
    match draw(st.integers(0, 6)):
        case 0:
            opcode, head = (
                draw(st.integers(0, 15)),
                draw(st.sampled_from([0, 0x40, 0x20, 0x10, 0x80, 0xF0])),
            )
            return frame(
                opcode, draw(st.binary(max_size=130)), head=head, masked=draw(st.booleans())
            )
        case 1:
            return _LYING[draw(st.integers(0, len(_LYING) - 1))]
        case 2:
            code = draw(st.sampled_from([0, 999, 1000, 1004, 1005, 1006, 1015, 2999, 5000, 65535]))
            return frame(_CLOSE, code.to_bytes(2, "big") + draw(st.binary(max_size=130)))
        case 3:
            return frame(_TEXT, draw(st.binary(max_size=40)))
        case 4:
            return draw(
                st.sampled_from(
                    [
                        frame(_TEXT, b"a" * 70_000),
                        frame(_BINARY, b"a" * (1 << 20)),
                        frame(_TEXT, b"[" * 200_000),
                    ]
                )
            )
        case _:
            return frame(_TEXT, encode(draw(_words())))


@st.composite
def _words(draw: st.DrawFn) -> Pairs:
    kind = draw(st.one_of(st.just("feature_flags"), TEXTS))
    data = draw(
        st.one_of(
            VALUES,
            st.builds(
                lambda value: Pairs(
                    (("supports_preview_metadata", value), ("patchbay_events", value))
                ),
                VALUES,
            ),
        )
    )
    return Pairs((("type", kind), ("data", data)))


# Frames that say they are longer than they are, or than anything is.
_LYING = (
    b"\x81\xff" + b"\xff" * 8 + _MASK,
    b"\x81\xff" + (1 << 40).to_bytes(8, "big") + _MASK + b"a",
    b"\x81\xff\x00\x00\x00\x00\x00\x20\x00\x00" + _MASK + b"a" * 100,
    b"\x81\xfe\xff\xff" + _MASK,
    b"\x81\xfe\x00\x01" + _MASK + b"a",
    b"\x89\xfe\x00\xff" + _MASK + b"a" * 255,
    b"\x88\x81" + _MASK + b"\x03",
    b"\x81",
    b"",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    frame(0, b"continued, but nothing began"),
    frame(_TEXT, b"begun", head=0) + frame(_TEXT, b"and begun again", head=0),
    frame(_TEXT, b"\xc3", head=0) + frame(0, b"\xa9"),
    frame(_PING, b"", head=0) * 50,
    frame(_PING, b"a" * 125) * 200,
    frame(_TEXT, b"", head=0) + frame(0, b"", head=0) * 2_000 + frame(0, b""),
)


@st.composite
def _bad_upgrade(draw: st.DrawFn) -> bytes:
    return upgrade(
        Sec_WebSocket_Version=draw(st.sampled_from(["13", "8", "", "99", "a", "13, 8", "-1"])),
        Sec_WebSocket_Key=draw(st.sampled_from([_KEY, "", "a", "====", "a" * 3_000, "é"])),
        Connection=draw(st.sampled_from(["Upgrade", "", "close", "keep-alive, upgrade"])),
        Upgrade=draw(st.sampled_from(["websocket", "h2c", "WebSocket", ""])),
        Sec_WebSocket_Protocol=draw(st.sampled_from(["", "a", ",,,", "a" * 999])),
        Sec_WebSocket_Extensions=draw(
            st.sampled_from(
                ["", "permessage-deflate", "permessage-deflate; server_max_window_bits=99", "x;;;="]
            )
        ),
        Origin=draw(st.sampled_from(["", "null", "http://localhost", "http://evil.example", "a"])),
    )
