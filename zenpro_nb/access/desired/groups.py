"""Convert the groups of an identity provider, exported as CSV, to desired rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from zenpro_nb import limits
from zenpro_nb.access.desired.exporting import scalar
from zenpro_nb.access.desired.state import VERSION, DesiredGroup, DesiredState
from zenpro_nb.access.model.inventory import Inventory
from zenpro_nb.access.plans.lookup import Lookup
from zenpro_nb.access.plans.model import DesiredRow, ExactScope
from zenpro_nb.access.plans.state import State
from zenpro_nb.errors import UnknownNameError, UsageError
from zenpro_nb.syntax.counts import counted, name_list
from zenpro_nb.syntax.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("email", "group", "active")
_TRUE, _FALSE = {"true", "yes", "1", "active"}, {"false", "no", "0", "inactive", "suspended"}
_EXAMPLE = "The first line must be `email,group` or `email,group,active`."


class GroupMembership(Struct, frozen=True):
    """One line of the export: a member of a group.

    Attributes:
        email: empty if the line only declares that the group exists.
        source: its place in the export, for messages.
    """

    email: str
    group: str
    active: bool
    source: str


class GroupRows(Struct, frozen=True):
    """The desired rows of the groups.

    Attributes:
        rows, exact: for `make_plan`, without those of the file itself.
        ignored: the groups that the file does not mention.
    """

    rows: tuple[DesiredRow, ...]
    exact: tuple[ExactScope, ...]
    ignored: tuple[str, ...] = ()


def rows_of_groups(
    exported: str | pd.DataFrame,
    state: DesiredState,
    inventory: Inventory,
    *,
    file: str = "groups.csv",
    invite: str | None = None,
    deactivate: bool = False,
) -> GroupRows:
    """Return the desired rows of the groups of an identity provider.

    Active members of a group should be in the team, or have the role, that the file maps the group to. Everyone else is
    removed from it if the file declares that section exact. Service accounts and teams are unknown to the provider and
    stay.

    Args:
        exported: CSV with a header `email,group` and optionally `active`, or a frame with these columns.
        state: the file that maps the groups.
        inventory: the current state.
        file: the name of the export, for messages.
        invite: invite people who are unknown to the organization, with this role. A known account that is not a member
            gets the role directly.
        deactivate: deactivate the accounts of inactive people.

    Raises:
        UsageError: a line is invalid, or a group of the file is not in the export.
        UnknownNameError: someone has no account and `invite` is None.
    """
    lines = list(_consistent(_lines(exported, file) if isinstance(exported, str) else _rows(exported, file)))
    there = {line.group for line in lines}
    if not state.groups:
        raise UsageError(
            f"{state.file or 'The file'} does not map the groups of {file} to teams or roles",
            hint="Add lines like those below, and run the command again. To map a group to a role, write "
            "`{role: ROLE}`.",
        ).at(*_mapping([line.group for line in lines]))
    for group in state.groups:
        if group.name.text not in there:
            raise UsageError(
                f"{state.at(group.name)}: the group {group.name.text!r} is not in {file}",
                hint=did_you_mean(
                    group.name.text, there, f"If the group is empty, add the line `,{group.name.text}` to {file}."
                ),
            )
    mapped = {group.name.text: group for group in state.groups}
    mapped_lines = [line for line in lines if line.group in mapped and line.email]
    there_now = State.of(inventory)
    lookup = Lookup(inventory, there_now)
    with_role = {line.email.casefold() for line in mapped_lines if line.active and mapped[line.group].role}
    people = _people(mapped_lines, lookup, there_now, invite, file, with_role)
    rows = [*people, *_memberships(mapped_lines, mapped, lookup)]
    if deactivate:
        rows += _deactivations(mapped_lines, lookup)
    ignored = tuple(sorted({group for group in there if group and group not in mapped}))
    return GroupRows(tuple(rows), tuple(_scopes(state, file)), ignored)


def mapping_file(exported: pd.DataFrame, file: str) -> list[str]:
    """Return the lines of a file that maps the groups of an export to teams of the same names.

    Raises:
        UsageError: a row of the export is invalid.
    """
    return [f"zenpro: {VERSION}", *_mapping([row.group for row in _rows(exported, file)])]


def _mapping(groups: Iterable[str]) -> list[str]:
    """Return the sections of a file that map groups to teams of the same names, and create the teams.

    >>> _mapping(["okta-ds", "okta-ds", "a: b"])
    ['groups: {okta-ds: {team: okta-ds}, "a: b": {team: "a: b"}}', 'teams: {okta-ds: {}, "a: b": {}}']
    """
    names = [scalar(group, flow=True) for group in list(dict.fromkeys(filter(None, groups)))[: limits.NAMES_IN_MESSAGE]]
    return [
        f"groups: {{{', '.join(f'{name}: {{team: {name}}}' for name in names)}}}",
        f"teams: {{{', '.join(f'{name}: {{}}' for name in names)}}}",
    ]


def _people(
    mapped_lines: list[GroupMembership],
    lookup: Lookup,
    there_now: State,
    invite: str | None,
    file: str,
    with_role: Collection[str],
) -> Iterator[DesiredRow]:
    active = {membership.email.casefold(): membership for membership in mapped_lines if membership.active}
    if invite is None:
        strangers = [membership.email for membership in active.values() if not lookup.knows(membership.email)]
        if strangers:
            raise UnknownNameError(
                f"{file}: {counted(len(strangers), 'person')} in the groups "
                f"{'has' if len(strangers) == 1 else 'have'} no account here: "
                f"{name_list(strangers, limits.NAMES_IN_MESSAGE)}",
                hint="Add --invite 'Organization Member' to invite them, or another role.",
                strangers=strangers[: limits.MISSING_NAMED],
            )
        return
    for line in active.values():
        account = lookup.account_of(line.email)
        if not account or there_now.is_member(("user_id", account)):  # the plan skips people who are members
            yield DesiredRow("invitation", line.email, role=invite, source=line.source)
        elif line.email.casefold() not in with_role:
            yield DesiredRow("organization-role", line.email, role=invite, source=line.source)


def _memberships(
    mapped_lines: list[GroupMembership], mapped: Mapping[str, DesiredGroup], lookup: Lookup
) -> Iterator[DesiredRow]:
    """Yield memberships and roles: to add for active people, to remove for inactive ones.

    If the file does not declare the section exact, nothing is removed: the row is reported as skipped each time.
    """
    places = {name: (group.team, group.role) for name, group in mapped.items()}
    pairs = {
        (membership.email.casefold(), places[membership.group]) for membership in mapped_lines if membership.active
    }
    for membership in mapped_lines:
        team, role = places[membership.group]
        if not membership.active and (
            (membership.email.casefold(), (team, role)) in pairs or not lookup.knows(membership.email)
        ):
            continue
        section = "teams" if team else "organization_roles"
        yield DesiredRow(
            "team-member" if team else "organization-role",
            membership.email,
            team=team,
            role=role,
            present=membership.active,
            needs_exact=not membership.active,
            skip=""
            if membership.active
            else f"the file does not declare {section} exact: `manage: {{{section}: exact}}`",
            source=membership.source,
            why="" if membership.active else "inactive",
        )


def _deactivations(mapped_lines: list[GroupMembership], lookup: Lookup) -> Iterator[DesiredRow]:
    by_email = {membership.email.casefold(): membership for membership in mapped_lines if not membership.active}
    for membership in by_email.values():
        if lookup.account_of(membership.email):
            yield DesiredRow("account", membership.email, present=False, source=membership.source, why="inactive")


def _scopes(state: DesiredState, file: str) -> Iterator[ExactScope]:
    for group in state.groups:
        if group.team and state.is_exact("teams"):
            yield ExactScope("team-member", team=group.team, people_only=True, source=file)
        if group.role and state.is_exact("organization_roles"):
            yield ExactScope("organization-role", role=group.role, people_only=True, source=file)


def _lines(text: str, file: str) -> Iterator[GroupMembership]:
    """Yield the lines of the export.

    Raises:
        UsageError: a line is invalid.
    """
    text = text.removeprefix("\ufeff")
    first = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first and "," not in first else ",", strict=True)
    names: list[str] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not names:
                names = _header(cells, file)
                continue
            if len(cells) > len(names):
                raise UsageError(
                    f"{file}, line {reader.line_num}: the line has more cells than the header",
                    hint="Put values that contain a comma in quotes.",
                )
            yield _membership(dict(zip(names, cells, strict=False)), f"{file}, line {reader.line_num}")
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.line_num}: invalid CSV: {error}", hint=_EXAMPLE) from None
    if not names:
        raise UsageError(f"{file} is empty", hint=_EXAMPLE)


def _header(cells: list[str], file: str) -> list[str]:
    names = [cell.casefold() for cell in cells]
    missing = [column for column in _COLUMNS[:2] if column not in names]
    if missing or len(set(names)) != len(names):
        problem = f"has no column {missing[0]!r}" if missing else "has a column twice"
        raise UsageError(f"{file}: the header {problem}", hint=_EXAMPLE)
    return names


def _rows(frame: pd.DataFrame, file: str) -> Iterator[GroupMembership]:
    """Yield the rows of a frame."""
    names = _header([str(column) for column in frame.columns], file)
    for at, row in enumerate(frame.astype(object).where(frame.notna(), "").itertuples(index=False), start=1):
        cells = [str(cell).strip() for cell in row]
        yield _membership(dict(zip(names, cells, strict=True)), f"{file}, row {at}")


def _membership(row: Mapping[str, str], source: str) -> GroupMembership:
    email, group = row.get("email", ""), row.get("group", "")
    if not group:
        raise UsageError(f"{source}: the group is missing", hint=_EXAMPLE)
    if email and "@" not in email:
        raise UsageError(f"{source}: {email!r} is not an email address", hint=_EXAMPLE)
    text = row.get("active", "").casefold() or "true"
    if text not in _TRUE | _FALSE:
        raise UsageError(f"{source}: {row['active']!r} is not a valid value for `active`", hint="Write true or false.")
    return GroupMembership(email, group, text in _TRUE, source)


def _consistent(lines: Iterable[GroupMembership]) -> Iterator[GroupMembership]:
    """Yield the lines, unless two lines contradict each other about an account.

    Raises:
        UsageError: two lines do.
    """
    by_email: dict[str, GroupMembership] = {}
    for line in lines:
        before = by_email.setdefault(line.email.casefold(), line)
        if line.email and before.active is not line.active:
            words = ["active" if line.active else "inactive" for line in (line, before)]
            raise UsageError(
                f"{line.source}: {line.email} is {words[0]} here but {words[1]} in {before.source}",
                hint="Use the same value of `active` in all rows of an account.",
            )
        yield line
