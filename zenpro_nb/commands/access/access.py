"""access: who may do what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from zenpro_nb import access as pure
from zenpro_nb import frames
from zenpro_nb.access import ACCESS, VERDICTS, Inventory
from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.commands.plans import plan_input
from zenpro_nb.commands.plans.parameters import After
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.inventory import described, read_inventory
from zenpro_nb.framework.lists.noun import listing
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.access import Can, Matrix, Project, Role, Who, Workspace
from zenpro_nb.framework.parameters.aliases import At, Org
from zenpro_nb.resources import Resource
from zenpro_nb.resources.rights import OF_PROJECTS, TYPES
from zenpro_nb.syntax.placeholders import BoundValue

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.inventory import ActionOnType

_OWN = [column for column in VERDICTS.columns if column.name not in {column.name for column in ACCESS.columns}]
_EVERY = replace(ACCESS, columns=(*ACCESS.columns, *_OWN))
_COLUMNS = ", ".join(column.name for column in ACCESS.columns)
_OF_VERDICTS = ", ".join(column.name for column in VERDICTS.columns)


def _shown(ctx: CommandContext, can: str | None, **_: Any) -> Resource:
    return ACCESS if can is None else VERDICTS


@listing(
    _EVERY,
    name="access",
    leave_out=("raw",),
    columns_for=_shown,
    epilog=f"Columns: {_COLUMNS}. With --can: {_OF_VERDICTS}.",
)
def access(
    ctx: CommandContext,
    options: ListOptions,
    principal: Who = None,
    workspace: Workspace = None,
    project: Project = None,
    role: Role = None,
    can: Can = None,
    matrix: Matrix = False,
    after: After = None,
    at: At = None,
    org: Org = None,
) -> pd.DataFrame:
    """Compute effective access, verdicts or the matrix from the inventory of an organization.

    Examples:
        access
        access linus@example.com
        access --can delete:stack --workspace ml-prod
        access --matrix
        access --workspace ml-prod --where kind=user --sort principal
        access team:Platform
        access --role 'Organization Admin'
        export access.yaml
        access --matrix --after access.yaml
    """
    wanted = {"principal": principal, "workspace": workspace, "project": project, "role": role, "can": can}
    _refuse(wanted, options, matrix=matrix)
    pairs = [_pair(can)] if can is not None else []
    found = read_inventory(ctx, org, at, pairs) if after is None else _led_to(ctx, after, org, at, pairs)
    rows = pure.effective_access(found)
    if can is not None:
        return described(ctx, _verdicts(found, rows, wanted), found, {**wanted, "at": at})
    wanted.pop("can")
    rows = pure.select(rows, found, **wanted)
    chosen = {**wanted, "at": at}
    if matrix:
        rows = options.where.rows(rows)
        facts = {name: frames.facts(rows)[name] for name in ("where", "complete") if options.where}
        return described(ctx, pure.matrix(rows), found, chosen, view=pure.HEAT_MAP, **pure.about(rows), **facts)
    if principal is None or principal.startswith(TEAM_MARK):
        return described(ctx, rows, found, chosen)
    return described(ctx, rows, found, chosen, view=pure.TREE, **pure.about(rows, _full_name(found, rows)))


def _led_to(
    ctx: CommandContext, after: BoundValue | str, org: str | None, at: str | None, pairs: list[ActionOnType]
) -> Inventory:
    """Return the inventory that a plan leads to."""
    if at is not None:
        raise UsageError("--at asks what was, and --after what would be", hint="Leave one of them out.")
    made = plan_input.made(ctx, plan_input.Desired(after), org, pairs=pairs)
    return pure.after(made.inventory, made.plan)


def _full_name(found: Inventory, rows: pd.DataFrame) -> str:
    users = found.users.frame
    names = users.loc[users["id"].isin(rows["user_id"]), "name"].dropna().unique()
    return str(names[0]) if len(names) == 1 else ""


def _pair(can: str) -> tuple[str, str]:
    action, _, resource = can.partition(":")
    return action, resource


def _refuse(wanted: dict[str, str | None], options: ListOptions, *, matrix: bool) -> None:
    """Refuse what would silently do nothing."""
    can, project = wanted["can"], wanted["project"]
    if can is not None and matrix:
        raise UsageError("--can and --matrix are two questions", hint="Ask them one after the other.")
    if can is not None and wanted["role"] is not None:
        raise UsageError("--can asks all roles, and --role only one", hint="Leave one of them out.")
    if can is not None and project is not None and _pair(can)[1] not in OF_PROJECTS:
        raise UsageError(f"{_pair(can)[1]} is no type inside projects", hint="Leave --project out.")
    if matrix and options.sort:
        raise UsageError("A matrix is ordered by principal", hint="Leave --sort out, or order the frame in pandas.")


def _verdicts(found: Inventory, rows: pd.DataFrame, wanted: dict[str, str | None]) -> pd.DataFrame:
    action, resource = _pair(str(wanted["can"]))
    question = pure.Question(action, resource, _places(found, rows, wanted, resource), wanted["project"])
    answers = pure.verdicts(found, rows, question)
    if wanted["principal"] is None:
        return answers
    mine = pure.select(rows, found, principal=wanted["principal"])
    kept = answers[_key(answers).isin(_key(mine))].reset_index(drop=True)
    kept.attrs = answers.attrs
    return kept


def _places(found: Inventory, rows: pd.DataFrame, wanted: dict[str, str | None], resource: str) -> list[str] | None:
    """Return the workspaces that are asked about; None for the organization itself."""
    if wanted["workspace"] is not None:
        return pure.workspace_ids(found, wanted["workspace"])
    if resource not in TYPES:
        return None
    if wanted["project"] is not None:
        there = rows.loc[rows["project_id"] == wanted["project"], "workspace_id"].drop_duplicates().tolist()
        if not there:
            raise UsageError("Nobody has a role in that project", hint="Say where it is: --workspace NAME.")
        return there
    return pure.alive(found)


def _key(rows: pd.DataFrame) -> pd.Series:
    return rows["user_id"].where(rows["user_id"].notna(), rows["invitation_id"])
