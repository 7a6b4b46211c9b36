"""How others run a shared notebook: with papermill, and on Binder."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote

from zenpro_nb.files.variables import SANDBOX
from zenpro_nb.security.printable import without_user
from zenpro_nb.sharing.parameters_cell import parameters

_BINDER = "https://mybinder.org/v2"
_HOSTS = {"github.com": "gh", "gitlab.com": "gl"}


def papermill_command(path: Path, notebook: Any, *, other: str = "", sandbox: bool = False) -> str:
    """Return the command that runs a notebook with its current parameters, for others to change.

    Args:
        other: the placeholder for the value of each text, in a command that changes something.
        sandbox: whether the notebook starts its own sandbox, for users without a connection.
    """
    values = {name: value for name, value in parameters(notebook).items() if str(value)}
    words = {name: other if other and isinstance(value, str) else str(value) for name, value in values.items()}
    arguments = [f"-p {name} {shlex.quote(word)}" for name, word in words.items()]
    start = [f"{SANDBOX}=1"] if sandbox else []
    return " ".join([*start, "papermill", shlex.quote(str(path)), shlex.quote(f"{path.stem}-done.ipynb"), *arguments])


def binder_address(path: Path) -> tuple[str, str]:
    """Return the address that opens a notebook on Binder, and a note on what to fill in; "" if nothing.

    No address is invented: without a git remote the repository is a variable.
    """
    here = path.resolve()
    root = next((parent for parent in here.parents if (parent / ".git").exists()), None)
    remote = _remote(root / ".git") if root is not None else ""
    notebook_path = (here.relative_to(root) if root is not None else Path(here.name)).as_posix()
    if not remote:
        address = f"{_BINDER}/gh/$OWNER/$REPOSITORY/{_suffix(notebook_path)}"
        return address, "no git remote was found: insert your repository"
    return binder_address_in(remote, notebook_path), ""


def binder_address_in(repository: str, path: str) -> str:
    """Return the address that opens a file of a repository on Binder.

    >>> binder_address_in("https://github.com/zenml-io/zenml", "notebooks/README.md")
    'https://mybinder.org/v2/gh/zenml-io/zenml/HEAD?urlpath=lab/tree/notebooks/README.md'
    """
    return f"{_BINDER}/{_binder_name(repository)}/{_suffix(path)}"


def _suffix(path: str) -> str:
    return f"HEAD?urlpath=lab/tree/{quote(path)}"


def _remote(git: Path) -> str:
    """Return the address of the remote `origin`, without a username; "" if there is none."""
    try:
        if git.is_file():  # a worktree: its git folder is elsewhere, and refers to the common one
            own = (git.parent / git.read_text(encoding="utf-8").partition(":")[2].strip()).resolve()
            common = own / "commondir"
            git = (own / common.read_text(encoding="utf-8").strip()).resolve() if common.is_file() else own
        config = configparser.ConfigParser(strict=False, interpolation=None)
        config.read_string((git / "config").read_text(encoding="utf-8").replace("\t", ""))
        return without_user(config.get('remote "origin"', "url", fallback=""))
    except (OSError, configparser.Error, UnicodeDecodeError):
        return ""


def _binder_name(remote: str) -> str:
    """Return Binder's name for a repository.

    >>> _binder_name("git@github.com:zenml-io/zenml.git"), _binder_name("https://github.com/zenml-io/zenml")
    ('gh/zenml-io/zenml', 'gh/zenml-io/zenml')
    """
    plain = remote.removeprefix("git@").removesuffix(".git").rstrip("/")
    plain = plain.partition("://")[2] or plain.replace(":", "/", 1)
    host, _, name = plain.partition("/")
    kind = _HOSTS.get(host)
    if kind == "gh" and name.count("/") == 1:
        return f"gh/{quote(name)}"
    if kind == "gl" and name:
        return f"gl/{quote(name, safe='')}"
    return f"git/{quote(f'https://{plain}', safe='')}"
