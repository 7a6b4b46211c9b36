"""workspaces: create, update, rename, deploy, deactivate, delete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click

from zenpro_nb.commands.core import name_validation, waiting
from zenpro_nb.commands.core.command import Group
from zenpro_nb.commands.core.one_time_secrets import keep_of, secret_options
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.core.types import NewNameType
from zenpro_nb.commands.core.verification import changed, gone, named
from zenpro_nb.commands.core.write import Outcome, Write, require_change, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.errors import UsageError
from zenpro_nb.resources.control_plane import WORKSPACES

_WORKSPACE = click.Argument(["workspace"], type=NameType("workspaces"))
_DETAILS = [
    click.Option(["--display-name"], help="Name shown in the dashboard."),
    click.Option(["--description"], help="What it is for, in a few words."),
    click.Option(["--logo-url"], metavar="URL", help="Address of a picture."),
]


def plan_create(
    runtime: Runtime,
    name: str,
    org: str | None,
    display_name: str | None,
    description: str | None,
    logo_url: str | None,
    version: str | None,
    enroll: bool,
    to: str | None,
    reveal: bool,
    wait: bool,
    timeout: float,
) -> Write:
    """A new workspace, or with `enroll` the place of one that runs on one's own infrastructure."""
    from zenpro_nb import query

    if not enroll and (to or reveal):
        raise UsageError(
            f"{'--to' if to else '--reveal'} is about the enrollment key, and only --enroll makes one",
            hint="Leave it out, or add --enroll.",
        )
    keep = None
    if enroll:
        keep = keep_of(
            runtime,
            "enrollment_key",
            f"the enrollment key of {name}",
            to=to,
            reveal=reveal,
            entry=f"enrollment {name}",
            rescue=f"delete the workspace {name} and enroll it again",
        )
    organization = query.organization(runtime.session, org)
    routes = name_validation.workspace_routes(organization.id, name)
    name_validation.require_usable(name_validation.verdict(runtime.session, name, routes))
    return Write(
        "POST",
        WORKSPACES.path,
        target=f"workspace {name} in {organization.name}",
        # Fact sheet, section 10, conflict 7: a body together with enroll=true is the documented full script's way.
        params=without_missing(enroll=True if enroll else None),
        body=without_missing(
            name=name,
            organization_id=organization.id,
            display_name=display_name,
            description=description,
            logo_url=logo_url,
            zenml_service=_service(version),
        ),
        resource=WORKSPACES,
        happened=named(runtime.session, WORKSPACES, {}, name, {"workspace_name": name}),
        keep=keep,
    )


def _service(version: str | None) -> dict[str, Any] | None:
    return {"configuration": {"version": version}} if version else None


def plan_update(
    runtime: Runtime,
    workspace: str,
    display_name: str | None,
    description: str | None,
    logo_url: str | None,
    version: str | None,
    force: bool,
    wait: bool,
    timeout: float,
) -> Write:
    """Changes of what was given; a new version is rolled out."""
    from zenpro_nb import query

    if (force or wait) and not version:
        raise UsageError(f"{'--force' if force else '--wait'} goes with --version", hint="Leave it out.")
    found = query.find(runtime.session, "workspaces", workspace)
    body = without_missing(display_name=display_name, description=description, logo_url=logo_url)
    if version:
        # Fact sheet, section 8, "Upgrade": version and desired state go together.
        body |= {"zenml_service": _service(version), "desired_state": waiting.AVAILABLE}
    path = f"/workspaces/{found.id}"
    return Write(
        "PATCH",
        path,
        target=f"workspace {found.name}",
        params=without_missing(force=True if force else None),
        body=require_change(body),
        resource=WORKSPACES,
        happened=changed(runtime.session, path, body),
    )


def plan_rename(runtime: Runtime, workspace: str, name: str) -> Write:
    """A new name, and with it a new address in the dashboard."""
    from zenpro_nb import query

    found = query.find(runtime.session, "workspaces", workspace)
    path, body = f"/workspaces/{found.id}", {"name": name}
    return Write(
        "PATCH",
        path,
        target=f"workspace {found.name} as {name}",
        body=body,
        resource=WORKSPACES,
        happened=changed(runtime.session, path, body),
    )


def plan_deploy(runtime: Runtime, workspace: str, wait: bool, timeout: float) -> Write:
    """The workspace's server is started."""
    from zenpro_nb import query

    found = query.find(runtime.session, "workspaces", workspace)
    return Write(
        "PATCH",
        f"/workspaces/{found.id}/deploy",
        target=f"workspace {found.name}",
        resource=WORKSPACES,
        happened=changed(runtime.session, f"/workspaces/{found.id}", {"desired_state": waiting.AVAILABLE}),
    )


def plan_deactivate(runtime: Runtime, workspace: str, wait: bool, timeout: float) -> Write:
    """The workspace's server is stopped; its data stays."""
    from zenpro_nb import query

    found = query.find(runtime.session, "workspaces", workspace)
    return Write(
        "PATCH",
        f"/workspaces/{found.id}/deactivate",
        target=f"workspace {found.name}",
        resource=WORKSPACES,
        happened=changed(runtime.session, f"/workspaces/{found.id}", {"desired_state": waiting.DEACTIVATED}),
        question=f"Deactivate the workspace {found.name}? Nobody can use it until it is deployed again.",
    )


def plan_delete(runtime: Runtime, workspace: str, wait: bool, timeout: float) -> Write:
    """The workspace and all that is in it."""
    from zenpro_nb import query

    found = query.find(runtime.session, "workspaces", workspace)
    path = f"/workspaces/{found.id}"
    return Write(
        "DELETE",
        path,
        target=f"workspace {found.name}",
        resource=WORKSPACES,
        happened=gone(runtime.session, path),
        question=f"Delete the workspace {found.name}, with its projects, runs and models?",
    )


def _waiting_for(goal: str) -> Callable[[Runtime, Outcome, dict[str, Any]], Outcome]:
    """Follows the life cycle after the write, where `--wait` was given."""

    def after(runtime: Runtime, outcome: Outcome, given: dict[str, Any]) -> Outcome:
        if not waiting.is_wanted(given):
            return outcome
        path = outcome.write.path
        record = outcome.record or {}
        # The route of all but a creation names the workspace; that of a creation does not know it yet.
        key = str(record.get("id") or path.removeprefix("/workspaces/").partition("/")[0])
        name = str(record.get("name") or outcome.write.target.removeprefix("workspace "))
        end = waiting.workspace(runtime, key, name, goal, given["timeout"], version=given.get("version"))
        return replace(outcome, record=end)

    return after


def _after_rename(runtime: Runtime, outcome: Outcome, given: dict[str, Any]) -> Outcome:
    """Fact sheet, section 10, conflict 10: a server may take the request and keep the name."""
    name = (outcome.record or {}).get("name")
    if name not in (None, given["name"]):
        return replace(outcome, detail=f"the server took the request, but keeps the name {name}")
    return outcome


def add_to(group: Group) -> None:
    """Attach the verbs to the noun."""
    version = click.Option(["--version"], metavar="VERSION", help="Version of ZenML to run, see `releases`.")
    for command in (
        WriteCommand(
            "create",
            plan=plan_create,
            after=_waiting_for(waiting.AVAILABLE),
            params=[
                click.Argument(["name"], type=NewNameType("workspaces")),
                ORG,
                *_DETAILS,
                version,
                click.Option(
                    ["--enroll"],
                    is_flag=True,
                    help="Enroll a workspace that runs on your own infrastructure; makes an enrollment key.",
                ),
                *secret_options("the enrollment key"),
                *waiting.wait_options("available"),
            ],
            help="Create a workspace. Its name is unique in all of ZenML: lowercase letters, digits and hyphens.",
        ),
        WriteCommand(
            "update",
            plan=plan_update,
            after=_waiting_for(waiting.AVAILABLE),
            params=[
                _WORKSPACE,
                *_DETAILS,
                version,
                click.Option(["--force"], is_flag=True, help="With --version: what the API calls force."),
                *waiting.wait_options("available with the new version"),
            ],
            help="Change a workspace or roll out a version; what is not given stays as it is.",
        ),
        WriteCommand(
            "rename",
            plan=plan_rename,
            after=_after_rename,
            params=[_WORKSPACE, click.Argument(["name"], type=NewNameType("workspaces"))],
            help="Give a workspace another name, and with it another address in the dashboard. Older servers refuse.",
        ),
        WriteCommand(
            "deploy",
            plan=plan_deploy,
            after=_waiting_for(waiting.AVAILABLE),
            params=[_WORKSPACE, *waiting.wait_options("available")],
            help="Start the server of a workspace, again where it was deactivated or has failed.",
        ),
        WriteCommand(
            "deactivate",
            plan=plan_deactivate,
            after=_waiting_for(waiting.DEACTIVATED),
            params=[_WORKSPACE, *waiting.wait_options("deactivated")],
            destructive=True,
            help="Stop the server of a workspace. Its data stays.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            after=_waiting_for(waiting.DELETED),
            params=[_WORKSPACE, *waiting.wait_options("deleted")],
            destructive=True,
            help="Delete a workspace and everything in it.",
        ),
    ):
        group.add_command(command)
