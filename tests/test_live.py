"""What is held in memory: as much as there is room for, and what cannot be read again."""

from __future__ import annotations

import threading

from patchbay.digest import of_bytes
from patchbay.live import Live
from patchbay.types import Digest


def digest(number: int) -> Digest:
    return of_bytes(b"%d" % number)


def test_the_oldest_goes_when_there_is_no_more_room() -> None:
    live = Live(100)
    for number in range(4):
        live.put(digest(number), number, 30)
    assert [digest(number) in live for number in range(4)] == [False, True, True, True]
    assert live.get(digest(3)) == 3
    assert live.get(digest(0), "gone") == "gone"


def test_what_is_put_again_is_counted_once_and_new_again() -> None:
    live = Live(100)
    live.put(digest(0), "a", 40)
    live.put(digest(1), "b", 40)
    live.put(digest(0), "a", 40)
    live.put(digest(2), "c", 40)
    assert [digest(number) in live for number in range(3)] == [True, False, True]


def test_what_is_larger_than_all_room_is_not_kept() -> None:
    live = Live(100)
    live.put(digest(0), "small", 10)
    live.put(digest(1), "large", 101)
    assert digest(1) not in live
    assert digest(0) in live


def test_what_is_pinned_stays_until_all_is_let_go() -> None:
    live = Live(10)
    live.pin(digest(0), "model")
    for number in range(1, 50):
        live.put(digest(number), number, 10)
    assert live.get(digest(0)) == "model"
    live.release()
    assert digest(0) not in live
    assert digest(49) not in live


def test_nothing_is_a_value_like_any() -> None:
    live = Live(10)
    live.put(digest(0), None, 1)
    live.pin(digest(1), None)
    assert live.get(digest(0), "gone") is None
    assert live.get(digest(1), "gone") is None


def test_threads_may_put_and_get_at_once() -> None:
    live = Live(1_000)
    barrier = threading.Barrier(4)
    wrong: list[int] = []

    def work(start: int) -> None:
        barrier.wait(60)
        for number in range(start, start + 2_000):
            live.put(digest(number % 100), number % 100, 10)
            if live.get(digest(number % 100), number % 100) != number % 100:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert sum(digest(number) in live for number in range(100)) == 100
