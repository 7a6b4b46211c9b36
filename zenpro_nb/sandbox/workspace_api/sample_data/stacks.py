"""Generate stacks, components, connectors and secrets."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.base import Document, Fields
from zenpro_nb.sandbox.workspace_api.items.stacks import CONNECTOR, FLAVOR, Component, Secret, Stack
from zenpro_nb.sandbox.workspace_api.sample_data.builder import Builder

ORCHESTRATOR, ARTIFACT_STORE = "orchestrator", "artifact_store"
LOGOS = "https://public-flavor-logos.s3.eu-central-1.amazonaws.com"


class FlavorPlan(Struct, frozen=True):
    """A flavor of components. `connector` is the resource type that it accesses through a service connector."""

    name: str
    type: str
    title: str
    integration: str
    connector: str = ""


_FLAVORS = (
    FlavorPlan("local", ORCHESTRATOR, "Local", "built-in"),
    FlavorPlan("local", ARTIFACT_STORE, "Local", "built-in"),
    FlavorPlan("kubernetes", ORCHESTRATOR, "Kubernetes", "kubernetes", "kubernetes-cluster"),
    FlavorPlan("sagemaker", "step_operator", "SageMaker", "aws", "aws-generic"),
    FlavorPlan("s3", ARTIFACT_STORE, "S3", "s3", "s3-bucket"),
    FlavorPlan("aws", "container_registry", "ECR", "built-in", "docker-registry"),
    FlavorPlan("local", "image_builder", "Local", "built-in"),
    FlavorPlan("mlflow", "experiment_tracker", "MLflow", "mlflow"),
    FlavorPlan("mlflow", "model_registry", "MLflow", "mlflow"),
    FlavorPlan("slack", "alerter", "Slack", "slack"),
    FlavorPlan("great_expectations", "data_validator", "Great Expectations", "great_expectations"),
    FlavorPlan("gcp", "deployer", "Cloud Run", "gcp"),
    FlavorPlan("vertex", ORCHESTRATOR, "Vertex AI", "gcp"),
    FlavorPlan("azure", ARTIFACT_STORE, "Azure", "azure"),
)


class Stacks(Struct, frozen=True):
    """The stacks of a workspace."""

    default: Stack
    production: Stack
    training: Stack
    store: Component


def stacks(builder: Builder, owner: Account | None) -> Stacks:
    """Add flavors, a connector, components and three stacks."""
    created = builder.ago(*limits.STACK_AGE)
    flavors = {(plan.type, plan.name): builder.add(_flavor(builder, plan, created)) for plan in _FLAVORS}
    connector = builder.add(_connector(builder, owner, created))
    # The initial items of every workspace have no owner (0.98.0, observed).
    local = [
        builder.add(_component(builder, "default", flavors[kind, "local"], None, created, None))
        for kind in (ORCHESTRATOR, ARTIFACT_STORE)
    ]
    remote = {
        name: builder.add(_component(builder, name, flavors[kind, flavor], owner, created, connector))
        for name, kind, flavor in (
            ("eks-production", ORCHESTRATOR, "kubernetes"),
            ("ml-artifacts", ARTIFACT_STORE, "s3"),
            ("ecr", "container_registry", "aws"),
            ("mlflow", "experiment_tracker", "mlflow"),
            ("mlflow-registry", "model_registry", "mlflow"),
            ("oncall", "alerter", "slack"),
            ("expectations", "data_validator", "great_expectations"),
            ("sagemaker-gpu", "step_operator", "sagemaker"),
            ("cloud-run", "deployer", "gcp"),
        )
    }
    production = [remote[name] for name in ("eks-production", "ml-artifacts", "ecr", "oncall", "expectations")]
    training = [*production, remote["mlflow"], remote["mlflow-registry"], remote["sagemaker-gpu"]]
    return Stacks(
        builder.add(Stack(builder.id(), "default", created, None, local, "")),
        builder.add(
            Stack(builder.id(), "aws-production", created, owner, [*production, remote["cloud-run"]], "Nightly")
        ),
        builder.add(Stack(builder.id(), "aws-gpu", created, owner, training, "Training on GPUs")),
        remote["ml-artifacts"],
    )


def _flavor(builder: Builder, plan: FlavorPlan, created: datetime) -> Document:
    page = f"{plan.type.replace('_', '-')}s/{plan.name}"
    return Document(
        FLAVOR, builder.id(), plan.name, created,
        body={
            "type": plan.type, "display_name": plan.title, "integration": plan.integration,
            "source": f"zenml.integrations.{plan.integration}.flavors.{plan.type}_flavor".replace("built-in", "local"),
            "logo_url": f"{LOGOS}/{plan.type}/{plan.name}.png", "is_custom": False,
        },
        metadata={
            "config_schema": {"title": f"{plan.title} {plan.type}", "type": "object", "properties": {}},
            "connector_type": "aws" if plan.connector else None,
            "connector_resource_type": plan.connector or None, "connector_resource_id_attr": None,
            "docs_url": f"https://docs.zenml.io/stacks/stack-components/{page}",
            "sdk_docs_url": None,
        },
    )  # fmt: skip


def _component(
    builder: Builder, name: str, flavor: Document, owner: Account | None, created: datetime, connector: Document | None
) -> Component:
    kind = flavor.body(created)["type"]
    secret: Fields = {"token": builder.secret()} if kind == "alerter" else {}
    uses_connector = connector is not None and flavor.metadata(created)["connector_resource_type"]
    return Component(
        builder.id(), name, created, owner, flavor, connector if uses_connector else None,
        configuration={"path": f"s3://acme-{name}", **secret} if owner else {},
        resource_id=f"acme-{name}" if uses_connector else None,
    )  # fmt: skip


def _connector(builder: Builder, owner: Account | None, created: datetime) -> Document:
    method = "iam-role"
    types = ("s3-bucket", "kubernetes-cluster", "docker-registry", "aws-generic")
    described = {
        "name": "AWS Service Connector",
        "connector_type": "aws",
        "description": "Reaches what belongs to an AWS account.",
        "resource_types": [
            {
                "name": kind, "resource_type": kind, "description": "", "auth_methods": [method],
                "supports_instances": kind != "aws-generic", "logo_url": None, "emoji": None,
            }
            for kind in types
        ],
        "auth_methods": [
            {
                "name": "AWS IAM Role", "auth_method": method, "description": "", "config_schema": {},
                "min_expiration_seconds": limits.ROLE_SESSION_MIN, "max_expiration_seconds": limits.ROLE_SESSION_MAX,
                "default_expiration_seconds": limits.ROLE_SESSION,
            }
        ],
        "supports_auto_configuration": True, "logo_url": None, "emoji": None, "docs_url": None,
        "sdk_docs_url": None, "local": True, "remote": True,
    }  # fmt: skip
    return Document(
        CONNECTOR, builder.id(), "aws-production", created, owner,
        body={
            "description": "The account of production", "connector_type": described, "auth_method": method,
            "resource_types": list(types), "resource_id": None, "supports_instances": True, "expires_at": None,
            "expires_skew_tolerance": None,
        },
        metadata={
            "configuration": {
                "region": "eu-central-1", "role_arn": "arn:aws:iam::000000000000:role/zenml",
                "aws_secret_access_key": builder.secret(),
            },
            "expiration_seconds": limits.ROLE_SESSION, "labels": {"environment": "production"},
        },
    )  # fmt: skip


def secrets(builder: Builder, owner: Account | None) -> None:
    """Add a few secrets. One is private: only its owner can see it."""
    for name, keys, private in (
        ("warehouse", ("username", "password"), False),
        ("slack", ("token",), False),
        ("my-notebook", ("password",), True),
    ):
        values = {key: builder.secret() for key in keys}
        builder.add(Secret(builder.id(), name, builder.ago(*limits.SECRET_AGE), owner, values, private=private))
