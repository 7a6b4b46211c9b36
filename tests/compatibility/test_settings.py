"""Environment variables that were set for commit 7500b52 keep their meaning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import zenpro_nb
from tests.support.sandbox import SandboxProcess

PASSWORD = "correct-horse-9"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment with only the variables of the test and the address of the sandbox."""
    for name in ("ZENML_PRO_API_KEY", "ZENML_PRO_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ZENPRO_CONFIG_DIR", "ZENPRO_STATE_DIR", "ZENML_CONFIG_PATH"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("ZENML_PRO_API_URL", sandbox.url)
    return tmp_path


def who(**arguments: Any) -> str:
    """Return the identity that this environment signs in with."""
    with zenpro_nb.connect(**arguments) as zen:
        return str(zen.run("me").email[0])


def token_of(sandbox: SandboxProcess, **form: str) -> str:
    with zenpro_nb.connect(api_key=sandbox.key) as zen:
        answer: Any = zen.client.request("POST", "/auth/login", form=form).json()
    return str(answer["access_token"])


def test_a_key_signs_in(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENML_PRO_API_KEY", sandbox.key)
    assert who() == "ada@example.com"


def test_a_token_takes_precedence_over_a_key(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENML_PRO_API_TOKEN", token_of(sandbox, password=sandbox.key))
    monkeypatch.setenv("ZENML_PRO_API_KEY", "ZENPROKEY_of-nobody")
    assert who() == "ada@example.com"


def test_a_user_and_password_sign_in(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENPRO_NEW_PASSWORD", PASSWORD)
    with zenpro_nb.connect(api_key=sandbox.key) as zen:
        zen.run("users", "create", "settings@example.com")
    monkeypatch.setenv("ZENML_PRO_USERNAME", "settings@example.com")
    monkeypatch.setenv("ZENML_PRO_PASSWORD", PASSWORD)
    assert who() == "settings@example.com"


def test_defaults_for_organization_and_workspace(sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ORGANIZATION": "acme-labs", "WORKSPACE": "ml-lab", "WORKERS": "3"}.items():
        monkeypatch.setenv(f"ZENPRO_{name}", value)
    with zenpro_nb.connect(api_key=sandbox.key) as zen:
        assert set(zen.run("workspaces").organization) == {"acme-labs"}
        profile = zen.run("profiles").query("in_use").iloc[0]
        assert zen._session.settings.workers == 3
    assert (profile.organization, profile.workspace) == ("acme-labs", "ml-lab")


def test_a_profile_takes_precedence_over_a_credential(
    here: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "profiles.toml").write_text(f'[profiles.lab]\nurl = "{sandbox.url}"\ncredential = "env:LAB_KEY"\n')
    monkeypatch.setenv("LAB_KEY", sandbox.key)
    monkeypatch.setenv("ZENPRO_PROFILE", "lab")
    monkeypatch.setenv("ZENML_PRO_API_URL", "https://pro.example.com")
    monkeypatch.setenv("ZENML_PRO_API_KEY", "ZENPROKEY_of-nobody")
    assert who() == "ada@example.com"


def test_the_journal_is_in_the_state_directory(
    here: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENPRO_STATE_DIR", str(here / "elsewhere"))
    with zenpro_nb.connect(api_key=sandbox.key) as zen:
        zen.run("me", "update", "--company", "Acme")
    lines = (here / "elsewhere" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["command"].split()[0] for line in lines if "command" in json.loads(line)} == {"me"}
