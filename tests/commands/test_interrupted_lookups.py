"""Ctrl-C while a change still looks up names: the error states that nothing was sent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.support.command_line import in_process
from zenpro_nb import query
from zenpro_nb.errors import InterruptedReadError
from zenpro_nb.framework.cli.command import Command
from zenpro_nb.framework.writes import gate, results
from zenpro_nb.frontends.connection import Connection


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)], ids=["write", "dry run"])
def test_ctrl_c_during_look_ups_reports_that_nothing_was_sent(
    zen: Connection, monkeypatch: pytest.MonkeyPatch, requests: list[tuple[str, str]], dry_run: tuple[str, ...]
) -> None:
    def interrupt(*args: object, **options: object) -> None:
        raise InterruptedReadError("stopped after 45 of 150 reads", hint="Partial results were discarded.", rows=45)

    monkeypatch.setattr(query, "find", interrupt)
    with pytest.raises(InterruptedReadError) as caught:
        zen.run("teams", "delete", "Platform", "--yes", *dry_run)
    assert caught.value.hint == "No change was sent: names were still being looked up."
    assert caught.value.outcome == "not sent"
    assert [method for method, _ in requests if method not in ("GET", "HEAD")] == []


def _press(*args: object, **options: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_before_the_command_runs_reports_that_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Command, "parse_args", _press)
    ended = in_process(["teams", "delete", "Platform"], os.environ)
    assert (ended.returncode, ended.stderr) == (
        130,
        b"InterruptedReadError: Stopped by Ctrl-C; nothing was sent. Run the command again to send it.\n",
    )
    ended = in_process(["teams", "members", "Platform"], os.environ)  # only reads
    assert (ended.returncode, ended.stderr) == (
        130,
        b"InterruptedReadError: `teams members Platform` was stopped by Ctrl-C\n",
    )


def test_ctrl_c_before_zenpro_is_imported_prints_no_traceback() -> None:
    code = (
        "import signal; from zenpro_nb import __main__ as it\n"
        "it.import_module = lambda name: signal.raise_signal(signal.SIGINT)\nit.main()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, b"", b"")


def test_ctrl_c_while_guards_read_reports_that_nothing_was_sent(
    zen: Connection, monkeypatch: pytest.MonkeyPatch, requests: list[tuple[str, str]]
) -> None:
    def stopped(*args: object, **options: object) -> None:
        raise InterruptedReadError("stopped after 4 of 9 reads", hint="Partial results were discarded.")

    monkeypatch.setattr(gate, "with_guards", stopped)
    with pytest.raises(InterruptedReadError) as caught:
        zen.run("teams", "delete", "Platform", "--yes")
    assert caught.value.hint == "No change was sent. Partial results were discarded."
    assert caught.value.outcome == "not sent"
    assert [method for method, _ in requests if method not in ("GET", "HEAD")] == []


def test_ctrl_c_after_the_writes_does_not_claim_that_nothing_was_sent(
    zen: Connection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(results, "frame_of", _press)
    with pytest.raises(InterruptedReadError) as caught:
        zen.run("teams", "create", name)
    assert "othing was sent" not in str(caught.value)
