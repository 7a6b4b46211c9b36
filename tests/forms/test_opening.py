"""`%zenpro form …`, and the text in place of a form that cannot work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from msgspec.structs import replace
from nbclient import NotebookClient

from tests.forms.conftest import ByHand, Notebook, Opener, run
from tests.support.forms import FORMS
from tests.support.sandbox import SandboxProcess
from zenpro_nb.errors import CredentialError, UsageError
from zenpro_nb.forms.handle import Fallback, FormHandle
from zenpro_nb.forms.messages import Tone
from zenpro_nb.forms.opening import NotebookForms
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.frontends.cli import _main


class Watched(Notebook):
    """An interactive notebook."""

    is_interactive = True  # type: ignore[assignment]


@pytest.fixture
def is_interactive(ctx: CommandContext) -> CommandContext:
    return CommandContext(ctx.session, Watched(), forms=NotebookForms(in_kernel=True))


def test_the_list_of_forms(ctx: CommandContext) -> None:
    frame = run(ctx, "form")
    assert sorted(frame["form"]) == sorted([*FORMS, "review"])  # a form without a command
    assert set(frame.columns) == {"task", "form", "summary", "confirms"}
    assert frame.set_index("form").loc["workspaces delete", "confirms"]


def test_a_form_opens_with_known_values(is_interactive: CommandContext) -> None:
    handle = run(is_interactive, "form roles assign 'Workspace Developer' --user ada@example.com")
    assert isinstance(handle, FormHandle)
    assert handle.form.values["role"] == "Workspace Developer"
    bundle = handle._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == handle.view.root.model_id
    again = "%zenpro form roles assign 'Workspace Developer' --user ada@example.com"
    assert again in bundle["text/plain"]
    assert "run <code>%zenpro form roles assign" in bundle["text/html"]
    is_interactive.forms.close()  # type: ignore[union-attr]
    assert handle.form.state.name == "CLOSED"


def test_without_a_credential_for_the_server_the_cell_fails(is_interactive: CommandContext) -> None:
    here = is_interactive.session.settings
    for settings in (replace(here, credential=None), replace(here, url="http://pro.example.invalid")):
        is_interactive.session.use(settings)
        with pytest.raises(CredentialError):
            run(is_interactive, "form teams create")


def test_missing_certificates_are_reported_in_the_form(
    ctx: CommandContext, open_form: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there.pem")
    ctx.session.use(replace(ctx.session.settings, url="https://127.0.0.1:9"))
    form = open_form("teams create")
    assert form.status.tone is Tone.BAD
    assert form.status.text.startswith("REQUESTS_CA_BUNDLE names /not/there.pem, which does not contain certificates.")


def test_a_session_that_is_not_interactive_gets_text_in_place_of_the_form(ctx: CommandContext) -> None:
    ctx.forms = NotebookForms(in_kernel=True)
    shown = run(ctx, "form workspaces create ml-new")
    assert isinstance(shown, Fallback)
    assert "run %zenpro form workspaces create ml-new again" in repr(shown)


def test_voila_shows_notebooks_to_people(ctx: CommandContext, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx.forms = NotebookForms(in_kernel=True)
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.8")
    handle = run(ctx, "form workspaces create")
    assert isinstance(handle, FormHandle)
    ctx.forms.close()


def test_a_misspelled_form_gets_a_suggestion(ctx: CommandContext) -> None:
    with pytest.raises(UsageError, match="Did you mean 'create'"):
        run(ctx, "form workspaces crate")


def test_python_has_no_forms(ctx: CommandContext) -> None:
    with pytest.raises(UsageError, match="Forms are not available here"):
        run(ctx, "form workspaces create")


def test_loading_and_lists_import_no_widgets() -> None:
    code = (
        "import sys\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "shell.run_line_magic('load_ext', 'zenpro_nb')\n"
        "shell.run_line_magic('zenpro', 'form')\n"
        "try:\n"
        "    shell.run_line_magic('zenpro', 'form workspaces create')\n"
        "except Exception as error:\n"
        "    assert 'asks questions' in str(error)\n"
        "print('ipywidgets' in sys.modules)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "False"


@pytest.mark.kernel
def test_an_executed_notebook_shows_the_text_and_contains_no_names(plane: SandboxProcess, tmp_path: Path) -> None:
    cells = [
        f"import os; os.environ.update(ZENML_PRO_API_URL={plane.url!r}, ZENML_PRO_API_KEY={plane.key!r})",
        "os.environ.update(ZENPRO_ORGANIZATION='acme')\n%load_ext zenpro_nb",
        "%zenpro form roles assign",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source=cell) for cell in cells])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    (output,) = notebook.cells[2].outputs
    assert "run %zenpro form roles assign again" in output["data"]["text/plain"]
    assert "widgets" not in notebook.metadata
    failing = nbformat.v4.new_notebook(cells=[*notebook.cells[:2], nbformat.v4.new_code_cell("%zenpro roles assign")])
    with pytest.raises(Exception, match="Missing argument"):
        NotebookClient(failing, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_a_form_that_was_used_leaves_no_list_of_names(open_form: Opener, by_hand: ByHand) -> None:
    handle = FormHandle(open_form("roles assign"), "%zenpro form roles assign")
    users = handle.view.row("users")
    users._text.value = "example"  # type: ignore[attr-defined]
    assert users._matches.options  # type: ignore[attr-defined]
    handle.view.cancel.click()
    assert users._matches.options == ()  # type: ignore[attr-defined]


def test_a_shell_that_is_not_interactive_shows_what_to_run(
    plane: SandboxProcess, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", plane.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", plane.key)
    assert _main(["form", "teams", "create", "Research"]) == 2
    assert "Use `zenpro teams create Research --org acme`." in capsys.readouterr().err
