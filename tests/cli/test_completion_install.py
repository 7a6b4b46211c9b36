"""`zenpro completion`: the script of a shell, in the place where the shell looks for it, run by the shell itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import Completed, in_process

FILES = {
    "bash": "data/bash-completion/completions/zenpro",
    "zsh": "data/zsh/site-functions/_zenpro",
    "fish": "config/fish/completions/zenpro.fish",
}
# What a shell completes after `zenpro us`, with its own script.
PRESS_TAB = {
    "bash": 'source "$SCRIPT"; COMP_WORDS=(zenpro us); COMP_CWORD=1; '
    '"$(complete -p zenpro | sed "s/.*-F \\([^ ]*\\).*/\\1/")" zenpro us zenpro; echo "${COMPREPLY[@]}"',
    "zsh": 'autoload -Uz compinit; compinit -u; source "$SCRIPT"; compadd() { echo "$@"; }; '
    "words=(zenpro us); CURRENT=2; _zenpro_completion",
    "fish": 'source "$SCRIPT"; complete -C "zenpro us"',
}
INSTALLED = [shell for shell in FILES if shutil.which(shell)]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user with the login shell bash and this `zenpro`."""
    return os.environ | {
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "SHELL": "/bin/bash",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


def zenpro(line: str, environment: dict[str, str]) -> Completed:
    return in_process(["completion", *line.split()], environment)


@pytest.mark.parametrize("shell", FILES)
def test_completion_is_installed_once_and_uninstalled(shell: str, environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / FILES[shell]
    first = zenpro(f"install {shell}", environment)
    assert (first.returncode, first.stdout) == (0, b"")
    assert f"installed for {shell}: {path}".encode() in first.stderr
    script = path.read_bytes()
    assert b"_ZENPRO_COMPLETE" in script
    again = zenpro(f"install {shell}", environment)
    assert f"already installed for {shell}: {path}".encode() in again.stderr
    assert path.read_bytes() == script
    assert f"{shell}: installed: {path}".encode() in zenpro("", environment).stderr
    assert f"uninstalled for {shell}: deleted {path}".encode() in zenpro(f"uninstall {shell}", environment).stderr
    assert not path.exists()
    removals = zenpro(f"uninstall {shell}", environment)
    assert (removals.returncode, removals.stderr) == (0, f"not installed for {shell}: there is no {path}\n".encode())


def test_an_older_script_is_updated(environment: dict[str, str], tmp_path: Path) -> None:
    zenpro("install bash", environment)
    path = tmp_path / FILES["bash"]
    script = path.read_text()
    path.write_text("# older: _ZENPRO_COMPLETE\n")
    assert f"updated for bash: {path}".encode() in zenpro("install", environment).stderr
    assert path.read_text() == script


@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_a_file_that_completion_did_not_write_is_left_alone(
    verb: str, environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / FILES["fish"]
    path.parent.mkdir(parents=True)
    path.write_text("mine\n")
    done = zenpro(f"{verb} fish", environment)
    assert done.returncode == 1
    assert b"was not written by `zenpro completion install`" in done.stderr
    assert path.read_text() == "mine\n"


@pytest.mark.parametrize("login_shell", ["/bin/tcsh", ""])
def test_another_shell_is_refused_with_the_next_command(environment: dict[str, str], login_shell: str) -> None:
    done = zenpro("install", environment | {"SHELL": login_shell})
    assert done.returncode == 2
    assert b"zenpro completion install bash" in done.stderr


def test_zsh_gets_the_lines_for_its_settings(environment: dict[str, str], tmp_path: Path) -> None:
    done = zenpro("install zsh", environment)
    assert f"fpath=({(tmp_path / FILES['zsh']).parent} $fpath)".encode() in done.stderr


@pytest.mark.parametrize("shell", INSTALLED)
def test_the_shell_itself_completes(shell: str, environment: dict[str, str], tmp_path: Path) -> None:
    zenpro(f"install {shell}", environment)
    script = {"SCRIPT": str(tmp_path / FILES[shell])}
    done = subprocess.run(
        [shell, "-c", PRESS_TAB[shell]], env=environment | script, capture_output=True, text=True, check=True
    )
    assert "users" in done.stdout
