"""The imports of a form before it is drawn, and before it offers names: counted in a separate process."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.support.sandbox import SandboxProcess

CODE = """
import sys
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.commands.tree import tree
from zenpro_nb.forms.background import Foreground
from zenpro_nb.forms.opening import new_form
from zenpro_nb.forms.widgets.view import FormView
from zenpro_nb.session.session import Session
from zenpro_nb.ui.protocol import TerminalUI

class Quiet(TerminalUI):
    name, has_variables = "%zenpro", True

assert tree.commands["form"].commands["roles"].commands["assign"].help
words = ["roles", "assign"]
form = new_form(CommandContext(Session(), Quiet()), tree.commands["roles"].commands["assign"], words, {}, Foreground())
FormView(form, "key")
print(*sys.modules)
form.open()
assert form.choices.cached("roles"), form.status
print(*sys.modules)
form.close()
"""


@pytest.fixture(scope="module")
def imported_modules(plane: SandboxProcess) -> tuple[set[str], set[str]]:
    """The modules imported when the form is drawn, and when it has read its names."""
    variables = {"ZENML_PRO_API_URL": plane.url, "ZENML_PRO_API_KEY": plane.key, "ZENPRO_ORGANIZATION": "acme"}
    done = subprocess.run([sys.executable, "-c", CODE], env=os.environ | variables, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    drawn, read = (set(line.split()) for line in done.stdout.splitlines())
    return drawn, read


def test_a_form_is_drawn_before_the_client_is_imported(imported_modules: tuple[set[str], set[str]]) -> None:
    drawn, read = imported_modules
    assert drawn.isdisjoint({"httpx", "httpcore", "pandas", "pyarrow", "wcwidth", "zenpro_nb.client._client"})
    assert "httpx" in read


def test_a_form_imports_no_command_but_its_own(imported_modules: tuple[set[str], set[str]]) -> None:
    commands = re.compile(r"zenpro_nb\.commands\.(access|organization|workspaces)\.\w+")
    # deadlines: the options of a temporary role
    own = {f"zenpro_nb.commands.organization.{name}" for name in ("roles", "role_assignments", "deadlines")}
    assert {name for name in imported_modules[0] if commands.fullmatch(name)} == own


def test_names_are_read_without_pandas_and_the_command_line_of_httpx(
    imported_modules: tuple[set[str], set[str]],
) -> None:
    assert imported_modules[1].isdisjoint({"pandas", "numpy", "pyarrow", "rich"})
