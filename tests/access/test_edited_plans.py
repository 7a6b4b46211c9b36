"""Saved plans that were edited and have a new digest: either the displayed values are sent, or the plan is refused."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.access import random_inventories
from tests.access.guarded_plans import organization
from tests.access.random_inventories import wish
from tests.shell.conftest import Shell
from tests.support.sandbox import SandboxProcess
from zenpro_nb.access import (
    DesiredRow,
    GuardOptions,
    Inventory,
    Plan,
    Step,
    after,
    desired_state,
    frame_of,
    ground,
    make_plan,
    plan_of_text,
    plan_text,
    recheck,
)
from zenpro_nb.errors import UsageError, ZenProError

EXACT = (
    "teams: {ops: {members: [p1@x.example, p2@x.example]}, new: {members: [p1@x.example]}}\n"
    "workspace_roles: {ml-prod: {Workspace Viewer: [p1@x.example, 'team:ops'], "
    "projects: {p: {Project Viewer: [p2@x.example]}}}}\norganization_roles: {Organization Viewer: [p3@x.example]}"
)


def with_digest(body: dict[str, Any]) -> str:
    """The text of an edited plan with a valid digest, which anyone can compute."""
    signed = {name: value for name, value in body.items() if name not in ("zenpro_plan", "digest")}
    text = json.dumps(signed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return json.dumps({**body, "digest": digest})


def current_inventory() -> Inventory:
    return organization(members={("t0", ("user_id", "u3"))}, invitations={"i0": "p9@x.example"}).inventory()


def plan_content(text: str = EXACT) -> dict[str, Any]:
    """The content of a plan file."""
    state = desired_state(f"zenpro: 1\nmanage: {{teams: exact}}\n{text}")
    plan: dict[str, Any] = json.loads(plan_text(make_plan(current_inventory(), state.rows(), exact=state.exact())))
    return plan


def read(body: dict[str, Any]) -> Plan:
    return ground(plan_of_text(with_digest(body)), current_inventory())


def step(body: dict[str, Any], kind: str, does: str = "add") -> dict[str, Any]:
    item: dict[str, Any] = next(item for item in body["steps"] if (item["kind"], item["does"]) == (kind, does))
    return item


def test_an_unedited_plan_is_read_unchanged() -> None:
    assert read(plan_content()) == plan_of_text(with_digest(plan_content()))


@pytest.mark.parametrize("seed", range(4))
def test_every_plan_can_be_read_again_also_after_some_steps_are_done(seed: int) -> None:
    world = random_inventories.world(seed)
    state = desired_state(wish(world, seed).text, "access.yaml")
    options = GuardOptions("100%", 0, allow_self=True)
    now = world.inventory()
    plan = make_plan(now, state.rows(), options, exact=state.exact())
    assert ground(plan_of_text(plan_text(plan)), now) == plan
    done: list[Step] = []
    chance = random.Random(seed)
    for change in plan.changes:
        if set(change.needs) <= {other.number for other in done} and chance.random() < 0.6:
            done.append(change)
    then = after(now, Plan(tuple(done), plan.server, plan.organization_id, plan.organization_name))
    again = ground(plan_of_text(plan_text(plan)), then)
    assert [item.number for item in recheck(again, then).steps] == [item.number for item in plan.steps]


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "role_id": lambda body: step(body, "workspace-role").update(role_id="r-workspace-admin"),
    "role of another level": lambda body: step(body, "workspace-role").update(
        role_id="r-organization-admin", role="Organization Admin", after={"role": "Organization Admin"}
    ),
    "role without its id": lambda body: step(body, "workspace-role").update(role="Stack Admin"),
    "what will be there": lambda body: step(body, "workspace-role").update(after={"role": "Workspace Admin"}),
    "account": lambda body: step(body, "workspace-role")["party"].update(id="u3"),
    "name of the account": lambda body: step(body, "workspace-role")["party"].update(name="p3@x.example"),
    "bot as an account": lambda body: step(body, "organization-role")["party"].update(id="b0"),
    "invitation as an account": lambda body: step(body, "organization-role")["party"].update(
        id="i0", field="invitation_id"
    ),
    "workspace": lambda body: step(body, "workspace-role").update(workspace_id="w1"),
    "workspace of an organization role": lambda body: step(body, "organization-role").update(workspace_id="w1"),
    "project": lambda body: step(body, "project-role").update(project_id="q"),
    "project of a workspace role": lambda body: step(body, "workspace-role").update(project_id="p"),
    "team": lambda body: step(body, "team-member", "remove").update(team_id="t1"),
    "team of a role": lambda body: next(
        item for item in body["steps"] if item.get("party", {}).get("field") == "team_id"
    )["party"].update(id="t1"),
    "scope": lambda body: step(body, "workspace-role").update(scope="ml-dev"),
    "organization": lambda body: body.update(organization_name="acme-labs"),
    "kind": lambda body: step(body, "workspace-role").update(kind="superuser"),
    "another kind": lambda body: step(body, "workspace-role").update(kind="organization-role"),
    "action": lambda body: step(body, "workspace-role").update(does="replace"),
    "another action": lambda body: step(body, "team-member").update(does="update"),
    "removed team": lambda body: step(body, "team").update(does="remove"),
    "field of a team": lambda body: step(body, "team").update(after={"name": "new", "is_admin": True}),
    "field of an account": lambda body: body["steps"].append(
        {"number": 99, "does": "add", "kind": "account", "scope": "acme", "after": {"is_superuser": True},
         "party": {"name": "p1@x.example", "field": "user_id", "id": "u1"}}
    ),
    "unknown field": lambda body: step(body, "team").update(force=True),
    "unknown option": lambda body: body["options"].update(force=True),
    "option of another type": lambda body: body["options"].update(allow_self="no"),
    "number twice": lambda body: body["steps"].append(body["steps"][0]),
    "needs in a circle": lambda body: step(body, "team").update(needs=[99]),
    "unknown part": lambda body: body.update(notes="x"),
    "missing part": lambda body: body.pop("rests_on"),
    "steps of another type": lambda body: body.update(steps={"0": 1}),
    "nested id": lambda body: step(body, "workspace-role")["party"].update(id=[[["u1"]]]),
    "object as an id": lambda body: step(body, "workspace-role").update(role_id={"id": "r-workspace-admin"}),
    "half a character": lambda body: step(body, "team").update(reason="a\ud800"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_plan_is_refused(name: str) -> None:
    body = plan_content()
    EDITS[name](body)
    with pytest.raises(UsageError) as caught:
        read(body)
    assert "plan" in caught.value.hint


def test_computed_values_are_computed_again() -> None:
    body = plan_content("organization_roles: {}\nworkspace_roles: {}")
    rows = [DesiredRow("organization-role", "p1@x.example", role="Organization Member", present=False, why="as agreed")]
    body = json.loads(plan_text(make_plan(current_inventory(), rows, GuardOptions("100%", 0))))
    (item,) = body["steps"]
    assert item["reason"] == "as agreed · leaves the organization"
    item.update(
        reason="as agreed", remaining_roles="still has it through team data", email_to="nobody", reversible="no"
    )
    (real,) = read(body).steps
    assert (real.reason, real.remaining_roles, real.email_to, real.reversible) == (
        "as agreed · leaves the organization", "", "", "yes",
    )  # fmt: skip


def test_an_account_outside_the_organization_is_displayed_by_its_name() -> None:
    body = plan_content()
    step(body, "workspace-role")["party"].update(id="eve")
    plan = plan_of_text(with_digest(body))
    with pytest.raises(UsageError, match=r"principal is 'eve@elsewhere\.example', not 'p1@x\.example'"):
        ground(plan, current_inventory(), {"eve": "eve@elsewhere.example"})
    assert "eve" in {item.party.name for item in ground(plan, current_inventory()).steps}


def test_deeply_nested_text_is_not_a_plan() -> None:
    with pytest.raises(UsageError, match="is not a plan file"):
        plan_of_text('{"zenpro_plan": ' + "[" * 100_000)


@pytest.fixture
def file(shell: Shell, tmp_path: Path) -> Path:
    """A saved plan that assigns Workspace Viewer in ml-dev."""
    wanted = tmp_path / "access.yaml"
    wanted.write_text("zenpro: 1\nworkspace_roles: {ml-dev: {Workspace Viewer: [linus@example.com]}}\n")
    path = tmp_path / "plan.json"
    shell.run(f"%zenpro plan {wanted} --save {path}")
    return path


def edit(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    body = json.loads(path.read_text())
    change(body)
    path.write_text(with_digest(body))


@pytest.mark.slow
def test_an_edited_role_is_refused_by_every_command_and_nothing_is_sent(shell: Shell, file: Path) -> None:
    before = shell.run("%zenpro assignments")
    roles = shell.run("%zenpro roles")
    admin = roles.loc[roles["name"] == "Organization Admin", "id"].iloc[0]
    other = roles.loc[roles["name"] == "Workspace Admin", "id"].iloc[0]
    for role in (admin, other):
        edit(file, lambda body, role=role: body["steps"][0].update(role_id=role))
        for command in ("apply {} --yes", "apply {} --dry-run", "plan {}", "access --after {}"):
            with pytest.raises(ZenProError, match=r"plan\.json does not do what its steps show"):
                shell.run(f"%zenpro {command.format(file)}")
    assert len(shell.run("%zenpro assignments")) == len(before)


def test_the_server_and_the_options_of_a_file_are_displayed(
    shell: Shell, file: Path, sandbox: SandboxProcess, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(file, lambda body: body["options"].update(min_org_admins=0, max_removals="100%", allow_self=True))
    shell.run(f"%zenpro apply {file} --dry-run")
    text = "".join(capsys.readouterr())
    assert f"is for acme at {sandbox.url}" in text
    assert "--max-removals 100%, --min-org-admins 0, --allow-self" in text
    edit(file, lambda body: body["options"].update(me_id="somebody"))
    with pytest.raises(UsageError, match="contains the ID of the account that is applying the plan"):
        shell.run(f"%zenpro apply {file} --dry-run")


def test_a_plan_for_another_server_is_refused(shell: Shell, file: Path) -> None:
    edit(file, lambda body: body.update(server="https://cloudapi.example.com"))
    with pytest.raises(UsageError, match=r"was created for the server https://cloudapi\.example\.com, but http://"):
        shell.run(f"%zenpro apply {file} --yes")


def test_a_frame_whose_plan_was_edited_is_refused(shell: Shell, file: Path) -> None:
    plan = plan_of_text(file.read_text())
    frame = frame_of(plan)
    body = json.loads(plan_text(plan))
    body["steps"][0]["role_id"] = body["organization_id"]
    frame["role_id"] = body["organization_id"]
    frame.attrs["zenpro"]["plan"] = with_digest(body)
    shell.ip.user_ns["edited"] = frame  # type: ignore[union-attr]  # a shell has a namespace
    result = shell.run("%zenpro plan $edited")
    # No role has that id: the step is stale, and displays the id instead of a name.
    assert result[["action", "guard", "role"]].values.tolist() == [["blocked", "stale", body["organization_id"]]]
