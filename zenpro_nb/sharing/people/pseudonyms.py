"""Pseudonyms for real people: the same person always gets the same one, whatever is known about the person first.

A secret key determines the pseudonym of an address and of an id: without it, neither reveals the identity.
"""

from __future__ import annotations

import re
import secrets
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence

from zenpro_nb.sharing.people.addresses import PSEUDONYMS, addresses
from zenpro_nb.sharing.people.made_up_ids import MadeUpIds
from zenpro_nb.sharing.people.made_up_names import MadeUpName, MadeUpNames
from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.words.matching import Matcher, find_terms
from zenpro_nb.sharing.words.vocabulary import is_ordinary, stays_alone

_AVATAR = re.compile(r"https?://[^\s\"'<>\\]*(?:avatar|googleusercontent)[^\s\"'<>\\]*", re.IGNORECASE)
_CUT = re.compile(r"([^\s<>\"'|│=,;()\[\]{}\\]{4,})(…|\.\.\.)")
_MIN_PART_LENGTH = 3  # letters of a name part or an account that is searched on its own
_MIN_LOWERCASE_LENGTH = 5  # letters of a name part that is also searched in lower case
_KEY_SIZE = 32
Match = tuple[int, int, str, str]  # of `find_terms`


def new_key() -> bytes:
    """Return a random key."""
    return secrets.token_bytes(_KEY_SIZE)


class Pseudonyms:
    """Pseudonyms, and the people they represent.

    Args:
        people: the people known from the beginning; others get a pseudonym when their address appears.
        key: determines the made-up names and ids; random by default.

    >>> them = Pseudonyms([NamedPerson("ada@corp.com", {"Ada Lovelace"})], key=b"an example")
    >>> them.replace_in("Ada Lovelace <ADA@corp.com>, and bob@corp.com")
    'Crossbill Comfrey <crossbill.comfrey@pseudonym.example>, and ouzel.milkweed@pseudonym.example'
    >>> once = them.replace_in("user 0b4c5a52-7c1e-4a6b-9d8f-2f6f5f0e8a11 is ada@corp.com, 0b4c5a52…")
    >>> them.replace_in(once) == once
    True
    """

    def __init__(self, people: Iterable[NamedPerson] = (), *, key: bytes = b"") -> None:
        known = list(people)
        key = key or new_key()
        self._made_up = MadeUpNames(key)
        self._ids = MadeUpIds(key)
        self._whole, self._parts, self._issued = Matcher(), Matcher(), Matcher()
        self._added: set[tuple[str, frozenset[str]]] = set()
        self._by_address: dict[str, MadeUpName] = {}
        self._by_name: dict[str, MadeUpName] = {}  # the first person of each name
        self._with_address: set[MadeUpName] = set()
        self._with_full_name: set[MadeUpName | None] = set()
        self._people_of: dict[str, dict[str, str]] = {}  # made-up names by address, by real name
        self._shared_names: dict[str, dict[str, str]] = {}  # those of several people
        self._real_words: set[str] = set()  # no made-up name contains one
        self._real: dict[str, str] = {}  # addresses, by pseudonymous address and by made-up name
        self._real_names: dict[str, str] = {}  # by made-up name
        self._beginnings: list[tuple[str, str]] = []
        for person in known:
            self._real_words.update(_words_of(person))
        for person in known:
            self.add(person)

    def add(self, person: NamedPerson) -> None:
        """Assign a pseudonym to a person if there is none yet, and learn any new names.

        Two people can have the same name, but not the same address. Words that are ordinary do not name a person.
        """
        if self.has_added(person):
            return
        self._added.add((person.address, frozenset(person.names)))
        names = sorted(name for name in person.names if not (is_ordinary(name.split()) or self._is_made_up(name)))
        if person.address.casefold().endswith(f"@{PSEUDONYMS}") or not (person.address or names):
            return
        self._real_words.update(_words_of(person))
        made_up = self._made_up_name(person.address.casefold(), [name.casefold() for name in names])
        for name in names:
            self._by_name.setdefault(name.casefold(), made_up)
            people = self._people_of.setdefault(name.casefold(), {})
            if person.address:
                people[person.address.casefold()] = made_up.full
            if len(people) > 1:
                self._shared_names[name.casefold()] = people
        if person.address and person.address.casefold() not in self._by_address:
            self._by_address[person.address.casefold()] = made_up
            self._with_address.add(made_up)
            self._real.setdefault(made_up.address, person.address)
            self._real[made_up.full.casefold()] = person.address
            self._learn(person.address, made_up.address)
            self._learn_account(person.address.partition("@")[0], made_up)
        for name in names:
            self._learn_name(name, made_up)
        if any(" " in name for name in names):
            self._with_full_name.add(made_up)
        if names:
            self._real.setdefault(made_up.full.casefold(), names[0])
            self._real_names.setdefault(made_up.full.casefold(), max(names, key=len))

    def has_added(self, person: NamedPerson) -> bool:
        """Return whether this person with these names has been added."""
        return (person.address, frozenset(person.names)) in self._added

    def _is_made_up(self, name: str) -> bool:
        return any((start, end) == (0, len(name)) for start, end, *_ in self._issued.find(name))

    def _made_up_name(self, address: str, names: Sequence[str]) -> MadeUpName:
        """Return the made-up name of a person; the earlier one if the address or one of the names has one."""
        if address in self._by_address:
            return self._by_address[address]
        known = [self._by_name[name] for name in names if name in self._by_name]
        if address:  # a person with another address can have the same name
            known = [made_up for made_up in known if made_up not in self._with_address]
        if known:
            return known[0]
        made_up = self._made_up.name_for(address or names[0], self._real_words)
        self._protect(made_up)
        return made_up

    def _protect(self, made_up: MadeUpName) -> None:
        """Learn the forms of a made-up name, so a text with pseudonyms in it stays as it is."""
        forms = (made_up.full, f"{made_up.last}, {made_up.first}", made_up.address, made_up.joined)
        joined = (f"{made_up.first}{sign}{made_up.last}" for sign in "._-")
        for form in (*forms, *joined):
            self._issued.add(form, form)

    def add_name(self, name: str) -> None:
        """Assign a pseudonym to a person without a known address if there is none yet."""
        if name.casefold() not in self._by_name:
            self.add(NamedPerson("", {name}))

    def has_full_name(self, address: str) -> bool:
        """Return whether a first and a last name of the person with this address are known."""
        return self._by_address.get(address.casefold()) in self._with_full_name

    def _learn_name(self, name: str, made_up: MadeUpName) -> None:
        first, last = made_up.first, made_up.last
        words = name.split()
        if len(words) == 1:
            if not stays_alone(name):
                self._learn(name, first)
            return
        if len(words) > 2:
            self._learn(" ".join(words[-2:]), made_up.full)
        self._learn_single(f"{words[0][0]}{words[-1]}", made_up.joined)
        self._learn(name, made_up.full)
        self._whole.add(f"{words[-1]}, {' '.join(words[:-1])}", f"{last}, {first}")
        self._learn_joined(words, made_up)
        named = ((words[0], first), *((word, last) for word in words[1:]))
        halves = ((half, pseudonym) for word, pseudonym in named if "-" in word for half in word.split("-"))
        for word, pseudonym in (*named, *halves):
            if len(word) >= _MIN_PART_LENGTH and not stays_alone(word):
                self._parts.add(word, pseudonym, exact=len(word) < _MIN_LOWERCASE_LENGTH)

    def _learn_account(self, account: str, made_up: MadeUpName) -> None:
        """Learn the account name of an address: the local part, with and without the part after a plus sign."""
        for text in dict.fromkeys((account, account.partition("+")[0])):
            words = _words(text)
            self._learn_joined(words, made_up)
            self._learn_single(text if len(words) == 1 else "".join(words), made_up.joined)

    def _learn_single(self, account: str, pseudonym: str) -> None:
        if len(account) >= _MIN_PART_LENGTH and not stays_alone(account) and not account.isdigit():
            self._learn(account, pseudonym)

    def _learn_joined(self, words: Sequence[str], made_up: MadeUpName) -> None:
        """Learn the joined forms of several words in account and file names."""
        if len(words) > 1 and not is_ordinary(words):
            for sign in ("", ".", "_", "-"):
                self._whole.add(sign.join(words), f"{made_up.first}{sign}{made_up.last}".replace(" ", "").lower())

    def _learn(self, term: str, pseudonym: str) -> None:
        self._whole.add(term, pseudonym)
        insort(self._beginnings, (term.casefold(), pseudonym))

    @property
    def matcher(self) -> Matcher:
        """Return the matcher of these people: all their names, accounts and addresses, and parts of them."""
        return self._whole.union(self._parts)

    def names_left_in(self, text: str, *, code: bool = False) -> list[str]:
        """Return the names of real people in a text; there are none in a text from `replace_in`."""
        found = find_terms(text, *self._matchers(code=code))
        return [term for *_, term, value in found if value.casefold() != term.casefold()]

    def _matchers(self, *, code: bool) -> tuple[Matcher, ...]:
        return (self._whole, self._issued) if code else (self._whole, self._parts, self._issued)

    def real(self, pseudonym: str) -> str:
        """Return the real address for a pseudonymous address or name, or the real id; any other text unchanged.

        A person without a known address has a real name only.

        >>> them = Pseudonyms([NamedPerson("ada@corp.com")])
        >>> them.real(them.replace_in("ada@corp.com").upper()), them.real("nobody@pseudonym.example")
        ('ada@corp.com', 'nobody@pseudonym.example')
        """
        return self._real.get(" ".join(pseudonym.casefold().split())) or self._ids.real(pseudonym)

    def real_name(self, pseudonym: str) -> str:
        """Return the real name for a made-up name; any other text unchanged."""
        return self._real_names.get(" ".join(pseudonym.casefold().split()), pseudonym)

    def replace_in(self, text: str, *, code: bool = False, owners: Mapping[str, str] | None = None) -> str:
        """Return a text with pseudonyms and replaced ids.

        Args:
            text: of any kind: words, HTML, SVG, JSON.
            code: whether it is Python; single name parts stay, because they may be variable names.
            owners: the addresses of the people to whom names of several people belong in this text, by name.
        """
        self._add_new_addresses(text)
        if "…" in text or "..." in text:
            text = _CUT.sub(self._truncated_pseudonym, text)
        found = list(find_terms(text, *self._matchers(code=code)))
        parts, last = [], 0
        for start, end, term, value in found:
            if term.casefold() in self._shared_names:
                value = self._name_of_owner(text, start, term.casefold(), found, owners or {}) or value
            parts += [text[last:start], _with_case_of(value, text[start:end])]
            last = end
        text = _AVATAR.sub(f"https://{PSEUDONYMS}/avatar", "".join([*parts, text[last:]]))
        return self._ids.replace_in(text)

    def replace_label(self, text: str) -> str:
        """Return a heading or a state with pseudonyms; a single word in it is not taken for a part of a name.

        >>> them = Pseudonyms([NamedPerson("rd@corp.com", {"Roland Drift"})])
        >>> them.replace_label("drift found"), them.replace_label("Roland Drift") == "Roland Drift"
        ('drift found', False)
        """
        return text if is_ordinary(_words(text)) else self.replace_in(text, code=True)

    def is_shared(self, name: str) -> bool:
        """Return whether several people have this name."""
        return name.casefold() in self._shared_names

    def _name_of_owner(
        self, text: str, start: int, name: str, found: Iterable[Match], owners: Mapping[str, str]
    ) -> str:
        """Return the made-up name for a name of several people: that of the nearest address, on the same line first."""
        own = {real.casefold(): address.casefold() for real, address in owners.items()}
        if name in own:
            return self._by_address[own[name]].full if own[name] in self._by_address else ""
        several = self._shared_names[name]
        line = text.rfind("\n", 0, start) + 1, (text.find("\n", start) + 1 or len(text) + 1) - 1
        distances = [
            (not line[0] <= at < line[1], abs(at - start), several[term.casefold()])
            for at, _, term, _ in found
            if term.casefold() in several
        ]
        return min(distances)[2] if distances else ""

    def _add_new_addresses(self, text: str) -> None:
        """Assign pseudonyms to all new addresses in a text."""
        new = [address for address in dict.fromkeys(addresses(text)) if address.casefold() not in self._by_address]
        for address in new:
            self.add(NamedPerson(address))

    def _truncated_pseudonym(self, match: re.Match[str]) -> str:
        """Return a truncated word as the pseudonym, truncated in the same way."""
        beginning, dots = match.groups()
        at = bisect_left(self._beginnings, (beginning.casefold(), ""))
        if at == len(self._beginnings) or not self._beginnings[at][0].startswith(beginning.casefold()):
            return match.group()
        return _with_case_of(self._beginnings[at][1][: len(beginning)], beginning) + dots


def _with_case_of(pseudonym: str, original: str) -> str:
    """Return a pseudonym in the case of the text that it replaces."""
    if original.islower():
        return pseudonym.lower()
    return pseudonym.upper() if original.isupper() and len(original) > 1 else pseudonym


def _words_of(person: NamedPerson) -> set[str]:
    return {word.casefold() for text in (person.address, *person.names) for word in _words(text)}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
