"""Writes runs into the database of a ZenML server, with the server's own tables. Runs in the server's environment.

``python thousand_runs.py DATABASE SPEC.json``; the runs are those of ``tests/support/thousand_runs.py``.
"""

import json
import sys
from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Session, create_engine
from zenml.enums import MetadataResourceTypes, PipelineRunTriggeredByType, TaggableResourceTypes
from zenml.zen_stores import schemas as tables


def value(text):
    return None if text is None else UUID(text)


def time(text):
    return None if text is None else datetime.fromisoformat(text)


def people_and_stacks(session, spec):
    for person in spec["people"]:
        session.add(
            tables.UserSchema(
                id=value(person["id"]),
                name=person["name"],
                full_name=person["name"].title(),
                active=True,
                external_user_id=value(person["external"]),
            )
        )
    for stack in spec["stacks"]:
        session.add(tables.StackSchema(id=value(stack["id"]), name=stack["name"]))
    for tag in spec["tags"]:
        session.add(tables.TagSchema(id=value(tag["id"]), name=tag["name"], color="blue"))
    session.commit()


def project(session, data):
    owner, here = value(data["owner"]), value(data["id"])
    common = {"project_id": here, "user_id": owner}
    session.add(tables.ProjectSchema(id=here, name=data["name"], display_name=data["name"], description=""))
    session.commit()
    for found in data["pipelines"]:
        session.add(tables.PipelineSchema(id=value(found["id"]), name=found["name"], run_count=0, **common))
    session.commit()
    for found in data["schedules"]:
        session.add(
            tables.ScheduleSchema(
                id=value(found["id"]), name=found["name"], pipeline_id=value(found["pipeline"]), active=True,
                cron_expression="0 3 * * *", catchup=False, **common,
            )
        )  # fmt: skip
    session.commit()
    for found in data["snapshots"]:
        session.add(
            tables.PipelineSnapshotSchema(
                id=value(found["id"]), name=found["name"], pipeline_id=value(found["pipeline"]),
                stack_id=value(found["stack"]), schedule_id=value(found["schedule"]),
                source_snapshot_id=value(found["source"]), pipeline_configuration=json.dumps({"name": "p"}),
                client_environment="{}", run_name_template="run", client_version="0.98.0", server_version="0.98.0",
                step_count=0, **common,
            )
        )  # fmt: skip
    session.commit()
    for found in data["triggers"]:
        session.add(
            tables.TriggerSchema(
                id=value(found["id"]), name=found["name"], active=True, is_archived=False, type="schedule",
                flavor="native schedule", configuration=json.dumps({"cron_expression": "0 3 * * *"}),
                concurrency="skip", **common,
            )
        )  # fmt: skip
    for found in data["deployments"]:
        session.add(
            tables.DeploymentSchema(
                id=value(found["id"]), name=found["name"], status="running", deployment_metadata="{}",
                snapshot_id=value(found["snapshot"]), **common,
            )
        )  # fmt: skip
    artifact = tables.ArtifactSchema(id=uuid4(), name=f"artifact-{data['name']}", has_custom_name=False, **common)
    session.add(artifact)
    session.commit()
    return artifact.id


def run(session, data, artifact):
    common = {"project_id": value(data["project"]), "user_id": value(data["user"])}
    key = value(data["id"])
    deployed = PipelineRunTriggeredByType.DEPLOYMENT.value if data["deployment"] else None
    session.add(
        tables.PipelineRunSchema(
            id=key, name=data["name"], created=time(data["created"]), updated=time(data["created"]),
            orchestrator_run_id=data["id"], start_time=time(data["started"]), end_time=time(data["ended"]),
            in_progress=data["ended"] is None, status=data["status"], index=data["index"], enable_heartbeat=False,
            snapshot_id=value(data["snapshot"]), pipeline_id=value(data["pipeline"]),
            triggered_by=value(data["deployment"]), triggered_by_type=deployed, **common,
        )
    )  # fmt: skip
    for tag in data["tags"]:
        session.add(
            tables.TagResourceSchema(
                id=uuid4(), tag_id=value(tag), resource_id=key, resource_type=TaggableResourceTypes.PIPELINE_RUN.value
            )
        )
    for name, logged in data["metadata"].items():
        entry = uuid4()
        session.add(
            tables.RunMetadataSchema(
                id=entry, created=time(data["created"]), key=name, value=json.dumps(logged),
                type=type(logged).__name__, **common,
            )
        )  # fmt: skip
        session.add(
            tables.RunMetadataResourceSchema(
                id=uuid4(), resource_id=key, resource_type=MetadataResourceTypes.PIPELINE_RUN.value,
                run_metadata_id=entry,
            )
        )  # fmt: skip
    if data["trigger"]:
        session.add(tables.TriggerExecutionSchema(trigger_id=value(data["trigger"]), pipeline_run_id=key))
    for found in data["steps"]:
        steps(session, data, found, common, artifact)


def steps(session, data, found, common, artifact):
    attempts = [(found["retried"], "retried"), (found["id"], found["status"])]
    for version, (step, status) in enumerate((attempt for attempt in attempts if attempt[0]), start=1):
        session.add(
            tables.StepRunSchema(
                id=value(step), name=found["name"], status=status, version=version, is_retriable=False,
                pipeline_run_id=value(data["id"]), snapshot_id=value(data["snapshot"]), step_configuration="{}",
                created=time(data["created"]), **common,
            )
        )  # fmt: skip
    if found["output"]:
        session.add(
            tables.ArtifactVersionSchema(
                id=value(found["output"]), version=found["output"], type="DataArtifact", uri="/nowhere",
                materializer="m", data_type="d", save_type="step_output", artifact_id=artifact, **common,
            )
        )  # fmt: skip
        session.add(
            tables.StepRunOutputArtifactSchema(
                name="output", step_id=value(found["id"]), artifact_id=value(found["output"])
            )
        )


def main():
    database, path = sys.argv[1:]
    with open(path) as file:
        spec = json.load(file)
    with Session(create_engine(f"sqlite:///{database}")) as session:
        people_and_stacks(session, spec)
        artifacts = {data["id"]: project(session, data) for data in spec["projects"]}
        for data in spec["runs"]:
            run(session, data, artifacts[data["project"]])
        session.commit()


if __name__ == "__main__":
    main()
