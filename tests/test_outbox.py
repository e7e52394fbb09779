"""What waits for a socket, and what is kept for a client that is away: how much of it, how long."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from patchbay.api import away, outbox
from patchbay.api.away import Away
from patchbay.api.outbox import Outbox
from patchbay.comfy.messages import Message


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def message(kind: str, number: int, job: str = "a", size: int = 1_000) -> Message:
    return Message(kind, str(number).rjust(size).encode(), job)


def taken(box: Outbox) -> list[tuple[str, str, int]]:
    """Everything that waits: kind, job, number."""
    found = []
    while box:
        each = box.take()
        found.append((each.type, each.job, int(each.data)))
    return found


KINDS = ("executing", "progress_state", "progress", "executed", "preview")


def fill(box: Outbox, count: int, kinds: Sequence[str] = KINDS, job: str = "a") -> None:
    for number in range(count):
        for kind in kinds:
            box.add(message(kind, number, job))


def test_a_client_that_reads_gets_everything_in_order() -> None:
    clock = Clock()
    box = Outbox(clock)
    found = []
    for number in range(20_000):
        clock.seconds += 1
        box.add(message("executing", 2 * number))
        box.add(message("executing", 2 * number + 1))
        found.append(int(box.take().data))
    found += [number for _, _, number in taken(box)]
    assert found == list(range(40_000))
    assert (box.dropped, box.size_bytes, box.overflowed) == (0, 0, False)


def test_little_is_kept_however_long_nobody_reads() -> None:
    clock = Clock()
    box = Outbox(clock)
    fill(box, 150)
    clock.seconds = 1e6
    box.add(message("executing", 150))
    assert box.dropped == 0
    assert len(taken(box)) == 751


def test_a_client_that_has_stopped_reading_is_left_the_latest_of_what_repeats_itself() -> None:
    clock = Clock()
    box = Outbox(clock)
    fill(box, 1_000)
    clock.seconds = outbox.STALLED_SECONDS
    box.add(message("executing", 1_000))
    assert box.dropped == 0
    clock.seconds += 1
    box.add(message("executing", 1_001))
    assert box.dropped == 999 * 3 + 1_001
    found = taken(box)
    assert [each for each in found if each[0] != "executed"] == [
        ("progress_state", "a", 999), ("progress", "a", 999), ("preview", "a", 999),
        ("executing", "a", 1_001),
    ]  # fmt: skip
    assert [number for kind, _, number in found if kind == "executed"] == list(range(1_000))


def test_the_latest_is_that_of_each_job_and_ends_are_kept() -> None:
    clock = Clock()
    box = Outbox(clock)
    for job in "abc":
        fill(box, 500, ("executing", "progress"), job)
        for kind in ("execution_error", "execution_success", "execution_interrupted", "end"):
            box.add(message(kind, 0, job))
    clock.seconds = outbox.STALLED_SECONDS + 1
    box.add(message("status", 7, ""))
    ends = ["execution_error", "execution_success", "execution_interrupted", "end"]
    expected = [(kind, job) for job in "abc" for kind in ("executing", "progress", *ends)]
    assert [each[:2] for each in taken(box)] == [*expected, ("status", "")]


def test_whoever_reads_again_misses_nothing_from_then_on() -> None:
    clock = Clock()
    box = Outbox(clock)
    fill(box, 2_000, ("executing",))
    clock.seconds = outbox.STALLED_SECONDS + 1
    box.add(message("executing", 2_000))
    assert taken(box) == [("executing", "a", 2_000)]
    clock.seconds += 1_000
    fill(box, 2_000, ("executing",))
    assert len(taken(box)) == 2_000


def test_what_nobody_reads_is_bounded() -> None:
    clock = Clock()
    box = Outbox(clock)
    most = 0
    for number in range(30_000):
        clock.seconds += 0.01
        for kind in ("executing", "progress_state", "preview", "text", "logs", "patchbay.step"):
            box.add(message(kind, number))
        most = max(most, box.size_bytes)
    assert most < 12 << 20  # what comes in ten seconds, and as much again
    assert not box.overflowed


def test_a_client_that_reads_a_little_is_bounded_too() -> None:
    clock = Clock()
    box = Outbox(clock)
    for number in range(20_000):
        for kind in ("executing", "progress", "text"):
            box.add(message(kind, number, size=2_000))
        box.take()
    assert box.size_bytes <= outbox.HARD_BYTES + 10_000
    assert box.dropped > 0
    assert not box.overflowed


def test_what_cannot_be_given_up_overflows() -> None:
    clock = Clock()
    box = Outbox(clock)
    half = outbox.LEFT_BYTES // 1_200 // 2
    fill(box, half, ("executed",))
    clock.seconds = outbox.STALLED_SECONDS + 1
    box.add(message("executed", 0))
    before = box.overflowed
    assert not before
    fill(box, 2 * half, ("executed",))
    assert box.overflowed
    assert box.dropped == 0


def test_both_forms_of_a_picture_count() -> None:
    box = Outbox(Clock())
    box.add(Message("preview", bytes(1_000), "a", False, bytes(900)))
    assert 1_900 <= box.size_bytes <= 2_200


def test_only_the_last_of_many_statuses_waits() -> None:
    box = Outbox(Clock())
    for number in range(100):
        box.add(message("status", number, ""))
    assert [number for _, _, number in taken(box)] == [0, 1, 2, 3, 99]


# Away


def told(job: str, number: int = 0, size: int = 100) -> list[Message]:
    return [message("execution_success", number, job, size), message("end", number, job, size)]


def test_a_client_is_told_its_own_ends_once_in_their_order() -> None:
    kept = Away(Clock())
    for job, client in {"a": "me", "b": "you", "c": "me"}.items():
        kept.keep(client, job, told(job))
    assert [each.job for each in kept.take("me")] == ["a", "a", "c", "c"]
    assert kept.take("me") == []
    assert [each.job for each in kept.take("you")] == ["b", "b"]
    assert len(kept) == 0


def test_what_is_old_is_told_no_more() -> None:
    clock = Clock()
    kept = Away(clock)
    kept.keep("me", "a", told("a"))
    clock.seconds = away.KEPT_SECONDS - 1
    kept.keep("me", "b", told("b"))
    clock.seconds = away.KEPT_SECONDS + 1
    assert [each.job for each in kept.take("me")] == ["b", "b"]
    kept.keep("me", "c", told("c"))
    clock.seconds = 3 * away.KEPT_SECONDS
    kept.keep("you", "d", told("d"))
    assert len(kept) == 1


def test_a_job_that_ends_again_is_told_as_it_ended_last() -> None:
    kept = Away(Clock())
    kept.keep("me", "a", told("a", 1))
    kept.keep("me", "a", told("a", 2))
    assert [int(each.data) for each in kept.take("me")] == [2, 2]


def test_no_more_is_kept_than_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Away(Clock())
    for number in range(away.MOST_JOBS + 10):
        kept.keep("me", str(number), told(str(number)))
    assert len(kept) == away.MOST_JOBS
    assert kept.take("me")[0].job == "10"
    monkeypatch.setattr(away, "MOST_BYTES", 1_000)
    for job in "abcd":
        kept.keep("me", job, told(job, size=200))
    assert [each.job for each in kept.take("me")] == ["c", "c", "d", "d"]
    kept.keep("me", "large", told("large", size=5_000))
    assert len(kept) == 0
