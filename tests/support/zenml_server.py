"""Real ZenML servers from PyPI, which are started, filled by the real client, and stopped."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import urllib3

from tests.support.environments import zenml_python
from tests.support.listening import when_listening

# Generous: the first start creates a database with a hundred migrations, and the machine may be busy.
START_TIMEOUT = 120.0
SEED_TIMEOUT = 180.0
STOP_TIMEOUT = 20.0
WORLD = Path(__file__).parents[1] / "zenml" / "world"


@dataclass
class ZenmlServer:
    """A server on loopback with a new database, an administrator and a service account."""

    folder: Path
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    url: str = ""
    key: str = ""  # of the service account `ci`
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server. Call `wait` until it responds."""
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        for name in ("config", "db", "client", "store"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [
                *(str(zenml_python()), "-m", "uvicorn", "zenml.zen_server.zen_server_api:app"),
                *("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"),
            ],
            env=self.environment(),
            stdout=(self.folder / "server.log").open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait(self) -> None:
        """Wait until the server responds."""
        assert self.process is not None
        try:
            healthy = when_listening(f"{self.url}/health", patience=START_TIMEOUT).status == 200
        except urllib3.exceptions.HTTPError:
            healthy = False
        if not healthy:
            log = (self.folder / "server.log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"The ZenML server did not start: {log}")

    def found(self) -> None:
        """Create the service account, its key, and two users."""
        account = self.call("POST", "/api/v1/service_accounts", {"name": "ci", "description": "robots", "active": True})
        path = f"/api/v1/service_accounts/{account['id']}/api_keys"
        self.key = self.call("POST", path, {"name": "first", "description": ""})["body"]["key"]
        for name in ("ada", "bert"):
            person = {"name": name, "full_name": name.title(), "password": secrets.token_urlsafe(12)}
            self.call("POST", "/api/v1/users", {**person, "active": True, "is_admin": False})

    def seed(self, *options: str) -> subprocess.Popen[bytes]:
        """Start to fill the server. Pass the returned process to `finish`."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
        environment |= {
            "ZENML_CONFIG_PATH": str(self.folder / "client"),
            "ZENML_ANALYTICS_OPT_IN": "false",
            "ZENML_STORE_URL": self.url,
            "ZENML_STORE_API_KEY": self.key,
            "ZENML_LOGGING_VERBOSITY": "WARN",
            "PYTHONPATH": str(WORLD),
        }
        return subprocess.Popen(
            [str(zenml_python()), str(WORLD / "seed.py"), str(self.folder / "store"), *options],
            env=environment,
            cwd=self.folder / "client",
            stdout=(self.folder / "seed.log").open("wb"),
            stderr=subprocess.STDOUT,
        )

    def finish(self, seeding: subprocess.Popen[bytes]) -> None:
        """Wait until the server is filled."""
        if seeding.wait(SEED_TIMEOUT):
            log = (self.folder / "seed.log").read_text(errors="replace")[-4000:]
            raise RuntimeError(f"The ZenML server could not be filled: {log}")

    def token(self) -> str:
        """Return a token of the administrator."""
        form = {"username": "admin", "password": self.password}
        return str(httpx.post(f"{self.url}/api/v1/login", data=form, timeout=60).json()["access_token"])

    def call(self, method: str, path: str, body: Any = None, **params: Any) -> Any:
        """Send a request as the administrator, and return the JSON response."""
        headers = {"Authorization": f"Bearer {self.token()}"}
        answer = httpx.request(method, self.url + path, json=body, params=params, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stop(self) -> None:
        """Stop the server."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def environment(self) -> dict[str, str]:
        """Return the environment variables of the server."""
        return {
            **self.common(),
            "ZENML_SERVER_DEPLOYMENT_TYPE": "other",
            "ZENML_SERVER_AUTH_SCHEME": "OAUTH2_PASSWORD_BEARER",
            "ZENML_SERVER_AUTO_ACTIVATE": "1",
            "ZENML_SERVER_ALLOW_LOCAL_FILE_ACCESS": "true",  # required to show the logs of runs on this machine
            "ZENML_DEFAULT_USER_NAME": "admin",
            "ZENML_DEFAULT_USER_PASSWORD": self.password,
            "PYTHONPATH": str(WORLD),
        }

    def common(self) -> dict[str, str]:
        """Return the variables of all servers, without the user's own ZenML variables."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ZENML_")}
        environment.pop("PYTHONPATH", None)
        return environment | {
            "ZENML_SERVER": "true",
            "ZENML_CONFIG_PATH": str(self.folder / "config"),
            "ZENML_STORE_URL": f"sqlite:///{self.folder / 'db' / 'zenml.db'}",
            "ZENML_SERVER_JWT_SECRET_KEY": secrets.token_hex(32),
            "ZENML_ANALYTICS_OPT_IN": "false",
        }


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a temporary folder for servers."""
    return tempfile.TemporaryDirectory(prefix="zenpro-zenml-", ignore_cleanup_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
