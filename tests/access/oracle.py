"""An independent computation of effective access: plain loops over the API's raw JSON, without the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.access.random_organizations import Api

Json = Mapping[str, Any]

# What a predefined role includes of the others, strongest first (API facts 7.7).
INCLUDES: dict[str, set[str] | None] = {
    "Organization Admin": None,
    "Workspace Admin": None,
    "Workspace Developer": {
        "Workspace Viewer", "Workspace Contributor", "Project Developer", "Project Contributor", "Project Viewer",
    },
    "Workspace Viewer": {"Project Viewer"},
    "Project Admin": {"Project Developer", "Project Contributor", "Project Viewer"},
    "Project Developer": {"Project Contributor", "Project Viewer"},
}  # fmt: skip
STRENGTH = list(INCLUDES)
SEEN_EVERYWHERE = ("Organization Admin", "Organization Viewer")


@dataclass
class Raw:
    """All data of one organization in the API."""

    organization: Json
    users: dict[str, Json]
    roles: list[Json]
    assignments: list[Json]
    workspaces: list[Json]
    teams: list[Json]
    team_members: dict[str, list[Json]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)


def read(api: Api, name: str) -> Raw:
    """Read an organization, one list after the other."""
    organization = api.get(f"/organizations/{name}")
    of = f"/organizations/{organization['id']}"
    roles = api.all(f"{of}/roles")
    teams = api.all(f"{of}/teams")
    raw = Raw(
        organization=organization,
        users={item["id"]: item for item in api.all("/users")},
        roles=roles,
        assignments=[row for role in roles for row in api.get(f"/roles/{role['id']}/assignments")],
        workspaces=api.all("/workspaces", organization_id=organization["id"]),
        teams=teams,
        team_members={team["id"]: api.get(f"/teams/{team['id']}/members") for team in teams},
    )
    rows = [*raw.assignments, *(row for rows in raw.team_members.values() for row in rows)]
    rows += api.get(f"{of}/members")
    raw.named = {row["user"]["id"] for row in rows if row.get("user")}
    return raw


@dataclass
class Path:
    """One access path of a principal."""

    principal: str
    kind: str
    active: bool | None
    role: str
    level: str | None
    scope: str
    workspace: str | None
    project_id: str | None
    via: str
    path: str
    basis: str
    user_id: str | None
    invitation_id: str | None
    team_id: str | None
    role_id: str | None
    workspace_id: str | None
    predefined: bool = False
    covered_by: str | None = None

    def row(self) -> dict[str, Any]:
        """Return the path as a row of the frame."""
        return {name: value for name, value in vars(self).items() if name != "predefined"}


def access(raw: Raw) -> list[dict[str, Any]]:
    """Every path of every principal."""
    found: dict[tuple[Any, ...], Path] = {}
    for path in _all_paths(raw):
        found[tuple(path.row().values())] = path
    paths = list(found.values())
    for path in paths:
        path.covered_by = _covered_by(path, [other for other in paths if _who(other) == _who(path)])
    return [path.row() for path in paths]


def _all_paths(raw: Raw) -> Iterator[Path]:
    for row in raw.assignments:
        if row.get("team"):
            for member in raw.team_members.get(row["team"]["id"], []):
                yield from _of_assignment(raw, row, member, row["team"])
        else:
            yield from _of_assignment(raw, row, row, None)
    yield from _superusers(raw)
    for workspace in _alive(raw):
        owner = workspace.get("owner")
        if owner:
            person = _principal({"user": raw.users.get(owner["id"], owner)})
            assert person is not None
            yield _path(person, None, "owner", None, "owner", "inferred", workspace=workspace)


def _of_assignment(raw: Raw, row: Json, holder: Json, team: Json | None) -> Iterator[Path]:
    person = _principal(holder, raw)
    if person is None:
        return
    role, via = row["role"], "team" if team else "direct"
    names = {workspace["id"]: workspace for workspace in raw.workspaces}
    if role["level"] == "organization":
        yield _path(person, team, role, raw.organization, via, "assignment")
        if role["system_managed"] and role["name"] in SEEN_EVERYWHERE:
            for workspace in _alive(raw):
                yield _path(
                    person, team, role, raw.organization, "organization-role", "documented", workspace=workspace
                )
        return
    there = names.get(row["workspace_id"], {"id": row["workspace_id"], "name": row["workspace_id"]})
    project = row["project_id"] if role["level"] == "project" else None
    yield _path(person, team, role, None, via, "assignment", workspace=there, project=project)


def _superusers(raw: Raw) -> Iterator[Path]:
    for user_id in raw.named:
        if raw.users.get(user_id, {}).get("is_superuser"):
            person = _principal({"user": raw.users[user_id]})
            assert person is not None
            yield _path(person, None, "superuser", raw.organization, "superuser", "documented")
            for workspace in _alive(raw):
                yield _path(person, None, "superuser", None, "superuser", "documented", workspace=workspace)


def _alive(raw: Raw) -> list[Json]:
    return [
        workspace for workspace in raw.workspaces if "deleted" not in (workspace["status"], workspace["desired_state"])
    ]


def _principal(holder: Json, raw: Raw | None = None) -> dict[str, Any] | None:
    """The principal; None for an accepted invitation."""
    user, invitation = holder.get("user"), holder.get("invitation")
    if user:
        user = raw.users.get(user["id"], user) if raw else user
        bot = user["is_service_account"]
        return {
            "principal": f"bot:{user['username']}" if bot else user["email"] or user["username"],
            "kind": "service-account" if bot else "user",
            "active": user["is_active"],
            "user_id": user["id"],
            "invitation_id": None,
        }
    if invitation and not invitation["accepted"]:
        who = {"principal": invitation["email"], "kind": "invitation", "active": None, "user_id": None}
        return {**who, "invitation_id": invitation["id"]}
    return None


def _path(
    person: Mapping[str, Any],
    team: Json | None,
    role: Json | str,
    organization: Json | None,
    via: str,
    basis: str,
    *,
    workspace: Json | None = None,
    project: str | None = None,
) -> Path:
    name = role if isinstance(role, str) else role["name"]
    steps = [person["principal"]]
    if team:
        steps.append(f"team {team['name']}")
    steps.append(name)
    if organization:
        steps.append(organization["name"])
    if workspace:
        steps.append(workspace["name"])
    if project:
        steps.append(f"project {project}")
    return Path(
        **person,
        role=name,
        level=None if isinstance(role, str) else role["level"],
        scope="project" if project else "workspace" if workspace else "organization",
        workspace=workspace["name"] if workspace else None,
        project_id=project,
        via=via,
        path=" → ".join(steps),
        basis=basis,
        team_id=team["id"] if team else None,
        role_id=None if isinstance(role, str) else role["id"],
        workspace_id=workspace["id"] if workspace else None,
        predefined=not isinstance(role, str) and role["system_managed"],
    )


def _who(path: Path) -> tuple[str | None, str | None]:
    """The identity of the principal: an account and an open invitation can have the same email address."""
    return path.user_id, path.invitation_id


def _covered_by(path: Path, others: list[Path]) -> str | None:
    if path.role_id is None:
        return None
    stronger = [other for other in others if _covers(other, path)]
    admin_there = [other for other in stronger if other.role == STRENGTH[0] and other.workspace_id is not None]
    if admin_there:
        # A role of this workspace comes before a role of the organization.
        stronger = [other for other in stronger if other.role != STRENGTH[0] or other.workspace_id is not None]
    best = min(stronger, key=lambda other: (STRENGTH.index(other.role), other.path), default=None)
    return best.path if best else None


def _covers(strong: Path, weak: Path) -> bool:
    if not strong.predefined or strong.role not in INCLUDES or strong.role_id == weak.role_id:
        return False
    if strong.role == "Organization Admin":
        return strong.workspace_id in (None, weak.workspace_id)
    if strong.workspace_id is None or strong.workspace_id != weak.workspace_id:
        return False
    if strong.scope == "project" and strong.project_id != weak.project_id:
        return False
    if strong.role == "Workspace Admin":
        # Workspace Admin does not include Organization Admin.
        return not (weak.predefined and weak.role == "Organization Admin")
    included = INCLUDES[strong.role]
    return included is not None and weak.predefined and weak.role in included
