"""Webhooks: told once heard, tried again until then, signed, and never sent where they must not."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from patchbay.api import callbacks
from patchbay.api.webhooks import Teller
from patchbay.jobs.ordering import ordered
from patchbay.packs import Catalogue
from tests.machine import chain, entry, link, notes
from tests.queueing import held
from tests.serving import Client, Place, until


@pytest.fixture
def place(tmp_path: Path, catalogue: Catalogue) -> Place:
    notes().reset()
    return Place(tmp_path, catalogue)


@dataclass
class Ear:
    """Somebody's server. It answers with the next of `answers`, and with 200 after the last."""

    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def listen(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        headers = {"Location": str(request.url)} if status == 302 else {}
        return web.Response(status=status, headers=headers)

    @property
    def bodies(self) -> list[Any]:
        return [msgspec.json.decode(body) for _, body in self.heard]


@asynccontextmanager
async def ear(*answers: int) -> AsyncIterator[Ear]:
    found = Ear(list(answers))
    app = web.Application()
    app.router.add_post("/hook", found.listen)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/hook"))
        yield found


async def none_left(client: Client) -> None:
    """Waits until nothing runs and nothing is to be told any more."""

    async def told() -> bool:
        queue = client.serving.queue
        return (not len(queue) or queue.paused) and not queue.table.due_webhooks()

    await until(told)


def run(main: Any) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


def test_the_end_of_a_job_is_told_once_with_what_came_of_it(place: Place) -> None:
    async def main() -> None:
        async with ear() as listener, place.server() as client:
            prompt = {"1": entry("SaveText", text="la")}
            body = {"prompt": prompt, "webhook": listener.url, "title": "a song", "id": "song"}
            await client.post("/api/v1/jobs", body)
            await none_left(client)
            (told,) = listener.bodies
            assert told["event"] == "job.ended"
            job = await client.get("/api/v1/jobs/song")
            assert told["at"] == job["ended"]
            assert told["job"] == {key: job[key] for key in told["job"]}
            assert told["job"]["status"] == "done"
            assert told["job"]["files"][0]["exists"] is True

    run(main())


def test_a_call_is_signed_with_the_secret(place: Place) -> None:
    async def main() -> None:
        async with ear() as listener, place.server() as client:
            await client.post("/api/v1/jobs", {"prompt": chain(3), "webhook": listener.url})
            await none_left(client)
            first = (await client.get("/api/v1/settings/webhook-secret"))["secret"]
            assert first == (await client.get("/api/v1/settings/webhook-secret"))["secret"]
            ((headers, body),) = listener.heard
            parts = dict(part.split("=") for part in headers["Patchbay-Signature"].split(","))
            message = f"{parts['t']}.".encode() + body
            wanted = hmac.new(first.encode(), message, hashlib.sha256).hexdigest()
            assert parts["v1"] == wanted
            assert abs(int(parts["t"]) - time.time()) < 60
            second = (await client.post("/api/v1/settings/webhook-secret"))["secret"]
            assert second != first

    run(main())


def test_failures_and_cancellations_are_told_too(place: Place) -> None:
    async def main() -> None:
        async with ear() as listener, place.server() as client:
            failing = {"1": entry("Fail"), "2": entry("Show", value=link("1"))}
            await client.post("/api/v1/jobs", {"prompt": failing, "webhook": listener.url})
            await none_left(client)
            await client.post("/api/v1/queue/pause")
            await client.post(
                "/api/v1/jobs", {"prompt": chain(3), "webhook": listener.url, "id": "x"}
            )
            await client.post("/api/v1/jobs/x/cancel")
            await none_left(client)
            assert [told["job"]["status"] for told in listener.bodies] == ["failed", "cancelled"]
            assert listener.bodies[0]["job"]["failure"]["message"]

    run(main())


def test_a_retried_job_is_told_of_as_well(place: Place) -> None:
    async def main() -> None:
        async with ear() as listener, place.server() as client:
            job = await client.post("/api/v1/jobs", {"prompt": chain(3), "webhook": listener.url})
            await none_left(client)
            again = await client.post(f"/api/v1/jobs/{job['id']}/retry")
            await none_left(client)
            assert [told["job"]["id"] for told in listener.bodies] == [job["id"], again["id"]]

    run(main())


@pytest.mark.parametrize("wrong", [500, 404, 302])
def test_what_was_not_heard_is_told_again(place: Place, wrong: int) -> None:
    async def main() -> None:
        async with ear(wrong, wrong) as listener, place.server() as client:
            await stop_tellers(client)
            job = await client.post("/api/v1/jobs", {"prompt": chain(3), "webhook": listener.url})
            await client.ended(job["id"])
            teller = Teller(client.serving, (0.001, 0.001))
            teller.start()
            await none_left(client)
            await teller.close()
            assert [told["job"]["id"] for told in listener.bodies] == [job["id"]] * 3
            assert listener.bodies[0] == listener.bodies[2]

    run(main())


def test_what_is_never_heard_is_given_up_and_logged(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with ear(*[500] * 9) as listener, place.server() as client:
            await stop_tellers(client)
            job = await client.post("/api/v1/jobs", {"prompt": chain(3), "webhook": listener.url})
            await client.ended(job["id"])
            teller = Teller(client.serving, (0.001, 0.001))
            teller.start()
            await none_left(client)
            await teller.close()
            assert len(listener.heard) == 3
            assert f"the webhook of job {job['id']} was given up: it answered 500" in caplog.text

    run(main())


def test_what_was_not_told_is_told_by_the_next_process(place: Place) -> None:
    async def main() -> None:
        async with ear() as listener:
            async with place.server() as client:
                await stop_tellers(client)
                await client.post("/api/v1/queue/pause")
                body = {"prompt": chain(3), "webhook": listener.url, "id": "mine"}
                await client.post("/api/v1/jobs", body)
                await client.post("/api/v1/jobs/mine/cancel")
            assert listener.heard == []
            async with place.server() as client:
                await none_left(client)
            assert [told["job"]["id"] for told in listener.bodies] == ["mine"]

    run(main())


def test_a_job_that_was_forgotten_is_told_of_no_more(place: Place) -> None:
    async def main() -> None:
        async with ear() as listener, place.server() as client:
            await stop_tellers(client)
            body = {"prompt": chain(3), "webhook": listener.url, "id": "mine"}
            await client.post("/api/v1/jobs", body)
            await client.ended("mine")
            await client.json("DELETE", "/api/v1/jobs/mine")
            teller = Teller(client.serving)
            teller.start()
            await none_left(client)
            await teller.close()
            assert listener.heard == []

    run(main())


def test_a_slow_listener_keeps_no_other_waiting(place: Place) -> None:
    async def main() -> None:
        opened = asyncio.Event()

        async def slow(request: web.Request) -> web.Response:
            await opened.wait()
            return web.Response()

        app = web.Application()
        app.router.add_post("/slow", slow)
        async with TestServer(app) as server, ear() as listener, place.server() as client:
            slow_url = str(server.make_url("/slow"))
            await client.post("/api/v1/jobs", {"prompt": chain(3), "webhook": slow_url})
            await client.post("/api/v1/jobs", {"prompt": chain(3), "webhook": listener.url})

            async def heard() -> bool:
                return bool(listener.heard)

            await until(heard)
            assert len(client.serving.queue.table.due_webhooks()) == 1
            opened.set()
            await none_left(client)

    run(main())


def test_a_new_job_of_the_same_id_is_told_of_although_the_older_one_is_just_being_told(
    place: Place,
) -> None:
    async def main() -> None:
        opened, heard = asyncio.Event(), list[Any]()

        async def slow(request: web.Request) -> web.Response:
            heard.append(msgspec.json.decode(await request.read()))
            await opened.wait()
            return web.Response()

        app = web.Application()
        app.router.add_post("/slow", slow)
        async with TestServer(app) as server, place.server() as client:
            queue, url = client.serving.queue, str(server.make_url("/slow"))
            for number in range(2):
                made = ordered(
                    chain(3), place.catalogue.specs, id_="mine", number=number, webhook=url
                )
                queue.submit(made.order, made.graph, made.prompt, made.extra)
                await client.ended("mine")

                async def is_told(times: int = number + 1) -> bool:
                    return len(heard) == times

                await until(is_told)
            opened.set()
            await none_left(client)
            assert [told["job"]["id"] for told in heard] == ["mine", "mine"]
            assert heard[0]["at"] < heard[1]["at"]

    run(main())


def test_what_cannot_be_told_is_tried_again_later_and_not_without_end(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    async def broken(self: Teller, row: Any) -> bytes:
        tries.append(row.id)
        raise RuntimeError("a bug")

    async def main() -> None:
        async with ear() as listener, place.server() as client:
            await stop_tellers(client)
            body = {"prompt": chain(3), "webhook": listener.url, "id": "mine"}
            await client.post("/api/v1/jobs", body)
            await client.ended("mine")
            monkeypatch.setattr(Teller, "_body", broken)
            teller = Teller(client.serving, (0.001, 0.001))
            teller.start()
            await none_left(client)
            await teller.close()
            assert tries == ["mine"] * 3
            assert "the webhook of job mine was given up: a bug" in caplog.text

    run(main())


def test_a_table_that_cannot_be_written_does_not_have_a_webhook_called_again_and_again(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with ear() as listener, place.server() as client:
            await stop_tellers(client)
            body = {"prompt": chain(3), "webhook": listener.url, "id": "mine"}
            await client.post("/api/v1/jobs", body)
            await client.ended("mine")
            await client.get("/api/v1/settings/webhook-secret")  # made while it can be kept
            table = client.serving.queue.table
            table._connection.execute("PRAGMA busy_timeout = 1")
            with held(table.path):
                teller = Teller(client.serving, (0.001,))
                teller.start()

                async def was_kept() -> bool:
                    return "that the webhook of job mine was called is not kept" in caplog.text

                await until(was_kept)
                for _ in range(20):
                    teller._wake.set()
                    await asyncio.sleep(0.001)
                await teller.close()
            assert len(listener.heard) == 1
            assert [due.job for due in table.due_webhooks()] == ["mine"]

    run(main())


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x", "file:///etc/passwd", "http://", "//x", "nonsense",
        "http://user:pass@example.com/", "http://10.0.0.1/x", "http://169.254.169.254/latest",
        "http://[::ffff:10.0.0.1]/", "http://192.168.1.1:8080/", "http://0.0.0.0:1/", "http://2130706433/",
        "http://exa mple.com/", "http://[fe80::1]/", "http://100.64.0.1/", "https://127.0.0.1.nip\\.io/",
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_called_is_refused(place: Place, url: str) -> None:
    async def main() -> None:
        async with place.server() as client:
            body = {"prompt": chain(3), "webhook": url}
            status, answer = await client.refused("POST", "/api/v1/jobs", json=body)
            assert status == 400
            assert answer["error"]["type"] in ("bad_address", "bad_request")
            assert (await client.get("/api/v1/jobs"))["total"] == 0

    run(main())


def test_this_machine_is_called_only_by_a_server_that_nobody_else_reaches(place: Place) -> None:
    async def main() -> None:
        async with place.server() as client:
            for url in ("http://127.0.0.1:9/x", "http://localhost:9/x", "http://[::1]:9/x"):
                await callbacks.check_url(url, client.serving)
        async with place.server(host="0.0.0.0") as client:
            token = client.serving.access.first()
            headers = {"Authorization": f"Bearer {token}"}
            for url in ("http://127.0.0.1:9/x", "http://localhost:9/x", "http://[::1]:9/x"):
                body = {"prompt": chain(3), "webhook": url}
                status, answer = await client.refused(
                    "POST", "/api/v1/jobs", json=body, headers=headers
                )
                assert (status, answer["error"]["type"]) == (400, "bad_address")

    run(main())


def test_an_address_that_came_past_the_check_is_judged_again_when_called(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    """A name may lead elsewhere by the time it is called, and a server may be started anew where
    others reach it."""

    async def main() -> None:
        async with ear() as listener:
            async with place.server() as client:
                await stop_tellers(client)
                body = {"prompt": chain(3), "webhook": listener.url, "id": "mine"}
                await client.post("/api/v1/jobs", body)
                await client.ended("mine")
            async with place.server(host="0.0.0.0") as client:
                await stop_tellers(client)
                teller = Teller(client.serving, (0.001,))
                teller.start()
                await none_left(client)
                await teller.close()
            assert listener.heard == []
            assert "private networks are not loaded from" in caplog.text

    run(main())


async def stop_tellers(client: Client) -> None:
    """Lets nobody tell anything: the test does it itself."""
    for ended in client.serving.queue.listeners.ended:
        owner = getattr(ended, "__self__", None)
        if isinstance(owner, Teller):
            await owner.close()
