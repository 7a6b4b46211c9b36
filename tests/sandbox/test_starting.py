"""Start and stop a sandbox, from a terminal and from a program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import Start
from tests.support.sandbox import DATABASE, FakeClock, SandboxProcess
from zenpro_nb import limits
from zenpro_nb.sandbox.database.store import Store
from zenpro_nb.sandbox.options import Options
from zenpro_nb.sandbox.serve import server_config


@pytest.mark.parametrize("forked", [False, True])
def test_a_supervised_sandbox_reports_its_address_and_ends_with_its_parent(forked: bool) -> None:
    running = SandboxProcess(forked=forked, users=40).start()
    assert running.facts["sandbox"] is True
    assert running.facts["organizations"] == ["acme", "acme-labs"]
    assert (
        httpx.get(f"{running.url}/users/me", headers=running.headers, timeout=60).json()["email"] == "ada@example.com"
    )
    # An interrupt of a notebook's kernel must not end its sandbox.
    os.kill(running.pid, signal.SIGINT)
    assert httpx.get(f"{running.url}/health", timeout=60).status_code == 200
    assert running.stop() == 0


def test_a_start_in_a_terminal_prints_instructions_and_stops_with_ctrl_c(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-u", "-m", "zenpro_nb.sandbox", "--users", "40", "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    message = ""
    while "Ctrl-C" not in message:
        message += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert "not ZenML Pro" in message
    facts = json.loads(ready.read_text())
    assert f"export ZENML_PRO_API_URL={facts['url']}" in message
    assert f"export ZENML_PRO_API_KEY={facts['key']}" in message
    assert "export ZENPRO_ORGANIZATION=acme\n" in message
    if os.name == "posix":
        assert ready.stat().st_mode & 0o777 == 0o600


def test_a_terminated_sandbox_removes_its_temporary_database(tmp_path: Path) -> None:
    running = SandboxProcess(env={"TMPDIR": str(tmp_path)}, users=40).start()
    assert list(tmp_path.iterdir())
    os.kill(running.pid, signal.SIGTERM)
    running.stop()
    assert list(tmp_path.iterdir()) == []


def test_the_same_seed_creates_the_same_users(start: Start, tmp_path: Path) -> None:
    item, two, other = (start(_folder(tmp_path, name), seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    people = [plane.admin("GET", "/users") for plane in (item, two, other)]
    assert people[0] == people[1] != people[2]


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"port": 1}, "Cannot listen on 127.0.0.1:1"),
        ({"workspace": "ml-prod"}, "NAME=URL"),
        ({"db": "/no/such/folder/x.db"}, "does not exist"),
        ({"users": 3}, "40"),
        ({"users": 40, "sso": "acmee"}, "Unknown organization 'acmee'. Choose from: acme, acme-labs."),
    ],
)
def test_invalid_options_get_a_one_line_error(options: dict[str, str | int], message: str) -> None:
    if "port" in options and os.name == "posix" and os.geteuid() == 0:
        options, message = {"host": "192.0.2.1"}, "Cannot listen on 192.0.2.1"
    with pytest.raises(RuntimeError, match=r"^The sandbox ended with [12]: ") as refused:
        SandboxProcess(**options).start()
    said = str(refused.value)
    assert message in said.splitlines()[-1]
    assert "Traceback" not in said


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "fastapi.py").write_text("raise ModuleNotFoundError(\"No module named 'fastapi'\", name='fastapi')")
    done = subprocess.run(
        [sys.executable, "-m", "zenpro_nb.sandbox"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 2
    assert (
        done.stderr.strip() == 'The sandbox requires the package fastapi. Install it: pip install "zenpro-nb[sandbox]"'
    )


def test_an_idle_connection_is_closed_by_the_client_first(tmp_path: Path) -> None:
    options = Options(db=tmp_path / DATABASE)
    with closing(Store(options.db)) as store:
        config = server_config(options, FakeClock(), store)
    assert config.timeout_keep_alive > limits.KEEPALIVE_EXPIRY
