"""The services of a workspace as the API shows them: what is deployed, and where it answers.

The fields are those of a complete real workspace (API facts 11.2). The control plane sets the values of ``admin`` for
the workspaces that it runs, so an enrolled workspace has none (inferred).
"""

from __future__ import annotations

from zenpro_nb.sandbox import addresses, limits, releases
from zenpro_nb.sandbox.tables import Workspace

# The names of the fields are observed (API facts 11.2), the values are the sandbox's own.
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

    One that does not run has no address (API facts 8.3), nor has one whose own server did not tell it.
    """
    runs = runs and bool(workspace.server_url)
    zenml = workspace.workspace_type == releases.ZENML
    server_url = addresses.shown(base, workspace.server_url)
    return {
        "zenml_service": {
            # A Kitaru workspace has no usable one (API facts 4.5), but zenml's own client cannot read a null.
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
    # API facts 11.6 knows the configuration of the request; that it is shown again is inferred.
    return {
        "configuration": {"version": workspace.version, "admin": workspace.admin},
        "status": {"server_url": workspace.server_url} if runs else None,
    }


def _mlflow(workspace: Workspace, *, runs: bool) -> dict[str, object] | None:
    if workspace.mlflow is None or runs:
        return workspace.mlflow
    return {**workspace.mlflow, "status": None}
