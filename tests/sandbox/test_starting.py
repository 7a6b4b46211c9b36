"""Starting and stopping a sandbox, as a person and as a program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import Start
from tests.support.sandbox import SandboxProcess


def test_supervised_says_where_it_is_and_ends_with_its_parent() -> None:
    running = SandboxProcess(users=40).start()
    assert running.facts["sandbox"] is True
    assert running.facts["organizations"] == ["acme", "acme-labs"]
    assert httpx.get(f"{running.url}/users/me", headers=running.headers).json()["email"] == "ada@example.com"
    # What interrupts a notebook's kernel must not end its sandbox.
    os.kill(running.pid, signal.SIGINT)
    assert httpx.get(f"{running.url}/health").status_code == 200
    assert running.stop() == 0


def test_a_person_is_told_how_to_use_it_and_stops_it_with_ctrl_c(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-u", "-m", "zenpro_nb.sandbox", "--users", "40", "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = ""
    while "Ctrl-C" not in told:
        told += process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert "not ZenML Pro" in told
    facts = json.loads(ready.read_text())
    assert f"export ZENML_PRO_API_URL={facts['url']}" in told
    assert f"export ZENML_PRO_API_KEY={facts['key']}" in told
    if os.name == "posix":
        assert ready.stat().st_mode & 0o777 == 0o600


def test_a_terminated_sandbox_leaves_no_temporary_database(tmp_path: Path) -> None:
    running = SandboxProcess(env={"TMPDIR": str(tmp_path)}, users=40).start()
    assert list(tmp_path.iterdir())
    os.kill(running.pid, signal.SIGTERM)
    running.stop()
    assert list(tmp_path.iterdir()) == []


def test_the_key_can_be_chosen_and_the_state_survives(tmp_path: Path) -> None:
    db = tmp_path / "kept.db"
    chosen = {"ZENPRO_SANDBOX_ADMIN_KEY": "ZENPROKEY_chosen"}
    with SandboxProcess(env=chosen, users=40, db=db) as first:
        assert first.key == "ZENPROKEY_chosen"
        httpx.patch(f"{first.url}/users/me", headers=first.headers, json={"company": "Kept"})
        token = httpx.post(f"{first.url}/auth/login", data={"password": first.key}).json()["access_token"]
    with SandboxProcess(users=90, seed=1, db=db) as second:
        assert second.key != "ZENPROKEY_chosen"
        assert httpx.get(f"{second.url}/users/me", headers=second.headers).json()["company"] == "Kept"
        assert len(httpx.get(f"{second.url}/users", headers=second.headers).json()) == 40
        # The signing secret is part of the state, so open sessions stay open.
        assert httpx.get(f"{second.url}/users/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert b"ZENPROKEY_chosen" not in db.read_bytes()


def test_the_same_seed_invents_the_same_people(start: Start, tmp_path: Path) -> None:
    one, two, other = (start(_folder(tmp_path, name), seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4)))
    people = [plane.admin("GET", "/users") for plane in (one, two, other)]
    assert people[0] == people[1] != people[2]


def test_two_may_start_at_once_on_a_new_database(tmp_path: Path) -> None:
    both = [SandboxProcess(users=40, db=tmp_path / "new.db") for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(SandboxProcess.start, both))
    # Each start makes the administrator's key anew, so only the later one's counts; which is that, is chance.
    replies = [httpx.get(f"{one.url}/users", headers=two.headers) for one in both for two in both]
    assert sorted(reply.status_code for reply in replies) == [200, 200, 401, 401]
    assert {len(reply.json()) for reply in replies if reply.status_code == 200} == {40}
    assert [one.stop() for one in both] == [0, 0]


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--port", "1"], "Cannot listen on 127.0.0.1:1"),
        (["--workspace", "ml-prod"], "NAME=URL"),
        (["--db", "/no/such/folder/x.db"], "does not exist"),
        (["--users", "3"], "40"),
    ],
)
def test_bad_options_get_one_clear_line(arguments: list[str], told: str) -> None:
    if arguments == ["--port", "1"] and os.name == "posix" and os.geteuid() == 0:
        arguments, told = ["--host", "192.0.2.1"], "Cannot listen on 192.0.2.1"
    done = subprocess.run(
        [sys.executable, "-m", "zenpro_nb.sandbox", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert told in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


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
    assert done.stderr.strip() == 'The sandbox needs the package fastapi: pip install "zenpro-nb[sandbox]"'
