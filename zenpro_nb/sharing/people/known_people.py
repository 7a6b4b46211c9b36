"""The people whom lists have named: cheap to record, and learned when a text mentions one of their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.people.nearby_names import paired_fields
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms
from zenpro_nb.sharing.words.folding import fold

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = "somebody@columns.example.org"


class KnownPeople:
    """People with their addresses and names, who get a pseudonym when they are first mentioned.

    >>> them = Pseudonyms()
    >>> known = KnownPeople(them)
    >>> known.add([("ada@corp.com", "Ada Lovelace")])
    >>> known.learn_mentioned("Lovelace has left")
    >>> "Lovelace" in them.replace_in("Lovelace has left")
    False
    """

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._people: dict[str, NamedPerson] = {}
        self._by_word: dict[str, dict[str, None]] = {}  # addresses, in order

    def add(self, pairs: Iterable[tuple[object, object]]) -> None:
        """Record addresses and names that belong together; other values are skipped."""
        for address, name in pairs:
            if not isinstance(address, str) or not isinstance(name, str) or "@" not in address:
                continue
            key = address.casefold()
            person = self._people.get(key)
            if person is None:
                person = self._people[key] = NamedPerson(address)
                self._note(address.partition("@")[0], key)
            if name and "@" not in name and name not in person.names:
                person.names.add(name)
                self._note(name, key)

    def learn_mentioned(self, text: str) -> None:
        """Learn everyone of whom a word is in the text."""
        if not self._by_word:
            return
        for word in dict.fromkeys(_words(text)):
            for key in self._by_word.pop(word, ()):
                self._pseudonyms.add(self._people[key])

    def _note(self, text: str, key: str) -> None:
        for word in _words(text):
            self._by_word.setdefault(word, {})[key] = None


def column_pairs(columns: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns of addresses, each with a column of the names that belong to them.

    >>> column_pairs(["id", "email", "name", "owner_email", "owner_name"])
    [('email', 'name'), ('owner_email', 'owner_name')]
    """
    plain = {column: column for column in columns}
    return [
        (column, name)
        for column in columns
        for _, name in dict.fromkeys(paired_fields({**plain, column: _ADDRESS}))
        if name in plain and name != column
    ]


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text).text.casefold())
