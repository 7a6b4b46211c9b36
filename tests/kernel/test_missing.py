"""An incomplete write opens its form in an interactive session, and fails in others."""

from __future__ import annotations

from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from tests.support.kernels import execute

LINES = {
    "teams create": "Missing argument 'NAME'",
    "teams create --description words": "Missing argument 'NAME'",
    "workspaces delete": "Missing argument 'WORKSPACE'",
    "invitations create --role 'Organization Member'": "Missing argument 'EMAILS...'",
    "roles assign 'Workspace Viewer' --workspace ml-prod": "No principal was named",
    "roles assign 'Workspace Viewer' --user ada@example.com": "`--workspace` is required",
    "api-keys create ci": "`--to` is required",
    "users update ada@example.com": "There is nothing to change",
}


def forms(outputs: list[dict[str, Any]]) -> list[str]:
    """The titles of the forms that a cell shows."""
    shown = [
        output["content"]["data"] for output in outputs if output["msg_type"] in ("display_data", "execute_result")
    ]
    return [data["text/plain"] for data in shown if "application/vnd.jupyter.widget-view+json" in data]


# A missing destination is asked for in one line, in place of a form.
ASKED = "api-keys create ci"


@pytest.mark.parametrize("line", sorted(LINES.keys() - {ASKED}))
@pytest.mark.parametrize("cell", ["%zenpro {}", "made = %zenpro {}", "%%zenpro\n{}"])
def test_an_interactive_session_gets_the_form_once(kernel: BlockingKernelClient, cell: str, line: str) -> None:
    reply, outputs = execute(kernel, cell.format(line), allow_stdin=True)
    assert reply["status"] == "ok", reply
    (words,) = forms(outputs)
    assert f"run %zenpro form {line} again" in words


@pytest.mark.parametrize(("line", "message"), LINES.items())
@pytest.mark.parametrize("cell", ["%zenpro {}", "made = %zenpro {}", "%%zenpro\n{}"])
def test_other_sessions_get_an_error(kernel: BlockingKernelClient, cell: str, line: str, message: str) -> None:
    reply, outputs = execute(kernel, cell.format(line))
    assert reply["status"] == "error"
    assert message in reply["evalue"]
    assert forms(outputs) == []


def test_the_following_commands_do_not_run_without_the_form(kernel: BlockingKernelClient) -> None:
    reply, outputs = execute(kernel, "%%zenpro\nteams create\nteams", allow_stdin=True)
    assert reply["status"] == "error"
    assert reply["evalue"].startswith("Line 2: Missing argument 'NAME'")
    assert forms(outputs) == []


def test_a_form_of_an_assignment_is_its_value(kernel: BlockingKernelClient) -> None:
    execute(kernel, "made = %zenpro teams create", allow_stdin=True)
    _, outputs = execute(kernel, "print(type(made).__name__, made.result)\nmade", allow_stdin=True)
    (printed,) = [output["content"]["text"] for output in outputs if output["msg_type"] == "stream"]
    assert printed == "FormHandle None\n"
    assert len(forms(outputs)) == 1
