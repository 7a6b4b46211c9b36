"""The verb `get`: one thing, by name, e-mail or id, as a one-row frame."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.core.command import Command
from zenpro_nb.commands.core.options import ORG, NameType, asked_from, needs_organization, shape_options
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.resources import Resource
from zenpro_nb.resources.nouns import one_of, singular

_OF_LISTS = ("limit", "sort")  # shape options that mean nothing for a single row


def get_command(resource: Resource) -> Command:
    """The command `NOUN get NAME`."""
    needs_org = needs_organization(resource)

    @pass_runtime
    def call(runtime: Runtime, name: str, **given: Any) -> Any:
        from zenpro_nb import query
        from zenpro_nb.commands.core import reading
        from zenpro_nb.query import read_one

        asked = asked_from(given)
        reading.wanted_columns(resource, asked)  # a column that is not there is refused before anything is asked for
        ids = {"organization_id": query.organization(runtime.session, asked.org).id} if needs_org else {}
        found = query.find(runtime.session, resource.noun, name, **ids)
        frame = read_one(runtime.session, resource, found.id, raw=asked.raw)
        return reading.deliver(runtime, frame, asked)

    return Command(
        name="get",
        callback=call,
        params=[
            click.Argument(
                ["name"], type=NameType(resource.noun), metavar=singular(resource.noun).upper().replace(" ", "_")
            ),
            *([ORG] if needs_org else []),
            *(option for option in shape_options(resource) if option.name not in _OF_LISTS),
        ],
        help=f"Show {one_of(resource.noun)}, by name or id, as a one-row frame.",
    )
