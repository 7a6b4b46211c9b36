"""The routes, one module per noun."""

from zenpro_nb.sandbox.routes import (
    about,
    assignments,
    auth,
    device_page,
    devices,
    entitlements,
    invitations,
    members,
    organizations,
    own_keys,
    rbac,
    roles,
    service_account_keys,
    service_accounts,
    teams,
    users,
    workspace_members,
    workspaces,
)

# In the order in which they are documented. A fixed path must come before one with a parameter in the same place.
MODULES = (
    about, auth, own_keys, users, entitlements, organizations, members, invitations, service_accounts,
    service_account_keys, teams, roles, assignments, rbac, workspaces, workspace_members, devices, device_page,
)  # fmt: skip
ROUTERS = tuple(module.routes for module in MODULES)
