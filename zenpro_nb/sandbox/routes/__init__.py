"""The routes, one module per noun."""

from zenpro_nb.sandbox.routes import (
    about,
    assignments,
    auth,
    members,
    organizations,
    roles,
    teams,
    users,
    workspaces,
)

# In the order in which they are documented and matched.
MODULES = (auth, users, organizations, members, teams, roles, assignments, workspaces, about)
ROUTERS = tuple(module.routes for module in MODULES)
