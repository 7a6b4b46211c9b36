"""`%config ZenProMagics.pseudonyms = True`: displays show pseudonyms, and values stay unchanged."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter

from tests.shell.conftest import Shell
from zenpro_nb.errors import ZenProError

ON = "%config ZenProMagics.pseudonyms = True"
SOMEBODY = (
    "ada@example.com",
    "Ada Lovelace",
    "linus@example.com",
    "Linus Pauling",
    "example.com",
    "Lovelace",
    "Pauling",
)


@pytest.fixture
def masked_shell(shell: Shell) -> Shell:
    shell.run(ON)
    return shell


def display_text(shell: Shell, value: Any) -> str:
    """Everything that a front end gets of a value."""
    data, _ = shell.ip.display_formatter.format(value)
    assert data
    return "\n".join(str(item) for item in data.values())


def nobody(text: str) -> bool:
    return not [item for item in SOMEBODY if item in text]


@pytest.mark.parametrize(
    "line",
    [
        "users --limit 30",
        "users --columns name --limit 30",
        "users get ada@example.com",
        "members",
        "assignments --limit 40",
        "access linus@example.com",
        "access --matrix --workspace ml-prod",
        "access --can delete:stack --workspace ml-prod",
        "audit --check too-many-org-admins",
        "teams members Platform",
        "roles assign 'Workspace Viewer' --user linus@example.com --workspace ml-prod --dry-run",
        "",
    ],
)
def test_no_real_person_is_shown(masked_shell: Shell, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = masked_shell.run(f"%zenpro {line}")
    printed = capsys.readouterr()
    text = f"{display_text(masked_shell, value)}\n{printed.out}\n{printed.err}"
    assert nobody(text), text
    assert "pseudonyms" in text


def test_values_stay(masked_shell: Shell) -> None:
    frame = masked_shell.run("df = %zenpro users --limit 5\ndf")
    assert "ada@example.com" in set(frame.email)
    before = frame.copy(deep=True)
    assert nobody(display_text(masked_shell, frame))
    assert frame.equals(before)
    assert frame.dtypes.equals(before.dtypes)
    assert frame.attrs == before.attrs
    masked_shell.run("%config ZenProMagics.pseudonyms = False")
    assert "ada@example.com" in display_text(masked_shell, frame)


def test_a_person_has_the_same_pseudonym_everywhere(masked_shell: Shell) -> None:
    person = masked_shell.run("one = %zenpro users get ada@example.com\none[['email', 'name']].set_index('email')")
    first = display_text(masked_shell, person)
    assert nobody(first)
    many = display_text(masked_shell, masked_shell.run("%zenpro users --limit 20"))
    address = next(word for word in first.replace("<", " ").replace(">", " ").split() if "@pseudonym.example" in word)
    assert address in many


def test_a_made_up_name_can_be_typed(masked_shell: Shell) -> None:
    shown = display_text(
        masked_shell, masked_shell.run("%zenpro users --where email=ada@example.com --columns email,name")
    )
    address, name = re.findall(r"0  (\S+@pseudonym\.example)\s+(\w+ \w+)", shown)[0]
    for typed in (address, name, address.upper()):
        frame = masked_shell.run(f"%zenpro access '{typed}'")
        assert set(frame.principal) == {"ada@example.com"}
    for condition in (f"email={address}", f"name={name}", f"email={address},nobody@example.com"):
        assert list(masked_shell.run(f"%zenpro users --where '{condition}'").email) == ["ada@example.com"]
    made_up_id = re.findall(
        r"[0-9a-f-]{36}", display_text(masked_shell, masked_shell.run("%zenpro teams get Platform"))
    )[0]
    assert list(masked_shell.run(f"%zenpro teams get {made_up_id}").name) == ["Platform"]
    # Values that come from data stay as they are, and so does everything after pseudonyms are off.
    masked_shell.run("%zenpro pseudonyms off")
    for typed in (address, name):
        error = masked_shell.error(f"%zenpro access '{typed}'")
        assert "This is a pseudonym. Only the notebook session or the shells that show it" in str(error)


@pytest.mark.parametrize("columns", [["workspace", "name", "user"], ["name", "user"]])
def test_names_of_objects_stay(masked_shell: Shell, columns: list[str]) -> None:
    masked_shell.run("%zenpro users impact katherine@example.com")
    for noun in ("pipelines", "secrets", "stacks", "models"):
        frame = masked_shell.run(f"df = %zenpro {noun} --workspace ml-prod\ndf[{columns}]")
        shown = display_text(masked_shell, frame)
        assert len(frame) > 1
        assert [name for name in frame["name"] if name not in shown] == []
        assert not [address for address in frame["user"].dropna() if "@" in address and address in shown]
    masked_shell.run("%zenpro users impact katherine@example.com")
    workspaces = masked_shell.run("%zenpro workspaces --columns name,status,owner")
    assert [name for name in workspaces["name"] if name not in display_text(masked_shell, workspaces)] == []


def test_a_derived_frame_is_masked_too(masked_shell: Shell) -> None:
    grouped = masked_shell.run("df = %zenpro users --limit 20\ndf.groupby('email').size().reset_index()")
    assert nobody(display_text(masked_shell, grouped))


def test_messages_and_errors(masked_shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    error = masked_shell.error("%zenpro users get linus.paulin@example.com")
    assert isinstance(error, ZenProError)
    assert nobody("\n".join(error._render_traceback_()))
    masked_shell.run("%zenpro roles assign 'Workspace Viewer' --user linus@example.com --workspace ml-dev --dry-run")
    printed = capsys.readouterr()
    assert nobody(printed.out + printed.err)


@pytest.mark.parametrize("line", ["users --limit 2", "users --limit 2 --columns email --as none", "users --as none"])
def test_the_message_about_a_saved_file_mentions_real_names(
    masked_shell: Shell, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.csv"
    masked_shell.run(f"%zenpro {line} --save {file}")
    output = capsys.readouterr()
    assert "p.csv; people in the file have their real names" in output.out + output.err
    assert "ada@example.com" in file.read_text()


def test_the_file_of_a_query_contains_pseudonyms(
    masked_shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.csv"
    line = " ".join(["%zenpro sql 'SELECT email, job_title FROM users' --save", str(file)])
    masked_shell.run(line)
    output = capsys.readouterr()
    assert "saved" in output.out + output.err
    assert "real names" not in output.out + output.err
    assert nobody(file.read_text())
    masked_shell.run("%config ZenProMagics.pseudonyms = False")
    capsys.readouterr()
    masked_shell.run(line)
    output = capsys.readouterr()
    assert "real names" not in output.out + output.err


def test_a_form_without_a_front_end_names_no_person(masked_shell: Shell) -> None:
    text = str(masked_shell.error("%zenpro form roles assign --user linus@example.com"))
    assert "Use `%zenpro roles assign ROLE --user " in text
    assert nobody(text), text


def test_tab_offers_no_names(shell: Shell) -> None:
    shell.run("%zenpro users --limit 5")
    line = "%zenpro users get ad"

    def completions() -> list[str]:
        with provisionalcompleter():
            return [completion.text for completion in shell.ip.Completer.completions(line, len(line))]

    assert "ada@example.com" in completions()
    shell.run(ON)
    assert not [item for item in completions() if "@" in item]


def test_unloading_removes_everything(shell: Shell) -> None:
    shell.run(ON)
    before = dict(shell.ip.display_formatter.formatters["text/html"].deferred_printers)
    shell.run("%unload_ext zenpro_nb")
    after = shell.ip.display_formatter.formatters["text/html"]
    assert not [name for name in after.deferred_printers if str(name[0]).startswith("zenpro_nb")]
    assert [name for name in before if str(name[0]).startswith("zenpro_nb")]
    shell.run("%load_ext zenpro_nb")


def test_a_chart_cuts_long_pseudonyms(masked_shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    users = masked_shell.run("%zenpro users --columns email")
    shown: list[Any] = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    masked_shell.run("%zenpro usage --by user --since 400d --workspace ml-prod --plot")
    chart = display_text(masked_shell, shown[0])
    labels = [label for label in re.findall("<text[^>]*>([^<]*)", chart) if "@" in label]
    assert any(label.endswith("@pseudonym.example") for label in labels)
    # A longer one would begin outside the picture.
    assert max(map(len, labels)) <= 35
    assert {label.partition("@")[2] for label in labels} <= {"pseudonym.example", "…"}
    assert not [email for email in users["email"] if email[:16] in chart]
