"""Background work starts late or not at all, and ends with its form."""

from __future__ import annotations

import threading

from zenpro_nb.forms.background import Foreground, Threads

LONG = 3600.0
PATIENCE = 30.0


def test_later_work_replaces_earlier_work_with_the_same_key() -> None:
    done = threading.Event()
    seen: list[str] = []
    background = Threads()
    background.later("look", LONG, lambda: seen.append("first"))
    background.later("look", 0, lambda: (seen.append("second"), done.set()))  # type: ignore[func-returns-value]
    assert done.wait(PATIENCE)
    assert seen == ["second"]
    background.close()


def test_closing_ends_timers_and_pauses() -> None:
    before = set(threading.enumerate())
    background = Threads()
    pausing, paused = threading.Event(), []

    def pause() -> None:
        pausing.set()
        paused.append(background.pause(LONG))

    background.soon(pause)
    background.later("look", LONG, lambda: None)
    assert pausing.wait(PATIENCE)
    background.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert paused == [True]


def test_no_work_starts_after_closing() -> None:
    before = threading.active_count()
    background = Threads()
    background.close()
    background.soon(lambda: None)
    background.later("look", 0, lambda: None)
    assert background.pause(LONG)
    assert threading.active_count() <= before


def test_a_terminal_runs_work_immediately() -> None:
    seen: list[str] = []
    background = Foreground()
    background.soon(lambda: seen.append("now"))
    background.later("look", 0, lambda: seen.append("never"))
    assert background.pause(LONG)
    background.close()
    assert seen == ["now"]
