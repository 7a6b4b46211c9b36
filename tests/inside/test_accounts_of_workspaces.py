"""Accounts of a workspace: only an explicit `--workspace` means them, and every target names its level."""

from __future__ import annotations

import pytest

from zenpro_nb.errors import UsageError
from zenpro_nb.frontends.connection import Connection

PROD = ("--workspace", "ml-prod")


@pytest.mark.parametrize("words", [("users",), ("service-accounts",)], ids="".join)
def test_a_list_shows_the_level_that_was_named(acme: Connection, words: tuple[str, ...]) -> None:
    inside = acme.run(*words, *PROD)
    assert set(inside["workspace"]) == {"ml-prod"}
    assert "workspace" not in acme.run(*words)
    assert set(acme.run(*words, "--workspace", "all")["workspace"]) > {"ml-prod"}


def test_the_workspace_in_use_never_changes_the_target(acme: Connection) -> None:
    acme.run("use", "workspace", "ml-prod")
    try:
        (outside,) = acme.run("service-accounts", "delete", "ci-bot", "--dry-run")["target"]
        (inside,) = acme.run("service-accounts", "delete", "ci-bot", *PROD, "--dry-run")["target"]
        assert "workspace" not in acme.run("users")
    finally:
        acme.run("use", "organization", "acme")
    assert outside == "service account ci-bot in organization acme"
    assert inside == "service account ci-bot in workspace ml-prod"


def test_one_account_is_shown_as_the_workspace_knows_it(acme: Connection) -> None:
    inside = acme.run("users", "get", "ada@example.com", *PROD)
    assert inside["workspace"].tolist() == ["ml-prod"]
    assert inside["id"][0] != acme.run("users", "get", "ada@example.com")["id"][0]


def test_keys_of_a_workspace_belong_to_a_service_account(acme: Connection) -> None:
    with pytest.raises(UsageError, match=r"`--service-account` is required"):
        acme.run("api-keys", *PROD)
    (target,) = acme.run(
        "api-keys", "create", "k", "--service-account", "ci-bot", *PROD, "--to", "env:ZENPRO_TEST_KEY", "--dry-run"
    )["target"]
    assert target == "key k of ci-bot in workspace ml-prod"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (["users", "--email", "x", *PROD], r"`--email` cannot be combined with `--workspace`"),
        (["users", "--hydrate"], r"`--hydrate` requires `--workspace`"),
        (
            ["api-keys", "create", "k", "--service-account", "ci-bot", *PROD, "--to", "env:K", "--expires-in", "1d"],
            r"`--expires-in` cannot be combined with `--workspace`",
        ),
    ],
)
def test_an_option_without_meaning_is_refused(acme: Connection, line: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        acme.run(*line)


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("workspace-users", "`zenpro users --workspace NAME`"),
        ("workspace-users get ada@example.com", "`zenpro users get --workspace NAME ada@example.com`"),
        ("workspace-service-accounts delete ci-bot", "`zenpro service-accounts delete --workspace NAME ci-bot`"),
        ("workspace-api-keys rotate k", "`zenpro api-keys rotate --workspace NAME k`"),
        ("run-templates", "`zenpro snapshots`"),
        ("run-templates run retrain_churn", "`zenpro snapshots run retrain_churn`"),
    ],
)
def test_the_former_words_lead_to_the_command(acme: Connection, line: str, right: str) -> None:
    with pytest.raises(UsageError) as error:
        acme.run(*line.split())
    assert right in str(error.value)


def test_snapshots_list_run_templates_too(acme: Connection) -> None:
    place = (*PROD, "--project", "churn")
    frame = acme.run("snapshots", *place)
    assert set(frame["kind"]) == {"snapshot", "run template"}
    assert frame["created"].is_monotonic_decreasing
    templates = acme.run("snapshots", *place, "--where", "kind=run template")
    assert templates["name"].tolist() == ["retrain_churn"]
    # A filter that only snapshots have leaves the templates out.
    assert set(acme.run("snapshots", *place, "--runnable")["kind"]) == {"snapshot"}
    assert len(acme.run("snapshots", *place, "--limit", "2")) == 2


def test_a_run_template_is_shown_and_run_by_its_name(acme: Connection) -> None:
    place = (*PROD, "--project", "churn")
    key = acme.run("snapshots", "get", "retrain_churn", *place)["id"][0]
    (route,) = acme.run("snapshots", "run", "retrain_churn", *place, "--dry-run")["route"]
    assert route == f"/api/v1/run_templates/{key}/runs"
