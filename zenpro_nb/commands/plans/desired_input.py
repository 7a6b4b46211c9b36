"""Read the desired state that a command names: a file, the cell, or a frame, and the groups that the file maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import access as pure
from zenpro_nb import limits, query
from zenpro_nb.commands.plans.desired_file import text_of
from zenpro_nb.commands.plans.parameters import YAML, PlanOptions
from zenpro_nb.errors import IncompleteError, UsageError
from zenpro_nb.framework.declare import CommandContext, frame_of
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.placeholders import BoundValue
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import DesiredRow, DesiredState, ExactScope, Inventory


class PlanSource(Struct, frozen=True):
    """The desired state, as typed.

    Attributes:
        what: a file or a frame; None if a cell contains the desired state.
        options: what else describes it, and the guards.
    """

    what: str | BoundValue | None = None
    options: PlanOptions = PlanOptions()


def read_state(ctx: CommandContext, source: PlanSource) -> DesiredState | None:
    """Return the desired state of a file or the cell; None if a frame contains it."""
    if ctx.body is not None:
        return pure.desired_state(ctx.body, "the cell")
    if isinstance(source.what, str) and source.what.lower().endswith(YAML):
        return pure.desired_state(text_of(source.what), source.what)
    if source.what is None and source.options.groups is not None:
        raise _without_mapping(source.options, source.options.groups)
    if source.what is None:
        raise IncompleteError(
            "FILE or $frame is required: no desired state was given",
            hint="Name a file (see `export access.yaml --exact`) or a DataFrame, or write YAML below `%%zenpro plan`.",
        )
    return None


def _without_mapping(options: PlanOptions, groups: str | BoundValue) -> IncompleteError:
    """Return the error for groups without a file that maps them, with the lines of such a file."""
    file = groups.source if isinstance(groups, BoundValue) else quoted(str(groups))
    invite = f" --invite {quoted(options.invite)}" if options.invite else ""
    deactivate = " --deactivate" if options.deactivate else ""
    return IncompleteError(
        "FILE is required with --groups: a YAML file that maps the groups to teams or roles",
        hint="Save lines like those below as access.yaml, and run "
        f"`plan access.yaml --groups {file}{invite}{deactivate}`. To map a group to a role, write `{{role: ROLE}}`.",
    ).at(*pure.mapping_file(frame_of(groups), str(groups)))


def read_tables(source: PlanSource, state: DesiredState | None) -> dict[str, pd.DataFrame]:
    """Return the frames of the desired state; they are read before any request is sent."""
    if state is not None:
        inputs = {"groups": source.options.groups}
    else:
        inputs = {"edited": source.what, "before": source.options.from_}
    return {name: frame_of(value) for name, value in inputs.items() if value is not None}


def desired_rows(
    ctx: CommandContext,
    source: PlanSource,
    state: DesiredState | None,
    tables: Mapping[str, pd.DataFrame],
    current: Inventory,
) -> tuple[Sequence[DesiredRow], Sequence[ExactScope]]:
    """Return the rows of the desired state, and the scopes in which everything else is removed."""
    if state is None:
        return pure.rows_of_frame(tables["edited"], tables.get("before")), ()
    own = state.rows(query.now(ctx.session))
    if "groups" not in tables:
        return own, state.exact()
    mapped = pure.rows_of_groups(
        tables["groups"],
        state,
        current,
        file=str(source.options.groups),
        invite=source.options.invite,
        deactivate=source.options.deactivate,
    )
    if mapped.ignored:
        groups = name_list(mapped.ignored, limits.NAMES_IN_MESSAGE)
        ctx.ui.warn(f"{counted(len(mapped.ignored), 'group')} not mapped in {state.file}, skipped: {groups}")
    return [*own, *mapped.rows], [*state.exact(), *mapped.exact]


def refuse_unused_options(source: PlanSource, state: DesiredState | None) -> None:
    """Refuse options that would silently do nothing.

    Raises:
        UsageError: an option has no effect here.
    """
    if state is not None and source.options.from_ is not None:
        raise UsageError(
            f"--from cannot be combined with {state.file}: --from takes the original of an edited DataFrame",
            hint="Omit --from.",
        )
    if state is None and source.options.groups is not None:
        raise UsageError(
            "A DataFrame cannot map groups to teams and roles",
            hint=f"Name the file that does: `plan access.yaml --groups {source.options.groups}`.",
        )
    if source.options.groups is None and (source.options.invite is not None or source.options.deactivate):
        option = "--invite" if source.options.invite is not None else "--deactivate"
        raise UsageError(f"{option} requires --groups", hint="Add --groups FILE.")
