"""service-accounts and api-keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenpro_nb.commands.core.listing import listing
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.organization import api_key_writes, service_account_writes
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import OWN_API_KEYS, SERVICE_ACCOUNTS

if TYPE_CHECKING:
    import pandas as pd


def read_api_keys(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """Your own keys, or those of the service account that was named."""
    from zenpro_nb.commands.core import reading

    owner = api_key_writes.owner_of(runtime, asked.filters.get("service_account"), asked.org)
    return reading.read_query(runtime, reading.query_of(runtime, owner.resource, asked, **owner.ids), asked)


service_accounts = listing(SERVICE_ACCOUNTS, org=True)
service_account_writes.add_to(service_accounts)
api_keys = listing(OWN_API_KEYS, reader=read_api_keys, org=True, extra=[api_key_writes.SERVICE_ACCOUNT])
api_key_writes.add_to(api_keys)
