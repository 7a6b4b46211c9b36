"""Names without an address: those in lists of people that zenpro has shown, and those of people known elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from zenpro_nb.sharing import markup
from zenpro_nb.sharing.notebook_file import SOURCE, NotebookText
from zenpro_nb.sharing.people.made_up_names import is_made_up
from zenpro_nb.sharing.people.named_people import NamedPerson, people_in
from zenpro_nb.sharing.words.matching import Matcher

# The line below a list of people: `3 rows of 240 users · read 2026-11-26 09:00 UTC`.
_FOOT = re.compile(
    r"(?:^|[\[\n]|of )\s{0,9}\d[\d,]* (?:users?|members?|team members?)\b[^\n]{0,300}? · read \d{4}-", re.MULTILINE
)
_NAMES = frozenset({"name", "full_name", "display_name"})
_KIND, _PEOPLE = "kind", frozenset({"user", "invitation"})


def everyone_in(texts: Sequence[NotebookText], records: Iterable[Mapping[str, object]]) -> list[NamedPerson]:
    """Return everyone who is named in a notebook: by address, then those whom only a list of people names.

    Args:
        texts: every text of a notebook.
        records: every object in its outputs, widgets and metadata.
    """
    people = people_in(texts, records)
    named = {name.casefold() for person in people for name in person.names}
    listed = dict.fromkeys(name for name in names_in_lists(texts) if name.casefold() not in named)
    return [*people, *(NamedPerson("", {name}) for name in listed)]


def names_in_lists(texts: Iterable[NotebookText]) -> Iterator[str]:
    r"""Yield the names in the lists of users and members that are among the outputs.

    >>> text = "name          is_active\nAda Lovelace  ✓\n[1 user · read 2026-11-26 09:00 UTC from acme]"
    >>> list(names_in_lists([NotebookText(1, "output", text)]))
    ['Ada Lovelace']
    """
    for text in texts:
        if text.place == SOURCE or not _FOOT.search(text.words):
            continue
        tables = markup.tables(text.text) if text.markup else markup.text_tables(_FOOT.split(text.text)[0])
        for head, *rows in filter(None, tables):
            yield from _names_in(head, rows)


def _names_in(head: Sequence[str], rows: Iterable[markup.Row]) -> Iterator[str]:
    for row in rows:
        fields = dict(markup.align(head, row))
        if fields.get(_KIND, "user") in _PEOPLE:
            names = (" ".join(fields[column].split()) for column in _NAMES & set(fields))
            yield from (name for name in names if _is_full_name(name) and not is_made_up(name))


def known_people_in(texts: Iterable[NotebookText], people: Iterable[tuple[object, object]]) -> list[NamedPerson]:
    """Return those of the people whose full name or address is in the texts.

    Args:
        texts: every text of a notebook.
        people: addresses and names.

    >>> texts = [NotebookText(1, "output", "Ada Lovelace has left")]
    >>> known_people_in(texts, [("ada@corp.com", "Ada Lovelace"), ("bob@corp.com", "Bob Has")])
    [NamedPerson(address='ada@corp.com', names={'Ada Lovelace'})]
    """
    named: dict[str, NamedPerson] = {}
    matcher = Matcher()
    for address, name in people:
        if isinstance(address, str) and "@" in address and isinstance(name, str) and _is_full_name(name):
            person = named.setdefault(address.casefold(), NamedPerson(address))
            person.names.add(" ".join(name.split()))
            matcher.add(name, address.casefold())
            matcher.add(address, address.casefold())
    found = {
        address
        for text in texts
        for inner in text.inner
        for spelling in dict.fromkeys((inner.words, inner.text))
        for *_, address in matcher.find(spelling)
    }
    return [person for address, person in named.items() if address in found]


def _is_full_name(name: str) -> bool:
    """Return whether a text is a name of several words, which names a person without an address."""
    return " " in name.strip() and "@" not in name and not name.endswith(("…", "..."))
