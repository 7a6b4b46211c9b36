"""Output in terminals of different widths: messages are wrapped between words, and no id or command is broken."""

from __future__ import annotations

import io
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest

from tests.support.command_line import in_process
from tests.support.sandbox import SandboxProcess
from zenpro_nb.ui import console
from zenpro_nb.ui.cards import Block, Card
from zenpro_nb.ui.cells import Cell, TableColumn
from zenpro_nb.ui.wrapping import wrap

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OFFBOARD = ("users", "offboard", "grace@example.com", "--dry-run")


@pytest.fixture
def environment(small_sandbox: SandboxProcess) -> dict[str, str]:
    server = {
        "ZENML_PRO_API_URL": small_sandbox.url,
        "ZENML_PRO_API_KEY": small_sandbox.key,
        "ZENPRO_ORGANIZATION": "acme",
    }
    return {**os.environ, **server, "NO_COLOR": "1"}


def lines_of(environment: dict[str, str], width: int, *words: str) -> tuple[list[str], list[str]]:
    """Return the lines of the result and of the messages in a terminal of this width."""
    done = in_process(words, {**environment, "COLUMNS": str(width)}, terminal=True)
    return done.stdout.decode().splitlines(), done.stderr.decode().splitlines()


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("words", [("users", "--limit", "1"), ("plan", "no-such-file.yaml")])
def test_messages_are_wrapped_between_words(environment: dict[str, str], width: int, words: tuple[str, ...]) -> None:
    result, messages = lines_of(environment, width, *words)
    assert max(map(len, [*result, *messages])) <= width
    assert any(line.startswith("  ") for line in messages)
    # The same words as in a pipe, where nothing is wrapped.
    in_pipe = in_process(words, environment).stderr.decode()
    assert all(
        re.sub(r"\n *", " ", line).strip() in " ".join(" ".join(messages).split()) for line in in_pipe.splitlines()
    )
    assert not any(line.startswith("  ") for line in in_pipe.splitlines())


def test_an_answer_is_typed_after_a_blank_also_if_the_question_is_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(sys, "stdin", io.StringIO("new.key\n"))
    monkeypatch.setenv("COLUMNS", "30")
    assert console.ask("The key ci is shown only once. Type the name of a file: ") == "new.key"
    assert terminal.getvalue() == "The key ci is shown only once.\n  Type the name of a file: "


def test_a_command_in_a_message_is_not_broken() -> None:
    command = "`zenpro users impact grace@example.com`"
    lines = wrap(f"Ask grace@example.com: {command} lists the questions, and who answers them.", 50).splitlines()
    assert lines == ["Ask grace@example.com:", f"  {command} lists", "  the questions, and who answers them."]
    # A longer command has a line of its own.
    lines = wrap(f"Ask her: {command} lists the questions.", 20).splitlines()
    assert lines[:3] == ["Ask her:", f"  {command}", "  lists the"]
    assert wrap("  zenpro users offboard grace@example.com --dry-run", 20).count("\n") == 0
    # A separator is not the first word of a line.
    assert wrap("4 users · read now · complete", 20).splitlines() == ["4 users · read now ·", "  complete"]


def test_the_line_below_an_answer_is_printed_once(environment: dict[str, str]) -> None:
    for width in (60, 120):
        line = ("access", "linus@example.com", "--can", "delete:stack", "--workspace", "ml-prod")
        result, messages = lines_of(environment, width, *line)
        assert " ".join([*result, *messages]).count("1 verdict ") == 1


def test_the_line_below_a_tree_is_wrapped(environment: dict[str, str]) -> None:
    result, messages = lines_of(environment, 60, "access", "ada@example.com")
    assert max(map(len, [*result, *messages])) <= 60
    assert " ".join([*result, *messages]).count(" paths ") == 1


def test_an_answer_no_does_not_count_verdicts(environment: dict[str, str]) -> None:
    line = ("access", "grace@example.com", "--can", "delete:stack", "--workspace", "ml-prod")
    result, messages = lines_of(environment, 80, *line)
    assert result[0].startswith("no: ")
    assert "verdict" not in " ".join([*result, *messages])


@pytest.mark.parametrize("width", [80, 120])
def test_a_finding_is_shown_with_its_fix(environment: dict[str, str], tmp_path: Path, width: int) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("key = 'ZENPROKEY_' + 'x'; input()")])
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    result, _ = lines_of(environment, width, "notebooks", "check", str(tmp_path / "mine.ipynb"))
    assert {"problem", "fix", "severity"} <= set(result[0].split())


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_a_finding_of_the_audit_is_shown_with_its_check_and_reason(environment: dict[str, str], width: int) -> None:
    result, messages = lines_of(environment, width, "audit")
    first = next(number for number, line in enumerate(result) if line.startswith("high"))
    assert {"severity", "check", "principal", "reason", "fix"} <= set(" ".join(result[:first]).split())
    assert "reason" not in result[0] or width - result[0].index("reason") >= 30
    assert "finding_id" in " ".join(messages)
    # A command below its row is copied in one piece.
    assert width > 80 or "  zenpro roles revoke 'Organization Member' --service-account retired-bot" in result


@pytest.mark.parametrize("width", [60, 80, 100])
def test_addresses_are_not_cut(environment: dict[str, str], width: int) -> None:
    for words in (
        ("users",),
        ("assignments",),
        ("members",),
        ("access", "--can", "delete:stack"),
        ("access", "--matrix"),
        ("invitations",),
    ):
        result, _ = lines_of(environment, width, *words)
        assert max(map(len, result)) <= width
        assert not [line for line in result if re.search(r"@\S*…|\.\S*…", line)]


def test_the_place_of_an_assignment_is_shown_in_60_columns(environment: dict[str, str]) -> None:
    assert lines_of(environment, 60, "assignments")[0][0].split()[:3] == ["principal", "role", "workspace"]


def test_columns_that_do_not_fit_can_be_chosen_unless_they_are(environment: dict[str, str]) -> None:
    chosen = ("users", "--limit", "1", "--columns", "email,name,username,company,job_title,id")
    hints = {
        words: " ".join(lines_of(environment, 60, *words)[1]) for words in (chosen, ("users", "--format", "table"))
    }
    assert "(use --format csv)" in " ".join(hints[chosen].split())
    assert "choose with --columns, or use --format" in " ".join(hints["users", "--format", "table"].split())
    # `sql` has no such option.
    queried = " ".join(lines_of(environment, 60, "sql", "select * from users limit 1")[1])
    assert "--columns" not in queried
    assert "columns that do not fit: " in queried


def test_the_columns_that_a_line_names_stay(environment: dict[str, str]) -> None:
    chosen = ("users", "--columns", "company,email,name", "--where", "is_active=no")
    assert lines_of(environment, 60, *chosen)[0][0].split() == ["company", "email", "name"]


def test_a_list_in_60_columns_shows_which_objects_are_active(environment: dict[str, str]) -> None:
    bots = lines_of(environment, 60, "service-accounts")[0][0].split()
    assert bots[:3] == ["username", "description", "is_active"]
    assert "active" in lines_of(environment, 60, "schedules", "--workspace", "ml-prod")[0][0].split()


def test_the_next_step_of_an_offboarding_is_shown_at_any_width(environment: dict[str, str]) -> None:
    for width in (60, 80, 200):
        result, messages = lines_of(environment, width, *OFFBOARD)
        # A command is not broken, so it can be copied.
        wrapped = [line for line in messages if not re.fullmatch(" +`zen(pro|ml) [^`]+`", line)]
        assert max(map(len, [*result, *wrapped])) <= width
        assert result[0].split()[:4] == ["step", "action", "target", "skipped_reason"]
        assert "columns that do not fit: " in " ".join(messages)
        ids = [line for line in [*result, *messages] if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", line)]
        assert ids
        assert all(UUID.search(line) for line in ids)


def test_the_command_of_each_object_is_shown_whole_before_someone_leaves(environment: dict[str, str]) -> None:
    for width in (60, 80):
        result, _ = lines_of(environment, width, "users", "impact", "grace@example.com")
        assert {"kind", "name", "question"} <= set(result[0].split())
        assert "command" in " ".join(result[:2]).split()
        assert any(UUID.search(line) for line in result)


def test_the_path_to_a_role_is_shown_in_60_columns(environment: dict[str, str]) -> None:
    result, _ = lines_of(environment, 60, "access", "--role", "Organization Admin")
    assert {"principal", "path"} <= set(result[0].split())


def test_many_columns_that_do_not_fit_are_counted(environment: dict[str, str]) -> None:
    note = " ".join(" ".join(lines_of(environment, 60, "users")[1]).split())
    assert re.search(r"columns that do not fit: (\w+, ){7}\w+ and \d+ more \(", note)


def test_the_detail_of_a_check_and_the_title_of_a_notebook_fit_a_narrow_terminal(environment: dict[str, str]) -> None:
    for words, columns in ((("doctor",), ["check", "status", "detail"]), (("notebooks",), ["name", "title"])):
        result, _ = lines_of(environment, 60, *words)
        assert result[0].split() == columns
        assert max(map(len, result)) <= 60


def test_web_addresses_are_the_last_columns_in_a_pipe(environment: dict[str, str]) -> None:
    for noun, column in {"users": "avatar_url", "workspaces": "server_url"}.items():
        header = in_process([noun, "--limit", "1"], environment).stdout.decode().splitlines()[0].split()
        assert header[-1] == column


def test_a_card_fits_its_terminal_and_keeps_its_commands(environment: dict[str, str]) -> None:
    result, _ = lines_of(environment, 60, "access", "grace@example.com", "--can", "delete:stack")
    assert max(map(len, result)) <= 60
    assert " ".join(" ".join(result[:3]).split()).startswith(
        "yes, in 1 of 4 workspaces: grace@example.com can delete:stack in ml-dev path"
    )
    block = Block("more", [TableColumn("name", [Cell("x" * 30)]), TableColumn("other", [Cell("y" * 30)])])
    card = Card(
        "ops", [("members", "12")], ["zenpro access team:Platform --org acme"], notes=["a", "b " * 20], blocks=[block]
    )
    text = card.text(40)
    assert "zenpro access team:Platform --org acme" in text
    assert max(len(line) for line in text.splitlines() if "zenpro" not in line) <= 40
    assert card.text() == str(card) == repr(card)  # the streams of tests are not terminals


@pytest.mark.parametrize("width", [60, 80])
@pytest.mark.parametrize("words", [("members",), ("workspaces", "members", "ml-prod")])
def test_every_member_has_a_name_at_any_width(environment: dict[str, str], width: int, words: tuple[str, ...]) -> None:
    lines, _ = lines_of(environment, width, *words)
    shown = " ".join(lines)
    names = ("ci-bot", "new.lead@example.com") if words == ("members",) else ("ci-bot", "Platform")
    assert "principal" in lines[0]
    assert all(name in shown for name in names), shown


def test_one_line_lists_all_columns_that_are_missing(environment: dict[str, str]) -> None:
    _, messages = lines_of(environment, 60, *OFFBOARD)
    text = " ".join(" ".join(messages).split())
    assert "more column" not in text
    assert "method, route, " in text.partition("columns that do not fit: ")[2]


def test_the_targets_of_results_are_wrapped(environment: dict[str, str]) -> None:
    role = ("--workspace", "ml-prod", "--user", "katherine@example.com")
    for words in (("roles", "assign", "Workspace Contributor", *role), ("undo", "--yes")):
        result, _ = lines_of(environment, 60, *words)
        assert "…" not in "".join(result)
        assert all(word in "".join(result) for word in ("katherine@example.com as", "Contributor", "in ml-prod"))
