"""An account and an open invitation with the same email: audit, fixes and reviews distinguish them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.access.random_organizations import Api
from tests.shell.conftest import Shell
from tests.support.hard_organizations import Organization
from tests.support.sandbox import SandboxProcess
from zenpro_nb import frames
from zenpro_nb.access import TREE, Inventory, effective_access
from zenpro_nb.access.effective.matrix import matrix

EMAIL = "twice@example.com"


@pytest.fixture
def name(sandbox: SandboxProcess) -> Iterator[str]:
    """An organization with a person who is a member and also invited, and a team whose only member is an invitation."""
    with Api(sandbox.url, sandbox.key) as api:
        organization = api.post("/organizations", {"name": "same-email"})["id"]
        roles = {item["name"]: item["id"] for item in api.all(f"/organizations/{organization}/roles")}
        invited = api.post(
            f"/organizations/{organization}/invitations", {"email": EMAIL, "role_id": roles["Organization Member"]}
        )["id"]
        api.post(f"/roles/{roles['Organization Admin']}/assignments", invitation_id=invited)
        # The invitation came first: a server refuses to invite a member.
        user = api.post("/users", username=EMAIL, password="made-up-password")["id"]
        api.post(f"/roles/{roles['Organization Member']}/assignments", user_id=user)
        team = api.post("/teams", {"name": "alone", "organization_id": organization})["id"]
        api.post(f"/teams/{team}/members", invitation_id=invited)
        yield "same-email"
        api.delete(f"/organizations/{organization}")
        api.delete(f"/users/{user}")


def test_neither_is_redundant_because_of_the_other(shell: Shell, name: str) -> None:
    frame = shell.run(f"%zenpro audit --org {name}")
    redundant = frame[frame["check"] == "redundant-role"]
    # The invitation is Organization Admin, so its team membership adds nothing; that of the account does.
    assert len(redundant) == 1
    assert "--invitation" in redundant["fix"].iloc[0]
    frame = shell.run(f"%zenpro assignments --org {name}")
    mine = frame[(frame["principal"] == EMAIL) & (frame["role"] == "Organization Member")]
    assert sorted(mine["kind"]) == ["invitation", "user"]
    shell.run(f"{redundant['fix'].iloc[0]} --yes")
    left = shell.run(f"%zenpro assignments --org {name}")
    left = left[left["principal"] == EMAIL]
    assert sorted(zip(left["kind"], left["role"], strict=True)) == [
        ("invitation", "Organization Admin"),
        ("user", "Organization Member"),
    ]
    assert "redundant-role" not in set(shell.run(f"%zenpro audit --org {name}")["check"])


def test_a_review_keeps_the_account(shell: Shell, name: str) -> None:
    rows = shell.run(f"%zenpro reviews create q4 --org {name}")
    account = rows[rows["user_id"].notna() & (rows["principal"] == EMAIL)]
    assert account["recommendation"].tolist() == ["keep"]


def test_access_shows_both_in_a_table(shell: Shell, name: str) -> None:
    assert isinstance(shell.ip, InteractiveShell)
    frame = shell.run(f"%zenpro access {EMAIL} --org {name}")
    assert sorted(set(frame["kind"])) == ["invitation", "user"]
    text = str(shell.ip.display_formatter.format(frame)[0]["text/plain"])
    assert "invitation" in text
    alone = shell.run(f"%zenpro access {EMAIL} --org {name} --where kind=user")
    assert "directly" in str(shell.ip.display_formatter.format(alone)[0]["text/plain"])


def test_workspaces_and_teams_with_the_same_name_stay_apart() -> None:
    made = Organization(teams={"t0": "ops", "t1": "ops"})
    made.users["u0"] = {"id": "u0", "email": "a@x.example", "username": "a", "is_active": True}
    for key, role in (("0", "Workspace Admin"), ("1", "Workspace Viewer")):
        status = "available" if key == "0" else "deleted"
        made.workspaces[f"w{key}"] = {"id": f"w{key}", "name": "ml", "status": status, "owner_id": None}
        made.members.add((f"t{key}", ("user_id", "u0")))
        made.assigned.add((role, ("team_id", f"t{key}"), f"w{key}", ""))
    paths = effective_access(Inventory.of(made.lists(), organization_id="o", organization_name="acme"))
    cells = matrix(paths)
    assert cells.to_dict("records") == [{"ml (w0)": "Workspace Admin", "ml (w1)": "Workspace Viewer"}]
    frames.describe(paths, server="", route="", time="", view=TREE)
    shown = frames.text(paths, None)
    assert shown.count("team ops") == 2


def test_an_invited_member_of_a_team_has_a_name(shell: Shell, name: str) -> None:
    frame = shell.run(f"%zenpro audit --org {name} --check team-of-one --check invitation-powerful")
    assert frame["principal"].tolist() == [EMAIL, "team:alone"]
    assert frame["reason"].tolist()[1] == f"The team has no members; only {EMAIL} is invited."
    rows = shell.run(f"%zenpro reviews create q4 --org {name}")
    assert rows.loc[rows["type"] == "membership", ["principal", "kind"]].values.tolist() == [[EMAIL, "invitation"]]
