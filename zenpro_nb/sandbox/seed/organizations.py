"""The two seeded organizations.

"acme" is large and has the problems that an access review should find. "acme-labs" is small, in a trial, and at the
limit of its plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from zenpro_nb.sandbox import limits
from zenpro_nb.sandbox.operations import plans
from zenpro_nb.sandbox.permissions import predefined
from zenpro_nb.sandbox.seed.accounts import add_service_account
from zenpro_nb.sandbox.seed.people import ADMIN_EMAIL, NamedPeople, add_key
from zenpro_nb.sandbox.seed.row_buffer import RowBuffer
from zenpro_nb.sandbox.seed.seeded_organization import SeededOrganization, create_organization, meter
from zenpro_nb.sandbox.workspaces import lifecycle, projects, releases

ACME = "acme"
LABS = "acme-labs"
# Two teams deliberately share a name, to test whether a client notices that it is ambiguous.
TEAMS = (
    "Platform", "MLOps", "Data Science", "Data Engineering", "Research", "Fraud", "Recommendations", "Forecasting",
    "Vision", "NLP", "Reliability", "Reliability", "Security", "Product", "Interns",
)  # fmt: skip
WORKSPACE_ROLES = ("Workspace Developer", "Workspace Contributor", "Workspace Viewer")
PROJECT_ROLES = ("Project Admin", "Project Developer", "Project Viewer")
# Positions in the crowd: together with Ada these are more organization admins than usual.
ADMINS = (5, 11, 17)


def create_acme(buffer: RowBuffer, people: NamedPeople) -> SeededOrganization:
    """Create acme with its roles and workspaces, but without members."""
    acme = create_organization(
        buffer, ACME, "Acme Corp's machine learning platform", people.ada, plans.ENTERPRISE,
        trusted_domains=["example.com"], usage=meter(buffer, plans.ENTERPRISE),
    )  # fmt: skip
    _custom_roles(acme)
    _workspaces(acme, people)
    return acme


def populate_acme(acme: SeededOrganization, people: NamedPeople, crowd: Sequence[str]) -> None:
    """Add members, teams, assignments and invitations to acme."""
    _named_people(acme, people)
    for user_id in crowd:
        acme.assign(predefined.MEMBER_ROLE, user_id=user_id)
    active = list(crowd[: limits.ACTIVE_PEOPLE])
    _teams(acme, active)
    _roles_of_crowd(acme, active)
    _problems(acme, people, active)
    _invitations(acme, people)


def _custom_roles(acme: SeededOrganization) -> None:
    # The same name at two levels is ambiguous unless the scope decides.
    read = predefined.each(predefined.PROJECT_TYPES, predefined.READ)
    acme.roles["Auditor (workspace)"] = acme.role(
        "Auditor", predefined.WORKSPACE, "Reads everything in a workspace.", read | {"workspace": predefined.READ}
    )
    acme.roles["Auditor (project)"] = acme.role("Auditor", predefined.PROJECT, "Reads everything in a project.", read)
    acme.roles["Model Promoter"] = acme.role(
        "Model Promoter", predefined.PROJECT, "Promotes models, nothing else.", {"model_version": ("read", "promote")}
    )


def _workspaces(acme: SeededOrganization, people: NamedPeople) -> None:
    buffer = acme.buffer
    mlflow = {
        "configuration": {"version": "2.22.0"},
        "status": {
            "server_url": "https://mlflow.sandbox.invalid",
            "username": "mlflow",
            "password": f"mlflow-{buffer.random.getrandbits(96):024x}",
        },
    }
    acme.workspace("ml-prod", people.ada, description="Production pipelines", mlflow=mlflow)
    acme.workspace("ml-staging", people.ada, description="Rehearsals of ml-prod")
    acme.workspace("ml-dev", people.grace, description="Everybody's playground", version="0.97.0")
    acme.workspace("recommender", people.linus)
    acme.workspace("fraud-detection", people.katherine, mlflow={**mlflow, "configuration": {"version": "2.19.0"}})
    acme.workspace("forecasting", people.katherine, version="0.95.0")
    acme.workspace(
        "vision-lab", people.linus, target_state=lifecycle.FAILED, target_reason="The deployment ran out of GPU quota."
    )
    acme.workspace(
        "nlp-research", people.grace, version="0.94.2", target_state=lifecycle.DEACTIVATED,
        target_reason="Unused for 90 days", target_since=buffer.ago(*limits.DEACTIVATED_AGE),
    )  # fmt: skip
    acme.workspace("edge-onprem", people.ada, is_managed=False, description="Enrolled from the factory")
    acme.workspace(
        "edge-berlin",
        people.ada,
        created=buffer.ago(*limits.NEW_AGE),
        is_managed=False,
        target_state=lifecycle.ENROLLING,
    )
    acme.workspace("agents", people.grace, workspace_type=releases.KITARU)
    acme.workspace("churn-2023", people.linus, target_state=lifecycle.DEACTIVATED, version="0.93.0")
    acme.workspace("old-experiments", people.linus, target_state=lifecycle.DELETED, version="0.93.0")


def _named_people(acme: SeededOrganization, people: NamedPeople) -> None:
    acme.assign("Organization Admin", user_id=people.ada)
    acme.assign("Organization Manager", user_id=people.grace)
    acme.assign("Organization Viewer", user_id=people.alan)
    acme.assign("Billing Admin", user_id=people.mary)
    for user_id in (people.linus, people.katherine, *people.twins):
        acme.assign(predefined.MEMBER_ROLE, user_id=user_id)
    acme.assign("Workspace Admin", user_id=people.linus, workspace="ml-prod")
    acme.assign("Workspace Developer", user_id=people.katherine, workspace="ml-prod")


def _teams(acme: SeededOrganization, active: list[str]) -> None:
    buffer = acme.buffer
    for name in TEAMS:
        size = min(buffer.random.randint(*limits.TEAM_SIZES), len(active))
        acme.team(name, f"The {name} team", buffer.random.sample(active, size))
    acme.assign("Workspace Admin", team_id=acme.teams["Platform"], workspace="ml-prod")
    acme.assign("Workspace Admin", team_id=acme.teams["Platform"], workspace="ml-staging")
    acme.assign("Workspace Developer", team_id=acme.teams["Data Science"], workspace="ml-dev")
    acme.assign("Workspace Developer", team_id=acme.teams["Fraud"], workspace="fraud-detection")
    acme.assign("Workspace Viewer", team_id=acme.teams["Product"], workspace="ml-prod")
    acme.assign("Workspace Contributor", team_id=acme.teams["Interns"], workspace="ml-dev")
    acme.assign("Organization Viewer", team_id=acme.teams["Security"])
    acme.assign("Auditor (workspace)", team_id=acme.teams["Security"], workspace="ml-prod")


def _roles_of_crowd(acme: SeededOrganization, active: list[str]) -> None:
    buffer = acme.buffer
    workspaces = ("ml-prod", "ml-staging", "ml-dev", "recommender", "fraud-detection", "forecasting", "vision-lab")
    project_ids = {
        name: [projects.project_id(acme.workspaces[name], project.name) for project in projects.of_workspace(name)]
        for name in workspaces
    }
    for user_id in active:
        if buffer.chance(limits.WITH_WORKSPACE_ROLE):
            workspace = buffer.random.choice(workspaces)
            acme.assign(buffer.random.choice(WORKSPACE_ROLES), user_id=user_id, workspace=workspace)
        if buffer.chance(limits.WITH_PROJECT_ROLE):
            workspace = buffer.random.choice(workspaces)
            role, project = buffer.random.choice(PROJECT_ROLES), buffer.random.choice(project_ids[workspace])
            acme.assign(role, user_id=user_id, workspace=workspace, project=project)


def _problems(acme: SeededOrganization, people: NamedPeople, active: list[str]) -> None:
    # Excessive access: an admin who has left, a service account with full permissions, a user with a role everywhere.
    acme.assign("Organization Admin", user_id=people.leaver)
    acme.assign("Organization Admin", user_id=people.service_accounts["deploy-bot"])
    for workspace in ("ml-staging", "ml-dev", "recommender", "fraud-detection", "forecasting"):
        acme.assign("Workspace Admin", user_id=people.collector, workspace=workspace)
    acme.assign(predefined.MEMBER_ROLE, user_id=people.collector)
    # Leftovers: roles in a deleted workspace, and a workspace role without membership in the organization.
    for user_id in active[: limits.FORGOTTEN_ADMINS]:
        acme.assign("Workspace Admin", user_id=user_id, workspace="old-experiments")
    acme.assign("Workspace Developer", user_id=people.outsider, workspace="recommender")
    for name in ("ci-bot", "etl-bot", "retired-bot"):
        acme.assign(predefined.MEMBER_ROLE, user_id=people.service_accounts[name])
    acme.assign("Workspace Contributor", user_id=people.service_accounts["ci-bot"], workspace="ml-prod")
    acme.assign("Workspace Developer", user_id=people.service_accounts["etl-bot"], workspace="ml-staging")


def _invitations(acme: SeededOrganization, people: NamedPeople) -> None:
    buffer = acme.buffer
    for number in range(1, limits.NEW_INVITATIONS + 1):
        sent = buffer.ago(*limits.NEW_INVITATION_AGE)
        invitation_id = acme.invite(f"new.hire{number}@example.com", people.grace, sent, [predefined.MEMBER_ROLE])
        if number % 2:
            acme.assign("Workspace Developer", invitation_id=invitation_id, workspace="ml-dev")
    acme.invite("Consultant@Partner.example", people.ada, buffer.ago(*limits.NEW_AGE), ["Organization Viewer"])
    for number in range(1, limits.STALE_INVITATIONS + 1):
        sent = buffer.ago(*limits.STALE_INVITATION_AGE)
        acme.invite(f"no.answer{number}@example.com", people.grace, sent, [predefined.MEMBER_ROLE])
    long_ago = buffer.ago(*limits.ACCEPTED_INVITATION_AGE)
    acme.invite("accepted.long.ago@example.com", people.grace, long_ago, [], accepted=True)


def seed_findings(acme: SeededOrganization, people: NamedPeople, crowd: Sequence[str]) -> None:
    """Add one example of each remaining audit finding.

    This runs after everything else is seeded: adding a finding then does not change any earlier random value.
    """
    buffer = acme.buffer
    for position in ADMINS:
        acme.assign(predefined.ADMIN_ROLE, user_id=crowd[position])
    acme.roles["Secret Keeper"] = acme.role(
        "Secret Keeper", predefined.WORKSPACE, "Looks after secrets.",
        {"secret": ("read", "read_secret_value"), "workspace": predefined.READ},
    )  # fmt: skip
    acme.assign("Secret Keeper", user_id=people.katherine, workspace="ml-staging")
    acme.team("Alumni", "Former employees, to be cleaned up", [])
    acme.team("Site Berlin", "The factory in Berlin", [people.linus])
    acme.assign("Workspace Viewer", team_id=acme.teams["Site Berlin"], workspace="edge-berlin")
    lead = acme.invite("new.lead@example.com", people.ada, buffer.now - timedelta(days=3), [predefined.MEMBER_ROLE])
    acme.assign("Workspace Admin", invitation_id=lead, workspace="ml-dev")
    acme.invite("Alex.Morgan@example.com", people.grace, buffer.now - timedelta(days=2), [predefined.MEMBER_ROLE])
    add_service_account(buffer, acme.id, "minutes-bot", "Intended to write meeting minutes")
    add_key(buffer, people.service_accounts["deploy-bot"], "release", last_used=1, rotated=21, expires=9)


def create_labs(buffer: RowBuffer, people: NamedPeople, crowd: Sequence[str]) -> SeededOrganization:
    """Create acme-labs with all its members."""
    labs = create_organization(
        buffer, LABS, "Experiments outside of the main organization", people.grace, plans.STARTER,
        trial_ends=buffer.now + limits.TRIAL_LEFT, usage=meter(buffer, plans.STARTER),
    )  # fmt: skip
    labs.assign("Organization Admin", user_id=people.grace)
    # The admin, whom every demo acts as, has an invitation that she can view and accept.
    labs.invite(ADMIN_EMAIL, people.grace, buffer.ago(*limits.NEW_AGE), ["Organization Admin"])
    for user_id in crowd:
        labs.assign(predefined.MEMBER_ROLE, user_id=user_id)
    # The plan allows only two workspaces, so creating a third returns 402.
    labs.workspace("labs-sandbox", people.grace)
    labs.workspace("labs-demo", people.grace, version="0.97.0")
    # A team and a service account share their names with those of acme: only the organization distinguishes them.
    labs.team("Platform", "Everyone in the lab", crowd)
    labs.assign("Workspace Developer", team_id=labs.teams["Platform"], workspace="labs-sandbox")
    bot_id = add_service_account(buffer, labs.id, "ci-bot", "Runs the lab's pipelines")
    labs.assign(predefined.MEMBER_ROLE, user_id=bot_id)
    return labs
