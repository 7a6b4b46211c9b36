"""Generate the service, deployment and webhook of a project."""

from __future__ import annotations

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.base import Document, Item
from zenpro_nb.sandbox.workspace_api.items.pipelines import Snapshot
from zenpro_nb.sandbox.workspace_api.items.serving import DEPLOYMENT, SERVICE, WEBHOOK
from zenpro_nb.sandbox.workspace_api.sample_data.builder import Builder
from zenpro_nb.sandbox.workspaces.projects import Project


def serve(builder: Builder, facts: Project, project: Item, owner: Account, *, with_model: bool) -> None:
    """Add a service for the model, if there is one, and a webhook for code changes."""
    if with_model:
        builder.add(_service(builder, facts, project, owner))
    builder.add(_webhook(builder, facts, project, owner))


def _service(builder: Builder, facts: Project, project: Item, owner: Account) -> Document:
    url = f"https://serving.acme.example/{facts.subject}"
    kind = {
        "type": "model-serving", "flavor": "seldon", "name": "seldon-deployment", "description": "Seldon Core",
        "logo_url": "",
    }  # fmt: skip
    return Document(
        SERVICE, builder.id(), f"{facts.subject}-api", builder.ago(*limits.SERVICE_AGE), owner, project,
        body={
            "service_type": kind,
            "labels": {"pipeline_name": f"{facts.subject}_training", "pipeline_step_name": "promote_model"},
            "state": "active",
        },
        metadata={
            "service_source": None, "admin_state": "active",
            "config": {"model_name": facts.subject, "token": builder.secret()},
            "status": {"state": "active"}, "endpoint": None, "prediction_url": f"{url}/predict",
            "health_check_url": f"{url}/health",
        },
        resources={"pipeline_run": None, "model_version": None},
    )  # fmt: skip


def _webhook(builder: Builder, facts: Project, project: Item, owner: Account) -> Document:
    received = builder.random.randrange(*limits.WEBHOOK_CALLS)
    last = builder.ago(*limits.LAST_SEEN)
    stats = {
        "received_count": received, "accepted_count": received, "auth_failed_count": 0, "invalid_payload_count": 0,
        "last_received_at": last, "last_accepted_at": last, "last_error_at": None,
        "last_error_summary": None,
    }  # fmt: skip
    return Document(
        WEBHOOK, builder.id(), f"{facts.name}-pushes", builder.ago(*limits.CODE_AGE), owner, project,
        body={"webhook_type": "github", "active": True, "endpoint_url": f"https://hooks.acme.example/{builder.id()}"},
        metadata={"stats": stats},
    )  # fmt: skip


def deploy(builder: Builder, snapshot: Snapshot) -> Snapshot:
    """Deploy a copy of a snapshot, without its schedule, as a service, and return the copy."""
    deployed = snapshot.copy(builder.fork("deployed").id(), snapshot.owner, snapshot.created + limits.SET_UP_TIME, None)
    pipeline, stack = deployed.pipeline, deployed.stack
    name = f"{pipeline.name}-live"
    deployment = Document(
        DEPLOYMENT, builder.id(), name, deployed.created, deployed.owner, deployed.project,
        body={"url": f"https://{name.replace('_', '-')}.run.acme.example", "status": "running"},
        metadata={
            "deployment_metadata": {"region": "europe-west3"},
            "auth_key": builder.secret(),
        },
        resources={
            "snapshot": deployed, "deployer": stack.of_type("deployer"), "pipeline": pipeline, "tags": [],
            "visualizations": [], "stack": stack,
        },
    )  # fmt: skip
    deployed.deployment = builder.add(deployment)
    return builder.add(deployed)
