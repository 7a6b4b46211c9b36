"""require: check the requirements of a notebook that others run, in its first cell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from msgspec import Struct, field

from zenpro_nb import limits, query
from zenpro_nb.access.model.columns import ORGANIZATION_ADMIN
from zenpro_nb.errors import (
    AuthenticationError,
    CredentialError,
    NotFoundError,
    PermissionDeniedError,
    RequirementsError,
    UsageError,
    ZenProError,
)
from zenpro_nb.framework.declare import CommandContext, NameType, Opt, RightType, command
from zenpro_nb.profiles import KEY_VARIABLE
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import MEMBERS, ORGANIZATIONS, ROLES
from zenpro_nb.resources.rights import TYPES
from zenpro_nb.session import lock
from zenpro_nb.session.login import ME, name_of
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted
from zenpro_nb.version import __version__

_ENTRY = "/users/authorize_server"  # API facts 3.10: 200 means yes, 403 no, 404 that no such server is visible to you
_NO_TYPE = "no_such_type"  # matches no role; a server that returns one ignores the filter (API facts 11.13)
_AVAILABLE = "available"
_UNKNOWN = "cannot check this permission: the server does not show which roles grant it"

VersionNeeded = Annotated[
    str | None, Opt("--version", metavar="SPEC", help="Require a version of zenpro, in the syntax of pip: '>=0.1,<2'.")
]
OrganizationNeeded = Annotated[
    str | None,
    Opt(
        "--organization",
        "--org",
        type=NameType("organizations"),
        help="Require access to this organization, and use it for the commands that follow.",
    ),
]
WorkspacesNeeded = Annotated[
    tuple[str, ...],
    Opt("--workspace", type=NameType("workspaces"), help="Require access to this workspace. Can be repeated."),
]
RightsNeeded = Annotated[
    tuple[str, ...],
    Opt(
        "--can",
        type=RightType(),
        metavar="ACTION:TYPE",
        help="Require a permission, granted by one of your roles. Can be repeated.",
    ),
]
ReadOnly = Annotated[bool, Opt(help="Require a read-only session, in which no command can make changes.")]


class _Requirements(Struct):
    """The results of checking the requirements.

    Attributes:
        missing: the requirements that are not met, each with the way to meet it.
        met: the requirements that are met, as shown in the result message.
        unknown: the requirements that could not be checked.
        me: the account of the credential.
        contacts: the administrators to ask, as a phrase; read when first needed.
    """

    session: Session
    command: str
    missing: list[tuple[str, str]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    me: dict[str, Any] = field(default_factory=dict)
    organization: Found | None = None
    contacts: str = ""

    def add_missing(self, what: str, fix: str) -> None:
        """Add a requirement that is not met."""
        self.missing.append((what, fix))

    def administrators(self) -> str:
        """Return the administrators of the organization to ask, by name if their names can be read."""
        if not self.contacts:
            names = _administrators(self.session, self.organization) if self.organization is not None else []
            names_text = ", ".join(names[: limits.NAMES_IN_REASON]) + (
                " …" if len(names) > limits.NAMES_IN_REASON else ""
            )
            self.contacts = names_text or "an administrator of the organization"
        return self.contacts


@command(short_help="Check that everything a notebook needs is in place.")
def require(
    ctx: CommandContext,
    version: VersionNeeded = None,
    organization: OrganizationNeeded = None,
    workspaces: WorkspacesNeeded = (),
    can: RightsNeeded = (),
    read_only: ReadOnly = False,
) -> None:
    """Check that everything a notebook needs is in place.

    Fails with a list of everything that is missing and how to fix each item. Use it in the first cell of a notebook
    that others run. The cells below use the organization that you name. --can is met if one of your roles grants the
    permission in one of the named workspaces.

    Examples:
        # Require a version of zenpro and access to an organization
        require --version '>=0.1' --organization acme
        # Require two permissions
        require --organization acme --workspace ml-prod --can read:pipeline --can create:workspace
        # Fail if the session can make changes
        --read-only require --read-only
    """
    checked = _Requirements(ctx.session, ctx.ui.name)
    _version(checked, version)
    if read_only:
        _read_only(checked)
    required = [
        *([f"organization {organization}"] if organization else []),
        *(f"workspace {name}" for name in workspaces),
        *(f"permission {right}" for right in can),
    ]
    if _signed_in(checked, required):
        _organization(checked, organization, required=bool(required))
        if checked.organization is not None:
            found = _workspaces(checked, workspaces)
            _permissions(checked, can, found)
    for permission in checked.unknown:
        ctx.ui.warn(f"{permission}: {_UNKNOWN}")
    if checked.missing:
        count = len(checked.missing)
        problem = f"{counted(count, 'requirement')} of this notebook {'is' if count == 1 else 'are'} not met"
        raise RequirementsError(problem, missing=checked.missing)
    if checked.organization is not None and organization:
        _use(ctx, checked.organization)
    ctx.ui.say(f"ready: {' · '.join(checked.met) or 'no requirements given'}")


def _version(checked: _Requirements, specifier: str | None) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # imported only when needed

    if specifier is None:
        return
    try:
        fits = SpecifierSet(specifier).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        raise UsageError(
            f"--version {specifier} is not a version specifier", hint="Use the syntax of pip: --version '>=0.1,<2'."
        ) from None
    if fits:
        checked.met.append(f"zenpro_nb {__version__}")
    else:
        fix = f"run `pip install 'zenpro-nb{specifier}'`, and restart the kernel"
        checked.add_missing(f"zenpro_nb {specifier}: version {__version__} is installed", fix)


def _read_only(checked: _Requirements) -> None:
    source = checked.session.read_only
    if source:
        checked.met.append(f"read-only ({source})")
    else:
        fix = f"set {lock.VARIABLE}=1 before Jupyter starts, or run `%config ZenProMagics.read_only = True`"
        checked.add_missing("a read-only session: this session allows changes", fix)


def _signed_in(checked: _Requirements, required: Sequence[str]) -> bool:
    """Return whether an account is signed in; if not, report that the other requirements were not checked."""
    settings = checked.session.settings
    sign_in = f"run `{checked.command} login`, or set {KEY_VARIABLE} before Jupyter starts"
    try:
        if settings.plain:
            what = f"{settings.url} is a plain ZenML server, without organizations"
            checked.add_missing(
                what, f"run `{checked.command} use PROFILE` to choose a control plane; `profiles` lists them"
            )
        elif settings.credential is None:
            checked.add_missing(f"a credential for {settings.url}", settings.problem or sign_in)
        else:
            me = checked.session.client.get(ME)
            checked.me = me if isinstance(me, dict) else {}
            return True
    except (AuthenticationError, CredentialError) as error:
        checked.add_missing(f"a credential that {settings.url} accepts: {error.message}", sign_in)
    except ZenProError as error:
        checked.add_missing(
            f"a response from {settings.url}: {error.message}", error.hint or f"run `{checked.command} doctor`"
        )
    if required:
        checked.add_missing(f"not checked without it: {', '.join(required)}", "fix this first, and run the cell again")
    return False


def _organization(checked: _Requirements, name: str | None, *, required: bool) -> None:
    if not required:
        return
    try:
        checked.organization = query.organization(checked.session, name)
        checked.met.append(checked.organization.name)
    except UsageError as error:
        who = name_of(checked.me)
        if name is None:
            checked.add_missing(
                f"an organization: {error.message}", f"add --organization NAME; you are signed in as {who}"
            )
            return
        visible = _visible(checked.session)
        fix = f"ask one of its administrators to invite {who}, or sign in as a member"
        checked.add_missing(f"organization {name}: {who} can see {', '.join(visible) or 'none'}", fix)
    except ZenProError as error:
        checked.add_missing(
            f"organization {name or ''}: {error.message}", error.hint or f"run `{checked.command} doctor`"
        )


def _visible(session: Session) -> list[str]:
    try:
        records = query.records(session, ORGANIZATIONS)
    except ZenProError:
        return []
    return [str(record.get("name")) for record in records[: limits.NAMES_IN_MESSAGE]]


def _workspaces(checked: _Requirements, names: Sequence[str]) -> list[Found]:
    """Check that the workspaces exist, run, and can be accessed; return those that exist."""
    client = checked.session.client
    lookups = client.fan_out(
        [partial(query.find, checked.session, "workspaces", name) for name in names], errors="return"
    )
    workspaces = [lookup for lookup in lookups if isinstance(lookup, Found)]
    entries = client.fan_out(
        [partial(client.get, _ENTRY, server_id=workspace.id) for workspace in workspaces], errors="return"
    )
    for name, lookup in zip(names, lookups, strict=True):
        if isinstance(lookup, Found):
            continue
        what = f"workspace {name}: {lookup.message if isinstance(lookup, ZenProError) else lookup}"
        checked.add_missing(what, f"ask {checked.administrators()} for a role in it")
    for workspace, entry in zip(workspaces, entries, strict=True):
        status = str(workspace.record.get("status") or _AVAILABLE)
        what = f"workspace {workspace.name}"
        if isinstance(entry, PermissionDeniedError | NotFoundError):
            checked.add_missing(f"{what}: you have no access to it", f"ask {checked.administrators()} for a role in it")
        elif isinstance(entry, Exception):
            checked.add_missing(f"{what}: {entry}", f"run `{checked.command} permissions check {workspace.name}`")
        elif status != _AVAILABLE:
            checked.add_missing(f"{what} is {status}", f"ask {checked.administrators()} to start it")
        else:
            checked.met.append(workspace.name)
    return workspaces


def _permissions(checked: _Requirements, required: Sequence[str], workspaces: Sequence[Found]) -> None:
    """Check that a role of the caller grants the required permissions.

    Reads the caller's own roles that grant each permission (API facts 3.6: `assigned_to_current_user`,
    `resource`, `action`, `workspace_scope`), and once those for a permission that no role can grant.
    """
    questions = [(permission, scope) for permission in required for scope in _scopes(permission, workspaces)]
    if not questions:
        return
    if checked.me.get("is_superuser"):
        checked.met += [f"can {permission}" for permission in required]
        return
    answers = checked.session.client.fan_out(
        [
            *(partial(_own_roles, checked, permission, scope) for permission, scope in questions),
            partial(_own_roles, checked, f"read:{_NO_TYPE}", None),
            partial(_own_roles, checked, None, None),
        ],
        errors="return",
    )
    *granting, impossible, own_roles = answers
    roles = own_roles if isinstance(own_roles, list) else []
    system_roles = {str(role.get("name")) for role in roles if role.get("system_managed")}
    filter_works = impossible == []
    for (permission, scope), answer in zip(questions, granting, strict=True):
        where = f" in {scope.name}" if scope is not None else ""
        if ORGANIZATION_ADMIN in system_roles or (filter_works and isinstance(answer, list) and answer):
            checked.met.append(f"can {permission}{where}")
        elif filter_works and answer == [] and not _is_unknown_to_server(checked, permission):
            names = ", ".join(sorted(str(role.get("name")) for role in roles))
            reason = f": your roles ({names}) do not grant it" if names else ""
            checked.add_missing(
                f"permission {permission}{where}{reason}", f"ask {checked.administrators()} for a role that does"
            )
        else:
            checked.unknown.append(f"{permission}{where}")


def _scopes(permission: str, workspaces: Sequence[Found]) -> Sequence[Found | None]:
    """Return the scopes in which a permission is checked: each workspace, or the organization itself."""
    return list(workspaces) if permission.partition(":")[2] in TYPES and workspaces else [None]


def _own_roles(checked: _Requirements, permission: str | None, workspace: Found | None) -> list[Any]:
    action, _, resource = (permission or "").partition(":")
    params = {"assigned_to_current_user": True, "action": action, "resource": resource}
    params |= {"workspace_scope": workspace.id} if workspace is not None else {}
    params = {name: value for name, value in params.items() if value != ""}
    return query.records(checked.session, ROLES, {"organization_id": _id(checked)}, params)


def _is_unknown_to_server(checked: _Requirements, permission: str) -> bool:
    """Return whether no role of the organization grants the permission, so the server may not know it at all."""
    action, _, resource = permission.partition(":")
    params = {"action": action, "resource": resource}
    try:
        return not query.records(checked.session, ROLES, {"organization_id": _id(checked)}, params)
    except ZenProError:  # callers who cannot list roles see only their own, and those do not grant it
        return False


def _administrators(session: Session, organization: Found) -> list[str]:
    ids = {"organization_id": organization.id}
    try:
        roles = query.records(session, ROLES, ids, {"name": ORGANIZATION_ADMIN})
        calls = [partial(query.records, session, MEMBERS, ids, {"role_id": str(role["id"])}) for role in roles]
        admins = [member for members in session.client.fan_out(calls) for member in members]
    except (ZenProError, KeyError):
        return []
    users = [record.get("user") or {} for record in admins]
    active = [user for user in users if user.get("is_active", True) and not user.get("is_service_account")]
    teams = [f"team {record['team'].get('name')}" for record in admins if record.get("team")]
    return [*(_display_name(user) for user in active if user), *teams]


def _display_name(user: dict[str, Any]) -> str:
    name, address = user.get("name"), user.get("email") or user.get("username")
    return f"{name} ({address})" if name and address else str(name or address)


def _id(checked: _Requirements) -> str:
    if checked.organization is None:
        raise TypeError("permissions can only be checked in an organization")
    return checked.organization.id


def _use(ctx: CommandContext, organization: Found) -> None:
    """Use the organization that the notebook requires; a workspace already selected in it stays selected."""
    if ctx.session.settings.organization not in (organization.id, organization.name):
        ctx.session.choose(organization=organization.id)
