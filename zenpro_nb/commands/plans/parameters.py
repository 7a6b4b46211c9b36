"""The parameters of `plan`, `apply` and `export`: the desired state, and the options of a plan's guards."""

from __future__ import annotations

from typing import Annotated, Any

from zenpro_nb.framework.declare import (
    AllowSelf,
    Arg,
    CheckUsage,
    FrameType,
    MaxAffected,
    MinOrgAdmins,
    NameType,
    Opt,
    ParameterGroup,
    RareOption,
)
from zenpro_nb.syntax.placeholders import BoundValue

YAML = (".yaml", ".yml")

Desired = Annotated[
    BoundValue | str | None,
    Arg(FrameType("file or frame", also=YAML), metavar="[FILE|$frame]"),
]
PlanOrFile = Annotated[
    BoundValue | str,
    Arg(FrameType("file or plan", also=YAML), metavar="FILE|$plan"),
]
After = Annotated[
    BoundValue | str | None,
    Opt(
        type=FrameType("file or plan", also=YAML),
        metavar="FILE|$plan",
        help="Show the result of applying this file or plan.",
    ),
]
From = Annotated[
    BoundValue | str | None,
    Opt(
        "--from",
        type=FrameType(),
        metavar="FILE|$frame",
        help="Compare the edited DataFrame with this original. Access listed in rows that you deleted is revoked.",
    ),
]
Groups = Annotated[
    BoundValue | str | None,
    Opt(
        "--groups",
        type=FrameType(),
        metavar="FILE|$frame",
        help="Read group memberships from an identity provider's export (email, group, active). FILE is then a YAML "
        "file that maps the groups to teams or roles; without FILE, the error shows how to begin it.",
    ),
]
Invite = Annotated[
    str | None,
    Opt(
        type=NameType("roles"),
        metavar="ROLE",
        help="With --groups: assign this role to people who are not members; people without an account are invited.",
    ),
]
Deactivate = Annotated[bool, Opt(help="With --groups: deactivate accounts that are inactive in the export.")]
MaxRemovals = Annotated[
    str | None,
    Opt(
        metavar="N|N%",
        help="Limit how much is removed from each team and each scope. Default: 25%.",
        option=RareOption,
    ),
]
Allow = Annotated[
    tuple[str, ...],
    Opt(metavar="NAME", help="Allow this service account to be an admin. Can be repeated.", option=RareOption),
]


class PlanOptions(ParameterGroup, frozen=True):
    """The options of `plan` and `apply`: what else describes the desired state, and the guards of a plan."""

    from_: From = None
    groups: Groups = None
    invite: Invite = None
    deactivate: Deactivate = False
    max_removals: MaxRemovals = None
    min_org_admins: MinOrgAdmins = None
    allow_self: AllowSelf = False
    allow: Allow = ()
    check_usage: CheckUsage = None
    max_affected: MaxAffected = None

    @property
    def of_guards(self) -> dict[str, Any]:
        """Return the options of the guards that were typed, by their names in `GuardOptions`."""
        values = {
            "max_removals": self.max_removals,
            "min_org_admins": self.min_org_admins,
            "allow_self": self.allow_self or None,
            "allow": self.allow,
            "check_usage": self.check_usage,
            "max_affected": self.max_affected,
        }
        return {name: value for name, value in values.items() if value not in (None, ())}
