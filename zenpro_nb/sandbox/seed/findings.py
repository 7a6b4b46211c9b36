"""What an audit is made to find in "acme", beside what :mod:`acme` itself leaves: the last to be invented.

It comes behind everybody and everything else, so that a flaw more shifts no chance of theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from zenpro_nb.sandbox import predefined
from zenpro_nb.sandbox.seed.cast import Cast, key
from zenpro_nb.sandbox.seed.organization import Made
from zenpro_nb.sandbox.seed.people import bot

ADMINS = (5, 11, 17)  # of the crowd: Ada is not alone, and with her they are more than are usual


def leave(acme: Made, cast: Cast, crowd: Sequence[str]) -> None:
    """Leave one of each kind."""
    draft = acme.draft
    for place in ADMINS:
        acme.assign(predefined.ADMIN_ROLE, user_id=crowd[place])
    acme.roles["Secret Keeper"] = acme.role(
        "Secret Keeper", predefined.WORKSPACE, "Looks after secrets.",
        {"secret": ("read", "read_secret_value"), "workspace": predefined.READ},
    )  # fmt: skip
    acme.assign("Secret Keeper", user_id=cast.katherine, workspace="ml-staging")
    acme.team("Alumni", "Whoever has left, until somebody tidies up", [])
    acme.team("Site Berlin", "The factory in Berlin", [cast.linus])
    acme.assign("Workspace Viewer", team_id=acme.teams["Site Berlin"], workspace="edge-berlin")
    lead = acme.invite("new.lead@example.com", cast.ada, draft.now - timedelta(days=3), [predefined.MEMBER_ROLE])
    acme.assign("Workspace Admin", invitation_id=lead, workspace="ml-dev")
    acme.invite("Alex.Morgan@example.com", cast.grace, draft.now - timedelta(days=2), [predefined.MEMBER_ROLE])
    bot(draft, acme.id, "minutes-bot", "Was to write the minutes")
    key(draft, cast.bots["deploy-bot"], "release", used=1, rotated=21, expires=9)
