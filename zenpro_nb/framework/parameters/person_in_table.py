"""A person who was named in a file or DataFrame, with the role, teams and grants in the row of that person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from zenpro_nb.errors import UsageError
from zenpro_nb.syntax.origins import PlacedText

ROLE, TEAM, GRANT = KINDS = ("role", "team", "grant")
_APART = ("workspace", "project")  # of a role that is written as one grant


def is_email(text: str) -> bool:
    """Return whether a text can be an email address.

    >>> is_email("ada@example.com"), is_email("ada"), is_email("Ada <ada@example.com>"), is_email("a@b@c")
    (True, False, False, False)
    """
    before, _, after = text.partition("@")
    return bool(before and after) and not any(sign.isspace() or sign in ",;<>" for sign in text) and "@" not in after


class PeopleTable(Struct, frozen=True):
    """What a command knows about a table of people.

    Attributes:
        name: the table in messages.
        note: a remark, such as the number of duplicates; empty without any.
        empty: the sentence about rows without a person; empty without any.
        problems: by position, what is wrong with the broken rows. The command is refused, but first it looks up the
            names in the other rows, and one error names all of them.
        places: by kind and text, the rows that contain the text.
    """

    name: str
    note: str = ""
    empty: str = ""
    problems: Mapping[str, str] = {}
    places: Mapping[tuple[str, str], Sequence[str]] = {}


class PersonInTable(PlacedText):
    """The email or name of a person, which carries the values of the row that it comes from.

    Attributes:
        own: by kind, what the row sets for this person.
        table: the table that contains the row; None until it is completely read.

    Example:
        >>> ada = PersonInTable("ada@example.com", "people.csv", {"team": ("Research",)})
        >>> ada == "ada@example.com", own_values(ada, "team"), own_values("bob@example.com", "team")
        (True, ('Research',), ())
    """

    __slots__ = ("own", "table")
    own: Mapping[str, tuple[str, ...]]
    table: PeopleTable | None

    def __new__(cls, text: str, source: str, own: Mapping[str, tuple[str, ...]], place: str = "") -> PersonInTable:
        """Return the text with the values of its row, by kind."""
        person = super().__new__(cls, text)
        person.source, person.own, person.place, person.table = source, own, place, None
        return person

    def with_other(self, other: str) -> PersonInTable:
        """Return the same person with the values of another row added."""
        own = {kind: tuple(dict.fromkeys((*own_values(self, kind), *own_values(other, kind)))) for kind in KINDS}
        person = PersonInTable(self, self.source, own, self.place)
        person.table = self.table
        return person

    def require_one_role(self, table: str) -> None:
        """Refuse several roles: an invitation brings one.

        Raises:
            UsageError: the rows of this person contain several roles.
        """
        roles = own_values(self, ROLE)
        if len(roles) > 1:
            raise UsageError(
                f"{table} contains several roles for {self!s}: {', '.join(roles)}",
                hint="Keep one organization role per person. Write workspace roles in a column `grant`, as "
                "'Workspace Viewer@ml-dev'.",
            )


def own_values(person: str, kind: str) -> tuple[str, ...]:
    """Return what the row of a person sets; nothing for a person who does not come from a table."""
    return tuple(person.own.get(kind, ())) if isinstance(person, PersonInTable) else ()


def tables_of(people: Iterable[object]) -> list[PeopleTable]:
    """Return the tables that people come from, each once."""
    tables = [person.table for person in people if isinstance(person, PersonInTable) and person.table is not None]
    return list({id(table): table for table in tables}.values())


def tables_in(arguments: Mapping[str, object]) -> list[PeopleTable]:
    """Return the tables that the arguments of a command come from."""
    return tables_of(text for value in arguments.values() if isinstance(value, tuple) for text in value)


def headings_of(
    table: str, source: str, names: Mapping[str, Any], reads: Sequence[str], instead: str
) -> dict[str, Any]:
    """Return the columns with a value per person, by kind.

    Args:
        names: the headings of the table, by their lowercase form.
        instead: the command that reads the others, if this one does not read all.

    Raises:
        UsageError: the table has a column with access that the command does not read.
    """
    found = {kind: names[spelling] for kind in KINDS for spelling in (kind, f"{kind}s") if spelling in names}
    unread = [str(heading) for kind, heading in found.items() if kind not in reads]
    if unread:
        raise UsageError(
            f"{table} has the column{'s' if len(unread) > 1 else ''} {' and '.join(map(repr, unread))}, which this "
            "command does not read",
            hint=f"Use `{instead} {source}`, which reads role, team, and grant per person.",
        )
    apart = next((str(names[spelling]) for spelling in _APART if spelling in names), "")
    if apart and found:
        raise UsageError(
            f"{table} has the column {apart!r}, which this command does not read",
            hint="Write the role and its workspace in one column `grant`: 'Workspace Viewer@ml-dev'.",
        )
    return found
