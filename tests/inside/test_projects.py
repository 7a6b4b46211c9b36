"""Projects in a workspace of the sandbox: create, update, delete, and undo on the server that was changed."""

from __future__ import annotations

import pytest

from zenpro_nb.errors import BlockedError, ConfirmationError, ConflictError, UsageError
from zenpro_nb.frontends.connection import Connection

PROD, STAGING = ("--workspace", "ml-prod"), ("--workspace", "ml-staging")


def project(acme: Connection, name: str, *place: str) -> dict[str, object]:
    return dict(acme.run("projects", "get", name, *place).iloc[0])


def test_a_project_is_created(acme: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("create", "returns", "--display-name", "Sent back", "--description", "What comes back")
    acme.run("projects", *words, *PROD, "--dry-run")
    assert "This cannot be undone: the project may already be in use; run `zenpro projects delete returns`." in (
        capsys.readouterr().err
    )
    frame = acme.run("projects", *words, *PROD)
    assert (frame.workspace[0], frame.name[0], frame.display_name[0]) == ("ml-prod", "returns", "Sent back")
    assert project(acme, "returns", *PROD)["description"] == "What comes back"
    assert list(acme.run("runs", *PROD, "--project", "returns").name) == []
    with pytest.raises(ConflictError, match="'returns'"):
        acme.run("projects", "create", "returns", *PROD)


@pytest.mark.parametrize(
    ("name", "suggestion"), [("Sent Back", "sent-back"), ("a" * 51, "a" * 50), ("né", "n")], ids=["case", "long", "é"]
)
def test_a_name_that_no_server_accepts_is_refused_before_anything_is_sent(
    acme: Connection, name: str, suggestion: str
) -> None:
    with pytest.raises(UsageError, match=f"is not a project name.*{suggestion}, with --display-name"):
        acme.run("projects", "create", name, *PROD)
    with pytest.raises(UsageError, match="is not a project name"):
        acme.run("projects", "update", "churn", "--name", name, *PROD)


def test_an_update_is_undone_in_its_workspace(acme: Connection) -> None:
    """Both workspaces have a project of this name."""
    before = project(acme, "churn", *STAGING)
    acme.run("projects", "update", "churn", "--description", "other", "--display-name", "Other", *STAGING)
    assert project(acme, "churn", *STAGING)["description"] == "other"
    assert list(acme.run("journal").workspace.head(1)) == ["ml-staging"]
    # The workspace is found by its id.
    acme.run("workspaces", "rename", "ml-staging", "ml-rehearsal")
    renamed_command, changed = acme.run("journal").command_id.head(2)
    steps = acme.run("undo", changed, "--dry-run")
    assert (steps.action[0], steps.target[0], steps.method[0]) == (
        "restore", "project churn in workspace ml-staging", "PUT",
    )  # fmt: skip
    acme.run("undo", renamed_command, "--yes")
    assert list(acme.run("undo", changed, "--yes").outcome) == ["done"]
    after = project(acme, "churn", *STAGING)
    assert {name: after[name] for name in ("name", "display_name", "description", "id")} == {
        name: before[name] for name in ("name", "display_name", "description", "id")
    }
    assert project(acme, "churn", *PROD)["description"] == before["description"]
    # The undo can be undone, as for objects of the organization.
    acme.run("undo", acme.run("journal").command_id[0], "--yes")
    assert project(acme, "churn", *STAGING)["description"] == "other"


def test_a_change_by_somebody_else_is_not_overwritten(acme: Connection) -> None:
    acme.run("projects", "update", "churn", "--description", "mine", *PROD)
    mine = acme.run("journal").command_id[0]
    acme.run("projects", "update", "churn", "--description", "theirs", *PROD)
    with pytest.raises(BlockedError, match="it has changed since: description is now 'theirs'"):
        acme.run("undo", mine, "--yes")
    assert project(acme, "churn", *PROD)["description"] == "theirs"


def test_a_change_in_a_stopped_workspace_is_not_undone(acme: Connection) -> None:
    acme.run("projects", "update", "churn", "--description", "other", *STAGING)
    changed = acme.run("journal").command_id[0]
    acme.run("workspaces", "deactivate", "ml-staging", "--yes")
    with pytest.raises(BlockedError, match=r"cannot be read: The workspace ml-staging is"):
        acme.run("undo", changed, "--yes")


def test_an_update_that_changes_nothing_is_not_sent(acme: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    acme.run("projects", "update", "churn", "--name", "churn", *PROD)
    assert "nothing to do: project churn in workspace ml-prod: already called 'churn'" in capsys.readouterr().err
    with pytest.raises(UsageError, match="nothing to change"):
        acme.run("projects", "update", "churn", *PROD)


def test_a_deletion_shows_what_is_lost_and_asks_for_the_name(acme: Connection) -> None:
    with pytest.raises(ConfirmationError) as refusal:
        acme.run("projects", "delete", "churn", *PROD)
    runs = len(acme.run("runs", *PROD, "--project", "churn"))
    question = str(refusal.value)
    assert f"It contains 5 pipelines and {runs} runs. This cannot be undone: a new project would" in question
    assert "Type churn to confirm" in question
    acme.run("projects", "delete", "churn", *PROD, "--yes")
    with pytest.raises(UsageError, match="churn"):
        acme.run("runs", *PROD, "--project", "churn")
    assert list(acme.run("projects", *PROD).name) == ["pricing"]
    assert len(acme.run("runs", *PROD)) > 0
    with pytest.raises(UsageError, match="cannot be undone: a new project would have a different ID"):
        acme.run("undo")
