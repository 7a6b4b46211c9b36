"""`workspaces create`."""

from __future__ import annotations

from typing import Annotated

import click

from zenpro_nb import limits, query
from zenpro_nb.commands.organization.workspaces.version import FirstVersion, requested_service
from zenpro_nb.errors import UsageError
from zenpro_nb.framework.declare import (
    CommandContext,
    Description,
    LogoUrl,
    NewWorkspaceName,
    Opt,
    Org,
    RareOption,
    Reveal,
    SecretOut,
    SecretTo,
    Timeout,
    Wait,
    Write,
    is_created,
    name_validation,
    secret_out_for,
    without_missing,
)
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.syntax.unparse import quoted

ZENML, KITARU = "zenml", "kitaru"

DisplayName = Annotated[str | None, Opt(help="Set the name shown in the dashboard.")]
Product = Annotated[
    str | None,
    Opt(
        "--type",
        type=click.Choice([ZENML, KITARU]),
        help="Choose the product that runs in the workspace. Default: zenml.",
        option=RareOption,
    ),
]
Enroll = Annotated[
    bool,
    Opt(help="Enroll a workspace on your own infrastructure. Creates an enrollment key.", option=RareOption),
]


def create(
    ctx: CommandContext,
    name: NewWorkspaceName,
    org: Org = None,
    display_name: DisplayName = None,
    description: Description = None,
    logo_url: LogoUrl = None,
    version: FirstVersion = None,
    product: Product = None,
    enroll: Enroll = False,
    to: SecretTo = None,
    reveal: Reveal = False,
    wait: Wait = False,
    timeout: Timeout = limits.LIFECYCLE_TIMEOUT,
) -> Write:
    """Create a workspace.

    The name must be unique across ZenML Pro and consist of lowercase letters, digits, and hyphens.

    Examples:
        # Show the request without sending it
        workspaces create ml-new --description "A first try" --dry-run
        # Create a workspace, and wait until it is available
        workspaces create ml-new --wait
    """
    if product == KITARU and version:
        raise UsageError(
            "--version cannot be combined with --type kitaru", hint="Omit --version: the server chooses it."
        )
    secret_out = _enrollment_key(ctx, name, enroll, to=to, reveal=reveal)
    organization = query.organization(ctx.session, org)
    routes = name_validation.workspace_routes(organization.id, name)
    name_validation.require_usable(name_validation.verdict(ctx.session, name, routes))
    body = without_missing(
        name=name,
        organization_id=organization.id,
        display_name=display_name,
        description=description,
        logo_url=logo_url,
        # Omitted for ZenML, the only product of older servers. API facts 11.6 describes the request for Kitaru.
        workspace_type=KITARU if product == KITARU else None,
        zenml_service=requested_service(version),
    )
    return Write(
        "POST",
        WORKSPACES.path,
        target=f"workspace {name} in {organization.name}",
        name=name,
        # API facts 10.7: the documented full script sends a body together with enroll=true.
        params=without_missing(enroll=True if enroll else None),
        body=body,
        resource=WORKSPACES,
        verify=is_created(ctx.session, WORKSPACES, {}, name, body),
        secret_out=secret_out,
        irreversible="`undo` never deletes a workspace, because it may already contain runs; to delete it, run "
        f"`workspaces delete {quoted(name)}`",
    )


def _enrollment_key(ctx: CommandContext, name: str, enroll: bool, *, to: str | None, reveal: bool) -> SecretOut | None:
    """Return where the enrollment key is written; None if none is created.

    Raises:
        UsageError: a destination is named although no key is created.
    """
    if enroll:
        return secret_out_for(
            ctx,
            "enrollment_key",
            f"the enrollment key of {name}",
            to=to,
            reveal=reveal,
            entry=f"enrollment {name}",
            rescue=f"delete the workspace {name} and enroll it again",
        )
    if to or reveal:
        option = "--to" if to else "--reveal"
        raise UsageError(
            f"{option} requires --enroll: no enrollment key is created without it",
            hint=f"Add --enroll, or omit {option}.",
        )
    return None
