"""The log that is kept in memory: its lines, its bounds, its listeners, its routes."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from patchbay.api import logs
from patchbay.api.log import Line, Log, harmless
from patchbay.api.serving import SERVING, Options, Serving


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(clock: Clock) -> Log:
    return Log(clock)


@pytest.fixture
def logger(log: Log) -> Iterator[logging.Logger]:
    found = logging.getLogger("tests.log")
    found.setLevel(logging.INFO)
    found.addHandler(log)
    found.propagate = False
    yield found
    found.removeHandler(log)


def test_lines_are_kept_with_their_time(log: Log, logger: logging.Logger) -> None:
    before = datetime.now()
    logger.info("one %d", 1)
    logger.debug("not this")
    logger.warning("two")
    assert [line.m for line in log.lines] == ["one 1\n", "two\n"]
    assert before <= datetime.fromisoformat(log.lines[0].t) <= datetime.now()


def test_the_last_thousand_lines_are_kept(log: Log, logger: logging.Logger, clock: Clock) -> None:
    for number in range(1_500):
        clock.seconds += 1
        logger.info("%d", number)
    assert [line.m for line in log.lines] == [f"{number}\n" for number in range(500, 1_500)]


def test_a_flood_is_cut_and_counted(log: Log, logger: logging.Logger, clock: Clock) -> None:
    for number in range(500):
        logger.info("%d", number)
    assert len(log.lines) == 200
    clock.seconds += 1
    logger.info("later")
    assert [line.m for line in log.lines[-2:]] == ["300 lines were left out here\n", "later\n"]
    clock.seconds += 1
    logger.info("last")
    assert [line.m for line in log.lines[-2:]] == ["later\n", "last\n"]


def test_tokens_do_not_reach_the_log() -> None:
    for text, expected in (
        ("GET /?token=s3cret&x=1", "GET /?token=…&x=1"),
        ("GET /?x=1&token=s3cret HTTP/1.1", "GET /?x=1&token=… HTTP/1.1"),
        ("{'Authorization': 'Bearer s3cret-_'}", "{'Authorization': 'Bearer …'}"),
        ("authorization: BEARER  s3cret", "authorization: BEARER  …"),
        ("Cookie: a=b; patchbay_token=s3cret; c=d", "Cookie: a=b; patchbay_token=…; c=d"),
        ("no secret here", "no secret here"),
    ):
        assert harmless(text) == expected


def test_a_line_does_not_command_a_terminal() -> None:
    assert harmless("a\x1b[31mb\x1b[0m\x1b]0;title\x07\rc\td\ne\x00") == "ab]0;titlec\td\ne"
    assert harmless("x" * 5_000) == "x" * 4_000 + " …"


def test_a_failure_has_its_traceback_and_a_wrong_call_stops_nothing(
    log: Log, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        raise ValueError("why")
    except ValueError:
        logger.exception("it failed")
    text = log.lines[0].m
    assert text.startswith("it failed\nTraceback (most recent call last):\n")
    assert text.endswith("ValueError: why\n")
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logger.info("%d", "no number")
    logger.info("on")
    assert [line.m for line in log.lines[1:]] == ["on\n"]


def test_listeners_are_told_in_bunches_in_their_own_loop(log: Log, logger: logging.Logger) -> None:
    async def run() -> None:
        told: list[list[str]] = []
        here = threading.get_ident()
        heard = asyncio.Event()

        def listen(lines: Sequence[Line]) -> None:
            assert threading.get_ident() == here
            told.append([line.m for line in lines])
            heard.set()

        end = log.listen(listen)

        def work() -> None:
            for number in range(50):
                logger.info("%d", number)

        thread = threading.Thread(target=work)
        thread.start()
        await asyncio.to_thread(thread.join)
        await asyncio.wait_for(heard.wait(), 10)
        assert [line for lines in told for line in lines] == [f"{n}\n" for n in range(50)]
        assert len(told) <= 3
        heard.clear()
        logger.info("again")
        await asyncio.wait_for(heard.wait(), 10)
        assert told[-1] == ["again\n"]
        end()
        logger.info("unheard")
        assert told[-1] == ["again\n"]

    asyncio.run(run())
    logger.info("after the loop has ended")
    assert log.lines[-1].m == "after the loop has ended\n"


def test_a_listener_whose_loop_has_ended_stops_nothing(log: Log, logger: logging.Logger) -> None:
    async def run() -> None:
        log.listen(lambda _: None)

    asyncio.run(run())
    logger.info("one")
    logger.info("two")
    assert len(log.lines) == 2


class Hub:
    """Takes down who subscribes."""

    def __init__(self) -> None:
        self.subscribed: list[tuple[str, bool]] = []

    def subscribe_logs(self, client: str, enabled: bool) -> None:
        self.subscribed.append((client, enabled))


def test_the_routes_give_the_lines_and_take_subscriptions(
    log: Log, logger: logging.Logger, tmp_path: Path
) -> None:
    async def run() -> None:
        nothing, hub = cast(Any, None), Hub()
        app = web.Application()
        app[SERVING] = Serving(
            Options(tmp_path), nothing, nothing, nothing, cast(Any, hub), nothing, log, 0.0
        )
        app.add_routes(logs.routes())
        logger.info("one")
        logger.info("two")
        times = [line.t for line in log.lines]
        async with TestClient(TestServer(app)) as client:
            text = await (await client.get("/internal/logs")).json()
            assert text == f"{times[0]} - one\n{times[1]} - two\n"
            raw = await (await client.get("/internal/logs/raw")).json()
            assert raw["entries"] == [{"t": times[0], "m": "one\n"}, {"t": times[1], "m": "two\n"}]
            assert set(raw["size"]) == {"cols", "rows"}
            path = "/internal/logs/subscribe"
            for enabled in (True, False):
                body = {"clientId": "abc", "enabled": enabled}
                assert (await client.patch(path, json=body)).status == 200
            assert hub.subscribed == [("abc", True), ("abc", False)]
            bad: list[Any] = [{}, {"clientId": "a"}, {"clientId": 1, "enabled": True}, [], "x"]
            for wrong in bad:
                assert (await client.patch(path, json=wrong)).status == 400
            assert len(hub.subscribed) == 2

    asyncio.run(run())
