"""The lists of the ZenML Pro control plane."""

from __future__ import annotations

from zenpro_nb.resources.control_plane.access import (
    ASSIGNMENTS,
    OWN_API_KEYS,
    PERMISSIONS,
    ROLES,
    SERVICE_ACCOUNT_API_KEYS,
    SERVICE_ACCOUNTS,
)
from zenpro_nb.resources.control_plane.organizations import ORGANIZATIONS, RELEASES, WORKSPACE_STATUS, WORKSPACES
from zenpro_nb.resources.control_plane.people import DEVICES, INVITATIONS, ME, MEMBERS, TEAM_MEMBERS, TEAMS, USERS

CONTROL_PLANE = (
    ORGANIZATIONS,
    WORKSPACES,
    USERS,
    ME,
    MEMBERS,
    INVITATIONS,
    TEAMS,
    TEAM_MEMBERS,
    ROLES,
    ASSIGNMENTS,
    SERVICE_ACCOUNTS,
    OWN_API_KEYS,
    SERVICE_ACCOUNT_API_KEYS,
    PERMISSIONS,
    RELEASES,
    DEVICES,
)

__all__ = [
    "ASSIGNMENTS",
    "CONTROL_PLANE",
    "DEVICES",
    "INVITATIONS",
    "ME",
    "MEMBERS",
    "ORGANIZATIONS",
    "OWN_API_KEYS",
    "PERMISSIONS",
    "RELEASES",
    "ROLES",
    "SERVICE_ACCOUNTS",
    "SERVICE_ACCOUNT_API_KEYS",
    "TEAMS",
    "TEAM_MEMBERS",
    "USERS",
    "WORKSPACES",
    "WORKSPACE_STATUS",
]
