"""users, me, devices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zenpro_nb.commands.core.get import get_command
from zenpro_nb.commands.core.listing import listing
from zenpro_nb.commands.core.options import Asked
from zenpro_nb.commands.core.runtime import Runtime
from zenpro_nb.commands.organization import device_writes, user_writes
from zenpro_nb.errors import UsageError
from zenpro_nb.resources import Resource
from zenpro_nb.resources.control_plane import DEVICES, ME, MEMBERS, USERS

if TYPE_CHECKING:
    import pandas as pd

# The API's list of users knows no organization; its list of members does, and holds the same records.
USERS_OF_ORGANIZATION = replace(
    USERS, path=MEMBERS.path, paging=MEMBERS.paging, record="user", filters=(), key=("id",), source=MEMBERS.source
)


def read_users(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """All users that are visible, or with `--org` the users among the members of one organization."""
    from zenpro_nb.commands.core import reading

    if asked.org is None:
        return reading.plain(runtime, resource, asked)
    given = [name for name, value in asked.filters.items() if value is not None]
    if given:
        raise UsageError(
            f"--{given[0]} cannot be combined with --org: the API filters the list of all users only",
            hint="Leave one of them out, or filter the frame.",
        )
    query = reading.query_of(runtime, USERS_OF_ORGANIZATION, asked)
    flags = {"include_teams": False, "include_service_accounts": False}
    return reading.read_query(runtime, replace(query, params=flags), asked)


def read_me(runtime: Runtime, resource: Resource, asked: Asked) -> pd.DataFrame:
    """The one record that the route answers."""
    from zenpro_nb.commands.core import reading
    from zenpro_nb.query import record_of

    record = record_of(runtime.session.client.get(resource.path))
    return reading.made(runtime, resource, [record], asked, route=resource.path)


users = listing(USERS, reader=read_users, org=True)
users.add_command(get_command(USERS))
me = listing(ME, reader=read_me)
user_writes.add_to(users, me)
devices = listing(DEVICES)
device_writes.add_to(devices)
