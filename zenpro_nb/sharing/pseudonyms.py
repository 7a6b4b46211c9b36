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

from zenpro_nb.sharing.matching import Matcher
from zenpro_nb.sharing.people import PSEUDONYMS, Person, addresses

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
_COMMON = frozenset(
    {
        *_WORDS.split(),
        *_ROLES.split(),
        *(text.casefold() for text in (*dir(builtins), *keyword.kwlist)),
        *sys.stdlib_module_names,
    }
)
_LEAST_PART = 3  # letters of a name part or an account that is searched on its own
_LEAST_SMALL = 5  # letters of a name part that is also searched in lower case


class Pseudonyms:
    """Pseudonyms, and the people they represent.

    Args:
        people: the people known from the beginning; others get a pseudonym when their address appears.

    >>> them = Pseudonyms([Person("ada@corp.com", {"Ada Lovelace"})])
    >>> them.replaced("Ada Lovelace <ADA@corp.com>, and bob@corp.com")
    'Robin Alder <robin.alder@pseudonym.example>, and wren.birch@pseudonym.example'
    >>> once = them.replaced("user 0b4c5a52-7c1e-4a6b-9d8f-2f6f5f0e8a11 is ada@corp.com, 0b4c5a52…")
    >>> them.replaced(once) == once
    True
    """

    def __init__(self, people: Iterable[Person] = ()) -> None:
        known = list(people)
        taken = {
            word.casefold() for person in known for text in (person.address, *person.names) for word in _words(text)
        }
        self._made_up = _every_name(taken)
        self._whole, self._parts = Matcher(), Matcher()
        self._of: dict[str, tuple[str, str]] = {}  # pseudonymous first and last names, by address
        self._real: dict[str, str] = {}  # addresses, by pseudonymous address
        self._beginnings: list[tuple[str, str]] = []
        self._ids: dict[str, uuid.UUID] = {}
        self._made_up_ids: set[str] = set()  # a text may occur twice
        self._short: dict[str, str] = {}
        for person in known:
            self.add(person)

    def add(self, person: Person) -> None:
        """Assign a pseudonym to a person if there is none yet, and learn any new names."""
        keys = [text.casefold() for text in (person.address, *sorted(person.names)) if text]
        first, last = next((self._of[key] for key in keys if key in self._of), None) or next(self._made_up)
        for key in keys:
            self._of.setdefault(key, (first, last))
        if person.address:
            made_up = f"{first}.{last}@{PSEUDONYMS}".lower().replace(" ", "")
            self._real.setdefault(made_up, person.address)
            self._learn(person.address, made_up)
        self.add_account(person.address.partition("@")[0], first, last)
        for name in sorted(person.names):
            words = name.split()
            if len(words) == 1:
                if name.casefold() not in _COMMON:
                    self._learn(name, first.replace(" ", ""))
                continue
            if len(words) > 2:
                self._learn(" ".join(words[-2:]), f"{first} {last}")
            self._learn_account(f"{words[0][0]}{words[-1]}", f"{first}{last}")
            self._learn(name, f"{first} {last}")
            self._whole.add(f"{words[-1]}, {' '.join(words[:-1])}", f"{last}, {first}")
            self._learn_joined(words, first, last)
            for word, made_up in ((words[0], first), *((word, last) for word in words[1:])):
                if len(word) >= _LEAST_PART and word.casefold() not in _COMMON:
                    self._parts.add(word, made_up, exact=len(word) < _LEAST_SMALL)

    def add_name(self, name: str) -> None:
        """Assign a pseudonym to a person without a known address if there is none yet."""
        if name.casefold() not in self._of:
            self.add(Person("", {name}))

    def add_account(self, account: str, first: str, last: str) -> None:
        """Learn the account name of an address: the local part, with and without the part after a plus sign."""
        for text in dict.fromkeys((account, account.partition("+")[0])):
            words = _words(text)
            self._learn_joined(words, first, last)
            self._learn_account(text if len(words) == 1 else "".join(words), f"{first}{last}")

    def _learn_account(self, account: str, made_up: str) -> None:
        plain = account.casefold()
        if len(plain) >= _LEAST_PART and plain not in _COMMON and not plain.isdigit():
            self._learn(account, made_up.replace(" ", "").lower())

    @property
    def matcher(self) -> Matcher:
        """Return the matcher of these people: all their names, accounts and addresses, and parts of them."""
        return self._whole.joined(self._parts)

    def left_in(self, text: str, *, code: bool = False) -> list[str]:
        """Return the names of real people in a text; there are none in a text from `replaced`."""
        found = [term for *_, term, _ in self._whole.find(text)]
        return found if code else [*found, *(term for *_, term, _ in self._parts.find(text))]

    def _learn_joined(self, words: Sequence[str], first: str, last: str) -> None:
        """Learn the joined forms of several words in account and file names."""
        for sign in "._-" if len(words) > 1 else "":
            self._whole.add(sign.join(words), f"{first}{sign}{last}".replace(" ", "").lower())

    def _learn(self, term: str, made_up: str) -> None:
        self._whole.add(term, made_up)
        insort(self._beginnings, (term.casefold(), made_up))

    def real(self, address: str) -> str:
        """Return the real address for a pseudonymous one; any other text unchanged.

        >>> them = Pseudonyms([Person("ada@corp.com")])
        >>> them.real("Robin.Alder@pseudonym.example"), them.real("wren.birch@pseudonym.example")
        ('ada@corp.com', 'wren.birch@pseudonym.example')
        """
        return self._real.get(address.casefold(), address)

    def replaced(self, text: str, *, code: bool = False) -> str:
        """Return a text with pseudonyms and replaced ids.

        Args:
            text: of any kind: words, HTML, SVG, JSON.
            code: whether it is Python; single name parts stay, because they may be variable names.
        """
        self._meet(text)
        if "…" in text or "..." in text:
            text = _CUT.sub(self._cut, text)
        text = _exchanged(text, self._whole)
        if not code:
            text = _exchanged(text, self._parts)
        text = _AVATAR.sub(f"https://{PSEUDONYMS}/avatar", text)
        text = _ID.sub(self._id, text)
        return _SHORT_ID.sub(lambda match: self._short_id(match.group()), text)

    def _meet(self, text: str) -> None:
        """Assign pseudonyms to all new addresses in a text."""
        new = [address for address in dict.fromkeys(addresses(text)) if address.casefold() not in self._of]
        for item in new:
            self.add(Person(item))

    def _cut(self, match: re.Match[str]) -> str:
        """Return a truncated word as the pseudonym, truncated in the same way."""
        begun, dots = match.groups()
        at = bisect_left(self._beginnings, (begun.casefold(), ""))
        if at == len(self._beginnings) or not self._beginnings[at][0].startswith(begun.casefold()):
            return match.group()
        return self._beginnings[at][1][: len(begun)] + dots

    def _id(self, match: re.Match[str]) -> str:
        found = match.group()
        plain = found.replace("-", "").lower()
        if plain in self._made_up_ids:
            return found
        if plain not in self._ids:
            # The beginning may have been met earlier, truncated.
            self._ids[plain] = uuid.UUID(self._short_id(plain[:8]) + uuid.uuid4().hex[8:])
            self._made_up_ids.add(self._ids[plain].hex)
        made_up = self._ids[plain]
        return str(made_up) if "-" in found else made_up.hex

    def _short_id(self, begun: str) -> str:
        begun = begun.lower()
        if begun not in self._short:
            made_up = uuid.uuid4().hex[:8]
            self._short |= {begun: made_up, made_up: made_up}
        return self._short[begun]


def _exchanged(text: str, matcher: Matcher) -> str:
    parts, last = [], 0
    for start, end, _, value in matcher.find(text):
        there = text[start:end]
        parts += [text[last:start], _as_spelled(value, there)]
        last = end
    return "".join([*parts, text[last:]]) if parts else text


def _as_spelled(made_up: str, there: str) -> str:
    """Return a pseudonym in the case of the text that it replaces."""
    if there.islower():
        return made_up.lower()
    return made_up.upper() if there.isupper() and len(there) > 1 else made_up


def _every_name(taken: set[str]) -> Iterator[tuple[str, str]]:
    """Yield pseudonyms, each once, and none with a word of a real name."""
    first = [text for text in _FIRST.split() if text.casefold() not in taken] or ["Person"]
    last = [text for text in _LAST.split() if text.casefold() not in taken] or ["Nobody"]
    for turn in itertools.count():
        for shift in range(len(last)):
            for at, name in enumerate(first):
                yield name, last[(at + shift) % len(last)] + (f" {turn + 1}" if turn else "")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)
