"""The demo: a sandbox and a JupyterLab that speaks to it, both on loopback, both gone after Ctrl-C."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from zenpro_nb import embedded, limits
from zenpro_nb.errors import UsageError
from zenpro_nb.profiles import KEY_VARIABLE, ORGANIZATION_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE

FIRST_NOTEBOOK = "00-quickstart.ipynb"


def notebooks() -> Path:
    """Where the notebooks are: inside an installed package, or beside it in a checkout.

    Raises:
        UsageError: neither place has them.
    """
    package = Path(__file__).parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / FIRST_NOTEBOOK).is_file():
            return folder
    raise UsageError("The notebooks are not installed", hint="Install zenpro-nb again, or run from a checkout.")


def run(*, browser: bool, port: int, folder: Path | None, options: Sequence[str], say: Callable[[str], None]) -> int:
    """Start both, wait until JupyterLab ends or Ctrl-C comes, stop both; gives JupyterLab's exit code.

    Raises:
        UsageError: JupyterLab is not installed, or the sandbox did not start.
    """
    try:
        import jupyterlab  # noqa: F401 - only asked whether it is there
    except ImportError:
        raise UsageError("JupyterLab is not installed", hint='Install it: pip install "zenpro-nb[demo]".') from None
    work = _copy_notebooks(folder)
    say("starting a sandbox: a control plane with made-up data, not ZenML Pro …")
    sandbox = embedded.start(options)
    say(f"  sandbox     {sandbox.url}")
    say(f"  notebooks   {work}  (copies; yours to change)")
    try:
        return _run_lab(work, sandbox, browser=browser, port=port or _free_port(), say=say)
    finally:
        sandbox.stop()
        say("JupyterLab and the sandbox have ended.")


def _copy_notebooks(folder: Path | None) -> Path:
    work = folder or Path(tempfile.mkdtemp(prefix="zenpro-demo-"))
    work.mkdir(parents=True, exist_ok=True)
    for notebook in notebooks().glob("*.ipynb"):
        if not (work / notebook.name).exists():
            shutil.copy(notebook, work)
    return work


def _run_lab(work: Path, sandbox: embedded.Sandbox, *, browser: bool, port: int, say: Callable[[str], None]) -> int:
    token = secrets.token_urlsafe(24)
    lab = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            *(f"--ServerApp.root_dir={work}", f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}"),
            *("--ServerApp.allow_root=True", "--log-level=ERROR", *([] if browser else ["--no-browser"])),
        ],
        env=_environment(sandbox, token, _quiet_settings(work / ".jupyterlab")),
    )
    say(f"  JupyterLab  http://127.0.0.1:{port}/lab/tree/{FIRST_NOTEBOOK}?token={token}")
    say("Ctrl-C stops both.")
    try:
        return lab.wait()
    except KeyboardInterrupt:
        lab.terminate()
        try:
            lab.wait(limits.LAB_STOP)
        except subprocess.TimeoutExpired:
            lab.kill()
            lab.wait()
        return 0


def _quiet_settings(folder: Path) -> Path:
    news = folder / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True, exist_ok=True)
    (news / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    return folder


def _environment(sandbox: embedded.Sandbox, token: str, settings: Path) -> dict[str, str]:
    """The kernels' environment: the sandbox is their server, whatever was set before."""
    environment = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    return environment | {
        URL_VARIABLE: sandbox.url,
        KEY_VARIABLE: sandbox.key.reveal(),
        ORGANIZATION_VARIABLE: sandbox.settings.organization or "",
        "JUPYTER_TOKEN": token,
        # The demo neither asks about news nor touches the settings and open tabs of the user's own JupyterLab.
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
