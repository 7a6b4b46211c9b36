"""The verb `get`: one thing, by name, e-mail or id, as a one-row frame."""

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
from zenpro_nb.resources.nouns import one_of, singular
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    import pandas as pd

Complete = Callable[["CommandContext", "pd.DataFrame", query.Where], None]

_OF_LISTS = ("where", "since", "until", "limit", "sort", "at")  # options that mean nothing for a single row


def get_command(
    resource: Resource,
    *,
    name_type: TextType | None = None,
    locate: Callable[..., query.Where] | None = None,
    leave_out: Collection[str] = (),
    complete: Complete | None = None,
    elsewhere: tuple[Resource, Callable[..., query.Where]] | None = None,
    choose: Callable[[CommandContext, str, query.Where], Resource] | None = None,
) -> Command:
    """Return the command `NOUN get NAME`.

    Args:
        resource: what is shown.
        name_type: what the name is checked and completed by; the names of the noun when left out.
        locate: returns where to look, for what is not the control plane's; its parameters are options of the command.
        leave_out: parameters of `locate` that make no sense for this resource.
        complete: called with the row and the place that it was found at, to fill in what another route knows.
        elsewhere: what is shown instead with `--workspace` or at a plain server, and the function that returns where
            it is looked up; the function's parameters are options of the command.
        choose: returns which list has an object of this name, where several lists are shown as one.
    """
    other, find_place = elsewhere or (resource, None)
    needs_org = needs_organization(resource)
    locate = locate or find_place
    place = parameters_of(locate, leave_out) if locate is not None else [parameter("org", Org)] if needs_org else []
    own = [param.name or "" for param in place]

    @pass_ctx
    def call(ctx: CommandContext, name: str, **given: Any) -> Any:
        mine = {word: given[word] for word in own}
        is_elsewhere = find_place is not None and (bool(mine["workspace"]) or ctx.session.settings.plain)
        listed = other if is_elsewhere else resource
        asked = options_from(given, listed, ctx.session.clock.now())
        reading.wanted_columns(listed, asked)  # a column that is not there is refused before anything is asked for

        printed = complete is None and reading.is_printed(ctx, asked)

        def read() -> frames.Table:
            at = locate(ctx, **mine) if locate is not None else query.CONTROL_PLANE
            needs_id = needs_org and not is_elsewhere
            ids = {"organization_id": query.organization(ctx.session, asked.org).id} if needs_id else {}
            noun = choose(ctx, name, at).noun if choose is not None else listed.noun
            found = query.get(ctx.session, noun, name, ids, raw=asked.raw, at=at, printed=printed)
            if complete is not None and not isinstance(found, frames.Rows) and not asked.raw:
                complete(ctx, found, at)
            return found

        frame = query.cached_then_verify(ctx.session, read)
        if listed.next_command:
            frame.attrs["zenpro"]["next"] = [f"{ctx.ui.name} {_next(listed, frame, name)}"]
        return reading.deliver(ctx, frame, asked)

    word = singular(resource.noun).upper().replace(" ", "_")
    whose = " of a workspace" if locate is not None else ""
    return Command(
        name="get",
        callback=call,
        params=[
            click.Argument(["name"], type=name_type or NameType(resource.noun), metavar=word),
            *place,
        ],
        shared=[option for option in shape_options(resource) if option.name not in _OF_LISTS],
        examples=of_get(resource),
        help=f"Show {one_of(resource.noun)}{whose}, by name or id, as a one-row frame with every column.",
    )


def _next(resource: Resource, frame: frames.Table, typed: str) -> str:
    """Return the line that goes on from one, by the name that it is shown under, or else as it was typed."""
    values = frame.values(resource.label) if isinstance(frame, frames.Rows) else frame.get(resource.label)
    name = None if values is None else next(iter(values))
    words, _, mark = resource.next_command.partition("{}")[0].rpartition(" ")
    return f"{words} {quoted(mark + (name if isinstance(name, str) and name else typed))}"
