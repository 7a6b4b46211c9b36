"""The shell command: results on stdout, messages on stderr, exit codes; in one process, and a few in their own."""

from __future__ import annotations

import io
import json
import os
import signal
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import pandas as pd
import pytest

from tests.support.command_line import Completed, as_process, in_process
from tests.support.pressing import press_ctrl_c
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.client import Client
from zenpro_nb.ui import console


class Run(Protocol):
    """`zenpro("users", "--limit", "1")`; keywords are environment variables."""

    def __call__(self, *words: str, **more: str) -> Completed: ...


@pytest.fixture
def environment(sandbox: SandboxProcess) -> dict[str, str]:
    return os.environ | {
        "ZENML_PRO_API_URL": sandbox.url,
        "ZENML_PRO_API_KEY": sandbox.key,
        "ZENPRO_ORGANIZATION": "acme",
        "COLUMNS": "100",
    }


@pytest.fixture
def zenpro(environment: dict[str, str]) -> Run:
    """The command inside the test's process."""
    return lambda *words, **more: in_process(words, environment | more)


@pytest.fixture
def process(environment: dict[str, str]) -> Run:
    """Run the command in a separate process."""
    return lambda *words, **more: as_process(words, environment | more)


def test_a_table_on_stdout(process: Run) -> None:
    done = process("users", "--limit", "2", "--columns", "email,name")
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.decode().split()[:2] == ["email", "name"]
    assert b"ada@example.com" in done.stdout


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_formats(zenpro: Run, kind: str) -> None:
    done = zenpro("users", "--limit", "3", "--format", kind)
    read = {"csv": pd.read_csv, "json": lambda data: pd.DataFrame(json.load(data)), "parquet": pd.read_parquet}[kind]
    frame = read(io.BytesIO(done.stdout))
    assert frame.email[0] == "ada@example.com"
    assert len(frame) == 3


def test_messages_go_to_stderr(zenpro: Run, tmp_path: Path) -> None:
    done = zenpro("users", "--limit", "1", "--save", f"{tmp_path}/u.csv", "--format", "json")
    assert json.loads(done.stdout)[0]["email"] == "ada@example.com"
    assert b"saved 1 row to" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["usres"], 2),
        (["users", "--nope"], 2),
        (["users", "get"], 2),
        (["users", "get", "nobody@example.com"], 2),
        (["users", "--out", "df"], 2),
        (["api", "GET", "/nowhere"], 1),
        (["users", "--limit", "1", "--save", "/nowhere/u.csv"], 1),
        (["--help"], 0),
        (["--version"], 0),
    ],
)
def test_exit_codes(zenpro: Run, words: list[str], code: int) -> None:
    done = zenpro(*words)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    if code:
        assert done.stdout == b""
        assert done.stderr.count(b"\n") == 1


def test_without_a_credential(zenpro: Run) -> None:
    done = zenpro("users", ZENML_PRO_API_KEY="")
    assert done.returncode == 1
    assert b"ZENML_PRO_API_KEY" in done.stderr


def test_columns_that_do_not_fit_the_terminal_are_reported(zenpro: Run) -> None:
    table = zenpro("users", "--limit", "1")
    assert b"avatar_url" in table.stdout  # a pipe is as wide as it needs to be


def test_out_is_offered_only_where_there_are_variables(zenpro: Run) -> None:
    assert b"--out" not in zenpro("users", "--help").stdout
    assert b"--save" in zenpro("users", "--help").stdout
    assert b"Use `zenpro users --save df.csv`" in zenpro("users", "--out", "df").stderr


def test_status_in_a_terminal(zenpro: Run) -> None:
    assert b"sandbox, not ZenML Pro" in zenpro().stdout


def test_completion_of_a_real_shell(process: Run) -> None:
    done = process(_ZENPRO_COMPLETE="bash_complete", COMP_WORDS="zenpro us", COMP_CWORD="1")
    assert b"plain,users" in done.stdout


def test_a_narrow_terminal_shows_what_decides_about_invitations(environment: dict[str, str]) -> None:
    shown = in_process(["invitations", "--limit", "2"], environment | {"COLUMNS": "60"}, terminal=True).stdout.decode()
    assert shown.split("\n")[0].split() == ["email", "roles", "expires"]


def test_a_choice_of_a_shell_command_ends_with_it_and_is_reported(zenpro: Run) -> None:
    done = zenpro("use", "organization", "acme")
    assert done.returncode == 0
    assert b"`export ZENPRO_ORGANIZATION=acme`" in done.stderr


def test_without_input_a_login_names_the_variable(process: Run) -> None:
    done = process("login")
    assert done.returncode == 1
    assert b"Set the environment variable ZENML_PRO_API_KEY" in done.stderr


def test_doctor_and_profiles_as_json(zenpro: Run) -> None:
    checks = json.loads(zenpro("doctor", "--format", "json").stdout)
    assert {"check", "status", "detail", "fix"} == set(checks[0])
    (profile,) = json.loads(zenpro("profiles", "--format", "json").stdout)
    assert profile["name"] == "environment"
    assert profile["in_use"] is True


def test_a_locked_command_line_fails_before_anything_is_sent(zenpro: Run) -> None:
    nowhere = {"ZENML_PRO_API_URL": "http://127.0.0.1:9"}
    for words, more in (
        (("--read-only", "teams", "create", "x"), nowhere),
        (("teams", "create", "x"), nowhere | {"ZENPRO_READ_ONLY": "yes"}),
    ):
        done = zenpro(*words, **more)
        assert done.returncode == 1
        assert b"ReadOnlyError: This session is read-only" in done.stderr
    assert zenpro("--read-only", "users", "--limit", "1").returncode == 0


@pytest.mark.parametrize("words", [("users",), ("runs", "--workspace", "ml-prod", "--project", "all")])
def test_ctrl_c_exits_with_the_usual_code(zenpro: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    perform = Client._perform

    def interrupt(client: Client, call: Any) -> Any:
        press_ctrl_c()
        return perform(client, call)

    monkeypatch.setattr(Client, "_perform", interrupt)
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        done = zenpro(*words)
    finally:
        signal.signal(signal.SIGINT, previous)
    assert done.returncode == 130
    assert b"stopped after" in done.stderr


@pytest.mark.parametrize(
    ("module", "function", "options"), [(frames, "whole_text", ()), (console, "print_file", ("--format", "csv"))]
)
def test_ctrl_c_while_the_result_is_printed_is_one_line(
    zenpro: Run, monkeypatch: pytest.MonkeyPatch, module: ModuleType, function: str, options: tuple[str, ...]
) -> None:
    def press(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, function, press)
    done = zenpro("teams", *options)
    line = " ".join(["teams", *options])
    assert (done.returncode, done.stdout) == (130, b"")
    assert done.stderr.decode() == f"InterruptedReadError: `{line}` was stopped by Ctrl-C\n"
