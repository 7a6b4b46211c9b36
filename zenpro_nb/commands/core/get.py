"""The verb `get`: one thing, by name, e-mail or id, as a one-row frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click

from zenpro_nb import query
from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.options import (
    ORG,
    Asked,
    NameType,
    TextType,
    asked_from,
    needs_organization,
    shape_options,
)
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import one_of, singular

_OF_LISTS = ("limit", "sort")  # shape options that mean nothing for a single row

Locate = Callable[[Runtime, Asked], "query.Where"]


def get_command(
    resource: Resource,
    *,
    name_type: TextType | None = None,
    place: Sequence[click.Parameter] = (),
    locate: Locate | None = None,
) -> Command:
    """Return the command `NOUN get NAME`.

    Args:
        name_type: what the name is checked and completed by; the names of the noun when left out.
        place: the options that say where to look, for what is not the control plane's.
        locate: called with what was typed there; gives where to look.
    """
    needs_org = needs_organization(resource)

    @pass_runtime
    def call(runtime: Runtime, name: str, **given: Any) -> Any:
        from zenpro_nb.commands.core import reading

        asked = asked_from(given)
        reading.wanted_columns(resource, asked)  # a column that is not there is refused before anything is asked for
        at = locate(runtime, asked) if locate is not None else query.CONTROL_PLANE
        ids = {"organization_id": query.organization(runtime.session, asked.org).id} if needs_org else {}
        frame = query.get(runtime.session, resource.noun, name, ids, raw=asked.raw, at=at)
        return reading.deliver(runtime, frame, asked)

    word = singular(resource.noun).upper().replace(" ", "_")
    whose = " of a workspace" if place else ""
    return Command(
        name="get",
        callback=call,
        params=[
            click.Argument(["name"], type=name_type or NameType(resource.noun), metavar=word),
            *place,
            *([ORG] if needs_org or place else []),
            *(option for option in shape_options(resource) if option.name not in _OF_LISTS),
        ],
        help=f"Show {one_of(resource.noun)}{whose}, by name or id, as a one-row frame with every column.",
    )
