"""Define the verb `get`: show one object, by name, email or id, as a one-row DataFrame."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb import frames, query
from zenpro_nb.framework.cli.command import Command
from zenpro_nb.framework.cli.context import CommandContext, pass_ctx
from zenpro_nb.framework.cli.examples import of_get
from zenpro_nb.framework.cli.signature import parameter, parameters_of
from zenpro_nb.framework.lists import reading
from zenpro_nb.framework.lists.options import needs_organization, options_from, shape_options
from zenpro_nb.framework.parameters.aliases import Org
from zenpro_nb.framework.parameters.types import NameType, TextType
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import one_of, option_word
from zenpro_nb.syntax.ids import is_id
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

Choose = Callable[["CommandContext", str, query.Where], Resource]
Complete = Callable[["CommandContext", "pd.DataFrame", query.Where], None]

_LIST_ONLY = ("where", "since", "until", "limit", "sort", "by", "at")  # options without a meaning for a single row


def get_command(
    resource: Resource,
    *,
    name_type: TextType | None = None,
    locate: Callable[..., query.Where] | None = None,
    leave_out: Collection[str] = (),
    complete: Complete | None = None,
    elsewhere: tuple[Resource, Callable[..., query.Where]] | None = None,
    choose: Choose | None = None,
) -> Command:
    """Return the command `NOUN get NAME`.

    Args:
        name_type: the type that checks and completes the name; by default the names of the noun.
        locate: returns which server to read, for objects outside the control plane; its parameters become options.
        leave_out: parameters of `locate` that make no sense for this resource.
        complete: called with the row and the server it was found on, to fill in values from another route.
        elsewhere: the resource to show instead with `--workspace` or at a plain server, and its `locate`.
        choose: returns the list that has an object of this name, if several lists are shown as one.
    """
    other, find_place = elsewhere or (resource, None)
    needs_org = needs_organization(resource)
    locate = locate or find_place
    place = parameters_of(locate, leave_out) if locate is not None else [parameter("org", Org)] if needs_org else []
    own = [param.name or "" for param in place if param.expose_value]

    @pass_ctx
    def show(ctx: CommandContext, name: str, **arguments: Any) -> Any:
        own_values = {word: arguments[word] for word in own}
        is_elsewhere = find_place is not None and (bool(own_values["workspace"]) or ctx.session.settings.plain)
        resource_shown = other if is_elsewhere else resource
        options = options_from(arguments, resource_shown, ctx.session.clock.now())
        reading.columns_to_read(resource_shown, options)  # an unknown column is refused before any request is sent
        printed = complete is None and reading.is_printed(ctx, options)

        def read() -> frames.Table:
            at = locate(ctx, **own_values) if locate is not None else query.CONTROL_PLANE
            is_of_organization = needs_org and not is_elsewhere
            ids = {"organization_id": query.organization(ctx.session, options.org).id} if is_of_organization else {}
            noun = choose(ctx, name, at).noun if choose is not None else resource_shown.noun
            row = query.get(ctx.session, noun, name, ids, raw=options.raw, at=at, printed=printed)
            if complete is not None and not isinstance(row, frames.Rows) and not options.raw:
                complete(ctx, row, at)
            return row

        frame = query.cached_then_verify(ctx.session, read)
        return reading.deliver(ctx, _with_next_command(ctx, resource_shown, frame, name), options)

    word = option_word(resource.noun).upper().replace("-", "_")
    return Command(
        name="get",
        callback=show,
        params=[click.Argument(["name"], type=name_type or NameType(resource.noun), metavar=word), *place],
        shared=[option for option in shape_options(resource) if option.name not in _LIST_ONLY],
        examples=of_get(resource),
        help=_help(resource, in_workspace=locate is not None and elsewhere is None),
    )


def _help(resource: Resource, *, in_workspace: bool) -> str:
    what = one_of(resource.noun) + " of a workspace" * (in_workspace and not resource.noun.startswith("workspace"))
    return f"Show {what}, by name or ID.\n\nReturns a one-row DataFrame with every column."


def _with_next_command(ctx: CommandContext, resource: Resource, frame: frames.Table, text: str) -> frames.Table:
    """Add the follow-up command for the object, by the ID if that was typed, otherwise by name."""
    if not resource.next_command:
        return frame
    values = frame.values(resource.label) if isinstance(frame, frames.Rows) else frame.get(resource.label)
    # A deleted object is found by its ID only.
    name = None if values is None or is_id(text) else next(iter(values))
    words, _, prefix = resource.next_command.partition("{}")[0].rpartition(" ")
    argument = quoted(prefix + (name if isinstance(name, str) and name else text))
    frame.attrs["zenpro"]["next"] = [f"{ctx.ui.name} {words} {argument}"]
    return frame
