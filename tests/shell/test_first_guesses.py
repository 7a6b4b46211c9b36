"""The lines that newcomers typed first. Each works, or its error contains the line that does the job.

A new command adds its own first guesses here. No guess changes anything on a server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from msgspec import Struct

from tests.shell.conftest import Shell
from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb import errors
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool import login
from zenpro_nb.frontends.notebook import NotebookUI
from zenpro_nb.journal.journal import Entry, Journal
from zenpro_nb.security import keyring
from zenpro_nb.security.secret import Secret

PEOPLE = "Name,E-Mail\nAda,ada@example.com\nNew,new.one@example.com\nEmpty,\n"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
TODAY = datetime.now(UTC)
QUARTER = f"{TODAY.year}-q{(TODAY.month + 2) // 3}"
DORMANT = "`%zenpro audit --check dormant`"


class Works(Struct, frozen=True):
    """The line works: its output, or its DataFrame as text, contains these words."""

    words: str = ""


GUESSES: list[tuple[str, str | Works]] = [
    # users by company
    ("users --group-by company", '`%zenpro sql "SELECT company, count(*) AS count FROM users GROUP BY 1'),
    ("users --group-by company", '`users = %zenpro users` and then `users.groupby("company", observed=True).size()`'),
    ("users --inactive --by company", "FROM users WHERE NOT is_active GROUP BY 1"),
    ("users --where company='Acme Labs' --count-by is_active", "FROM users WHERE company = 'Acme Labs' GROUP BY 1"),
    ("service-accounts --group-by is_active", "FROM service_accounts GROUP BY 1"),
    ("users --group-by compny", "There is no column 'compny'. Did you mean 'company'?"),
    # the administrators, and who can do what
    ("admins", "`%zenpro access --role 'Organization Admin'`"),
    ("access --admins", "`%zenpro access --role 'Organization Admin'`"),
    (
        "access --role superuser --role=owner",
        "Keep one: `%zenpro access --role superuser` or `%zenpro access --role=owner`.",
    ),
    (
        "reviews verify 2026-q4",
        "`%zenpro reviews evidence 2026-q4 --save 2026-q4.csv`, then run `%zenpro reviews verify 2026-q4.csv`",
    ),
    ("teams --limit 1 --limit 2 --sort name", "`%zenpro teams --limit 2 --sort name`"),
    ("teams --where name~Data --where name~Science --columns name --columns id", "--columns takes one value"),
    ("access --role 'Org Admin'", "Use `%zenpro access --role 'Organization Admin'`."),
    ("access --role member", "Use `%zenpro access --role 'Organization Member'`."),
    (
        "roles assign viewer --user ada@example.com --workspace ml-prod",
        "`%zenpro roles assign 'Workspace Viewer' --user ada@example.com --workspace ml-prod`",
    ),
    (
        "access --user linus@example.com --can delete:stack",
        "`%zenpro access linus@example.com --can delete:stack`",
    ),
    ("access linus@example.com delete:stack", "`%zenpro access linus@example.com --can delete:stack`"),
    ("why linus@example.com delete:stack", "`%zenpro access linus@example.com --can delete:stack`"),
    ("access linus@example.com --why delete:stack", "`%zenpro access linus@example.com --can delete:stack`"),
    (
        "why linus@example.com delete:stack ml-prod",
        "`%zenpro access linus@example.com --can delete:stack --workspace ml-prod`",
    ),
    (
        "why linus@example.com can delete stack in ml-prod",
        "`%zenpro access linus@example.com --can delete:stack --workspace ml-prod`",
    ),
    ("access --role admin", "Use `%zenpro access --role 'Organization Admin'` or "),
    ("access --role admin", " roles contain this word: `%zenpro roles --where name~admin`."),
    (
        "roles assign 'Workspace Developer' team:Platform --workspace ml-prod",
        "`%zenpro roles assign 'Workspace Developer' --team Platform --workspace ml-prod`",
    ),
    (
        "roles assign 'Workspace Developer' bot:ci-bot linus@example.com --workspace ml-prod",
        "`%zenpro roles assign 'Workspace Developer' --service-account ci-bot --user linus@example.com --workspace ml-",
    ),
    ("who can delete stack", "`%zenpro access --can delete:stack`"),
    ("who are the admins", "`%zenpro access --role 'Organization Admin'`"),
    ("admins list", "`%zenpro access --role 'Organization Admin'`."),
    ("roles members 'Organization Admin'", "`%zenpro access --role 'Organization Admin'`"),
    ("roles get 'Organization Admin' --members", "`%zenpro access --role 'Organization Admin'`"),
    ("explain linus@example.com", "`%zenpro access linus@example.com`"),
    ("access linus@example.com --why", "Use `%zenpro access linus@example.com`."),
    ("access why linus@example.com", "Use `%zenpro access linus@example.com`."),
    ("access linus@example.com --can delete stack", "Use `%zenpro access linus@example.com --can delete:stack`."),
    # states
    ("users inactive", "Use `%zenpro users --inactive`."),
    ("users --status inactive --limit 3", "Use `%zenpro users --inactive --limit 3`."),
    ("users --active false", "Use `%zenpro users --inactive`."),
    # the last login
    ("users --inactive 90d", DORMANT),
    ("users --idle 90", "Use `%zenpro users --idle 90d`."),
    ("users --last-login 90d", DORMANT),
    ("users --inactive-for 90d", DORMANT),
    ("users --no-login 90d", DORMANT),
    ("users --where last_login<90d", "`%zenpro audit --check dormant`"),
    ("members --where last_seen<90d", "`%zenpro audit --check dormant`"),
    ("users dormant", DORMANT),
    ("dormant", DORMANT),
    ("audit --dormant", DORMANT),
    # onboarding
    (
        "users onboard new@example.com --workspace ml-prod",
        "`%zenpro users onboard new@example.com --grant 'Workspace Viewer@ml-prod'`",
    ),
    (
        "users onboard new@example.com --role 'Workspace Developer' --workspace=ml-prod --dry-run",
        Works("Workspace Developer in ml-prod"),
    ),
    (
        "users onboard new@example.com --role 'Organization Member' --workspace ml-prod --team Platform",
        "`%zenpro users onboard new@example.com --role 'Organization Member' --team Platform --grant ",
    ),
    (
        "users onboard new@example.com --workspace ml-prod --workspace-role 'Workspace Developer' --dry-run",
        "`%zenpro users onboard new@example.com --dry-run --grant 'Workspace Developer@ml-prod'`",
    ),
    (
        "users onboard new@example.com --workspace-role 'Workspace Developer' --workspace ml-prod",
        "`%zenpro users onboard new@example.com --grant 'Workspace Developer@ml-prod'`",
    ),
    ("users onboard people.csv --dry-run", Works("new.one@example.com")),
    ("users onboard roles.csv --dry-run", Works("new.one@example.com as Organization")),
    ("users onboard roles.csv --role 'Organization Viewer' --team Vision --dry-run", Works("new.one@example.com")),
    ("invitations create roles.csv --dry-run", "Use `%zenpro users onboard roles.csv`"),
    ("users deactivate roles.csv --dry-run", "The user 'new.one@example.com' does not exist"),
    ("invitations create people.csv --dry-run", Works("new.one@example.com")),
    ("invitations create new.one@example.com --dry-run", Works("Organization Member in acme")),
    ("invitations create nobody.csv --dry-run", "There is no file 'nobody.csv'"),
    ("invitations create names.csv --dry-run", "'names.csv' has no column 'email'. Its columns are name."),
    ("invitations create --csv people.csv --dry-run", "`%zenpro invitations create people.csv --dry-run`"),
    ("invitations import people.csv", "`%zenpro invitations create people.csv`"),
    (
        "users onboard new@example.com --workspace ml-prod --role developer --dry-run",
        Works("Workspace Developer in ml-prod"),
    ),
    (
        "users create new@example.com --role 'Organization Member'",
        "Use `%zenpro users onboard new@example.com --role 'Organization Member'`.",
    ),
    (
        "teams assign Platform --role 'Workspace Viewer' --workspace ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --team Platform --workspace ml-prod`.",
    ),
    ("invitations bulk people.csv", "`%zenpro invitations create people.csv`"),
    ("users leave linus@example.com", "`%zenpro users offboard linus@example.com`"),
    (
        "members add new@example.com --role member",
        "Use `%zenpro invitations create --email new@example.com --role member`.",
    ),
    # forms
    ("form create workspace", "Use `%zenpro form workspaces create`."),
    ("workspaces form", "Use `%zenpro form workspaces`."),
    ("form teams role", "Use `%zenpro form roles assign`."),
    ("form workspace create", "`%zenpro form workspaces create`"),
    ("form team role", "`%zenpro form roles assign`"),
    ("form teams", Works("Open the form of `teams create`.")),
    ("workspaces create --form", "`%zenpro form workspaces create`"),
    # queries about sign-ins
    ("sql 'SELECT email, last_login FROM users'", "run `%zenpro audit --check dormant`"),
    ("sql 'SELECT emial FROM users'", "Use `%zenpro sql 'SELECT email FROM users'`."),
    # runs
    ("runs --status failed --by day", "`%zenpro runs --status failed --plot --workspace all`"),
    ("runs --status failed --by day --plot", "`%zenpro runs --status failed --plot --workspace all`"),
    (
        "runs --status failed --workspace ml-prod --by day",
        "`%zenpro runs --status failed --workspace ml-prod --plot`",
    ),
    ("runs --status failed --plot", "`%zenpro runs --status failed --plot --workspace all`"),
    ("runs failed", "Use `%zenpro runs --status failed`."),
    ("runs plot --status failed", "Use `%zenpro runs --plot --status failed`."),
    ("runs --chart", "Use `%zenpro runs --plot`."),
    ("usage --failed --plot", "Use `%zenpro usage --status failed --plot`."),
    (
        "runs --status failed --workspace all --plot failed.png",
        "Charts are saved as SVG. Use `%zenpro runs --status failed --workspace all --plot --save failed.svg`.",
    ),
    ("runs --status failed --plot=failed.svg", "Use `%zenpro runs --status failed --plot --save failed.svg`."),
    ("usage --by week --plot 'a b.pdf'", "Use `%zenpro usage --by week --plot --save 'a b.svg'`."),
    # values in the wrong places
    (
        "teams add linus@example.com platform --dry-run",
        "`%zenpro teams add Platform --user linus@example.com --dry-run`",
    ),
    ("teams add ci-bot Platform", "Use `%zenpro teams add Platform --service-account ci-bot`."),
    ("teams add linus@example.com --user Platform", "Use `%zenpro teams add Platform --user linus@example.com`."),
    ("teams remove grace@example.com Platform", "Use `%zenpro teams remove Platform --user grace@example.com`."),
    ("members add linus@example.com Platform", "Use `%zenpro teams add Platform --user linus@example.com`."),
    ("users remove linus@example.com Platform", "Use `%zenpro teams remove Platform --user linus@example.com`."),
    (
        "roles assign linus@example.com viewer ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --user linus@example.com --workspace ml-prod`.",
    ),
    (
        "roles revoke Platform 'Workspace Viewer' ml-prod",
        "Use `%zenpro roles revoke 'Workspace Viewer' --team Platform --workspace ml-prod`.",
    ),
    (
        "roles assign 'Workspace Viewer' --user Platform --workspace ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --team Platform --workspace ml-prod`.",
    ),
    (
        "assign linus@example.com 'Workspace Viewer' ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --user linus@example.com --workspace ml-prod`.",
    ),
    (
        "service-accounts assign ci-bot 'Workspace Viewer' ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --service-account ci-bot --workspace ml-prod`.",
    ),
    (
        "members add linus@example.com ml-prod",
        "`%zenpro roles assign ROLE --user linus@example.com --workspace ml-prod`",
    ),
    ("users onboard new@example.com Platform", "Use `%zenpro users onboard new@example.com --team Platform`."),
    (
        "invitations create 'Organization Member' new@example.com",
        "Use `%zenpro invitations create new@example.com --role 'Organization Member'`.",
    ),
    ("api-keys rotate ci-bot github-actions", "Use `%zenpro api-keys rotate github-actions --service-account ci-bot`."),
    (
        "access linus@example.com ml-prod delete:stack",
        "Use `%zenpro access linus@example.com --workspace ml-prod --can delete:stack`.",
    ),
    ("access ml-prod", "Use `%zenpro access --workspace ml-prod`."),
    ("teams add Nope --user linus@example.com", "List them with `%zenpro teams`."),
    # flags with a value, and words after options
    ("users --active=false --limit 3", "Use `%zenpro users --inactive --limit 3`."),
    ("users --inactive=true --limit 3", "Use `%zenpro users --inactive --limit 3`."),
    ("users --limit 3 inactive", "Use `%zenpro users --limit 3 --inactive`."),
    ("runs --workspace ml-prod latest", "`%zenpro runs get latest --workspace ml-prod`"),
    ("runs --status failed latest", "`%zenpro runs get latest`"),
    ("captures diff 30d", "Use `%zenpro diff 30d`."),
    # files and queries
    ("plan --file access.yaml", "Use `%zenpro plan access.yaml`."),
    ("sql -c 'SELECT 1'", "Use `%zenpro sql 'SELECT 1'`."),
    ("users group-by company", "FROM users GROUP BY 1"),
    ("notebooks clean mine.ipynb -o copy.ipynb", "Use `%zenpro notebooks clean mine.ipynb --out copy.ipynb`."),
    ("users --excel users.xlsx", "`%zenpro users --save users.xlsx`"),
    ("users --out users.xlsx", "use --save users.xlsx"),
    ("sql SELECT count(*) FROM users", "`%zenpro sql 'SELECT count(*) FROM users'`"),
    ("query 'SELECT 1'", "Use `%zenpro sql 'SELECT 1'`."),
    ("users save users.csv", "Use `%zenpro users --save users.csv`."),
    # undoing
    ("undo --last", "Use `%zenpro undo`."),
    ("undo last", "Without an ID, `%zenpro undo` undoes the last command."),
    ("revert", "`%zenpro undo`"),
    # access as code
    ("plan protected.yaml", "protected.yaml, line 3: No principal in acme is called 'lins@example.com'. Did you mean"),
    ("plan protected.yaml", "Did you mean 'linus@example.com'?"),
    # comparing
    ("compare 30d", "`%zenpro diff 30d`"),
    ("diff --since 30d", "There are no captures of this organization. Create one: `%zenpro captures create`."),
    ("diff --against last-month", "How to create them regularly: `%zenpro docs captures`."),
    ("diff 'last month'", "`%zenpro diff 30d`"),
    (
        "diff 1m",
        "'1m' could be months or minutes. Did you mean '30d' or '60s'? Use `%zenpro diff 30d` or `%zenpro diff",
    ),
    ("diff '3 months'", "Use `%zenpro diff 90d`."),
    ("users --idle 1m", "Use `%zenpro users --idle 30d` or `%zenpro users --idle 60s`."),
    ("usage --since 1month --by user", "Use `%zenpro usage --since 30d --by user`."),
    (
        "snapshots prune --older-than 1m",
        "Use `%zenpro snapshots prune --older-than 30d` or `%zenpro snapshots prune --old",
    ),
    ("diff -30d", "Create one: `%zenpro captures create`."),
    ("runs -7d", "Use `%zenpro runs --since 7d`."),
    ("users -5", "Use `%zenpro users --limit 5`."),
    ("diff --month", "Use `%zenpro diff 30d`."),
    # keys
    ("service-accounts keys ci-bot", "`%zenpro api-keys --service-account ci-bot`"),
    ("api-keys rotate sandbox", "`%zenpro api-keys rotate sandbox --to file:sandbox.key`"),
    (
        "api-keys rotate ci-bot",
        "Use `%zenpro api-keys rotate github-actions --service-account ci-bot --to file:github-actions.key`.",
    ),
    ("api-keys rotate etl-bot --retain 1h", "`%zenpro api-keys rotate airflow --service-account etl-bot --retain 1h"),
    ("api-keys rotate etl-bot", "It has 2 keys: airflow, old."),
    ("api-keys deactivate github-actions", "`%zenpro api-keys deactivate github-actions --service-account ci-bot`"),
    ("api-keys rotate ZENPROKEY_abc --to file:a.key", "Name a key by its name or ID, not by the key itself."),
    ("api-keys rotate nothing --to file:a.key", "For a key of a service account, add --service-account NAME."),
    ("api-keys rotate --name ci-bot", "Use `%zenpro api-keys rotate ci-bot`."),
    ("rotate laptop", "`%zenpro api-keys rotate`"),
    (
        "api-keys rotate --service-account ci-bot --retain 1h",
        "Use `%zenpro api-keys rotate github-actions --service-account ci-bot --retain 1h --to file:github-",
    ),
    (
        "api-keys rotate --service-account etl-bot",
        "etl-bot has 2 keys: airflow, old. Use `%zenpro api-keys rotate airflow --service-account etl-bot --to "
        "file:airflow.key` or `%zenpro api-keys rotate old --service-account etl-bot --to file:old.key`.",
    ),
    ("api-keys rotate --service-account ci-bto", "Did you mean 'ci-bot'?"),
    (
        "api-keys deactivate --service-account ci-bot",
        "`%zenpro api-keys deactivate github-actions --service-account",
    ),
    (
        "service-accounts rotate ci-bot",
        "Use `%zenpro api-keys rotate github-actions --service-account ci-bot --to file:github-actions.key`.",
    ),
    (
        "service-accounts rotate etl-bot",
        "or `%zenpro api-keys rotate old --service-account etl-bot --to file:old.key",
    ),
    ("api-keys create ci", "`%zenpro api-keys create ci --to file:ci.key`"),
    # sharing
    ("notebooks clean mine.ipynb", "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb`"),
    ("notebooks clean none.ipynb", "There is no file 'none.ipynb'"),
    ("notebooks check .", Works("nothing found in mine.ipynb")),
    ("notebooks check empty", "The folder empty contains no notebook"),
    ("pseudonyms", Works("`%zenpro pseudonyms on` replaces them")),
    ("pseudonyms on", Works("`%zenpro pseudonyms off` shows real people")),
    ("pseudonyms off", Works("`%zenpro pseudonyms on` replaces them")),
    (
        "notebooks clean mine.ipynb --no-names",
        "`%zenpro notebooks clean mine.ipynb --pseudonyms --out mine-to-",
    ),
    ("anonymize on", "`%zenpro pseudonyms on`"),
    ("share mine.ipynb", "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb`"),
    (
        "notebooks share mine.ipynb --pseudonyms",
        "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb --pseudonyms`",
    ),
    ("anonymize mine.ipynb", "`%zenpro notebooks clean mine.ipynb --out mine-to-share.ipynb --pseudonyms`"),
    # papermill
    (
        "notebooks run mine.ipynb --organization acme-labs",
        "`papermill mine.ipynb mine-done.ipynb -p organization acme-labs`",
    ),
    ("notebooks parameters mine.ipynb", "`papermill mine.ipynb mine-done.ipynb -p organization "),
    ("papermill mine.ipynb", "`papermill mine.ipynb mine-done.ipynb -p organization "),
    # reviews
    ("review create q4", "`%zenpro reviews create q4`"),
    ("reviews decide --revoke 3", "`%zenpro reviews decide q4 --row 3 --revoke`"),
    ("reviews decide q4 --revoke 3", "Use `%zenpro reviews decide q4 --revoke --row 3`."),
    ("reviews decide q4 --revoke linus@example.com", "decide q4 --revoke --principal linus@example.com`."),
    ("reviews decide q4 --keep team:Platform", "decide q4 --keep --principal team:Platform`."),
    ("reviews create --quarterly", f"`%zenpro reviews create {QUARTER}`"),
    # options before the command
    ("--org acme users --limit 1", "Options come after the command. Use `%zenpro users --limit 1 --org acme`."),
    ("--workspace ml-prod runs", "Use `%zenpro runs --workspace ml-prod`."),
    # reviews and people who leave
    ("reviews decide q4 --accept-all", "Use `%zenpro reviews decide q4 --recommended`."),
    ("reviews accept q4", "Use `%zenpro reviews decide --recommended q4`."),
    ("reviews decide q4 --recommended --keep", "`--keep` cannot be combined with `--recommended`."),
    (
        "users offboard linus@example.com --handover grace@example.com --dry-run",
        "for a workspace, `%zenpro workspaces update WORKSPACE --owner grace@example.com`. Then use `%zenpro users off",
    ),
    (
        "users handover linus@example.com grace@example.com",
        "`%zenpro users impact linus@example.com` lists what depends",
    ),
    ("users --inactive 30d", "for accounts that started no runs, `%zenpro users --idle 30d`."),
    ("users --last-login 60", "for accounts that started no runs, `%zenpro users --idle 60d`."),
    # sessions
    ("use acme", "Use `%zenpro use organization acme`."),
    ("use ml-prod", "Use `%zenpro use workspace ml-prod`."),
    ("use --org acme", "Use `%zenpro use organization acme`."),
    ("use --organization acme", "Use `%zenpro use organization acme`."),
    ("use org acme-labs", "Use `%zenpro use organization acme-labs`."),
    ("use ws ml-prod", "Use `%zenpro use workspace ml-prod`."),
    ("reviews decide q4", "`%zenpro reviews decide q4 --row 4 --keep`"),
    ("reviews decide q4 --row 2", "`%zenpro form review q4`"),
    ("reviews decide q4 --keep", "`%zenpro reviews decide q4 --from q4.csv`"),
]


@pytest.fixture(scope="module")
def asked(sandbox: SandboxProcess) -> Iterator[Shell]:
    """One shell for all guesses: none of them changes anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZENML_PRO_API_URL", sandbox.url)
        patch.setenv("ZENML_PRO_API_KEY", sandbox.key)
        patch.setenv("ZENPRO_ORGANIZATION", "acme")
        shell = Shell()
        shell.run("%load_ext zenpro_nb")
        yield shell
        shell.run("%unload_ext zenpro_nb")


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
        request.getfixturevalue("asked").run("%zenpro pseudonyms off")


@pytest.mark.parametrize(("line", "answer"), GUESSES, ids=[f"{line} {n}" for n, (line, _) in enumerate(GUESSES)])
def test_a_first_guess_works_or_names_the_line(
    asked: Shell, folder: Path, capsys: pytest.CaptureFixture[str], line: str, answer: str | Works
) -> None:
    if line.startswith("diff '"):
        asked.run("%zenpro captures create before")
    if line.startswith("reviews decide"):
        asked.run("%zenpro reviews create q4 --workspace ml-dev")
    capsys.readouterr()
    if isinstance(answer, Works):
        result = asked.run(f"%zenpro {line}")
        shown = "" if result is None else result.to_string()
        assert answer.words in "".join([*capsys.readouterr(), shown])
    else:
        error = asked.error(f"%zenpro {line}")
        assert isinstance(error, errors.UsageError)
        assert answer in str(error)
        assert "\n" not in str(error)
    assert os.listdir("empty") == []


@pytest.mark.parametrize("words", [[], ["users"]], ids=["zenpro", "zenpro users"])
def test_a_shell_without_a_credential_recommends_what_works_there(words: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ZENML_", "ZENPRO_ORG"))}
    done = in_process(words, environment)
    output = (done.stdout + done.stderr).decode()
    assert "`zenpro demo`" in output
    assert "`zenpro login`" in output
    assert "sandbox start" not in output


def test_a_shell_names_lines_that_can_be_pasted_there(sandbox: SandboxProcess) -> None:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    grouped = in_process(["users", "--group-by", "company"], {**os.environ, **server}).stderr.decode()
    assert "Use `zenpro sql " in grouped
    assert "%zenpro" not in grouped
    hidden = in_process(["pseudonyms", "on"], {**os.environ, **server}).stderr.decode()
    assert "`zenpro notebooks clean FILE.ipynb --out COPY.ipynb --pseudonyms`" in hidden


@pytest.mark.parametrize("line", ["diff --since 30d", "diff --against last-month", "diff 30d"])
def test_a_comparison_with_a_time_before_all_captures_names_the_oldest(asked: Shell, folder: Path, line: str) -> None:
    asked.run("%zenpro captures create before")
    oldest = f"{datetime.now(UTC):%Y-%m-%d}"
    error = asked.error(f"%zenpro {line}")
    assert f"All captures are newer than '30d': the first one of acme is from {oldest} " in str(error)
    assert "and nothing earlier is known." in str(error)
    assert f"Use `%zenpro diff {oldest}`." in str(error)
    assert "nothing has changed" in asked.run(f"%zenpro diff {oldest}").attrs["zenpro"]["answer"]
    asked.run("%zenpro captures create later")
    assert "Use `%zenpro diff before`." in str(asked.error(f"%zenpro {line}"))
    # Another organization has none: the message names the place of the others.
    others = str(asked.error("%zenpro diff 30d --org acme-labs"))
    assert "There are no captures of this organization; `captures` lists those of acme at http://" in others


def test_a_chart_of_the_workspace_in_use_names_no_other(asked: Shell) -> None:
    asked.run("%zenpro use workspace ml-prod")
    try:
        error = asked.error("%zenpro runs --status failed --by day --plot")
    finally:
        asked.run("%zenpro use organization acme")
    assert "use `%zenpro runs --status failed --plot`." in str(error)


def test_an_unattended_run_without_a_credential_names_the_variables(
    shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENPRO_SANDBOX"):
        monkeypatch.delenv(name, raising=False)
    error = shell.error("%zenpro sandbox start --if-needed")
    assert isinstance(error, errors.CredentialError)
    assert "set ZENML_PRO_API_KEY or ZENML_PRO_API_TOKEN" in str(error)
    assert "set ZENPRO_SANDBOX=1" in str(error)
    assert "sandbox start" not in str(error)


@pytest.mark.parametrize(
    ("typed", "right"),
    [("$new", "{new.email}"), ("$new.email", "{new.email}"), ('$q["email"]', '{q["email"]}'), ("$q", '{q["email"]}')],
)
@pytest.mark.parametrize("kind", ["object", "row"])
def test_a_part_of_a_variable_gets_its_braces(asked: Shell, folder: Path, kind: str, typed: str, right: str) -> None:
    record = {"email": "new.one@example.com", "name": "New"}
    asked.ip.user_ns["new"] = SimpleNamespace(**record) if kind == "object" else pd.Series(record)
    asked.ip.user_ns["q"] = record
    error = asked.error(f"%zenpro invitations create {typed} --role 'Organization Member' --dry-run")
    line = f"%zenpro invitations create {right} --role 'Organization Member' --dry-run"
    assert isinstance(error, errors.UsageError)
    assert f"Use `{line}`." in str(error)
    assert "new.one@example.com" in asked.run(line).to_string()


def test_a_refused_token_may_be_wrong(sandbox: SandboxProcess) -> None:
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_TOKEN": "mistyped"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
    output = in_process(["roles"], {**environment, **server}).stderr.decode()
    assert "The token is not accepted: it is wrong, has expired, or was revoked" in output


def test_a_refused_key_without_the_prefix_of_keys(sandbox: SandboxProcess) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
    for key, is_named in (("abcdef", True), ("ZENPROKEY_abcdef", False)):
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
    frame = shell.run("%zenpro journal --columns command")
    shown = " ".join(capsys.readouterr().out.split())
    assert "n0@example.com n1@example.com … 78 more" in shown
    assert "n0@example.com n1@example.com … 198 more" in shown
    assert "n2@example.com" not in shown
    assert frame["command"].iloc[1] == line


def test_a_missing_destination_is_asked_for_in_one_line(
    shell: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts: list[str] = []
    answers = iter(["file:new.key", ""])

    def typed(ui: NotebookUI, prompt: str) -> str:
        prompts.append(prompt)
        return next(answers)

    monkeypatch.setattr(NotebookUI, "is_interactive", property(lambda ui: True))
    monkeypatch.setattr(NotebookUI, "_input", typed)
    shell.run("%zenpro api-keys create ci")
    (prompt,) = prompts
    assert prompt.endswith(" is shown only once. Write it to env:NAME or file:PATH: ")
    assert (folder / "new.key").read_text()
    assert shell.run("%zenpro journal")["command"].iloc[0] == "api-keys create ci --to file:new.key"
    # No answer: nothing is sent.
    error = shell.error("%zenpro api-keys create other")
    assert isinstance(error, errors.ConfirmationError)
    assert "`%zenpro api-keys create other --to file:other.key`" in str(error)


@pytest.mark.parametrize(("is_available", "answer"), [(True, "--keyring"), (False, "`export ZENML_PRO_API_KEY=…`")])
def test_a_keyring_is_suggested_only_where_there_is_one(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, is_available: bool, answer: str
) -> None:
    monkeypatch.setattr(keyring, "is_available", lambda: is_available)
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    created = in_process(["api-keys", "create", "ci"], {**os.environ, **server}).stderr.decode()
    assert ("--to keyring" in created) is is_available
    assert "env:" not in created  # a command cannot set a variable of the shell
    monkeypatch.setattr(login.signing_in, "prompt_credential", lambda *target: ApiKey(Secret(sandbox.key)))
    output = in_process(["login"], {**os.environ, **server}).stderr.decode()
    assert answer in output
