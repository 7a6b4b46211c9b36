"""require: check the requirements of a notebook that others run, in its first cell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from zenpro_nb import limits, query
from zenpro_nb.commands.access.requirements import Requirements, check_permissions
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
from zenpro_nb.resources.control_plane import ORGANIZATIONS
from zenpro_nb.session import lock
from zenpro_nb.session.login import ME, name_of
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted
from zenpro_nb.version import __version__

_ENTRY = "/users/authorize_server"  # API facts 3.10: 200 means yes, 403 no, 404 that no such server is visible to you
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
    checked = Requirements(ctx.session, ctx.ui.name)
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
            check_permissions(checked, can, found)
    for permission in checked.unknown:
        ctx.ui.warn(f"{permission}: {_UNKNOWN}")
    if checked.missing:
        count = len(checked.missing)
        problem = f"{counted(count, 'requirement')} of this notebook {'is' if count == 1 else 'are'} not met"
        raise RequirementsError(problem, missing=checked.missing)
    if checked.organization is not None and organization:
        _use(ctx, checked.organization)
    ctx.ui.say(f"ready: {' · '.join(checked.met) or 'no requirements given'}")


def _version(checked: Requirements, specifier: str | None) -> None:
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


def _read_only(checked: Requirements) -> None:
    source = checked.session.read_only
    if source:
        checked.met.append(f"read-only ({source})")
    else:
        fix = f"set {lock.VARIABLE}=1 before Jupyter starts, or run `%config ZenProMagics.read_only = True`"
        checked.add_missing("a read-only session: this session allows changes", fix)


def _signed_in(checked: Requirements, required: Sequence[str]) -> bool:
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


def _organization(checked: Requirements, name: str | None, *, required: bool) -> None:
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


def _workspaces(checked: Requirements, names: Sequence[str]) -> list[Found]:
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


def _use(ctx: CommandContext, organization: Found) -> None:
    """Use the organization that the notebook requires; a workspace already selected in it stays selected."""
    if ctx.session.settings.organization not in (organization.id, organization.name):
        ctx.session.choose(organization=organization.id)
