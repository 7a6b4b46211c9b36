"""`notebooks` and `notebooks new`: the shipped notebooks as templates."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.shell.conftest import Shell
from tests.support.notebooks import NOTEBOOKS
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.session.session import Session


def test_each_notebook_is_listed(bare_shell: Shell) -> None:
    frame = bare_shell.run("%zenpro notebooks")
    assert [Path(item).name for item in frame.file] == [path.name for path in NOTEBOOKS]
    assert "quickstart" in set(frame.name)
    assert all("organization" in parameter for parameter in frame.parameters)
    assert frame.equals(bare_shell.run("%zenpro notebooks list"))


def test_a_copy_has_its_parameters_filled_in(bare_shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "mine.ipynb"
    words = f"--out {file} --organization 'Ducks \"& Co' --workspace ml-x --set right=read:secret"
    bare_shell.run(f"%zenpro notebooks new who-may-do-what {words}")
    made = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    filled: dict[str, str] = {}
    exec(made.cells[1].source, filled)  # noqa: S102 - the parameters cell
    assert (filled["organization"], filled["workspace"], filled["right"]) == ('Ducks "& Co', "ml-x", "read:secret")
    assert filled["person"] == ""
    assert "# an action and a type of resource" in made.cells[1].source
    original = nbformat.read(next(notebook for notebook in NOTEBOOKS if "who-may" in notebook.name), as_version=4)  # type: ignore[no-untyped-call]
    assert [cell.source for cell in made.cells[2:]] == [cell.source for cell in original.cells[2:]]
    assert set(bare_shell.run(f"%zenpro notebooks check {file}").check) == {"example-person"}


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        ("quikstart", UnknownNameError, "quickstart"),
        ("quickstart --set organisation=acme", UsageError, "organization"),
        ("quickstart --workspace x", UsageError, "no parameter 'workspace'"),
        ("what-changed --set days=many", UsageError, "days"),
        ("quickstart --set organization", UsageError, "NAME=VALUE"),
    ],
)
def test_mistakes_are_one_line_errors(
    bare_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, kind: type, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    error = bare_shell.error(f"%zenpro notebooks new {words}")
    assert isinstance(error, kind)
    assert told in str(error)
    assert not list(tmp_path.iterdir())


def test_a_number_stays_a_number(bare_shell: Shell, tmp_path: Path) -> None:
    bare_shell.run(f"%zenpro notebooks new what-changed --out {tmp_path}/n.ipynb --set days=7")
    assert "days = 7" in (tmp_path / "n.ipynb").read_text()


def test_an_existing_file_is_not_overwritten(
    bare_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bare_shell.run("%zenpro notebooks new quickstart")
    before = (tmp_path / "quickstart.ipynb").read_bytes()
    error = bare_shell.error("%zenpro notebooks new quickstart --organization x")
    assert isinstance(error, UsageError)
    cure = "%zenpro notebooks new quickstart --organization x --out quickstart-2.ipynb"
    assert f"`{cure}`" in str(error)
    bare_shell.run(cure)
    assert (tmp_path / "quickstart.ipynb").read_bytes() == before


def test_a_new_notebook_shows_a_papermill_command_with_other_values(
    bare_shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    bare_shell.run("%zenpro notebooks new quickstart --organization acme")
    assert "`papermill quickstart.ipynb quickstart-done.ipynb -p organization OTHER`" in capsys.readouterr().err
    monkeypatch.setattr(Session, "has_sandbox", True)
    bare_shell.run("%zenpro notebooks new quickstart --organization acme --out other.ipynb")
    line = "`ZENPRO_SANDBOX=1 papermill other.ipynb other-done.ipynb -p organization OTHER`"
    assert line in capsys.readouterr().err
