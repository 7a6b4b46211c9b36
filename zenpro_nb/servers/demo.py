"""Run the demo: a sandbox and a JupyterLab that uses it, both on loopback, both stopped by Ctrl-C or SIGTERM."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from zenpro_nb import extras
from zenpro_nb.errors import UsageError
from zenpro_nb.files.paths import CONFIG_VARIABLE
from zenpro_nb.files.variables import PRELOAD
from zenpro_nb.profiles import (
    KEY_VARIABLE,
    ORGANIZATION_VARIABLE,
    PASSWORD_VARIABLE,
    PROFILE_VARIABLE,
    TOKEN_VARIABLE,
    URL_VARIABLE,
    USERNAME_VARIABLE,
    WORKSPACE_VARIABLE,
    Settings,
    file,
)
from zenpro_nb.servers import demo_folder, sandbox_process, zenml_server
from zenpro_nb.servers.child_process import ChildProcess, free_port, signals_as_interrupts
from zenpro_nb.servers.zenml_server import ZenmlServer

FIRST_PAGE = f"/lab/tree/{demo_folder.CONTENTS}"
REAL_WORKSPACE = "ml-prod"
# Variables that would point the demo's kernels to another server, or to objects that the sandbox does not have.
_ELSEWHERE = {TOKEN_VARIABLE, USERNAME_VARIABLE, PASSWORD_VARIABLE, PROFILE_VARIABLE, WORKSPACE_VARIABLE}
REAL_KEY_VARIABLE = "ZENPRO_DEMO_WORKSPACE_KEY"


def run(
    *,
    browser: bool,
    port: int,
    folder: Path | None,
    options: Sequence[str],
    say: Callable[[str], None],
    with_zenml: bool = False,
    prepare: Callable[[Settings, Path], Mapping[str, str]] = lambda settings, folder: {},
) -> str:
    """Start both, wait for the end of JupyterLab, Ctrl-C or SIGTERM, and stop both. Return why JupyterLab failed.

    The log of JupyterLab is not shown: it would follow the line that says how to stop everything.

    Args:
        with_zenml: also start a real ZenML server as the sandbox's workspace ml-prod.
        prepare: called with the sandbox's settings and a folder that it can create, which is deleted at the end;
            returns further environment variables for the kernels.

    Raises:
        MissingExtraError: JupyterLab or another package of the demo is not installed.
        UsageError: the port is in use, or one of the servers did not start.
    """
    extras.check("demo", "`demo`")
    _require_free(port)
    with signals_as_interrupts(), ExitStack() as stack:
        notebooks_folder = stack.enter_context(demo_folder.copies(folder, say))
        settings_folder = Path(
            stack.enter_context(TemporaryDirectory(prefix="zenpro-demo-settings-", ignore_cleanup_errors=True))
        )
        started = "JupyterLab, the ZenML server" if with_zenml else "JupyterLab"
        stack.callback(say, f"{started} and the sandbox have stopped.")
        zenml = _start_zenml(stack, say) if with_zenml else None
        workspace_options = [] if zenml is None else ["--workspace", f"{REAL_WORKSPACE}={zenml.url}"]
        say("starting a sandbox: a control plane with sample data, not ZenML Pro …")
        sandbox = sandbox_process.start([*options, *workspace_options])
        stack.callback(sandbox.stop)
        say(f"  sandbox     {sandbox.url}")
        if zenml is not None:
            say(f"  ZenML       {zenml.url}  (a real server, for the workspace {REAL_WORKSPACE})")
        say(f"  notebooks   {notebooks_folder}  (copies that you can edit)")
        profile = {} if zenml is None else _profile(settings_folder / "zenpro", sandbox, zenml)
        demo_folder.write_lab_settings(settings_folder / "jupyterlab")
        token = secrets.token_urlsafe(24)
        more = prepare(sandbox.settings, settings_folder / "prepared")
        environment = {**_environment(sandbox, token, settings_folder / "jupyterlab"), **profile, **more}
        port = port or free_port()
        say("  shell       a terminal in JupyterLab (File, New, Terminal) uses this sandbox, too")
        say(f"  JupyterLab  http://127.0.0.1:{port}{FIRST_PAGE}?token={token}")
        say("Press Ctrl-C to stop everything.")
        lab = _lab(notebooks_folder, environment, browser=browser, port=port)
        code = lab.run()
        return f"code {code}: {lab.last_words()}" if code else ""


def _start_zenml(stack: ExitStack, say: Callable[[str], None]) -> ZenmlServer:
    zenml = zenml_server.start(say)
    stack.callback(zenml.stop)
    return zenml


def _profile(folder: Path, sandbox: sandbox_process.Sandbox, zenml: ZenmlServer) -> dict[str, str]:
    """Return a profile with the key of the real workspace.

    Its server is not part of ZenML Pro, and cannot check the sandbox's tokens.
    """
    import tomlkit  # imported here: the demo without a real server needs no profile

    profile = {
        "url": sandbox.url,
        **({"organization": sandbox.settings.organization} if sandbox.settings.organization else {}),
        "credential": f"env:{KEY_VARIABLE}",
        "workspaces": {REAL_WORKSPACE: {"credential": f"env:{REAL_KEY_VARIABLE}"}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.FILE).write_text(tomlkit.dumps({"profiles": {"demo": profile}}), encoding="utf-8")
    return {
        CONFIG_VARIABLE: str(folder),
        PROFILE_VARIABLE: "demo",
        REAL_KEY_VARIABLE: zenml.key.reveal(),
    }


def _lab(notebooks_folder: Path, environment: Mapping[str, str], *, browser: bool, port: int) -> ChildProcess:
    return ChildProcess(
        [
            *(sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            # On another port than the printed one, the address with its token could lead to a stranger's server.
            "--ServerApp.port_retries=0",
            *(f"--ServerApp.root_dir={notebooks_folder}", f"--LabApp.default_url={FIRST_PAGE}"),
            *("--ServerApp.allow_root=True", "--log-level=ERROR", *([] if browser else ["--no-browser"])),
        ],
        guarded=True,
        quiet=True,
        env=environment,
    )


def _environment(sandbox: sandbox_process.Sandbox, token: str, settings: Path) -> dict[str, str]:
    """Return the kernels' environment: the sandbox is their server, whatever was set before."""
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    return environment | {
        URL_VARIABLE: sandbox.url,
        KEY_VARIABLE: sandbox.key.reveal(),
        ORGANIZATION_VARIABLE: sandbox.settings.organization or "",
        "JUPYTER_TOKEN": token,
        PRELOAD: "1",
        # The demo neither asks about news nor changes the settings and open tabs of the user's own JupyterLab.
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
    }


def _require_free(port: int) -> None:
    if port == 0:
        return
    with socket.socket() as probe:
        if os.name == "posix":
            # As the server does: remains of closed connections do not block the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise UsageError(f"Port {port} needs more privileges", hint="Omit --port to use a free one.") from None
        except OSError:
            raise UsageError(f"Port {port} is in use", hint="Omit --port to use a free one.") from None
