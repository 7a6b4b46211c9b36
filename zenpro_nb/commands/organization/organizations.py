"""The noun `organizations`: list and manage organizations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from zenpro_nb import frames, query
from zenpro_nb.errors import PlanLimitError, UsageError
from zenpro_nb.framework.declare import (
    Arg,
    CommandContext,
    Description,
    Destroys,
    LogoUrl,
    NewOrganizationName,
    Opt,
    Org,
    OrganizationName,
    Outcome,
    Write,
    delete_of,
    is_created,
    name_validation,
    noun,
    rename_of,
    update_of,
    without_missing,
)
from zenpro_nb.resources import Column, DataType, Paging, Resource
from zenpro_nb.resources.control_plane import ORGANIZATIONS

if TYPE_CHECKING:
    import pandas as pd

# API facts 8.8: the features that workspace servers check.
FEATURES = ("project", "pipeline", "pipeline_run", "model", "template_run", "schedule")

TRIAL = Resource(
    noun="trial",
    path="/organizations/{organization_id}/trial",
    paging=Paging.NONE,
    columns=(),
    schemaless=True,
    help="Show the trial of an organization. The response model is unknown, so the columns depend on the server.",
    # API facts 3.3.
)
ENTITLEMENTS = Resource(
    noun="entitlement",
    path="/organizations/{organization_id}/entitlement/{feature}",
    paging=Paging.NONE,
    columns=(
        Column("feature", help="name of the feature"),
        Column("allowed", DataType.BOOL, help="whether the subscription allows more of the feature"),
        Column("reason", help="reason for a refusal, as the server states it"),
    ),
    schemaless=True,
    help="Show whether an organization's subscription allows more of a feature.",
    # API facts 3.21 and 8.8.
)

NewName = Annotated[str | None, rename_of("organizations")]
TrustedDomains = Annotated[
    tuple[str, ...],
    Opt(
        "--trusted-domain",
        metavar="DOMAIN",
        help="Trust an email domain and its subdomains: with SSO, an invitation to such an address is accepted at "
        "login. Repeat it for several. Superusers only.",
    ),
]
NoTrustedDomains = Annotated[bool, Opt(help="Remove all trusted domains.")]
Features = Annotated[tuple[str, ...], Arg(metavar="[FEATURE]…")]

organizations = noun(ORGANIZATIONS, get=True)


def _renew(ctx: CommandContext, outcome: Outcome, arguments: dict[str, Any]) -> Outcome:
    """Discard remembered organization names, because the change can affect them."""
    ctx.session.names.doubt()
    return outcome


@organizations.write(after=_renew)
def create(
    ctx: CommandContext,
    name: NewOrganizationName,
    description: Description = None,
    logo_url: LogoUrl = None,
    trusted_domains: TrustedDomains = (),
) -> Write:
    """Create an organization. You become its owner and administrator.

    Examples:
        # Create an organization
        organizations create acme-research --description "What comes after next"
    """
    session = ctx.session
    name_validation.require_usable(name_validation.verdict(session, name, name_validation.organization_routes(name)))
    body = without_missing(
        name=name, description=description, logo_url=logo_url, trusted_domains=list(trusted_domains) or None
    )
    return Write(
        "POST",
        ORGANIZATIONS.path,
        target=f"organization {name}",
        name=name,
        body=body,
        resource=ORGANIZATIONS,
        verify=is_created(session, ORGANIZATIONS, {}, name, body),
        irreversible="organizations can only be deleted by name; run `organizations delete`",
    )


@organizations.write(after=_renew)
def update(
    ctx: CommandContext,
    organization: OrganizationName,
    name: NewName = None,
    description: Description = None,
    logo_url: LogoUrl = None,
    trusted_domains: TrustedDomains = (),
    no_trusted_domains: NoTrustedDomains = False,
) -> Write:
    """Update an organization. Fields that you do not specify stay unchanged.

    Examples:
        # Change the description
        organizations update acme-labs --description "Experiments, and their trial"
    """
    if trusted_domains and no_trusted_domains:
        raise UsageError("--trusted-domain cannot be combined with --no-trusted-domains", hint="Omit one of the two.")
    # API facts 3.3: a list replaces all domains, an empty one removes them, and without one they stay unchanged.
    domains = [] if no_trusted_domains else list(trusted_domains) or None
    found = query.find(ctx.session, "organizations", organization)
    fields = {"name": name, "description": description, "logo_url": logo_url, "trusted_domains": domains}
    return update_of(ctx, ORGANIZATIONS, found, fields)


@organizations.write(asks=Destroys("Delete the {target}, with all its teams, roles, and memberships?"), after=_renew)
def delete(ctx: CommandContext, organization: OrganizationName) -> Write:
    """Delete an organization. The server may refuse if it still has workspaces.

    Examples:
        # Delete an organization
        organizations delete acme-research
    """
    found = query.find(ctx.session, "organizations", organization)
    return delete_of(
        ctx, ORGANIZATIONS, found, irreversible="its teams, roles, and memberships are permanently deleted"
    )


@organizations.verb
def trial(ctx: CommandContext, org: Org = None) -> pd.DataFrame:
    """Show the trial of an organization.

    The response model is unknown, so the columns depend on the server.

    Examples:
        # Show when a trial ends
        organizations trial --org acme-labs
    """
    organization = query.organization(ctx.session, org)
    path = query.fill(TRIAL.path, {"organization_id": organization.id})
    frame = frames.from_records(TRIAL, [query.record_of(ctx.session.client.get(path))])
    query.note(ctx.session, frame, route=path)
    return frame


@organizations.verb
def entitlement(ctx: CommandContext, features: Features = (), org: Org = None) -> pd.DataFrame:
    """Show whether an organization's subscription allows more of a feature.

    The features are project, pipeline, pipeline_run, model, template_run, and schedule. Default: all of them.

    Examples:
        # Check all features
        organizations entitlement
    """
    organization = query.organization(ctx.session, org)
    calls = [partial(_entitlement, ctx, organization.id, feature) for feature in features or FEATURES]
    frame = frames.from_records(ENTITLEMENTS, ctx.session.client.fan_out(calls))
    query.note(ctx.session, frame, route=ENTITLEMENTS.path)
    return frame


@organizations.verb
def validate(ctx: CommandContext, name: NewOrganizationName) -> pd.DataFrame:
    """Check whether a name is available for an organization.

    Examples:
        # Check one name
        organizations validate acme-research
    """
    routes = name_validation.organization_routes(name)
    return name_validation.frame_of(ctx, [name_validation.verdict(ctx.session, name, routes)], routes)


def _entitlement(ctx: CommandContext, organization_id: str, feature: str) -> dict[str, Any]:
    """Return the verdict on a feature. API facts 3.21: 200 means yes, 402 no; the body has no known meaning."""
    path = query.fill(ENTITLEMENTS.path, {"organization_id": organization_id, "feature": feature})
    try:
        response = ctx.session.client.get(path)
    except PlanLimitError as error:
        return {"feature": feature, "allowed": False, "reason": error.detail or error.message}
    fields = response if isinstance(response, dict) else {}
    return {**fields, "feature": feature, "allowed": True}
