"""Implement `--at`: read a list, or the whole inventory, from a capture."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb import frames, inventory, query
from zenpro_nb.access import LISTS
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework import lists
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.types import NameType
from zenpro_nb.resources import Filter, Resource, Table
from zenpro_nb.resources.control_plane import USERS
from zenpro_nb.resources.nouns import singular
from zenpro_nb.syntax.conditions import Condition
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access import Inventory, InventoryList
    from zenpro_nb.inventory import ActionOnType, Capture


def inventory_at(
    ctx: CommandContext,
    at: str | None,
    org: str | None,
    *,
    with_: Collection[str] = (),
    pairs: Collection[ActionOnType] = (),
) -> Inventory:
    """Return the inventory of an organization: from a capture, or read now with a progress bar.

    Args:
        at: the name of a capture, or a time; None or `now`: the current state.
        org: the organization, by name or id; by default the one in use.
        with_, pairs: what else to read, see `inventory.fill`; a capture has what it has.

    Raises:
        UnknownNameError: no such capture exists.
        CaptureError: it is damaged.
        ZenProError: the inventory could not be read.
    """
    if at is None or at == inventory.NOW:
        with ctx.ui.progress("organization", "list") as advance:
            current = inventory.fill(ctx.session, org, with_=with_, pairs=pairs, progress=advance)
            if ctx.ui.shows_tables:
                inventory.name_projects(ctx.session, current)
            return current
    return capture_at(ctx, at, org).inventory()


def capture_at(ctx: CommandContext, at: str, org: str | None) -> Capture:
    """Return the capture with this name, otherwise the latest one taken at or before this time.

    Raises:
        UnknownNameError: no such capture exists.
        CaptureError: it is damaged.
    """
    organization = query.organization(ctx.session, org)
    server, now = ctx.session.settings.url, query.now(ctx.session)
    return inventory.captures_in_use(ctx.session).find(at, server, organization.id, now)


def read_list(
    ctx: CommandContext,
    resource: Resource,
    options: ListOptions,
    params: Sequence[click.Parameter],
    own: Mapping[str, Any],
) -> pd.DataFrame:
    """Return a list as `--at` selects it.

    Args:
        params: the parameters that this list has in addition to those of every list.
        own: their values.

    Raises:
        UsageError: the capture does not contain the list, or cannot apply one of the filters.
    """
    if options.raw:
        raise UsageError(
            "`--raw` cannot be combined with `--at`: a capture contains columns, not the server's fields",
            hint="Omit one of them.",
        )
    capture = capture_at(ctx, options.at or "", options.org)
    name = _list_in_capture(capture, resource)
    list_ = capture.list(name)
    if not list_.is_known and list_.gap is not None:
        raise UsageError(
            f"The capture {capture.name!r} does not contain {resource.noun}: {list_.gap.message}",
            hint="Choose another capture from `captures`.",
        )
    rows = list_.frame
    for condition in _conditions(capture, resource, list_, params, {**own, **options.filters}):
        rows = rows[rows[condition.column].astype(object) == condition.value]
    frame = frames.with_types(resource.columns, rows.reset_index(drop=True))
    frames.declare(frame, resource)
    frames.describe(frame, **facts_of(capture, list_))
    if resource is USERS:
        ctx.ui.warn("a capture contains only the users of the organization, not all users of the server")
    if list_.gap is not None:
        lists.gaps.warn_unread(
            ctx, list_, capture.list("workspaces"), f"the capture does not contain all of it: {list_.gap.message}"
        )
    return frame


def facts_of(capture: Capture, list_: InventoryList | None = None) -> dict[str, Any]:
    """Return the facts for the attrs of a DataFrame that was read from a capture, or from one of its lists."""
    manifest = capture.manifest
    facts = {} if list_ is None else {"complete": list_.complete, "changed": list_.changed}
    return {
        "server": manifest.server,
        "route": "",
        "time": capture.time,
        "sandbox": manifest.sandbox,
        "organization": manifest.organization_name,
        "capture": capture.name,
        **facts,
    }


def resource_of(name: str) -> Resource:
    """Return a list of an inventory as a resource that can be shown, sorted and filtered."""
    list_type = LISTS[name]
    columns = list_type.columns
    return Table(noun=name.replace("_", "-"), columns=columns, help="", key=list_type.key)


def named_capture(captures: Sequence[Capture], name: str) -> Capture:
    """Return the capture with exactly this name.

    Raises:
        UnknownNameError: no such capture exists.
    """
    match = next((capture for capture in captures if capture.name == name), None)
    if match is None:
        hint = did_you_mean(name, [capture.name for capture in captures], "`captures` lists them.")
        raise UnknownNameError(f"There is no capture {name!r}", hint=hint)
    return match


def _list_in_capture(capture: Capture, resource: Resource) -> str:
    """Return the name of a list in a capture."""
    for name, list_type in LISTS.items():
        if (list_type.resource is resource or (name == "users" and resource is USERS)) and name in capture.list_names:
            return name
    raise UsageError(
        f"The capture {capture.name!r} does not contain {resource.parent or resource.noun}",
        hint=f"It contains {', '.join(capture.list_names)}.",
    )


def _conditions(
    capture: Capture,
    resource: Resource,
    list_: InventoryList,
    params: Sequence[click.Parameter],
    own: Mapping[str, Any],
) -> list[Condition]:
    """Return the values of the list's own parameters as conditions on its columns."""
    columns = {column.name for column in list_.type.columns}
    filters = {filter_.name: filter_ for filter_ in resource.filters}
    types = {param.name: param.type for param in params}
    flags = {param.name for param in params if getattr(param, "is_flag", False) and not param.secondary_opts}
    conditions = []
    for name, value in own.items():
        if value is None or value == () or name == "org" or (name in flags and not value):
            continue
        column = _column(name, filters.get(name), columns)
        if column is None:
            raise UsageError(
                f"`--{name.replace('_', '-')}` cannot be combined with `--at`: "
                f"{'it is a server-side filter' if name in filters else 'it is not available for captures'}",
                hint="Filter with --where COLUMN=VALUE.",
            )
        kind = types.get(name)
        noun = kind.noun if isinstance(kind, NameType) else ""
        conditions.append(Condition(column, "=", _id_of(capture, noun, value) if noun else value))
    return conditions


def _column(name: str, own: Filter | None, columns: Collection[str]) -> str | None:
    """Return the column that a parameter filters; None if there is none."""
    candidates = [own.column or own.name] if own is not None else [f"{name}_id", f"is_{name}"]
    # A service account has its roles under the id of its user account.
    fallback = ["user_id"] if name == "service_account" else []
    return next((text for text in [*candidates, *fallback] if text in columns), None)


def _id_of(capture: Capture, noun: str, text: str) -> str:
    """Return the id that the object with this name or id had then.

    Raises:
        UnknownNameError: the capture has none.
    """
    name = next(
        (key for key, list_type in LISTS.items() if list_type.resource and list_type.resource.noun == noun), noun
    )
    rows = capture.list(name).frame
    labels = [text for text in ("email", "username", "name", "id") if text in rows.columns]
    for label in labels:
        matching_ids = rows["id"][rows[label].astype(object).map(str.casefold, na_action="ignore") == text.casefold()]
        if len(matching_ids):
            return str(matching_ids.iloc[0])
    labels_known = [text for label in labels[:-1] for text in rows[label].dropna()]
    raise UnknownNameError(
        f"The capture {capture.name!r} has no {singular(noun)} {text!r}", hint=did_you_mean(text, labels_known)
    )
