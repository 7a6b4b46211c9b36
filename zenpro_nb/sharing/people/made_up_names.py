"""Made-up names, each determined by the identity of the person and a secret key, never by the order of appearance."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from msgspec import Struct

from zenpro_nb.sharing.people.addresses import PSEUDONYMS

# Birds and plants that are not names of people, at least not those of Faker.
_FIRST_WORDS = """
    Linnet Avocet Dunlin Curlew Siskin Redwing Pipit Dipper Egret Petrel Oriole Ibis Fulmar Gannet Puffin Grebe
    Whimbrel Godwit Lapwing Dotterel Wheatear Fieldfare Waxwing Brambling Hoopoe Tanager Vireo Towhee Junco Jacana
    Bittern Osprey Goshawk Wigeon Gadwall Shelduck Corncrake Moorhen Auklet Motmot Trogon Manakin Bulbul Sunbird
    Nightjar Swiftlet Redstart Stonechat Ouzel Dunnock Twite Redpoll Crossbill Whinchat Goldcrest Nuthatch
"""
_LAST_WORDS = """
    Alder Maple Cedar Juniper Sorrel Bracken Yarrow Fennel Larch Spruce Medlar Sedge Thyme Hornbeam Buckthorn
    Sycamore Tamarack Hackberry Dogwood Catalpa Wisteria Clematis Gentian Campion Teasel Burdock Comfrey Tormentil
    Betony Speedwell Foxglove Larkspur Hellebore Celandine Saxifrage Stonecrop Chickweed Knapweed Cornflower
    Chicory Milkweed Mugwort Tansy Coltsfoot Agrimony Bilberry Cloudberry Dewberry Bayberry Barberry Marjoram
    Lovage Borage Chervil Hyssop Valerian Pimpernel Bedstraw Woodruff Bindweed Eyebright Mullein Germander Catmint
    Watercress Thistle Samphire Primrose Oxlip Cowslip
"""
_FIRST, _LAST = _FIRST_WORDS.split(), _LAST_WORDS.split()
_ATTEMPTS = 24  # names without a number that are tried for one person


def is_made_up(name: str) -> bool:
    """Return whether a name consists of words from which made-up names are built.

    >>> is_made_up("Pipit Tormentil"), is_made_up("Ada Lovelace")
    (True, False)
    """
    first, _, last = name.partition(" ")
    return first in _FIRST and last.partition(" ")[0] in _LAST


def is_pseudonym(text: str) -> bool:
    """Return whether a text is a made-up name or address, of any session.

    >>> is_pseudonym("pipit.tormentil@pseudonym.example"), is_pseudonym("ada@example.com")
    (True, False)
    """
    return is_made_up(text.title()) or text.casefold().endswith(f"@{PSEUDONYMS}")


class MadeUpName(Struct, frozen=True):
    """A made-up first and last name."""

    first: str
    last: str

    @property
    def full(self) -> str:
        """Return both names."""
        return f"{self.first} {self.last}"

    @property
    def joined(self) -> str:
        """Return both names as an account name."""
        return f"{self.first}{self.last}".replace(" ", "").lower()

    @property
    def address(self) -> str:
        """Return the made-up email address."""
        return f"{self.first}.{self.last}@{PSEUDONYMS}".replace(" ", "").lower()


class MadeUpNames:
    """The made-up names of one session or file, each used once.

    Args:
        key: a secret. Without it, nobody can find out whose name a made-up name is.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._used: set[MadeUpName] = set()

    def name_for(self, identity: str, avoid: Collection[str]) -> MadeUpName:
        """Return the name for an identity; a different one if it is used or contains a word to avoid.

        >>> MadeUpNames(b"key").name_for("ada@corp.com", ()) == MadeUpNames(b"key").name_for("ada@corp.com", ())
        True
        """
        attempt = 0
        while True:
            digest = hashlib.blake2b(f"{identity}\n{attempt}".encode(), key=self._key, digest_size=8).digest()
            at, first = divmod(int.from_bytes(digest, "big"), len(_FIRST))
            last = _LAST[at % len(_LAST)]
            # With thousands of people, last names get a number.
            name = MadeUpName(_FIRST[first], f"{last} {attempt}" if attempt >= _ATTEMPTS else last)
            avoided = name.first.casefold() in avoid or last.casefold() in avoid
            if name not in self._used and (attempt > 2 * _ATTEMPTS or not avoided):
                self._used.add(name)
                return name
            attempt += 1
