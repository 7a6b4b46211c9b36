"""The terminal's output: results, messages and progress bars."""

from __future__ import annotations

import pytest

from zenpro_nb import limits
from zenpro_nb.ui import console
from zenpro_nb.ui.protocol import TerminalUI


class Watched(TerminalUI):
    """An interactive terminal."""

    is_interactive = True  # type: ignore[assignment]


def test_a_bar_is_shown_only_for_long_operations(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for ui in (Watched(), TerminalUI()):
        with ui.progress("users") as advance:
            advance(100)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(limits, "PROGRESS_AFTER", 0)
    with Watched().progress("users") as advance:
        advance(100)
        advance(250)
    output = capsys.readouterr()
    assert output.out == ""
    assert "users … [00:00]" in output.err
    assert output.err.endswith("\r")  # nothing is left of it
    clock = iter(range(1_000, 9_000))
    monkeypatch.setattr("tqdm.std.time", lambda: float(next(clock)))
    with Watched().progress("lists", "read") as advance:
        for count in (1, 1_200):
            advance(count)
    shown = capsys.readouterr().err
    assert "lists: 1 read [00:" in shown
    assert "lists: 1,200 reads [00:" in shown
    with TerminalUI().progress("users") as advance:
        advance(100)
    assert capsys.readouterr() == ("", "")


def test_results_and_messages_use_separate_streams(capsys: pytest.CaptureFixture[str]) -> None:
    console.show("a result")
    console.write(b"a,b\n1,2\n")
    console.say("some words")
    assert capsys.readouterr() == ("a result\na,b\n1,2\n", "some words\n")
