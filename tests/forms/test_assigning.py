"""The form of `roles assign`: its fields, its table, and its checks before sending."""

from __future__ import annotations

from tests.forms.conftest import ByHand, Opener, run
from zenpro_nb.forms.form import Form
from zenpro_nb.forms.hooks.base import FormTable
from zenpro_nb.forms.state import FormState
from zenpro_nb.framework.cli.context import CommandContext


def visible_fields(form: Form) -> set[str]:
    return {field.name for field in form.applicable_fields}


def table(form: Form) -> dict[str, tuple[str, str]]:
    """The current roles of each principal, and the roles after the change."""
    found = form.hooks.table()
    assert isinstance(found, FormTable), found
    return {who: (today, after) for who, today, after in found.rows}


def test_the_level_of_the_role_determines_the_fields(open_form: Opener, by_hand: ByHand) -> None:
    form = open_form("roles assign")
    any_of = "at least one user, service account, team, or invitation"
    assert form.preview.text == f"Choose a role, and {any_of}."
    assert not {"workspace", "project"} & visible_fields(form)
    form.set("role", "Workspace Developer")
    assert "workspace" in visible_fields(form)
    assert form.preview.text == f"Choose a workspace, and {any_of}."
    form.set("workspace", "ml-dev")
    assert form.preview.text == f"Choose {any_of}."
    form.set("workspace", "")
    assert "project" not in visible_fields(form)
    form.set("role", "Project Viewer")
    assert {"workspace", "project"} <= visible_fields(form)
    form.set("role", "Organization Viewer")
    assert not {"workspace", "project"} & visible_fields(form)
    form.set("users", ["ada@example.com"])
    by_hand.settle()
    assert form.preview.text.startswith("POST /roles/")


def test_the_examples_of_a_deadline_and_its_file_differ(open_form: Opener) -> None:
    examples = {name: open_form("roles assign").field(name).example for name in ("until", "file")}
    assert examples == {"until": "7d or 2026-12-31", "file": "access.yaml"}


def test_hidden_fields_are_not_sent(open_form: Opener, by_hand: ByHand) -> None:
    form = open_form("roles assign", role="Workspace Developer", workspace="ml-prod", users=("ada@example.com",))
    assert "--workspace ml-prod" in form.line
    form.set("role", "Organization Viewer")
    by_hand.settle()
    assert "--workspace" not in form.line
    assert "workspace_id" not in form.preview.text


def test_the_table_shows_current_and_new_roles_of_several_principals(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str
) -> None:
    run(ctx, f"teams create {name}")
    run(ctx, f"teams add {name} --user grace@example.com")
    run(ctx, f"roles assign 'Workspace Viewer' --team {name} --workspace ml-prod")
    run(ctx, "roles assign 'Stack Admin' --user alan@example.com --workspace ml-prod")
    run(ctx, "roles assign 'Workspace Developer' --user mary@example.com --workspace ml-prod")
    form = open_form("roles assign", role="Workspace Viewer", workspace="ml-prod")
    form.set("users", ["grace@example.com", "alan@example.com", "mary@example.com"])
    form.set("teams", [name])
    by_hand.settle()
    rows = table(form)
    assert rows["mary@example.com"][1] == "gets Workspace Viewer, which adds nothing: Workspace Developer includes it"
    form.set("users", ["grace@example.com", "alan@example.com"])
    by_hand.settle()
    rows = table(form)
    assert f"Workspace Viewer (through team {name})" in rows["grace@example.com"][0]
    assert rows["grace@example.com"][1] == f"gets Workspace Viewer (already has it through team {name})"
    assert "Stack Admin" in rows["alan@example.com"][0]
    assert rows[name] == ("Workspace Viewer", "no change: already has Workspace Viewer")
    assert form.preview.text.count("POST /roles/") == 2
    assert form.preview.text.endswith(f"{name} as Workspace Viewer in ml-prod\n  nothing is sent: already has the role")
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT, form.status
    assert sorted(form.result["outcome"]) == ["already", "done", "done"]
    by_hand.settle()
    found = form.hooks.table()
    assert isinstance(found, FormTable)
    assert found.head == ("Principal", "Current roles in ml-prod")  # "no change: already has …" is superseded
    assert ("grace@example.com", "Workspace Viewer") in [(row[0], row[1][:16]) for row in found.rows]
    form.set("users", ["grace@example.com"])
    by_hand.settle()
    assert table(form)["grace@example.com"][1] == "no change: already has Workspace Viewer"
    held = run(ctx, "assignments --role 'Workspace Viewer' --workspace ml-prod")
    assert {"grace@example.com", "alan@example.com", name} <= set(held["principal"])


def test_roles_of_the_organization_are_shown(open_form: Opener, by_hand: ByHand, ctx: CommandContext) -> None:
    form = open_form("roles assign", role="Billing Admin")
    form.set("users", ["ada@example.com"])
    by_hand.settle()
    today, after = table(form)["ada@example.com"]
    assert "Organization Admin" in today
    assert "Billing Admin" in after


def test_revoking_shows_roles_that_remain_through_a_team(
    open_form: Opener, by_hand: ByHand, ctx: CommandContext, name: str
) -> None:
    run(ctx, f"teams create {name}")
    run(ctx, f"teams add {name} --user mary@example.com")
    run(ctx, f"roles assign 'Stack Admin' --team {name} --user mary@example.com --workspace recommender")
    form = open_form("roles revoke", role="Stack Admin", workspace="recommender")
    form.set("users", ["mary@example.com"])
    by_hand.settle()
    assert table(form)["mary@example.com"][1] == f"loses Stack Admin, but keeps it through team {name}"
    form.submit()
    by_hand.settle()
    assert form.status.text == "Nothing was sent. Type yes to confirm."
    form.confirm("Yes")
    form.submit()
    by_hand.settle()
    assert form.state is FormState.SENT, form.status


def test_missing_principals_and_scope_are_reported_before_anything_is_sent(open_form: Opener, by_hand: ByHand) -> None:
    form = open_form("roles assign", role="Workspace Developer")
    form.submit()
    by_hand.settle()
    assert form.status.text == "Nothing was sent. Check these fields: Workspace, Users."
    assert form.problems == {
        "workspace": "This field is required.",
        "users": "Add at least one: a user, a team, or a service account or an invitation under More.",
    }


def test_an_unknown_name_is_reported_at_its_field(open_form: Opener, by_hand: ByHand) -> None:
    form = open_form("roles assign")
    form.set("role", "Workspace Develper")
    by_hand.settle()
    assert form.problems["role"].startswith("The role 'Workspace Develper' does not exist")
    form.set("role", "Workspace Developer")
    form.set("workspace", "ml-prod")
    form.set("users", ["nobody@example.com"])
    by_hand.settle()
    assert form.problems["users"].startswith("The user 'nobody@example.com' does not exist")
    assert form.values["users"] == ["nobody@example.com"]
