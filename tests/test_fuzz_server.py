"""Some of the cases that `python -m tests.fuzz` sends by the thousand; and that it would notice."""

from __future__ import annotations

import contextlib
import json
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tests.fuzz import bodies, campaign, families, frames, speech
from tests.fuzz.campaign import Family, Finding
from tests.fuzz.contract import Contract
from tests.fuzz.known import Known, Route, known_of, small_prompts
from tests.fuzz.speech import Case, Reading, Step, json_request, request
from tests.fuzz.target import Size, Target, own_target
from tests.fuzz.trees import Pairs, Verbatim, encode, tree_of

_CASES = 1_200
_ERROR = b'{"error":{"type":"a","message":"b","details":"","extra_info":{}},"node_errors":{}}'


@pytest.mark.slow
def test_no_request_breaks_the_server(tmp_path: Path) -> None:
    with own_target(tmp_path) as target:
        chosen = families.wire_families(target, known_of(target.address))
        report = campaign.run(target, chosen, _CASES, 3, print)
    assert report.findings == []
    assert report.cases >= _CASES * 0.7  # of some kinds there are not more that differ
    assert all(tally.cases for tally in report.tallies.values()), report.tallies
    for name in ("prompts", "runs", "media", "forms", "addresses", "bodies"):
        assert report.tallies[name].statuses[200], f"none of {name} was taken"


@pytest.mark.slow
def test_the_server_keeps_what_its_openapi_document_promises(tmp_path: Path) -> None:
    pytest.importorskip("schemathesis")  # comes with the extra `dev`
    with own_target(tmp_path) as target:
        contract = Contract(target, known_of(target.address).document)
        with contextlib.closing(contract):
            report = campaign.run(target, [contract.family()], 200, 3, print)
    assert report.findings == []
    assert report.tallies["contract"].statuses[200]


# That it would notice


Reply = Callable[[bytes], bytes | None]


@contextlib.contextmanager
def answering(reply: Reply) -> Iterator[Target]:
    """A server that answers each request by a function; None closes the connection, and what does
    not end with a line is held open."""
    ended = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data = b""
            while b"\r\n\r\n" not in data:
                data += self.request.recv(1 << 16)
            answer = reply(data)
            if answer == b"":
                ended.wait(speech.PATIENCE_SECONDS * 20)
            elif answer is not None:
                self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield Target(f"http://127.0.0.1:{server.server_address[1]}")
        finally:
            ended.set()
            server.shutdown()


def http(status: int, body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} A\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def hunted(target: Target, cases: st.SearchStrategy[Case], count: int = 100) -> Finding | None:
    family = families.family_of(target, "some", 1, cases)
    return campaign._hunt(family, count, 1, campaign.Tally())


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (http(500, _ERROR), "the status is 500"),
        (http(200, b'"Traceback (most recent call last):"'), "traceback"),
        (http(200, b'"in File \\"/a/b.py\\", line 5"'), "traceback"),
        (http(200, b'File "/a/b.py", line 5', "text/plain"), "traceback"),
        (http(400, b"wrong", "text/plain"), "an error 400 in 'text/plain'"),
        (http(404, b'{"error":"there is none"}'), "an error in another shape"),
        (http(404, _ERROR.replace(b'"b"', b'""')), "an error without a message"),
        (http(400, b'{"error":'), "an error that is not JSON"),
        (http(200, b'{"a":NaN}'), "the JSON is none"),
        (b"hello\r\n", "not HTTP"),
        (None, "not HTTP"),
        (b"", "there was not an answer"),
    ],
)
def test_a_wrong_answer_is_found(
    answer: bytes | None, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "PATIENCE_SECONDS", 0.2)
    with answering(lambda _: answer) as target:
        finding = hunted(target, st.just(Case((request("GET", "/a"),))))
    assert finding is not None
    assert what in finding.what
    assert "GET /a HTTP/1.1" in finding.recipe


@pytest.mark.parametrize(
    "answer", [http(200, b"[1]"), http(404, _ERROR), http(204, b"", "text/plain")]
)
def test_a_proper_answer_is_none(answer: bytes) -> None:
    with answering(lambda _: answer) as target:
        assert hunted(target, st.just(Case((request("GET", "/a"),)))) is None


def test_what_fails_is_made_small() -> None:
    def reply(data: bytes) -> bytes:
        numbers = json.loads(data.partition(b"\r\n\r\n")[2])
        return http(500 if any(number >= 1_000 for number in numbers) else 200, b"[]")

    lists = st.lists(st.integers(0, 1_000_000), max_size=20)
    cases = lists.map(lambda n: Case((json_request("POST", "/a", repr(n).encode()),)))
    with answering(reply) as target:
        finding = hunted(target, cases)
    assert finding is not None
    assert "[1000]" in finding.recipe


def test_a_recipe_sends_the_same_bytes() -> None:
    data = b"[" * 100_000 + b"\x00\xff'\"\\" + b'{"a":' * 900 + b"]" + b"0, " * 70 + b"1"
    target = Target("http://127.0.0.1:1234")
    command = families.recipe(target, Case((Step(data),)))
    assert len(command) < 500
    script, _, last = command.rpartition(" | ")
    assert last == "nc 127.0.0.1 1234"
    said = subprocess.run(["sh", "-c", script.replace("python", sys.executable, 1)], stdout=-1)
    assert said.stdout == data


def test_the_same_seed_sends_the_same_cases() -> None:
    known = Known(tuple(map(tree_of, small_prompts())), (), (Route("POST", "/queue"),), {})

    def sent(seed: int) -> list[Case]:
        found: list[Case] = []

        def attempt(case: Case) -> list[tuple[int, float]]:
            found.append(case)
            return []

        family = Family("some", 1, bodies.cases(known), attempt, repr)
        assert campaign._hunt(family, 30, seed, campaign.Tally()) is None
        return found

    assert sent(1) == sent(1) != sent(2)


def test_memory_and_files_that_are_not_given_back_are_found() -> None:
    start, warm = Size(60 << 20, 15, 4), Size(100 << 20, 20, 6)
    assert list(campaign._growth([start, warm, Size(120 << 20, 22, 6)])) == []
    more = list(campaign._growth([start, warm, Size(100 << 20, 20, 6), Size(200 << 20, 90, 6)]))
    assert [finding.family for finding in more] == ["memory", "files"]
    assert "100 MiB" in more[0].what


def test_a_tree_is_written_as_it_stands() -> None:
    tree = Pairs((("a", 1), ("a", [None, True, Verbatim(b"1e400")]), (Verbatim(b"b"), "\ud800é")))
    assert encode(tree) == b'{"a":1,"a":[null,true,1e400],b:"\xed\xa0\x80\xc3\xa9"}'
    assert encode(tree_of({"a": {"b": [1.5, "c"]}})) == b'{"a":{"b":[1.5,"c"]}}'


def test_a_request_is_written_as_it_is_meant() -> None:
    assert json_request("POST", "/a?b", b"{}").data == (
        b"POST /a?b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n"
        b"Content-Type: application/json\r\n\r\n{}"
    )
    odd = request("GET", b"/\xff", headers=(("Host", b"\xfe"), ("Host", "b")))
    assert odd.data == b"GET /\xff HTTP/1.1\r\nConnection: close\r\nHost: \xfe\r\nHost: b\r\n\r\n"
    assert frames.frame(1, b"a" * 126)[:8] == b"\x81\xfe\x00\x7e\x00\x00\x00\x00"


def test_of_a_connection_only_its_end_is_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "PATIENCE_SECONDS", 0.2)
    half = Step(b"GET /a\r\n\r\n", Reading.END)
    with answering(lambda _: None) as target:
        assert speech.ask(target.address, half).status == 0
    with answering(lambda _: http(400, _ERROR)) as target:
        assert speech.ask(target.address, half).body == _ERROR
    with answering(lambda _: b"") as target, pytest.raises(speech.SilentError):
        speech.ask(target.address, half)
