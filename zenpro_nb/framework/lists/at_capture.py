"""`--at`: a list, or the whole inventory, as it was when a capture was taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb import frames, inventory, query
from zenpro_nb.access import LISTS
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.lists import reading
from zenpro_nb.framework.lists.options import ListOptions
from zenpro_nb.framework.parameters.types import NameType
from zenpro_nb.resources import Filter, Paging, Resource
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
    """Return the inventory of an organization: as a capture has it, or read now with a progress bar.

    Args:
        at: name of a capture, or a time; None or `now`: as it is.
        org: the organization, by name or id; the one in use when left out.
        with_, pairs: what is read besides, see `inventory.fill`; a capture has what it has.

    Raises:
        UnknownNameError: there is no such capture.
        CaptureError: it is damaged.
        ZenProError: the inventory could not be read.
    """
    if at is None or at == inventory.NOW:
        with ctx.ui.progress("inventory") as advance:
            return inventory.fill(ctx.session, org, with_=with_, pairs=pairs, progress=advance)
    return capture_at(ctx, at, org).inventory()


def capture_at(ctx: CommandContext, at: str, org: str | None) -> Capture:
    """Return the capture of this name, else the newest one that is not after this time.

    Raises:
        UnknownNameError: there is none.
        CaptureError: it is damaged.
    """
    found = query.organization(ctx.session, org)
    now = datetime.fromtimestamp(ctx.session.clock.now(), UTC)
    return inventory.Captures().find(at, ctx.session.settings.url, found.id, now)


def read_list(
    ctx: CommandContext,
    resource: Resource,
    options: ListOptions,
    params: Sequence[click.Parameter],
    own: Mapping[str, Any],
) -> pd.DataFrame:
    """Return a list as `--at` wants it.

    Args:
        params: the parameters of the list that not every list has.
        own: what was given for them.

    Raises:
        UsageError: the capture does not hold the list, or cannot answer what was asked.
    """
    if options.raw:
        raise UsageError("--raw shows what a server sends, and a capture holds columns", hint="Leave one of them out.")
    capture = capture_at(ctx, options.at or "", options.org)
    name = _held(capture, resource)
    list_ = capture.list(name)
    if not list_.known and list_.gap is not None:
        raise UsageError(
            f"The capture {capture.name!r} does not know its {resource.noun}: {list_.gap.message}",
            hint="Ask another one: `captures`.",
        )
    rows = list_.frame
    for condition in _conditions(capture, resource, list_, params, {**own, **options.filters}):
        rows = rows[rows[condition.column].astype(object) == condition.value]
    frame = frames.typed(resource.columns, rows.reset_index(drop=True))
    frames.declare(frame, resource)
    frames.describe(frame, **facts_of(capture, list_))
    if resource is USERS:
        ctx.ui.warn("a capture knows only those users whom the organization names, and not all of the server")
    if list_.gap is not None:
        ctx.ui.warn_incomplete(f"not all of it is known: {list_.gap.message}")
    return frame


def facts_of(capture: Capture, list_: InventoryList | None = None) -> dict[str, Any]:
    """Return what a frame of a capture, or of one of its lists, says about itself in its attrs."""
    said = capture.manifest
    facts = {} if list_ is None else {"complete": list_.complete, "changed": list_.changed}
    return {
        "server": said.server,
        "route": "",
        "time": capture.taken,
        "sandbox": said.sandbox,
        "organization": said.organization_name,
        "capture": capture.name,
        **facts,
    }


def resource_of(name: str) -> Resource:
    """Return a list of an inventory as one that can be shown, sorted, and chosen from."""
    listed = LISTS[name]
    columns = listed.columns
    return Resource(noun=name.replace("_", "-"), path="", paging=Paging.NONE, columns=columns, help="", key=listed.key)


def named_capture(there: Sequence[Capture], name: str) -> Capture:
    """Return the capture of this very name.

    Raises:
        UnknownNameError: there is none.
    """
    found = next((capture for capture in there if capture.name == name), None)
    if found is None:
        hint = did_you_mean(name, [capture.name for capture in there], "`captures` lists them.")
        raise UnknownNameError(f"There is no capture {name!r}", hint=hint)
    return found


def _held(capture: Capture, resource: Resource) -> str:
    """Return the name under which a capture holds a list."""
    for name, listed in LISTS.items():
        if (listed.resource is resource or (name == "users" and resource is USERS)) and name in capture.held:
            return name
    raise UsageError(
        f"The capture {capture.name!r} holds no {resource.parent or resource.noun}",
        hint=f"It has {', '.join(capture.held)}.",
    )


def _conditions(
    capture: Capture,
    resource: Resource,
    list_: InventoryList,
    params: Sequence[click.Parameter],
    own: Mapping[str, Any],
) -> list[Condition]:
    """Return what the parameters of the list itself choose, as conditions on its columns."""
    columns = {column.name for column in list_.type.columns}
    filters = {filter_.name: filter_ for filter_ in resource.filters}
    types = {param.name: param.type for param in params}
    found = []
    for name, value in own.items():
        if value is None or value == () or name == "org":
            continue
        column = _column(name, filters.get(name), columns)
        if column is None:
            raise UsageError(
                f"--{name.replace('_', '-')} is asked of a server, and --at asks a capture",
                hint="Choose rows with --where COLUMN=VALUE.",
            )
        kind = types.get(name)
        noun = kind.noun if isinstance(kind, NameType) else ""
        found.append(Condition(column, "=", _id_of(capture, noun, value) if noun else value))
    return found


def _column(name: str, own: Filter | None, columns: Collection[str]) -> str | None:
    """Return the column that a parameter is about; None where no column is."""
    named = [own.column or own.name] if own is not None else [f"{name}_id", f"is_{name}"]
    # A bot has roles under the id of the account that it is.
    also = ["user_id"] if name == "service_account" else []
    return next((text for text in [*named, *also] if text in columns), None)


def _id_of(capture: Capture, noun: str, text: str) -> str:
    """Return the id that something of this name or id had then.

    Raises:
        UnknownNameError: the capture has none.
    """
    name = next((key for key, listed in LISTS.items() if listed.resource and listed.resource.noun == noun), noun)
    rows = capture.list(name).frame
    labels = [text for text in ("email", "username", "name", "id") if text in rows.columns]
    for label in labels:
        same = rows["id"][rows[label].astype(object).map(str.casefold, na_action="ignore") == text.casefold()]
        if len(same):
            return str(same.iloc[0])
    known = [text for label in labels[:-1] for text in rows[label].dropna()]
    raise UnknownNameError(
        f"The capture {capture.name!r} has no {singular(noun)} {text!r}", hint=did_you_mean(text, known)
    )


def computed_frame(resource: Resource, frame: pd.DataFrame, options: ListOptions, **facts: Any) -> pd.DataFrame:
    """Return a frame that was put together here, which says so in its attrs.

    Args:
        facts: those of `frames.describe`.

    Raises:
        UsageError: `--raw` was given, and no server sent it.
        UnknownNameError: there is no such column.
    """
    if options.raw:
        raise UsageError("--raw shows what a server sends, and this is put together here", hint="Leave it out.")
    reading.wanted_columns(resource, options)
    frames.declare(frame, resource)
    frames.describe(frame, **{"server": "", "route": "", "time": datetime.now(UTC), **facts})
    return frame
