"""Run a real ZenML server for the demo: open source, from PyPI, in its own environment, on loopback.

It is the server of the sandbox's workspace `ml-prod`: the contents of a workspace can be tried without an account.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import client as client_api
from zenpro_nb import limits
from zenpro_nb.client import WORKSPACE_LOGIN, PasswordLogin
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.security.secret import Secret
from zenpro_nb.servers.child_process import ChildProcess, free_port

if TYPE_CHECKING:
    from zenpro_nb.client import Client

VERSION = "0.98.0"  # the version that the table of resources describes
REQUIREMENT = f"zenml[server]=={VERSION}"
PIPELINES = Path(__file__).with_name("demo_pipelines.py")

_ACCOUNT = "demo"


class ZenmlServer(Struct):
    """A running server, and the key of a service account with access to it."""

    url: str
    key: Secret
    process: ChildProcess
    folder: tempfile.TemporaryDirectory[str]

    def stop(self) -> None:
        """Stop it, and delete its data."""
        self.process.end()
        self.folder.cleanup()


def start(say: Callable[[str], None]) -> ZenmlServer:
    """Install it if necessary, start it, and run a few pipelines on it.

    Raises:
        UsageError: it could not be installed or started; the message gives the reason.
    """
    python = environment(say)
    folder = tempfile.TemporaryDirectory(prefix="zenpro-zenml-", ignore_cleanup_errors=True)
    root = Path(folder.name)
    password = Secret(secrets.token_urlsafe(16))
    url = f"http://127.0.0.1:{free_port()}"
    say(f"starting a real ZenML server {VERSION} (open source) for the workspace ml-prod …")
    process = _serve(python, url, root, password)
    server = ZenmlServer(url, Secret(""), process, folder)
    try:
        with client_api.Client(url, None, workers=1) as client:
            if not process.wait_until(lambda: _is_ready(client), limits.ZENML_START):
                raise UsageError(f"The ZenML server did not start: {process.last_words()}")
        server.key = _key(url, password)
        say("running a few pipelines on it …")
        _pipelines(python, server, root)
    except BaseException:
        server.stop()
        raise
    return server


def environment(say: Callable[[str], None]) -> Path:
    """Return the interpreter of an environment with ZenML; it is created once, in the user's cache.

    Raises:
        UsageError: it cannot be installed here.
    """
    import platformdirs

    name = f"zenml-{VERSION}-py{sys.version_info.major}.{sys.version_info.minor}"
    home = platformdirs.user_cache_path("zenpro") / name
    if not _python(home).exists():
        say(f"installing {REQUIREMENT} into {home}, once; this takes a minute …")
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".making-") as temporary_folder:
            environment_path = Path(temporary_folder) / "env"
            _install(environment_path)
            # Moved when complete: an interrupted installation must not look like a finished one.
            environment_path.rename(home)
    return _python(home)


def _install(environment_path: Path) -> None:
    uv = shutil.which("uv")
    if uv is not None:
        steps = [
            [uv, "venv", "--quiet", "--python", sys.executable, str(environment_path)],
            [uv, "pip", "install", "--quiet", "--python", str(_python(environment_path)), REQUIREMENT],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", str(environment_path)],
            [str(_python(environment_path)), "-m", "pip", "install", "--quiet", REQUIREMENT],
        ]
    for step in steps:
        result = subprocess.run(step, capture_output=True, text=True, check=False)
        if result.returncode:
            raise UsageError(
                f"{REQUIREMENT} cannot be installed: {_last_line(result)}", hint="Run the demo without --with-zenml."
            )


def _serve(python: Path, url: str, root: Path, password: Secret) -> ChildProcess:
    (root / "db").mkdir()
    return ChildProcess(
        [
            *(str(python), "-m", "uvicorn", "zenml.zen_server.zen_server_api:app"),
            *("--host", "127.0.0.1", "--port", url.rpartition(":")[2], "--log-level", "warning"),
        ],
        guarded=True,
        quiet=True,
        env=_environment(
            root / "config",
            ZENML_SERVER="true",
            ZENML_STORE_URL=f"sqlite:///{root / 'db' / 'zenml.db'}",
            ZENML_SERVER_DEPLOYMENT_TYPE="other",
            ZENML_SERVER_AUTH_SCHEME="OAUTH2_PASSWORD_BEARER",
            ZENML_SERVER_AUTO_ACTIVATE="1",
            # Without this, it would not show the logs of runs on this machine.
            ZENML_SERVER_ALLOW_LOCAL_FILE_ACCESS="true",
            ZENML_DEFAULT_USER_NAME="admin",
            ZENML_DEFAULT_USER_PASSWORD=password.reveal(),
            ZENML_SERVER_JWT_SECRET_KEY=secrets.token_hex(32),
        ),
    )


def _is_ready(client: Client) -> bool:
    try:
        client.request("GET", "/health")
    except ZenProError:
        return False
    return True


def _key(url: str, password: Secret) -> Secret:
    """Return the key of a new service account."""
    with client_api.Client(url, PasswordLogin("admin", password, login=WORKSPACE_LOGIN)) as client:
        body = {"name": _ACCOUNT, "description": "for the demo", "active": True}
        account: object = client.request("POST", "/api/v1/service_accounts", json=body).json()
        path = f"/api/v1/service_accounts/{_field(account, 'id')}/api_keys"
        environment_path: object = client.request("POST", path, json={"name": _ACCOUNT}).json()
    return Secret(str(_field(_field(environment_path, "body"), "key")))


def _field(record: object, name: str) -> object:
    return record.get(name) if isinstance(record, dict) else None


def _pipelines(python: Path, server: ZenmlServer, root: Path) -> None:
    result = subprocess.run(
        [str(python), str(PIPELINES), str(root / "store")],
        env=_environment(
            root / "client",
            ZENML_STORE_URL=server.url,
            ZENML_STORE_API_KEY=server.key.reveal(),
            ZENML_LOGGING_VERBOSITY="INFO",
        ),
        cwd=root,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if result.returncode:
        raise UsageError(f"The demo's pipelines did not run: {_last_line(result)}")


def _last_line(result: subprocess.CompletedProcess[str]) -> str:
    return [f"exit code {result.returncode}", *(result.stdout + result.stderr).strip().splitlines()][-1]


def _environment(config: Path, **more: str) -> Mapping[str, str]:
    """Return the environment without the user's own ZenML settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
    return {**own, "ZENML_CONFIG_PATH": str(config), "ZENML_ANALYTICS_OPT_IN": "false", **more}


def _python(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
