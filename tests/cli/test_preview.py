"""Long results that are saved elsewhere, or are only outcomes, are printed in part in a shell."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb import limits
from zenpro_nb.sandbox.limits import EMAIL_MAX

MANY = 3 * limits.PREVIEW_ROWS
REFUSED = f"{'x' * EMAIL_MAX}@example.com"  # too long for the server


@pytest.fixture
def environment(sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    return {**os.environ, **server}


def output_of(environment: dict[str, str], *words: str, terminal: bool = True) -> tuple[list[str], str]:
    """Return the printed rows of a line, without the names of columns, and the messages."""
    done = in_process(words, {**environment, "COLUMNS": "1000", "NO_COLOR": "1"}, terminal=terminal)
    return done.stdout.decode().splitlines()[1:], done.stderr.decode()


def test_a_saved_list_is_printed_in_part(environment: dict[str, str]) -> None:
    users = ["users", "--columns", "email", "--limit"]
    save = ["--save", "users.csv"]
    rows, output = output_of(environment, *users, str(MANY), *save)
    assert len(rows) == limits.PREVIEW_ROWS
    assert f"saved {MANY} rows to users.csv\n… {MANY - limits.PREVIEW_ROWS} more rows in users.csv" in output
    _, output = output_of(environment, *users, str(MANY), *save, "--save", "users.json")
    assert "more rows in users.csv and users.json" in output
    # A few rows more than a preview are printed whole, and so is a format that someone requests.
    assert len(output_of(environment, *users, str(2 * limits.PREVIEW_ROWS), *save)[0]) == 2 * limits.PREVIEW_ROWS
    assert len(output_of(environment, *users, str(MANY), *save, "--format", "table")[0]) == MANY
    assert len(output_of(environment, *users, str(MANY))[0]) == MANY


def test_a_list_below_its_chart_is_printed_in_part(environment: dict[str, str]) -> None:
    rows, output = output_of(environment, "runs", "--workspace", "ml-prod", "--limit", str(MANY), "--plot")
    assert len(rows) == limits.PREVIEW_ROWS
    assert f"… {MANY - limits.PREVIEW_ROWS} more rows; `--format table` prints all\n" in output


def test_many_outcomes_are_printed_in_part_and_failures_first(environment: dict[str, str]) -> None:
    addresses = [f"n{number}@example.com" for number in range(MANY)]
    rows, output = output_of(environment, "invitations", "create", *addresses, REFUSED, "--yes")
    assert len(rows) == limits.PREVIEW_ROWS
    assert rows[0].startswith(REFUSED)
    hidden = MANY + 1 - limits.PREVIEW_ROWS
    assert f"… {hidden} more rows; all {MANY + 1}: 1 refused, {MANY} done\n" in output
    rows, output = output_of(environment, "invitations", "create", *addresses, "--yes")
    assert len(rows) == limits.PREVIEW_ROWS
    assert output.startswith(f"nothing to do: {MANY} people as Organization Member in acme, all unchanged\n")
    assert f"… {MANY - limits.PREVIEW_ROWS} more rows; all {MANY}: {MANY} unchanged" in output


def test_a_dry_run_of_many_people_is_printed_in_part(environment: dict[str, str]) -> None:
    line = ["users", "onboard", *(f"o{number}@example.com" for number in range(MANY)), "--dry-run"]
    rows, output = output_of(environment, *line)
    assert len(rows) == limits.PREVIEW_ROWS
    assert f"… {MANY - limits.PREVIEW_ROWS} more rows; `--format table` prints all\n" in output
    assert len(output_of(environment, *line, "--format", "table")[0]) == MANY
    assert len(output_of(environment, *line, terminal=False)[0]) == MANY  # `| grep` finds every row
    narrow = in_process(line, {**environment, "COLUMNS": "60"}, terminal=True).stderr.decode()
    assert "columns that do not fit: " in narrow
    assert "(use --format csv)" in " ".join(narrow.split())  # a change has no --columns


def test_outcomes_show_the_request_only_if_one_failed(environment: dict[str, str]) -> None:
    invite = ["invitations", "create", "f1@example.com", "f2@example.com"]
    done = in_process(invite, environment).stdout.decode().splitlines()
    assert done[0].split() == ["target", "outcome", "detail"]
    terminal = in_process(invite, {**environment, "COLUMNS": "200"}, terminal=True)
    assert "3 more columns: method, route, request_id" in terminal.stdout.decode() + terminal.stderr.decode()
    failed = in_process([*invite, REFUSED], environment).stdout.decode().splitlines()
    assert failed[0].split() == ["target", "outcome", "detail", "method", "route", "request_id"]
    assert in_process([*invite, "--format", "csv"], environment).stdout.splitlines()[0].endswith(b",request_id")


def test_nothing_to_do_is_printed_once(environment: dict[str, str]) -> None:
    line = ["users", "onboard", "ada@example.com", "--team", "Platform"]
    in_process(line, environment)
    for words in (line, [*line, "--format", "csv"]):
        again = in_process(words, environment)
        assert again.stderr.decode() == "nothing to do: they already have these roles and teams\n"


def test_many_changes_need_a_confirmation(environment: dict[str, str]) -> None:
    addresses = [f"m{number}@example.com" for number in range(limits.WRITES_ASKED)]
    line = ["invitations", "create", *addresses]
    terminal = in_process(line, {**environment, "COLUMNS": "1000"}, typed="n\n", terminal=True)
    output = terminal.stderr.decode()
    count = limits.WRITES_ASKED
    question = f"Send {count} invitations to acme? This can be undone only in part: an"
    assert question in output
    # A line with many addresses is not repeated.
    assert output.rstrip().endswith("ConfirmationError: Nothing was sent.")
    # The rows are shown above the question.
    rows = terminal.stdout.decode().splitlines()
    assert rows[:2] == ["target", "m0@example.com as Organization Member in acme"]
    assert len(rows) == 1 + count
    assert "nothing has been sent yet" in output
    # A script cannot be asked: it needs --yes.
    script = in_process(line, environment)
    assert script.returncode == 2
    assert question in (message := script.stderr.decode())
    assert message.endswith(f"To confirm, use `zenpro {' '.join(line)} --yes`.\n")
    assert "nothing to do" not in message
    assert "done: invited" in in_process(line[:-1], environment, terminal=True).stderr.decode()  # one change fewer
    assert "done: invited" in in_process([*line, "--yes"], environment, terminal=True).stderr.decode()


def test_a_file_of_people_is_counted_by_kind_above_the_question(environment: dict[str, str], tmp_path: Path) -> None:
    people = [f"k{number}@example.com,{'Research' if number % 2 else ''}" for number in range(limits.WRITES_ASKED)]
    (tmp_path / "people.csv").write_text("\n".join(["email,team", *people]))
    wide = {**environment, "COLUMNS": "1000", "NO_COLOR": "1"}
    done = in_process(["users", "onboard", "people.csv"], wide, typed="n\n", terminal=True)
    count = limits.WRITES_ASKED
    messages = done.stderr.decode()
    expected = f"Send {count * 3 // 2} changes to acme: {count} invitations, {count // 2} team memberships? This can be"
    assert expected in messages
    assert messages.count("an invitation email cannot be recalled") == 1
    rows = done.stdout.decode().splitlines()
    assert [row.split()[:3] for row in rows[:4]] == [
        ["step", "action", "target"],
        ["1", "invite", "k0@example.com"],
        ["2", "invite", "k1@example.com"],
        ["3", "add", "k1@example.com"],
    ]
    assert len(rows) == 1 + limits.PREVIEW_ROWS
    assert "more rows; `--dry-run --format table` prints all" in messages
    assert "Workspace Admin" not in messages
    (tmp_path / "admins.csv").write_text("\n".join(["email,team", *people]).replace("Research", "Platform"))
    admins = in_process(["users", "onboard", "admins.csv"], wide, typed="n\n", terminal=True).stderr.decode()
    gain = f"{count // 2} people get Workspace Admin in ml-prod and ml-staging (through team Platform)"
    assert f"{gain}. Send " in admins
    (tmp_path / "labs.csv").write_text("\n".join(["email", *(row.partition(",")[0] for row in people)]))
    elsewhere = ["users", "onboard", "labs.csv", "--org", "acme-labs"]
    asked = in_process(elsewhere, wide, typed="n\n", terminal=True).stderr.decode()
    assert f"Send {count} invitations to acme-labs?" in asked


def test_who_gets_an_admin_role_is_shown_in_a_dry_run_and_before_sending(environment: dict[str, str]) -> None:
    wide = {**environment, "COLUMNS": "1000", "NO_COLOR": "1"}

    def messages(*words: str, option: str = "--dry-run") -> str:
        return in_process([*words, option], wide, terminal=True).stderr.decode()

    team = messages("teams", "add", "Platform", "--user", "linus@example.com")
    assert re.search(r"1 request · 1 person gets Workspace Admin in [^;]*\(through team Platform\) · dry run", team)
    assert "Admin" not in messages("teams", "add", "Research", "--user", "linus@example.com")
    invite = ["invitations", "create", "boss@example.com", "--role"]
    assert "1 request · 1 person gets Organization Admin · dry run" in messages(*invite, "Organization Admin")
    assert "gets" not in messages(*invite, "Organization Member")
    for line in (["users", "onboard", "pia@example.com", "--team", "Platform"], [*invite, "Organization Admin"]):
        dry_run = messages(*line)
        gain = re.search(r"1 person gets [^·\n]*[^·\n ]", dry_run)
        assert gain, dry_run
        sent = messages(*line, option="--yes").splitlines()
        assert sent[0] == f"{gain[0]}.", sent
        assert sent[1].startswith("done: "), sent
    assert "gets" not in messages("users", "onboard", "tia@example.com", "--team", "Platform", option="--quiet")


def test_a_variable_in_a_shell_leads_to_the_line_that_saves_the_result(environment: dict[str, str]) -> None:
    def error(*words: str) -> str:
        done = in_process(words, environment)
        assert done.returncode == 2
        return done.stderr.decode()

    save = error("users", "--where", "is_active=no", "--out", "x.csv")
    assert "--out x.csv is a file, not a variable. Use `zenpro users --where is_active=no --save x.csv`.\n" in save
    assert "--out requires a notebook. Use `zenpro users --save rows.csv`.\n" in error("users", "--out", "rows")
    query = "SELECT name FROM teams"
    assert f"Use `zenpro sql '{query}' --save b.csv --save a.csv`." in error(
        "sql", query, "--save", "b.csv", "--out", "a.csv"
    )
    assert "Use `zenpro teams create A`, which prints the result." in error("teams", "create", "A", "--out", "a")


def test_several_deletions_are_listed_above_the_question(environment: dict[str, str]) -> None:
    names = ["linus@example.com", "mary@example.com"]
    done = in_process(["users", "deactivate", *names], environment, typed="n\n", terminal=True)
    assert done.stdout.decode().splitlines() == ["target", *(f"user {name}" for name in names)]
    one = in_process(["users", "deactivate", names[0]], environment, typed="n\n", terminal=True)
    assert one.stdout == b""  # the question names it


def test_a_blocked_command_is_not_a_dry_run_and_names_its_override_once(environment: dict[str, str]) -> None:
    wide = {**environment, "COLUMNS": "1000"}
    blocked = in_process(["users", "offboard", "ada@example.com", "--yes"], wide, terminal=True)
    messages = blocked.stderr.decode()
    assert " rows · blocked: nothing was sent" in messages
    assert "dry run" not in messages
    assert messages.count("--allow-self") == 1


def test_a_new_review_is_printed_in_part(environment: dict[str, str]) -> None:
    rows, output = output_of(environment, "reviews", "create", "q4")
    assert len(rows) == limits.PREVIEW_ROWS
    assert "more rows: `zenpro reviews get q4`" in output
    assert "with `zenpro form review q4`, or all rows as recommended with `zenpro reviews decide q4 --rec" in output
    # The message explains why more rows are stored than can be decided.
    decidable, information = map(int, re.findall(r"0 of (\d+) decided; (\d+) more rows for information", output)[0])
    shown = int(re.findall(r"… (\d+) more rows", output)[0]) + limits.PREVIEW_ROWS
    assert decidable + information == shown
