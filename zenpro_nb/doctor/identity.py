"""Who signs in: the credential, the user behind it, the roles, the organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zenpro_nb import limits, query
from zenpro_nb.client import BearerToken, Clock
from zenpro_nb.doctor.model import FAILED, OK, WARNING, Check
from zenpro_nb.errors import UsageError
from zenpro_nb.profiles import Settings
from zenpro_nb.profiles.expiry import in_words, time_left
from zenpro_nb.resources import RESOURCES
from zenpro_nb.session.login import ME, ME_OF_SERVER, name_of
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted


def credential(settings: Settings, clock: Clock) -> Iterator[Check]:
    """Check whether there is a credential, and how long it lets in."""
    held = settings.credential
    if held is None:
        why = settings.problem or "there is none"
        yield Check("credential", FAILED, why, "Use `login`, or set ZENML_PRO_API_KEY.", "none")
        return
    left = time_left(held, clock.now())
    verdict, step = OK, ""
    if isinstance(held, BearerToken) and held.token.expires_at is not None:
        seconds = held.token.expires_at - clock.now()
        left = f"{left.partition(',')[0]} left" if seconds > 0 else "ended"
        if seconds <= limits.TOKEN_WARNING:
            verdict, step = (WARNING if seconds > 0 else FAILED), "Use `login`, or set ZENML_PRO_API_KEY."
    words = f"{held.kind}, {left}, from {settings.source}"
    if settings.warning:
        words = f"{words}; {settings.warning}"
        if verdict == OK:
            verdict, step = (
                WARNING,
                "Let only this account read it: mount it with mode 0400.",
            )
    yield Check("credential", verdict, words, step, f"{held.kind}, {left}")


def user(session: Session) -> Iterator[Check]:
    """Ask who the server takes us for."""
    me = session.server.get(ME_OF_SERVER if session.settings.plain else ME)
    record: Mapping[str, object] = me if isinstance(me, dict) else {}
    kind = "service account" if record.get("is_service_account") else "user"
    if record.get("is_superuser"):
        kind += ", superuser"
    life = session.server.token_life()
    ends = f"; the token ends in {in_words(life.seconds)}" if life is not None and life.seconds is not None else ""
    yield Check("signed in as", OK, f"{name_of(record)} ({kind})", shared=f"a {kind}{ends}")


def organization(session: Session) -> Iterator[Check]:
    """Tell which organization is worked in, and the roles there."""
    try:
        found = query.organization(session, remembered=False)
    except UsageError as error:
        yield Check("organization", WARNING, error.message, error.hint, "not chosen, or none visible")
        return
    yield Check("organization", OK, f"{found.name} ({found.id})", shared="visible")
    # Observed as a filter of this list (API facts 3.6); teams' roles are presumably among them.
    ids = {"organization_id": found.id}
    roles = query.records(session, RESOURCES["roles"], ids, {"assigned_to_current_user": True})
    names = sorted({str(record.get("name")) for record in roles})
    if names:
        yield Check("roles", OK, ", ".join(names), shared=counted(len(names), "role"))
    else:
        yield Check(
            "roles", WARNING, f"none in {found.name}", "Ask an administrator of the organization for one.", "none"
        )
