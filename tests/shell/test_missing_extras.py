"""Each front end reports a missing extra in one line, with the command that installs it."""

from __future__ import annotations

import shlex
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import zenpro_nb
from tests.shell.conftest import Shell
from tests.support.sandbox import SandboxProcess
from zenpro_nb import extras
from zenpro_nb.errors import MissingExtraError
from zenpro_nb.frontends import cli

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# The module that is missing, a command that needs it, and the extra.
COMMANDS = [
    ("duckdb", 'sql "select 1"', "sql"),
    ("openpyxl", "users --save users.xlsx", "excel"),
    ("matplotlib", "runs --workspace ml-prod --plot --save runs.png", "png"),
    ("polars", "users --as polars", "polars"),
    ("keyring", "login --keyring", "keyring"),
    ("keyring", "api-keys create k --service-account ci-bot --to keyring", "keyring"),
]
IN_A_NOTEBOOK = [("fastapi", "sandbox start", "sandbox"), ("jwt", "sandbox start", "sandbox")]
IN_A_TERMINAL = [
    ("fastapi", "sandbox run", "sandbox"),
    ("uvicorn", "sandbox run --help", "sandbox"),
    ("jupyterlab", "demo", "demo"),
    ("matplotlib", "demo", "demo"),
    ("sqlalchemy", "demo", "demo"),
]
Missing = Callable[[str], None]


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Missing:
    """``missing("duckdb")`` makes Python behave as if the module were not installed."""
    monkeypatch.chdir(tmp_path)
    return lambda name: monkeypatch.setitem(sys.modules, name, None)


def ending(extra: str) -> str:
    if extra == "keyring":  # after what works without it
        return ' To install it, run: pip install "zenpro-nb[keyring]"'
    return f'not installed. Run: pip install "zenpro-nb[{extra}]"'


@pytest.mark.parametrize(("module", "command", "extra"), [*COMMANDS, *IN_A_NOTEBOOK])
def test_a_cell_reports_a_missing_extra(shell: Shell, missing: Missing, module: str, command: str, extra: str) -> None:
    missing(module)
    error = shell.error(f"%zenpro {command}")
    assert isinstance(error, MissingExtraError)
    (line,) = error.lines()
    assert line.endswith(ending(extra))


@pytest.mark.parametrize(("module", "command", "extra"), [*COMMANDS, *IN_A_TERMINAL])
def test_the_shell_command_reports_a_missing_extra(
    sandbox: SandboxProcess,
    missing: Missing,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    module: str,
    command: str,
    extra: str,
) -> None:
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    missing(module)
    with pytest.raises(SystemExit) as ended:
        cli.main(shlex.split(command))
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2
    assert line.startswith("MissingExtraError: ")
    assert line.endswith(ending(extra))


@pytest.mark.parametrize(("module", "command", "extra"), [*COMMANDS, *IN_A_NOTEBOOK])
def test_connect_reports_a_missing_extra(
    sandbox: SandboxProcess, missing: Missing, module: str, command: str, extra: str
) -> None:
    with zenpro_nb.connect(url=sandbox.url, api_key=sandbox.key, organization="acme") as zen:
        missing(module)
        with pytest.raises(MissingExtraError) as raised:
            zen.run(*shlex.split(command))
    assert str(raised.value).endswith(ending(extra))


def test_an_excel_file_with_decisions_needs_the_extra(shell: Shell, missing: Missing) -> None:
    shell.run("%zenpro reviews create without-excel")
    Path("decided.xlsx").write_bytes(b"")
    missing("openpyxl")
    error = shell.error("%zenpro reviews decide without-excel --from decided.xlsx")
    assert error.lines() == [f"MissingExtraError: An Excel file needs openpyxl, which is {ending('excel')}"]


def test_all_missing_packages_of_an_extra_are_named(missing: Missing) -> None:
    missing("faker")
    missing("jwt")
    with pytest.raises(MissingExtraError, match=r"^`sandbox` needs faker, pyjwt, which are not installed\."):
        extras.check("sandbox", "`sandbox`")


def test_a_package_that_cannot_be_imported_is_installed_again(
    missing: Missing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "openpyxl.py").write_text("import et_xmlfile_is_gone\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "openpyxl", raising=False)
    with pytest.raises(MissingExtraError) as raised:
        extras.load("excel", "An Excel file")
    assert str(raised.value) == (
        "An Excel file needs openpyxl, which cannot be imported (No module named 'et_xmlfile_is_gone'). "
        'Run: pip install --force-reinstall "zenpro-nb[excel]"'
    )


@pytest.mark.parametrize("extra", extras.PACKAGES)
def test_the_packages_are_those_of_the_extras(extra: str) -> None:
    requirements = [Requirement(line) for line in PROJECT["optional-dependencies"][extra]]
    packages = {requirement.name for requirement in requirements if requirement.name != PROJECT["name"]}
    parts = {part for requirement in requirements for part in requirement.extras}
    assert packages == set(extras.PACKAGES[extra])
    assert parts == set(extras.PARTS.get(extra, ()))
