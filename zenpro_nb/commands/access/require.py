"""require: the first cell of a notebook that is meant for others."""

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
from zenpro_nb.framework.cli.context import CommandContext
from zenpro_nb.framework.cli.signature import Opt
from zenpro_nb.framework.lists.noun import command
from zenpro_nb.framework.parameters.access import RightType
from zenpro_nb.framework.parameters.types import NameType
from zenpro_nb.profiles import KEY_VARIABLE
from zenpro_nb.query import Found
from zenpro_nb.resources.control_plane import MEMBERS, ROLES
from zenpro_nb.resources.rights import TYPES
from zenpro_nb.session import lock
from zenpro_nb.session.login import ME, name_of
from zenpro_nb.session.session import Session
from zenpro_nb.syntax.counts import counted
from zenpro_nb.version import __version__

_ENTRY = "/users/authorize_server"  # API facts 3.10: 200 says yes, 403 no, 404 that there is none for you
_NO_TYPE = "no_such_type"  # what no role can be about: a server that names one ignores the filter (API facts 11.13)
_AVAILABLE = "available"
_UNKNOWN = "whether you may is not known: this server does not say which roles allow it"

VersionNeeded = Annotated[
    str | None, Opt("--version", metavar="SPEC", help="Versions of zenpro_nb, as pip writes them: '>=0.1,<2'.")
]
OrganizationNeeded = Annotated[
    str | None,
    Opt(
        "--organization", "--org", type=NameType("organizations"), help="You see this organization; work goes on in it."
    ),
]
WorkspacesNeeded = Annotated[
    tuple[str, ...], Opt("--workspace", type=NameType("workspaces"), help="You may enter it; may be repeated.")
]
RightsNeeded = Annotated[
    tuple[str, ...],
    Opt("--can", type=RightType(), metavar="ACTION:TYPE", help="A role of yours allows it; may be repeated."),
]
ReadOnly = Annotated[bool, Opt(help="The session is read-only, so that no cell below can write.")]


class _Look(Struct):
    """What is found while the requirements are looked at.

    Attributes:
        missing: what is, and what to do about it.
        met: what is there, in the words of the line that says so.
        unknown: what nobody can tell.
        me: whose credential it is.
        to_ask: who can help, as a phrase; found out when it is first needed.
    """

    session: Session
    command: str
    missing: list[tuple[str, str]] = field(default_factory=list)
    met: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    me: dict[str, Any] = field(default_factory=dict)
    organization: Found | None = None
    to_ask: str = ""

    def lacks(self, what: str, do: str) -> None:
        """Enter something that is missing."""
        self.missing.append((what, do))

    def administrators(self) -> str:
        """Return whom to ask: administrators of the organization by name, where they can be seen."""
        if not self.to_ask:
            names = _administrators(self.session, self.organization) if self.organization is not None else []
            shown = ", ".join(names[: limits.NAMED]) + (" …" if len(names) > limits.NAMED else "")
            self.to_ask = shown or "an administrator of the organization"
        return self.to_ask


@command(short_help="Fail where what a notebook needs is not there; for its first cell.")
def require(
    ctx: CommandContext,
    version: VersionNeeded = None,
    organization: OrganizationNeeded = None,
    workspaces: WorkspacesNeeded = (),
    can: RightsNeeded = (),
    read_only: ReadOnly = False,
) -> None:
    """Fail where what a notebook needs is not there, and say all that is missing, each with what to do about it.

    It is meant for the first cell of a notebook that others run. The organization that it names is the one in which
    the cells below work. A right counts as there where a role of yours allows it in one of the workspaces named.

    Examples:
        require --version '>=0.1' --organization acme
        require --organization acme --workspace ml-prod --can read:pipeline --can create:workspace
        --read-only require --read-only
    """
    look = _Look(ctx.session, ctx.ui.name)
    _version(look, version)
    if read_only:
        _read_only(look)
    wanted = [
        *([f"organization {organization}"] if organization else []),
        *(f"workspace {name}" for name in workspaces),
        *(f"may {right}" for right in can),
    ]
    if _signed_in(look, wanted):
        _organization(look, organization, needed=bool(wanted))
        if look.organization is not None:
            there = _workspaces(look, workspaces)
            _rights(look, can, there)
    for text in look.unknown:
        ctx.ui.warn(f"{text}: {_UNKNOWN}")
    if look.missing:
        lacking = len(look.missing)
        what = f"{counted(lacking, 'thing')} that this notebook needs {'is' if lacking == 1 else 'are'} not there"
        raise RequirementsError(what, missing=look.missing)
    if look.organization is not None and organization:
        _use(ctx, look.organization)
    ctx.ui.say(f"ready: {' · '.join(look.met) or 'nothing was required'}")


def _version(look: _Look, wanted: str | None) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # only where it is asked for

    if wanted is None:
        return
    try:
        fits = SpecifierSet(wanted).contains(__version__, prereleases=True)
    except InvalidSpecifier:
        raise UsageError(f"--version {wanted} names no versions", hint="Write it as pip does: '>=0.1,<2'.") from None
    if fits:
        look.met.append(f"zenpro_nb {__version__}")
    else:
        do = f"`pip install 'zenpro-nb{wanted}'`, and restart the kernel"
        look.lacks(f"zenpro_nb {wanted}: this is {__version__}", do)


def _read_only(look: _Look) -> None:
    source = look.session.read_only
    if source:
        look.met.append(f"read-only ({source})")
    else:
        do = f"set {lock.VARIABLE}=1 before Jupyter starts, or run `%config ZenProMagics.read_only = True`"
        look.lacks("a read-only session: this one can write", do)


def _signed_in(look: _Look, wanted: Sequence[str]) -> bool:
    """Look who is signed in, and return whether anybody is; where nobody is, the rest is not looked at, and said."""
    settings = look.session.settings
    sign_in = f"`{look.command} login`, or set {KEY_VARIABLE} before Jupyter starts"
    try:
        if settings.plain:
            what = f"{settings.url} is a plain ZenML server, without organizations"
            look.lacks(what, f"`{look.command} use PROFILE` chooses a control plane, `profiles` lists them")
        elif settings.credential is None:
            look.lacks(f"a credential for {settings.url}", settings.problem or sign_in)
        else:
            found = look.session.client.get(ME)
            look.me = found if isinstance(found, dict) else {}
            return True
    except (AuthenticationError, CredentialError) as error:
        look.lacks(f"a credential that {settings.url} accepts: {error.message}", sign_in)
    except ZenProError as error:
        look.lacks(f"an answer of {settings.url}: {error.message}", error.hint or f"`{look.command} doctor` says more")
    if wanted:
        look.lacks(f"not looked at without that: {', '.join(wanted)}", "run this cell again afterwards")
    return False


def _organization(look: _Look, wanted: str | None, *, needed: bool) -> None:
    if not needed:
        return
    try:
        look.organization = query.organization(look.session, wanted)
        look.met.append(look.organization.name)
    except UsageError as error:
        who = name_of(look.me)
        if wanted is None:
            look.lacks(f"an organization: {error.message}", f"name it with --organization; you are {who}")
            return
        seen = _visible(look.session)
        do = f"ask one of its administrators to invite {who}, or sign in as somebody who is a member"
        look.lacks(f"organization {wanted}: {who} sees {', '.join(seen) or 'none'}", do)
    except ZenProError as error:
        look.lacks(f"organization {wanted or ''}: {error.message}", error.hint or f"`{look.command} doctor` says more")


def _visible(session: Session) -> list[str]:
    from zenpro_nb.resources import RESOURCES

    try:
        found = query.records(session, RESOURCES["organizations"])
    except ZenProError:
        return []
    return [str(record.get("name")) for record in found[: limits.LISTED]]


def _workspaces(look: _Look, names: Sequence[str]) -> list[Found]:
    """Look whether the workspaces are there, run, and may be entered; return those that were found."""
    client = look.session.client
    calls = [partial(query.find, look.session, "workspaces", name) for name in names]
    found = client.fan_out(calls, errors="return")
    there = [item for item in found if isinstance(item, Found)]
    entries = client.fan_out([partial(client.get, _ENTRY, server_id=item.id) for item in there], errors="return")
    for name, item in zip(names, found, strict=True):
        if isinstance(item, Found):
            continue
        what = f"workspace {name}: {item.message if isinstance(item, ZenProError) else item}"
        look.lacks(what, f"ask {look.administrators()} for a role in it")
    for item, entry in zip(there, entries, strict=True):
        status = str(item.record.get("status") or _AVAILABLE)
        if isinstance(entry, PermissionDeniedError | NotFoundError):
            look.lacks(f"workspace {item.name}: you may not enter it", f"ask {look.administrators()} for a role in it")
        elif isinstance(entry, Exception):
            look.lacks(f"workspace {item.name}: {entry}", f"`{look.command} permissions check {item.name}` says more")
        elif status != _AVAILABLE:
            look.lacks(f"workspace {item.name} is {status}", f"ask {look.administrators()} to start it")
        else:
            look.met.append(item.name)
    return there


def _rights(look: _Look, wanted: Sequence[str], workspaces: Sequence[Found]) -> None:
    """Look whether a role of the caller allows what is wanted.

    The server is asked for the caller's own roles that allow it (API facts 3.6: `assigned_to_current_user`,
    `resource`, `action`, `workspace_scope`), and once for what no role can allow.
    """
    asked = [(right, place) for right in wanted for place in _places(right, workspaces)]
    if not asked:
        return
    if look.me.get("is_superuser"):
        look.met += [f"may {right}" for right in wanted]
        return
    answers = look.session.client.fan_out(
        [
            *(partial(_own_roles, look, right, place) for right, place in asked),
            partial(_own_roles, look, f"read:{_NO_TYPE}", None),
            partial(_own_roles, look, None, None),
        ],
        errors="return",
    )
    *found, impossible, mine = answers
    names = {str(item.get("name")) for item in mine if item.get("system_managed")} if isinstance(mine, list) else set()
    known = impossible == []
    for (right, place), answer in zip(asked, found, strict=True):
        where = f" in {place.name}" if place is not None else ""
        if ORGANIZATION_ADMIN in names or (known and isinstance(answer, list) and answer):
            look.met.append(f"may {right}{where}")
        elif known and answer == [] and not _is_strange(look, right):
            held = ", ".join(sorted(str(item.get("name")) for item in mine)) if isinstance(mine, list) else ""
            have = f": your roles ({held}) do not allow it" if held else ""
            look.lacks(f"the right to {right}{where}{have}", f"ask {look.administrators()} for a role that does")
        else:
            look.unknown.append(f"{right}{where}")


def _places(right: str, workspaces: Sequence[Found]) -> Sequence[Found | None]:
    """Return where a right is asked about: in each workspace, or in the organization itself."""
    return list(workspaces) if right.partition(":")[2] in TYPES and workspaces else [None]


def _own_roles(look: _Look, right: str | None, workspace: Found | None) -> list[Any]:
    action, _, resource = (right or "").partition(":")
    params = {"assigned_to_current_user": True, "action": action, "resource": resource}
    params |= {"workspace_scope": workspace.id} if workspace is not None else {}
    given = {name: value for name, value in params.items() if value != ""}
    return query.records(look.session, ROLES, {"organization_id": _id(look)}, given)


def _is_strange(look: _Look, right: str) -> bool:
    """Return whether no role of the organization allows it at all: the server does not know what was asked."""
    action, _, resource = right.partition(":")
    params = {"action": action, "resource": resource}
    try:
        return not query.records(look.session, ROLES, {"organization_id": _id(look)}, params)
    except ZenProError:  # who may not read roles sees their own only, and those do not allow it
        return False


def _administrators(session: Session, organization: Found) -> list[str]:
    ids = {"organization_id": organization.id}
    try:
        roles = query.records(session, ROLES, ids, {"name": ORGANIZATION_ADMIN})
        calls = [partial(query.records, session, MEMBERS, ids, {"role_id": str(role["id"])}) for role in roles]
        found = [member for members in session.client.fan_out(calls) for member in members]
    except (ZenProError, KeyError):
        return []
    people = [record.get("user") or {} for record in found]
    active = [person for person in people if person.get("is_active", True) and not person.get("is_service_account")]
    teams = [f"team {record['team'].get('name')}" for record in found if record.get("team")]
    return [*(_named(item) for item in active if item), *teams]


def _named(person: dict[str, Any]) -> str:
    name, address = person.get("name"), person.get("email") or person.get("username")
    return f"{name} ({address})" if name and address else str(name or address)


def _id(look: _Look) -> str:
    if look.organization is None:
        raise TypeError("rights are looked at in an organization")
    return look.organization.id


def _use(ctx: CommandContext, organization: Found) -> None:
    """Work in the organization that the notebook is about; what is chosen in it already stays."""
    if ctx.session.settings.organization not in (organization.id, organization.name):
        ctx.session.choose(organization=organization.id)
