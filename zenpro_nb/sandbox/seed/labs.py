"""The organization "acme-labs": small, in trial, and at the limit of its plan."""

from __future__ import annotations

from collections.abc import Sequence

from zenpro_nb.sandbox import limits, plans, predefined
from zenpro_nb.sandbox.seed.cast import ADMIN_EMAIL, Cast
from zenpro_nb.sandbox.seed.draft import Draft
from zenpro_nb.sandbox.seed.organization import Made, metered, organization
from zenpro_nb.sandbox.seed.people import bot

NAME = "acme-labs"


def build(draft: Draft, cast: Cast, crowd: Sequence[str]) -> Made:
    """Return the organization, with everybody in it."""
    labs = organization(
        draft, NAME, "Experiments outside of the main organization", cast.grace, plans.STARTER,
        trial_ends=draft.now + limits.TRIAL_LEFT, usage=metered(draft, plans.STARTER),
    )  # fmt: skip
    labs.assign("Organization Admin", user_id=cast.grace)
    # The one whom every demo speaks as has an invitation of her own to look at, and to accept.
    labs.invite(ADMIN_EMAIL, cast.grace, draft.ago(*limits.NEW_AGE), ["Organization Admin"])
    for user_id in crowd:
        labs.assign(predefined.MEMBER_ROLE, user_id=user_id)
    # Two workspaces are all that the plan allows, so creating a third meets a 402.
    labs.workspace("labs-sandbox", cast.grace)
    labs.workspace("labs-demo", cast.grace, version="0.97.0")
    # The same name as a team and a bot of acme: only the organization tells them apart.
    labs.team("Platform", "Everybody in the lab", crowd)
    labs.assign("Workspace Developer", team_id=labs.teams["Platform"], workspace="labs-sandbox")
    bot_id = bot(draft, labs.id, "ci-bot", "Runs the lab's pipelines")
    labs.assign(predefined.MEMBER_ROLE, user_id=bot_id)
    return labs
