"""Resolve workspace names to their servers and to the credentials for them (API facts 9.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from zenpro_nb import limits, query
from zenpro_nb.client import WORKSPACE_LOGIN, ApiKey, ControlPlaneSession
from zenpro_nb.errors import CredentialError, UnknownNameError, UsageError
from zenpro_nb.frames import SERVERLESS
from zenpro_nb.profiles import WORKSPACE_VARIABLE
from zenpro_nb.query import ALL
from zenpro_nb.resources.control_plane import WORKSPACES
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.unparse import quoted

if TYPE_CHECKING:
    from zenpro_nb.client import Client, Credential

AVAILABLE = "available"
# Workspaces in these states are not stopped, so their rows belong to a list of all workspaces.
_UNREADY = frozenset({"failed", "pending"})

_PRO_KEY = "ZENPROKEY_"


def should_respond(url: str, status: str) -> bool:
    """Return whether a result without this workspace is incomplete. Others are only named: stopped ones, for example.

    Args:
        url: the URL of its ZenML server; empty if it has none.
        status: its state in the control plane.

    >>> should_respond("https://x", "available"), should_respond("https://x", "failed"), should_respond("", "failed")
    (True, True, False)
    >>> should_respond("https://x", "deactivated"), should_respond("", "available")
    (False, False)
    """
    return bool(url) and (status == AVAILABLE or status in _UNREADY)


class Target(Struct, frozen=True):
    """One workspace, or the plain server in use."""

    name: str
    url: str = ""  # the URL of its server; "" if it currently has none
    status: str = AVAILABLE
    plain: bool = False
    id: str = ""  # its id in the control plane

    @property
    def is_serverless(self) -> bool:
        """Return whether it has no ZenML server, so there is nothing to read."""
        return not self.url and self.status == AVAILABLE

    def where(self, session: Session, projects: Sequence[str] = ()) -> query.Where:
        """Return the query scope for this workspace and these projects; raises the errors of `client`."""
        return query.Where(self.client(session), self.name, self.id, projects)

    def client(self, session: Session) -> Client:
        """Return the client of its server.

        Raises:
            UsageError: its server is not running.
            CredentialError: the profile names a credential for it that does not exist.
        """
        if self.plain:
            return session.server
        if not self.url or self.status != AVAILABLE:
            raise UsageError(
                f"The workspace {self.name} is {self.status}: its server cannot be reached",
                hint=f"See `workspaces get {self.name}`.",
            )
        return session.other(self.url, lambda: credential_for(session, self.name))


class Targets(Struct, frozen=True):
    """The selected workspaces, and those of an organization that were skipped because they are not running."""

    found: list[Target]
    skipped: Mapping[str, str] = field(default_factory=dict)  # name to status
    unready: frozenset[str] = frozenset()  # skipped workspaces with a server that was not stopped


def resolve(session: Session, names: Sequence[str], org: str | None = None) -> Targets:
    """Return the workspaces with these names; `all` selects every running workspace of the organization.

    Without a name, it is the workspace in use, or the only one that is running. For another organization than the one
    in use, it is the only one that is running.

    Raises:
        UnknownNameError: the workspace does not exist, or not in the named organization.
        UsageError: none was named and several are running, or one was named for a plain server.
    """
    settings = session.settings
    if settings.plain:
        if names or org:
            raise UsageError(
                f"{settings.url} is a plain ZenML server, not a workspace of an organization",
                hint="Omit --workspace and --org.",
            )
        return Targets([Target(urlsplit(settings.url).netloc, settings.url, plain=True)])
    if not names and settings.workspace and _in_use(session, org):
        names, org = [settings.workspace], None
    if names and ALL not in names:
        if org:
            return Targets([target_of(session, record) for record in records_named(session, names, org)])
        found = query.find_all(session, "workspaces", names)
        return Targets([target_of(session, match.record) for match in found])
    targets = [target_of(session, record) for record in _of_organization(session, org)]
    running = [target for target in targets if target.url and target.status == AVAILABLE]
    skipped = {
        target.name: SERVERLESS if target.is_serverless else target.status
        for target in targets
        if target not in running
    }
    if not names and len(running) != 1:
        raise _not_one(session, running)
    unready = frozenset(
        target.name for target in targets if target.status != AVAILABLE and should_respond(target.url, target.status)
    )
    return Targets(running, skipped, unready)


def resolve_one(session: Session, names: Sequence[str], org: str | None = None) -> Target:
    """Return the one workspace that was named or is in use. Raises the errors of `resolve`.

    Raises:
        UsageError: several were named.
    """
    targets = resolve(session, names, org).found
    if len(targets) != 1:
        raise UsageError(f"This command needs one workspace, not {len(targets)}", hint="Add one --workspace NAME.")
    return targets[0]


def target_of(session: Session, record: Mapping[str, Any]) -> Target:
    """Return the workspace of a control plane record; a profile can override the address of its server."""
    service = record.get("zenml_service") or {}
    status = service.get("status") or {}
    name = str(record.get("name") or record.get("id"))
    target = target_at(session, name, str(status.get("server_url") or ""), str(record.get("status") or AVAILABLE))
    return replace(target, id=str(record.get("id") or ""))


def target_at(session: Session, name: str, url: str, status: str) -> Target:
    """Return the workspace with its server's address, or with the address that a profile sets for it."""
    other, _ = session.profiles.override(session.settings, name)
    return Target(name, other or url, status)


def credential_for(session: Session, name: str) -> Credential:
    """Return the credential for this workspace.

    It is the one in the profile, otherwise the control plane's key, otherwise its session.

    Raises:
        CredentialError: the profile names a credential that does not exist.
    """
    settings = session.settings
    _, override = session.profiles.override(settings, name)
    if override is not None:
        if override.credential is None:
            raise CredentialError(override.problem or f"There is no credential for the workspace {name}")
        return override.credential
    own = settings.credential
    # The workspace's own login accepts a Pro key, and also a control plane's session (API facts 9.1, flows b
    # and c). Sent directly, a key would be checked with the control plane in every request.
    if isinstance(own, ApiKey) and own.secret.reveal().startswith(_PRO_KEY):
        return ApiKey(own.secret, login=WORKSPACE_LOGIN)
    return ControlPlaneSession(session.client.bearer)


def _in_use(session: Session, org: str | None) -> bool:
    """Return whether this is the organization in use, by any of its names.

    The workspace in use belongs to that organization.
    """
    in_use = session.settings.organization
    if not org or org == in_use:
        return True
    return in_use is not None and query.organization(session, org).id == query.organization(session).id


def records_named(session: Session, names: Sequence[str], org: str) -> list[Mapping[str, Any]]:
    """Return the workspaces with these names or ids in this organization; names can repeat in others."""
    index = query.NameIndex(WORKSPACES, _of_organization(session, org))
    records: dict[str, Mapping[str, Any]] = {}
    for text in names:
        try:
            match = index.pick(text)
        except UnknownNameError as error:
            raise UnknownNameError(
                f"The workspace {text!r} does not exist in the organization {org}, or you cannot see it",
                hint=error.hint,
            ) from None
        records[match.id] = match.record
    return list(records.values())


def _of_organization(session: Session, org: str | None) -> list[dict[str, object]]:
    params: dict[str, object] = {}
    if org or session.settings.organization:
        params["organization_id"] = query.organization(session, org).id
    return query.records(session, WORKSPACES, params=params)


def _not_one(session: Session, running: Sequence[Target]) -> UsageError:
    if not running:
        return UsageError("No workspace that you can see is running", hint="List them with `workspaces`.")
    names = ", ".join(target.name for target in running[: limits.NAMES_IN_MESSAGE]) + (
        " …" if len(running) > limits.NAMES_IN_MESSAGE else ""
    )
    return UsageError(
        f"{len(running)} workspaces are running, and none was selected: {names}",
        hint=session.how_to_choose("workspace", f"--workspace NAME or --workspace {ALL}", WORKSPACE_VARIABLE),
    ).completed_by(f"--workspace {quoted(running[0].name)}")
