"""organizations: create, update, delete; trial, entitlement, validate."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from zenpro_nb.commands.core import name_validation
from zenpro_nb.commands.core.command import Command, Group
from zenpro_nb.commands.core.options import ORG, NameType
from zenpro_nb.commands.core.runtime import Runtime, pass_runtime
from zenpro_nb.commands.core.types import NewNameType
from zenpro_nb.commands.core.verification import changed, gone, named
from zenpro_nb.commands.core.write import Write, require_change, without_missing
from zenpro_nb.commands.core.write_command import WriteCommand
from zenpro_nb.errors import PlanLimitError, UsageError
from zenpro_nb.resources import Column, Kind, Paging, Resource
from zenpro_nb.resources.control_plane import ORGANIZATIONS

if TYPE_CHECKING:
    import pandas as pd

# Fact sheet, section 8: the features that workspace servers ask about.
FEATURES = ("project", "pipeline", "pipeline_run", "model", "template_run", "schedule")

TRIAL = Resource(
    noun="trial",
    path="/organizations/{organization_id}/trial",
    paging=Paging.NONE,
    columns=(),
    open=True,
    help="What the server says about the trial. Its response model is unknown: the columns are made from what comes.",
    source="3 Organizations",
)
ENTITLEMENTS = Resource(
    noun="entitlement",
    path="/organizations/{organization_id}/entitlement/{feature}",
    paging=Paging.NONE,
    columns=(
        Column("feature", help="what was asked about"),
        Column("allowed", Kind.BOOL, help="the plan allows one more"),
        Column("reason", help="why not, in the server's words"),
    ),
    open=True,
    help="Whether the plan allows more of a feature.",
    source="3 Organizations, 8",
)

_ORGANIZATION = click.Argument(["organization"], type=NameType("organizations"))
_DETAILS = [
    click.Option(["--description"], help="What it is for, in a few words."),
    click.Option(["--logo-url"], metavar="URL", help="Address of a picture."),
    click.Option(
        ["--trusted-domain", "trusted_domains"],
        multiple=True,
        metavar="DOMAIN",
        help="People with an e-mail of this domain may join by themselves; may be repeated. Superusers only.",
    ),
]


def plan_create(
    runtime: Runtime, name: str, description: str | None, logo_url: str | None, trusted_domains: tuple[str, ...]
) -> Write:
    """A new organization, whose owner is the caller."""
    session = runtime.session
    name_validation.require_usable(name_validation.verdict(session, name, name_validation.organization_routes(name)))
    return Write(
        "POST",
        ORGANIZATIONS.path,
        target=f"organization {name}",
        body=without_missing(
            name=name,
            description=description,
            logo_url=logo_url,
            trusted_domains=list(trusted_domains) or None,
        ),
        resource=ORGANIZATIONS,
        happened=named(session, ORGANIZATIONS, {}, name, {"name": name}),
    )


def plan_update(
    runtime: Runtime,
    organization: str,
    name: str | None,
    description: str | None,
    logo_url: str | None,
    trusted_domains: tuple[str, ...],
    no_trusted_domains: bool,
) -> Write:
    """Changes of what was given; the rest stays."""
    from zenpro_nb import query

    if trusted_domains and no_trusted_domains:
        raise UsageError("--trusted-domain and --no-trusted-domains exclude each other", hint="Give one of them.")
    # Fact sheet, section 3: a list replaces all, an empty one clears, an absent one leaves.
    domains = [] if no_trusted_domains else list(trusted_domains) or None
    found = query.find(runtime.session, "organizations", organization)
    body = without_missing(name=name, description=description, logo_url=logo_url, trusted_domains=domains)
    path = f"/organizations/{found.id}"
    return Write(
        "PATCH",
        path,
        target=f"organization {found.name}",
        body=require_change(body),
        resource=ORGANIZATIONS,
        happened=changed(runtime.session, path, body),
    )


def plan_delete(runtime: Runtime, organization: str) -> Write:
    """The organization and everything in it."""
    from zenpro_nb import query

    found = query.find(runtime.session, "organizations", organization)
    path = f"/organizations/{found.id}"
    return Write(
        "DELETE",
        path,
        target=f"organization {found.name}",
        happened=gone(runtime.session, path),
        question=f"Delete the organization {found.name}, with its teams, roles and members?",
    )


@pass_runtime
def _trial(runtime: Runtime, org: str | None) -> pd.DataFrame:
    from zenpro_nb import frames, query
    from zenpro_nb.query import fill, note, record_of

    organization = query.organization(runtime.session, org)
    path = fill(TRIAL.path, {"organization_id": organization.id})
    frame = frames.from_records(TRIAL, [record_of(runtime.session.client.get(path))])
    note(runtime.session, frame, route=path)
    return frame


@pass_runtime
def _entitlement(runtime: Runtime, features: tuple[str, ...], org: str | None) -> pd.DataFrame:
    from zenpro_nb import frames, query
    from zenpro_nb.query import note

    organization = query.organization(runtime.session, org)
    wanted = features or FEATURES
    calls = [partial(_allowed, runtime, organization.id, feature) for feature in wanted]
    frame = frames.from_records(ENTITLEMENTS, runtime.session.client.fan_out(calls))
    note(runtime.session, frame, route=ENTITLEMENTS.path)
    return frame


def _allowed(runtime: Runtime, organization_id: str, feature: str) -> dict[str, Any]:
    """Fact sheet, section 3: 200 says yes, 402 says no; the body has no known meaning."""
    from zenpro_nb.query import fill

    path = fill(ENTITLEMENTS.path, {"organization_id": organization_id, "feature": feature})
    try:
        answer = runtime.session.client.get(path)
    except PlanLimitError as error:
        return {"feature": feature, "allowed": False, "reason": error.detail or error.message}
    known = answer if isinstance(answer, dict) else {}
    return {**known, "feature": feature, "allowed": True}


@pass_runtime
def _validate(runtime: Runtime, name: str) -> pd.DataFrame:
    routes = name_validation.organization_routes(name)
    return name_validation.frame_of(runtime, [name_validation.verdict(runtime.session, name, routes)], routes)


def add_to(group: Group) -> None:
    """Attach the verbs to the noun."""
    for command in (
        WriteCommand(
            "create",
            plan=plan_create,
            params=[click.Argument(["name"], type=NewNameType("organizations")), *_DETAILS],
            help="Create an organization. You become its owner and its administrator.",
        ),
        WriteCommand(
            "update",
            plan=plan_update,
            params=[
                _ORGANIZATION,
                click.Option(["--name"], type=NewNameType("organizations"), help="Its new name."),
                *_DETAILS,
                click.Option(["--no-trusted-domains"], is_flag=True, help="Trust no domain any more."),
            ],
            help="Change an organization; what is not given stays as it is.",
        ),
        WriteCommand(
            "delete",
            plan=plan_delete,
            params=[_ORGANIZATION],
            destructive=True,
            help="Delete an organization. The server may refuse while it has workspaces.",
        ),
        Command(name="trial", callback=_trial, params=[ORG], help=TRIAL.help),
        Command(
            name="entitlement",
            callback=_entitlement,
            params=[
                click.Argument(["features"], nargs=-1, metavar="[FEATURE]…"),
                ORG,
            ],
            help=f"Say whether the plan allows more of a feature: {', '.join(FEATURES)}. Default: all of these.",
        ),
        Command(
            name="validate",
            callback=_validate,
            params=[click.Argument(["name"], type=NewNameType("organizations"))],
            help="Ask the server whether an organization could have this name.",
        ),
    ):
        group.add_command(command)
