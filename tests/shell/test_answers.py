"""A command without rows says why in a sentence: in a notebook, in a shell, and in the attrs for Python."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.shell.conftest import Shell
from tests.support.command_line import Completed, in_process
from tests.support.sandbox import SandboxProcess


def displays(shell: Shell, value: Any) -> dict[str, str]:
    """The representations of a value, without the stylesheet of the HTML."""
    bundle, _ = shell.ip.display_formatter.format(value)
    return {"text": bundle["text/plain"], "html": bundle.get("text/html", "").rpartition("</style>")[2]}


def zenpro(sandbox: SandboxProcess, *words: str) -> Completed:
    """Run the shell command in acme."""
    server = {"ZENML_PRO_API_URL": sandbox.url, "ZENML_PRO_API_KEY": sandbox.key, "ZENPRO_ORGANIZATION": "acme"}
    return in_process(words, {**os.environ, **server})


EMPTY = [
    ("users --where company='Acme Lab'", "no user matches company = Acme Lab; {users} users have 3 different values of "
     "company: Acme Corp, Acme Labs, Partner. Did you mean 'Acme Labs'?"),
    ("users --inactive --where company=ZZZ", "no user matches company = ZZZ"),
    ("teams --where name=Nobody", "no team in acme matches name = Nobody; 17 teams did not match"),
    ("users --where email=grace.hopper@corp.com", "no user matches email = grace.hopper@corp.com; {users} users did "
     "not match. The most similar email is 'grace@example.com'"),
    ("teams --where name=A --where id=B", "no team in acme matches name = A and id = B; 17 teams did not match"),
    ("assignments --user ada@example.com --role 'Stack Admin'",
     "no assignment in acme matches user = ada@example.com and role = Stack Admin"),
    ("captures", "there are no captures on this machine yet; create one with `%zenpro captures create`"),
    ("reviews", "there are no reviews to list yet; create one with `%zenpro reviews create NAME`"),
    ("journal", "the journal has no changes to list yet"),
    ("sql 'SELECT name FROM teams WHERE false'", "the query returned no rows"),
    ("access --role 'Stack Admin' --workspace ml-dev", "no one has the role Stack Admin in ml-dev"),
    ("access katherine@example.com --workspace agents", "katherine@example.com has no access in agents"),
    ("access grace@example.com --can delete:stack --workspace ml-prod",
     "no: no path leads from grace@example.com to delete:stack in ml-prod"),
    ("audit --check superuser --min-severity high",
     "no finding in acme has the severity high or more; 1 finding is less severe"),
    ("users onboard grace@example.com --role 'Organization Manager'",
     "nothing to do: they already have these roles and teams"),
    ("users onboard grace@example.com --role 'Organization Manager' --dry-run",
     "nothing to do: they already have these roles and teams"),
]  # fmt: skip


# The default suite reads the inventory for one of these.
SLOW = ("access --role", "access katherine", "users onboard grace@example.com --role 'Organization Manager' --dry-run")
CASES = [
    pytest.param(line, answer, id=line, marks=[pytest.mark.slow] * line.startswith(SLOW)) for line, answer in EMPTY
]


@pytest.mark.parametrize(("line", "answer"), CASES)
def test_an_empty_result_is_a_sentence(shell: Shell, sandbox: SandboxProcess, line: str, answer: str) -> None:
    if "{users}" in answer:
        answer = answer.format(users=len(shell.run("%zenpro users --columns id")))
    frame = shell.run(f"%zenpro {line}")
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 0
    assert len(frame.columns) > 0
    assert frame.attrs["zenpro"]["answer"].startswith(answer)
    shown = displays(shell, frame)
    for text in shown.values():
        unwrapped = re.sub("\n +", " ", text)  # a terminal wraps it
        assert answer[1:].partition("'")[0] in re.sub("</?code>", "`", unwrapped).replace("&#x27;", "'")
    assert "<th>" not in shown["html"].replace("<th>has there", "").replace("<th>except", "").replace(
        "<th>missing", "").replace("<th>or missing", "").replace("<th>to grant it", "")  # fmt: skip


def test_an_exported_state_is_reached_already(shell: Shell, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shell.run("%zenpro export access.yaml --teams")
    plan = shell.run("%zenpro plan access.yaml")
    answer = plan.attrs["zenpro"]["answer"]
    assert answer == (
        "nothing to do: acme already matches the desired state; teams is additive, so nothing is removed that the file "
        "does not list"
    )
    applied = shell.run("%zenpro apply access.yaml --yes")
    assert applied.attrs["zenpro"]["answer"] == answer
    exact = Path("access.yaml").read_text().replace("teams: additive", "teams: exact")
    Path("access.yaml").write_text(exact)
    assert (
        shell.run("%zenpro plan access.yaml")
        .attrs["zenpro"]["answer"]
        .endswith(": acme already matches the desired state")
    )


@pytest.mark.slow
def test_nothing_has_changed_since_a_capture(shell: Shell) -> None:
    shell.run("%zenpro captures create before")
    answer = shell.run("%zenpro diff before").attrs["zenpro"]["answer"]
    assert answer.startswith("nothing has changed between before (")
    assert answer.endswith("lists were compared")
    filtered = shell.run("%zenpro diff before --where list=teams")
    assert filtered.attrs["zenpro"]["answer"] == answer


def test_a_filtered_frame_without_rows_draws_no_headings(shell: Shell) -> None:
    frame = shell.run("%zenpro users")
    shown = displays(shell, frame[frame["email"] == "nobody"])
    assert "No rows." in shown["text"]
    assert "is_superuser" not in shown["text"] + shown["html"]


@pytest.mark.parametrize("kind", ["table", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("csv", "json"))])
def test_a_shell_prints_the_answer_beside_the_result(sandbox: SandboxProcess, kind: str) -> None:
    done = zenpro(sandbox, "teams", "--where", "name=Nobody", "--format", kind)
    assert "no team in acme matches name = Nobody" in done.stderr.decode()
    assert "matches" not in done.stdout.decode()
    assert done.returncode == 0


@pytest.mark.slow
def test_a_streamed_list_is_answered_too(sandbox: SandboxProcess) -> None:
    done = zenpro(sandbox, "users", "--where", "company=ZZZ", "--format", "csv")
    assert "no user matches company = ZZZ" in done.stderr.decode()


def test_another_type_of_result_is_answered_in_a_message(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(shell.run("%zenpro users --where company=ZZZ --as records")) == 0
    assert "no user matches company = ZZZ" in capsys.readouterr().err


GRACE = "access grace@example.com --can delete:stack --workspace ml-prod"


@pytest.mark.slow
def test_a_question_about_one_person_is_a_card(shell: Shell, sandbox: SandboxProcess) -> None:
    yes = displays(shell, shell.run("%zenpro access linus@example.com --can delete:stack --workspace ml-prod"))
    for text in yes.values():
        assert "yes: linus@example.com can delete:stack in ml-prod" in text
        assert "linus@example.com → Workspace Admin → ml-prod" in text
        assert "to grant it" not in text
    several = displays(shell, shell.run("%zenpro access linus@example.com --can delete:stack"))["text"]
    assert several.startswith("yes, in 4 of 12 workspaces: linus@example.com can delete:stack in ")
    printed = zenpro(sandbox, *GRACE.split()).stdout.decode()
    assert printed.startswith("no: no path leads from grace@example.com to delete:stack in ml-prod\n")
    assert "%zenpro" not in printed


def test_the_answer_says_what_stands_in_the_way(shell: Shell) -> None:
    out = shell.run("%zenpro access left.us@example.com --can delete:stack --workspace ml-prod")
    assert out.attrs["zenpro"]["answer"].endswith(" (deactivated: cannot sign in, but keeps the permission)")
    card = displays(shell, out)["text"]
    assert "`%zenpro users activate left.us@example.com`" in card
    gone = shell.run("%zenpro users --inactive --where email!=left.us@example.com").email
    roles = shell.run("%zenpro access --where active=no --where role='Organization Member'").principal
    who = next(name for name in gone if name in set(roles))
    card = displays(shell, shell.run(f"%zenpro access {who} --can delete:organization"))["text"]
    assert card.index(f"activate it first  `%zenpro users activate {who}`") < card.index("to grant it")
    team = shell.run("%zenpro access team:Research --can delete:stack --workspace ml-prod")
    assert team.attrs["zenpro"]["answer"] == "no one in team Research can delete:stack in ml-prod: no path leads there"


@pytest.mark.slow
def test_the_past_is_answered_without_a_command(shell: Shell) -> None:
    shell.run("%zenpro captures create before")
    past = displays(shell, shell.run(f"%zenpro {GRACE} --at before"))["text"]
    assert past.startswith("no: no path leads from grace@example.com")
    assert "to grant it" not in past


def test_the_proposed_command_grants_it(shell: Shell) -> None:
    card = displays(shell, shell.run(f"%zenpro {GRACE}"))["text"]
    lines = [line.partition("to grant it")[2].strip(" `") for line in card.splitlines() if "to grant it" in line]
    assert lines[0] == "%zenpro roles assign 'Stack Admin' --user grace@example.com --workspace ml-prod"
    assert lines[1] == "%zenpro teams add Platform --user grace@example.com"
    for line in lines:
        assert shell.run(f"%zenpro {GRACE}").empty
        shell.run(line)
        answer = shell.run(f"%zenpro {GRACE}").attrs["zenpro"]["answer"]
        assert answer == "yes: grace@example.com can delete:stack in ml-prod"
        shell.run("%zenpro undo --yes")


def test_a_role_has_the_same_rows_whatever_is_displayed_or_saved(shell: Shell, tmp_path: Path) -> None:
    line = "%zenpro access --role 'Organization Admin'"
    whole = shell.run(line)
    people = list(whole["principal"])
    assert len(people) == len(set(people)) > 2
    assert set(whole["also_in"]) == {"12 workspaces"}
    chosen = shell.run(f"{line} --columns principal,active --save {tmp_path / 'admins.csv'}")
    assert list(chosen["principal"]) == people
    assert len(pd.read_csv(tmp_path / "admins.csv")) == len(people)
    assert list(shell.run(f"{line} --sort -principal --columns principal")["principal"]) == sorted(people, reverse=True)
    users = shell.run(f"{line} --where kind=user --where also_in~12 --columns principal")
    assert list(users["principal"]) == [name for name in people if not name.startswith("bot:")]
    assert list(shell.run(f"{line} --limit 2")["principal"]) == people[:2]
    below = shell.run(f"{line} --where workspace=ml-prod --columns principal,workspace")
    assert list(below["principal"]) == people
    assert set(below["workspace"]) == {"ml-prod"}


def test_a_role_shows_who_has_it_and_through_which_path(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run("%zenpro access --role 'Workspace Admin'")
    assert "superuser" not in capsys.readouterr().err
    frame = shell.run("%zenpro access --role 'Organization Admin'")
    assert "superusers can do everything without this role: ada@example.com" in capsys.readouterr().err
    holders = frame.loc[frame["scope"] == "organization", "principal"]
    shown = displays(shell, frame)
    assert len(frame) == len(holders)
    for text in shown.values():
        assert all(text.count(f"{name} → ") == 1 for name in holders)
        assert "12 workspaces" in text
