"""Check everything that must work: the network, the credential, this machine, and the server's API."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from zenpro_nb.client import SYSTEM, Clock, normalize
from zenpro_nb.doctor import identity, machine, server
from zenpro_nb.doctor.model import FAILED, OK, SKIPPED, WARNING, Check, guard
from zenpro_nb.errors import ZenProError
from zenpro_nb.profiles import Settings
from zenpro_nb.session.session import Session
from zenpro_nb.ui.protocol import UI

__all__ = ["FAILED", "OK", "SKIPPED", "WARNING", "Check", "examine"]


def examine(session: Session, ui: UI, clock: Clock = SYSTEM) -> Iterator[Check]:
    """Run all checks; a check that cannot run gives the reason. Raises nothing except the exception of Ctrl-C."""
    yield from guard("settings", lambda: _settings(session))
    settings = _readable(session)
    if settings is not None:
        url = settings.url
        yield from guard("server", lambda: server.look(normalize(url), clock))
        for check in guard("credential", lambda: identity.credential(session, settings, clock)):
            if settings.credential is None:
                yield check
                yield from identity.skip_checks("no credential")
            else:
                yield from guard("signed in as", partial(identity.account, session, check))
    yield from guard("versions", machine.versions)
    yield from guard("widgets", lambda: machine.widgets(ui, session.environ))
    yield from guard("folders", lambda: machine.folders(session.environ))
    if settings is not None and not settings.plain:
        yield from guard(server.DESCRIPTION, lambda: server.description(session))


def _settings(session: Session) -> Iterator[Check]:
    settings = session.settings
    words = f"{settings.url}, profile {settings.profile}" if settings.profile else settings.url
    yield Check("settings", "ok", words, shared="readable")


def _readable(session: Session) -> Settings | None:
    try:
        return session.settings
    except ZenProError:
        return None  # the first check has reported it
