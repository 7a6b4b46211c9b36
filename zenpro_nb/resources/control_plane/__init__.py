"""The lists of the ZenML Pro control plane."""

from __future__ import annotations

from zenpro_nb.resources.control_plane import access, organizations, people
from zenpro_nb.resources.control_plane.access import ASSIGNMENTS as ASSIGNMENTS
from zenpro_nb.resources.control_plane.access import OWN_API_KEYS as OWN_API_KEYS
from zenpro_nb.resources.control_plane.access import PERMISSIONS as PERMISSIONS
from zenpro_nb.resources.control_plane.access import ROLES as ROLES
from zenpro_nb.resources.control_plane.access import SERVICE_ACCOUNT_API_KEYS as SERVICE_ACCOUNT_API_KEYS
from zenpro_nb.resources.control_plane.access import SERVICE_ACCOUNTS as SERVICE_ACCOUNTS
from zenpro_nb.resources.control_plane.organizations import ORGANIZATIONS as ORGANIZATIONS
from zenpro_nb.resources.control_plane.organizations import RELEASES as RELEASES
from zenpro_nb.resources.control_plane.organizations import WORKSPACE_STATUS as WORKSPACE_STATUS
from zenpro_nb.resources.control_plane.organizations import WORKSPACES as WORKSPACES
from zenpro_nb.resources.control_plane.people import DEVICES as DEVICES
from zenpro_nb.resources.control_plane.people import INVITATIONS as INVITATIONS
from zenpro_nb.resources.control_plane.people import ME as ME
from zenpro_nb.resources.control_plane.people import MEMBERS as MEMBERS
from zenpro_nb.resources.control_plane.people import TEAM_MEMBERS as TEAM_MEMBERS
from zenpro_nb.resources.control_plane.people import TEAMS as TEAMS
from zenpro_nb.resources.control_plane.people import USERS as USERS
from zenpro_nb.resources.model import Resource

# All entries of the three tables, in order: adding an entry there adds a list.
CONTROL_PLANE: tuple[Resource, ...] = tuple(
    entry for table in (organizations, people, access) for entry in vars(table).values() if isinstance(entry, Resource)
)
