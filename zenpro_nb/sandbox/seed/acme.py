"""The organization "acme": big enough to get lost in, with the flaws that an access review is made to find."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.sandbox import lifecycle, limits, plans, predefined, projects, releases
from zenpro_nb.sandbox.seed.cast import Cast
from zenpro_nb.sandbox.seed.draft import Draft
from zenpro_nb.sandbox.seed.organization import Made, metered, organization

NAME = "acme"
# Two teams share a name on purpose: a client has to notice that it is ambiguous.
TEAMS = (
    "Platform", "MLOps", "Data Science", "Data Engineering", "Research", "Fraud", "Recommendations", "Forecasting",
    "Vision", "NLP", "Reliability", "Reliability", "Security", "Product", "Interns",
)  # fmt: skip
WORKSPACE_ROLES = ("Workspace Developer", "Workspace Contributor", "Workspace Viewer")
PROJECT_ROLES = ("Project Admin", "Project Developer", "Project Viewer")


def found(draft: Draft, cast: Cast) -> Made:
    """Return the organization with its roles and workspaces, nobody in it yet."""
    acme = organization(
        draft, NAME, "Acme Corp's machine learning platform", cast.ada, plans.ENTERPRISE,
        trusted_domains=["example.com"], usage=metered(draft, plans.ENTERPRISE),
    )  # fmt: skip
    _custom_roles(acme)
    _workspaces(acme, cast)
    return acme


def populate(acme: Made, cast: Cast, crowd: Sequence[str]) -> None:
    """Give everybody their place in it."""
    _named_people(acme, cast)
    for user_id in crowd:
        acme.assign(predefined.MEMBER_ROLE, user_id=user_id)
    active = list(crowd[: limits.ACTIVE_PEOPLE])
    _teams(acme, active)
    _roles_of_crowd(acme, active)
    _flaws(acme, cast, active)
    _invitations(acme, cast)


def _custom_roles(acme: Made) -> None:
    # The same name at two levels: ambiguous unless the scope decides.
    read = predefined.each(predefined.PROJECT_TYPES, predefined.READ)
    acme.roles["Auditor (workspace)"] = acme.role(
        "Auditor", predefined.WORKSPACE, "Reads everything in a workspace.", read | {"workspace": predefined.READ}
    )
    acme.roles["Auditor (project)"] = acme.role("Auditor", predefined.PROJECT, "Reads everything in a project.", read)
    acme.roles["Model Promoter"] = acme.role(
        "Model Promoter", predefined.PROJECT, "Promotes models, nothing else.", {"model_version": ("read", "promote")}
    )


def _workspaces(acme: Made, cast: Cast) -> None:
    draft = acme.draft
    mlflow = {
        "configuration": {"version": "2.22.0"},
        "status": {
            "server_url": "https://mlflow.sandbox.invalid",
            "username": "mlflow",
            "password": f"mlflow-{draft.random.getrandbits(96):024x}",
        },
    }
    acme.workspace("ml-prod", cast.ada, description="Production pipelines", mlflow=mlflow)
    acme.workspace("ml-staging", cast.ada, description="Rehearsals of ml-prod")
    acme.workspace("ml-dev", cast.grace, description="Everybody's playground", version="0.97.0")
    acme.workspace("recommender", cast.linus)
    acme.workspace("fraud-detection", cast.katherine, mlflow={**mlflow, "configuration": {"version": "2.19.0"}})
    acme.workspace("forecasting", cast.katherine, version="0.95.0")
    acme.workspace("vision-lab", cast.linus, goal=lifecycle.FAILED, goal_reason="The deployment ran out of GPU quota.")
    acme.workspace(
        "nlp-research", cast.grace, version="0.94.2", goal=lifecycle.DEACTIVATED, goal_reason="Unused for 90 days",
        goal_set=draft.ago(*limits.DEACTIVATED_AGE),
    )  # fmt: skip
    acme.workspace("edge-onprem", cast.ada, is_managed=False, description="Enrolled from the factory")
    acme.workspace(
        "edge-berlin", cast.ada, created=draft.ago(*limits.NEW_AGE), is_managed=False, goal=lifecycle.ENROLLING
    )
    acme.workspace("agents", cast.grace, workspace_type=releases.KITARU)
    acme.workspace("churn-2023", cast.linus, goal=lifecycle.DEACTIVATED, version="0.93.0")
    acme.workspace("old-experiments", cast.linus, goal=lifecycle.DELETED, version="0.93.0")


def _named_people(acme: Made, cast: Cast) -> None:
    acme.assign("Organization Admin", user_id=cast.ada)
    acme.assign("Organization Manager", user_id=cast.grace)
    acme.assign("Organization Viewer", user_id=cast.alan)
    acme.assign("Billing Admin", user_id=cast.mary)
    for user_id in (cast.linus, cast.katherine, *cast.twins):
        acme.assign(predefined.MEMBER_ROLE, user_id=user_id)
    acme.assign("Workspace Admin", user_id=cast.linus, workspace="ml-prod")
    acme.assign("Workspace Developer", user_id=cast.katherine, workspace="ml-prod")


def _teams(acme: Made, active: list[str]) -> None:
    draft = acme.draft
    for name in TEAMS:
        size = min(draft.random.randint(*limits.TEAM_SIZES), len(active))
        acme.team(name, f"The {name} team", draft.random.sample(active, size))
    acme.assign("Workspace Admin", team_id=acme.teams["Platform"], workspace="ml-prod")
    acme.assign("Workspace Admin", team_id=acme.teams["Platform"], workspace="ml-staging")
    acme.assign("Workspace Developer", team_id=acme.teams["Data Science"], workspace="ml-dev")
    acme.assign("Workspace Developer", team_id=acme.teams["Fraud"], workspace="fraud-detection")
    acme.assign("Workspace Viewer", team_id=acme.teams["Product"], workspace="ml-prod")
    acme.assign("Workspace Contributor", team_id=acme.teams["Interns"], workspace="ml-dev")
    acme.assign("Organization Viewer", team_id=acme.teams["Security"])
    acme.assign("Auditor (workspace)", team_id=acme.teams["Security"], workspace="ml-prod")


def _roles_of_crowd(acme: Made, active: list[str]) -> None:
    draft = acme.draft
    places = ("ml-prod", "ml-staging", "ml-dev", "recommender", "fraud-detection", "forecasting", "vision-lab")
    rooms = {
        place: [projects.project_id(acme.workspaces[place], project.name) for project in projects.of_workspace(place)]
        for place in places
    }
    for user_id in active:
        if draft.chance(limits.WITH_WORKSPACE_ROLE):
            place = draft.random.choice(places)
            acme.assign(draft.random.choice(WORKSPACE_ROLES), user_id=user_id, workspace=place)
        if draft.chance(limits.WITH_PROJECT_ROLE):
            place = draft.random.choice(places)
            role, project = draft.random.choice(PROJECT_ROLES), draft.random.choice(rooms[place])
            acme.assign(role, user_id=user_id, workspace=place, project=project)


def _flaws(acme: Made, cast: Cast, active: list[str]) -> None:
    # Too much: an administrator who left, a bot that may do everything, one person with a role everywhere.
    acme.assign("Organization Admin", user_id=cast.leaver)
    acme.assign("Organization Admin", user_id=cast.bots["deploy-bot"])
    for place in ("ml-staging", "ml-dev", "recommender", "fraud-detection", "forecasting"):
        acme.assign("Workspace Admin", user_id=cast.collector, workspace=place)
    acme.assign(predefined.MEMBER_ROLE, user_id=cast.collector)
    # Left over: roles in a deleted workspace, and a workspace role without membership of the organization.
    for user_id in active[: limits.FORGOTTEN_ADMINS]:
        acme.assign("Workspace Admin", user_id=user_id, workspace="old-experiments")
    acme.assign("Workspace Developer", user_id=cast.outsider, workspace="recommender")
    for name in ("ci-bot", "etl-bot", "retired-bot"):
        acme.assign(predefined.MEMBER_ROLE, user_id=cast.bots[name])
    acme.assign("Workspace Contributor", user_id=cast.bots["ci-bot"], workspace="ml-prod")
    acme.assign("Workspace Developer", user_id=cast.bots["etl-bot"], workspace="ml-staging")


def _invitations(acme: Made, cast: Cast) -> None:
    draft = acme.draft
    for number in range(1, limits.NEW_INVITATIONS + 1):
        sent = draft.ago(*limits.NEW_INVITATION_AGE)
        text = acme.invite(f"new.hire{number}@example.com", cast.grace, sent, [predefined.MEMBER_ROLE])
        if number % 2:
            acme.assign("Workspace Developer", invitation_id=text, workspace="ml-dev")
    acme.invite("Consultant@Partner.example", cast.ada, draft.ago(*limits.NEW_AGE), ["Organization Viewer"])
    for number in range(1, limits.STALE_INVITATIONS + 1):
        sent = draft.ago(*limits.STALE_INVITATION_AGE)
        acme.invite(f"no.answer{number}@example.com", cast.grace, sent, [predefined.MEMBER_ROLE])
    long_ago = draft.ago(*limits.ACCEPTED_INVITATION_AGE)
    acme.invite("accepted.long.ago@example.com", cast.grace, long_ago, [], accepted=True)
