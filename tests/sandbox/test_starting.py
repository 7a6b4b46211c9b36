"""Starting and stopping a sandbox, as a person and as a program."""

from __future__ import annotations

import httpx

from tests.support.sandbox import SandboxProcess


def test_supervised_says_where_it_is_and_ends_with_its_parent() -> None:
    running = SandboxProcess(users=40).start()
    assert running.facts["sandbox"] is True
    assert running.facts["organizations"] == ["acme", "acme-labs"]
    assert httpx.get(f"{running.url}/users/me", headers=running.headers).json()["email"] == "ada@example.com"
    assert running.stop() == 0
