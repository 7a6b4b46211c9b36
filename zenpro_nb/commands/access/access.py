"""access: show who can do what, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

from msgspec.structs import replace

from zenpro_nb import access as pure
from zenpro_nb import frames, limits, usage
from zenpro_nb.access import ACCESS, VERDICTS, Inventory
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN, TEAM_MARK
from zenpro_nb.access.model.role_usage import UNKNOWN, UNUSED, USED
from zenpro_nb.commands.access import verdicts
from zenpro_nb.commands.access.combinations import check_options, check_usage
from zenpro_nb.commands.access.path_answers import empty_teams, no_access
from zenpro_nb.commands.plans import plan_input
from zenpro_nb.commands.plans.desired_input import PlanSource
from zenpro_nb.commands.plans.parameters import After
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    Admins,
    At,
    Can,
    CommandContext,
    ListOptions,
    Matrix,
    Opt,
    Org,
    Project,
    Role,
    Who,
    WindowType,
    Workspace,
    describe,
    describe_window,
    gaps_of,
    listing,
    read_activity,
    read_inventory,
    with_account,
)
from zenpro_nb.resources import Resource
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.unparse import quoted
from zenpro_nb.usage.columns import READERS_LOOK_IDLE, RUN_COLUMNS, UNUSED_PATHS
from zenpro_nb.usage.permissions import USAGE_PAIRS, without_expected_gaps

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory import ActionOnType

_OWN = [column for column in VERDICTS.columns if column.name not in {column.name for column in ACCESS.columns}]
_EVERY = replace(ACCESS, columns=(*ACCESS.columns, pure.ALSO_IN, *_OWN, *RUN_COLUMNS))
_COLUMNS = ", ".join(column.name for column in ACCESS.columns)
_OF_VERDICTS = ", ".join(column.name for column in VERDICTS.columns)
_OF_USAGE = "verdict, reason, " + ", ".join(column.name for column in RUN_COLUMNS)

Unused = Annotated[
    str | None,
    Opt(
        type=WindowType(),
        metavar="WINDOW",
        help="Show whether roles that allow starting runs were used to start any in this window, such as 90d. Unused "
        "roles come first.",
    ),
]


def _resource_for(
    ctx: CommandContext,
    can: str | None,
    unused: str | None,
    principal: str | None,
    role: str | None,
    admins: bool,
    matrix: bool,
    **_: Any,
) -> Resource:
    if unused is not None:
        return UNUSED_PATHS
    if can is not None:
        return VERDICTS
    if principal is not None or matrix:
        return ACCESS
    return pure.ADMINS if admins else pure.PATHS_OF_ROLE if role is not None else ACCESS


@listing(
    _EVERY,
    name="access",
    leave_out=("raw",),
    columns_for=_resource_for,
    epilog=f"Columns: {_COLUMNS}. With --role or --admins, also: also_in. With --can: {_OF_VERDICTS}. With --unused, "
    f"also: {_OF_USAGE}.",
)
def access(
    ctx: CommandContext,
    options: ListOptions,
    principal: Who = None,
    workspace: Workspace = None,
    project: Project = None,
    role: Role = None,
    admins: Admins = False,
    can: Can = None,
    matrix: Matrix = False,
    unused: Unused = None,
    after: After = None,
    at: At = None,
    org: Org = None,
) -> pd.DataFrame:
    """Compute effective access, verdicts, or the matrix from the inventory of an organization.

    Examples:
        # List every access path in the organization
        access
        # Show what Linus can access, and why
        access linus@example.com
        # Show who can delete stacks in ml-prod
        access --can delete:stack --workspace ml-prod
        # Show one row per principal and one column per scope
        access --matrix
        # List the people with access to ml-prod
        access --workspace ml-prod --where kind=user --sort principal
        # Show the roles of a team
        access team:Platform
        # Show who has a role, and why
        access --role 'Workspace Developer'
        # Show all admins, and why they are admins
        access --admins
        # List the roles that allow starting runs but were not used to start any
        access --unused 90d --where verdict=unused
        # Write the current teams and roles to a file, to be edited
        export access.yaml --exact
        # Show the access that would remain after `apply access.yaml`
        access --matrix --after access.yaml
    """
    selection: dict[str, Any] = {"principal": principal, "workspace": workspace, "project": project}
    selection |= {"role": role, "admins": admins or None, "can": can}
    check_options(selection, options, matrix=matrix)
    if unused is not None:
        check_usage(can=can, matrix=matrix, after=after, at=at)
        return _usage(ctx, selection, unused, org)
    pairs = [verdicts.action_and_type(can)] if can is not None else []
    inventory = read_inventory(ctx, org, at, pairs) if after is None else _after_plan(ctx, after, org, at, pairs)
    if at is None:
        inventory = with_account(ctx, inventory, principal)
    rows = pure.effective_access(inventory)
    if can is not None:
        filters = {**selection, "at": at}
        return verdicts.with_answer(
            ctx, inventory, rows, selection, org, filters, is_current=at is None and after is None
        )
    selection.pop("can")
    rows = pure.select(rows, inventory, **selection)
    filters = {**selection, "at": at}
    if matrix:
        rows = options.where.rows(rows)
        facts = {name: frames.facts(rows)[name] for name in ("where", "complete") if options.where.conditions}
        if not len(rows):
            facts[frames.ANSWER] = no_access(inventory, selection)
        return describe(ctx, pure.matrix(rows), inventory, filters, view=pure.HEAT_MAP, **pure.about(rows), **facts)
    return _paths(ctx, inventory, rows, selection, filters, options)


def _paths(
    ctx: CommandContext,
    inventory: Inventory,
    rows: pd.DataFrame,
    selection: dict[str, Any],
    filters: dict[str, Any],
    options: ListOptions,
) -> pd.DataFrame:
    """Return the selected access paths, with the view for what was selected: a role, a team, or a user."""
    principal, role, admins = selection["principal"], selection["role"], selection["admins"]
    of_empty_teams, also = empty_teams(inventory, selection)
    if principal is not None and not len(rows) and len(of_empty_teams):
        reach = "no one has these roles: the team has no members"
        return describe(ctx, of_empty_teams, inventory, filters, view=pure.TEAM, summary=reach)
    if not len(rows):
        return describe(ctx, rows, inventory, filters, answer=no_access(inventory, selection))
    summary = {"summary": also} if also and any(selection.values()) else {}
    if principal is None and (role is not None or admins):
        of_paths = options.where.without(
            condition for condition in options.where.conditions if condition.column == pure.ALSO_IN.name
        )
        matching = of_paths.rows(rows)
        facts = {name: frames.facts(matching)[name] for name in ("where", "complete") if of_paths.conditions}
        if admins:
            counts = "; ".join(filter(None, [pure.admin_summary(matching), also]))
            ranked = pure.by_reach(rows, matching)
            filters = {**filters, "admins": None}  # the counts name the admin roles
            return describe(ctx, ranked, inventory, filters, view=pure.ADMINS_VIEW, summary=counts, **facts)
        if (role or "").casefold() == ORGANIZATION_ADMIN.casefold() and (superusers := _superusers(inventory)):
            names = name_list(superusers, limits.NAMES_IN_MESSAGE)
            ctx.ui.say(f"note: superusers can do everything without this role: {names}")
        return describe(ctx, pure.by_holder(rows, matching), inventory, filters, view=pure.HOLDERS, **facts, **summary)
    if principal is None:
        _note_role(ctx, options)
        return describe(ctx, rows, inventory, filters, view=pure.PATHS, **summary)
    if principal.startswith(TEAM_MARK):
        return describe(ctx, rows, inventory, filters, view=pure.TEAM, summary=_reach(ctx, rows))
    about = pure.about(rows, _full_name(inventory, rows))
    return describe(ctx, rows, inventory, filters, view=pure.TREE, **about, **_teams(inventory, rows))


def _note_role(ctx: CommandContext, options: ListOptions) -> None:
    """Say how to list the people with a role, instead of all their paths."""
    for condition in options.where.conditions:
        if condition.column == "role" and condition.operator == "=" and condition.value:
            role = quoted(condition.value)
            ctx.ui.say(
                f"note: these are paths, often several per person; `access --role {role}` lists each person once"
            )


def _usage(ctx: CommandContext, selection: dict[str, Any], window: str, org: str | None) -> pd.DataFrame:
    """Return the selected paths with the verdict whether they were used in the window."""
    inventory = without_expected_gaps(read_inventory(ctx, org, pairs=USAGE_PAIRS))
    inventory = with_account(ctx, inventory, selection["principal"])
    activity = read_activity(ctx, inventory, window, "verdicts")
    selection = {name: value for name, value in selection.items() if name != "can"}
    paths = pure.select(pure.effective_access(inventory), inventory, **selection)
    rows = usage.usage_of_paths(inventory, paths, activity)
    numbers = Counter(rows["verdict"])
    counts = ", ".join(f"{numbers[verdict]:,} {verdict}" for verdict in (UNUSED, USED, UNKNOWN))
    if len(rows):
        ctx.ui.say(f"note: {READERS_LOOK_IDLE}")
    facts = {"summary": f"{counts} from {describe_window(activity)}", **gaps_of(inventory, activity)}
    if not len(rows):
        facts[frames.ANSWER] = no_access(inventory, selection)
    return describe(ctx, rows, inventory, {**selection, "unused": window}, **facts)


def _superusers(inventory: Inventory) -> list[str]:
    users = inventory.users.frame
    if "is_superuser" not in users:
        return []
    found = users[users["is_superuser"].eq(True).fillna(False)]
    return sorted(found["email"].fillna(found["name"]).fillna(found["id"]))


def _reach(ctx: CommandContext, rows: pd.DataFrame) -> str:
    """Return how many principals have the roles of a team; the display shows one row per role."""
    paths = ", with each path in the DataFrame" if ctx.ui.has_variables else "; `--format csv` prints each path"
    return f"{counted(rows['principal'].nunique(), 'principal')} through the team{paths}"


def _after_plan(
    ctx: CommandContext, after: BoundValue | str, org: str | None, at: str | None, pairs: list[ActionOnType]
) -> Inventory:
    """Return the inventory as it would be after a plan is applied."""
    if at is not None:
        raise UsageError(
            "--at cannot be combined with --after", hint="--at shows a past state, --after a planned one. Omit one."
        )
    result = plan_input.plan_result(ctx, PlanSource(after), org, pairs=pairs)
    return pure.after(result.inventory, result.plan)


def _teams(inventory: Inventory, rows: pd.DataFrame) -> dict[str, str]:
    """Return the summary with the teams of a principal, which can be without roles; nothing if there are none."""
    members = inventory.team_members.frame
    ids = [name for name in ("user_id", "invitation_id") if name in rows.columns]
    own = [members.loc[members[name].isin(rows[name].dropna()), "team"].dropna() for name in ids]
    names = sorted({str(team) for teams in own for team in teams})
    return {"summary": f"teams: {name_list(names, limits.NAMES_IN_MESSAGE)}"} if names else {}


def _full_name(inventory: Inventory, rows: pd.DataFrame) -> str:
    users = inventory.users.frame
    names = users.loc[users["id"].isin(rows["user_id"]), "name"].dropna().unique()
    return str(names[0]) if len(names) == 1 else ""
