"""Principals that can have a role: users, service accounts and open invitations, with teams expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from zenpro_nb import frames
from zenpro_nb.access.model.columns import BOT, BOT_MARK, INVITATION, PRINCIPAL_COLUMNS, USER
from zenpro_nb.access.model.principals import name_of
from zenpro_nb.resources.model import Column, DataType

if TYPE_CHECKING:
    import pandas as pd

    from zenpro_nb.access.model.inventory import Inventory


_ACCOUNT = tuple(
    Column(name, DataType.BOOL if name.startswith("is_") else DataType.TEXT)
    for name in ("id", "email", "username", "name", "is_active", "is_service_account")
)

# Finding names, computing paths and rendering answers all need the holders of the same inventory, which is immutable.
_CACHE: WeakKeyDictionary[Inventory, pd.DataFrame] = WeakKeyDictionary()


def holders(inventory: Inventory) -> pd.DataFrame:
    """Return all principals in the inventory that can have a role, once each, with the columns `PRINCIPAL_COLUMNS`.

    Accepted invitations are left out: their roles belong to the account. An invitation that is in no list of
        invitations counts as open, because something is still assigned to it.

    Example:
        >>> from zenpro_nb.access import Inventory
        >>> users = [{"id": "1", "username": "trainer", "is_service_account": True}]
        >>> holders(Inventory.of({"users": users}))["principal"].tolist()
        ['bot:trainer']
    """
    import pandas as pd  # heavy: only where a frame is made

    if inventory not in _CACHE:
        principals = pd.concat([_accounts(inventory), _invitations(inventory)], ignore_index=True)
        _CACHE[inventory] = frames.with_types(PRINCIPAL_COLUMNS, principals)
    return _CACHE[inventory].copy()


def _accounts(inventory: Inventory) -> pd.DataFrame:
    import pandas as pd

    members, assignments = inventory.team_members.frame, inventory.assignments.frame
    owners = inventory.workspaces.frame
    sources = [
        inventory.users.frame,
        inventory.service_accounts.frame.assign(is_service_account=True),
        members.rename(columns={"user_id": "id"}),
        assignments.rename(columns={"user_id": "id"}).assign(email=assignments["principal"]),
        owners.filter(like="owner").rename(columns=lambda name: name.removeprefix("owner_").replace("owner", "email")),
    ]
    # The first list that contains an account provides its fields; the other lists add only unknown accounts.
    rows = pd.concat([frames.with_types(_ACCOUNT, source) for source in sources], ignore_index=True)
    rows = rows[rows["id"].notna()].drop_duplicates("id", ignore_index=True)
    bot = rows["is_service_account"].fillna(False).astype(bool) | rows["id"].isin(
        inventory.service_accounts.frame["id"]
    )
    own = name_of(rows, "username", "email", "name", "id")
    return pd.DataFrame(
        {
            "principal": name_of(rows, "email", "username", "name", "id").where(~bot, BOT_MARK + own),
            "kind": bot.map({True: BOT, False: USER}),
            "active": rows["is_active"],
            "user_id": rows["id"],
        }
    )


def _invitations(inventory: Inventory) -> pd.DataFrame:
    import pandas as pd

    columns = (Column("id"), Column("email"), Column("accepted", DataType.BOOL))
    members, assignments = inventory.team_members.frame, inventory.assignments.frame
    sources = [
        inventory.invitations.frame,
        members.assign(id=members["invitation_id"], email=members["invited_email"]),
        assignments.assign(id=assignments["invitation_id"], email=assignments["principal"]),
    ]
    rows = pd.concat([frames.with_types(columns, source) for source in sources], ignore_index=True)
    rows = rows[rows["id"].notna()].drop_duplicates("id", ignore_index=True)
    rows = rows[~rows["accepted"].fillna(False).astype(bool)]
    return pd.DataFrame({"principal": name_of(rows, "email", "id"), "kind": INVITATION, "invitation_id": rows["id"]})
