"""A form in a terminal, one question per field."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tests.forms.conftest import Notebook, run
from tests.support.forms import answering
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import ConfirmationError, InterruptedReadError, UnknownNameError, UsageError
from zenpro_nb.forms import questions
from zenpro_nb.forms.opening import NotebookForms
from zenpro_nb.framework.cli.context import CommandContext


class Person(Notebook):
    """An interactive terminal."""

    is_interactive = True  # type: ignore[assignment]


@pytest.fixture
def terminal(ctx: CommandContext) -> CommandContext:
    return CommandContext(ctx.session, Person(), forms=NotebookForms(in_kernel=False))


def test_a_team_by_questions(terminal: CommandContext, name: str) -> None:
    with answering(name, "y", "acme", "made by questions", "", "y") as streams:
        frame = run(terminal, "form teams create")
        said = streams[1].getvalue().decode()
    assert "Description (optional, Enter skips)" in said
    assert "Name (optional" not in said
    assert frame["name"].item() == name
    assert frame["description"].item() == "made by questions"


def test_a_new_workspace_is_waited_for_as_the_line_says(terminal: CommandContext, name: str) -> None:
    with answering("", "n", "y") as streams:
        frame = run(terminal, f"form workspaces create {name} --org acme")
        output = streams[1].getvalue().decode()
    assert "--wait" in output
    assert frame["status"].item() == "available"


def test_a_new_name_is_checked_before_the_next_question(terminal: CommandContext, name: str) -> None:
    with answering("ML Prod", "ml-prod", name, "n", "n") as streams, pytest.raises(ConfirmationError):
        run(terminal, "form workspaces create --org acme")
    output = streams[1].getvalue().decode()
    places = [output.index(text) for text in ("Name", "hyphens: ml-prod", "is taken", "is available", "More options?")]
    assert places == sorted(places)


def test_an_error_of_the_command_keeps_the_answers(terminal: CommandContext) -> None:
    with answering("", "n") as streams, pytest.raises(UnknownNameError):
        run(terminal, "form teams add Platform --user no-such-person@example.com")
    output = streams[1].getvalue().decode()
    assert "form teams add Platform --user no-such-person@example.com" in output
    assert "opens the form with these answers" in output


def test_the_role_determines_the_questions_and_a_mistake_is_asked_again(terminal: CommandContext) -> None:
    answers = ("Workspace Viewer", "nowhere", "ml-prod", "aad@example.com", "ada@example.com", "n", "y")
    with answering(*answers) as streams:
        frame = run(terminal, "form roles assign")
        output = streams[1].getvalue().decode()
    assert frame["outcome"].item() in ("done", "already")
    assert "The workspace 'nowhere' does not exist" in output
    assert "POST /roles/" in output
    assert "%zenpro roles assign 'Workspace Viewer' --user ada@example.com --org acme --workspace ml-prod" in output


def test_the_questions_name_the_choices_or_the_command_that_lists_them(terminal: CommandContext) -> None:
    answers = ("Workspace Viewer", "ml-prod", "", "y", "Platfor", "team:Platform, user:ada@example.com", "n", "n")
    with answering(*answers) as streams, pytest.raises(ConfirmationError, match="Nothing was sent"):
        run(terminal, "form roles assign")
    output = streams[1].getvalue().decode()
    assert "Choices: Organization Admin, " in output
    assert "Other names: `users`, `invitations`." in output
    question = "User, service account, team, or invitation (separate several with commas): "
    required = "  Required: a user, a service account, a team, or an invitation.\n"
    # Nothing looks like an error before the first answer, and each wrong name is refused at once.
    places = [
        output.index(text)
        for text in (question, required, "There is no user, service account, team, or invitation 'y'", "'Platform'?")
    ]
    assert places == sorted(places)
    assert output.count(question) == 4
    line = "%zenpro roles assign 'Workspace Viewer' --user ada@example.com --team Platform --org acme"
    assert f"{line} --workspace ml-prod" in output


def test_a_new_person_is_onboarded_by_questions(terminal: CommandContext, name: str) -> None:
    with answering(f"{name}@x.io", "n", "y") as streams:
        frame = run(terminal, "form users onboard")
        output = streams[1].getvalue().decode()
    assert "Email addresses of new people, or names or IDs of users." in output
    assert (frame["action"].item(), frame["outcome"].item()) == ("invite", "done")


def test_more_options_skip_the_alternatives_of_a_given_team(terminal: CommandContext) -> None:
    line = "form roles assign 'Workspace Viewer' --team Platform --workspace ml-prod"
    # Input ends after the answers, which leaves the form before the request is sent.
    with answering("y", *[""] * 3) as streams, pytest.raises(ConfirmationError):
        run(terminal, line)
    output = streams[1].getvalue().decode()
    assert "More options?" in output
    assert "Users" not in output
    assert "Service accounts" not in output


def in_a_shell(plane: SandboxProcess, line: str, *answers: str) -> tuple[str, str]:
    """The output for a user who answers in a shell, with the exit code, and whether widgets were imported."""
    code = (
        "import sys\n"
        "from zenpro_nb.frontends import cli\n"
        "cli.Shell.is_interactive = True\n"
        "code = cli._main(sys.argv[1:])\n"
        "print(code, 'ipywidgets' in sys.modules)\n"
    )
    environ = {**os.environ, "ZENML_PRO_API_URL": plane.url, "ZENML_PRO_API_KEY": plane.key}
    typed = "".join(f"{answer}\n" for answer in answers)
    words = [sys.executable, "-c", code, *line.split()]
    done = subprocess.run(words, input=typed, capture_output=True, text=True, env=environ, check=True)
    return done.stderr, done.stdout.splitlines()[-1]


def test_a_shell_asks_without_widgets_and_has_no_variable_for_the_result(plane: SandboxProcess, name: str) -> None:
    output, end = in_a_shell(plane, "form teams create --org acme", name, "y", "", "from a shell", "y")
    assert f"zenpro teams create {name} --org acme --description 'from a shell'`\n" in output
    assert "Variable for the result" not in output
    assert end == "0 False"


def test_a_shell_refuses_a_variable_before_the_first_question(plane: SandboxProcess, name: str) -> None:
    output, end = in_a_shell(plane, f"form teams create {name} --out made")
    assert "--out requires a notebook" in output
    assert "Create a team" not in output
    assert end == "2 False"


def test_the_name_of_a_deleted_object_must_be_typed(terminal: CommandContext, name: str) -> None:
    with answering():
        run(terminal, f"teams create {name}")
    with answering(name, "n", "something else"), pytest.raises(ConfirmationError):
        run(terminal, "form teams delete")
    with answering(name, "n", name):
        run(terminal, "form teams delete")
    assert name not in set(run(terminal, "teams")["name"])


def test_a_refused_answer_is_not_the_next_default(terminal: CommandContext, name: str) -> None:
    with answering(name, "y", "nowhere", "", "cleared", "", "y") as streams:
        frame = run(terminal, "form teams create")
        output = streams[1].getvalue().decode()
    assert "The organization 'nowhere' does not exist" in output
    assert "Organization [nowhere]" not in output
    assert frame["description"].item() == "cleared"


def test_a_dash_clears_an_optional_field(terminal: CommandContext, name: str) -> None:
    with answering("", "y", "", "-", "", "y") as streams:
        frame = run(terminal, f"form teams create {name} --description draft")
        output = streams[1].getvalue().decode()
    assert "[draft]" in output
    assert "(- for none)" in output
    assert frame["description"].isna().item()


@pytest.mark.parametrize(
    ("line", "answers"), [("api-keys create", ("a-key", "file:made.key", "n", "")), ("teams create", ("t", "", ""))]
)
def test_enter_sends_nothing(terminal: CommandContext, line: str, answers: tuple[str, ...]) -> None:
    with answering(*answers) as streams, pytest.raises(ConfirmationError, match="Nothing was sent"):
        run(terminal, f"form {line}")
    output = streams[1].getvalue().decode()
    assert ("This cannot be undone" in output) == (line == "api-keys create")
    assert output.count("[y/N]") == 2
    assert "[Y/n]" not in output


def test_enter_at_a_required_field_says_what_is_required(terminal: CommandContext) -> None:
    with answering("", "", "Platform") as streams, pytest.raises(ConfirmationError):
        run(terminal, "form teams delete")
    assert streams[1].getvalue().decode().count("  Required: Team.\nTeam: ") == 2


def test_a_yes_no_option_keeps_its_value_on_enter(terminal: CommandContext) -> None:
    question = "Only show the change (yes, no)"
    answers = ("", "perhaps", "y", "", "")
    with answering(*answers) as streams:
        values = [questions.choice(terminal.ui, question, ("yes", "no"), start) for start in ("yes", "no", "no")]
        output = streams[1].getvalue().decode()
    assert values == ["yes", "yes", "no"]
    assert "'perhaps' is not one of yes, no." in output


def test_objects_with_the_same_name_are_told_apart_by_a_short_id(terminal: CommandContext, name: str) -> None:
    for level in ("workspace", "project"):
        run(terminal, f"roles create {name} --level {level} --description 'for a {level}.'")
    (first, title), (second, _) = (
        (role.id, f"{name} · {role.level} · custom · {role.id[:8]}… · for a {role.level}")
        for role in run(terminal, "roles").itertuples()
        if role.name == name
    )
    answers = (name, second[:8], "n", "something else")
    with answering(*answers) as streams, pytest.raises(ConfirmationError):
        run(terminal, "form roles delete")
    output = streams[1].getvalue().decode()
    assert f"{title}, {name} · " in output.partition("Role: ")[0]
    assert f"2 roles are called {name!r}. Enter the ID of one of 2: {title}, {name} · " in output
    assert f"DELETE /roles/{second}" in output
    assert first not in output
    with answering(title, "n", "something else") as streams, pytest.raises(ConfirmationError):
        run(terminal, "form roles delete")
    assert f"roles delete {first}" in streams[1].getvalue().decode()


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("form teams create NAME", "Use `%zenpro teams create NAME`."),
        ("form teams create", "For example: `%zenpro teams create Compliance"),
        ("form users offboard ada@example.com", "send with `%zenpro users offboard ada@example.com --yes`"),
        ("form review q4", "`%zenpro reviews decide q4 --from q4.csv`"),
    ],
)
def test_a_form_without_answers_fails_with_the_command(ctx: CommandContext, line: str, answer: str) -> None:
    ctx.forms = NotebookForms(in_kernel=False)
    with pytest.raises(UsageError, match="asks questions, but this is not an interactive session") as raised:
        run(ctx, line)
    assert answer in str(raised.value)


def test_a_form_that_sends_nothing_asks_for_no_confirmation(
    terminal: CommandContext, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(terminal, f"teams create {name} --description Same")
    prompts: list[str] = []
    monkeypatch.setattr(terminal.ui, "_input", lambda prompt: prompts.append(prompt) or "")
    run(terminal, f"form teams update {name} --description Same")
    assert prompts
    assert not any("Send the request" in prompt for prompt in prompts)


def test_the_end_of_the_input_ends_the_questions(terminal: CommandContext) -> None:
    with CliRunner().isolation(input=""), pytest.raises(ConfirmationError, match=r"Nothing was sent\."):
        run(terminal, "form teams create")


@pytest.mark.parametrize("at", ["Name: ", "More options?", "Send the request?"])
def test_ctrl_c_says_that_nothing_was_sent(
    terminal: CommandContext, name: str, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(prompt: str) -> str:
        if prompt.startswith(at):
            raise KeyboardInterrupt
        return "" if prompt.endswith("[y/N] ") else name

    monkeypatch.setattr(terminal.ui, "_input", answer)
    with pytest.raises(InterruptedReadError, match=r"Stopped by Ctrl-C; nothing was sent\.") as raised:
        run(terminal, "form teams create")
    values = "" if at == "Name: " else f" {name}"
    assert f"`%zenpro form teams create{values} --org acme --out result` opens the form with these answers." in str(
        raised.value
    )
    assert raised.value.outcome == "not sent"


def test_a_refused_answer_is_not_in_the_command_that_opens_the_form_again(
    terminal: CommandContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["no-such-team"])

    def answer(prompt: str) -> str:
        for text in answers:
            return text
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal.ui, "_input", answer)
    with pytest.raises(InterruptedReadError) as raised:
        run(terminal, "form teams delete")
    assert "`%zenpro form teams delete --org acme --out result` opens the form" in str(raised.value)
