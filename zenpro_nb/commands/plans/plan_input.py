"""Where the plans of `plan`, `apply` and `access --after` come from: a file, a cell, a frame, a saved plan."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from zenpro_nb import access as pure
from zenpro_nb import frames, inventory, limits, query
from zenpro_nb.commands.organization.other_organizations import memberships, names_by_account
from zenpro_nb.commands.plans.parameters import YAML
from zenpro_nb.errors import IncompleteError, UsageError
from zenpro_nb.files.paths import expanded
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.frame_parameter import frame_of
from zenpro_nb.framework.lists.inventory import facts_of, read_inventory
from zenpro_nb.syntax.counts import counted, named
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import DesiredRow, DesiredState, ExactScope, Inventory, Plan
    from zenpro_nb.inventory import ActionOnType


class Desired(Struct, frozen=True):
    """What should be so, as it was typed.

    Attributes:
        what: a file, or a frame; None where a cell says it.
        before: with a frame, what it was before it was edited.
        groups: an identity provider's export.
        invite, deactivate: what is to become of who has no account, and of who is inactive there.
        flags: what the guards are told, by their names in `GuardOptions`; what was not typed is left out.
    """

    what: str | BoundValue | None = None
    before: str | BoundValue | None = None
    groups: str | BoundValue | None = None
    invite: str | None = None
    deactivate: bool = False
    flags: Mapping[str, Any] = field(default_factory=dict)


def flags(
    max_removals: str | None, min_org_admins: int | None, allow_self: bool, allow: Sequence[str]
) -> dict[str, Any]:
    """Return what the guards are told on the line; what was not typed is left out."""
    given = {"max_removals": max_removals, "min_org_admins": min_org_admins, "allow": tuple(allow)}
    told = {name: value for name, value in given.items() if value not in (None, ())}
    return {**told, "allow_self": True} if allow_self else told


class Made(Struct, frozen=True):
    """A plan, what it was made from, and its name in the journal: the same however often it is applied."""

    plan: Plan
    inventory: Inventory
    id: str


def made(
    ctx: CommandContext,
    wanted: Desired,
    org: str | None,
    *,
    all_: bool = False,
    pairs: Collection[ActionOnType] = (),
) -> Made:
    """Return the plan of what is wanted, or one that was made before, as it stands now.

    Args:
        all_: with steps for what is so already.
        pairs: what is asked besides, see `read_inventory`.

    Raises:
        IncompleteError: nothing says what should be.
        UsageError: it makes no sense, or does not fit together; nothing was asked of the server.
        ZenProError: the organization could not be read.
    """
    if wanted.what is not None and ctx.body is not None:
        raise UsageError(
            f"The cell says what should be, and so does {wanted.what}", hint="Leave one of them out, or use a single %."
        )
    before = _made_before(wanted.what)
    if before is not None:
        return _as_it_stands(ctx, wanted, before, org, pairs)
    return _anew(ctx, wanted, org, all_, pairs)


def _as_it_stands(
    ctx: CommandContext, wanted: Desired, plan: Plan, org: str | None, pairs: Collection[ActionOnType]
) -> Made:
    """Return a plan that was made before, held against what is there now.

    It displays nothing that the file says about an id: see `grounded`.
    """
    key = _id(plan)
    if wanted.before is not None or wanted.groups is not None or wanted.flags or _of_groups(wanted):
        raise UsageError(
            f"{wanted.what} is a plan, which says already what is to be done and what its guards are told",
            hint="Leave the other options out, or plan anew.",
        )
    name = str(wanted.what)
    _require_server(ctx, plan, name)
    found = read_inventory(ctx, org or plan.organization_id, pairs=pairs)
    if plan.organization_id == found.organization_id:
        plan = pure.grounded(plan, found, _names(ctx, pure.strangers(plan, found)), name)
        _tell_options(ctx, plan, name)
    also = _elsewhere(ctx, found, needed=any(step.kind == "account" and step.does == "remove" for step in plan.steps))
    return Made(pure.recheck(plan, found, elsewhere=also), found, key)


def _require_server(ctx: CommandContext, plan: Plan, name: str) -> None:
    """Refuse a plan for another server, before that is asked for anything.

    Raises:
        UsageError: it is.
    """
    here = ctx.session.settings.url
    if plan.server.rstrip("/") != here.rstrip("/"):
        raise UsageError(
            f"{name} is for the server {plan.server or '(none)'}, and {here} is in use",
            hint=f"Choose that server (`use profile NAME`, or ZENML_PRO_API_URL={plan.server}), or plan again here.",
        )


def _names(ctx: CommandContext, ids: Iterable[str]) -> dict[str, str]:
    """Return the names of accounts that no list of the organization has.

    Raises:
        UnknownNameError: there is no such account.
    """
    keys = list(ids)
    found = query.find_all(ctx.session, "users", keys) if keys else []
    return {item.id: item.name for item in found}


def _tell_options(ctx: CommandContext, plan: Plan, name: str) -> None:
    """Show for which server a plan is, and what it allows its guards beyond what they allow by themselves.

    Raises:
        UsageError: it says who applies it.
    """
    options = pure.GuardOptions.of_facts(plan.options)
    if options.me_id:
        raise UsageError(f"{name} says who applies it: {options.me_id}", hint="Make the plan again with `plan`.")
    ctx.ui.say(f"{name} is for {plan.organization_name} at {plan.server}")
    if told := options.differing():
        ctx.ui.warn(f"{name} brings its own options for the guards: {', '.join(told)}")


def _anew(ctx: CommandContext, wanted: Desired, org: str | None, all_: bool, pairs: Collection[ActionOnType]) -> Made:
    state = _state(ctx, wanted)
    _check(wanted, state)
    tables = {name: frame_of(table) for name, table in _tables(wanted, state).items() if table is not None}
    found = read_inventory(ctx, org or (state.organization if state else None) or None, pairs=pairs)
    if state is not None and state.organization:
        _require_same(state, found)
    rows, exact = _rows(ctx, wanted, state, tables, found)
    found = inventory.with_projects(ctx.session, found, pure.unread_projects(found, rows, exact))
    options = state.options(**wanted.flags) if state else pure.GuardOptions(**wanted.flags)
    also = _elsewhere(ctx, found, needed=any(row.kind == "account" and not row.present for row in rows))
    plan = pure.make_plan(found, rows, options, exact=exact, elsewhere=also, all_=all_)
    return Made(plan, found, _id(plan))


def _elsewhere(ctx: CommandContext, found: Inventory, *, needed: bool) -> Mapping[str, Sequence[str]]:
    """Return the other organizations of accounts, by the accounts' ids; read only where accounts are deactivated."""
    if not needed:
        return {}
    return names_by_account(memberships(ctx, found.organization_id), found.organization_id)


def _state(ctx: CommandContext, wanted: Desired) -> DesiredState | None:
    """Return what a file or the cell says; None where a frame does."""
    if ctx.body is not None:
        return pure.desired_state(ctx.body, "the cell")
    if isinstance(wanted.what, str) and wanted.what.lower().endswith(YAML):
        return pure.desired_state(_text(wanted.what), wanted.what)
    if wanted.what is None:
        raise IncompleteError(
            "Nothing says what should be",
            hint="Name a file (`export access.yaml` writes one), or a frame, or write it below %%zenpro plan.",
        )
    return None


def _text(file: str) -> str:
    path = expanded(file, UsageError)
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        hint = f"`export {quoted(file)}` writes one of what there is."
        raise UsageError(f"There is no file {file!r}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror or error if isinstance(error, OSError) else "it is no text in UTF-8"
        raise UsageError(f"{file!r} cannot be read: {reason}") from None


def _made_before(what: str | BoundValue | None) -> Plan | None:
    """Return the plan that a frame or a file holds; None where it is no plan.

    Raises:
        UsageError: it is one, and was changed by hand.
    """
    if what is None or (isinstance(what, str) and what.lower().endswith(YAML)):
        return None
    if isinstance(what, str) and what.lower().endswith(".json"):
        text = _text(what)
        return pure.plan_of_text(text, what) if text.lstrip().startswith("{") else None
    frame = frame_of(what)
    return pure.plan_of(frame) if "plan" in frames.facts(frame) else None


def _require_same(state: DesiredState, found: Inventory) -> None:
    if state.organization not in (found.organization_name, found.organization_id):
        raise UsageError(
            f"{state.file} is for the organization {state.organization}, and not for {found.organization_name}",
            hint="Leave --org out, or change the file.",
        )


def _of_groups(wanted: Desired) -> bool:
    return wanted.invite is not None or wanted.deactivate


def _tables(wanted: Desired, state: DesiredState | None) -> dict[str, str | BoundValue | None]:
    """Return the frames that say what should be; they are read before anything is asked of the server."""
    if state is not None:
        return {"groups": wanted.groups}
    return {"edited": wanted.what, "before": wanted.before}


def _rows(
    ctx: CommandContext,
    wanted: Desired,
    state: DesiredState | None,
    tables: Mapping[str, pd.DataFrame],
    found: Inventory,
) -> tuple[Sequence[DesiredRow], Sequence[ExactScope]]:
    """Return what should be there or should not, and what is to hold nothing else."""
    if state is None:
        return pure.rows_of_frame(tables["edited"], tables.get("before")), ()
    if "groups" not in tables:
        return state.rows(), state.exact()
    told = pure.rows_of_groups(
        tables["groups"],
        state,
        found,
        file=str(wanted.groups),
        invite=wanted.invite,
        deactivate=wanted.deactivate,
    )
    if told.ignored:
        groups = named(told.ignored, limits.LISTED)
        ctx.ui.warn(f"{state.file} maps nothing to {counted(len(told.ignored), 'group')}: {groups}")
    return [*state.rows(), *told.rows], [*state.exact(), *told.exact]


def _check(wanted: Desired, state: DesiredState | None) -> None:
    """Refuse options that would silently do nothing.

    Raises:
        UsageError: there is one.
    """
    if state is not None and wanted.before is not None:
        raise UsageError("--from belongs to a frame, and what should be is written here", hint="Leave it out.")
    if state is None and wanted.groups is not None:
        raise UsageError(
            "A frame maps no groups", hint="Name the file that says what they stand for: `plan access.yaml --groups …`."
        )
    if wanted.groups is None and _of_groups(wanted):
        raise UsageError("--invite and --deactivate are about people of --groups", hint="Add --groups FILE.")


def shown(made: Made) -> pd.DataFrame:
    """Return a plan as the frame that people read, with the facts of the reading that it rests on."""
    # Registers the view; it needs pandas, which the help of a command does without.
    from zenpro_nb.access.plans import render  # noqa: F401

    frame = pure.frame_of(made.plan)
    frames.describe(frame, **facts_of(made.inventory), **pure.plan_facts(made.plan))
    return frame


def _id(plan: Plan) -> str:
    return hashlib.sha256(pure.plan_text(plan).encode()).hexdigest()[: limits.PLAN_ID]
