"""Check the identity: the credential, its user, the roles, and the organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zenpro_nb import limits, query
from zenpro_nb.client import BearerToken, Clock
from zenpro_nb.doctor.model import FAILED, OK, SKIPPED, WARNING, Check, guard
from zenpro_nb.errors import AuthenticationError, UsageError, ZenProError
from zenpro_nb.profiles import Settings, replacement, sign_in, with_source
from zenpro_nb.profiles.expiry import in_words, time_left
from zenpro_nb.resources import RESOURCES
from zenpro_nb.session.login import ME, ME_OF_SERVER, name_of
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted

ABOUT_US = ("signed in as", "organization", "roles")
REJECTED = "It could be wrong, expired, deactivated, or for another server."


def credential(session: Session, settings: Settings, clock: Clock) -> Iterator[Check]:
    """Check whether a credential was found, and how long it is valid."""
    current = settings.credential
    if current is None:
        why = settings.problem or "no credential"
        yield Check("credential", FAILED, why, sign_in(is_persistent=session.is_persistent), "none")
        return
    left = time_left(current, clock.now())
    status, step = OK, ""
    if isinstance(current, BearerToken) and current.token.expires_at is not None:
        seconds = current.token.expires_at - clock.now()
        left = f"{left.partition(',')[0]} left" if seconds > 0 else "expired"
        if seconds <= limits.TOKEN_WARNING:
            status, step = (WARNING if seconds > 0 else FAILED), sign_in(is_persistent=session.is_persistent)
    words = f"{with_source(current.kind, settings.source)}; {left}"
    if settings.warning:
        words = f"{words}; {settings.warning}"
        if status == OK:
            status, step = (
                WARNING,
                "Make the file readable only by this account: mount it with mode 0400.",
            )
    yield Check("credential", status, words, step, f"{current.kind}, {left}")


def account(session: Session, credential: Check) -> Iterator[Check]:
    """Check whether the server accepts the credential, and which account it recognizes.

    Args:
        credential: the check of the credential itself, which fails if the server rejects it.
    """
    try:
        me = session.server.get(ME_OF_SERVER if session.settings.plain else ME)
    except AuthenticationError as error:
        words = f"{credential.detail}; the server rejects it: {error.message}"
        other = replacement(
            session.settings.source, is_persistent=session.is_persistent, has_sandbox=session.has_sandbox
        )
        step = f"{REJECTED} {other}"
        yield Check("credential", FAILED, words, step, f"{credential.shared}; rejected, HTTP {error.status}")
        yield from skip_checks("the credential was rejected")
        return
    except ZenProError:
        yield credential
        raise
    yield credential
    record: Mapping[str, object] = me if isinstance(me, dict) else {}
    kind = "service account" if record.get("is_service_account") else "user"
    if record.get("is_superuser"):
        kind += ", superuser"
    life = session.server.token_life()
    ends = f"; the token expires in {in_words(life.seconds)}" if life is not None and life.seconds is not None else ""
    yield Check("signed in as", OK, f"{name_of(record)} ({kind})", shared=f"a {kind}{ends}")
    if not session.settings.plain:
        yield from guard("organization", lambda: organization(session))


def skip_checks(reason: str) -> Iterator[Check]:
    """Yield the checks that need an accepted credential, skipped."""
    yield from (Check(name, SKIPPED, reason, shared=reason) for name in ABOUT_US)


def organization(session: Session) -> Iterator[Check]:
    """Report the organization in use, and the roles there."""
    try:
        current = query.organization(session, remembered=False)
    except UsageError as error:
        yield Check("organization", WARNING, error.message, error.hint, "not chosen, or none visible")
        return
    yield Check("organization", OK, f"{current.name} ({current.id})", shared="visible")
    # Observed as a filter of this list (API facts 3.6); it presumably includes the roles of teams.
    ids = {"organization_id": current.id}
    roles = query.records(session, RESOURCES["roles"], ids, {"assigned_to_current_user": True})
    names = sorted({str(record.get("name")) for record in roles})
    if names:
        yield Check("roles", OK, ", ".join(names), shared=counted(len(names), "role"))
    else:
        yield Check(
            "roles", WARNING, f"none in {current.name}", "Ask an administrator of the organization for one.", "none"
        )
