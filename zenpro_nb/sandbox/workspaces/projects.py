"""The sample projects of the workspaces. Roles are assigned in them, and the workspaces' own servers list them."""

from __future__ import annotations

from uuid import UUID, uuid5

from msgspec import Struct


class Project(Struct, frozen=True):
    """A project.

    Args:
        subject: the subject of its models, used in the names of pipelines.
        source: the table that contains its data.
    """

    name: str
    description: str
    subject: str
    source: str


_FIRST = (Project("default", "The first project", "starter", "samples"),)
_CUSTOMERS = (
    Project("churn", "Who is about to leave, and why", "churn", "customers"),
    Project("pricing", "What an offer should cost", "price", "orders"),
)
_BY_WORKSPACE = {
    "ml-prod": _CUSTOMERS,
    # A staging copy of ml-prod, deliberately with the same names.
    "ml-staging": _CUSTOMERS,
    "ml-dev": (
        Project("playground", "Everybody's experiments", "prototype", "samples"),
        Project("onboarding", "First steps of new colleagues", "tutorial", "samples"),
    ),
    "recommender": (
        Project("homepage", "What to show first", "ranking", "clicks"),
        Project("newsletter", "What to write to whom", "newsletter", "opens"),
    ),
    "fraud-detection": (
        Project("cards", "Card payments, as they happen", "card_fraud", "transactions"),
        Project("merchants", "Merchants that apply", "merchant_risk", "applications"),
    ),
    "forecasting": (
        Project("demand", "What will be ordered, by store and day", "demand", "sales"),
        Project("capacity", "How many machines will be needed", "load", "metrics"),
    ),
    "edge-onprem": (
        Project("quality", "Defects on the line", "defect", "images"),
        Project("maintenance", "When machines will break", "wear", "sensor_readings"),
    ),
    "vision-lab": (
        Project("detection", "What is in a picture", "detector", "images"),
        Project("segmentation", "Where in the picture it is", "segmenter", "images"),
    ),
    "nlp-research": (
        Project("intents", "What a customer wants", "intent", "tickets"),
        Project("summaries", "What a customer has said", "summary", "tickets"),
    ),
}


def of_workspace(name: str) -> tuple[Project, ...]:
    """Return the projects of a workspace. A workspace that is created later has only the first project."""
    return _BY_WORKSPACE.get(name, _FIRST)


def project_id(workspace_id: str, name: str) -> str:
    """Return the id of a project, derived from the workspace id."""
    return str(uuid5(UUID(workspace_id), name))
