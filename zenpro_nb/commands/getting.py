"""The verb `get`: one thing, by name, e-mail or id, as a one-row frame."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.base import Command
from zenpro_nb.commands.options import ORG, NameType, needs_organization
from zenpro_nb.commands.runtime import Runtime, pass_runtime
from zenpro_nb.names import singular
from zenpro_nb.resources import Resource


def get_command(resource: Resource) -> Command:
    """The command `NOUN get NAME`."""
    needs_org = needs_organization(resource)

    @pass_runtime
    def call(runtime: Runtime, name: str, raw: bool, org: str | None = None) -> Any:
        from zenpro_nb import lookup
        from zenpro_nb.fetch import read_one

        ids = {"organization_id": lookup.organization(runtime.session, org).id} if needs_org else {}
        found = lookup.find(runtime.session, resource.noun, name, **ids)
        return read_one(runtime.session, resource, found.id, raw=raw)

    noun = singular(resource.noun)
    article = "an" if noun[0] in "aeiou" and not noun.startswith("us") else "a"
    return Command(
        name="get",
        callback=call,
        params=[
            click.Argument(["name"], type=NameType(resource.noun), metavar=noun.upper().replace(" ", "_")),
            *([ORG] if needs_org else []),
            click.Option(["--raw"], is_flag=True, help="The fields as the server sends them; never secrets."),
        ],
        help=f"Show {article} {noun}, by name or id, as a one-row frame.",
    )
