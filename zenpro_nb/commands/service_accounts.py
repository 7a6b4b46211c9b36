"""service-accounts and api-keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from zenpro_nb.commands.listing import listing
from zenpro_nb.commands.options import Asked, NameType
from zenpro_nb.commands.runtime import Runtime
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import OWN_API_KEYS, SERVICE_ACCOUNT_API_KEYS, SERVICE_ACCOUNTS

if TYPE_CHECKING:
    import pandas as pd


def read_api_keys(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """Your own keys, or those of the service account that was named."""
    from zenpro_nb import lookup
    from zenpro_nb.commands import reading

    name = asked.filters.get("service_account")
    if name is None:
        if asked.org:
            raise UsageError(
                "--org says where the service account is, and none was named", hint="Add --service-account."
            )
        return reading.plain(runtime, resource, asked)
    organization = lookup.organization(runtime.session, asked.org)
    account = lookup.find(runtime.session, "service-accounts", name, organization_id=organization.id)
    ids = {"organization_id": organization.id, "service_account_id": account.id}
    return reading.read_query(runtime, reading.query_of(runtime, SERVICE_ACCOUNT_API_KEYS, asked, **ids), asked)


service_accounts = listing(SERVICE_ACCOUNTS, org=True)
api_keys = listing(
    OWN_API_KEYS,
    reader=read_api_keys,
    org=True,
    extra=[
        click.Option(
            ["--service-account"],
            type=NameType("service-accounts"),
            help="The keys of this service account, by name or id. Default: your own.",
        )
    ],
)
