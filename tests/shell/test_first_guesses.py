"""The lines that newcomers typed first. Each works, or its error contains the line that does the job."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.shell.first_guesses import GUESSES, Works
from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb import errors
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.security import keyring

PEOPLE = "Name,E-Mail\nAda,ada@example.com\nNew,new.one@example.com\nEmpty,\n"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture(scope="module")
def known(reading_shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's files with a capture and a review, which no guess changes."""
    folder = tmp_path_factory.mktemp("known")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZENPRO_STATE_DIR", str(folder))
        reading_shell.run("%zenpro captures create before")
        reading_shell.run("%zenpro reviews create q4 --workspace ml-dev")
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with files that a newcomer has."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "roles.csv").write_text(
        "email,role,team\nlinus@example.com,Organization Admin,Platform\nnew.one@example.com,,\n"
    )
    (tmp_path / "names.csv").write_text("name\nAda\n")
    (tmp_path / "protected.yaml").write_text("zenpro: 1\nprotect:\n  users: [lins@example.com]\n")
    (tmp_path / "mine.ipynb").write_text(NOTEBOOK)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keyring, "is_available", lambda: False)
    return tmp_path


@pytest.fixture(autouse=True)
def names_are_shown(request: pytest.FixtureRequest) -> Iterator[None]:
    """Show names again after the guess that hides them."""
    yield
    if "pseudonyms on" in request.node.name:
        request.getfixturevalue("reading_shell").run("%zenpro pseudonyms off")


@pytest.mark.parametrize(("line", "answer"), GUESSES, ids=[f"{line} {n}" for n, (line, _) in enumerate(GUESSES)])
def test_a_first_guess_works_or_names_the_line(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    reading_shell: Shell,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    line: str,
    answer: str | Works,
) -> None:
    if line.startswith(("diff '", "reviews decide")):
        monkeypatch.setenv("ZENPRO_STATE_DIR", str(request.getfixturevalue("known")))
    capsys.readouterr()
    if isinstance(answer, Works):
        result = reading_shell.run(f"%zenpro {line}")
        shown = "" if result is None else result.to_string()
        assert answer.words in "".join([*capsys.readouterr(), shown])
    else:
        error = reading_shell.error(f"%zenpro {line}")
        assert isinstance(error, errors.UsageError)
        assert answer in str(error)
        assert "\n" not in str(error)
    assert os.listdir("empty") == []


def test_each_answer_is_a_complete_command_and_not_only_its_verb() -> None:
    """With the verb alone, a command with its values in the wrong order would pass."""
    answers = [answer for _, answer in GUESSES if isinstance(answer, str)]
    verbs = [answer for answer in answers if re.fullmatch(r"[a-z][a-z-]*( [a-z-]+)*", answer)]
    assert not verbs, f"Write the complete command in GUESSES, such as `%zenpro {verbs[0]} VALUES`."


INVITED = "invited.first@example.com"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("teams add Platform --user {}", "teams add Platform --invitation {}"),
        ("teams add Platform --user={}", "teams add Platform --invitation={}"),
        ("teams add Platform {}", "teams add Platform --invitation {}"),
        ("teams add {} Platform", "teams add Platform --invitation {}"),
        ("teams remove Platform --user {}", "teams remove Platform --invitation {}"),
        (
            "roles assign 'Workspace Viewer' --user {} --workspace ml-prod",
            "roles assign 'Workspace Viewer' --invitation {} --workspace ml-prod",
        ),
    ],
)
def test_a_person_who_has_not_accepted_yet_is_named_by_the_invitation(
    reading_shell: Shell, folder: Path, line: str, right: str
) -> None:
    reading_shell.run(f"%zenpro invitations create {INVITED}")
    error = str(reading_shell.error(f"%zenpro {line.format(INVITED)}"))
    assert f"Use `%zenpro {right.format(INVITED)}`." in error
    if "--user" in line:
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        assert error.startswith(f"'{INVITED}' was invited on {today} and has not accepted yet, so there is no account.")
    assert len(reading_shell.run(f"%zenpro {right.format(INVITED)} --dry-run")) == 1


@pytest.mark.parametrize(
    "line", ["users deactivate {}", "users delete {}", "users get {}", "members remove {}", "assignments --user {}"]
)
def test_a_person_who_has_not_accepted_yet_is_not_unknown(reading_shell: Shell, folder: Path, line: str) -> None:
    reading_shell.run(f"%zenpro invitations create {INVITED}")
    today, typed = f"{datetime.now(UTC):%Y-%m-%d}", INVITED.replace("invited", "Invited")
    assert str(reading_shell.error(f"%zenpro {line.format(typed)}")) == (
        f"'{typed}' was invited on {today} and has not accepted yet, so there is no account. To see the roles "
        f"of the invitation, use `%zenpro access {typed}`. To withdraw it, use `%zenpro invitations revoke {typed}`."
    )
    elsewhere = str(reading_shell.error(f"%zenpro use organization acme-labs\n%zenpro {line.format(typed)}"))
    reading_shell.run("%zenpro use organization acme")
    assert "does not exist, or you cannot see it" in elsewhere


def test_an_invited_person_is_named_among_unknown_ones(reading_shell: Shell, folder: Path) -> None:
    reading_shell.run(f"%zenpro invitations create {INVITED}")
    error = str(reading_shell.error(f"%zenpro users deactivate {INVITED} nobody@nowhere.example"))
    assert error.startswith("2 of 2 users do not exist or are not unique: ")
    assert f"use `%zenpro invitations revoke {INVITED}`. List them with `%zenpro users`." in error


def test_a_person_without_an_account_beside_an_invited_one(reading_shell: Shell, folder: Path) -> None:
    reading_shell.run(f"%zenpro invitations create {INVITED}")
    error = str(reading_shell.error(f"%zenpro teams add Platform --user {INVITED} --user nobody@example.com"))
    assert "`%zenpro invitations create --role 'Organization Member' --email nobody@example.com`" in error


def test_a_shell_names_lines_that_can_be_pasted_there(sandbox: SandboxProcess) -> None:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    grouped = in_process(["users", "--group-by", "company"], {**os.environ, **server}).stderr.decode()
    assert "Use `zenpro users --by company`." in grouped
    bare = in_process(["create", "workspace"], {**os.environ, **server}).stderr.decode()
    assert "Use `zenpro workspaces create NAME`." in bare  # a notebook opens a form instead
    printed = in_process(["users", "--json"], {**os.environ, **server}).stderr.decode()
    assert "Use `zenpro users --format json`." in printed
    hidden = in_process(["users", "--anonymize", "--limit", "3"], {**os.environ, **server}).stderr.decode()
    assert "Use `zenpro pseudonyms on`, and then `zenpro users --limit 3`." in hidden


def test_a_comparison_with_a_time_before_all_captures_names_the_oldest(reading_shell: Shell, folder: Path) -> None:
    lines = ("diff --since 30d", "diff --against last-month", "diff 30d")
    reading_shell.run("%zenpro captures create before")
    oldest = f"{datetime.now(UTC):%Y-%m-%d}"
    for line in lines:
        error = reading_shell.error(f"%zenpro {line}")
        assert f"All captures are newer than '30d': the first one of acme is from {oldest} " in str(error)
        assert "and nothing earlier is known." in str(error)
        assert f"Use `%zenpro diff {oldest}`." in str(error)
    assert "nothing has changed" in reading_shell.run(f"%zenpro diff {oldest}").attrs["zenpro"]["answer"]
    reading_shell.run("%zenpro captures create later")
    assert ["Use `%zenpro diff before`." in str(reading_shell.error(f"%zenpro {line}")) for line in lines] == [True] * 3
    # Another organization has none: the message names the place of the others.
    others = str(reading_shell.error("%zenpro diff 30d --org acme-labs"))
    assert "There are no captures of this organization; `captures` lists those of acme at http://" in others


def test_an_unattended_run_without_a_credential_names_the_variables(
    shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENPRO_SANDBOX"):
        monkeypatch.delenv(name, raising=False)
    error = shell.error("%zenpro sandbox start --if-needed")
    assert isinstance(error, errors.CredentialError)
    assert "set ZENML_PRO_API_KEY or ZENML_PRO_API_TOKEN" in str(error)
    assert "`ZENPRO_SANDBOX=1 papermill NOTEBOOK.ipynb DONE.ipynb`" in str(error)
    assert "sandbox start" not in str(error)


@pytest.mark.parametrize(
    ("typed", "right"),
    [("$new", "{new.email}"), ("$new.email", "{new.email}"), ('$q["email"]', '{q["email"]}'), ("$q", '{q["email"]}')],
)
@pytest.mark.parametrize("kind", ["object", "row"])
def test_a_part_of_a_variable_gets_its_braces(
    reading_shell: Shell, folder: Path, kind: str, typed: str, right: str
) -> None:
    record = {"email": "new.one@example.com", "name": "New"}
    reading_shell.ip.user_ns["new"] = SimpleNamespace(**record) if kind == "object" else pd.Series(record)
    reading_shell.ip.user_ns["q"] = record
    error = reading_shell.error(f"%zenpro invitations create {typed} --role 'Organization Member' --dry-run")
    line = f"%zenpro invitations create {right} --role 'Organization Member' --dry-run"
    assert isinstance(error, errors.UsageError)
    assert f"Use `{line}`." in str(error)
    assert "new.one@example.com" in reading_shell.run(line).to_string()


def test_a_refused_token_may_be_wrong(sandbox: SandboxProcess) -> None:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_TOKEN": "mistyped"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
    output = in_process(["roles"], {**environment, **server}).stderr.decode()
    assert "The token is not accepted: it is wrong, has expired, or was revoked" in output


def test_a_refused_key_without_the_prefix_of_keys(sandbox: SandboxProcess) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
    for key, is_named in (("not-a-key", True), ("ZENPROKEY_wrong", False)):
        output = in_process(["roles"], {**environment, "ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": key})
        assert output.stderr.startswith(b"AuthenticationError: ")
        assert (b"It does not begin with ZENPROKEY_, as the API keys of ZenML Pro do." in output.stderr) is is_named


def test_the_journal_shortens_a_command_with_many_addresses(
    shell: Shell, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses = [f"n{number}@example.com" for number in range(200)]
    line = f"invitations create --role Viewer {' '.join(addresses[:80])}"
    for command in (line, f"{line} {' '.join(addresses[80:])}"):  # the journal itself cuts the second one
        Journal().append(Entry(command, "http://localhost", "POST", "/invitations", {}, None, "done"))
    frame = shell.run("%zenpro journal --server all --columns command")
    output = " ".join(capsys.readouterr().out.split())
    assert "n0@example.com n1@example.com … 78 more" in output
    assert "n0@example.com n1@example.com … 198 more" in output
    assert "n2@example.com" not in output
    assert frame["command"].iloc[1] == line
