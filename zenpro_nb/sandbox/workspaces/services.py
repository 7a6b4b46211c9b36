"""The services of a workspace as the API shows them: their deployment and address.

The fields are those of a complete real workspace (API facts 11.2). The control plane sets the values of ``admin`` for
the workspaces that it runs, so an enrolled workspace has none (inferred).
"""

from __future__ import annotations

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.database.tables import Workspace
from zenpro_nb.sandbox.workspaces import addresses, releases

# The field names are observed (API facts 11.2). The values are the sandbox's own.
_DEPLOYMENT: dict[str, object] = {
    "provider_type": "argocd",
    "service_tier": "basic",
    "resources": {
        "replicas": limits.SERVER_REPLICAS,
        "cpu": limits.SERVER_CPU,
        "memory": limits.SERVER_MEMORY,
        "max_memory": limits.SERVER_MEMORY_MAX,
        "autoscaling_enabled": False,
        "thread_pool_size": limits.SERVER_THREADS,
        "db_pool_size": limits.SERVER_DB_POOL_SIZE,
        "db_pool_overflow": limits.SERVER_DB_POOL_OVERFLOW,
    },
}


def services_of(workspace: Workspace, base: str, *, runs: bool) -> dict[str, object]:
    """Return the fields of the workspace's services.

    A service has no address if it does not run (API facts 8.3), or if its own server did not report one.
    """
    runs = runs and bool(workspace.server_url)
    zenml = workspace.workspace_type == releases.ZENML
    server_url = addresses.absolute(base, workspace.server_url)
    return {
        "zenml_service": {
            # A Kitaru workspace has no usable one (API facts 4.5), but zenml's own client cannot read null.
            "configuration": _configuration(workspace) if zenml else None,
            "status": {"server_url": server_url, "version": workspace.version} if zenml and runs else None,
        },
        "kitaru_service": None if zenml else _kitaru(workspace, runs=runs),
        "mlflow_service": _mlflow(workspace, runs=runs),
    }


def _configuration(workspace: Workspace) -> dict[str, object]:
    return {
        "version": workspace.version,
        "analytics_enabled": True,
        "secrets_store": {"type": "sql"},
        "backup_secrets_store": None,
        "admin": _DEPLOYMENT | (workspace.admin or {}) if workspace.is_managed else workspace.admin,
    }


def _kitaru(workspace: Workspace, *, runs: bool) -> dict[str, object]:
    # API facts 11.6 documents the configuration in the request. Its presence in the response is inferred.
    return {
        "configuration": {"version": workspace.version, "admin": workspace.admin},
        "status": {"server_url": workspace.server_url} if runs else None,
    }


def _mlflow(workspace: Workspace, *, runs: bool) -> dict[str, object] | None:
    if workspace.mlflow is None or runs:
        return workspace.mlflow
    return {**workspace.mlflow, "status": None}
