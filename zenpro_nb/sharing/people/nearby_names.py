"""The names that belong to an address: on its line, in its row, object or tag, or spelled like its account."""

from __future__ import annotations

import csv
import html
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from zenpro_nb.sharing import markup
from zenpro_nb.sharing.notebook_file import NotebookText
from zenpro_nb.sharing.people.addresses import addresses
from zenpro_nb.sharing.words.folding import fold
from zenpro_nb.sharing.words.vocabulary import ORDINARY, describing_words

_WORD = r"[^\W\d_a-z][\w'’.-]*"
_MORE_WORDS = rf"(?: (?:{_WORD}|de|da|di|del|van|von|der|den|la|le|bin|al))"
_NAME = rf"{_WORD}{_MORE_WORDS}{{1,4}}"
_BETWEEN = r"[\s·–—|,;:=/<>()\[\]{}\"'`*-]{1,12}(?:mailto:)?"
_BEFORE_ADDRESS = re.compile(rf"((?:{_WORD}, )?{_NAME}|{_WORD}, {_WORD}|{_WORD}){_BETWEEN}\Z")
_AFTER_ADDRESS = re.compile(rf"{_BETWEEN}({_NAME}|{_WORD}, {_WORD})")
_WHOLE_NAME = re.compile(_NAME)
_CAPITALIZED = re.compile(rf"{_WORD}{_MORE_WORDS}{{1,12}}|{_WORD}, {_WORD}")
_SPACES = re.compile(r"[\xa0\u2000-\u200a\u202f\u3000]")
_LETTERS = re.compile(r"[^\W\d_]+")
_LINE = 400  # characters before and after an address that are searched for a name
_AROUND = "<>()[]{}\"'`*-•· "  # around an address that is alone on its line
_ROWS = 5_000  # rows of one table with delimiters
_MIN_ACCOUNT_LENGTH = 4  # letters of an account whose name is searched in the whole notebook
# Capitalized words next to an address that are not part of a person's name.
_NOT_NAME_WORDS = """
    done remove revoke revoked delete deactivate deactivated activate create invite withdraw withdrawn assign add
    offboard blocked skipped contact from to cc bcc by owner author dear hello hi hey mr mrs ms dr prof assigned user
    users email mail address name names sent reply subject date created updated deleted invited added removed member
    members admin admins organization workspace project team teams role roles viewer editor developer manager service
    account accounts bot the a an and or of for with at is was error warning info debug failed login token true false
    none null nan yes no active inactive pending status group groups principal person people file line run runs
    started finished maintainer reviewer approver on in see ask write
"""
_NOT_NAMES = frozenset(_NOT_NAME_WORDS.split())
_OBJECT = re.compile(r"\{[^{}]{1,20000}\}")
_FIELD = re.compile(r"""['"]([\w-]+)['"]\s*:\s*(?:'([^'\n]*)'|"([^"\n]*)")""")
_TAG = re.compile(r"<[A-Za-z][^<>]{0,4000}@[^<>]{0,4000}>")
_ATTRIBUTE = re.compile(r"([\w-]+)\s{0,3}=\s{0,3}(?:'([^'<>]*)'|\"([^\"<>]*)\")")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EMAIL_FIELD = re.compile(r"(.*?)_?(?:e_?)?mail(?:_?address)?")
# Fields whose address belongs to the object itself, so any name in the object is this person's.
_OWN_ADDRESS = frozenset({"username", "user_name", "login", "upn"})
# Fields whose address can also be that of an owner: a pipeline has a `user`, and `name` is that of the pipeline.
_OWN_OR_OWNER = frozenset({"user", "account", "contact", "address", "href"})
_NAME_FIELDS = (
    "name", "full_name", "fullname", "username", "display_name", "displayname", "user_name", "real_name", "fn", "cn",
    "given_name", "family_name", "first_name", "last_name", "firstname", "lastname", "surname", "nickname",
)  # fmt: skip
_FIRST_NAMES = ("first_name", "firstname", "given_name", "givenname", "first", "gn")
_LAST_NAMES = ("last_name", "lastname", "family_name", "familyname", "surname", "last", "sn")
# Fields that contain a person's name only if it looks like one.
_LIKELY_NAME_FIELDS = frozenset(
    {"user", "author", "owner", "person", "contact", "who", "by", "member", "assignee", "employee", "n", "label"}
)


class Nearby(Struct, frozen=True):
    """An address, and a name near it.

    Attributes:
        certain: whether a field or a column says that it is a name; other names are capitalized words next to it.
    """

    address: str
    name: str
    certain: bool


def names_beside(text: NotebookText) -> Iterator[Nearby]:
    """Yield the addresses in a text, and the names next to them."""
    if not addresses(text.text) and not addresses(text.words):
        return
    for fields in _fields_in(text):
        for address, name in paired_fields(fields):
            yield Nearby(address, name, certain=True)
    own = _plain(text.text)
    for spelling in dict.fromkeys((_plain(text.words), own, markup.without_tags(own))):
        lines = [line for line in spelling.splitlines() if line and not line.isspace()]
        for line in lines:
            for address, name in _in_line(line):
                yield Nearby(address, name, certain=False)
        for above, below in itertools.pairwise(lines):
            for address, name in _in_lines(above.strip(), below.strip()):
                yield Nearby(address, name, certain=False)


def descriptions_beside(text: NotebookText) -> set[str]:
    """Return the words in a text that are not names, because they are in a column such as `job_title`."""
    if not addresses(text.text) and not addresses(text.words):
        return set()
    return {word for fields in _fields_in(text) for word in describing_words(snake_case(fields))}


def _fields_in(text: NotebookText) -> Iterator[Mapping[str, str]]:
    """Yield the rows of tables, objects and tags in a text, by column, field and attribute."""
    own = _plain(text.text)
    if text.markup:
        tables: Iterable[list[markup.Row]] = markup.tables(own)
    else:
        tables = itertools.chain(markup.text_tables(own), _delimited_tables(own))
    for table in tables:
        yield from _rows(table)
    for spelling in dict.fromkeys((_plain(text.words), own, html.unescape(own))):
        for match in _OBJECT.finditer(spelling):
            yield {key: single or double for key, single, double in _FIELD.findall(match.group())}
    for match in _TAG.finditer(own):
        attributes = _ATTRIBUTE.findall(match.group())
        yield {key.removeprefix("data-"): single or double for key, single, double in attributes}


def names_of_accounts(texts: Iterable[NotebookText], accounts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the addresses, and the names anywhere in the texts that are spelled like their accounts.

    Args:
        texts: every text of a notebook.
        accounts: the addresses, by account: `ghopper` for `g.hopper@corp.com`.

    >>> texts = [NotebookText(1, "output", "Grace Hopper has left")]
    >>> list(names_of_accounts(texts, {"ghopper": "ghopper@corp.com"}))
    [('ghopper@corp.com', 'Grace Hopper')]
    """
    known = {account: address for account, address in accounts.items() if len(account) >= _MIN_ACCOUNT_LENGTH}
    if not known:
        return
    for text in texts:
        for match in _CAPITALIZED.finditer(_plain(text.words)):
            last, comma, first = match.group().partition(", ")
            words = [word.rstrip(".'’") for word in (f"{first} {last}" if comma else last).split()]
            for size in (2, 3):
                for at in range(len(words) - size + 1):
                    parts = words[at : at + size]
                    if any(part.casefold() in _NOT_NAMES or part.casefold() in ORDINARY for part in parts):
                        continue
                    # An account that is one of the names says nothing about a third word.
                    for account in _accounts_of(parts) | (_short_accounts_of(parts) if size == 2 else set()):
                        if account in known:
                            yield known[account], " ".join(parts)


def plain_account(account: str) -> str:
    """Return an account without signs, diacritics and the part after a plus sign.

    >>> plain_account("G.Hopper+test")
    'ghopper'
    """
    return "".join(re.findall(r"[^\W_]", fold(account.partition("+")[0]).text)).casefold()


def paired_fields(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the address in a field, and the names in sibling fields: `user_email` belongs to `user_name`.

    >>> list(paired_fields({"firstName": "Grace", "lastName": "Hopper", "mail": "ghopper@corp.com"}))[-1]
    ('ghopper@corp.com', 'Grace Hopper')
    """
    if not any("@" in value or "＠" in value for value in fields.values()):
        return
    snake = snake_case(fields)
    for key, value in snake.items():
        if "@" not in value and "＠" not in value:
            continue
        email = _EMAIL_FIELD.fullmatch(key)
        if email is None and key not in _OWN_ADDRESS | _OWN_OR_OWNER:
            continue
        start = f"{email.group(1)}_" if email is not None and email.group(1) else ""
        for address in addresses(value)[:1] or [value]:
            for name in _names_in_fields(snake, start):
                if key not in _OWN_OR_OWNER or _is_name_of(name, address):
                    yield address, name
            # `user` next to `user_email`
            if start and (sibling := snake.get(start[:-1])):
                yield address, sibling


def _is_name_of(name: str, address: str) -> bool:
    """Return whether a text is several capitalized words, or spelled like the account of the address."""
    words = name.split()
    account = plain_account(address.rpartition("@")[0])
    spelled = _accounts_of(words) | _short_accounts_of(words) if words else set()
    return bool(_WHOLE_NAME.fullmatch(_plain(name)) and clean_name(name)) or account in spelled


def snake_case(fields: Mapping[str, str]) -> dict[str, str]:
    """Return fields by name in lower case: `jobTitle` and `Job title` become `job_title`."""
    return {_CAMEL.sub("_", key).lower().replace("-", "_").replace(" ", "_"): value for key, value in fields.items()}


def _names_in_fields(fields: Mapping[str, str], start: str) -> Iterator[str]:
    for text in _NAME_FIELDS:
        if name := fields.get(f"{start}{text}"):
            yield name
    first, last = ([fields[f"{start}{text}"] for text in texts if fields.get(f"{start}{text}")]
                   for texts in (_FIRST_NAMES, _LAST_NAMES))  # fmt: skip
    if first and last:
        yield f"{first[0]} {last[0]}"
    for text in _LIKELY_NAME_FIELDS if not start else ():
        value = _plain(fields.get(text, ""))
        if _WHOLE_NAME.fullmatch(value) and (name := clean_name(value)):
            yield name


def clean_name(found: str) -> str:
    """Return the capitalized words of a name; "" if none is left.

    >>> clean_name("Contact Grace Hopper"), clean_name("Hopper, Grace"), clean_name("Workspace Admin")
    ('Grace Hopper', 'Grace Hopper', '')
    >>> clean_name("Auditor Grace Hopper"), clean_name("Grace Hopper Platform"), clean_name("MLOps Lead")
    ('Grace Hopper', 'Grace Hopper', '')
    """
    last, comma, first = found.partition(", ")
    words = (f"{first} {last}" if comma else found).split()
    while words and _is_other_word(words[0]):
        words.pop(0)
    while len(words) > 2 and _is_other_word(words[-1]):
        words.pop()
    return "" if any(word.casefold() in _NOT_NAMES for word in words) else " ".join(words)


def _is_other_word(word: str) -> bool:
    plain = word.casefold().strip(".")
    return plain in _NOT_NAMES or plain in ORDINARY


def _plain(text: str) -> str:
    """Return a text with composed letters and plain spaces."""
    return text if text.isascii() else _SPACES.sub(" ", unicodedata.normalize("NFC", text))


def _accounts_of(names: list[str]) -> set[str]:
    """Return the usual accounts of a whole name: `ghopper`, `gracehopper`, `graceh`, `hopperg`."""
    words = [plain_account(name) for name in names]
    if not all(words):
        return set()
    first, last = words[0], words[-1]
    joined = "".join(words)
    initials = "".join(word[0] for word in words[:-1])
    return {joined, first + last, last + first, first[0] + last, initials + last, first + last[0], last + first[0]}


def _short_accounts_of(names: list[str]) -> set[str]:
    """Return the accounts of one of the names: `grace`, `hopper`."""
    words = [plain_account(name) for name in names]
    return {words[0], words[-1]} - {""}


def _rows(table: list[markup.Row]) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a table by column, and the table itself as a card: a label and a value per row."""
    if not table:
        return
    yield {row[0].replace(" ", "_"): row[1] for row in table if len(row) == 2}
    for row in table[1:]:
        yield dict(markup.align(table[0], row))


def _delimited_tables(text: str) -> Iterator[list[markup.Row]]:
    """Yield the tables whose columns are separated by commas, semicolons, tabs or bars, below a header with `mail`."""
    if "mail" not in text.lower():
        return
    lines = text.splitlines()
    for number, line in enumerate(lines):
        sign = max(",;\t|", key=line.count)
        if "@" in line or "mail" not in line.lower() or sign not in line or len(line) > _LINE:
            continue
        block = itertools.takewhile(lambda below, sign=sign: sign in below, lines[number : number + _ROWS])  # type: ignore[misc]
        try:
            yield [[cell.strip() for cell in row] for row in csv.reader(block, delimiter=sign)]
        except csv.Error:
            continue


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    line_addresses = addresses(line)
    if len(line_addresses) != 1:
        return
    address = line_addresses[0]
    at = line.find(address)
    before, after = line[max(at - _LINE, 0) : at], line[at + len(address) :][:_LINE]
    for match in (_BEFORE_ADDRESS.search(before), _AFTER_ADDRESS.match(after)):
        if match is not None and (name := clean_name(match.group(1))):
            yield address, name
    account = plain_account(address.rpartition("@")[0])
    for words in (_LETTERS.findall(before)[-3:], _LETTERS.findall(after)[:3]):  # also in small letters
        for parts in (words[:2], words[1:], words):
            if len(parts) > 1 and account in _accounts_of(parts):
                yield address, " ".join(parts)
            elif len(parts) == 2 and " ".join(parts).istitle() and account in _short_accounts_of(parts):
                yield address, clean_name(" ".join(parts))


def _in_lines(above: str, below: str) -> Iterator[tuple[str, str]]:
    """Yield an address and a name on two adjacent lines without other text: cells, labels, paragraphs."""
    for line, name in ((above, below), (below, above)):
        address = line.strip(_AROUND)
        if " " in address or addresses(address) != [address] or not _WHOLE_NAME.fullmatch(name):
            continue
        if found := clean_name(name):
            yield address, found
