"""Every notebook runs from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import zenpro_nb
from tests.inventory.conftest import session_at
from tests.support.kernels import execute
from tests.support.notebooks import FOLDER, NOTEBOOKS, PATIENCE
from tests.support.sandbox import SandboxProcess
from zenpro_nb.client import ApiKey
from zenpro_nb.commands.tool.demo import earlier_captures
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.ui.protocol import TerminalUI

START = "%load_ext zenpro_nb\n%zenpro sandbox start --if-needed"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # notebooks save files beside themselves


@pytest.fixture
def environment(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> SandboxProcess:
    monkeypatch.delenv("ZENML_PRO_API_TOKEN", raising=False)
    monkeypatch.delenv("ZENPRO_ORGANIZATION", raising=False)
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    return sandbox


def _drawings(notebook: Any) -> list[str]:
    """The titles of the SVG drawings in the outputs."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pages = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    return [title for page in pages for title in re.findall("<svg[^>]*><title>(.*?)</title>", page)]


@pytest.mark.kernel
@pytest.mark.representative
def test_the_quickstart_runs(environment: SandboxProcess) -> None:
    notebook = nbformat.read(FOLDER / "00-quickstart.ipynb", as_version=4)
    NotebookClient(notebook, timeout=PATIENCE).execute()
    shown = nbformat.writes(notebook)
    assert "sandbox, not ZenML Pro" in shown
    assert environment.key not in shown
    assert _drawings(notebook) == ["Assignments by role"]
    assert "image/png" not in shown  # white in a dark page


@pytest.mark.kernel
def test_who_can_do_what_for_any_papermill_parameters(environment: SandboxProcess, tmp_path: Path) -> None:
    asked = {"workspace": "ml-dev", "right": "read:pipeline", "person": "linus@example.com"}
    done = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        FOLDER / "03-who-may-do-what.ipynb", done, asked, progress_bar=False, log_output=False,
        execution_timeout=PATIENCE,
    )  # fmt: skip
    executed = nbformat.read(done, as_version=4)
    shown = nbformat.writes(executed)
    assert "zp-heat-3" in shown
    assert _drawings(executed) == ["acme: principals who administer each workspace, once for each way"]
    assert "Workspace Developer allows it" in shown
    assert "only workspace=ml-dev, can=read:pipeline" in shown
    assert "linus@example.com</b> · Linus Pauling" in shown
    assert "outsider@partner.example" in shown  # has a role in a workspace, but none in the organization
    assert environment.key not in shown


@pytest.mark.kernel
@pytest.mark.parametrize("earlier", [True, False], ids=["with the demo's captures", "without any"])
def test_changes_are_listed_and_drawn(
    environment: SandboxProcess, fresh_sandbox: Callable[..., SandboxProcess], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, earlier: bool,
) -> None:  # fmt: skip
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    if earlier:
        session = session_at(environment.url, ApiKey(environment.key))
        for name, value in earlier_captures(
            CommandContext(session, TerminalUI()), session.settings, tmp_path / "own"
        ).items():
            monkeypatch.setenv(name, value)
        session.close()
    else:  # the cell changes the organization
        own = fresh_sandbox(users=40)
        monkeypatch.setenv("ZENML_PRO_API_URL", own.url)
        monkeypatch.setenv("ZENML_PRO_API_KEY", own.key)
    notebook = nbformat.read(FOLDER / "04-what-changed.ipynb", as_version=4)
    NotebookClient(notebook, timeout=PATIENCE).execute()
    shown = nbformat.writes(notebook)
    assert [title.partition(" since")[0] for title in _drawings(notebook)] == ["acme: changes"]
    assert ("a-month-ago" in shown) == earlier
    assert ("Workspace Viewer in ml-prod" in shown and "Harvest" in shown) or earlier
    assert "first_seen" in shown
    assert "saved acme as capture" in shown


@pytest.fixture
def no_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names no server, as in a scheduled job that has lost its secret."""
    for name in ("ZENML_PRO_API_URL", "ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENPRO_SANDBOX"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ZENPRO_CONFIG_DIR", "ZENML_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path))


STARTS_A_SANDBOX = [path for path in NOTEBOOKS if "sandbox start" in path.read_text(encoding="utf-8")]


@pytest.mark.kernel
@pytest.mark.parametrize("path", STARTS_A_SANDBOX, ids=lambda path: path.name)
def test_a_scheduled_run_without_a_credential_fails(no_credential: None, path: Path, tmp_path: Path) -> None:
    with pytest.raises(papermill.PapermillExecutionError, match="No credential found for") as failed:
        papermill.execute_notebook(path, tmp_path / "out.ipynb", progress_bar=False, log_output=False)
    assert failed.value.ename == "CredentialError"
    assert "sandbox start --if-needed" in failed.value.source
    assert "sandbox, not ZenML Pro" not in (tmp_path / "out.ipynb").read_text(encoding="utf-8")


@pytest.mark.kernel
def test_nbclient_counts_as_non_interactive(no_credential: None) -> None:
    notebook = nbformat.read(FOLDER / "00-quickstart.ipynb", as_version=4)
    with pytest.raises(CellExecutionError, match="No credential found for"):
        NotebookClient(notebook, timeout=PATIENCE).execute()


@pytest.mark.kernel
def test_the_quickstart_starts_its_own_sandbox_if_allowed(no_credential: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_SANDBOX", "1")
    notebook = nbformat.read(FOLDER / "00-quickstart.ipynb", as_version=4)
    NotebookClient(notebook, timeout=PATIENCE).execute()
    assert "sandbox, not ZenML Pro" in nbformat.writes(notebook)


@pytest.fixture
def in_front(no_credential: None) -> Iterator[Callable[[str], str]]:
    """``in_front(cell)``: the outputs of a cell in an interactive session."""
    with ExitStack() as stack:

        def run(cell: str) -> str:
            manager, client = start_new_kernel()
            stack.callback(manager.shutdown_kernel, now=True)
            stack.callback(client.stop_channels)
            reply, outputs = execute(client, cell, allow_stdin=True)
            assert reply["status"] == "ok", reply
            return str(outputs)

        yield run


@pytest.mark.kernel
def test_an_interactive_session_without_a_credential_gets_a_sandbox(in_front: Callable[[str], str]) -> None:
    assert "sandbox, not ZenML Pro" in in_front(START)


@pytest.mark.kernel
def test_a_named_server_is_never_replaced_by_a_sandbox(
    in_front: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", "https://zenml.example.com/api/v1")
    assert "sandbox, not ZenML Pro" not in in_front(START)


@pytest.mark.kernel
def test_the_quickstart_accepts_parameters(environment: SandboxProcess, tmp_path: Path) -> None:
    done = papermill.execute_notebook(
        FOLDER / "00-quickstart.ipynb",
        tmp_path / "out.ipynb",
        parameters={"organization": "acme-labs"},
        progress_bar=False,
        log_output=False,
    )
    assert "acme-labs" in nbformat.writes(done)


@pytest.mark.kernel
def test_usage_ends_each_view_with_a_sentence_from_the_data(
    environment: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(tmp_path / "state"))
    done = tmp_path / "out.ipynb"
    papermill.execute_notebook(
        FOLDER / "07-usage.ipynb", done, {"window": "45d", "cost_key": "usd"}, progress_bar=False, log_output=False,
        execution_timeout=PATIENCE,
    )  # fmt: skip
    notebook = nbformat.read(done, as_version=4)
    sentences: dict[str, str] = {}
    view = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            view = next((line[3:] for line in cell.source.splitlines() if line.startswith("## ")), view)
        for output in cell.get("outputs", []):
            if view and output.output_type == "stream" and output.name == "stdout":
                sentences[view] = output.text.strip()
    views = [line[3:] for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("## ")]
    assert set(views) - sentences.keys() == {"What to do now"}
    unlike = [text for text in sentences.values() if not (any(map(str.isdigit, text)) and text.endswith("."))]
    assert unlike == []
    shown = nbformat.writes(notebook)
    assert shown.count("<svg") == 4
    assert "saved acme as capture" in shown
    assert environment.key not in shown
    with zenpro_nb.connect(url=environment.url, api_key=environment.key, organization="acme") as acme:
        keys = acme.run("captures", "get", acme.run("captures")["name"][0], "--list", "api_keys")
        rate = acme.run("usage", "--by", "workspace", "--metric", "cached_share", "--since", "45d")
    assert f"of {len(keys)} keys are active" in sentences["Check the age and last use of keys"]
    assert f"{rate.attrs['zenpro']['total']['cached_share']:.1%}" in sentences["See how much the cache saves"]
