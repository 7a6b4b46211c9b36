"""use: choose the organization or the workspace that the following commands are about."""

from __future__ import annotations

from typing import Any

import click

from zenpro_nb.commands.base import Command, Group
from zenpro_nb.commands.options import ORG, NameType
from zenpro_nb.commands.runtime import Runtime, pass_runtime


@pass_runtime
def _use_organization(runtime: Runtime, name: str) -> Any:
    from zenpro_nb import lookup

    found = lookup.find(runtime.session, "organizations", name)
    runtime.session.choose(organization=found.id)
    runtime.face.say(f"using organization {found.name} ({found.id})")


@pass_runtime
def _use_workspace(runtime: Runtime, name: str, org: str | None) -> Any:
    from zenpro_nb import lookup

    found = lookup.find(runtime.session, "workspaces", name)
    organization = lookup.organization(runtime.session, org).id if org else runtime.session.settings.organization
    runtime.session.choose(organization=organization, workspace=found.id)
    runtime.face.say(f"using workspace {found.name} ({found.id})")


use = Group(
    name="use",
    help="Choose what the following commands are about.",
    commands=[
        Command(
            name="organization",
            callback=_use_organization,
            params=[click.Argument(["name"], type=NameType("organizations"))],
            help="Work in this organization, by name or id, until another is chosen.",
        ),
        Command(
            name="workspace",
            callback=_use_workspace,
            params=[click.Argument(["name"], type=NameType("workspaces")), ORG],
            help="Work in this workspace, by name or id, until another is chosen.",
        ),
    ],
)
