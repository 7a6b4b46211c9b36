"""Pseudonyms for real people: the same person always gets the same one.

People get pseudonyms in order of appearance, and ids at random: neither reveals the identity.
"""

from __future__ import annotations

import builtins
import itertools
import keyword
import re
import sys
import uuid
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence

from zenpro_nb.sharing.addresses import PSEUDONYMS, addresses
from zenpro_nb.sharing.matching import Matcher
from zenpro_nb.sharing.people import NamedPerson

_FIRST = (
    "Robin Wren Linnet Merle Martin Jay Lark Phoebe Ibis Crane Teal Finch Starling Oriole Plover Avocet "
    "Dunlin Curlew Heron Kestrel Merlin Sparrow Swift Petrel Siskin Redwing Bunting Pipit Dipper Egret"
)
_LAST = (
    "Alder Birch Hazel Rowan Willow Maple Aspen Cedar Linden Juniper Laurel Hawthorn Elder Sorrel Bracken "
    "Clover Tansy Yarrow Fennel Bryony Larch Spruce Walnut Olive Myrtle Quince Medlar Sedge Rush Thyme"
)
_ID = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-zA-Z])",
    re.IGNORECASE,
)
_SHORT_ID = re.compile(r"(?<![0-9a-zA-Z-])([0-9a-f]{8})(?=…)")
_AVATAR = re.compile(r"https?://[^\s\"'<>\\]*(?:avatar|googleusercontent)[^\s\"'<>\\]*", re.IGNORECASE)
_CUT = re.compile(r"([^\s<>\"'|│=,;()\[\]{}\\]{4,})(…|\.\.\.)")
# Words of the language and of Python: a name part that is one of them stays if it appears alone.
_WORDS = (
    "april august case chance data drew field frank grant june key list long love mark page park pipeline "
    "price read stack stone team test user white will work workspace young admin viewer developer project "
    "organization"
)
# Local parts of addresses, and machine accounts, that belong to a role, not a person.
_ROLES = (
    "info admin data support sales office contact hello help noreply reply root users default demo api bots "
    "service system www web mlops zenml build deploy release jenkins airflow spark jupyter jovyan runner ubuntu "
    "debian vscode codespace public shared billing security infra devops jobs mail email alerts notifications "
    "postmaster abuse owner organization company research science engineering finance legal hiring people "
    "accounts ec2 docker airbyte dagster kubeflow github gitlab google azure amazon slack openai"
)
_COMMON_WORDS = frozenset(
    {
        *_WORDS.split(),
        *_ROLES.split(),
        *(text.casefold() for text in (*dir(builtins), *keyword.kwlist)),
        *sys.stdlib_module_names,
    }
)
_MIN_PART_LENGTH = 3  # letters of a name part or an account that is searched on its own
_MIN_LOWERCASE_LENGTH = 5  # letters of a name part that is also searched in lower case


class Pseudonyms:
    """Pseudonyms, and the people they represent.

    Args:
        people: the people known from the beginning; others get a pseudonym when their address appears.

    >>> them = Pseudonyms([NamedPerson("ada@corp.com", {"Ada Lovelace"})])
    >>> them.replace_in("Ada Lovelace <ADA@corp.com>, and bob@corp.com")
    'Robin Alder <robin.alder@pseudonym.example>, and wren.birch@pseudonym.example'
    >>> once = them.replace_in("user 0b4c5a52-7c1e-4a6b-9d8f-2f6f5f0e8a11 is ada@corp.com, 0b4c5a52…")
    >>> them.replace_in(once) == once
    True
    """

    def __init__(self, people: Iterable[NamedPerson] = ()) -> None:
        people_known = list(people)
        used_names = {
            word.casefold()
            for person in people_known
            for text in (person.address, *person.names)
            for word in _words(text)
        }
        self._unused_names = _generate_names(used_names)
        self._whole, self._parts = Matcher(), Matcher()
        self._by_address: dict[str, tuple[str, str]] = {}  # pseudonymous first and last names, by address
        self._with_address: set[tuple[str, str]] = set()  # those of people whose address is known
        self._real: dict[str, str] = {}  # addresses, by pseudonymous address
        self._beginnings: list[tuple[str, str]] = []
        self._ids: dict[str, uuid.UUID] = {}
        self._pseudonym_ids: set[str] = set()  # a text may occur twice
        self._short: dict[str, str] = {}
        for person in people_known:
            self.add(person)

    def add(self, person: NamedPerson) -> None:
        """Assign a pseudonym to a person if there is none yet, and learn any new names.

        Two people can have the same name, but not the same address.
        """
        keys = [text.casefold() for text in (person.address, *sorted(person.names)) if text]
        matches = [self._by_address[key] for key in keys if key in self._by_address]
        if person.address and keys[0] not in self._by_address:
            matches = [pseudonym for pseudonym in matches if pseudonym not in self._with_address]
        first, last = matches[0] if matches else next(self._unused_names)
        for key in keys:
            self._by_address.setdefault(key, (first, last))
        if person.address:
            self._with_address.add((first, last))
            pseudonym = f"{first}.{last}@{PSEUDONYMS}".lower().replace(" ", "")
            self._real.setdefault(pseudonym, person.address)
            self._learn(person.address, pseudonym)
        self.add_account(person.address.partition("@")[0], first, last)
        for name in sorted(person.names):
            words = name.split()
            if len(words) == 1:
                if name.casefold() not in _COMMON_WORDS:
                    self._learn(name, first.replace(" ", ""))
                continue
            if len(words) > 2:
                self._learn(" ".join(words[-2:]), f"{first} {last}")
            self._learn_account(f"{words[0][0]}{words[-1]}", f"{first}{last}")
            self._learn(name, f"{first} {last}")
            self._whole.add(f"{words[-1]}, {' '.join(words[:-1])}", f"{last}, {first}")
            self._learn_joined(words, first, last)
            pairs = ((words[0], first), *((word, last) for word in words[1:]))
            halves = ((half, pseudonym) for word, pseudonym in pairs if "-" in word for half in word.split("-"))
            for word, pseudonym in (*pairs, *halves):
                if len(word) >= _MIN_PART_LENGTH and word.casefold() not in _COMMON_WORDS:
                    self._parts.add(word, pseudonym, exact=len(word) < _MIN_LOWERCASE_LENGTH)

    def add_name(self, name: str) -> None:
        """Assign a pseudonym to a person without a known address if there is none yet."""
        if name.casefold() not in self._by_address:
            self.add(NamedPerson("", {name}))

    def add_account(self, account: str, first: str, last: str) -> None:
        """Learn the account name of an address: the local part, with and without the part after a plus sign."""
        for text in dict.fromkeys((account, account.partition("+")[0])):
            words = _words(text)
            self._learn_joined(words, first, last)
            self._learn_account(text if len(words) == 1 else "".join(words), f"{first}{last}")

    def _learn_account(self, account: str, pseudonym: str) -> None:
        plain = account.casefold()
        if len(plain) >= _MIN_PART_LENGTH and plain not in _COMMON_WORDS and not plain.isdigit():
            self._learn(account, pseudonym.replace(" ", "").lower())

    @property
    def matcher(self) -> Matcher:
        """Return the matcher of these people: all their names, accounts and addresses, and parts of them."""
        return self._whole.union(self._parts)

    def names_left_in(self, text: str, *, code: bool = False) -> list[str]:
        """Return the names of real people in a text; there are none in a text from `replace_in`."""
        terms = [term for *_, term, _ in self._whole.find(text)]
        return terms if code else [*terms, *(term for *_, term, _ in self._parts.find(text))]

    def _learn_joined(self, words: Sequence[str], first: str, last: str) -> None:
        """Learn the joined forms of several words in account and file names."""
        for sign in ("", ".", "_", "-") if len(words) > 1 else ():
            self._whole.add(sign.join(words), f"{first}{sign}{last}".replace(" ", "").lower())

    def _learn(self, term: str, pseudonym: str) -> None:
        self._whole.add(term, pseudonym)
        insort(self._beginnings, (term.casefold(), pseudonym))

    def real(self, address: str) -> str:
        """Return the real address for a pseudonymous one; any other text unchanged.

        >>> them = Pseudonyms([NamedPerson("ada@corp.com")])
        >>> them.real("Robin.Alder@pseudonym.example"), them.real("wren.birch@pseudonym.example")
        ('ada@corp.com', 'wren.birch@pseudonym.example')
        """
        return self._real.get(address.casefold(), address)

    def replace_in(self, text: str, *, code: bool = False) -> str:
        """Return a text with pseudonyms and replaced ids.

        Args:
            text: of any kind: words, HTML, SVG, JSON.
            code: whether it is Python; single name parts stay, because they may be variable names.
        """
        self._add_new_addresses(text)
        if "…" in text or "..." in text:
            text = _CUT.sub(self._truncated_pseudonym, text)
        text = _replace_terms(text, self._whole)
        if not code:
            text = _replace_terms(text, self._parts)
        text = _AVATAR.sub(f"https://{PSEUDONYMS}/avatar", text)
        text = _ID.sub(self._id, text)
        return _SHORT_ID.sub(lambda match: self._short_id(match.group()), text)

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
        return self._beginnings[at][1][: len(beginning)] + dots

    def _id(self, match: re.Match[str]) -> str:
        key = match.group()
        plain = key.replace("-", "").lower()
        if plain in self._pseudonym_ids:
            return key
        if plain not in self._ids:
            # The beginning may have been met earlier, truncated.
            self._ids[plain] = uuid.UUID(self._short_id(plain[:8]) + uuid.uuid4().hex[8:])
            self._pseudonym_ids.add(self._ids[plain].hex)
        pseudonym = self._ids[plain]
        return str(pseudonym) if "-" in key else pseudonym.hex

    def _short_id(self, beginning: str) -> str:
        beginning = beginning.lower()
        if beginning not in self._short:
            pseudonym = uuid.uuid4().hex[:8]
            self._short |= {beginning: pseudonym, pseudonym: pseudonym}
        return self._short[beginning]


def _replace_terms(text: str, matcher: Matcher) -> str:
    parts, last = [], 0
    for start, end, _, value in matcher.find(text):
        original = text[start:end]
        parts += [text[last:start], _with_case_of(value, original)]
        last = end
    return "".join([*parts, text[last:]]) if parts else text


def _with_case_of(pseudonym: str, original: str) -> str:
    """Return a pseudonym in the case of the text that it replaces."""
    if original.islower():
        return pseudonym.lower()
    return pseudonym.upper() if original.isupper() and len(original) > 1 else pseudonym


def _generate_names(used_names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield pseudonyms, each once, and none with a word of a real name."""
    first = [text for text in _FIRST.split() if text.casefold() not in used_names] or ["Person"]
    last = [text for text in _LAST.split() if text.casefold() not in used_names] or ["Nobody"]
    for turn in itertools.count():
        for shift in range(len(last)):
            for at, name in enumerate(first):
                yield name, last[(at + shift) % len(last)] + (f" {turn + 1}" if turn else "")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
