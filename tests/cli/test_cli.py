"""The shell command, as a process of its own: results on stdout, words on stderr, exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from tests.support.sandbox import SandboxProcess


@pytest.fixture
def zenpro(sandbox: SandboxProcess) -> object:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "ZENPRO_"))}
    environment |= {
        "ZENML_PRO_API_URL": sandbox.url,
        "ZENML_PRO_API_KEY": sandbox.key,
        "ZENPRO_ORGANIZATION": "acme",
        "COLUMNS": "100",
    }

    def run(*words: str, **more: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "zenpro_nb", *words]
        return subprocess.run(command, env=environment | more, capture_output=True, check=False)

    return run


def test_a_table_on_stdout(zenpro: object) -> None:
    done = zenpro("users", "--limit", "2", "--columns", "email,name")  # type: ignore[operator]
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.decode().split()[:2] == ["email", "name"]
    assert b"ada@example.com" in done.stdout


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_formats(zenpro: object, kind: str) -> None:
    done = zenpro("users", "--limit", "3", "--format", kind)  # type: ignore[operator]
    read = {"csv": pd.read_csv, "json": lambda data: pd.DataFrame(json.load(data)), "parquet": pd.read_parquet}[kind]
    frame = read(io.BytesIO(done.stdout))
    assert frame.email[0] == "ada@example.com"
    assert len(frame) == 3


def test_words_go_to_stderr(zenpro: object, tmp_path: object) -> None:
    done = zenpro("users", "--limit", "1", "--save", f"{tmp_path}/u.csv", "--format", "json")  # type: ignore[operator]
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
def test_exit_codes(zenpro: object, words: list[str], code: int) -> None:
    done = zenpro(*words)  # type: ignore[operator]
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    if code:
        assert done.stdout == b""
        assert done.stderr.count(b"\n") == 1


def test_without_a_credential(zenpro: object) -> None:
    done = zenpro("users", ZENML_PRO_API_KEY="")  # type: ignore[operator]
    assert done.returncode == 1
    assert b"ZENML_PRO_API_KEY" in done.stderr


def test_what_does_not_fit_the_terminal_is_said(zenpro: object) -> None:
    table = zenpro("users", "--limit", "1")  # type: ignore[operator]
    assert b"avatar_url" in table.stdout  # a pipe is as wide as it needs to be


def test_out_is_offered_only_where_there_are_variables(zenpro: object) -> None:
    assert b"--out" not in zenpro("users", "--help").stdout  # type: ignore[operator]
    assert b"--save" in zenpro("users", "--help").stdout  # type: ignore[operator]
    assert b"use --save FILE" in zenpro("users", "--out", "df").stderr  # type: ignore[operator]


def test_status_in_a_terminal(zenpro: object) -> None:
    assert b"sandbox, not ZenML Pro" in zenpro().stdout  # type: ignore[operator]


def test_completion_of_a_real_shell(zenpro: object) -> None:
    done = zenpro(_ZENPRO_COMPLETE="bash_complete", COMP_WORDS="zenpro us", COMP_CWORD="1")  # type: ignore[operator]
    assert b"plain,users" in done.stdout


def test_what_a_shell_command_chooses_ends_with_it_and_it_says_so(zenpro: object) -> None:
    done = zenpro("use", "organization", "acme")  # type: ignore[operator]
    assert done.returncode == 0
    assert b"set ZENPRO_ORGANIZATION=acme" in done.stderr


def test_where_nobody_can_type_a_login_names_the_variable(zenpro: object) -> None:
    done = zenpro("login")  # type: ignore[operator]
    assert done.returncode == 1
    assert b"Set the environment variable ZENML_PRO_API_KEY" in done.stderr


def test_doctor_and_profiles_as_json(zenpro: object) -> None:
    checks = json.loads(zenpro("doctor", "--format", "json").stdout)  # type: ignore[operator]
    assert {"check", "verdict", "detail", "next_step"} == set(checks[0])
    (profile,) = json.loads(zenpro("profiles", "--format", "json").stdout)  # type: ignore[operator]
    assert profile["name"] == "environment"
    assert profile["in_use"] is True
