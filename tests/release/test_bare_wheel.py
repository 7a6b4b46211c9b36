"""The wheel without extras, in its own environment: the frontends work, and a missing extra is a one-line error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from tests.sharing.canaries import SECRET, code, notebook, write
from tests.support.sandbox import SandboxProcess

ROOT = Path(__file__).parents[2]
UV = [sys.executable, "-m", "uv"]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.release


def environment_with(folder: Path, *arguments: str) -> Path:
    """Create an environment with `uv pip install` and these arguments, and return its interpreter."""
    subprocess.run([*UV, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [*UV, "pip", "install", "--quiet", "--python", python, *arguments]
    subprocess.run(install, check=True, cwd=ROOT)
    return python


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with only the wheel; ``ZENPRO_WHEEL`` names an existing wheel."""
    folder = tmp_path_factory.mktemp("bare")
    wheel = os.environ.get("ZENPRO_WHEEL")
    if wheel is None:
        subprocess.run([*UV, "build", "--quiet", "--wheel", "--out-dir", folder, ROOT], check=True)
        (built,) = folder.glob("*.whl")
        wheel = str(built)
    return environment_with(folder / "env", wheel)


@pytest.fixture
def settings(sandbox: SandboxProcess, tmp_path: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "ZENML_PRO_API_URL": sandbox.url,
        "ZENML_PRO_API_KEY": sandbox.key,
        "ZENPRO_ORGANIZATION": "acme",
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }


@pytest.fixture
def run(bare: Path, settings: Mapping[str, str], tmp_path: Path) -> Run:
    """``run("-m", "zenpro_nb", "users")`` runs the interpreter with only the wheel, in an empty folder."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [bare, *arguments], capture_output=True, text=True, check=False, env=settings, cwd=tmp_path
        )

    return call


def cells(*lines: str) -> list[str]:
    """The arguments that run these lines in IPython."""
    return ["-m", "IPython", "--no-banner", "--colors=NoColor", "-c", "\n".join(["%load_ext zenpro_nb", *lines])]


def test_the_shell_command_works(run: Run) -> None:
    done = run("-m", "zenpro_nb", "users", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "ada@example.com" in [user["email"] for user in json.loads(done.stdout)]


def test_the_magic_works(run: Run) -> None:
    done = run(*cells("users = %zenpro users", "print(len(users), users.email.iloc[0])"))
    assert done.returncode == 0, done.stderr
    assert "@example.com" in done.stdout


def test_connect_works(run: Run) -> None:
    done = run("-c", "import zenpro_nb\nprint(zenpro_nb.connect().run('users').email.tolist())")
    assert done.returncode == 0, done.stderr
    assert "ada@example.com" in done.stdout


COMMANDS = [
    (["sql", "select 1"], "sql"),
    (["users", "--save", "users.xlsx"], "excel"),
    (["users", "--as", "polars"], "polars"),
    (["login", "--keyring"], "keyring"),
]


@pytest.mark.parametrize(("words", "extra"), [*COMMANDS, (["sandbox", "run"], "sandbox"), (["demo"], "demo")])
def test_the_shell_command_names_the_missing_extra(run: Run, words: list[str], extra: str) -> None:
    done = run("-m", "zenpro_nb", *words)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.lower().endswith(f'run: pip install "zenpro-nb[{extra}]"')


@pytest.mark.parametrize(("words", "extra"), [*COMMANDS, (["sandbox", "start"], "sandbox")])
def test_the_magic_names_the_missing_extra(run: Run, words: list[str], extra: str) -> None:
    command = " ".join(f'"{word}"' if " " in word else word for word in words)
    done = run(*cells(f"%zenpro {command}"))
    (line,) = (done.stdout + done.stderr).splitlines()
    assert line.lower().endswith(f'run: pip install "zenpro-nb[{extra}]"')


def test_the_sandbox_itself_names_the_missing_extra(run: Run) -> None:
    done = run("-m", "zenpro_nb.sandbox")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith('pip install "zenpro-nb[sandbox]"')


def test_the_hook_runs_with_the_packages_that_it_installs(tmp_path: Path) -> None:
    python = environment_with(tmp_path / "env", ".", *HOOK["additional_dependencies"])  # as pre-commit does with pip
    write(notebook(code(f'key = "{SECRET}"')), tmp_path / "bad.ipynb")
    done = subprocess.run([python, *HOOK["entry"].split()[1:], tmp_path / "bad.ipynb"], capture_output=True, text=True)
    assert done.returncode == 3, done.stderr
    assert "high secret" in done.stdout.splitlines()[-1]
    installed = subprocess.run([*UV, "pip", "list", "--python", python], capture_output=True, text=True, check=True)
    assert "pandas" not in installed.stdout
