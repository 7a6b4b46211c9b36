"""access: who may do what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from click.shell_completion import CompletionItem

from zenpro_nb import access as pure
from zenpro_nb import frames, query
from zenpro_nb.access import ACCESS, Inventory
from zenpro_nb.access.columns import BOT_MARK
from zenpro_nb.access.naming import TEAM_MARK
from zenpro_nb.commands.core import past
from zenpro_nb.commands.core.noun import listing
from zenpro_nb.commands.core.options import Asked, NameType
from zenpro_nb.commands.core.parameters import At, Org
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.signature import Arg, Opt
from zenpro_nb.commands.core.types import ProjectType, TextType, offered
from zenpro_nb.resources.control_plane import USERS

if TYPE_CHECKING:
    import click
    import pandas as pd


class PrincipalType(TextType):
    """Somebody who can have a role, and teams; completes from what has been fetched."""

    name = "principal"
    _MARKS = ("", "users"), (BOT_MARK, "service-accounts"), (TEAM_MARK, "teams")

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the fetched names that begin with what was typed; send no request."""
        run = ctx.find_object(Runtime)
        known = [f"{mark}{name}" for mark, noun in self._MARKS for name in (run.session.names.of(noun) if run else ())]
        return offered(known, incomplete)


Who = Annotated[str | None, Arg(PrincipalType(), metavar="[PRINCIPAL]")]
Workspace = Annotated[str | None, Opt(type=NameType("workspaces"), help="Only in this workspace, by name or id.")]
Project = Annotated[str | None, Opt(type=ProjectType(), help="Only in this project, by id.")]
Role = Annotated[str | None, Opt(type=NameType("roles"), help="Only by this role; also superuser, owner.")]


@listing(ACCESS, name="access", leave_out=("raw",))
def access(
    run: Runtime,
    asked: Asked,
    principal: Who = None,
    workspace: Workspace = None,
    project: Project = None,
    role: Role = None,
    at: At = None,
    org: Org = None,
) -> pd.DataFrame:
    """Compute effective access from the inventory of an organization.

    Examples:
        access
        access linus@example.com
        access --workspace ml-prod --where kind=user --sort principal
        access team:Platform
        access --role 'Organization Admin'
    """
    found = read_inventory(run, org, at)
    wanted = {"principal": principal, "workspace": workspace, "project": project, "role": role}
    return described(run, pure.select(pure.effective(found), found, **wanted), found, wanted)


def read_inventory(run: Runtime, org: str | None, at: str | None = None) -> Inventory:
    """Return the inventory of an organization, read or from a capture, and keep the names of its accounts for Tab."""
    found = past.inventory_at(run, at, org)
    if at is None:
        query.remember(run.session, USERS, found.users.frame)
    return found


def described(run: Runtime, frame: pd.DataFrame, found: Inventory, wanted: Mapping[str, str | None]) -> pd.DataFrame:
    """Return a frame that was computed from an inventory with the facts of its reading; tell the gaps.

    Args:
        wanted: what the rows were chosen by.
    """
    gaps = pure.missing(found)
    for line in gaps:
        run.face.warn(line)
    frames.describe(
        frame,
        server=found.server,
        route="",
        time=found.finished or "",
        filters={name: value for name, value in wanted.items() if value is not None},
        complete=not gaps,
        changed=any(one.changed for _, one in found.items()),
        sandbox=found.sandbox,
        organization=found.organization_name,
        requests=found.requests,
    )
    return frame
