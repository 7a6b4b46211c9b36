"""The noun `assignments`: who has which role where."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from zenpro_nb import frames, query
from zenpro_nb.commands.core import reading
from zenpro_nb.commands.core.noun import noun
from zenpro_nb.commands.core.options import Asked, NameType
from zenpro_nb.commands.core.parameters import Org
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.signature import Opt
from zenpro_nb.commands.organization.members import principal_kind
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.control_plane import ASSIGNMENTS, ROLES, WORKSPACES
from zenpro_nb.resources.nouns import singular
from zenpro_nb.syntax.conditions import Condition

if TYPE_CHECKING:
    import pandas as pd

OfRole = Annotated[str | None, Opt("--role", type=NameType("roles"), help="Only this role, by name or id.")]
OfUser = Annotated[
    str | None,
    Opt("--user", type=NameType("users"), help="Only the user's own, by e-mail, name or id; not the teams'."),
]
OfTeam = Annotated[str | None, Opt("--team", type=NameType("teams"), help="Only this team's, by name or id.")]
OfServiceAccount = Annotated[
    str | None,
    Opt(
        "--service-account",
        type=NameType("service-accounts"),
        help="Only the service account's own, by name or id; not the teams'.",
    ),
]


def _read(
    run: Runtime,
    asked: Asked,
    role: OfRole = None,
    user: OfUser = None,
    team: OfTeam = None,
    service_account: OfServiceAccount = None,
    org: Org = None,
) -> pd.DataFrame:
    """Read the assignments of one role, or of every role of the organization at once, with the names of all sides.

    Examples:
        assignments
        assignments --role "Workspace Admin" --where workspace=ml-prod
        assignments --save assignments.xlsx --save assignments.parquet
    """
    session = run.session
    organization = query.organization(session, org)
    of_org = {"organization_id": organization.id}
    filters = reading.named_filters(run, ASSIGNMENTS, asked, of_org)
    holder = _holder(run, of_org, {"users": user, "teams": team, "service-accounts": service_account})
    facts: dict[str, Any] = {}
    if role:
        role_ids = [query.find(session, "roles", role, of_org, remembered=True).id]
    else:
        # A role that came or went meanwhile is a change of the assignments too.
        roles, facts = query.read_records(session, ROLES, of_org)
        role_ids = [query.id_of(ROLES, record) for record in roles]
    with run.face.progress("assignments") as advance:
        read = partial(query.read_records, session, ASSIGNMENTS, params=filters, raw=asked.raw and holder is None)
        calls = [partial(read, {"role_id": role_id}) for role_id in role_ids]
        rows = [row for found, _ in session.client.fan_out(calls, progress=advance) for row in found]
    rows = [row for row in rows if holder is None or _is_of(row, holder)]
    if not asked.raw:
        names = query.names_by_id(session, WORKSPACES, params=of_org)
        rows = [_described(row, names) for row in rows]
    sent = query.Query(ASSIGNMENTS, params=filters).sent
    frame = reading.made(run, ASSIGNMENTS, rows, asked, route=ASSIGNMENTS.path, filters=sent, **facts)
    frames.mark(frame, [] if holder is None else [str(holder)])
    return frame


assignments = noun(ASSIGNMENTS, read=_read)


def _holder(run: Runtime, of_org: Mapping[str, str], given: Mapping[str, str | None]) -> Condition | None:
    """Return the condition on who holds the roles; None where nobody was named.

    Raises:
        UsageError: several were named, and an assignment has one holder.
    """
    named = {noun: text for noun, text in given.items() if text}
    if len(named) > 1:
        options = " and ".join(f"--{singular(noun).replace(' ', '-')}" for noun in named)
        raise UsageError(f"{options} exclude each other: an assignment has one holder", hint="Leave one of them out.")
    if not named:
        return None
    ((noun, text),) = named.items()
    found = query.find(run.session, noun, text, {} if noun == "users" else of_org, remembered=True)
    return Condition("team_id" if noun == "teams" else "user_id", "=", found.id)


def _is_of(row: Mapping[str, Any], holder: Condition) -> bool:
    side = row.get(holder.column.removesuffix("_id"))
    return isinstance(side, Mapping) and side.get("id") == holder.value


def _described(row: Mapping[str, Any], workspaces: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the row with the names of its sides."""
    workspace_id = row.get("workspace_id")
    return {
        **row,
        "kind": principal_kind(row),
        "principal": _principal_name(row),
        # A role may outlive its workspace; then the id says more than nothing.
        "workspace": workspaces.get(workspace_id, workspace_id),
    }


def _principal_name(row: Mapping[str, Any]) -> str | None:
    sides = (row.get(name) for name in ("user", "team", "invitation"))
    user, team, invitation = (side if isinstance(side, Mapping) else {} for side in sides)
    name = user.get("email") or user.get("username") or team.get("name") or invitation.get("email")
    return name if isinstance(name, str) else None
