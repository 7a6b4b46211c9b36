"""Fills a ZenML server with the objects that the tests read, through the real client. Runs in the server's environment.

``python seed.py STORE`` fills it; with ``--small`` only a few runs.
"""

import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

from own_code import OwnCode
from zenml import ArtifactConfig, Model, log_metadata, pipeline, step
from zenml.client import Client
from zenml.config.source import Source
from zenml.enums import StackComponentType
from zenml.models import (
    PipelineBuildRequest,
    ScheduleRequest,
    ServiceRequest,
)

CANARY = "canary-7c41e9"  # written wherever a secret can occur; no frame may show it


@step
def load() -> Annotated[int, ArtifactConfig(name="rows", tags=["raw"])]:
    logging.getLogger("zenml").info("loading rows")
    print("seven rows loaded")
    return 7


@step
def train(rows: int) -> Annotated[str, ArtifactConfig(name="weights")]:
    log_metadata({"accuracy": 0.9})
    return "x" * rows


@step(enable_cache=False)
def broken(rows: int) -> int:
    print("about to break")
    raise RuntimeError("no such bucket")


@pipeline(model=Model(name="churn", tags=["prod"]), tags=["nightly"])
def good() -> None:
    train(load())


@pipeline
def bad() -> None:
    broken(load())


def run_bad() -> None:
    try:
        bad()
    except RuntimeError:
        return
    raise AssertionError("the pipeline that fails has not failed")


def stack(client: Client, folder: str) -> None:
    """A stack whose logs the server can read."""
    client.create_stack_component(
        "shared", flavor="local", component_type=StackComponentType.ARTIFACT_STORE, configuration={"path": folder}
    )
    client.create_stack(
        "shared",
        {StackComponentType.ORCHESTRATOR: "default", StackComponentType.ARTIFACT_STORE: "shared"},
    )
    client.activate_stack("shared")


def extras(client: Client) -> None:
    """One of every object that no run creates."""
    run = client.list_pipeline_runs(size=1).items[0]
    orchestrator = client.active_stack.orchestrator.id
    store = client.zen_store
    project = client.active_project.id
    store.create_schedule(
        ScheduleRequest(
            project=project,
            name="every-night",
            active=True,
            cron_expression="0 3 * * *",
            orchestrator_id=orchestrator,
            pipeline_id=run.pipeline.id,
        )
    )
    client.create_schedule_trigger("hourly", interval=3600, start_time=datetime.now(UTC) + timedelta(days=1))
    client.create_secret("warehouse", {"password": CANARY, "host": CANARY})
    client.create_service_connector(
        name="registry",
        connector_type="docker",
        auth_method="password",
        resource_type="docker-registry",
        configuration={"username": "bot", "password": CANARY, "registry": "example.com"},
        verify=False,
    )
    client.create_code_repository(
        "code",
        config={"owner": "acme", "repository": "ml", "token": CANARY, "secret_looking": CANARY},
        source=Source(module=OwnCode.__module__, attribute=OwnCode.__name__, type="user"),
    )
    store.create_service(
        ServiceRequest(
            project=project,
            name="churn-api",
            service_type={"type": "model-serving", "flavor": "mlflow"},
            service_source=None,
            config={"name": "churn-api", "token": CANARY, "free": CANARY},
            pipeline_run_id=run.id,
        )
    )
    store.create_build(
        PipelineBuildRequest(
            project=project,
            pipeline=run.pipeline.id,
            images={"orchestrator": {"image": "example.com/good:1"}},
            is_local=False,
            contains_code=True,
            zenml_version="0.98.0",
            python_version="3.11",
        )
    )
    client.update_snapshot(run.snapshot.id, name="good-one")


def main() -> None:
    folder, small = sys.argv[1], "--small" in sys.argv
    client = Client()
    client.set_active_project("default")
    stack(client, folder)
    good()
    run_bad()
    if small:
        return
    good()
    extras(client)
    client.create_project("research", description="The second project")
    client.set_active_project("research")
    good()


if __name__ == "__main__":
    main()
