"""A file or a DataFrame of people gives each of them the role, teams and grants of their row."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import RowErrors

COLUMNS = ["email", "role", "team", "grant"]
ROWS = [
    ["first@x.io", None, "Research; NLP", "Workspace Viewer@ml-dev"],
    ["second@x.io", "Organization Viewer", None, None],
    ["FIRST@x.io", None, "Platform", None],
]
TARGETS = {
    "first@x.io as Organization Member in acme",
    "first@x.io in team Research",
    "first@x.io in team NLP",
    "first@x.io in team Platform",
    "first@x.io as Workspace Viewer in ml-dev",
    "second@x.io as Organization Viewer in acme",
}


@pytest.fixture
def people(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame(ROWS, columns=COLUMNS)
    shell.ip.user_ns |= {"pd": pd, "people": frame}
    return frame


@pytest.mark.parametrize("given", ["people.csv", "people.json", "$people"])
def test_each_row_sets_its_own_role_teams_and_grants(shell: Shell, people: pd.DataFrame, given: str) -> None:
    people.to_csv("people.csv", index=False)
    people.to_json("people.json", orient="records")
    shell.run(f"done = %zenpro users onboard {given} --dry-run")
    assert set(shell.value("done").target) == TARGETS


def test_an_option_replaces_the_column_of_the_same_name(shell: Shell, people: pd.DataFrame) -> None:
    shell.run("done = %zenpro users onboard $people --role 'Organization Viewer' --team Vision --dry-run")
    targets = [str(text) for text in shell.value("done").target]
    assert [text for text in targets if " in team " in text] == [
        "first@x.io in team Vision",
        "second@x.io in team Vision",
    ]
    assert "first@x.io as Organization Viewer in acme" in targets


def test_invitations_read_a_role_per_person(shell: Shell, people: pd.DataFrame) -> None:
    people[["email", "role"]].to_csv("roles.csv", index=False)
    shell.run("done = %zenpro invitations create roles.csv --dry-run")
    expected = ["first@x.io as Organization Member in acme", "second@x.io as Organization Viewer in acme"]
    assert list(shell.value("done").target) == expected


@pytest.mark.parametrize(
    ("columns", "line", "hint"),
    [
        (["email", "team"], "invitations create people.csv", "`%zenpro users onboard people.csv`"),
        (["email", "team"], "invitations create --from people.csv", "`%zenpro users onboard people.csv`"),
        (["email", "team"], "invitations import people.csv", "`%zenpro users onboard people.csv --dry-run`"),
        (["email", "grant"], "invitations create $people", "`%zenpro users onboard $people`"),
        (["email", "role", "workspace"], "users onboard people.csv", "in one column `grant`"),
    ],
)
def test_a_column_with_access_is_never_ignored(
    shell: Shell, people: pd.DataFrame, columns: list[str], line: str, hint: str
) -> None:
    frame = people.assign(workspace="ml-dev")[columns]
    frame.to_csv("people.csv", index=False)
    shell.ip.user_ns["people"] = frame
    error = shell.error(f"%zenpro {line} --dry-run")
    assert isinstance(error, UsageError)
    assert hint in error.hint


def test_two_roles_for_one_person_are_refused(shell: Shell, people: pd.DataFrame) -> None:
    people.loc[[0, 2], "role"] = ["Organization Viewer", "Organization Admin"]
    error = shell.error("%zenpro users onboard $people --dry-run")
    assert "several roles for first@x.io: Organization Viewer, Organization Admin" in str(error)


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("users onboard {people.email} --teams {people.team} --dry-run", "`%zenpro users onboard $people --dry-run`"),
        ("users onboard {people['email']} --teams={people['team']}", "`%zenpro users onboard $people`"),
        ("invitations create --emails {people.email} --role {people.role}", "`%zenpro invitations create $people`"),
        (
            "users onboard {people.mail} --team $teams --dry-run",
            '`people = pd.DataFrame({"email": people.mail, "team": teams})` and then `%zenpro users onboard $people '
            "--dry-run`",
        ),
    ],
)
def test_two_columns_side_by_side_are_refused_with_the_line_that_pairs_them(
    shell: Shell, people: pd.DataFrame, typed: str, right: str
) -> None:
    people.loc[:, "mail"], shell.ip.user_ns["teams"] = people["email"], ["NLP", "Research", "Platform"]
    error = shell.error(f"%zenpro {typed}")
    assert "not read row by row" in str(error)
    assert isinstance(error, UsageError)
    assert right in error.hint


def test_several_teams_for_everyone_are_still_possible(shell: Shell, people: pd.DataFrame) -> None:
    shell.ip.user_ns |= {"teams": ["NLP", "Research"], "emails": ["a@x.io", "b@x.io", "c@x.io"]}
    shell.run("done = %zenpro users onboard $emails --teams $teams --dry-run")
    assert list(shell.value("done").action) == ["invite", "add", "add"] * 3


def test_the_journal_names_the_table(shell: Shell, people: pd.DataFrame) -> None:
    people.assign(email=["of.table@example.com", "ada@example.com", ""]).to_csv("own roles.csv", index=False)
    shell.run("done = %zenpro users onboard 'own roles.csv'")
    assert list(shell.value("done").outcome) == ["done"] * 5
    access = shell.run("%zenpro access of.table@example.com")
    assert access.attrs["zenpro"]["summary"] == "teams: NLP, Research"
    team = shell.run("%zenpro teams get NLP")
    count = team["member_count"].iloc[0]
    assert f"members ({count}, and 1 invited)" in shell.ip.display_formatter.format(team)[0]["text/plain"]
    shell.run("written = %zenpro journal --limit 1\n%zenpro undo --yes")
    assert list(shell.value("written").command) == ["users onboard 'own roles.csv'"]


# Broken lines: a name before the address, commas, an open quotation mark. The line between them spans two lines.
BROKEN = """email,role,note
Ada Lovelace <ada@example.com>,Organization Member
"fine@x.io",,"two
lines"
noaddress,
one@x.io,Organization Member,acme,,
"two@x.io,Organization Member
"""
BROKEN_LINES = (
    "'broken.csv' has 4 bad lines: line 2: 'Ada Lovelace <ada@example.com>' is not an email address; "
    "line 5: 'noaddress' is not an email address; line 6: 5 values, but the header has 3; "
    "line 7: a quotation mark is not closed"
)


@pytest.mark.parametrize("line", ["invitations create", "users onboard", "users offboard", "users deactivate"])
def test_one_error_names_all_broken_lines(shell: Shell, people: pd.DataFrame, line: str) -> None:
    reads_role = line in ("invitations create", "users onboard")
    text = BROKEN if reads_role else BROKEN.replace("email,role,note", "email,from,note")
    # Excel writes semicolons in many languages.
    Path("broken.csv").write_text(text.replace(",", ";") if line == "users onboard" else text)
    error = shell.error(f"%zenpro {line} broken.csv --yes")
    assert isinstance(error, UsageError)
    assert (error.message, "Nothing was sent" in error.hint) == (BROKEN_LINES, True)


def test_only_the_first_of_many_broken_lines_are_named(shell: Shell, people: pd.DataFrame) -> None:
    emails = [f"{number} at x.io" for number in range(19)] + ["same"] * 7
    pd.DataFrame({"email": [*emails[19:], *emails[:19], "fine@x.io"]}).to_excel("many.xlsx", index=False)
    error = shell.error("%zenpro invitations create many.xlsx --yes")
    expected = "'many.xlsx' has 26 bad rows: rows 2, 3, 4, 5, 6 and 2 more: 'same' is not an email address; row 9: "
    assert expected in str(error)
    assert "row 12: '3 at x.io' is not an email address; and 15 rows more." in str(error)


WRONG_NAMES = """email,role,team,grant
first@x.io,Organisation Member,Researhc,
second at x.io,,Researhc,
,Organization Member,,
third@x.io,Workspace Viewer,,Workspace Viewer@ml-prd
"""


@pytest.mark.parametrize("line", ["invitations create", "users onboard"])
def test_one_error_names_broken_lines_and_names_that_do_not_exist(
    shell: Shell, people: pd.DataFrame, line: str
) -> None:
    Path("wrong.csv").write_text(WRONG_NAMES)
    problems = [
        "'wrong.csv' has 3 bad lines: line 2: the role 'Organisation Member' does not exist (did you mean "
        "'Organization Member'?)",
        "lines 2 and 3: the team 'Researhc' does not exist (did you mean 'Research'?)",
        "line 3: 'second at x.io' is not an email address",
        "line 5: the role of an invitation must be an organization role, but Workspace Viewer is a workspace role",
        "line 5: the workspace 'ml-prd' does not exist (did you mean 'ml-prod'?)",
    ]
    if line == "invitations create":
        Path("wrong.csv").write_text("\n".join(",".join(row.split(",")[:2]) for row in WRONG_NAMES.splitlines()))
        problems = [problem for problem in problems if "team" not in problem and "ml-prd" not in problem]
    error = shell.error(f"%zenpro {line} wrong.csv --yes")
    assert isinstance(error, UsageError)
    named, _, rest = error.message.partition("bad lines: ")
    expected_named, _, expected = "; ".join(problems).partition("bad lines: ")
    assert named == expected_named
    assert sorted(rest.split("; ")) == sorted(expected.split("; "))
    assert "Line 4 has no email address." in error.hint


@pytest.mark.parametrize("command", ["users offboard", "users onboard", "users deactivate", "members remove"])
def test_an_unknown_person_of_a_file_is_named_with_the_line(shell: Shell, people: pd.DataFrame, command: str) -> None:
    unknown = "00000000-0000-4000-8000-00000000000"
    Path("gone.csv").write_text(f"email\nada@example.com\n\n{unknown}1\n")
    assert "gone.csv, line 4: The user " in str(shell.error(f"%zenpro {command} gone.csv --dry-run"))
    Path("gone.csv").write_text(f"email\nada@example.com\n\n{unknown}1\n{unknown}2\n")
    error = str(shell.error(f"%zenpro {command} gone.csv --dry-run"))
    assert f"'{unknown}1' (gone.csv, line 4), '{unknown}2' (gone.csv, line 5)" in error


def test_blank_lines_and_duplicates_are_counted(
    shell: Shell, people: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("people.csv").write_text("email,role\nfirst@x.io,\n\n,Organization Viewer\nFIRST@x.io,\nsecond@x.io,\n\n\n")
    shell.run("done = %zenpro invitations create people.csv --dry-run")
    assert len(shell.value("done")) == 2
    assert (
        "people.csv has 5 lines: 2 without an email address (lines 3 and 4), 1 duplicate (line 5)\n"
        in capsys.readouterr().err
    )
    shell.run("done = %zenpro users onboard $people --dry-run")  # a further row with another team is not a duplicate
    assert "duplicate" not in capsys.readouterr().err


def test_a_command_that_ignores_broken_rows_sends_nothing(
    shell: Shell, people: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.assign(email=["first@x.io", "broken", "third@x.io"])[["email", "role"]].to_csv("roles.csv", index=False)
    monkeypatch.setattr(RowErrors, "raise_all", lambda _: None)
    assert "line 3: 'broken' is not" in str(shell.error("%zenpro invitations create roles.csv --yes"))
    assert "first@x.io" not in set(shell.run("%zenpro invitations")["email"])
