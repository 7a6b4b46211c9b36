"""The people named in a notebook: by their email addresses, and by the names that belong to these."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from msgspec import Struct, field

from zenpro_nb.sharing.notebook_file import NotebookText
from zenpro_nb.sharing.people.addresses import addresses, name_in_address
from zenpro_nb.sharing.people.nearby_names import (
    descriptions_beside,
    names_beside,
    names_of_accounts,
    paired_fields,
    plain_account,
    snake_case,
)
from zenpro_nb.sharing.words.vocabulary import describing_words

# Words that mean no one or everyone.
_PLACEHOLDER_NAMES = "nan none null true false admin root user users default test system service name email owner"


class NamedPerson(Struct):
    """A person: an address and other names.

    Attributes:
        address: as first written.
        names: full names, and account names that are not addresses.
    """

    address: str
    names: set[str] = field(default_factory=set)


def people_in(texts: Iterable[NotebookText], records: Iterable[Mapping[str, object]]) -> list[NamedPerson]:
    """Return everyone who is named, by address, in order of appearance.

    Args:
        texts: every text of a notebook.
        records: every object in its outputs, widgets and metadata.
    """
    all_texts = [inner for text in texts for inner in text.inner]
    people: dict[str, NamedPerson] = {}
    for text in all_texts:
        for content in dict.fromkeys((text.words, text.text)):
            for address in addresses(content):
                people.setdefault(address.casefold(), NamedPerson(address))
    if not people:
        return []
    fields = [{str(key): str(value) for key, value in record.items()} for record in records]
    nearby = [found for text in all_texts for found in names_beside(text)]
    certain = [(found.address, found.name) for found in nearby if found.certain]
    certain += [pair for record in fields for pair in paired_fields(record)]
    for address, name in certain:
        _add_name(people, address, name)
    descriptions = {word for text in all_texts for word in descriptions_beside(text)}
    descriptions.update(word for record in fields for word in describing_words(snake_case(record)))
    full_names = {address: {name for name in person.names if " " in name} for address, person in people.items()}
    for found in nearby:
        if not found.certain and _is_plausible(found.name, full_names.get(found.address.casefold(), ()), descriptions):
            _add_name(people, found.address, found.name)
    accounts = {plain_account(person.address.rpartition("@")[0]): person.address for person in people.values()}
    for address, name in names_of_accounts(all_texts, accounts):
        if _is_plausible(name, full_names[address.casefold()], descriptions):
            _add_name(people, address, name)
    for person in people.values():
        if name := name_in_address(person.address):
            person.names.add(name)
    return list(people.values())


def _is_plausible(name: str, full_names: Iterable[str], descriptions: Container[str]) -> bool:
    """Return whether words near an address are a name: not a known full name and more, and not a job title."""
    spaced = f" {name.casefold()} "
    if any(f" {known.casefold()} " in spaced and len(known) < len(name) for known in full_names):
        return False
    known_words = {word for known in full_names for word in known.casefold().split()}
    return not any(word in descriptions and word not in known_words for word in name.casefold().split())


def _add_name(found: dict[str, NamedPerson], address: str, name: str) -> None:
    clean = " ".join(name.split())
    person = found.get(address.casefold())
    if person is None or "@" in clean or not _is_name(clean):
        return
    person.names.add(clean)


def _is_name(text: str) -> bool:
    letters = sum(char.isalpha() for char in text)
    return (
        letters >= 3
        and len(text) <= 80
        and text.casefold() not in _PLACEHOLDER_NAMES.split()
        and not text.endswith(("…", "..."))
    )
