"""The vocabulary of permissions: the actions and resource types inside workspaces.

API facts 7.8. The control plane's own types (teams, roles …) have no published names.
"""

from __future__ import annotations

ACTIONS = (
    "create", "read", "update", "delete", "read_secret_value", "prune", "client", "promote", "backup_restore", "share",
)  # fmt: skip
# Types shared by all projects of a workspace: the name of such a resource contains no project.
SHARED_TYPES = (
    "stack", "stack_component", "service_connector", "flavor", "secret", "tag", "service_account", "project",
    "resource_pool", "resource_pool_policy",
)  # fmt: skip
PROJECT_TYPES = (
    "pipeline", "pipeline_run", "pipeline_build", "pipeline_deployment", "deployment", "schedule", "run_template",
    "artifact", "artifact_version", "model", "model_version", "service", "run_metadata", "code_repository", "trigger",
    "webhook",
)  # fmt: skip
TYPES = (*SHARED_TYPES, *PROJECT_TYPES)
# A project is not inside a project, but a project role may allow actions on that project.
OF_PROJECTS = (*PROJECT_TYPES, "project")
