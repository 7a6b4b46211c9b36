"""The noun `assignments`: list who has which role at which scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import frames, query, workspaces
from zenpro_nb.access.model.columns import BOT_MARK, TEAM_MARK
from zenpro_nb.commands.organization.members import principal_kind
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext, ListOptions, NameType, Opt, Org, noun, reading
from zenpro_nb.resources.control_plane import ASSIGNMENTS, ROLES, WORKSPACES
from zenpro_nb.resources.nouns import option_word
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.conditions import Condition
from zenpro_nb.ui.cells import TableColumn

if TYPE_CHECKING:
    from zenpro_nb.frames import Table

OfRole = Annotated[
    str | None, Opt("--role", type=NameType("roles"), help="Show only assignments of this role, by name or ID.")
]
OfUser = Annotated[
    str | None,
    Opt(
        "--user",
        type=NameType("users"),
        help="Show only assignments to this user (email, name, or ID), not those of the user's teams.",
    ),
]
OfTeam = Annotated[
    str | None, Opt("--team", type=NameType("teams"), help="Show only assignments to this team, by name or ID.")
]
OfServiceAccount = Annotated[
    str | None,
    Opt(
        "--service-account",
        type=NameType("service-accounts"),
        help="Show only assignments to this service account (name or ID), not those of its teams.",
    ),
]

_PROJECT = "project_id"
_VIEW = "assignments"
_MARKS = {"team": TEAM_MARK, "service-account": BOT_MARK}  # by kind


def _read(
    ctx: CommandContext,
    options: ListOptions,
    role: OfRole = None,
    user: OfUser = None,
    team: OfTeam = None,
    service_account: OfServiceAccount = None,
    org: Org = None,
) -> Table:
    """Read the assignments of one role, or of all roles of the organization concurrently, with all names.

    Examples:
        # List all assignments
        assignments
        # Show who has a role in one workspace
        assignments --role "Workspace Admin" --where workspace=ml-prod
        # Save them as an Excel file and as Parquet
        assignments --save assignments.xlsx --save assignments.parquet
    """
    session = ctx.session
    side = _side({"users": user, "teams": team, "service-accounts": service_account})
    organization = query.organization(session, org)
    of_org = {"organization_id": organization.id}
    raw = bool(options.raw and side is None)
    # A filter that refers to an object by name must be resolved before the first request.
    is_filtered = any(
        condition.refers_to and options.filters.get(condition.name) is not None for condition in ASSIGNMENTS.filters
    )
    early = [] if role or is_filtered else _cached_role_ids(session, organization.id)
    with ctx.ui.progress("assignments") as advance:
        find: list[Callable[[], Any]] = [
            partial(reading.named_filters, ctx, ASSIGNMENTS, options, of_org),
            partial(_holder, session, of_org, side),
            partial(_workspaces, session, of_org, options),
            partial(_roles, session, organization.id, role),
        ]
        params = {} if is_filtered else find[0]()
        (filters, holder, names, (role_ids, facts)), found = _at_once(
            session, find, [partial(_of_role, session, params, raw, text) for text in early]
        )
        read = {text: rows for text, rows in zip(early, found, strict=True) if not isinstance(rows, Exception)}
        late = [key for key in role_ids if key not in read]
        calls = [partial(_of_role, session, filters, raw, role_id) for role_id in late]
        read.update(zip(late, session.client.fan_out(calls, progress=advance), strict=True))
    rows = [row for role_id in role_ids for row in read[role_id]]
    rows = [row for row in rows if holder is None or _is_of(row, holder)]
    if not options.raw:
        rows = [_with_names(row, names) for row in rows]
        if ctx.ui.shows_tables and (options.columns is None or _PROJECT in options.columns.split(",")):
            _read_project_names(session, rows)
    sent = query.Query(ASSIGNMENTS, params=filters).sent
    facts = {**facts, "organization": organization.name, "view": _VIEW}
    frame = reading.frame_of_records(ctx, ASSIGNMENTS, rows, options, route=ASSIGNMENTS.path, filters=sent, **facts)
    # Shown by name: `holder` compares ids.
    selected = [] if side is None or holder is None else [(option_word(side[0]), holder.value)]
    selected += [("role", role_ids[0])] if role else []
    frames.mark(frame, [str(Condition(name, "=", session.names.name_of(str(key)) or key)) for name, key in selected])
    return frame


assignments = noun(ASSIGNMENTS, read=_read)


def _cached_role_ids(session: Session, organization_id: str) -> list[str]:
    """Return the IDs of the roles when they were last listed."""
    cached = session.names.value("roles", organization_id)
    return cached if isinstance(cached, list) else []


def _roles(session: Session, organization_id: str, role: str | None) -> tuple[list[str], dict[str, Any]]:
    """Return the ID of the role that was named, or of all roles, and the facts about the read."""
    of_org = {"organization_id": organization_id}
    if role:
        return [query.find(session, "roles", role, of_org, remembered=True).id], {}
    # A role that was created or deleted since then changes the assignments too.
    records, facts = query.read_records(session, ROLES, of_org)
    role_ids = [query.id_of(ROLES, record) for record in records]
    session.names.keep("roles", organization_id, role_ids)
    return role_ids, facts


def _of_role(session: Session, filters: Mapping[str, Any], raw: bool, role_id: str) -> list[dict[str, Any]]:
    return query.read_records(session, ASSIGNMENTS, {"role_id": role_id}, filters, raw=raw)[0]


def _workspaces(session: Session, of_org: Mapping[str, str], options: ListOptions) -> Mapping[str, str]:
    return {} if options.raw else query.names_by_id(session, WORKSPACES, params=of_org)


def _at_once(
    session: Session, find: Sequence[Callable[[], Any]], early: Sequence[Callable[[], Any]]
) -> tuple[list[Any], list[Any]]:
    """Return the results of the first calls, and the results or errors of the others: a role can be deleted since."""
    results = session.client.fan_out([*find, *early], errors="return")
    for result in results[: len(find)]:
        if isinstance(result, Exception):
            raise result
    return results[: len(find)], results[len(find) :]


def _side(arguments: Mapping[str, str | None]) -> tuple[str, str] | None:
    """Return the noun and the name of the principal; None if none was named.

    Raises:
        UsageError: several principals were named; an assignment has only one.
    """
    names = {noun: text for noun, text in arguments.items() if text}
    if len(names) > 1:
        first, second, *_ = (f"--{option_word(noun)}" for noun in names)
        raise UsageError(
            f"{first} cannot be combined with {second}", hint="An assignment has one principal. Omit one of the two."
        )
    return next(iter(names.items()), None)


def _holder(session: Session, of_org: Mapping[str, str], side: tuple[str, str] | None) -> Condition | None:
    """Return the condition for the principal."""
    if side is None:
        return None
    noun, text = side
    found = query.find(session, noun, text, {} if noun == "users" else of_org, remembered=True)
    return Condition("team_id" if noun == "teams" else "user_id", "=", found.id)


def _is_of(row: Mapping[str, Any], holder: Condition) -> bool:
    side = row.get(holder.column.removesuffix("_id"))
    return isinstance(side, Mapping) and side.get("id") == holder.value


def _read_project_names(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Read the names of the projects in these rows, which tables show in place of the ids."""
    pairs = {(row[_PROJECT], row["workspace_id"]) for row in rows if row.get(_PROJECT)}
    if pairs:
        records = query.records(session, WORKSPACES)
        targets = {record.get("id"): workspaces.targets.target_of(session, record) for record in records}
        workspaces.read_project_names(session, [(key, targets[place]) for key, place in pairs if place in targets])


def _with_names(row: Mapping[str, Any], names: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the row with the names of its principal and workspace."""
    workspace_id = row.get("workspace_id")
    return {
        **row,
        "kind": principal_kind(row),
        # An assignment can remain after its workspace is deleted; then the ID is shown.
        "workspace": names.get(workspace_id, workspace_id),
    }


def _in_terminal(columns: Sequence[TableColumn], _: int | None) -> Sequence[TableColumn]:
    """Return the columns for a terminal, which may be too narrow for the kind: `team:Security` is not a person."""
    by_name = {column.name: column for column in columns}
    if not {"kind", "principal"} <= set(by_name):
        return columns
    kind, principal = by_name["kind"], by_name["principal"]
    cells = [
        replace(cell, text=f"{mark}{cell.text}", short="") if (mark := _MARKS.get(of.text, "")) else cell
        for of, cell in zip(kind.cells, principal.cells, strict=True)
    ]
    return [replace(principal, cells=cells) if column is principal else column for column in columns]


frames.register_view(_VIEW, frames.View(in_terminal=_in_terminal))
