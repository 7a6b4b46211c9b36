"""The actions that decide which roles start runs, administer something, or read runs: (action, type of resource)."""

from __future__ import annotations

from msgspec.structs import replace

from zenpro_nb.access.model.inventory import Inventory

START = ("create", "pipeline_run")
# A role that allows one of these administers something: it can be in use without any run (API facts 7.8).
IN_WORKSPACES = (
    ("update", "project"), ("delete", "project"), ("delete", "stack"), ("share", "stack"),
    ("delete", "service_connector"), ("delete", "secret"), ("share", "secret"), ("delete", "service_account"),
)  # fmt: skip
# Inferred: the control plane's own types have no published names. A server that does not know one returns no role.
IN_CONTROL_PLANE = (
    ("create", "role_assignment"), ("create", "role"), ("create", "member"), ("create", "invitation"),
    ("create", "team"), ("update", "workspace"), ("update", "organization"),
)  # fmt: skip
RUN_PERMISSIONS = (START, *IN_WORKSPACES, *IN_CONTROL_PLANE)
READ = ("read", "pipeline_run")
# Everything that a verdict needs to know about the roles: see `inventory.fill`.
USAGE_PAIRS = (*RUN_PERMISSIONS, READ)


def without_expected_gaps(inventory: Inventory) -> Inventory:
    """Return the inventory without the gap of its permissions, if it contains which roles allow starting runs.

    Servers refuse types that they do not know. For some pairs, only roles with all permissions are allowed, which looks
    as if the server ignored the filter. Verdicts take both into account: see `roles.run_roles`.
    """
    permissions = inventory.permissions
    if permissions.gap is None or inventory.roles_allowing(*START) is None:
        return inventory
    return inventory.with_lists(replace(permissions, gap=None, complete=True))
