"""Several workspaces in one command."""

from __future__ import annotations

import pytest

from tests.zenml.conftest import World
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.frontends.connection import Connection


def test_all_running_workspaces(acme: Connection) -> None:
    runs = acme.run("runs", "--workspace", "all", "--project", "all")
    assert runs.columns[0] == "workspace"
    assert runs.workspace.value_counts().to_dict() == {"ml-prod": 4, "ml-dev": 2}
    facts = runs.attrs["zenpro"]
    assert facts["workspaces"] == ["ml-prod", "ml-dev"] or facts["workspaces"] == ["ml-dev", "ml-prod"]
    assert facts["failed"] == []
    assert facts["skipped"]["vision-lab"] == "failed"
    assert facts["sandbox"] is True


def test_only_the_named_workspaces(acme: Connection) -> None:
    stacks = acme.run("stacks", "--workspace", "ml-dev", "--workspace", "ml-prod")
    assert set(stacks.workspace) == {"ml-dev", "ml-prod"}


def test_a_failed_workspace_does_not_affect_the_others(acme: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    runs = acme.run("runs", "--workspace", "ml-prod", "--workspace", "nlp-research", "--project", "all")
    assert set(runs.workspace) == {"ml-prod"}
    assert [row["workspace"] for row in runs.attrs["zenpro"]["failed"]] == ["nlp-research"]
    assert runs.attrs["zenpro"]["complete"] is False
    output = capsys.readouterr().err.strip().splitlines()
    assert len(output) == 1
    assert "nlp-research is deactivated" in output[0]


def test_all_projects_of_all_workspaces(acme: Connection) -> None:
    runs = acme.run("runs", "--workspace", "all")
    assert len(set(zip(runs.workspace, runs.project, strict=True))) == 3
    assert runs.attrs["zenpro"]["failed"] == []


def test_the_workspace_in_use(acme: Connection) -> None:
    with pytest.raises(UsageError, match="2 workspaces are running"):
        acme.run("stacks")
    acme.run("use", "workspace", "ml-dev")
    assert set(acme.run("runs").workspace) == {"ml-dev"}
    with pytest.raises(UsageError, match="deactivated"):
        acme.run("runs", "--workspace", "nlp-research")
    with pytest.raises(UsageError, match="ml-dev"):
        acme.run("runs", "--workspace", "ml-dv")


def test_a_server_that_dies_is_a_row_and_a_line(
    acme: Connection, world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not the real servers: later tests need them. An address without a listener has the same effect.
    monkeypatch.setenv("ML_DEV_KEY", "ZENKEY_wrong")
    runs = acme.run("runs", "--workspace", "all", "--project", "all")
    assert set(runs.workspace) == {"ml-prod"}
    failed = runs.attrs["zenpro"]["failed"]
    assert failed[0]["workspace"] == "ml-dev"
    assert failed[0]["error"] == "AuthenticationError"
    assert "ml-dev" in capsys.readouterr().err


def test_if_all_fail_the_error_is_raised(acme: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ML_DEV_KEY", "ZENKEY_wrong")
    monkeypatch.setenv("ML_PROD_TOKEN", "ZENKEY_wrong")
    with pytest.raises(ZenProError, match="All 2 workspaces failed"):
        acme.run("runs", "--workspace", "all", "--project", "all")


def test_a_plain_server_has_no_workspaces_and_no_control_plane(plain: Connection) -> None:
    with pytest.raises(UsageError, match="plain ZenML server"):
        plain.run("runs", "--workspace", "ml-prod", "--project", "all")
    with pytest.raises(UsageError, match="without a control plane"):
        plain.run("teams")
    # Its users are its own: no organization is involved.
    assert "is_admin" in plain.run("users")


def test_use_server_takes_a_key_from_the_environment(
    nowhere: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZENML_STORE_API_KEY", world.dev.key)
    nowhere.run("use", "server", world.dev.url)
    assert len(nowhere.run("runs")) == 2
    monkeypatch.delenv("ZENML_STORE_API_KEY")
    monkeypatch.setenv("ZENML_STORE_URL", world.dev.url + "/")
    monkeypatch.setenv("ZENML_STORE_PASSWORD", world.dev.password)
    nowhere.run("use", "server", "--username", "admin")
    assert len(nowhere.run("users")) == 3
