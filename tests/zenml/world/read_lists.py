"""Reads every list of a workspace through the real client, whose models check each answer. Prints the totals as JSON.

``python read_lists.py PROJECT``, with the workspace's address and key in the environment.
"""

import json
import sys

from zenml.client import Client

SCOPED = {
    "runs": "list_pipeline_runs",
    "steps": "list_run_steps",
    "pipelines": "list_pipelines",
    "schedules": "list_schedules",
    "pipeline_snapshots": "list_snapshots",
    "pipeline_builds": "list_builds",
    "run_templates": "list_run_templates",
    "models": "list_models",
    "model_versions": "list_model_versions",
    "artifacts": "list_artifacts",
    "artifact_versions": "list_artifact_versions",
    "services": "list_services",
    "deployments": "list_deployments",
    "code_repositories": "list_code_repositories",
}
SHARED = {
    "stacks": "list_stacks",
    "components": "list_stack_components",
    "flavors": "list_flavors",
    "service_connectors": "list_service_connectors",
    "secrets": "list_secrets",
    "tags": "list_tags",
    "users": "list_users",
    "service_accounts": "list_service_accounts",
    "projects": "list_projects",
}


def main(project: str) -> None:
    client = Client()
    client.set_active_project(project)
    totals = {}
    for name, method in SCOPED.items():
        # The client lists named snapshots and the latest tries of steps by itself, but for these.
        more = {"named_only": False} if name == "pipeline_snapshots" else {}
        totals[name] = getattr(client, method)(project=project, hydrate=True, size=40, **more).total
    for name, method in SHARED.items():
        totals[name] = getattr(client, method)(hydrate=True, size=40).total
    failed = client.list_pipeline_runs(project=project, status="failed", size=1).items[0]
    assert client.get_pipeline_run(failed.id).steps
    print(json.dumps(totals))


if __name__ == "__main__":
    main(sys.argv[1])
