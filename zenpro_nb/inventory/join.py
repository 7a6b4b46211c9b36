"""Join responses to the lists of an inventory, and add names that the API returns as ids only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from zenpro_nb import frames
from zenpro_nb.access import LISTS, Gap, InventoryList, list_of
from zenpro_nb.access.model.lists import NESTED, NESTED_USER, reading_of
from zenpro_nb.access.model.principals import kind_of, names_of
from zenpro_nb.inventory.fetch import Answer, gap_of
from zenpro_nb.query import facts_of
from zenpro_nb.resources.columns import ID

if TYPE_CHECKING:
    import pandas as pd

_ACCOUNTS = ("members", "team_members", "assignments")  # the lists whose rows contain whole accounts


class Read(Struct, frozen=True):
    """A list as read: the columns that the server sends, and those that other lists are joined from.

    The attributes are those of `InventoryList`.
    """

    name: str
    frame: pd.DataFrame
    complete: bool
    changed: bool
    started: datetime | None
    finished: datetime | None
    fields: frozenset[str]
    gap: Gap | None

    @property
    def names(self) -> dict[str, str]:
        """Return the names of its rows by id."""
        label = "username" if self.name == "service_accounts" else "name"
        rows = self.frame[["id", label]].dropna()
        return dict(zip(rows["id"], rows[label], strict=True))

    def rows(self, *names: str) -> list[dict[Any, Any]]:
        """Return these columns of the rows with an id, with None for missing values."""
        rows = self.frame[self.frame["id"].notna()][list(names)].astype(object)
        return rows.where(rows.notna(), None).to_dict("records")

    def accounts(self) -> list[dict[Any, Any]]:
        """Return the ids and names of the accounts that the rows contain."""
        column_names = [f"{NESTED}{name}" for name in ("id", "email", "name", "username")]
        rows = self.frame[column_names].rename(columns=_account_columns())
        records: list[dict[Any, Any]] = frames.convert(rows[rows[ID.name].notna()], "records")
        return records

    def as_list(self, more: frozenset[str] = frozenset()) -> InventoryList:
        """Return the list of the inventory; `more` are the joined columns that are known."""
        facts = {name: getattr(self, name) for name in ("complete", "changed", "started", "finished", "gap")}
        columns = (self.fields | more) & {column.name for column in LISTS[self.name].columns}
        return list_of(self.name, self.frame, fields=columns, **facts)


def read_of(name: str, answers: Sequence[Answer], parent: Read | None = None) -> Read:
    """Return the list in these responses.

    Args:
        name: the list.
        answers: one response for the whole list, or one per row of the parent.
        parent: the list that this one was read for, row by row.
    """
    list_, resource = LISTS[name], reading_of(name)
    listings = [(answer.request.part, answer.listing) for answer in answers if answer.listing is not None]
    parts = [(part.page, part.keep) for _, listing in listings for part in listing.parts]
    frame = frames.assemble(resource, parts)
    frame.attrs = {}  # pandas would copy them at each step
    fields: frozenset[str] = frozenset().union(*(answer.request.source.decoder.fields for answer in answers[:1]))
    if list_.part:
        part = next(column for column in list_.columns if column.name == list_.part)
        ids = [key for key, listing in listings for _ in range(listing.rows)]
        frame[list_.part] = frames.with_types([part], [{list_.part: key} for key in ids])[list_.part]
        fields |= {list_.part}
    gap = gap_of(answers, parts=bool(list_.part))
    facts = facts_of([listing for _, listing in listings])
    complete = facts["complete"] and gap is None and (parent is None or parent.complete)
    if parent is not None and parent.gap is not None:
        gap = Gap(parent.gap.reason, f"It is read for each of the {parent.name}: {parent.gap.message}")
    return Read(
        name,
        frame,
        complete,
        facts["changed"] or (parent is not None and parent.changed),
        min((answer.started for answer in answers), default=parent.started if parent else None),
        max((answer.finished for answer in answers), default=parent.finished if parent else None),
        fields,
        gap,
    )


def join_lists(reads: Mapping[str, Read]) -> list[InventoryList]:
    """Return all lists with joined columns, and the list of the accounts in them."""
    bots = frozenset(reads["service_accounts"].frame["id"].dropna())
    for name in _ACCOUNTS:
        frame = reads[name].frame
        # The server may omit the flag for users in other lists; the list of service accounts is decisive.
        bot = frame[f"{NESTED}is_service_account"].fillna(False).astype(bool) | frame["user_id"].isin(bots)
        frame["kind"] = kind_of(frame, bot, teams=name != "team_members")
    members, assignments = reads["members"].frame, reads["assignments"].frame
    roles = reads["roles"].names
    members["roles"] = [[roles.get(key, key) for key in role_ids] for role_ids in members["role_ids"]]
    assignments["workspace"] = names_of(assignments["workspace_id"], reads["workspaces"].names)
    reads["team_members"].frame["team"] = names_of(reads["team_members"].frame["team_id"], reads["teams"].names)
    if "api_keys" in reads:
        keys = reads["api_keys"].frame
        keys["service_account"] = names_of(keys["service_account_id"], reads["service_accounts"].names)
    for name, read in reads.items():
        if LISTS[name].part == "workspace_id":
            read.frame["workspace"] = names_of(read.frame["workspace_id"], reads["workspaces"].names)
    return [*(read.as_list(frozenset(_known_columns(read, reads))) for read in reads.values()), _users(reads)]


def _known_columns(read: Read, reads: Mapping[str, Read]) -> Iterator[str]:
    """Yield the joined columns whose source lists are known."""
    sources = {("members", "roles"): "roles", ("assignments", "workspace"): "workspaces"}
    for column in LISTS[read.name].columns:
        source = sources.get((read.name, column.name))
        if column.computed and (source is None or reads[source].gap is None):
            yield column.name


def _account_columns() -> dict[str, str]:
    """Return the names of the columns of accounts, by their names in the lists that contain accounts."""
    return {column.name: column.name.removeprefix(NESTED) for column in NESTED_USER}


def _users(reads: Mapping[str, Read]) -> InventoryList:
    """Return the accounts that members, teams and assignments name, each once."""
    import pandas as pd  # heavy: only where a frame is made

    sources = [reads[name] for name in _ACCOUNTS]
    columns = _account_columns()
    found: list[pd.DataFrame] = []
    fields = frozenset(columns.values())
    user_ids: set[Any] = set()
    for read in sources:
        rows = read.frame[list(columns)].rename(columns=columns)
        rows = rows[rows[ID.name].notna() & ~rows[ID.name].isin(user_ids)].drop_duplicates(ID.name)
        user_ids.update(rows[ID.name])
        if len(rows):
            # If one list sends fewer fields of its accounts than another, a null would be indistinguishable from
            # unknown.
            fields &= {name.removeprefix(NESTED) for name in read.fields if name.startswith(NESTED)}
            found.append(rows)
    failed = {read.name: read.gap for read in sources if read.gap is not None}
    gap = None
    if failed:
        first = next(iter(failed.values()))
        parts = {name: gap.message for name, gap in failed.items()} if len(failed) < len(sources) else {}
        gap = Gap(first.reason, first.message, parts)
    return list_of(
        "users",
        pd.concat(found, ignore_index=True) if found else (),
        fields=fields if found else frozenset(),
        complete=all(read.complete for read in sources),
        changed=any(read.changed for read in sources),
        started=min((read.started for read in sources if read.started), default=None),
        finished=max((read.finished for read in sources if read.finished), default=None),
        gap=gap,
    )
