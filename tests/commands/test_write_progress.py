"""Progress of many writes: shown after one second, on a terminal and below a cell, and what an interrupt reports."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from tqdm.std import tqdm

import zenpro_nb
from tests.support.pressing import press_ctrl_c
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.client import Client
from zenpro_nb.errors import PartlyDoneError
from zenpro_nb.frontends.connection import Connection
from zenpro_nb.frontends.notebook import NotebookUI
from zenpro_nb.frontends.pseudonyms import Pseudonymizer
from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import TerminalUI

INVITE = ("--role", "Organization Member")
SECONDS = 0.3  # that each write takes on the clock of the progress


class Time:
    """The clock of the progress, which only a write advances."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr("tqdm.std.time", clock)
    return clock


@pytest.fixture
def slow_writes(time: Time, monkeypatch: pytest.MonkeyPatch, one_after_the_other: None) -> None:
    perform = Client._perform

    def slowly(client: Client, call: Any) -> Any:
        if not call.safe:
            time.now += SECONDS
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", slowly)


class WatchedTerminal(TerminalUI):
    """A terminal with a person in front of it."""

    is_interactive = True  # type: ignore[assignment]


def watched_kernel() -> NotebookUI:
    """A notebook whose front end accepts input requests."""
    parent = {"content": {"allow_stdin": True}}
    shell: Any = SimpleNamespace(kernel=SimpleNamespace(get_parent=lambda channel: parent))
    return NotebookUI(shell, Pseudonymizer(SimpleNamespace(pseudonyms=False)))


@pytest.fixture(params=[WatchedTerminal, watched_kernel], ids=["terminal", "kernel"])
def connection(
    request: pytest.FixtureRequest, plane: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    monkeypatch.setattr("zenpro_nb.frontends.connection.PythonUI", request.param)
    with zenpro_nb.connect(url=plane.url, api_key=plane.key, organization="acme") as connection:
        yield connection


Shown = Callable[[], list[str]]


@pytest.fixture
def progress_states(capsys: pytest.CaptureFixture[str]) -> Shown:
    """``shown()`` gives the states of the progress that were displayed since the last call."""

    def states() -> list[str]:
        captured = capsys.readouterr()
        # Without a front end, IPython prints what a cell displays.
        return re.findall(r"\d+ done, [^'\r\n]*remaining[^'\r\n]*", captured.out + captured.err)

    return states


@pytest.mark.usefixtures("slow_writes")
def test_many_writes_show_done_failed_and_remaining_after_a_second(
    connection: Connection, progress_states: Shown, name: str
) -> None:
    new = [f"{name}-{n}@x.io" for n in range(8)]
    connection.run("invitations", "create", "--email", f"{name}-before@x.io", "--role", "Organization Viewer")
    too_long = [f"{'x' * 300}{number}@x.io" for number in range(2)]
    progress_states()
    with pytest.raises(PartlyDoneError):
        connection.run("invitations", "create", *too_long, f"{name}-before@x.io", *new, "--role", "Organization Viewer")
    states = progress_states()
    counts = [re.match(r"(\d) done, (\d) refused, (\d) remaining \[00:\d\d\]", state) for state in states]
    assert all(counts), states
    ended = [int(found[1]) + int(found[2]) for found in counts if found]
    # 0.3, 0.6 and 0.9 seconds show nothing. The first state is displayed during the fourth write or later, and the last
    # one during the last write or after it: states that follow each other within a tenth of a second are skipped.
    assert ended[0] >= 3
    assert ended[-1] >= 9
    assert ended == sorted(ended)
    assert {int(found[2]) for found in counts if found} == {2}, "the two long addresses are refused first"
    assert {sum(map(int, found.groups())) for found in counts if found} == {10}


@pytest.mark.usefixtures("slow_writes")
def test_writes_that_end_within_a_second_show_nothing(
    connection: Connection, progress_states: Shown, name: str
) -> None:
    progress_states()
    connection.run("invitations", "create", *(f"{name}-{n}@x.io" for n in range(3)), *INVITE)
    connection.run("invitations", "create", *(f"{name}-quiet-{n}@x.io" for n in range(8)), *INVITE, "--quiet")
    assert progress_states() == []


def test_progress_is_shown_while_the_first_writes_hang(
    connection: Connection, progress_states: Shown, time: Time, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform, displayed = Client._perform, threading.Event()
    real = tqdm.display

    def displaying(bar: Any, *arguments: Any, **options: Any) -> Any:
        displayed.set()
        return real(bar, *arguments, **options)

    def hanging(client: Client, call: Any) -> Any:
        if not call.safe:
            time.now += SECONDS
            assert displayed.wait(60), "nothing is shown before a write has ended"
        return perform(client, call)

    monkeypatch.setattr(tqdm, "display", displaying)
    monkeypatch.setattr(Client, "_perform", hanging)
    connection.run("invitations", "create", *(f"{name}-{n}@x.io" for n in range(8)), *INVITE)
    assert progress_states()[0].startswith("0 done, 8 remaining")


@pytest.mark.usefixtures("slow_writes")
def test_nobody_sees_progress_in_a_pipe(zen: Connection, progress_states: Shown, name: str) -> None:
    zen.run("invitations", "create", *(f"{name}-{n}@x.io" for n in range(5)), *INVITE)
    assert progress_states() == []


@pytest.mark.usefixtures("slow_writes")
def test_the_progress_after_an_interrupt_counts_unsent_writes_apart_from_failed_ones(
    connection: Connection, progress_states: Shown, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform, numbers = Client._perform, iter(range(1_000))

    def interrupt_at_sixth(client: Client, call: Any) -> Any:
        if not call.safe and next(numbers) == 5:
            press_ctrl_c()
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", interrupt_at_sixth)
    with pytest.raises(PartlyDoneError) as failure:
        connection.run("invitations", "create", *(f"{name}-{n}@x.io" for n in range(12)), *INVITE)
    assert " not sent" in str(failure.value)
    states = progress_states()
    assert states
    assert not any("refused" in state for state in states), states


def test_the_states_of_unsent_writes(capsys: pytest.CaptureFixture[str], time: Time) -> None:
    with console.write_progress(200) as advance:
        time.now += 2
        advance(200, {"refused": 1, "unknown": 4, "not sent": 186})
    assert "9 done, 1 refused, 4 unknown, 186 not sent [00:02]" in capsys.readouterr().err


def test_an_interrupt_reports_what_is_done_unknown_and_not_sent(
    zen: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform, lock, numbers = Client._perform, threading.Lock(), iter(range(1_000))

    def interrupt_at_sixth(client: Client, call: Any) -> Any:
        with lock:
            sixth = not call.safe and next(numbers) == 5
        if sixth:
            press_ctrl_c()
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", interrupt_at_sixth)
    with pytest.raises(PartlyDoneError) as failure:
        zen.run("invitations", "create", *(f"{name}-{n}@x.io" for n in range(40)), *INVITE, "--yes")
    words = str(failure.value).splitlines()[0]
    match = re.match(
        r"Stopped by Ctrl-C: (\d+) done(?:, (\d+) unknown even after a check \([^)]+\))?"
        r"(?:, (\d+) not done)?, (\d+) not sent",
        words,
    )
    assert match, words
    unknown = failure.value.outcomes.query("outcome == 'unknown'")["target"]
    assert all(words.count(target) <= 1 for target in unknown)
    assert failure.value.is_interrupted  # a shell exits with 130
    assert frames.foot_line(failure.value.outcomes).partition(" · ")[2].startswith("interrupted 20")
    if "unknown" in words:
        assert "check them with `zenpro journal --where outcome=unknown`, then run" in failure.value.hint
    # The rows that were only not sent come after failures.
    states = list(failure.value.outcomes["outcome"])
    assert states.index("not sent") == len([state for state in states if state in ("unknown", "not done")])
    counts = [int(count or 0) for count in match.groups()]
    assert sum(counts) == 40
    assert counts[0] >= 5
    assert counts[3] >= 40 - 5 - 8, "at most the eight that were under way were sent"
    monkeypatch.setattr(Client, "_perform", perform)
    waiting = set(zen.run("invitations", "--only-pending")["email"])
    outcomes: Any = failure.value.outcomes
    done = [target.split()[0] for target in outcomes[outcomes["outcome"] == "done"]["target"]]
    assert set(done) <= waiting
