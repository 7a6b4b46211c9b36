"""The input of `plan`, `apply` and `access --after`: a file, a cell, a DataFrame, or a saved plan."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from zenpro_nb import access as pure
from zenpro_nb import frames, inventory, limits, query, usage
from zenpro_nb.commands.people.other_organizations import memberships, names_by_account, organizations
from zenpro_nb.commands.plans import returning
from zenpro_nb.commands.plans.desired_file import require_same_organization, text_of
from zenpro_nb.commands.plans.desired_input import (
    PlanSource,
    desired_rows,
    read_state,
    read_tables,
    refuse_unused_options,
)
from zenpro_nb.commands.plans.kept import Kept
from zenpro_nb.commands.plans.parameters import YAML, PlanOptions
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    facts_of,
    frame_of,
    read_activity,
    read_inventory,
    require_window,
)
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.usage.permissions import USAGE_PAIRS, without_expected_gaps

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import DesiredState, Inventory, Plan
    from zenpro_nb.inventory import ActionOnType


class PlanResult(Struct, frozen=True):
    """A plan, the inventory it is based on, and its ID in the journal, which is the same each time it is applied."""

    plan: Plan
    inventory: Inventory
    id: str
    entries: int = 0  # of the desired state
    additive: tuple[str, ...] = ()  # the sections of the desired state that remove nothing
    kept: Kept = Kept()  # what exists, but is not in the file, and is not removed

    @property
    def losses(self) -> str:
        """Return how many accounts lose Organization Admin, and how many leave; "" if there are none."""
        return pure.losses(self.plan.changes, pure.State.of(self.inventory))

    @property
    def uncompared(self) -> list[str]:
        """Return one sentence per list that could not be compared."""
        return pure.uncompared(self.inventory)

    @property
    def answer(self) -> str:
        """Return the answer if there is nothing to do; "" otherwise."""
        if any(step.action != "noop" for step in self.plan.steps):
            return ""
        total = max(self.entries, len(self.plan.steps))
        if not total:
            return "nothing to do: the desired state is empty"
        limited = ", as far as the lists could be compared" if self.uncompared else ""
        done = f"{'the only step is' if total == 1 else f'all {total:,} steps are'} already done"
        if self.entries:
            done = f"{self.inventory.organization_name} already matches the desired state"
        answer = f"nothing to do{limited}: {done}"
        if self.additive:
            are = "is" if len(self.additive) == 1 else "are"
            answer += f"; {', '.join(self.additive)} {are} additive, so nothing is removed that the file does not list"
        return answer


def plan_result(
    ctx: CommandContext,
    source: PlanSource,
    org: str | None,
    *,
    all_: bool = False,
    pairs: Collection[ActionOnType] = (),
) -> PlanResult:
    """Return a new plan for the desired state, or a saved plan, checked against the current state.

    Args:
        all_: whether to include steps for entries that already match.
        pairs: permissions to read in addition, see `read_inventory`.

    Raises:
        IncompleteError: no desired state was given.
        UsageError: the input is invalid or contradictory; no request was sent.
        ZenProError: the organization could not be read.
    """
    if source.what is not None and ctx.body is not None:
        raise UsageError(
            f"Both the cell and {source.what} describe the desired state",
            hint="Use only one: remove the cell body, or the argument.",
        )
    saved_plan = _saved_plan(source.what)
    if saved_plan is not None:
        return _recheck(ctx, source, saved_plan, org, pairs)
    require_window(source.options.check_usage, source.options.max_affected)
    if source.options.check_usage is not None:
        pairs = [*pairs, *USAGE_PAIRS]
    result = _new_plan(ctx, source, org, all_, pairs)
    return _with_usage(ctx, result)


def _with_usage(ctx: CommandContext, result: PlanResult) -> PlanResult:
    """Return the plan with marks at the removals that affect people who started runs, if its options ask for them."""
    window = pure.GuardOptions.of_facts(result.plan.options).check_usage
    if not window:
        return result
    current = without_expected_gaps(result.inventory)
    plan = usage.with_marks(result.plan, current, read_activity(ctx, current, window, "marks"))
    return replace(result, plan=plan, inventory=current)


def _recheck(
    ctx: CommandContext, source: PlanSource, plan: Plan, org: str | None, pairs: Collection[ActionOnType]
) -> PlanResult:
    """Return a saved plan, checked against the current state.

    Nothing that the file states about an ID is displayed: see `grounded`.
    """
    key = _id(plan)
    own = source.options
    if replace(own, check_usage=None, max_affected=None) != PlanOptions():
        raise UsageError(
            f"{source.what} is a saved plan and cannot be combined with other options",
            hint="Omit the other options, or create a new plan with `plan`.",
        )
    name = str(source.what)
    _require_server(ctx, plan, name)
    options = replace(pure.GuardOptions.of_facts(plan.options), **_usage_options(own))
    require_window(options.check_usage or None, options.max_affected)
    plan = replace(plan, options=options.as_facts(), steps=tuple(step.without_usage() for step in plan.steps))
    if options.check_usage:
        pairs = [*pairs, *USAGE_PAIRS]
    current = read_inventory(ctx, org or plan.organization_id, pairs=pairs)
    if plan.organization_id == current.organization_id:
        plan = pure.ground(plan, current, _names(ctx, pure.strangers(plan, current)), name)
        _report_options(ctx, plan, name)
    deactivates = any(step.kind == "account" and step.does == "remove" for step in plan.steps)
    elsewhere = _other_organizations(ctx, current, required=deactivates)
    checked = pure.recheck(plan, current, elsewhere=elsewhere)
    return _with_usage(ctx, PlanResult(checked, current, key))


def _usage_options(options: PlanOptions) -> dict[str, Any]:
    """Return the options about usage that were typed: the others of a saved plan are in the plan."""
    return {name: value for name, value in options.of_guards.items() if name in ("check_usage", "max_affected")}


def _require_server(ctx: CommandContext, plan: Plan, name: str) -> None:
    """Refuse a plan for another server before any request is sent.

    Raises:
        UsageError: the plan is for another server.
    """
    here = ctx.session.settings.url
    if plan.server.rstrip("/") != here.rstrip("/"):
        raise UsageError(
            f"{name} was created for the server {plan.server or '(none)'}, but {here} is in use",
            hint=f"Switch to that server (`use PROFILE`, or set ZENML_PRO_API_URL={plan.server}), or run `plan` here.",
        )


def _names(ctx: CommandContext, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of accounts that are in no list of the organization.

    Raises:
        UnknownNameError: no such account exists.
    """
    keys = list(ids)
    accounts = query.find_all(ctx.session, "users", keys) if keys else []
    return {account.id: account.name for account in accounts}


def _report_options(ctx: CommandContext, plan: Plan, name: str) -> None:
    """Show the server of a plan, and which of its options override the defaults of the guards.

    Raises:
        UsageError: the plan names the account that applies it.
    """
    options = pure.GuardOptions.of_facts(plan.options)
    if options.me_id:
        raise UsageError(
            f"{name} is invalid: it contains the ID of the account that is applying the plan, {options.me_id}",
            hint="Create the plan again with `plan`.",
        )
    ctx.ui.say(f"{name} is for {plan.organization_name} at {plan.server}")
    if overrides := options.differing():
        ctx.ui.warn(f"{name} overrides the defaults of the guards: {', '.join(overrides)}")


def _new_plan(
    ctx: CommandContext, source: PlanSource, org: str | None, all_: bool, pairs: Collection[ActionOnType]
) -> PlanResult:
    state = read_state(ctx, source)
    refuse_unused_options(source, state)
    tables = read_tables(source, state)
    current = read_inventory(ctx, org or (state.organization if state else None) or None, pairs=pairs)
    if state is not None and state.organization:
        require_same_organization(state, current)
    try:
        return _plan_from(ctx, source, state, tables, current, all_=all_)
    except UnknownNameError as error:
        if not (error.principal_id or error.names):
            raise
        text = ctx.body or (text_of(state.file) if state is not None else "")
        raise returning.explained(ctx, error, current, text) from None


def _plan_from(
    ctx: CommandContext,
    source: PlanSource,
    state: DesiredState | None,
    tables: Mapping[str, pd.DataFrame],
    current: Inventory,
    *,
    all_: bool,
) -> PlanResult:
    """Return a new plan for a desired state and the inventory."""
    if state is not None:
        pure.require_protected(state, current)
    rows, exact = desired_rows(ctx, source, state, tables, current)
    rows, vanished = pure.without_vanished(rows, current)
    for line in vanished:
        ctx.ui.warn(line)
    current = inventory.with_projects(ctx.session, current, pure.unread_projects(current, rows, exact))
    guard_options = source.options.of_guards
    options = state.options(**guard_options) if state else pure.GuardOptions(**guard_options)
    deactivates = any(row.kind == "account" and not row.present for row in rows)
    elsewhere = _other_organizations(ctx, current, required=deactivates)
    plan = pure.make_plan(current, rows, options, exact=exact, elsewhere=elsewhere, all_=all_)
    if state is None:
        return PlanResult(plan, current, _id(plan), len(rows))
    additive = state.additive_scopes()
    unlisted = pure.unlisted(current, rows, additive, plan.steps) if additive else pure.Unlisted()
    kept = Kept.of(unlisted, current, state.file)
    return PlanResult(plan, current, _id(plan), len(rows), state.additive, kept)


def _other_organizations(ctx: CommandContext, current: Inventory, *, required: bool) -> Mapping[str, Sequence[str]]:
    """Return the other organizations of accounts by account ID; read only if accounts are deactivated."""
    if not required:
        return {}
    here = current.organization_id
    return names_by_account(memberships(ctx, organizations(ctx), here), here)


def _saved_plan(what: str | BoundValue | None) -> Plan | None:
    """Return the plan in a frame or a file; None if it does not contain a plan.

    Raises:
        UsageError: the plan was edited by hand.
    """
    if what is None or (isinstance(what, str) and what.lower().endswith(YAML)):
        return None
    if isinstance(what, str) and what.lower().endswith(".json"):
        text = text_of(what)
        return pure.plan_of_text(text, what) if text.lstrip().startswith("{") else None
    frame = frame_of(what)
    return pure.plan_of(frame) if "plan" in frames.facts(frame) else None


def frame_of_steps(plan: Plan) -> pd.DataFrame:
    """Return the steps of a plan as the frame that people read."""
    # Registers the view. It needs pandas, which the help of a command does not load.
    from zenpro_nb.access.plans.formats import render  # noqa: F401

    return pure.frame_of(plan)


def frame_of_plan(ctx: CommandContext, result: PlanResult) -> pd.DataFrame:
    """Return a plan as the frame that people read, with the facts about the inventory it is based on."""
    frame = frame_of_steps(result.plan)
    losses: dict[str, Any] = {"losses": ctx.ui.command_names.text(result.losses)} if result.losses else {}
    frames.describe(frame, **facts_of(result.inventory), **pure.plan_facts(result.plan), **losses)
    return frames.with_answer(frame, result.answer) if result.answer else frame


def _id(plan: Plan) -> str:
    return hashlib.sha256(pure.plan_text(plan).encode()).hexdigest()[: limits.PLAN_ID]
