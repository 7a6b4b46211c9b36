"""What the writes inside workspaces share: where they are sent, and how a lost answer is looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core.options import NameType
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.write import Look, Record, Write
from zenpro_nb.commands.workspaces.options import ThingType
from zenpro_nb.errors import NotFoundError, RouteNotFoundError
from zenpro_nb.resources import Resource

if TYPE_CHECKING:
    from zenpro_nb.client import Client
    from zenpro_nb.workspaces.find import Thing
    from zenpro_nb.workspaces.targets import Target

WORKSPACE = click.Option(
    ["--workspace"],
    type=NameType("workspaces"),
    help="Workspace, by name or id. Default: the one in use, or the only one.",
)
PROJECT = click.Option(
    ["--project"], type=ThingType("projects"), help="Project, by name or id. Default: whichever has it."
)


@dataclass(frozen=True)
class WriteTarget:
    """The one workspace that writes go to."""

    runtime: Runtime
    target: Target
    client: Client

    def find(self, noun: str, text: str, projects: Sequence[str] = ()) -> Thing:
        """The thing of this noun that bears this name or id. Raises what `workspaces.find` raises."""
        from zenpro_nb.workspaces.find import find

        return find(self.runtime.session, self.target, noun, text, tuple(projects) or ("all",))

    def write(self, method: str, path: str, target: str, **more: Any) -> Write:
        """A write to this workspace."""
        marks = {"workspace": self.target.name}
        return Write(method, path, f"{target} in {self.target.name}", client=self.client, marks=marks, **more)


def place_of(runtime: Runtime, workspace: str | None, org: str | None) -> WriteTarget:
    """The workspace that was named or is in use.

    Raises:
        UsageError: there is none such, or `all` was said.
    """
    from zenpro_nb.commands.workspaces.one_workspace import one_target

    target = one_target(runtime, (workspace,) if workspace else (), org)
    return WriteTarget(runtime, target, target.client(runtime.session))


def gone(client: Client, path: str) -> Look:
    """Looks whether there is nothing any more at this path."""

    def look() -> Record | bool | None:
        try:
            client.get(path)
        except RouteNotFoundError:
            return None
        except NotFoundError:
            return True
        return False

    return look


def holds(client: Client, path: str, fits: Callable[[Mapping[str, Any]], bool]) -> Look:
    """Looks whether the record at this path is as it was meant to be."""

    def look() -> Record | bool | None:
        from zenpro_nb.query import record_of

        record = record_of(client.get(path))
        return record if fits(record) else False

    return look


def there(client: Client, resource: Resource, name: str, ids: Mapping[str, str] | None = None) -> Look:
    """Looks into a list for something of this name."""

    def look() -> Record | bool | None:
        from zenpro_nb.query import Query, read_listing
        from zenpro_nb.workspaces.find import records_of
        from zenpro_nb.workspaces.many import Piece

        query = Query(resource, ids or {}, {"name": f"equals:{name}"}, raw=True)
        found = records_of(Piece("", None, read_listing(client, query)))
        return found[0] if found else False

    return look
