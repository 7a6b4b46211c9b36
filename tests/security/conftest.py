"""A control plane with canary credentials, and a session that collects all its output."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import logging
import os
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from tests.support.sandbox import SandboxProcess
from tests.support.sandbox_pool import SandboxPool
from zenpro_nb.security.secret import Secret

KEY = "ZENPROKEY_canary-key-3b1c9a7d"
PASSWORD = "canary-password-77f2"
NEW_PASSWORD = "canary-new-password-51e8"
USER = "local.admin"


@dataclass
class Canaries:
    """A sandbox with all its secrets, none of which must appear in output."""

    sandbox: SandboxProcess
    token: str
    device: str
    short: str
    sessions: set[str] = field(default_factory=set)  # the tokens that credentials were exchanged for

    @property
    def secrets(self) -> dict[str, str]:
        """The texts to search for. Of a token, only the secret part: all tokens begin alike."""
        tokens = {"token": self.token, "device token": self.device, "short token": self.short}
        tokens |= {f"session {number}": token for number, token in enumerate(self.sessions)}
        return {
            "key": KEY,
            "password": PASSWORD,
            "new password": NEW_PASSWORD,
            **{name: value.rpartition(".")[2] for name, value in tokens.items()},
        }

    def seen_in(self, text: str | bytes) -> list[str]:
        """The names of the secrets in a text, plain or in base64."""
        data = text.encode() if isinstance(text, str) else text
        found = []
        for name, secret in self.secrets.items():
            # Base64 of a text begins differently at each of three offsets; the middle of one of them is enough.
            coded = base64.b64encode(secret.encode())[4:-4]
            found += [name] if secret.encode() in data or coded in data else []
        return found

    def wait_until_short_token_expires(self) -> None:
        """Ask the server until it refuses the token, which it accepts for one second."""
        headers = {"Authorization": f"Bearer {self.short}"}
        while httpx.get(f"{self.sandbox.url}/users/me", headers=headers, timeout=60).status_code == 200:
            continue


@pytest.fixture(scope="package")
def canaries(sandboxes: SandboxPool) -> Iterator[Canaries]:
    """The administrator of the sandbox has the canary key, a local user the canary password."""
    with sandboxes.lend("canaries", env={"ZENPRO_SANDBOX_ADMIN_KEY": KEY}) as running:
        assert running.key == KEY
        client = httpx.Client(base_url=running.url, headers=running.headers, timeout=60)
        account = {"username": USER, "password": PASSWORD, "is_superuser": "true"}
        assert client.post("/users", params=account).status_code == 200
        token = client.get("/auth/api_token").json()
        short = client.get("/auth/api_token", params={"expires_in": 1}).json()
        device_token = _device_token(client)
        running.keep()
        yield Canaries(running, token, device_token, short)


def _device_token(client: httpx.Client) -> str:
    me = "0d5f2f4e-6f6b-4a5e-9a55-0a6a2d1c7b11"
    begun = client.post("/auth/device_authorization", data={"client_id": me}).json()
    client.put("/devices/verify", json={"user_code": begun["user_code"]})
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": me,
        "device_code": begun["device_code"],
    }
    return str(client.post("/auth/login", data=form).json()["access_token"])


@dataclass
class Session:
    """An IPython shell with a history, and all its output."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    log: io.StringIO
    canaries: Canaries
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        config = Config()
        config.HistoryManager.hist_file = str(self.folder / "history.sqlite")
        config.HistoryManager.enabled = True
        # Results are collected per cell. If the shell kept them, they would be in the namespaces of later tracebacks.
        config.InteractiveShell.cache_size = 0
        config.InteractiveShell.colors = "nocolor"  # an escape sequence inside a secret would hide it from the search
        self.ip = InteractiveShell(config=config)
        self.run("%load_ext zenpro_nb")
        self.run("%xmode Verbose")

    def run(self, cell: str) -> Any:
        """Run a cell, collect its output and errors, and return its result."""
        result = self.ip.run_cell(cell, store_history=True)
        self._learn()
        self.texts.append(f"{result.result!r}")
        if hasattr(result.result, "to_csv"):
            self.texts += [result.result.to_csv(), json.dumps(result.result.attrs, default=repr)]
        if result.error_in_exec is not None:
            if hasattr(result.error_in_exec, "_render_traceback_"):  # shown in one line by default
                self.ip.run_line_magic("tb", "")
            self._keep(result.error_in_exec)
        return result.result

    def _learn(self) -> None:
        """Add the token of the session to the secrets."""
        magics = self.ip.magics_manager.registry.get("ZenProMagics")
        client = magics.notebook.session._client if magics is not None else None
        held = client._tokens._current if client is not None else None
        if held is not None:
            self.canaries.sessions.add(held.token.secret.reveal())

    def _keep(self, error: BaseException) -> None:
        """Collect everything a tool can print about an error: the local variables of its whole chain."""
        report = traceback.TracebackException.from_exception(error, capture_locals=True)
        self.texts += [str(error), repr(error), repr(vars(error)), "".join(report.format())]

    def close(self) -> None:
        self.ip.run_cell("%unload_ext zenpro_nb")
        self.ip.history_manager.writeout_cache()
        self.ip.history_manager.end_session()

    def everything(self) -> list[tuple[str, str | bytes]]:
        """All output by place: texts, printed output, the log, and every file."""
        self.texts += self.capture.readouterr()  # reading removes it there
        found: list[tuple[str, str | bytes]] = [("text", text) for text in self.texts]
        found.append(("log", self.log.getvalue()))
        self.ip.history_manager.writeout_cache()
        for path in self.folder.rglob("*"):
            # The thread that writes the history creates and removes files at the same time.
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                found.append((str(path), path.read_bytes()))
        return found


def held_in_the_open(session: Session, canaries: Canaries) -> list[str]:
    """The secrets in plain text in objects of zenpro in the session. Their reprs are collected as well."""
    found: list[str] = []
    for thing in _reachable(session.ip.magics_manager.registry["ZenProMagics"]):
        if isinstance(thing, str | bytes):
            found += canaries.seen_in(thing)
        else:
            session.texts.append(repr(thing))
    return found


def leaks(session: Session, canaries: Canaries) -> list[str]:
    """Each secret in the output of the session, with the place and the beginning of the text."""
    return [
        f"{name} in {where}: {text[:2000]!r}" for where, text in session.everything() for name in canaries.seen_in(text)
    ]


def _reachable(root: object) -> Iterator[object]:
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or thing is os.environ or isinstance(thing, Secret):
            continue
        seen.add(id(thing))
        if isinstance(thing, str | bytes):
            yield thing
        elif isinstance(thing, dict):
            waiting += [*thing.keys(), *thing.values()]
        elif isinstance(thing, list | tuple | set | frozenset):
            waiting += thing
        elif type(thing).__module__.startswith("zenpro_nb"):
            yield thing
            waiting += getattr(thing, "__dict__", {}).values()
            slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
            waiting += [getattr(thing, name) for name in slots if name != "__weakref__" and hasattr(thing, name)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, canaries: Canaries) -> Path:
    """The folder of all files; the canary sandbox is the server."""
    for name in ("ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN", "ZENML_PRO_USERNAME", "ZENML_PRO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ZENPRO_STATE_DIR", "ZENPRO_CONFIG_DIR", "ZENML_CONFIG_PATH", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("ZENML_PRO_API_URL", canaries.sandbox.url)
    monkeypatch.setenv("ZENPRO_ORGANIZATION", "acme")
    return tmp_path


@pytest.fixture
def session(folder: Path, capsys: pytest.CaptureFixture[str], canaries: Canaries) -> Iterator[Session]:
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    running = Session(folder, capsys, log, canaries)
    yield running
    running.close()
    root.removeHandler(handler)
    root.setLevel(level)
