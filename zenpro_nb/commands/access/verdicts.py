"""The verdicts of `access --can`: whether principals have a permission, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb import access as pure
from zenpro_nb.access import Inventory
from zenpro_nb.access.model.columns import TEAM_MARK
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import CommandContext, describe
from zenpro_nb.resources.rights import TYPES
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd


def action_and_type(can: str) -> tuple[str, str]:
    """Return the action and the resource type of a permission.

    >>> action_and_type("delete:stack")
    ('delete', 'stack')
    """
    action, _, resource = can.partition(":")
    return action, resource


def with_answer(
    ctx: CommandContext,
    inventory: Inventory,
    rows: pd.DataFrame,
    selection: dict[str, str | None],
    org: str | None,
    filters: dict[str, str | None],
    *,
    is_current: bool,
) -> pd.DataFrame:
    """Return the verdicts, with the answer to the question in a sentence; about one principal also as a card."""
    action, resource = action_and_type(str(selection["can"]))
    workspaces = _workspace_ids(inventory, rows, selection, resource)
    question = pure.Question(action, resource, workspaces, selection["project"])
    verdicts = _verdicts(inventory, rows, selection, question)
    principal = selection["principal"]
    if principal is None or principal.startswith(TEAM_MARK):
        team = (principal or "").removeprefix(TEAM_MARK)
        summary = pure.verdict_summary(verdicts, question, pure.place_of(inventory, question), team)
        empty = pure.empty_teams_that_could(inventory, question)
        if principal is not None:
            empty = pure.select(empty, inventory, principal=principal)
        empty_text = pure.empty_teams_text(inventory, empty, "a role that allows it")
        summary = "; ".join(filter(None, [summary, empty_text]))
        return describe(ctx, verdicts, inventory, filters, view=pure.VERDICTS_VIEW, answer=summary, summary=summary)
    suffix = f"--org {quoted(org)}" if org else ""
    answer = pure.answer(inventory, rows, verdicts, question, principal, is_current=is_current)
    facts = pure.answer_facts(answer, ctx.ui.name, suffix)
    return describe(ctx, verdicts, inventory, filters, view=pure.ANSWER_CARD, **facts)


def _verdicts(
    inventory: Inventory, rows: pd.DataFrame, selection: dict[str, str | None], question: pure.Question
) -> pd.DataFrame:
    verdicts = pure.verdicts(inventory, rows, question)
    if selection["principal"] is None:
        return verdicts
    rows_of_principal = pure.select(rows, inventory, principal=selection["principal"])
    of_principal = verdicts[_key(verdicts).isin(_key(rows_of_principal))].reset_index(drop=True)
    of_principal.attrs = verdicts.attrs
    return of_principal


def _workspace_ids(
    inventory: Inventory, rows: pd.DataFrame, selection: dict[str, str | None], resource: str
) -> list[str] | None:
    """Return the workspaces to check; None for the organization itself."""
    if selection["workspace"] is not None:
        return pure.workspace_ids(inventory, selection["workspace"])
    if resource not in TYPES:
        return None
    if selection["project"] is not None:
        of_project = rows.loc[rows["project_id"] == selection["project"], "workspace_id"].drop_duplicates().tolist()
        if not of_project:
            raise UsageError(
                f"No one has a role in project {selection['project']}, so its workspace is unknown",
                hint="Add --workspace NAME.",
            )
        return of_project
    return pure.alive(inventory)


def _key(rows: pd.DataFrame) -> pd.Series:
    return rows["user_id"].where(rows["user_id"].notna(), rows["invitation_id"])
