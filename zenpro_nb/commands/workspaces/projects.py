"""The noun `projects`: list and manage the projects of a workspace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from zenpro_nb.commands.workspaces.parameters import OneWorkspace, thing
from zenpro_nb.commands.workspaces.target_workspace import WriteTarget, write_target
from zenpro_nb.commands.workspaces.workspace_noun import inside_noun
from zenpro_nb.errors import UsageError, ZenProError
from zenpro_nb.framework.declare import (
    CommandContext,
    Confirmation,
    Description,
    Destroys,
    Opt,
    Org,
    Write,
    is_created,
    new_name,
    rename_of,
    require_change,
    without_missing,
)
from zenpro_nb.query import Found
from zenpro_nb.resources.workspace.people import PROJECTS
from zenpro_nb.syntax.counts import counted
from zenpro_nb.syntax.unparse import quoted

_NOUN = PROJECTS.noun
# API facts 12.6.
_NAME = re.compile(r"[a-z0-9_-]{1,50}")
_OTHER_CHARACTERS = re.compile(r"[^a-z0-9_-]+")

ProjectName = Annotated[str, thing(_NOUN)]
NewProjectName = Annotated[str, new_name(_NOUN)]
NewName = Annotated[str | None, rename_of(_NOUN)]
DisplayName = Annotated[str | None, Opt(help="Set the name that the dashboard shows. Default: the project name.")]
NewDisplayName = Annotated[str | None, Opt("--display-name", help="Set the name that the dashboard shows.")]

projects = inside_noun(PROJECTS)


@projects.write()
def create(
    ctx: CommandContext,
    name: NewProjectName,
    workspace: OneWorkspace = None,
    display_name: DisplayName = None,
    description: Description = None,
    org: Org = None,
) -> Write:
    """Create a project in a workspace. A new workspace has no projects.

    A name consists of at most 50 lowercase letters, digits, hyphens, and underscores.

    Examples:
        # Create a project with a description
        projects create returns --workspace ml-prod --description "What is sent back, and why"
    """
    _require_name(name)
    place = write_target(ctx, workspace, org)
    fields = without_missing(display_name=display_name, description=description)
    return place.write(
        "POST",
        PROJECTS.path,
        f"project {name}",
        name=name,
        body={"name": name, **fields},
        resource=PROJECTS,
        verify=is_created(place.session, PROJECTS, {}, name, fields, at=place.at),
        irreversible=f"the project may already be in use; run `projects delete {quoted(name)}`",
    )


@projects.write()
def update(
    ctx: CommandContext,
    project: ProjectName,
    workspace: OneWorkspace = None,
    name: NewName = None,
    display_name: NewDisplayName = None,
    description: Description = None,
    org: Org = None,
) -> Write:
    """Update a project. Fields that you do not specify stay unchanged.

    Pipelines and scripts that select the project by its old name no longer find it after a rename.

    Examples:
        # Change the name that the dashboard shows
        projects update churn --workspace ml-prod --display-name "Customer churn"
    """
    if name is not None:
        _require_name(name)
    body = require_change(without_missing(name=name, display_name=display_name, description=description))
    place = write_target(ctx, workspace, org)
    found = place.find(_NOUN, project)
    return place.update(PROJECTS, found.record, f"project {found.name}", body, name=found.name)


@projects.write(asks=Destroys("Delete the {target}, with its pipelines, runs, models, and artifacts?"))
def delete(ctx: CommandContext, project: ProjectName, workspace: OneWorkspace = None, org: Org = None) -> Write:
    """Delete a project and everything in it.

    The confirmation shows how many pipelines and runs it has. Files in artifact stores are not deleted.

    Examples:
        # Show the deletion request without sending it
        projects delete pricing --workspace ml-staging --dry-run
    """
    place = write_target(ctx, workspace, org)
    found = place.find(_NOUN, project)
    path = f"{PROJECTS.path}/{found.id}"
    return place.delete(
        path,
        f"project {found.name}",
        name=found.name,
        irreversible="a new project would have a different ID, and would be empty",
        confirmation=Confirmation(warning=_contents(place, found)),
    )


def _require_name(name: str) -> None:
    """Refuse a name that no server accepts.

    Raises:
        UsageError: it contains other characters, or is too long.
    """
    if _NAME.fullmatch(name):
        return
    suggestion = _OTHER_CHARACTERS.sub("-", name.lower()).strip("-")[:50]
    hint = f" For example: {suggestion}, with --display-name {quoted(name)}." if suggestion else ""
    raise UsageError(
        f"{name!r} is not a project name",
        hint=f"Use lowercase letters, digits, -, and _, at most 50 characters.{hint}",
    )


def _contents(place: WriteTarget, found: Found) -> str:
    """Return how much a project contains, as a sentence; empty if the server does not show it."""
    try:
        answer: Any = place.at.client_of(place.session).get(f"{PROJECTS.path}/{found.id}/statistics")
    except ZenProError:
        return ""  # the role of the caller may not include it
    counts = answer if isinstance(answer, Mapping) else {}
    names = [name for name in ("pipelines", "runs") if isinstance(counts.get(name), int)]
    parts = [counted(counts[name], name.removesuffix("s")) for name in names]
    return f"It contains {' and '.join(parts)}." if parts else ""
