"""The fourteen predefined roles of every organization (API facts 7.7), with their permissions.

The names are observed. The permissions on the control plane are inferred from the descriptions there.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

ORGANIZATION = "organization"
WORKSPACE = "workspace"
PROJECT = "project"
Level = Literal["organization", "workspace", "project"]

# API facts 7.8.
ACTIONS = (
    "create", "read", "update", "delete", "read_secret_value", "prune", "client", "promote", "backup_restore", "share",
)  # fmt: skip
# API facts 7.8: resource types inside a workspace, outside and inside of projects.
SHARED_TYPES = (
    "flavor", "secret", "service_connector", "stack", "stack_component", "tag", "project", "resource_pool",
    "resource_pool_policy",
)  # fmt: skip
PROJECT_TYPES = (
    "artifact", "artifact_version", "code_repository", "model", "model_version", "pipeline", "pipeline_run",
    "pipeline_deployment", "pipeline_build", "deployment", "schedule", "run_template", "service", "run_metadata",
    "trigger", "webhook",
)  # fmt: skip
# Inferred: the control plane's own resource types have no published names.
CONTROL_PLANE_TYPES = (
    "organization", "billing", "member", "invitation", "team", "role", "role_assignment", "service_account",
    "workspace",
)  # fmt: skip
ALL_TYPES = CONTROL_PLANE_TYPES + SHARED_TYPES + PROJECT_TYPES

READ = ("read",)
WRITE = ("create", "read", "update", "delete")
GROW = ("create", "read")

Permissions = dict[str, tuple[str, ...]]


class Predefined(Struct, frozen=True):
    """A predefined role of every organization."""

    name: str
    level: str
    description: str
    permissions: Permissions


def each(types: tuple[str, ...], actions: tuple[str, ...]) -> Permissions:
    """Return permissions with the same actions on each type."""
    return dict.fromkeys(types, actions)


_STACK = ("stack", "stack_component", "service_connector", "flavor")
_PEOPLE = ("member", "invitation", "team", "role", "role_assignment", "service_account")
# API facts 7.8 lists service_account among the types inside a workspace. Those of organizations belong to the
# control plane.
_IN_WORKSPACE = (*SHARED_TYPES, *PROJECT_TYPES, "service_account")

PREDEFINED = (
    Predefined(
        "Organization Admin", ORGANIZATION, "Full control of the organization.", each(ALL_TYPES, ACTIONS)
    ),
    Predefined(
        "Organization Manager", ORGANIZATION, "Manages people, teams and most settings, without billing.",
        each(_PEOPLE, WRITE) | {"organization": ("read", "update"), "workspace": ("create",)},
    ),
    Predefined(
        "Organization Viewer", ORGANIZATION, "Reads the organization and connects to every workspace.",
        each((*_PEOPLE, "organization", "workspace", *_STACK), READ),
    ),
    Predefined(
        "Billing Admin", ORGANIZATION, "Manages billing only.", {"organization": READ, "billing": WRITE}
    ),
    Predefined(
        "Organization Member", ORGANIZATION, "Belongs to the organization, nothing more.", {"organization": READ}
    ),
    Predefined(
        "Workspace Admin", WORKSPACE, "Full control of the workspace.",
        each(_IN_WORKSPACE, ACTIONS)
        | {"workspace": ("read", "update", "delete"), "member": WRITE, "role_assignment": WRITE},
    ),
    Predefined(
        "Workspace Developer", WORKSPACE, "Creates and views everything, in all projects.",
        each(_IN_WORKSPACE, GROW) | each(_STACK, ("create", "read", "update")) | {"workspace": READ, "member": READ},
    ),
    Predefined(
        "Workspace Contributor", WORKSPACE, "Creates resources, sees no project unless granted.",
        each(("stack", "stack_component", "service_connector", "secret", "tag"), ("create",)) | {"workspace": READ},
    ),
    Predefined(
        "Workspace Viewer", WORKSPACE, "Reads everything, including projects.",
        each(_IN_WORKSPACE, READ) | {"workspace": READ, "member": READ},
    ),
    Predefined(
        "Stack Admin", WORKSPACE, "Full control of stacks, components and connectors; no projects.",
        each(_STACK, ACTIONS) | {"workspace": READ},
    ),
    Predefined(
        "Project Admin", PROJECT, "Full control of the project.",
        each(PROJECT_TYPES, ACTIONS) | {"project": ACTIONS, "member": WRITE, "role_assignment": WRITE},
    ),
    Predefined(
        "Project Developer", PROJECT, "Creates and views everything in the project.",
        each(PROJECT_TYPES, GROW) | {"project": READ, "member": READ},
    ),
    Predefined(
        "Project Contributor", PROJECT, "Creates resources in the project.",
        each(PROJECT_TYPES, ("create",)) | {"project": READ},
    ),
    Predefined(
        "Project Viewer", PROJECT, "Reads the project.",
        each(PROJECT_TYPES, READ) | {"project": READ, "member": READ},
    ),
)  # fmt: skip

ADMIN_ROLE = "Organization Admin"
MEMBER_ROLE = "Organization Member"


def as_stored(permissions: Permissions) -> list[dict[str, object]]:
    """Return permissions in the format of a stored role. The format is inferred (API facts 3.12)."""
    return [{"resource": resource, "actions": list(actions)} for resource, actions in permissions.items()]
