"""`export`, `plan` and `apply` in cells, with DataFrames passed with `$`, and in the shell with its exit codes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.shell.conftest import Shell
from tests.support.command_line import Completed, as_process, in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.errors import ConfirmationError, FindingsError, IncompleteError, UsageError
from zenpro_nb.frontends.notebook import NotebookUI

BODY = """zenpro: 1
organization: acme
# a comment with $nothing and {braces}
teams: {Interns: {members: [ada@example.com]}}
"""


@pytest.fixture
def here(small_sandbox: SandboxProcess, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell in acme of the small sandbox, in an empty folder."""
    monkeypatch.setenv("ZENML_PRO_API_URL", small_sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", small_sandbox.key)
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return shell


def test_a_cell_is_read_as_the_file(here: Shell) -> None:
    plan = here.run(f"%%zenpro plan --out found\n{BODY}")
    assert plan[["action", "principal", "scope"]].values.tolist() == [["add", "ada@example.com", "team Interns"]]
    assert plan.reason[0] == "the cell, line 5"  # as the notebook counts, the magic's line first
    assert here.value("found") is plan
    error = here.error("%%zenpro plan\nzenpro: 1\nteams: {Interns: {members: [nobody@example.com]}}")
    assert isinstance(error, UsageError)
    assert str(error).startswith("the cell, line 3: ")


def test_conflicting_arguments_are_refused(here: Shell) -> None:
    Path("access.yaml").write_text(BODY)
    here.run("import pandas as pd\ndf = pd.DataFrame({'a': [1]})")
    for cell, words in {
        f"%%zenpro plan access.yaml\n{BODY}": "Both the cell and access.yaml describe the desired state",
        "%%zenpro plan\n  \n": "is empty",
        "%zenpro plan access.yaml --from $df": "--from cannot be combined with access.yaml",
        "%zenpro plan access.yaml --invite 'Organization Member'": "--invite requires --groups",
        "%zenpro plan $df --groups $df": "A DataFrame cannot map groups",
        "%zenpro plan $df": "This DataFrame lacks the id columns",
        "%zenpro plan nowhere.yaml": "There is no file 'nowhere.yaml'",
        "%zenpro plan access.yaml --max-removals many": "'many' is not a limit for removals",
        "%zenpro plan access.yaml --org acme-labs": "access.yaml is for the organization acme, not for acme-labs",
        "%zenpro access --after access.yaml --at 1d": "--at cannot be combined with --after",
    }.items():
        error = here.error(cell)
        assert isinstance(error, UsageError), cell
        assert words in str(error), cell
    assert isinstance(here.error("%zenpro plan"), IncompleteError)


def test_groups_without_a_mapping_show_how_to_begin_one(here: Shell) -> None:
    Path("groups.csv").write_text("email,group\nada@example.com,Interns\nnew@example.com,a: b\n")
    error = here.error("%zenpro plan --groups groups.csv --invite 'Organization Member'")
    assert isinstance(error, IncompleteError)
    line = "%zenpro plan access.yaml --groups groups.csv --invite 'Organization Member'"
    assert f"`{line}`" in str(error)
    first, *sections = error.excerpt
    Path("access.yaml").write_text("zenpro: 1\nteams: {Interns: {}}")
    error = here.error(line)
    assert "access.yaml does not map the groups of groups.csv" in str(error)
    assert list(error.excerpt) == sections
    Path("access.yaml").write_text("\n".join([first, *sections]))
    plan = here.run(line)
    assert plan[plan.type == "team"].scope.tolist() == ["team a: b"]  # the other one exists
    assert {"ada@example.com", "new@example.com"} == set(plan[plan.type == "team-member"].principal)


def test_exporting_and_planning_gives_no_rows_and_no_file_is_lost(
    here: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ("", "--exact --yes", "--roles --workspace ml-prod --yes"):
        here.run(f"%zenpro export access.yaml {options}")
        note = "To move people, or to remove the entries you delete, use `%zenpro export access.yaml --exact`."
        assert (note in capsys.readouterr().err) is ("exact" not in options)
        assert here.run("%zenpro plan access.yaml").empty
    assert here.run("%zenpro export - --roles --workspace ml-prod") == Path("access.yaml").read_text()
    before = Path("access.yaml").read_bytes()
    for answer in (True, False):
        monkeypatch.setattr(NotebookUI, "confirm", lambda ui, question, answer=answer: answer)
        if not answer:
            assert isinstance(here.error("%zenpro export access.yaml --exact"), ConfirmationError)
            assert Path("access.yaml").read_bytes() == before
    Path("broken.yaml").write_text("a: [\n")
    assert "invalid YAML" in str(here.error("%zenpro plan broken.yaml"))
    assert isinstance(here.error("%zenpro export access.json"), UsageError)


def test_moving_a_person_in_an_exact_export_is_one_addition_and_one_removal(here: Shell) -> None:
    viewers = here.run("%zenpro assignments --where 'role=Workspace Viewer' --where kind=user --where is_active=true")
    first = viewers.iloc[0]
    person, workspace = first["principal"], first["workspace"]
    here.run("%zenpro export access.yaml --exact")
    before = Path("access.yaml").read_text()
    content = yaml.safe_load(before)
    roles = content["workspace_roles"][workspace]
    roles["Workspace Viewer"].remove(person)
    roles.setdefault("Workspace Developer", []).append(person)
    Path("access.yaml").write_text(yaml.safe_dump(content))
    plan = here.run("%zenpro plan access.yaml")
    assert plan[["action", "principal", "role", "scope"]].values.tolist() == [
        ["add", person, "Workspace Developer", workspace],
        ["remove", person, "Workspace Viewer", workspace],
    ]
    assert set(here.run("%zenpro apply access.yaml --yes")["outcome"]) == {"done"}
    assert here.run("%zenpro plan access.yaml").empty
    here.run("%zenpro undo --yes")
    here.run("%zenpro export access.yaml --exact --yes")
    assert Path("access.yaml").read_text() == before


def test_a_plan_is_shown_with_signs_and_sums(here: Shell) -> None:
    plan = here.run(f"%%zenpro plan\n{BODY}    # end\n")
    html = frames.html(plan) or ""
    assert 'class="zp-add">+ add<' in html
    assert '<span class="zp-add">1 to add</span> · nothing was sent' in html
    assert html.count("1 to add") == 1
    text = frames.text(plan, 120)
    assert "+ add" in text
    assert "1 to add · nothing was sent" in text
    assert "reversible" not in text.partition("[")[0]  # all of it is


def test_markdown_is_text(here: Shell) -> None:
    here.run(f"%%zenpro plan --as markdown --out text\n{BODY}")
    text = here.value("text")
    assert text.startswith("**1 to add**\n\n| step |")
    assert "| 1 | + | ada@example.com | team-member | team Interns |" in text
    assert "as markdown" not in str(here.error("%zenpro users --as markdown --limit 1")).lower().replace("--", "")


def test_a_frame_removes_rows_only_if_its_original_is_given(here: Shell) -> None:
    here.run("original = %zenpro assignments --workspace ml-prod")
    here.run("edited = original.drop(index=0)")
    original = here.value("original")
    plan = here.run("%zenpro plan $edited --from $original")
    assert plan[["action", "principal", "role"]].values.tolist() == [
        ["remove", original.principal[0], original.role[0]]
    ]
    before = here.run("%zenpro assignments --workspace ml-prod")
    assert len(before) == len(original)  # nothing was sent


def test_a_plan_answers_questions_about_its_result(here: Shell) -> None:
    here.run("plan = %zenpro plan " + _yaml("teams: {Interns: {members: [ada@example.com]}}"))
    for after in ("$plan", "access.yaml"):
        would = here.run(f"%zenpro access ada@example.com --after {after} --where path~Interns")
        assert set(would.columns) >= {"role", "via"}
    assert "team Interns" not in set(here.run("%zenpro access ada@example.com").path.astype(str))


def _yaml(text: str) -> str:
    Path("access.yaml").write_text(f"zenpro: 1\norganization: acme\n{text}\n")
    return "access.yaml"


def test_drift_fails_the_cell_and_shows_the_plan(here: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    _yaml("teams: {Interns: {members: [ada@example.com]}}")
    error = here.error("%zenpro plan access.yaml --fail-on-drift")
    assert isinstance(error, FindingsError)
    assert "team-member" in capsys.readouterr().out
    here.run("%zenpro export now.yaml --teams")
    assert here.run("%zenpro plan now.yaml --fail-on-drift --all").action.eq("noop").all()


def zenpro(
    small_sandbox: SandboxProcess, *words: str, key: str | None = None, run: Callable[..., Completed] = in_process
) -> tuple[int, str, str]:
    """Run the shell command; give its exit code and what it says."""
    settings = {
        "ZENML_PRO_API_URL": small_sandbox.url,
        "ZENML_PRO_API_KEY": key or small_sandbox.key,
        "ZENPRO_ORGANIZATION": "acme",
    }
    done = run(words, {**os.environ, **settings})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.slow
def test_the_shell_exits_with_3_on_drift_and_another_process_applies_the_saved_plan(
    here: Shell, small_sandbox: SandboxProcess
) -> None:
    """The nightly job of docs/how-to/access-as-code.md."""
    _yaml("teams: {nightly: {members: [ada@example.com, grace@example.com]}}")
    night = ("plan", "access.yaml", "--fail-on-drift", "--save", "drift.md", "--save", "drift.parquet")
    code, shown, said = zenpro(small_sandbox, *night)
    assert code == 3, said
    assert "3 changes" in said
    assert "grace@example.com" in shown
    assert Path("drift.md").read_text().startswith("**3 to add**")
    assert pd.read_parquet("drift.parquet").action.tolist() == ["add"] * 3
    code, shown, said = zenpro(small_sandbox, "apply", "drift.parquet")
    assert code == 2, said
    assert "team nightly" in shown  # the plan was shown before the unanswered question
    code, _, said = zenpro(small_sandbox, "apply", "drift.parquet", "--yes", run=as_process)
    assert code == 0, said
    assert "done: 3 changes" in said
    assert zenpro(small_sandbox, *night)[0] == 0
    code, _, said = zenpro(small_sandbox, "apply", "drift.parquet", "--yes")
    assert code == 0
    assert "nothing to do" in said
    assert zenpro(small_sandbox, "plan", "nowhere.yaml")[0] == 2
    assert zenpro(small_sandbox, "plan", "access.yaml", key="ZENPATKEY_wrong")[0] == 1


def test_a_plan_names_what_an_additive_file_leaves_in_place(here: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    here.run("%zenpro export access.yaml --roles --workspace ml-prod --yes")
    text = Path("access.yaml").read_text()
    capsys.readouterr()
    here.run("%zenpro plan access.yaml")
    assert "note:" not in "".join(capsys.readouterr())
    before, _, after = text.partition("    Workspace Developer:\n      - ")
    email, _, after = after.partition("\n")
    deleted = f"{before}    Workspace Developer: []\n{after}"
    moved = f"{before}    Stack Admin:\n      - {email}\n{after}"
    note = f"note: access.yaml is additive and does not list {email} as Workspace Developer in ml-prod, which stays. "
    for changed, added in ((deleted, 0), (moved, 1)):
        Path("access.yaml").write_text(changed)
        plan = here.run("%zenpro plan access.yaml")
        assert list(plan.action) == ["add"] * added
        for command in ("plan", "apply", "apply"):
            here.run(f"%zenpro {command} access.yaml {'--dry-run' * (command == 'apply')}")
            assert f"{note}To remove it, set `workspace_roles: exact` under `manage`" in "".join(capsys.readouterr())
    Path("access.yaml").write_text(deleted.replace("workspace_roles: additive", "workspace_roles: exact"))
    assert list(here.run("%zenpro plan access.yaml").action) == ["remove"]
    Path("access.yaml").write_text(moved.replace("workspace_roles: additive", "workspace_roles: exact"))
    plan = here.run("%zenpro plan access.yaml")  # moving a person to another role replaces the role
    assert plan[["action", "principal", "role"]].values.tolist() == [
        ["add", email, "Stack Admin"],
        ["remove", email, "Workspace Developer"],
    ]
    assert "note:" not in "".join(capsys.readouterr())
    Path("access.yaml").write_text(deleted)
    here.run("%zenpro plan access.yaml")
    (line,) = re.findall(r"^  `(.*)`$", "".join(capsys.readouterr()), re.MULTILINE)
    assert line == f"%zenpro roles revoke 'Workspace Developer' --user {email} --workspace ml-prod"
    here.run(f"{line} --yes")
    here.run("%zenpro plan access.yaml")
    assert "note:" not in "".join(capsys.readouterr())


def test_many_unlisted_memberships_are_counted_and_those_of_planned_people_named(
    here: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    scopes = "{ml-prod: {Workspace Admin: [katherine@example.com]}, ml-dev: {}, ml-staging: {}}"
    Path("access.yaml").write_text(f"zenpro: 1\nworkspace_roles: {scopes}")
    here.run("%zenpro plan access.yaml")
    output = "".join(capsys.readouterr())
    assert (
        "memberships and roles that it does not list stay, of people in this plan: katherine@example.com as" in output
    )
    total = int(output.partition("is additive: ")[2].partition(" ")[0])
    lines = re.findall(r"^  `(.*)`$", output, re.MULTILINE)
    assert len(lines) == 5
    assert output.endswith(f"  and {total - 5} more\nnext: `%zenpro apply access.yaml`\n")
    for line in lines:
        assert set(here.run(f"{line} --dry-run")["method"]) == {"DELETE"}
    capsys.readouterr()
    Path("access.yaml").write_text("zenpro: 1\nworkspace_roles: {ml-prod: {}}")
    here.run("%zenpro plan access.yaml")
    assert "memberships and roles that it does not list stay. To remove them, set" in "".join(capsys.readouterr())


def test_an_exact_export_of_a_workspace_leaves_the_teams_of_the_organization_alone(here: Shell) -> None:
    here.run("%zenpro export access.yaml --exact --workspace ml-dev")
    assert "\nteams:" not in Path("access.yaml").read_text()
    here.run("%zenpro export access.yaml --exact --teams --roles --workspace ml-dev --yes")
    text = Path("access.yaml").read_text()
    assert "\nteams:" in text
    assert "  teams: additive\n" in text
    assert "  workspace_roles: exact\n" in text
