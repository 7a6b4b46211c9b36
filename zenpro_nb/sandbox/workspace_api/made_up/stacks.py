"""What the runs of a made-up workspace run on."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.workspace_api.items.accounts import Account
from zenpro_nb.sandbox.workspace_api.items.base import Document, Fields
from zenpro_nb.sandbox.workspace_api.items.stacks import CONNECTOR, FLAVOR, Component, Secret, Stack
from zenpro_nb.sandbox.workspace_api.made_up.maker import Maker

ORCHESTRATOR, ARTIFACT_STORE = "orchestrator", "artifact_store"
LOGOS = "https://public-flavor-logos.s3.eu-central-1.amazonaws.com"


class FlavorPlan(Struct, frozen=True):
    """A flavor of components; `connector` is the kind of thing that it reaches through a service connector."""

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


def stacks(maker: Maker, owner: Account | None) -> Stacks:
    """Make flavors, a connector, components and three stacks."""
    founded = maker.ago(*limits.STACK_AGE)
    flavors = {(plan.type, plan.name): maker.add(_flavor(maker, plan, founded)) for plan in _FLAVORS}
    connector = maker.add(_connector(maker, owner, founded))
    # What every workspace begins with belongs to nobody (0.98.0, observed).
    local = [
        maker.add(_component(maker, "default", flavors[kind, "local"], None, founded, None))
        for kind in (ORCHESTRATOR, ARTIFACT_STORE)
    ]
    remote = {
        name: maker.add(_component(maker, name, flavors[kind, flavor], owner, founded, connector))
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
        maker.add(Stack(maker.id(), "default", founded, None, local, "")),
        maker.add(Stack(maker.id(), "aws-production", founded, owner, [*production, remote["cloud-run"]], "Nightly")),
        maker.add(Stack(maker.id(), "aws-gpu", founded, owner, training, "Training on GPUs")),
        remote["ml-artifacts"],
    )


def _flavor(maker: Maker, plan: FlavorPlan, created: datetime) -> Document:
    page = f"{plan.type.replace('_', '-')}s/{plan.name}"
    return Document(
        FLAVOR, maker.id(), plan.name, created,
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
    maker: Maker, name: str, flavor: Document, owner: Account | None, created: datetime, connector: Document | None
) -> Component:
    kind = flavor.body(created)["type"]
    secret: Fields = {"token": maker.secret()} if kind == "alerter" else {}
    wants = connector is not None and flavor.metadata(created)["connector_resource_type"]
    return Component(
        maker.id(), name, created, owner, flavor, connector if wants else None,
        configuration={"path": f"s3://acme-{name}", **secret} if owner else {},
        resource_id=f"acme-{name}" if wants else None,
    )  # fmt: skip


def _connector(maker: Maker, owner: Account | None, created: datetime) -> Document:
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
        CONNECTOR, maker.id(), "aws-production", created, owner,
        body={
            "description": "The account of production", "connector_type": described, "auth_method": method,
            "resource_types": list(types), "resource_id": None, "supports_instances": True, "expires_at": None,
            "expires_skew_tolerance": None,
        },
        metadata={
            "configuration": {
                "region": "eu-central-1", "role_arn": "arn:aws:iam::000000000000:role/zenml",
                "aws_secret_access_key": maker.secret(),
            },
            "expiration_seconds": limits.ROLE_SESSION, "labels": {"environment": "production"},
        },
    )  # fmt: skip


def secrets(maker: Maker, owner: Account | None) -> None:
    """Make a few secrets. One is private: only its owner sees it."""
    for name, keys, private in (
        ("warehouse", ("username", "password"), False),
        ("slack", ("token",), False),
        ("my-notebook", ("password",), True),
    ):
        values = {key: maker.secret() for key in keys}
        maker.add(Secret(maker.id(), name, maker.ago(*limits.SECRET_AGE), owner, values, private=private))
