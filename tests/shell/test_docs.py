"""`docs` finds the page about a task, a command, or a question."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import documentation, frames
from zenpro_nb.errors import UnknownNameError, UsageError

QUESTIONS = {
    "offboard someone": "how-to/offboard",
    "users offboard": "how-to/offboard",
    "who can delete stacks in production": "how-to/who-may-do-what",
    "my key expired": "how-to/leaked-keys",
    "the list is slow": "how-to/slow-lists",
    "use in CI": "how-to/ci",
    "install": "how-to/install",
    "troubleshooting": "how-to/troubleshooting",
    "how-to/sql": "how-to/sql",
    "settings": "reference/settings",
    "exit codes": "reference/exit-codes",
    "who has not logged in for 90 days": "how-to/idle-and-unused",
    "api key rotate": "how-to/rotate-keys",
    "200 invitations from csv": "how-to/onboard",
    "who are the admins": "how-to/who-may-do-what",
    "undo a change": "how-to/access-as-code",
    "share a notebook without names": "how-to/share-a-notebook",
    "hide names on a shared screen": "how-to/share-a-notebook",
    "remove someone": "how-to/offboard",
    "export to excel": "how-to/lists",
    "run for another organization": "how-to/papermill-and-schedules",
    "who has not logged in": "how-to/idle-and-unused",
    "why can bob delete stacks": "how-to/who-may-do-what",
    "who can access ml-prod": "how-to/who-may-do-what",
    "change the role of a person": "how-to/forms",
    "try it without a real server": "explanation/sandbox",
    "log in": "reference/settings",
    "no credential found": "reference/settings",
    "where are my keys stored": "reference/settings",
    "plot": "how-to/usage",
    "chart picture png": "how-to/usage",
    "plot of failed runs": "how-to/failed-runs",
    "graph": "how-to/usage",
    "excel": "how-to/lists",
    "parquet": "how-to/lists",
    "csv": "how-to/lists",
    "json": "reference/json",
    "duckdb": "how-to/sql",
    "papermill": "how-to/papermill-and-schedules",
    "binder": "how-to/share-a-notebook",
    "webhook": "reference/commands/webhooks",
    "dark theme": "reference/pictures",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_best_page_comes_first(bare_shell: Shell, question: str, capsys: pytest.CaptureFixture[str]) -> None:
    frame = bare_shell.run(f"%zenpro docs {question}")
    assert frame.page[0] == QUESTIONS[question]
    # The wheel contains no pages, and without a published address only their names are left.
    has_pages = (Path(documentation.__file__).parents[1] / "docs").is_dir()
    assert Path(frame.address[0]).is_file() if has_pages else frame.address[0] == frame.page[0]
    # The address is printed once, and whole at any width.
    assert frame.address[0] not in capsys.readouterr().err
    assert frames.text(frame, 60).splitlines()[:2] == [frame.title[0], f"  {frame.address[0]}"]


def test_all_pages_without_a_topic(bare_shell: Shell) -> None:
    frame = bare_shell.run("%zenpro docs")
    assert len(frame) > 100
    assert set(QUESTIONS.values()) <= set(frame.page)


def test_an_unknown_topic_lists_no_pages(bare_shell: Shell) -> None:
    error = bare_shell.error("%zenpro docs xyzzy")
    assert isinstance(error, UnknownNameError)
    assert "Run `%zenpro docs`" in str(error)


def test_it_opens_the_published_address(bare_shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(documentation, "ADDRESS", "https://pages.example.com/en")
    frame = bare_shell.run("%zenpro docs offboard --open")
    address = "https://pages.example.com/en/how-to/offboard.html"
    assert opened == [frame.address[0]] == [address]
    assert f'<a href="{address}" target="_blank" rel="noopener noreferrer">Offboard users</a>' in str(
        frames.html(frame)
    )
    assert isinstance(bare_shell.error("%zenpro docs --open"), UsageError)
