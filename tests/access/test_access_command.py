"""The command `access`: selected principals, output and errors."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.shell.conftest import Shell
from tests.support.command_line import in_process
from tests.support.editing import editing, refusal, without
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.access import ACCESS, VERDICTS
from zenpro_nb.errors import AmbiguousNameError, UnknownNameError, UsageError

COLUMNS = [column.name for column in ACCESS.columns]


def output_of(shell: Shell, kind: str, line: str) -> str:
    """The output of a command in a notebook or a terminal."""
    value = shell.run(line)
    assert isinstance(shell.ip, InteractiveShell)
    return str(shell.ip.display_formatter.format(value)[0][kind])


@pytest.mark.parametrize(
    ("who", "column", "mark"),
    [
        ("linus@example.com", "principal", "linus@example.com"),
        pytest.param("LINUS@example.com", "principal", "linus@example.com", marks=pytest.mark.slow),
        ("'Linus Pauling'", "principal", "linus@example.com"),
        ("bot:ci-bot", "principal", "bot:ci-bot"),
        pytest.param("ci-bot", "principal", "bot:ci-bot", marks=pytest.mark.slow),
        ("new.hire1@example.com", "kind", "invitation"),
        ("team:Platform", "via", "team"),
        ("'Alan Turing'", "role", "Organization Viewer"),
    ],
)
def test_a_principal_is_found_by_each_of_its_names(shell: Shell, who: str, column: str, mark: str) -> None:
    frame = shell.run(f"%zenpro access {who}")
    assert list(frame.columns) == COLUMNS
    assert set(frame[column]) == {mark}
    assert frame.attrs["zenpro"]["filters"] == {"principal": who.strip("'")}
    assert frame.attrs["zenpro"]["complete"] is True


def test_a_principal_is_found_by_id(shell: Shell) -> None:
    linus = shell.run("%zenpro users get linus@example.com").id[0]
    assert set(shell.run(f"%zenpro access {linus}").principal) == {"linus@example.com"}


@pytest.mark.parametrize(
    ("line", "kind", "words"),
    [
        ("access linsu@example.com", UnknownNameError, "Did you mean 'linus@example.com'?"),
        ("access Platform", UnknownNameError, "Use `%zenpro access team:Platform`."),
        ("access 'Alex Morgan'", AmbiguousNameError, "Pass the ID instead: `%zenpro access "),
        ("access team:Reliability", AmbiguousNameError, "Pass the ID instead: `%zenpro access "),
        ("access --workspace ml-pord", UnknownNameError, "Did you mean 'ml-prod'?"),
        ("access --role 'Workspace Admn'", UnknownNameError, "Did you mean 'Workspace Admin'?"),
        ("access --can stack", UsageError, "write it as delete:stack"),
        ("access --can dellete:stack", UsageError, "Did you mean 'delete'?"),
        ("access --can delete:stakc", UsageError, "Did you mean 'stack'?"),
        ("access --can delete:stack --matrix", UsageError, "--can cannot be combined with --matrix"),
        ("access --can delete:stack --role owner", UsageError, "--can cannot be combined with --role"),
        (
            f"access --can delete:stack --project {'0' * 8}-0000-4000-8000-{'0' * 12}",
            UsageError,
            "does not belong to a project",
        ),
        ("access --admins --role owner", UsageError, "--admins cannot be combined with --role"),
        ("access --admins --can delete:stack", UsageError, "--admins cannot be combined with --can"),
        ("access --matrix --sort principal", UsageError, "--matrix cannot be combined with --sort"),
        ("access --where verdict=yes", UnknownNameError, "has no column 'verdict'"),
        ("access --can delete:stack --where role=owner", UnknownNameError, "has no column 'role'"),
    ],
)
def test_invalid_arguments_are_refused(
    shell: Shell,
    line: str,
    kind: type[UsageError],
    words: str,
) -> None:
    error = shell.error(f"%zenpro {line}")
    assert isinstance(error, kind)
    assert words in f"{error} {getattr(error, 'hint', '')}"


def test_scopes_and_roles_filter_rows(shell: Shell) -> None:
    there = shell.run("%zenpro access --workspace ml-prod --role 'Workspace Admin'")
    assert set(there.workspace) == {"ml-prod"}
    assert set(there.role) == {"Workspace Admin"}
    assert set(shell.run("%zenpro access --role owner").via) == {"owner"}
    projects = shell.run("%zenpro access --where scope=project")
    item = projects.project_id[0]
    assert set(shell.run(f"%zenpro access --project {item}").project_id) == {item}


def test_the_options_of_every_list_shape_it(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "access.parquet"
    line = "access --where kind=user --where active=no --sort -path --columns principal,path"
    frame = shell.run(f"%zenpro {line} --limit 2 --save {file}")
    assert list(frame.columns) == ["principal", "path"]
    assert list(frame.path) == sorted(frame.path, reverse=True)
    assert 0 < len(frame) <= 2
    out = set(shell.run("%zenpro users --inactive").email)
    assert set(frame.principal) <= out
    pd.testing.assert_frame_equal(pd.read_parquet(file), frame)


def test_one_person_is_shown_as_a_tree(shell: Shell) -> None:
    text = output_of(shell, "text/plain", "%zenpro access linus@example.com")
    head, first, *lines, owned = text.partition("\n[")[0].splitlines()
    assert (head, first) == ("linus@example.com · Linus Pauling · active", "├─ directly")
    assert {"│  ├─ Organization Member → acme", "│  └─ Workspace Admin → ml-prod"} <= set(lines)
    assert owned == "└─ owner of churn-2023, recommender, vision-lab"
    html = output_of(shell, "text/html", "%zenpro access linus@example.com")
    assert "<b>linus@example.com</b>" in html
    assert "<li>Workspace Admin → ml-prod</li>" in html


def test_a_tree_marks_covered_roles_and_deactivated_users(shell: Shell) -> None:
    covered = shell.run("c = %zenpro access --where covered_by!= --where via=team") or shell.value("c")
    who = covered.principal[0]
    text = output_of(shell, "text/plain", f"%zenpro access {who}")
    assert "covered by " in text
    assert "team " in text
    out = output_of(shell, "text/plain", "%zenpro access left.us@example.com")
    assert out.startswith("left.us@example.com · Edmond Dantès · ⊘ deactivated")
    assert "which includes agents, churn-2023" in out


def test_a_team_shows_one_row_per_role(shell: Shell) -> None:
    rows = shell.run("team = %zenpro access team:Platform") or shell.value("team")
    own = rows[~rows.via.isin(["organization-role"])]
    table = [line for line in output_of(shell, "text/plain", "team").splitlines() if not line.startswith("[")]
    assert table[0].split()[:3] == ["role", "scope", "workspace"]
    assert len(table) - 1 == len(own[["role", "scope", "workspace"]].drop_duplicates()) < rows.principal.nunique()


def test_the_roles_of_a_team_without_members_are_shown(shell: Shell) -> None:
    shell.run("%zenpro teams create Depot")
    assert frames.answer_of(shell.run("%zenpro access team:Depot")) == "team:Depot has no access in acme"
    shell.run("%zenpro roles assign 'Workspace Viewer' --team Depot --workspace ml-dev")
    shell.run("%zenpro roles assign 'Organization Viewer' --team Depot")
    rows = shell.run("team = %zenpro access team:Depot") or shell.value("team")
    assert rows.principal.isna().all()
    assert rows.path.iloc[0] == "team Depot → Organization Viewer → acme"
    assert "team Depot → Workspace Viewer → ml-dev" in set(rows.path)
    lines = output_of(shell, "text/plain", "team").splitlines()
    assert all(" 0 " in line for line in lines[1:3])  # principals
    assert "no one has these roles: the team has no members" in lines[-1]
    also = "team Depot has the role Workspace Viewer in ml-dev, but no members"
    assert also in output_of(shell, "text/plain", "%zenpro access --role 'Workspace Viewer' --workspace ml-dev")
    assert "Depot has a role in ml-dev, but no" in output_of(shell, "text/plain", "%zenpro access --workspace ml-dev")
    assert "but no members" not in output_of(shell, "text/plain", "%zenpro access --workspace ml-prod --role owner")
    allows = "; team Depot has a role that allows it, but no members"
    for place in ("--workspace ml-dev", "team:Depot"):
        answer = frames.answer_of(shell.run(f"%zenpro access --can read:stack {place}"))
        assert answer.endswith(allows)
    assert "Depot" not in frames.answer_of(shell.run("%zenpro access --can delete:stack --workspace ml-dev"))
    for option in ("--unused 30d", "--matrix"):
        answer = frames.answer_of(shell.run(f"%zenpro access team:Depot {option}"))
        assert answer == "team Depot has a role in acme, but no members"
    shell.run("%zenpro roles create Nobody --level workspace --permission stack:read")
    shell.run("%zenpro roles assign Nobody --team Depot --workspace ml-dev")
    alone = frames.answer_of(shell.run("%zenpro access --role Nobody"))
    assert alone == "no one has the role Nobody in acme; team Depot has the role Nobody in acme, but no members"


def test_rows_of_several_principals_are_a_table(shell: Shell) -> None:
    for line in ("access linus@example.com --columns principal,role", "access team:Platform"):
        assert "├─" not in output_of(shell, "text/plain", f"%zenpro {line}")
    shell.run("one = %zenpro access linus@example.com")
    assert "└─" in output_of(shell, "text/plain", "one[one.via == 'direct']")
    assert "└─" not in output_of(shell, "text/plain", "one.iloc[:0]")


def test_the_matrix_contains_the_roles_that_no_other_role_covers(shell: Shell) -> None:
    rows = shell.run("%zenpro access --where workspace=ml-prod --where covered_by=")
    matrix = shell.run("%zenpro access --matrix")
    assert matrix.index.name == "principal"
    expected = rows.groupby("principal")["role"].agg(set)
    found = matrix["ml-prod"].dropna().map(lambda cell: set(cell.split(" + ")))
    assert found.sort_index().to_dict() == expected.sort_index().to_dict()
    assert matrix.loc["ada@example.com", "ml-prod"] == "superuser + owner + Organization Admin"


def test_a_matrix_takes_list_options_and_can_be_saved(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "matrix.csv"
    line = "access --matrix --where kind=user --columns ml-dev,ml-prod --limit 3"
    matrix = shell.run(f"%zenpro {line} --save {file}")
    assert list(matrix.columns) == ["ml-dev", "ml-prod"]
    assert len(matrix) == 3
    assert not any(name.startswith("bot:") for name in matrix.index)
    assert matrix.attrs["zenpro"]["where"] == ["kind=user"]
    assert list(pd.read_csv(file).columns) == ["principal", "ml-dev", "ml-prod"]
    records = shell.run(f"%zenpro {line} --as records")
    assert [row["principal"] for row in records] == list(matrix.index)


def test_a_pipe_gets_the_principals_of_a_matrix_too(sandbox: SandboxProcess) -> None:
    env = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    line = ["access", "--matrix", "--columns", "ml-prod", "--format"]
    done = {kind: in_process([*line, kind], {**os.environ, **env}).stdout.decode() for kind in ("csv", "json", "table")}
    assert done["csv"].splitlines()[0] == "principal,ml-prod"
    assert {"principal", "ml-prod"} == set(json.loads(done["json"])[0])
    assert "left.us@example.com ⊘" in done["table"]


def test_a_matrix_is_a_heat_map_in_notebooks(shell: Shell) -> None:
    with pd.option_context("display.max_rows", None):
        html = output_of(shell, "text/html", "%zenpro access --matrix --columns ml-prod")
        text = output_of(shell, "text/plain", "%zenpro access --matrix --columns ml-prod")
    for tone, roles in (("heat-3", "superuser + owner + Org Admin"), ("heat-1", "Contributor"), ("heat-0", "Auditor")):
        assert f'zp-{tone}"' in html
        assert roles in html
    assert "left.us@example.com ⊘" in html
    assert "⊘ deactivated" in html
    assert "superuser + owner + Organization Admin" in text


def test_verdicts_take_list_options(shell: Shell) -> None:
    yes = shell.run("%zenpro access --can 'stack delete' --workspace ml-prod --where verdict=yes --sort -principal")
    assert list(yes.columns) == [column.name for column in VERDICTS.columns]
    assert set(yes.verdict) == {"yes"}
    assert {"ada@example.com", "linus@example.com", "bot:deploy-bot"} <= set(yes.principal)
    assert list(yes.principal) == sorted(yes.principal, reverse=True)
    assert yes.attrs["zenpro"]["filters"] == {"workspace": "ml-prod", "can": "delete:stack"}
    alan = shell.run("%zenpro access alan@example.com --can delete:stack --workspace ml-prod")
    assert list(alan.verdict) == ["no"]


def test_tab_offers_actions_and_types(shell: Shell) -> None:
    shell.run("%zenpro access --limit 1")

    def completions(line: str) -> list[str]:
        return list(shell.ip.complete(line, line, len(line))[1])

    assert {"delete:", "deployment:"} <= set(completions("%zenpro access --can de"))
    assert "delete:stack" in completions("%zenpro access --can delete:st")
    assert "stack:delete" in completions("%zenpro access --can stack:d")
    assert "linus@example.com" in completions("%zenpro access lin")
    assert "bot:ci-bot" in completions("%zenpro access bot:c")
    assert "team:Platform" in completions("%zenpro access team:Pl")


@pytest.mark.parametrize(
    ("line", "next_line"),
    [
        ("users get linus@example.com", "%zenpro access linus@example.com"),
        ("teams get 'Data Science'", "%zenpro access 'team:Data Science'"),
        ("workspaces get ml-prod", "%zenpro access --workspace ml-prod"),
        ("service-accounts get ci-bot", "%zenpro access bot:ci-bot"),
        ("roles get 'Workspace Admin'", "%zenpro access --role 'Workspace Admin'"),
    ],
)
def test_a_card_names_the_next_command(shell: Shell, line: str, next_line: str) -> None:
    assert next_line in output_of(shell, "text/plain", f"%zenpro {line}")
    assert len(shell.run(next_line))


def test_the_help_of_permissions_points_to_access(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run("%zenpro permissions check --help")
    assert "access --can" in capsys.readouterr().out


def test_access_reads_captures(shell: Shell) -> None:
    shell.run("now = %zenpro access")
    shell.run("%zenpro captures create before-access")
    shell.run("then = %zenpro access --at before-access")
    pd.testing.assert_frame_equal(shell.value("then"), shell.value("now"))
    verdicts = shell.run("%zenpro access --can delete:stack --workspace ml-prod --at before-access")
    assert {"yes", "unknown"} == set(verdicts.verdict)


def test_unreadable_lists_are_reported(
    shell: Shell,
    sandbox: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with editing(sandbox.url) as editor:
        editor.edits["/teams/.*/members"] = refusal(403, "not you")
        editor.edits[".*/members|.*/assignments"] = without("is_superuser")
        monkeypatch.setenv("ZENML_PRO_API_URL", editor.url)
        shell.run("%unload_ext zenpro_nb")
        shell.run("%load_ext zenpro_nb")
        frame = shell.run("%zenpro access")
    output = capsys.readouterr().err
    assert "team members: roles that come through teams are missing. not you" in output
    assert "users: the server does not return who is a superuser" in output
    assert frame.attrs["zenpro"]["complete"] is False
    assert not {"team", "superuser"} & set(frame.via)


@pytest.mark.parametrize("who", ["left.us@example.com", "linus@example.com"])
def test_an_account_without_access_is_not_called_unknown(shell: Shell, who: str) -> None:
    """After offboarding, no list of the organization names the account, but the server knows it."""
    is_active = shell.run(f"%zenpro users get {who}").is_active[0]
    found = shell.run(f"%zenpro access {who} --org acme-labs")
    assert (len(found), list(found.columns)) == (0, COLUMNS)
    words = "has no access" if is_active else "is deactivated and has no access"
    assert found.attrs["zenpro"]["answer"] == f"{who} {words} in acme-labs"
    card = shell.run(f"%zenpro access {who} --can delete:team --org acme-labs")
    end = "" if is_active else "; the account is deactivated"
    assert card.attrs["zenpro"]["answer"] == f"no: no path leads from {who} to delete:team in acme-labs{end}"
    assert isinstance(shell.error(f"%zenpro access x{who} --org acme-labs"), UnknownNameError)


def test_those_who_can_come_first(shell: Shell) -> None:
    found = shell.run("%zenpro access --can delete:stack --workspace ml-prod")
    rows = [
        (["yes", "unknown", "no"].index(verdict), who)
        for verdict, who in zip(found.verdict, found.principal, strict=True)
    ]
    assert rows == sorted(rows)
    assert len({place for place, _ in rows}) >= 2


def test_the_verdicts_about_everyone_show_paths_and_count_the_others(shell: Shell) -> None:
    found = shell.run("%zenpro access --can delete:stack --workspace ml-prod")
    words = found.groupby("principal").verdict.agg(set)
    can, cannot = sum("yes" in word for word in words), sum(word == {"no"} for word in words)
    inactive = found.principal[(found.verdict == "yes") & ~found.active.fillna(True)].nunique()
    assert inactive
    assert frames.answer_of(found) == (
        f"{can} principals can delete:stack in ml-prod ({inactive} deactivated); "
        f"{cannot} have no path: --where verdict=no"
    )
    text = frames.whole_text(found, 120)[0]
    assert " no " not in text
    assert sum(" yes " in line for line in text.splitlines()) == (found.verdict == "yes").sum()
    who = found.principal[found.reason.str.contains("Organization Admin allows it", na=False)].iloc[0]
    assert found.reason[found.principal == who].iloc[0].startswith(f"Organization Admin allows it: {who} → ")
    assert text.count(who) == 1
    denied = shell.run("%zenpro access --can delete:stack --workspace ml-prod --where verdict=no")
    assert len(denied) == (found.verdict == "no").sum()
    assert denied.principal.iloc[0] in frames.whole_text(denied, 120)[0]


def test_a_path_in_a_narrow_terminal_does_not_repeat_the_principal(shell: Shell) -> None:
    found = shell.run("%zenpro access --role 'Organization Admin'")
    text = frames.whole_text(found, 80)[0]
    assert all(text.count(who) == 1 for who in found.principal)
    assert found.path.str.startswith(tuple(found.principal)).all()
    assert found.path.iloc[0] in frames.whole_text(found, 200)[0]


def test_the_admins_of_all_levels_are_listed_by_reach(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    found = shell.run("%zenpro access --admins")
    roles = list(dict.fromkeys(found.role))
    assert roles == ["superuser", "Organization Admin", "Workspace Admin", "owner", "Project Admin"]
    for role in roles:
        alone = shell.run(f"%zenpro access --role '{role}'")
        assert list(found.path[found.role == role]) == list(alone.path)
        assert list(found.active[found.role == role].isna()) == list(alone.active.isna())
    assert "1 superuser, " in frames.foot_line(found)
    assert "only" not in frames.foot_line(found)
    for width in (60, 80, 120):
        text = frames.whole_text(found, width)[0]
        assert {"principal", "role", "active"} <= set(text.splitlines()[0].split())
        assert "  superuser → acme" in text
    there = shell.run("%zenpro access --admins --workspace ml-prod --where kind=user --limit 3")
    assert list(there.role)[:2] == ["superuser", "Organization Admin"]
    assert set(there.workspace) == {"ml-prod"}
    assert set(shell.run("%zenpro access linus@example.com --admins").role) == {"Workspace Admin", "owner"}
    answer = frames.answer_of(shell.run("%zenpro access 'Alan Turing' --admins"))
    assert "does not have an admin role in acme" in answer
