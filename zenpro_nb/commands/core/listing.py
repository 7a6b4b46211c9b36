"""The command of a noun alone: read the list, shape it, hand it over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core import reading
from zenpro_nb.commands.core.command import Command, Group
from zenpro_nb.commands.core.options import ORG, Asked, asked_from, columns_epilog, filter_option, shape_options
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.errors import SaveError
from zenpro_nb.files.paths import expanded
from zenpro_nb.resources import Resource

if TYPE_CHECKING:
    import pandas as pd

Reader = Callable[[Runtime, Resource, Asked], "pd.DataFrame"]


def listing(
    resource: Resource,
    *,
    name: str = "",
    reader: Reader | None = None,
    org: bool = False,
    extra: Iterable[click.Parameter] = (),
    streamer: Reader | None = None,
) -> Group:
    """The group of a noun, whose bare call lists.

    Args:
        name: what people type; the resource's noun when left out.
        reader: how it is read; as one plain list when left out.
        org: it belongs to an organization, so it has `--org`.
        extra: further parameters, given to the reader among the filters.
        streamer: how it is written into a folder, where `--save` names one.
    """
    return Group(
        name=name or resource.noun,
        invoke_without_command=True,
        callback=listing_callback(resource, reader, streamer),
        params=listing_params(resource, org=org, extra=extra),
        help=resource.help,
        epilog=columns_epilog(resource),
    )


def listing_command(resource: Resource, *, name: str, reader: Reader, extra: Iterable[click.Parameter] = ()) -> Command:
    """A listing that is a verb of another noun, such as `teams members`."""
    return Command(
        name=name,
        callback=listing_callback(resource, reader),
        params=listing_params(resource, org="{organization_id}" in resource.path, extra=extra),
        help=resource.help,
        epilog=columns_epilog(resource),
    )


def listing_params(resource: Resource, *, org: bool, extra: Iterable[click.Parameter]) -> list[click.Parameter]:
    """The parameters of a listing, in the order of its help."""
    filters = [filter_option(one) for one in resource.filters]
    return [*extra, *([ORG] if org else []), *filters, *shape_options(resource)]


def listing_callback(resource: Resource, reader: Reader | None, streamer: Reader | None = None) -> Callable[..., Any]:
    """What the listing does when it is called without a verb."""

    @click.pass_context
    @pass_runtime
    def call(runtime: Runtime, ctx: click.Context, **given: Any) -> Any:
        if ctx.invoked_subcommand is not None:
            refuse_options(ctx)
            return None
        asked = asked_from(given)
        if streamer is not None and is_folder(asked.save):
            return reading.deliver(runtime, streamer(runtime, resource, asked), replace(asked, save=None, columns=None))
        frame = (reader or reading.plain)(runtime, resource, asked)
        return reading.deliver(runtime, frame, asked)

    return call


def is_folder(path: str | None) -> bool:
    """Whether somebody means a folder: the name ends with a slash, or there is one."""
    return bool(path) and (str(path).endswith(("/", os.sep)) or expanded(str(path), SaveError).is_dir())


def refuse_options(ctx: click.Context) -> None:
    """Refuse an option of the list before a verb: it would silently do nothing."""
    for param in ctx.command.params:
        source = ctx.get_parameter_source(param.name or "")
        if source is click.core.ParameterSource.COMMANDLINE:
            ctx.fail(f"{param.opts[0]} belongs to the list, and {ctx.invoked_subcommand!r} would ignore it")
